package tiles

import (
	"slices"
	"sort"
)

// points is the state of a layer of points at one instant. Its rows are sorted by
// Morton code, then by id, so that equal rows give equal tiles however they came.
// It never changes, so reading needs no lock; the next state shares what an edit
// did not touch.
type points struct {
	*schema
	blocks   []*block
	firsts   []uint64     // the first code of each block
	starts   []int        // how many rows are before each block, and in all
	tallies  []tally      // of the rows before each block, and of all
	lexicons *lexicons    // that the entries are of; only their writer looks into them
	words    []dictionary // of each field
}

// newPoints makes a layer of sorted blocks, none of them empty.
func newPoints(w *wordbook, blocks []*block) *points {
	p := &points{schema: w.schema, lexicons: w.lexicons, words: w.dictionaries(), blocks: blocks, firsts: make([]uint64, len(blocks)),
		starts: make([]int, len(blocks)+1), tallies: make([]tally, len(blocks)+1)}
	for i, b := range blocks {
		p.firsts[i] = b.keys[0]
		p.starts[i+1] = p.starts[i] + b.len()
		p.tallies[i+1] = p.tallies[i].plus(b.tally(b.len()))
	}
	return p
}

// len is the number of rows.
func (p *points) len() int { return p.starts[len(p.blocks)] }

// rank is the number of rows with lesser codes.
func (p *points) rank(key uint64) int {
	i, _ := slices.BinarySearch(p.firsts, key)
	if i == 0 {
		return 0
	}
	return p.starts[i-1] + p.blocks[i-1].search(key) // a code may begin in the block before
}

// rankAfter is the number of rows up to the end of the square.
func (p *points) rankAfter(s quad) int {
	if last := s.last(); last+1 != 0 {
		return p.rank(last + 1)
	}
	return p.len()
}

// runs calls yield for the rows from to to-1 of the layer, block by block.
func (p *points) runs(from, to int, yield func(b *block, from, to int)) {
	i := sort.SearchInts(p.starts, from+1) - 1
	for ; from < to; i++ {
		b, start := p.blocks[i], p.starts[i]
		end := min(to, p.starts[i+1])
		yield(b, from-start, end-start)
		from = end
	}
}

// fewRows are looked through sooner than a smaller square is searched for.
const fewRows = 64

// near calls yield for runs of rows, in order, that hold all rows in a box, and some
// near it. It says of which runs all are in the box.
func (p *points) near(b box, yield func(from, to int, within bool)) {
	s := quadAround(b)
	p.nearIn(s, p.rank(s.first), p.rankAfter(s), b, yield)
}

// nearIn does near for the rows of one square, which are from to to-1.
func (p *points) nearIn(s quad, from, to int, b box, yield func(from, to int, within bool)) {
	bounds := s.box()
	switch {
	case from == to || !b.meets(bounds):
	case to-from <= fewRows || b.holds(bounds):
		yield(from, to, b.holds(bounds))
	default:
		for i := range 4 {
			q, end := s.quarter(i), to
			if i < 3 {
				end = p.rankAfter(q)
			}
			p.nearIn(q, from, end, b, yield)
			from = end
		}
	}
}

// size is about how many bytes the layer takes.
func (p *points) size() int {
	n := 0
	for i := range p.words {
		n += p.words[i].size()
	}
	for _, b := range p.blocks {
		n += b.size() + 40
	}
	return n
}

// count implements heldLayer.
func (p *points) count() int { return p.len() }
