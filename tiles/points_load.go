package tiles

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"runtime/debug"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// pointsWriter makes the states of a layer of points: the first by take and load, the
// others by take and replace. It is for one goroutine at a time.
type pointsWriter struct {
	*schema
	lexicons []lexicon // of each field
	taken    []*block  // rows since the last state, as they came
	scratch  []byte
}

func newPointsWriter(l lintu.LayerInfo) *pointsWriter {
	s := newSchema(l)
	return &pointsWriter{schema: s, lexicons: make([]lexicon, len(s.fields))}
}

// take notes a row.
func (w *pointsWriter) take(r *lintu.LayerRow) error {
	p, err := readPoint(r.Geometry)
	if err != nil {
		return fmt.Errorf("%s %s: %w", w.info.Name, r.ID, err)
	}
	n := len(w.taken)
	if n == 0 || w.taken[n-1].len() == blockRows {
		room := blockRows
		if n == 0 {
			room = sumEvery // edits are small
		}
		w.taken = append(w.taken, newBlock(w.numbered, room))
		n++
	}
	b := w.taken[n-1]
	b.keys = append(b.keys, interleave(positionOf(p)))
	b.ids = append(b.ids, r.ID)
	for i := range b.columns {
		entry, number := w.look(i, &r.Values[i])
		b.columns[i].entries = append(b.columns[i].entries, entry)
		if w.numbered[i] {
			b.columns[i].numbers = append(b.columns[i].numbers, number)
		}
	}
	return nil
}

// look finds the entry of a value in the lexicon of its field, and the number that
// was cut from it.
func (w *pointsWriter) look(field int, v *lintu.Value) (entry, number uint32) {
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
	return w.lexicons[field].number(b), number
}

// readPoint reads a point as the database writes it.
func readPoint(ewkb []byte) (orb.Point, error) {
	const head, point, srid, plain = 9, 1, 0x20000000, 25
	if len(ewkb) != plain || ewkb[0] != 1 || binary.LittleEndian.Uint32(ewkb[1:]) != point|srid {
		return orb.Point{}, fmt.Errorf("a geometry of %d bytes is no point", len(ewkb))
	}
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(ewkb[head:])),
		math.Float64frombits(binary.LittleEndian.Uint64(ewkb[head+8:]))}, nil
}

// load returns the layer of all rows taken.
func (w *pointsWriter) load() *points {
	blocks := w.sorted()
	for _, b := range blocks {
		b.sumUp()
	}
	if len(blocks) > 1 {
		debug.FreeOSMemory() // what sorting took is not needed soon
	}
	return newPoints(w.schema, blocks, w.lexicons)
}

// sorted returns the rows taken, sorted, and forgets them. Their blocks are full but
// for the last.
func (w *pointsWriter) sorted() []*block {
	blocks := w.taken
	w.taken = nil
	order := sortRows(blocks)
	w.arrange(blocks, order)
	for i := range order {
		blocks[i/blockRows].keys[i%blockRows] = order[i].key
	}
	return blocks
}

// rowKey is the code of a row, and its number among those taken.
type rowKey struct {
	key uint64
	row uint32
}

func sortRows(blocks []*block) []rowKey {
	var order []rowKey
	if n := len(blocks); n > 0 {
		order = make([]rowKey, 0, (n-1)*blockRows+blocks[n-1].len())
	}
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

// arrange moves rows, but for their codes, into their order. It does so in place,
// because there is no room for ten million twice: along each cycle of the permutation
// in turn, whose places it then notes as holding what belongs there.
func (w *pointsWriter) arrange(blocks []*block, order []rowKey) {
	set := func(to uint32, b *block, row uint32) { blocks[to/blockRows].set(int(to%blockRows), b, int(row)) }
	if len(order) == 0 {
		return
	}
	held := newBlock(w.numbered, 1)
	held.add(blocks[0], 0, 1) // any row: it is overwritten
	for i := range order {
		first := uint32(i)
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
