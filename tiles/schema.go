package tiles

import (
	"github.com/cespare/xxhash/v2"

	"github.com/lintu-map/lintu"
)

// schema says what rows of a layer are made of.
type schema struct {
	info     lintu.LayerInfo
	fields   []lintu.Field
	keys     []string // of the tile layer: id, then the fields
	numbered []bool   // by field: its texts have numbers cut from them
}

func newSchema(l lintu.LayerInfo) *schema {
	s := &schema{info: l, fields: l.TileFields(), keys: []string{"id"}}
	for _, f := range s.fields {
		s.keys = append(s.keys, f.Name)
		s.numbered = append(s.numbered, f.Type == lintu.String && !f.Repeats)
	}
	return s
}

// properties gives the feature those that the declaration asks for of a row.
func (s *schema) properties(w *layerWriter, words []dictionary, b *block, row int, l *lintu.LayerInfo) {
	if l.TileID() {
		w.id(0, b.ids[row])
	}
	for i := range b.columns {
		entry := b.columns[i].entries[row]
		switch {
		case entry == 0: // null
		case l.Bare && !s.fields[i].Drawn:
		case s.numbered[i]:
			w.numbered(1+i, words[i].value(entry-1), b.columns[i].numbers[row])
		default:
			w.entry(1+i, &words[i], entry-1)
		}
	}
}

// wordbook is a schema with the lexicons of its fields, for those who add to them.
type wordbook struct {
	*schema
	lexicons *lexicons
	scratch  []byte
}

func newWordbook(l lintu.LayerInfo) wordbook {
	s := newSchema(l)
	return wordbook{schema: s, lexicons: newLexicons(len(s.fields))}
}

// note appends a row to a block.
func (w *wordbook) note(b *block, id lintu.ID, key uint64, values []lintu.Value) {
	w.scratch = appendRow(w.scratch[:0], w.fields, id, key, values)
	b.keys, b.ids, b.marks = append(b.keys, key), append(b.ids, id), append(b.marks, xxhash.Sum64(w.scratch))
	for i := range b.columns {
		entry, number := w.look(i, &values[i])
		b.columns[i].entries = append(b.columns[i].entries, entry)
		if w.numbered[i] {
			b.columns[i].numbers = append(b.columns[i].numbers, number)
		}
	}
}

// look finds the entry of a value in the lexicon of its field, and the number that
// was cut from it.
func (w *wordbook) look(field int, v *lintu.Value) (entry, number uint32) {
	if v.Null {
		return 0, 0
	}
	b := w.scratch[:0]
	switch {
	case w.numbered[field]:
		b, number = cutNumber(b, v.Text)
	case w.fields[field].Type == lintu.Integer:
		b = appendIntegerValue(b, v.Number)
	default:
		b = appendTextValue(b, v.Text)
	}
	w.scratch = b
	return w.lexicons.fields[field].number(b), number
}

// dictionaries are the lexicons as they are, for readers.
func (w *wordbook) dictionaries() []dictionary {
	words := make([]dictionary, len(w.lexicons.fields))
	for i := range words {
		words[i] = w.lexicons.fields[i].dictionary
	}
	return words
}
