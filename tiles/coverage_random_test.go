package tiles

import (
	"math/rand/v2"
	"slices"
)

// patchwork is a random coverage without gaps or overlaps: a lattice whose
// corners are shifted and whose sides wind, with cells joined at random, so that
// there are rings around others, islands, and rings that touch in a point.
type patchwork struct {
	*rand.Rand
	size    int                   // cells along a side
	cell    int                   // units along a side of a cell
	corners [][]position          // shifted
	sides   map[[4]int][]position // from corner to corner, both included
	owner   map[[2]int]int        // cell to row
}

// newPatchwork makes size × size cells of that many units. Of each side, it
// makes up to 2^depth segments.
func newPatchwork(r *rand.Rand, size, cell, depth int) *patchwork {
	p := &patchwork{Rand: r, size: size, cell: cell, sides: map[[4]int][]position{}, owner: map[[2]int]int{}}
	origin := position{r.Uint32N(1 << 28), r.Uint32N(1 << 28)}
	for y := range size + 1 {
		p.corners = append(p.corners, nil)
		for x := range size + 1 {
			c := position{origin.x + uint32((x+1)*cell), origin.y + uint32((y+1)*cell)}
			p.corners[y] = append(p.corners[y], p.shifted(c, cell/6))
		}
	}
	for y := range size + 1 {
		for x := range size + 1 {
			if x < size {
				p.wind([4]int{x, y, x + 1, y}, depth)
			}
			if y < size {
				p.wind([4]int{x, y, x, y + 1}, depth)
			}
		}
	}
	rows := 1 + r.IntN(size*size)
	for y := range size {
		for x := range size {
			p.owner[[2]int{x, y}] = r.IntN(rows)
		}
	}
	return p
}

// planarPatchwork tries until no sides cross.
func planarPatchwork(r *rand.Rand, size, cell, depth int) *patchwork {
	for {
		if p := newPatchwork(r, size, cell, depth); len(meetings(segmentsOf(p.rows()...))) == 0 {
			return p
		}
	}
}

// rows are as many as there are cells; some are empty.
func (p *patchwork) rows() []ringSet {
	rows := make([]ringSet, p.size*p.size)
	for i := range rows {
		rows[i] = p.shape(i)
	}
	return rows
}

// anywhere is a place on the patchwork.
func (p *patchwork) anywhere() position {
	a, b := p.corners[0][0], p.corners[p.size][p.size]
	return position{anyBetween(p.Rand, a.x, b.x), anyBetween(p.Rand, a.y, b.y)}
}

func anyBetween(r *rand.Rand, low, high uint32) uint32 {
	return low + uint32(r.Uint64N(uint64(high)-uint64(low)+1))
}

func (p *patchwork) shifted(c position, by int) position {
	if by < 1 {
		return c
	}
	return position{c.x + uint32(p.IntN(2*by)) - uint32(by), c.y + uint32(p.IntN(2*by)) - uint32(by)}
}

// wind makes the side between two corners by shifting midpoints: in ever smaller
// boxes, so that sides do not cross.
func (p *patchwork) wind(ends [4]int, depth int) {
	a, b := p.corners[ends[1]][ends[0]], p.corners[ends[3]][ends[2]]
	side := []position{a, b}
	by := p.cell / 12
	for range p.IntN(depth + 1) {
		finer := side[:1:1]
		for i := 1; i < len(side); i++ {
			u, v := side[i-1], side[i]
			middle := position{u.x/2 + v.x/2, u.y/2 + v.y/2}
			finer = append(finer, p.shifted(middle, by), v)
		}
		side, by = slices.CompactFunc(finer, func(a, b position) bool { return a == b }), by*2/5
	}
	p.sides[ends] = side
}

// shape is a row: simple rings, the inside on their right.
func (p *patchwork) shape(row int) ringSet {
	var s ringSet
	for _, ring := range simpleRings(p.border(row)) {
		s.points = append(s.points, ring...)
		s.ends = append(s.ends, int32(len(s.points)))
	}
	return s
}

// border has the sides of a row's cells that are not those of another of its cells.
func (p *patchwork) border(row int) [][]position {
	var all [][]position
	add := func(beyond [2]int, ends [4]int, against bool) {
		if owner, inside := p.owner[beyond]; inside && owner == row {
			return
		}
		side := slices.Clone(p.sides[ends])
		if against {
			slices.Reverse(side)
		}
		all = append(all, side)
	}
	for y := range p.size {
		for x := range p.size {
			if p.owner[[2]int{x, y}] == row {
				add([2]int{x, y - 1}, [4]int{x, y, x + 1, y}, false)
				add([2]int{x + 1, y}, [4]int{x + 1, y, x + 1, y + 1}, false)
				add([2]int{x, y + 1}, [4]int{x, y + 1, x + 1, y + 1}, true)
				add([2]int{x - 1, y}, [4]int{x, y, x, y + 1}, true)
			}
		}
	}
	return all
}

// simpleRings joins lines end to end, and parts what passes a point twice.
func simpleRings(lines [][]position) [][]position {
	leaving := map[position][]position{}
	for _, l := range lines {
		for i := range l[1:] {
			leaving[l[i]] = append(leaving[l[i]], l[i+1])
		}
	}
	var rings [][]position
	for _, l := range lines {
		for i := range l {
			var walk []position
			at := map[position]int{}
			for p := l[i]; ; {
				if k, been := at[p]; been {
					rings = append(rings, slices.Clone(walk[k:]))
					for _, q := range walk[k:] {
						delete(at, q)
					}
					walk = walk[:k]
				}
				if len(leaving[p]) == 0 {
					break
				}
				at[p] = len(walk)
				walk = append(walk, p)
				next := leaving[p][0]
				leaving[p] = leaving[p][1:]
				p = next
			}
		}
	}
	return rings
}

// nastyRings are those of a polygon that need not be valid in any way, on few places.
func nastyRings(r *rand.Rand, origin position, places uint32) ringSet {
	var s ringSet
	for range r.IntN(5) {
		for range r.IntN(9) {
			s.points = append(s.points, position{origin.x + 8*r.Uint32N(places), origin.y + 8*r.Uint32N(places)})
		}
		s.ends = append(s.ends, int32(len(s.points)))
	}
	return s
}
