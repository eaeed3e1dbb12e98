package tiles

import "sort"

// digest implements heldLayer: a sum of marks, of rows where rows are drawn, of their
// places where they are counted.
func (p *points) digest(c Coord) uint64 {
	switch tile := c.quad(); {
	case c.Z < p.info.MinZoom:
		return 0
	case c.Z < p.info.DetailZoom:
		return p.tally(p.rankAfter(tile)).minus(p.tally(p.rank(tile.first))).places
	}
	digest, f := uint64(0), c.frame()
	view := f.reach()
	p.near(view, func(from, to int, within bool) {
		if within && to-from > fewRows {
			digest += p.tally(to).minus(p.tally(from)).rows
			return
		}
		p.runs(from, to, func(b *block, from, to int) {
			for i := from; i < to; i++ {
				if within || view.contains(deinterleave(b.keys[i])) {
					digest += b.marks[i]
				}
			}
		})
	})
	return digest
}

// tally adds up the marks of the rows before one.
func (p *points) tally(before int) tally {
	if before == p.len() {
		return p.tallies[len(p.blocks)]
	}
	i := sort.SearchInts(p.starts, before+1) - 1
	return p.tallies[i].plus(p.blocks[i].tally(before - p.starts[i]))
}
