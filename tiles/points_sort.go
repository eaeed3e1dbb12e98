package tiles

import (
	"bytes"
	"cmp"
	"slices"
)

// Ten million rows are sorted in the memory that they take anyway: in runs, each
// arranged in place, which are then merged into the blocks that this empties.

// sorted returns the rows taken, in their order, and forgets them.
func (w *pointsWriter) sorted() []*block {
	w.endRun()
	runs := w.runs
	w.runs, w.order = nil, nil
	switch len(runs) {
	case 0:
		return nil
	case 1:
		return runs[0]
	}
	return mergeRuns(runs, w.numbered)
}

// forget drops the rows taken.
func (w *pointsWriter) forget() { w.taken, w.runs = nil, nil }

// endRun sorts the blocks taken.
func (w *pointsWriter) endRun() {
	if len(w.taken) == 0 {
		return
	}
	w.order = sortRows(w.order[:0], w.taken)
	arrange(w.taken, w.order, w.numbered)
	w.runs = append(w.runs, w.taken)
	w.taken = nil
}

// rowKey is the code of a row, and its number in the run.
type rowKey struct {
	key uint64
	row uint32
}

// sortRows lists the rows of a run in their order, in the memory that it is given.
func sortRows(order []rowKey, blocks []*block) []rowKey {
	order = slices.Grow(order, (len(blocks)-1)*blockRows+blocks[len(blocks)-1].len())
	for _, b := range blocks {
		for _, key := range b.keys {
			order = append(order, rowKey{key, uint32(len(order))})
		}
	}
	id := func(row uint32) []byte { return blocks[row/blockRows].ids[row%blockRows][:] }
	slices.SortFunc(order, func(a, b rowKey) int {
		if by := cmp.Compare(a.key, b.key); by != 0 {
			return by
		}
		return bytes.Compare(id(a.row), id(b.row))
	})
	return order
}

// arrange moves the rows of a run into their order, along each cycle of the
// permutation in turn. Places that hold what belongs there are noted so in order.
func arrange(blocks []*block, order []rowKey, numbered []bool) {
	set := func(to uint32, b *block, row uint32) { blocks[to/blockRows].set(int(to%blockRows), b, int(row)) }
	held := newBlock(numbered, 1)
	held.add(blocks[0], 0, 1) // any row: it is overwritten
	for i := range order {
		first := uint32(i)
		blocks[first/blockRows].keys[first%blockRows] = order[i].key
		if order[i].row == first {
			continue
		}
		held.set(0, blocks[first/blockRows], int(first%blockRows))
		to := first
		for from := order[to].row; from != first; from = order[to].row {
			set(to, blocks[from/blockRows], from%blockRows)
			order[to].row = to
			to = from
		}
		set(to, held, 0)
		order[to].row = to
	}
}

// mergeRuns makes one run of several, none empty.
func mergeRuns(runs [][]*block, numbered []bool) []*block {
	var done, spare []*block
	next := make([]int, len(runs)) // the row of each run's first block that comes next
	open := newBlock(numbered, blockRows)
	for len(runs) > 0 {
		least := 0
		for i := range runs {
			if i > 0 && compareRows(runs[i][0], next[i], runs[least][0], next[least]) < 0 {
				least = i
			}
		}
		if open.len() == blockRows {
			done = append(done, open)
			if n := len(spare); n > 0 {
				open, spare = spare[n-1], spare[:n-1]
			} else {
				open = newBlock(numbered, blockRows)
			}
		}
		b := runs[least][0]
		open.add(b, next[least], next[least]+1)
		if next[least]++; next[least] < b.len() {
			continue
		}
		spare = append(spare, b.cleared())
		next[least] = 0
		if runs[least] = runs[least][1:]; len(runs[least]) == 0 {
			runs, next = slices.Delete(runs, least, least+1), slices.Delete(next, least, least+1)
		}
	}
	return append(done, open)
}
