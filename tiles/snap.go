package tiles

import "slices"

// edge is a segment between two spots, the one that the sweep meets first in its
// upper half. Edges compared as numbers are in the order of these.
type edge uint64

func edgeOf(a, b spot) edge { return edge(min(a, b))<<32 | edge(max(a, b)) }

func (e edge) low() spot  { return spot(e >> 32) }
func (e edge) high() spot { return spot(e) }

// keepEdges takes segments that are apart as edges.
func (o *outline) keepEdges() {
	o.nodes, o.edges = o.nodes[:0], o.edges[:0]
	for _, r := range o.rings {
		o.nodes = append(o.nodes, o.spots[r.first:r.end-1]...)
		for i := r.first; i < r.end-1; i++ {
			o.edges = append(o.edges, edgeOf(o.spots[i], o.spots[i+1]))
		}
	}
	slices.Sort(o.nodes)
	slices.Sort(o.edges)
}

// snap divides the segments so that edges share nothing but ends, by snap
// rounding: a grid square is hot if a segment ends or two cross in it, and each
// segment is drawn through the middles of all hot squares that it passes, which
// makes no new crossings (J. D. Hobby, "Practical segment intersection with
// finite precision output", 1999). What then lies on one another an even number
// of times separates nothing and is left out. No segment moves further than from
// the rim of a square to its middle.
func (o *outline) snap() {
	o.nodes, o.edges = o.nodes[:0], o.edges[:0]
	for _, r := range o.rings {
		o.nodes = append(o.nodes, o.spots[r.first:r.end-1]...)
	}
	o.apart(true)
	slices.Sort(o.nodes)
	o.nodes = slices.Compact(o.nodes)
	o.markRows()
	for _, r := range o.rings {
		for i := r.first; i < r.end-1; i++ {
			o.thread(o.spots[i], o.spots[i+1])
		}
	}
	slices.Sort(o.edges)
	o.edges = oddOnes(o.edges)
}

// oddOnes keeps one of each edge that is there an odd number of times.
func oddOnes(edges []edge) []edge {
	kept := edges[:0]
	for i := 0; i < len(edges); {
		begin := i
		for i < len(edges) && edges[i] == edges[begin] {
			i++
		}
		if (i-begin)%2 == 1 {
			kept = append(kept, edges[begin])
		}
	}
	return kept
}

// meeting returns the grid square in which two segments cross.
func meeting(a, b, u, v spot) spot {
	dx, dy := int64(b.column()-a.column()), int64(b.row()-a.row())
	ex, ey := int64(v.column()-u.column()), int64(v.row()-u.row())
	n := int64(u.column()-a.column())*ey - int64(u.row()-a.row())*ex
	d := dx*ey - dy*ex // not zero: they cross
	if d < 0 {
		n, d = -n, -d
	}
	x := int64(a.column()) + floorDiv(2*n*dx+d, 2*d)
	y := int64(a.row()) + floorDiv(2*n*dy+d, 2*d)
	return spot(y<<16 | x)
}

// markRows notes where each row begins in the nodes.
func (o *outline) markRows() {
	o.rows = o.rows[:0]
	first := o.nodes[0].row()
	for i, n := range o.nodes {
		for int32(len(o.rows)) <= n.row()-first {
			o.rows = append(o.rows, int32(i))
		}
	}
	o.rows = append(o.rows, int32(len(o.nodes)))
}

// nodesOf returns the nodes of a row.
func (o *outline) nodesOf(row int32) []spot {
	row -= o.nodes[0].row()
	return o.nodes[o.rows[row]:o.rows[row+1]]
}

// thread appends the edges between the hot squares that a segment passes.
func (o *outline) thread(a, b spot) {
	low, high := min(a, b), max(a, b)
	last := low
	for row := low.row(); row <= high.row(); row++ {
		nodes := o.nodesOf(row)
		if len(nodes) == 0 {
			continue
		}
		west, east := passed(low, high, row)
		begin := find(nodes, spot(row<<16|west))
		end := begin
		for end < len(nodes) && nodes[end].column() <= east {
			end++
		}
		last = o.join(last, nodes[begin:end], low.column() > high.column())
	}
}

// join appends the edges from a spot through some of one row, which are passed
// from the west or from the east, and returns the last.
func (o *outline) join(last spot, row []spot, fromEast bool) spot {
	for k := range row {
		next := row[k]
		if fromEast {
			next = row[len(row)-1-k]
		}
		if next != last {
			o.edges = append(o.edges, edgeOf(last, next))
			last = next
		}
	}
	return last
}

// find returns the place of the first spot from s up.
func find(spots []spot, s spot) int {
	low, high := 0, len(spots)
	for low < high {
		if mid := (low + high) / 2; spots[mid] < s {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// passed returns the first and last column of the squares that the segment from
// low to high passes in a row. Squares hold their west and north sides, but not
// the others: square x begins at x - 1/2.
func passed(low, high spot, row int32) (west, east int32) {
	x, dx := low.column(), int64(high.column()-low.column())
	dy := 2 * int64(high.row()-low.row())
	if dy == 0 {
		return x, high.column()
	}
	first, last := x, high.column()
	rise := 2 * int64(row-low.row()) // from the lower end to the middle of the row, doubled
	if row != low.row() {
		first = x + int32(floorDiv(2*dx*(rise-1)+dy, 2*dy))
	}
	if row != high.row() {
		n := 2*dx*(rise+1) + dy
		if dx > 0 {
			n-- // the end belongs to the next row
		}
		last = x + int32(floorDiv(n, 2*dy))
	}
	return min(first, last), max(first, last)
}
