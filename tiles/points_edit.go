package tiles

import "slices"

// replace returns the layer that follows one: of what lies in some boxes it has exactly
// the rows taken that do, and beyond them what that has. It shares the blocks in which
// nothing changes.
func (w *pointsWriter) replace(held heldLayer, where []box) heldLayer {
	p := held.(*points)
	if p.lexicons != w.lexicons { // another's, or of before a step that failed
		p = newPoints(&w.wordbook, w.moved(p.blocks, p.words))
	}
	gone, fresh := p.rowsIn(where), freshIn(w.sorted(), where)
	m := merger{writer: w, open: newBlock(w.numbered, 0)}
	for i, b := range p.blocks {
		after := len(fresh) // of those that belong before the next block
		if i+1 < len(p.blocks) {
			after, _ = slices.BinarySearchFunc(fresh, rowAt{p.blocks[i+1], 0}, rowAt.compare)
		}
		lost, _ := slices.BinarySearch(gone, p.starts[i+1])
		m.next(b, p.starts[i], gone[:lost], fresh[:after])
		gone, fresh = gone[lost:], fresh[after:]
	}
	for _, r := range fresh { // there was no block
		m.open.add(r.block, r.row, r.row+1)
	}
	m.close()
	return newPoints(&w.wordbook, w.pruned(m.blocks))
}

// rowsIn lists the rows in some boxes, in ascending order.
func (p *points) rowsIn(where []box) []int {
	var rows []int
	for _, b := range where {
		p.near(b, func(from, to int, _ bool) {
			row := from
			p.runs(from, to, func(run *block, from, to int) {
				for _, key := range run.keys[from:to] {
					if b.contains(deinterleave(key)) {
						rows = append(rows, row)
					}
					row++
				}
			})
		})
	}
	slices.Sort(rows)
	return slices.Compact(rows)
}

// isWithin reports whether all rows are in a box.
func (p *points) isWithin(b box) bool {
	n := 0
	p.near(b, func(from, to int, _ bool) {
		p.runs(from, to, func(run *block, from, to int) {
			for _, key := range run.keys[from:to] {
				if b.contains(deinterleave(key)) {
					n++
				}
			}
		})
	})
	return n == p.len()
}

// rowAt is a row of a block.
type rowAt struct {
	block *block
	row   int
}

func (r rowAt) compare(s rowAt) int { return compareRows(r.block, r.row, s.block, s.row) }

// freshIn lists the rows of sorted blocks that are in some boxes, each once though it
// may have been read for several.
func freshIn(blocks []*block, where []box) []rowAt {
	var rows []rowAt
	for _, b := range blocks {
		for i, key := range b.keys {
			p, r := deinterleave(key), rowAt{b, i}
			again := len(rows) > 0 && rows[len(rows)-1].compare(r) == 0
			if !again && slices.ContainsFunc(where, func(b box) bool { return b.contains(p) }) {
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// merger makes the blocks of a layer from those of the one before.
type merger struct {
	writer *pointsWriter
	blocks []*block // done
	open   *block   // rows that are in no block yet
}

// next goes on with a block whose first row is number start of its layer: without the
// rows gone, and with fresh ones.
func (m *merger) next(b *block, start int, gone []int, fresh []rowAt) {
	if m.open.len() >= blockRows/4 { // smaller ones grow together with the next
		m.close()
	}
	if len(gone)+len(fresh)+m.open.len() == 0 {
		m.blocks = append(m.blocks, b)
		return
	}
	for i := range b.len() {
		for len(fresh) > 0 && fresh[0].compare(rowAt{b, i}) <= 0 {
			m.open.add(fresh[0].block, fresh[0].row, fresh[0].row+1)
			fresh = fresh[1:]
		}
		if len(gone) > 0 && gone[0] == start+i {
			gone = gone[1:]
			continue
		}
		m.open.add(b, i, i+1)
	}
	for _, r := range fresh {
		m.open.add(r.block, r.row, r.row+1)
	}
}

// close makes blocks of about equal length of the open rows.
func (m *merger) close() {
	rows := m.open
	parts := (rows.len() + blockRows - 1) / blockRows
	for i := range parts {
		from, to := rows.len()*i/parts, rows.len()*(i+1)/parts
		b := newBlock(m.writer.numbered, to-from)
		b.add(rows, from, to)
		b.sumUp()
		m.blocks = append(m.blocks, b)
	}
	m.open = rows.cleared()
}
