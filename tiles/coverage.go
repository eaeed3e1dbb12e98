package tiles

import "iter"

// coverage holds the polygons of a layer so that those that share a border draw
// the same line at every zoom. Rings are cut into arcs where they part; an arc
// that several rings share is kept, and simplified, once. It is the topology of
// M. Bostock's TopoJSON ("How to Infer Topology", 2013) on whole coordinates.
//
// Every vertex carries the first zoom that draws it (see coverage_zoom.go), so
// that one array serves all zooms. What is kept depends on the polygons alone,
// not on their order or on the edits that led to them.
//
// Reading may happen at the same time as reading, but not as put.
type coverage struct {
	points []position // of all arcs, one arc after the other, both ends included
	zooms  []int8     // of each point the first zoom that draws it, or node
	arcs   []span     // where each arc lies in points; a free number has none
	free   []uint32   // the free numbers of arcs
	refs   []uint32   // of the rows, see coverageRow
	rows   []coverageRow
}

// node marks the ends of arcs at which rings part. Like all ends of arcs it is
// drawn at every zoom; at the other ends, a long arc is cut or a ring that
// touches no other begins.
const node = -1

// coverageRow is one feature. Its refs hold for each polygon the number of its
// rings, for each ring the number of its arcs, then for each arc twice its
// number, plus one where the ring runs against it.
type coverageRow struct {
	refs  span
	box   box
	label position
}

// span is a part of an array: from to to-1.
type span struct{ from, to uint32 }

func (s span) len() int { return int(s.to - s.from) }

// newCoverage takes the outlines of all rows at once. labels has the point of
// each row's name, which stays on its side of every border at every zoom, or is
// nil where names are not drawn; the zero position is no label. The outlines are
// not kept.
func newCoverage(outlines []outline, labels []position) *coverage {
	c := &coverage{rows: make([]coverageRow, len(outlines))}
	rows := make([]cutRow, len(outlines))
	for i, o := range outlines {
		rows[i] = newCutRow(uint32(i), o.clean())
		if labels != nil {
			c.rows[i].label = labels[i]
		}
	}
	findNodes(rows, nil)
	cut := cutter{coverage: c, known: map[[2]position]uint32{}}
	for _, r := range rows {
		cut.row(r)
	}
	c.settleAll()
	c.compact(0)
	return c
}

// box returns the bounds of a row, the same at every zoom or a little larger
// than what is drawn.
func (c *coverage) box(row uint32) box { return c.rows[row].box }

// draw appends what a zoom shows of a row. From lintu.MaxZoom on that is all.
func (c *coverage) draw(o *outline, row uint32, zoom int) {
	for ring, last := range c.rings(row) {
		for _, ref := range ring {
			o.points = c.drawArc(o.points, ref, zoom)
		}
		o.rings = append(o.rings, int32(len(o.points)))
		if last {
			o.polygons = append(o.polygons, int32(len(o.rings)))
		}
	}
}

// drawArc appends the points of an arc but its last, with which the next begins.
func (c *coverage) drawArc(points []position, ref uint32, zoom int) []position {
	a, first := c.arcs[ref/2], int8(zoom)
	if ref%2 == 0 {
		for i := a.from; i < a.to-1; i++ {
			if c.zooms[i] <= first {
				points = append(points, c.points[i])
			}
		}
		return points
	}
	for i := a.to - 1; i > a.from; i-- {
		if c.zooms[i] <= first {
			points = append(points, c.points[i])
		}
	}
	return points
}

// rings goes through the refs of a row's rings and says which end a polygon.
func (c *coverage) rings(row uint32) iter.Seq2[[]uint32, bool] {
	return func(yield func([]uint32, bool) bool) {
		r := c.rows[row].refs
		refs := c.refs[r.from:r.to]
		for len(refs) > 0 {
			rings := refs[0]
			refs = refs[1:]
			for left := rings; left > 0; left-- {
				arcs := refs[0]
				if !yield(refs[1:1+arcs], left == 1) {
					return
				}
				refs = refs[1+arcs:]
			}
		}
	}
}
