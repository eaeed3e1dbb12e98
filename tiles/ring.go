package tiles

import "math"

// ring is a ring of spots, its first not repeated at its end.
type ring []spot

// clip appends what a ring becomes on the grid. Places outside of the buffered
// tile are moved to the nearest in it, and so is all that the ring passes there:
// this leaves for each place inside how often the ring winds around it.
func (r ring) clip(f *frame, points []position) ring {
	begin := len(r)
	for _, p := range points {
		x, y := f.units(p)
		if !onGrid(x, y) {
			return r[:begin].clipOutside(f, points)
		}
		r = append(r, spotAt(x, y))
	}
	return r
}

// clipOutside is clip for rings that are not all inside. Of points that follow one
// another beyond one and the same side, the first and the last do for all.
func (r ring) clipOutside(f *frame, points []position) ring {
	last := f.place(points[len(points)-1])
	lastBeyond := beyond(last)
	run, skipped := lastBeyond, false // the sides that all since some point are beyond
	for _, p := range points {
		here := f.place(p)
		hereBeyond := beyond(here)
		if run &= hereBeyond; run != 0 {
			last, lastBeyond, skipped = here, hereBeyond, true
			continue
		}
		if skipped {
			r = append(r, nearest(last))
		}
		if lastBeyond != hereBeyond && lastBeyond&hereBeyond == 0 {
			r = r.bend(last, here)
		}
		r = append(r, nearest(here))
		last, lastBeyond = here, hereBeyond
		run, skipped = hereBeyond, false
	}
	if skipped && len(r) > 0 {
		r = append(r, nearest(last))
	}
	return r
}

// straight drops spots in place until no three in a row are on one line: the ring
// neither stands still nor runs back on itself. Nothing may be left.
func (r ring) straight() ring {
	n := 0
	for _, s := range r {
		for n > 1 && turn(r[n-2], r[n-1], s) == 0 {
			n--
		}
		if n == 0 || r[n-1] != s {
			r[n] = s
			n++
		}
	}
	r = r[:n]
	for len(r) > 2 { // across the ends
		n := len(r)
		switch {
		case turn(r[n-2], r[n-1], r[0]) == 0:
			r = r[:n-1]
		case turn(r[n-1], r[0], r[1]) == 0:
			r = r[1:]
		default:
			return r
		}
	}
	return nil
}

// bend appends where the segment from a to b crosses the lines on which the sides
// of the buffered tile lie, in the order of crossing.
func (r ring) bend(a, b place) ring {
	xs, nx := between(a.x, b.x)
	ys, ny := between(a.y, b.y)
	width, height := abs(int64(b.x)-int64(a.x)), abs(int64(b.y)-int64(a.y))
	for i, j := 0, 0; i < nx || j < ny; {
		// Which comes first: (x - ax) / width < (y - ay) / height.
		if j == ny || i < nx && abs(int64(xs[i])-int64(a.x))*height < abs(int64(ys[j])-int64(a.y))*width {
			r = append(r, nearest(place{xs[i], crossing(a.x, a.y, b.x, b.y, xs[i])}))
			i++
		} else {
			r = append(r, nearest(place{crossing(a.y, a.x, b.y, b.x, ys[j]), ys[j]}))
			j++
		}
	}
	return r
}

// between returns which of the sides' two coordinates lie strictly between a and
// b, in this order.
func between(a, b int32) (sides [2]int32, n int) {
	for _, side := range [2]int32{gridLow, gridHigh} {
		if (a < side) != (b < side) && a != side && b != side {
			sides[n] = side
			n++
		}
	}
	if a > b && n == 2 {
		sides[0], sides[1] = sides[1], sides[0]
	}
	return sides, n
}

func abs(n int64) int64 { return max(n, -n) }

// lowest is the place of the ring's lowest spot, if it bends at every spot: then straight
// leaves it as it is.
func (r ring) lowest() (low int, bent bool) {
	if len(r) < 3 {
		return 0, false
	}
	before, last := r[len(r)-2], r[len(r)-1]
	x, y := last.column(), last.row()
	dx, dy := x-before.column(), y-before.row()
	lowest := uint64(math.MaxUint64)
	for i, s := range r {
		toX, toY := s.column()-x, s.row()-y
		if dx*toY == dy*toX {
			return 0, false
		}
		lowest = min(lowest, uint64(s)<<32|uint64(i)) // no branch, which nobody could guess
		x, y, dx, dy = s.column(), s.row(), toX, toY
	}
	return int(uint32(lowest)), true
}
