package tiles

import (
	"iter"
	"slices"
)

// coverage holds the polygons of a layer so that those that share a border draw
// the same line at every zoom. Rings are cut into arcs where they part; an arc
// that several rings share is kept, and simplified, once. It is the topology of
// M. Bostock's TopoJSON ("How to Infer Topology", 2013) on whole coordinates.
//
// It may hold lines instead, which then take the place of rings: they are cut where
// they meet, so that roads that share a crossing share it at every zoom. Their ends
// are nodes.
//
// Every vertex carries the first zoom that draws it (see coverage_zoom.go), so
// that one array serves all zooms. What is kept depends on the polygons alone,
// not on their order or on the edits that led to them.
//
// Reading may happen at the same time as reading, but not as put.
type coverage struct {
	open   bool       // of lines
	points []position // of all arcs, both ends included
	zooms  []int8     // of each point the first zoom that draws it, or node
	arcs   []arc
	free   []uint32 // the numbers of arcs that are none
	refs   []uint32 // of all rows
	rows   []coverageRow
}

// node marks the ends of arcs at which rings part. Like all ends of arcs it is
// drawn at every zoom; at the other ends, a long arc is cut or a ring that
// touches no other begins.
const node = -1

// arc is a line that all rings that use it use from end to end: points from to
// to-1. An unused number has no points.
type arc struct {
	from, to uint32
	box      box
	mark     uint64 // of what it draws at all zooms
}

// coverageRow is one feature. Its refs, from to to-1, hold for each ring the
// number of its arcs, then for each arc twice its number, plus one where the ring
// runs against it.
type coverageRow struct {
	from, to uint32
	box      box
	label    position
	mark     uint64 // of what it draws at all zooms, and of the label
}

// newCoverage takes the shapes of all rows at once and does not keep them. labels
// has the point of each row's name, or is nil where names are not drawn; the zero
// position is no label. A label stays on its side of every border at every zoom,
// until positions are rounded to the units of a tile: in an area that is not a
// unit wide there, it may then lie on the border.
func newCoverage(shapes []ringSet, labels []position) *coverage {
	c := &coverage{}
	c.fill(shapes, labels)
	return c
}

// newNetwork is newCoverage for lines.
func newNetwork(shapes []ringSet) *coverage {
	c := &coverage{open: true}
	c.fill(shapes, nil)
	return c
}

func (c *coverage) fill(shapes []ringSet, labels []position) {
	c.rows = make([]coverageRow, len(shapes))
	rows := make([]cutRow, len(shapes))
	for i, s := range shapes {
		rows[i] = newCutRow(uint32(i), s.clean(c.open), c.open)
		if labels != nil {
			c.rows[i].label = labels[i]
		}
	}
	findNodes(rows, nil)
	c.reserve(rows)
	cut := cutter{coverage: c, known: map[[2]position]uint32{}}
	for _, r := range rows {
		cut.row(r)
	}
	c.settleAll()
	c.markAll()
	c.compact(0)
}

// box returns the bounds of a row: at no zoom does it reach beyond them.
func (c *coverage) box(row uint32) box { return c.rows[row].box }

// draw appends to the rings of s those that a zoom shows of a row, right for all
// that is in the view; of arcs that lie beyond one side of it, only the ends are
// drawn. From lintu.MaxZoom on every vertex is drawn.
func (c *coverage) draw(s *ringSet, row uint32, zoom int, view box) {
	for ring := range c.rowRings(row) {
		for _, ref := range ring {
			s.points = c.drawArc(s.points, ref, int8(zoom), view)
		}
		if c.open {
			s.points = append(s.points, c.first(ring[len(ring)-1]^1))
		}
		s.ends = append(s.ends, int32(len(s.points)))
	}
}

// drawArc appends the points of an arc but its last, with which the next begins.
// It writes every point and keeps the place of what is drawn: which that is, no
// processor could guess, and a branch would cost more than the rest.
func (c *coverage) drawArc(points []position, ref uint32, zoom int8, view box) []position {
	a := c.arcs[ref/2]
	from, to, step := int(a.from), int(a.to)-1, 1
	if ref%2 == 1 {
		from, to, step = to, from, -1
	}
	if a.box.beyond(view) {
		return append(points, c.points[from])
	}
	n := len(points)
	points = slices.Grow(points, int(a.to-a.from))[:n+int(a.to-a.from)]
	for i := from; i != to; i += step {
		points[n] = c.points[i]
		n += 1 + int(zoom-c.zooms[i])>>63 // 1 if it is drawn, else 0
	}
	return points[:n]
}

// rowRings goes through the refs to arcs of a row's rings.
func (c *coverage) rowRings(row uint32) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		r := c.rows[row]
		for refs := c.refs[r.from:r.to]; len(refs) > 0; refs = refs[1+refs[0]:] {
			if !yield(refs[1 : 1+refs[0]]) {
				return
			}
		}
	}
}
