package tiles

import "slices"

// line returns the points of an arc.
func (c *coverage) line(number uint32) []position {
	a := c.arcs[number]
	return c.points[a.from:a.to]
}

// add stores the points of a new arc, drawn at every zoom for the time being.
func (c *coverage) add(points []position) uint32 {
	a := arc{from: uint32(len(c.points)), box: boxOf(points)}
	c.points = append(c.points, points...)
	c.zooms = append(c.zooms, make([]int8, len(points))...)
	a.to = uint32(len(c.points))
	if n := len(c.free); n > 0 {
		number := c.free[n-1]
		c.free = c.free[:n-1]
		c.arcs[number] = a
		return number
	}
	c.arcs = append(c.arcs, a)
	return uint32(len(c.arcs) - 1)
}

// drop gives the number of an arc free. Its points stay until the next compact.
func (c *coverage) drop(number uint32) {
	c.arcs[number] = arc{}
	c.free = append(c.free, number)
}

// compact moves what is in use together and leaves room for n more points, or a
// share of all.
func (c *coverage) compact(n int) {
	const share = 32
	points, refs := uint32(0), uint32(0)
	for _, a := range c.arcs {
		points += a.to - a.from
	}
	for _, r := range c.rows {
		refs += r.to - r.from
	}
	old := *c
	c.arcs = slices.Clone(c.arcs)
	c.points = make([]position, 0, int(points)+max(n, int(points)/share))
	c.zooms = make([]int8, 0, cap(c.points))
	c.refs = make([]uint32, 0, int(refs)+max(n, int(refs)/share))
	for i := range c.arcs {
		a := &c.arcs[i]
		c.points, c.zooms = append(c.points, old.points[a.from:a.to]...), append(c.zooms, old.zooms[a.from:a.to]...)
		a.from, a.to = uint32(len(c.points))-(a.to-a.from), uint32(len(c.points))
	}
	for i := range c.rows {
		r := &c.rows[i]
		c.refs = append(c.refs, old.refs[r.from:r.to]...)
		r.from, r.to = uint32(len(c.refs))-(r.to-r.from), uint32(len(c.refs))
	}
}

// bytes returns how much memory the coverage takes.
func (c *coverage) bytes() int {
	return 8*cap(c.points) + cap(c.zooms) + 32*cap(c.arcs) + 4*cap(c.free) + 4*cap(c.refs) + 40*cap(c.rows)
}
