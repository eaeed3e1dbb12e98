package town

import "slices"

// outline joins the arcs around all places that inside accepts, in the frame of
// the first copy of the town, to rings: shells clockwise, holes the other way.
// inside is asked about pieces of every copy.
func (b *borders) outline(inside func(label int16, t tile) bool, copies []tile) [][]xy {
	leaving := map[xy][][]xy{}
	var order []xy
	put := func(pts []xy) {
		if leaving[pts[0]] == nil {
			order = append(order, pts[0])
		}
		leaving[pts[0]] = append(leaving[pts[0]], pts)
	}
	seen := map[[3]int]bool{}
	for i, a := range b.arcs {
		ll, lt := a.left.split()
		rl, rt := a.right.split()
		for _, c := range copies {
			for _, t := range []tile{lt, rt} {
				by := c.minus(t)
				id := [3]int{i, int(by.i), int(by.j)}
				l, r := inside(ll, lt.plus(by)), inside(rl, rt.plus(by))
				if l == r || seen[id] {
					continue
				}
				seen[id] = true
				pts := shifted(a.pts, by.offset())
				if l { // clockwise: the inside on the right hand
					slices.Reverse(pts)
				}
				put(pts)
			}
		}
	}
	return chain(leaving, order)
}

// outlines are the rings around each of n areas, in the frame of the first copy
// of the town; of says to which area a piece of the partition belongs.
func (b *borders) outlines(n int, of func(piece int16) int) [][][]xy {
	leaving := make([]map[xy][][]xy, n)
	order := make([][]xy, n)
	put := func(i int, t tile, pts []xy) {
		pts = shifted(pts, xy{}.sub(t.offset()))
		if leaving[i] == nil {
			leaving[i] = map[xy][][]xy{}
		}
		leaving[i][pts[0]] = append(leaving[i][pts[0]], pts)
		order[i] = append(order[i], pts[0])
	}
	for _, a := range b.arcs {
		ll, lt := a.left.split()
		rl, rt := a.right.split()
		l, r := of(ll), of(rl)
		if l == r && lt == rt {
			continue
		}
		put(r, rt, a.pts)
		back := slices.Clone(a.pts)
		slices.Reverse(back)
		put(l, lt, back)
	}
	rings := make([][][]xy, n)
	for i := range rings {
		rings[i] = chain(leaving[i], order[i])
	}
	return rings
}

func chain(leaving map[xy][][]xy, order []xy) [][]xy {
	var rings [][]xy
	for _, start := range order {
		for len(leaving[start]) > 0 {
			ring := []xy{start}
			for {
				end := ring[len(ring)-1]
				next := leaving[end]
				if len(next) == 0 {
					break
				}
				leaving[end] = next[1:]
				ring = append(ring, next[0][1:]...)
			}
			rings = append(rings, splitRing(ring)...)
		}
	}
	return rings
}

// splitRing cuts a ring that passes a point twice into rings that do not.
func splitRing(ring []xy) [][]xy {
	var out [][]xy
	at := map[xy]int{}
	var path []xy
	for _, p := range ring {
		if i, ok := at[p]; ok {
			loop := append(slices.Clone(path[i:]), p)
			for _, q := range path[i+1:] {
				delete(at, q)
			}
			path = path[:i+1]
			out = append(out, loop)
			continue
		}
		at[p] = len(path)
		path = append(path, p)
	}
	return out
}

// area is positive for a ring that runs counter-clockwise.
func area(ring []xy) float64 {
	sum := 0.0
	for i := 1; i < len(ring); i++ {
		sum += (ring[i-1].x - ring[0].x) * (ring[i].y - ring[0].y)
		sum -= (ring[i].x - ring[0].x) * (ring[i-1].y - ring[0].y)
	}
	return sum / 2
}

// contains reports whether a point lies in a ring.
func contains(ring []xy, p xy) bool {
	in := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if (a.y > p.y) != (b.y > p.y) && p.x < a.x+(b.x-a.x)*(p.y-a.y)/(b.y-a.y) {
			in = !in
		}
	}
	return in
}

// contained reports whether a point lies in an area of shells and holes.
func contained(rings [][]xy, p xy) bool {
	in := false
	for _, r := range rings {
		in = in != contains(r, p)
	}
	return in
}
