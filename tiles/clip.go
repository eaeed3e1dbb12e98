package tiles

// place is a place in tile units, anywhere in the world.
type place struct{ x, y int32 }

func (f *frame) place(p position) place {
	x, y := f.units(p)
	return place{x, y}
}

// The sides of the buffered tile that a place is beyond.
const (
	beyondWest = 1 << iota
	beyondEast
	beyondNorth
	beyondSouth
)

func beyond(p place) (sides int) {
	switch {
	case p.x < gridLow:
		sides = beyondWest
	case p.x > gridHigh:
		sides = beyondEast
	}
	switch {
	case p.y < gridLow:
		sides |= beyondNorth
	case p.y > gridHigh:
		sides |= beyondSouth
	}
	return sides
}

// nearest is the place in the buffered tile that is nearest to p.
func nearest(p place) spot {
	return spotAt(min(max(p.x, gridLow), gridHigh), min(max(p.y, gridLow), gridHigh))
}

// crossing returns the y, rounded, at which the segment from a to b passes x. It
// is the same for the segment from b to a. Products are exact: differences are
// at most 2^30, the world at lintu.MaxZoom.
func crossing(ax, ay, bx, by, x int32) int32 {
	if ax > bx {
		ax, ay, bx, by = bx, by, ax, ay
	}
	width := int64(bx) - int64(ax)
	return ay + int32(floorDiv(2*(int64(x)-int64(ax))*(int64(by)-int64(ay))+width, 2*width))
}

// floorDiv divides by a positive number and rounds down.
func floorDiv(n, d int64) int64 {
	q := n / d
	if n%d < 0 {
		q--
	}
	return q
}

// enters returns where the segment from a to b, not both beyond one side, first
// is in the buffered tile. It reports false if it never is.
func enters(a, b place) (spot, bool) {
	sides := beyond(a)
	if sides == 0 {
		return spotAt(a.x, a.y), true
	}
	if sides&(beyondWest|beyondEast) != 0 {
		x := min(max(a.x, gridLow), gridHigh)
		if y := crossing(a.x, a.y, b.x, b.y, x); onGrid(x, y) {
			return spotAt(x, y), true
		}
	}
	if sides&(beyondNorth|beyondSouth) != 0 {
		y := min(max(a.y, gridLow), gridHigh)
		if x := crossing(a.y, a.x, b.y, b.x, y); onGrid(x, y) {
			return spotAt(x, y), true
		}
	}
	return 0, false
}

// line appends the parts of a line that are in the buffered tile.
func (w *layerWriter) line(points []position) {
	part := w.part[:0]
	finish := func() {
		if len(part) > 1 {
			w.path.line(part)
		}
		part = part[:0]
	}
	var last place
	for i, p := range points {
		here := w.frame.place(p)
		if i > 0 && beyond(last)&beyond(here) == 0 {
			in, ok := enters(last, here)
			if out, leaves := enters(here, last); ok && leaves {
				if len(part) > 0 && part[len(part)-1] != in {
					finish()
				}
				part = extend(extend(part, in), out)
			}
		}
		last = here
	}
	finish()
	w.part = part
}

// extend appends a spot to a line, unless it repeats the last one. A spot on the
// way straight to the next is dropped.
func extend(line []spot, s spot) []spot {
	n := len(line)
	if n > 0 && line[n-1] == s {
		return line
	}
	if n > 1 && turn(line[n-2], line[n-1], s) == 0 && (line[n-2] < line[n-1]) == (line[n-1] < s) {
		line = line[:n-1]
	}
	return append(line, s)
}
