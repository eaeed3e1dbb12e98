package tiles

// arc returns the points of an arc.
func (c *coverage) arc(number uint32) []position {
	a := c.arcs[number]
	return c.points[a.from:a.to]
}

// add stores the points of a new arc, drawn at every zoom for the time being.
func (c *coverage) add(points []position) uint32 {
	a := span{from: uint32(len(c.points))}
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
	c.arcs[number] = span{}
	c.free = append(c.free, number)
}

// compact moves what is in use together and leaves room for n more points, or a
// sixteenth.
func (c *coverage) compact(n int) {
	points, refs := 0, 0
	for _, a := range c.arcs {
		points += a.len()
	}
	for _, r := range c.rows {
		refs += r.refs.len()
	}
	old := *c
	c.points = make([]position, 0, points+max(n, points/16))
	c.zooms = make([]int8, 0, cap(c.points))
	c.refs = make([]uint32, 0, refs+max(2*n, refs/16))
	for i, a := range c.arcs {
		c.arcs[i] = moveTo(&c.points, old.points, a)
		moveTo(&c.zooms, old.zooms, a)
	}
	for i := range c.rows {
		r := &c.rows[i].refs
		*r = moveTo(&c.refs, old.refs, *r)
	}
}

// moveTo appends a part of an array to another and returns where it is there.
func moveTo[T any](to *[]T, from []T, s span) span {
	begin := uint32(len(*to))
	*to = append(*to, from[s.from:s.to]...)
	return span{begin, uint32(len(*to))}
}

// bytes returns how much memory the coverage takes.
func (c *coverage) bytes() int {
	return 8*cap(c.points) + cap(c.zooms) + 8*cap(c.arcs) + 4*cap(c.free) + 4*cap(c.refs) + 32*cap(c.rows)
}
