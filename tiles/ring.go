package tiles

import "slices"

// ring is a ring under way: no three spots in a row are on one line, so that it
// neither stands still nor runs back on itself. closed makes this true across
// its ends as well.
type ring []spot

func (r ring) add(s spot) ring {
	for n := len(r); n > 0; n = len(r) {
		if r[n-1] == s {
			return r
		}
		if n == 1 || turn(r[n-2], r[n-1], s) != 0 {
			break
		}
		r = r[:n-1]
	}
	return append(r, s)
}

func (r ring) closed() ring {
	for len(r) > 2 {
		n := len(r)
		switch {
		case r[n-1] == r[0] || turn(r[n-2], r[n-1], r[0]) == 0:
			r = r[:n-1]
		case turn(r[n-1], r[0], r[1]) == 0:
			r = r[1:]
		default:
			return r
		}
	}
	return nil
}

// clip brings a ring onto the grid. Places outside of the buffered tile are
// moved to the nearest in it, and so is all that the ring passes there: this
// leaves for each place inside how often the ring winds around it.
func (r ring) clip(f *frame, points []position) ring {
	if len(points) == 0 {
		return r
	}
	var last place
	last.x, last.y = f.units(points[len(points)-1])
	lastBeyond := beyond(last)
	always := lastBeyond
	for _, p := range points {
		var here place
		here.x, here.y = f.units(p)
		hereBeyond := beyond(here)
		if lastBeyond|hereBeyond != 0 {
			if lastBeyond&hereBeyond == 0 {
				r = r.bend(last, here)
			}
			always &= hereBeyond
			r = r.add(nearest(here))
		} else {
			r = r.add(spotAt(here.x, here.y))
		}
		last, lastBeyond = here, hereBeyond
	}
	if always != 0 {
		return r[:0]
	}
	return r.closed()
}

// bend adds where the segment from a to b crosses the lines on which the sides
// of the buffered tile lie, in the order of crossing.
func (r ring) bend(a, b place) ring {
	xs, nx := between(a.x, b.x)
	ys, ny := between(a.y, b.y)
	width, height := abs(int64(b.x)-int64(a.x)), abs(int64(b.y)-int64(a.y))
	for i, j := 0, 0; i < nx || j < ny; {
		// Which comes first: (x - ax) / width < (y - ay) / height.
		if j == ny || i < nx && abs(int64(xs[i])-int64(a.x))*height < abs(int64(ys[j])-int64(a.y))*width {
			r = r.add(nearest(place{xs[i], crossing(a.x, a.y, b.x, b.y, xs[i])}))
			i++
		} else {
			r = r.add(nearest(place{crossing(a.y, a.x, b.y, b.x, ys[j]), ys[j]}))
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

// fromLowest turns the ring so that it begins at its lowest spot.
func (r ring) fromLowest() {
	low := 0
	for i, s := range r {
		if s < r[low] {
			low = i
		}
	}
	if low > 0 {
		slices.Reverse(r[:low])
		slices.Reverse(r[low:])
		slices.Reverse(r)
	}
}
