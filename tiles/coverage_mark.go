package tiles

import (
	"encoding/binary"
	"iter"
	"slices"

	"github.com/cespare/xxhash/v2"
)

// marker works out marks of what a coverage draws.
type marker struct {
	*coverage
	bytes []byte
}

// arc sets the mark of an arc: of its points, and of the zooms that draw them.
func (m *marker) arc(number uint32) {
	a := &m.arcs[number]
	b := m.bytes[:0]
	for i := a.from; i < a.to; i++ {
		p := m.points[i]
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, p.x), p.y)
		b = append(b, byte(max(m.zooms[i], 0)))
	}
	a.mark = xxhash.Sum64(b)
	m.bytes = b
}

// shape is the mark of a row's label, of its box, which decides in which order rows
// are drawn, and of what draw gives for a view at any zoom. The marks of its arcs
// must be set.
func (m *marker) shape(row uint32, view box) uint64 {
	r := &m.rows[row]
	b := m.bytes[:0]
	for _, p := range []position{r.label, {r.box.west, r.box.north}, {r.box.east, r.box.south}} {
		b = binary.LittleEndian.AppendUint64(b, interleave(p))
	}
	for ring := range m.rowRings(row) {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(ring)))
		for _, ref := range ring {
			a := &m.arcs[ref/2]
			mark := a.mark + uint64(ref%2)
			if a.box.beyond(view) {
				mark = markOf(interleave(m.first(ref)), 0)
			}
			b = binary.LittleEndian.AppendUint64(b, mark)
		}
	}
	m.bytes = b
	return xxhash.Sum64(b)
}

// first is the point at which a ring enters an arc.
func (c *coverage) first(ref uint32) position {
	a := c.arcs[ref/2]
	if ref%2 == 1 {
		return c.points[a.to-1]
	}
	return c.points[a.from]
}

// markAll sets all marks.
func (c *coverage) markAll() { c.mark(slices.Values(c.allArcs()), everywhere) }

// mark sets the marks of some arcs, and of the rows in a region that holds all that
// draw one.
func (c *coverage) mark(arcs iter.Seq[uint32], region box) {
	m := marker{coverage: c}
	for number := range arcs {
		m.arc(number)
	}
	for row := range c.rows {
		switch r := &c.rows[row]; {
		case r.from == r.to:
			r.mark = 0
		case r.box.meets(region):
			r.mark = m.shape(uint32(row), everywhere)
		}
	}
}
