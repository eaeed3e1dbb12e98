package town

// splitCells cuts the grids of the urban communities into grid cells: the blocks
// of the core, and pieces of about 100 m elsewhere. The grids of villages stay
// whole, as one piece each. gridOf says to which grid each piece belongs.
func splitCells(l *land, grids *partition, blocks *parcels, gridCommunity []int, friction []uint8) (pieces *partition, gridOf []int16) {
	s := &cellSplitter{grids: grids, gridCommunity: gridCommunity,
		pieces: &partition{label: make([]int16, cols*rows), owner: grids.owner},
		taken:  make([]bool, cols*rows)}
	s.takeBlocks(blocks)
	s.scatter(l)
	g := &growth{friction: friction, within: grids, out: s.pieces, cost: make([]int32, cols*rows)}
	for i := range g.cost {
		g.cost[i] = far
	}
	g.run(s.seeds)
	clean(s.pieces, grids)
	absorb(s.pieces, grids, len(s.gridOf))
	clean(s.pieces, grids)
	return s.pieces, s.gridOf
}

type cellSplitter struct {
	grids, pieces *partition
	gridCommunity []int
	taken         []bool
	seeds         []seed
	gridOf        []int16
}

const fewestCells = 30 // of the raster, for a part of a block to be a piece

// takeBlocks makes a piece of each part of a block that lies in one grid.
func (s *cellSplitter) takeBlocks(blocks *parcels) {
	for _, cells := range blocks.cells {
		parts := map[int16][]int32{}
		var order []int16
		for _, c := range cells {
			if s.grids.owner[c.cell] != c.owner || !communities[s.gridCommunity[s.grids.label[c.cell]]].urban {
				continue
			}
			l := s.grids.label[c.cell]
			if parts[l] == nil {
				order = append(order, l)
			}
			parts[l] = append(parts[l], c.cell)
		}
		for _, l := range order {
			if len(parts[l]) < fewestCells {
				continue
			}
			for _, c := range parts[l] {
				s.taken[c] = true
				s.seeds = append(s.seeds, seed{cell: c, owner: s.grids.owner[c], label: int16(len(s.gridOf))})
			}
			s.gridOf = append(s.gridOf, l)
		}
	}
}

// scatter seeds what the blocks left, about every ten cells of the raster, but
// not the water: that belongs to the banks.
func (s *cellSplitter) scatter(l *land) {
	const step = 10
	cells := make([][]int32, len(s.gridCommunity))
	for c, label := range s.grids.label {
		cells[label] = append(cells[label], int32(c))
	}
	has := make([]bool, len(cells))
	for _, g := range s.gridOf {
		has[g] = true
	}
	put := func(c int32, grid int) {
		s.seeds = append(s.seeds, seed{cell: c, owner: s.grids.owner[c], label: int16(len(s.gridOf))})
		s.gridOf = append(s.gridOf, int16(grid))
		has[grid] = true
	}
	for i, own := range cells {
		for _, c := range own {
			col, row := cellAt(s.grids.place(c))
			i0, j0 := floorDiv(col, step), floorDiv(row, step)
			h := mix(uint64(i0)<<32 ^ uint64(uint32(j0))) // a place of its own in each square
			if col-i0*step == 2+int(h%7) && row-j0*step == 2+int(h>>8%7) && !s.taken[c] && communities[s.gridCommunity[i]].urban && l.nearBank(s.grids.place(c)) > 0 {
				put(c, i)
			}
		}
		if !has[i] {
			put(own[len(own)/2], i)
		}
	}
}

// absorb gives the pieces that came out too small to be drawn to a neighbour in
// the same grid, if there is one, from their rims inwards.
func absorb(pieces, grids *partition, labels int) {
	size := make([]int, labels)
	for _, l := range pieces.label {
		size[l]++
	}
	c := &cleaning{p: pieces, within: grids}
	for moved := true; moved; {
		moved = false
		for row := range rows {
			for col := range cols {
				own, _ := pieces.at(col, row)
				if size[own] >= fewestCells {
					continue
				}
				for _, s := range [4][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}} {
					if other, _ := pieces.at(col+s[0], row+s[1]); size[other] >= fewestCells && c.may(col, row, col+s[0], row+s[1]) {
						c.give(col, row, pieces.key(col+s[0], row+s[1]))
						moved = true
						break
					}
				}
			}
		}
	}
}
