package tiles

import (
	"iter"
	"maps"
	"slices"

	"github.com/lintu-map/lintu"
)

// put inserts or changes a row, or takes it away if it is given no rings. Only
// the arcs around it are worked out anew, and they come out as if all rows had
// been given to newCoverage. The label is the point of the row's name, or zero.
func (c *coverage) put(row uint32, s ringSet, label position) {
	for uint32(len(c.rows)) <= row {
		c.rows = append(c.rows, coverageRow{box: nowhere})
	}
	s = s.clean(c.open)
	now, before := boxOf(s.points), c.rows[row]
	if len(s.points) > 0 && before.to > before.from && !now.meets(before.box) {
		c.put(row, ringSet{}, position{}) // two small changes instead of one between them
		before = c.rows[row]
	}
	rows, corners := c.touching(row, s, now.union(before.box))
	rows = append(rows, newCutRow(row, s, c.open))
	findNodes(rows, corners)
	c.reserve(rows)
	old := c.arcsOf(numbers(rows))
	cut := cutter{coverage: c, known: c.byStart(old)}
	for _, r := range rows {
		cut.row(r)
	}
	c.rows[row].label = label

	change := settling{thinner: thinner{coverage: c}, gone: without(old, c.arcsOf(numbers(rows)))}
	if before.label != label {
		change.labels = without([]position{before.label, label}, []position{{}})
	}
	change.settle(cut.added)
	c.mark(maps.Keys(change.before), change.region.union(c.rows[row].box))
	for _, a := range change.gone {
		c.drop(a)
	}
}

func numbers(rows []cutRow) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, r := range rows {
			if !yield(r.number) {
				return
			}
		}
	}
}

// without takes from all what is among some.
func without[T comparable](all, some []T) []T {
	taken := make(map[T]bool, len(some))
	for _, v := range some {
		taken[v] = true
	}
	return slices.DeleteFunc(all, func(v T) bool { return taken[v] })
}

// touching returns the vertices that a row has or will have, and the other rows
// that have one of them. within are the bounds of these vertices.
func (c *coverage) touching(row uint32, s ringSet, within box) ([]cutRow, map[position]bool) {
	var all ringSet
	c.draw(&all, row, lintu.MaxZoom, everywhere)
	corners := map[position]bool{}
	for _, p := range append(all.points, s.points...) {
		corners[p] = true
	}
	var rows []cutRow
	for i, r := range c.rows {
		if uint32(i) == row || !r.box.meets(within) {
			continue
		}
		var other ringSet
		c.draw(&other, uint32(i), lintu.MaxZoom, everywhere)
		for _, p := range other.points {
			if corners[p] {
				rows = append(rows, c.joined(uint32(i), other))
				break
			}
		}
	}
	return rows, corners
}

// joined returns a row as it was before it was cut, with its nodes.
func (c *coverage) joined(row uint32, s ringSet) cutRow {
	nodes := map[position]bool{}
	for ring := range c.rowRings(row) {
		for _, ref := range ring {
			a := c.arcs[ref/2]
			for _, i := range []uint32{a.from, a.to - 1} {
				nodes[c.points[i]] = c.zooms[i] == node
			}
		}
	}
	r := newCutRow(row, s, c.open)
	for _, ring := range r.rings {
		for i, p := range ring.points {
			ring.nodes[i] = nodes[p]
		}
	}
	return r
}

// arcsOf returns the arcs of rows, each once.
func (c *coverage) arcsOf(rows iter.Seq[uint32]) []uint32 {
	var arcs []uint32
	for row := range rows {
		for ring := range c.rowRings(row) {
			for _, ref := range ring {
				arcs = append(arcs, ref/2)
			}
		}
	}
	slices.Sort(arcs)
	return slices.Compact(arcs)
}

// byStart returns arcs by their first two points, which no two share.
func (c *coverage) byStart(arcs []uint32) map[[2]position]uint32 {
	m := make(map[[2]position]uint32, len(arcs))
	for _, a := range arcs {
		p := c.line(a)
		m[[2]position{p[0], p[1]}] = a
	}
	return m
}

// reserve makes room for the arcs of rows: for two ends of every segment.
func (c *coverage) reserve(rows []cutRow) {
	n := 0
	for _, r := range rows {
		for _, ring := range r.rings {
			n += 2*len(ring.points) + 2
		}
	}
	if len(c.points)+n > cap(c.points) || len(c.refs)+n > cap(c.refs) {
		c.compact(n)
	}
}
