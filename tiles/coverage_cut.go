package tiles

import (
	"cmp"
	"slices"
)

// maxArc is the most points of an arc. Longer ones are cut: that costs a vertex
// at every 255 that is never left out, and keeps short the work on an arc.
const maxArc = 256

// cutRow is a row about to be cut into arcs.
type cutRow struct {
	number uint32
	rings  []cutRing
}

// cutRing is a ring of it, or a part of one, and which of its points are nodes.
type cutRing struct {
	points []position
	nodes  []bool
	open   bool // it is a line, whose ends are not neighbors
}

func newCutRow(number uint32, s ringSet, open bool) cutRow {
	r := cutRow{number, make([]cutRing, len(s.ends))}
	nodes := make([]bool, len(s.points))
	for i := range r.rings {
		points := s.ring(i)
		r.rings[i] = cutRing{points, nodes[:len(points)], open}
		nodes = nodes[len(points):]
	}
	return r
}

// neighbors returns the points before and after point i, the lower one first.
func (r cutRing) neighbors(i int32) [2]position {
	n := int32(len(r.points))
	p, q := r.points[(i+n-1)%n], r.points[(i+1)%n]
	if westFirst(q, p) < 0 {
		p, q = q, p
	}
	return [2]position{p, q}
}

// ends reports whether a point is an end of a line.
func (r cutRing) ends(i int32) bool { return r.open && (i == 0 || int(i) == len(r.points)-1) }

// westFirst orders positions from west to east, then from north to south; what
// comes first is lower.
func westFirst(p, q position) int {
	if p.x != q.x {
		return cmp.Compare(p.x, q.x)
	}
	return cmp.Compare(p.y, q.y)
}

// findNodes says of the points at, or of all where at is nil, whether they are
// nodes: ends of lines, points that a ring passes twice, or that two rings reach or
// leave by different segments. rows must have all rings that pass those points.
func findNodes(rows []cutRow, at map[position]bool) {
	var rings []cutRing
	n := 0
	for _, row := range rows {
		rings = append(rings, row.rings...)
		for _, ring := range row.rings {
			n += len(ring.points)
		}
	}
	parts := 1 + uint32(n/250_000) // one after the other, to need less memory
	var visits []visit
	for part := range parts {
		visits = visits[:0]
		for r, ring := range rings {
			for i, p := range ring.points {
				if (p.x^p.y)%parts == part && (at == nil || at[p]) {
					visits = append(visits, visit{p, int32(r), int32(i)})
				}
			}
		}
		markNodes(rings, visits)
	}
}

// visit is a ring's passing of a point.
type visit struct {
	at          position
	ring, point int32
}

// markNodes says of the points visited whether they are nodes.
func markNodes(rings []cutRing, visits []visit) {
	slices.SortFunc(visits, func(v, w visit) int {
		if v.at == w.at {
			return cmp.Compare(v.ring, w.ring)
		}
		return westFirst(v.at, w.at)
	})
	for len(visits) > 0 {
		n, isNode := 1, rings[visits[0].ring].ends(visits[0].point)
		for ; n < len(visits) && visits[n].at == visits[0].at; n++ {
			v, w := visits[n-1], visits[n]
			isNode = isNode || v.ring == w.ring || rings[w.ring].ends(w.point) || rings[v.ring].neighbors(v.point) != rings[w.ring].neighbors(w.point)
		}
		for _, v := range visits[:n] {
			rings[v.ring].nodes[v.point] = isNode
		}
		visits = visits[n:]
	}
}

// start returns where a ring, but no line, begins whatever its first point was: at the
// lowest of its nodes, or of all points where it has none. If it passes that
// twice, what follows decides.
func (r cutRing) start() int {
	if r.open {
		return 0
	}
	any := !slices.Contains(r.nodes, true)
	best, n := -1, len(r.points)
	for i := range r.points {
		if !any && !r.nodes[i] {
			continue
		}
		if best < 0 {
			best = i
		}
		for k := range n {
			if p, q := r.points[(i+k)%n], r.points[(best+k)%n]; p != q {
				if westFirst(p, q) < 0 {
					best = i
				}
				break
			}
		}
	}
	return best
}

// cutter cuts rows into arcs and stores them in a coverage.
type cutter struct {
	coverage *coverage
	known    map[[2]position]uint32 // arcs by their first two points
	added    []uint32               // arcs that were not known

	turned cutRing // the ring at hand from its start, back to it if it is closed
}

// row stores a row.
func (c *cutter) row(r cutRow) {
	row := &c.coverage.rows[r.number]
	row.box = nowhere
	row.from = uint32(len(c.coverage.refs))
	for _, ring := range r.rings {
		row.box = row.box.union(boxOf(ring.points))
		c.ring(ring)
	}
	row.to = uint32(len(c.coverage.refs))
}

func (c *cutter) ring(r cutRing) {
	start, t := r.start(), &c.turned
	t.points = append(append(t.points[:0], r.points[start:]...), r.points[:start]...)
	t.nodes = append(append(t.nodes[:0], r.nodes[start:]...), r.nodes[:start]...)
	if !r.open {
		t.points, t.nodes = append(t.points, r.points[start]), append(t.nodes, r.nodes[start])
	}
	head := len(c.coverage.refs)
	c.coverage.refs = append(c.coverage.refs, 0)
	for from, to := 0, 1; to < len(t.points); to++ {
		if t.nodes[to] || to == len(t.points)-1 {
			c.arc(cutRing{points: t.points[from : to+1], nodes: t.nodes[from : to+1]})
			from = to
		}
	}
	c.coverage.refs[head] = uint32(len(c.coverage.refs) - head - 1)
}

// arc stores the part of a ring between two nodes, in pieces if it is long. It
// is stored in the direction that has the lower points first.
func (c *cutter) arc(a cutRing) {
	against := uint32(0)
	if runsBackward(a.points) {
		against = 1
		a.reverse()
		defer a.reverse() // the next arc begins at its last point
	}
	head := len(c.coverage.refs)
	for from := 0; from < len(a.points)-1; from += maxArc - 1 {
		to := min(from+maxArc, len(a.points))
		number := c.number(cutRing{points: a.points[from:to], nodes: a.nodes[from:to]})
		c.coverage.refs = append(c.coverage.refs, 2*number+against)
	}
	if against == 1 {
		slices.Reverse(c.coverage.refs[head:])
	}
}

// runsBackward reports whether the points are lower when they are read from the
// end.
func runsBackward(points []position) bool {
	for i, j := 0, len(points)-1; i < j; i, j = i+1, j-1 {
		if points[i] != points[j] {
			return westFirst(points[j], points[i]) < 0
		}
	}
	return false
}

func (r cutRing) reverse() {
	slices.Reverse(r.points)
	slices.Reverse(r.nodes)
}

// number returns the number of an arc, a new one if it is not known.
func (c *cutter) number(a cutRing) uint32 {
	first := [2]position{a.points[0], a.points[1]}
	number, known := c.known[first]
	if !known || !slices.Equal(c.coverage.line(number), a.points) {
		number = c.coverage.add(a.points)
		c.known[first] = number
		c.added = append(c.added, number)
	}
	is := c.coverage.arcs[number]
	c.coverage.zooms[is.from] = endZoom(a.nodes[0])
	c.coverage.zooms[is.to-1] = endZoom(a.nodes[len(a.nodes)-1])
	return number
}

// endZoom is the zoom of an arc's end.
func endZoom(isNode bool) int8 {
	if isNode {
		return node
	}
	return 0
}
