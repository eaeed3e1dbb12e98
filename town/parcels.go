package town

import "math"

// parcels are the core's blocks on the raster, each out to the middle of its
// streets. Areas that take or leave a parcel as a whole have their borders on
// streets.
type parcels struct {
	cells [][]place // per block
	homes []int     // per block
}

// place is a cell in the town's own copy.
type place struct {
	cell  int32
	owner tile
}

func newParcels(c *core) *parcels {
	p := &parcels{cells: make([][]place, len(c.blocks)), homes: make([]int, len(c.blocks))}
	taken := make([]bool, cols*rows)
	const step = 4.0
	for k, b := range c.blocks {
		for s := b.p0 + step/2; s < b.p1; s += step {
			for t := b.q0 + step/2; t < b.q1; t += step {
				cell, w := fold(cellAt(c.at(s, t)))
				if !taken[cell] {
					taken[cell] = true
					p.cells[k] = append(p.cells[k], place{cell, tile{}.minus(w)})
				}
			}
		}
	}
	return p
}

// settle gives parcels as a whole to the label that has most of them. share is
// how much of a parcel with many homes one label must have; parcels with fewer
// than many always go as a whole. Only cells that within puts into area move.
func (p *parcels) settle(out, within *partition, area int16, share float64, many int) {
	for k, cells := range p.cells {
		count := map[int16]int{}
		best, total := int16(-1), 0
		for _, c := range cells {
			if out.owner[c.cell] != c.owner || within != nil && within.label[c.cell] != area {
				continue
			}
			l := out.label[c.cell]
			total++
			count[l]++
			if best < 0 || count[l] > count[best] || count[l] == count[best] && l < best {
				best = l
			}
		}
		if total == 0 || p.homes[k] > many && float64(count[best]) < share*float64(total) {
			continue
		}
		for _, c := range cells {
			if within == nil || within.label[c.cell] == area && within.owner[c.cell] == c.owner {
				out.label[c.cell], out.owner[c.cell] = best, c.owner
			}
		}
	}
}

// ashore is the place 24 m beyond the bank on whose side of the river's middle
// line a point lies.
func (l *land) ashore(p xy) xy {
	_, foot := l.fromRiver(p)
	j := math.Round((foot.y - riverNorthing) / periodY)
	b := l.river(foot.x - j*shiftX)
	side := xy{-b.slope, 1}.unit().times(b.half + 24)
	if dot(side, p.sub(foot)) < 0 {
		side = side.times(-1)
	}
	return foot.add(side)
}

// settleRiver gives every piece of water to whom the bank on its side belongs,
// so that borders run along the river's middle line.
func settleRiver(l *land, out, within *partition) {
	type change struct {
		cell int32
		to   key
	}
	found := make([][]change, rows)
	each(rows, func(row int) {
		for col := range cols {
			at := middle(col, row)
			if l.nearBank(at) > 10 {
				continue
			}
			toCol, toRow := cellAt(l.ashore(at))
			if within != nil && within.key(toCol, toRow) != within.key(col, row) {
				continue
			}
			cell, _ := fold(col, row)
			found[row] = append(found[row], change{cell, out.key(toCol, toRow)})
		}
	})
	for _, list := range found {
		for _, c := range list {
			label, owner := c.to.split()
			out.label[c.cell], out.owner[c.cell] = label, owner
		}
	}
}
