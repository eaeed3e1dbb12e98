package tiles

import "slices"

// lexicons are those of the fields of a layer. Edits only add to them, and numbers and
// times of cases never come back: when most of their entries are of rows that have
// gone, those that are in use move to new ones.
type lexicons struct {
	fields []lexicon
	enough int // entries in all, up to which none are looked for that are not in use
}

// fewEntries of a layer are not worth looking for.
const fewEntries = 4096

func newLexicons(fields int) *lexicons {
	return &lexicons{fields: make([]lexicon, fields), enough: fewEntries}
}

// entries is how many there are in all.
func (x *lexicons) entries() int {
	n := 0
	for i := range x.fields {
		n += len(x.fields[i].ends)
	}
	return n
}

// areOvergrown reports whether more than half of the entries, and a few, are not in use
// by the rows of some blocks.
func (x *lexicons) areOvergrown(blocks []*block) bool {
	if x.entries() <= x.enough {
		return false
	}
	used := 0
	for i := range x.fields {
		used += entriesUsed(blocks, i, len(x.fields[i].ends))
	}
	x.enough = 2*used + fewEntries
	return x.entries() > x.enough
}

// entriesUsed counts those of one field.
func entriesUsed(blocks []*block, field, all int) int {
	seen, used := make([]bool, all+1), 0
	seen[0] = true // null
	for _, b := range blocks {
		for _, entry := range b.columns[field].entries {
			if !seen[entry] {
				seen[entry] = true
				used++
			}
		}
	}
	return used
}

// pruned returns the blocks of a layer, moved to new lexicons if those at hand are
// overgrown.
func (w *wordbook) pruned(blocks []*block) []*block {
	if !w.lexicons.areOvergrown(blocks) {
		return blocks
	}
	words := w.dictionaries()
	w.lexicons = newLexicons(len(w.fields))
	return w.moved(blocks, words)
}

// moved returns blocks with the entries of some words, in the lexicons at hand. They
// share all but the entries.
func (w *wordbook) moved(blocks []*block, words []dictionary) []*block {
	numbers := make([][]uint32, len(words)) // by field and entry; 0 until the entry is met
	for i := range words {
		numbers[i] = make([]uint32, len(words[i].ends)+1)
	}
	all := make([]*block, len(blocks))
	for i, b := range blocks {
		c := *b
		c.columns = slices.Clone(b.columns)
		for field := range c.columns {
			c.columns[field].entries = w.movedEntries(field, b.columns[field].entries, &words[field], numbers[field])
		}
		all[i] = &c
	}
	return all
}

func (w *wordbook) movedEntries(field int, entries []uint32, words *dictionary, numbers []uint32) []uint32 {
	moved := make([]uint32, len(entries))
	for i, entry := range entries {
		if entry != 0 && numbers[entry] == 0 {
			numbers[entry] = w.lexicons.fields[field].number(words.value(entry - 1))
		}
		moved[i] = numbers[entry]
	}
	return moved
}
