package tiles

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/lintu-map/lintu"
)

// blockRows is how many rows a block has at most. An edit copies the blocks that it
// touches, and the list of all.
const blockRows = 2048

// sumEvery is how many rows stand between two sums of a block.
const sumEvery = 64

// block holds consecutive rows of a layer of points, column by column. In a layer
// they are sorted by Morton code, then by id, and never change.
type block struct {
	keys    []uint64 // Morton codes of the positions
	ids     []lintu.ID
	marks   []uint64 // of ids, positions and values
	columns []column // of the layer's fields

	// Of all rows before row 0, sumEvery, 2·sumEvery …
	sums    []sum
	tallies []tally
}

// column holds one field of the rows of a block.
type column struct {
	entries []uint32 // numbers in the lexicon of the field, 0 for null
	numbers []uint32 // what was cut from its texts; nil where nothing is
}

// sum adds up positions.
type sum struct{ x, y uint64 }

func (s sum) plus(t sum) sum  { return sum{s.x + t.x, s.y + t.y} }
func (s sum) minus(t sum) sum { return sum{s.x - t.x, s.y - t.y} }

// tally adds up the marks of rows, and those of their places alone.
type tally struct{ rows, places uint64 }

func (s tally) plus(t tally) tally  { return tally{s.rows + t.rows, s.places + t.places} }
func (s tally) minus(t tally) tally { return tally{s.rows - t.rows, s.places - t.places} }

// newBlock makes an empty one that has room for so many rows. The fields of numbered
// columns have numbers cut from them.
func newBlock(numbered []bool, room int) *block {
	b := &block{keys: make([]uint64, 0, room), ids: make([]lintu.ID, 0, room), marks: make([]uint64, 0, room), columns: make([]column, len(numbered))}
	for i := range b.columns {
		b.columns[i].entries = make([]uint32, 0, room)
		if numbered[i] {
			b.columns[i].numbers = make([]uint32, 0, room)
		}
	}
	return b
}

func (b *block) len() int { return len(b.keys) }

// add appends rows from to to-1 of another block.
func (b *block) add(c *block, from, to int) {
	b.keys = append(b.keys, c.keys[from:to]...)
	b.ids = append(b.ids, c.ids[from:to]...)
	b.marks = append(b.marks, c.marks[from:to]...)
	for i := range b.columns {
		b.columns[i].entries = append(b.columns[i].entries, c.columns[i].entries[from:to]...)
		if b.columns[i].numbers != nil {
			b.columns[i].numbers = append(b.columns[i].numbers, c.columns[i].numbers[from:to]...)
		}
	}
}

// cleared is the block with no rows, in the memory of those it had.
func (b *block) cleared() *block {
	b.keys, b.ids, b.marks = b.keys[:0], b.ids[:0], b.marks[:0]
	for i := range b.columns {
		c := &b.columns[i]
		c.entries = c.entries[:0]
		if c.numbers != nil {
			c.numbers = c.numbers[:0]
		}
	}
	return b
}

// set overwrites row i with row j of another block, but for its key.
func (b *block) set(i int, c *block, j int) {
	b.ids[i], b.marks[i] = c.ids[j], c.marks[j]
	for k := range b.columns {
		b.columns[k].entries[i] = c.columns[k].entries[j]
		if b.columns[k].numbers != nil {
			b.columns[k].numbers[i] = c.columns[k].numbers[j]
		}
	}
}

// clear leaves nothing of a row but its number.
func (b *block) clear(row uint32) {
	b.ids[row], b.marks[row] = lintu.ID{}, 0
	for i := range b.columns {
		b.columns[i].entries[row] = 0
	}
}

// compareRows orders row i of a block and row j of another as they stand in a layer.
func compareRows(b *block, i int, c *block, j int) int {
	if by := cmp.Compare(b.keys[i], c.keys[j]); by != 0 {
		return by
	}
	return bytes.Compare(b.ids[i][:], c.ids[j][:])
}

// search returns the first row with that code or a greater one.
func (b *block) search(key uint64) int {
	i, _ := slices.BinarySearch(b.keys, key)
	return i
}

// endOfCell returns the end of the rows from a row on, before to, whose codes have
// the same bits from shift up. Cells are small as a rule, so it looks near by first.
func (b *block) endOfCell(from, to int, shift uint) int {
	last := b.keys[from] | (1<<shift - 1)
	step := 1
	for from+step < to && b.keys[from+step] <= last {
		from += step
		step *= 2
	}
	n, _ := slices.BinarySearchFunc(b.keys[from:min(from+step, to)], last, func(key, last uint64) int {
		if key <= last {
			return -1
		}
		return 1
	})
	return from + n
}

// sumUp fills in the sums and tallies.
func (b *block) sumUp() {
	n := 1 + b.len()/sumEvery
	b.sums, b.tallies = make([]sum, n), make([]tally, n)
	for i := range n - 1 {
		from, to := i*sumEvery, (i+1)*sumEvery
		b.sums[i+1] = b.sums[i].plus(b.count(from, to))
		b.tallies[i+1] = b.tallies[i].plus(b.tallyOf(from, to))
	}
}

// tally adds up the marks of the rows before one.
func (b *block) tally(before int) tally {
	last := before / sumEvery
	return b.tallies[last].plus(b.tallyOf(last*sumEvery, before))
}

// tallyOf adds up the marks of rows from to to-1 one by one.
func (b *block) tallyOf(from, to int) (t tally) {
	for i := from; i < to; i++ {
		t.rows += b.marks[i]
		t.places += placeMark(b.keys[i])
	}
	return t
}

// sum adds up the positions of rows from to to-1.
func (b *block) sum(from, to int) sum {
	if to-from <= sumEvery {
		return b.count(from, to)
	}
	low, high := from/sumEvery, to/sumEvery
	s := b.sums[high].minus(b.sums[low])
	return s.plus(b.count(high*sumEvery, to)).minus(b.count(low*sumEvery, from))
}

// count is sum row by row.
func (b *block) count(from, to int) (s sum) {
	for _, key := range b.keys[from:to] {
		p := deinterleave(key)
		s.x += uint64(p.x)
		s.y += uint64(p.y)
	}
	return s
}

// size is about how many bytes the block takes.
func (b *block) size() int {
	row := 8 + len(lintu.ID{}) + 8
	for _, c := range b.columns {
		row += 4
		if c.numbers != nil {
			row += 4
		}
	}
	const headers = 250
	return headers + 50*len(b.columns) + cap(b.keys)*row + len(b.sums)*16 + len(b.tallies)*16
}
