package tiles

// digest implements heldLayer: a sum of a mark per row whose box meets the tile, of its
// values and what is near the tile of its shape.
func (p *shapes) digest(c Coord) uint64 {
	if c.Z < p.info.MinZoom {
		return 0
	}
	digest, m, f := uint64(0), marker{coverage: p.coverage}, c.frame()
	view := f.reach()
	p.index.meeting(view, func(row uint32, b box) {
		shape := p.coverage.rows[row].mark
		if !view.holds(b) {
			shape = m.shape(row, view)
		}
		digest += markOf(p.rows.marks[row], shape)
	})
	return digest
}
