package town

// cleaning makes a partition fit to be drawn: every label is one piece joined by
// cell sides, no label touches itself only at a corner, and single cells that
// stick out are gone. Cells move between labels only where within allows.
type cleaning struct {
	p      *partition
	within *partition // nil: cells may move anywhere
	seen   []bool
}

// key names a label and a copy of the town in one comparable number.
type key int32

func keyOf(label int16, t tile) key { return key(label)<<8 | key(t.i+8)<<4 | key(t.j+8) }

func (k key) split() (int16, tile) {
	return int16(k >> 8), tile{int8(k>>4&15) - 8, int8(k&15) - 8}
}

func (p *partition) key(col, row int) key {
	label, owner := p.at(col, row)
	return keyOf(label, owner)
}

func clean(p, within *partition) {
	c := &cleaning{p: p, within: within, seen: make([]bool, cols*rows)}
	c.smooth()
	c.smooth()
	for range 30 {
		if c.join()+c.uncross() == 0 {
			return
		}
	}
}

// may reports whether the cell at a position may be given to the label at
// another position.
func (c *cleaning) may(col, row, toCol, toRow int) bool {
	return c.within == nil || c.within.key(col, row) == c.within.key(toCol, toRow)
}

func (c *cleaning) give(col, row int, k key) {
	cell, w := fold(col, row)
	label, owner := k.split()
	c.p.label[cell], c.p.owner[cell] = label, owner.minus(w)
}

// smooth gives a cell to the label that five or more of its neighbours have.
func (c *cleaning) smooth() {
	for row := range rows {
		for col := range cols {
			own := c.p.key(col, row)
			if own == c.p.key(col+1, row) && own == c.p.key(col-1, row) && own == c.p.key(col, row+1) && own == c.p.key(col, row-1) {
				continue
			}
			if k, ok := c.majority(col, row, own); ok {
				c.give(col, row, k)
			}
		}
	}
}

func (c *cleaning) majority(col, row int, own key) (key, bool) {
	var keys [8]key
	for i, s := range steps {
		keys[i] = c.p.key(col+s.dx, row+s.dy)
	}
	for i, k := range keys {
		if k == own || !c.may(col, row, col+steps[i].dx, row+steps[i].dy) {
			continue
		}
		n := 0
		for _, other := range keys {
			if other == k {
				n++
			}
		}
		if n >= 5 {
			return k, true
		}
	}
	return own, false
}

// uncross removes the places where a label meets itself only at a corner.
func (c *cleaning) uncross() (moved int) {
	for row := range rows {
		for col := range cols {
			sw, se := c.p.key(col, row), c.p.key(col+1, row)
			nw, ne := c.p.key(col, row+1), c.p.key(col+1, row+1)
			switch {
			case sw == ne && se != sw && nw != sw:
				moved += c.bridge(col, row, sw, [2]int{col + 1, row}, [2]int{col, row + 1})
			case se == nw && sw != se && ne != se:
				moved += c.bridge(col+1, row, se, [2]int{col, row}, [2]int{col + 1, row + 1})
			}
		}
	}
	return moved
}

func (c *cleaning) bridge(fromCol, fromRow int, k key, choices ...[2]int) int {
	for _, ch := range choices {
		if c.may(ch[0], ch[1], fromCol, fromRow) {
			c.give(ch[0], ch[1], k)
			return 1
		}
	}
	return 0
}

// join leaves every label its largest piece and gives the others to the
// neighbour they touch most.
func (c *cleaning) join() (moved int) {
	clear(c.seen)
	type piece struct {
		start [2]int
		size  int
	}
	largest := map[int16]piece{}
	var small []piece
	labelOf := func(p piece) int16 { l, _ := c.p.at(p.start[0], p.start[1]); return l }
	for row := range rows {
		for col := range cols {
			if c.seen[row*cols+col] {
				continue
			}
			p := piece{[2]int{col, row}, len(c.flood(col, row))}
			switch best, ok := largest[labelOf(p)]; {
			case !ok:
				largest[labelOf(p)] = p
			case p.size > best.size:
				largest[labelOf(p)] = p
				small = append(small, best)
			default:
				small = append(small, p)
			}
		}
	}
	for _, p := range small {
		clear(c.seen)
		// A piece that has grown since was joined to another: the next round
		// looks at it again.
		if cells := c.flood(p.start[0], p.start[1]); len(cells) == p.size {
			moved += c.dissolve(cells)
		} else {
			moved++
		}
	}
	return moved
}

// flood returns the unseen positions joined with a position by cell sides.
func (c *cleaning) flood(col, row int) [][2]int {
	cell, _ := fold(col, row)
	c.seen[cell] = true
	found := [][2]int{{col, row}}
	for i := 0; i < len(found); i++ {
		x, y := found[i][0], found[i][1]
		own := c.p.key(x, y)
		for _, s := range steps[:4] {
			n, _ := fold(x+s.dx, y+s.dy)
			if !c.seen[n] && c.p.key(x+s.dx, y+s.dy) == own {
				c.seen[n] = true
				found = append(found, [2]int{x + s.dx, y + s.dy})
			}
		}
	}
	return found
}

func (c *cleaning) dissolve(cells [][2]int) int {
	own := c.p.key(cells[0][0], cells[0][1])
	touch := map[key]int{}
	var best key
	for _, at := range cells {
		for _, s := range steps[:4] {
			x, y := at[0]+s.dx, at[1]+s.dy
			k := c.p.key(x, y)
			if k == own || !c.may(at[0], at[1], x, y) {
				continue
			}
			touch[k]++
			if touch[k] > touch[best] || touch[k] == touch[best] && k < best {
				best = k
			}
		}
	}
	if touch[best] == 0 {
		return 0
	}
	for _, at := range cells {
		c.give(at[0], at[1], best)
	}
	return len(cells)
}
