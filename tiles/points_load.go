package tiles

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// pointsWriter makes the states of a layer of points: the first by take and load, the
// others by take and replace. It is for one goroutine at a time.
type pointsWriter struct {
	wordbook
	taken []*block   // rows as they came, full but for the last
	runs  [][]*block // those that came before, sorted
	order []rowKey   // memory for sorting the next one
}

// runBlocks is how many blocks are sorted together, before they are merged with
// others. Sorting takes 16 bytes for each of their rows.
const runBlocks = 256

func newPointsWriter(l lintu.LayerInfo) *pointsWriter {
	return &pointsWriter{wordbook: newWordbook(l)}
}

// take notes a row.
func (w *pointsWriter) take(r *lintu.LayerRow) error {
	p, err := readPoint(r.Geometry)
	if err != nil {
		return fmt.Errorf("%s %s: %w", w.info.Name, r.ID, err)
	}
	w.note(w.room(), r.ID, interleave(positionOf(p)), r.Values)
	return nil
}

// room is the block for the next row.
func (w *pointsWriter) room() *block {
	n := len(w.taken)
	if n > 0 && w.taken[n-1].len() < blockRows {
		return w.taken[n-1]
	}
	rows := blockRows
	if n == 0 && len(w.runs) == 0 {
		rows = sumEvery // edits are small
	}
	if n == runBlocks {
		w.endRun()
	}
	b := newBlock(w.numbered, rows)
	w.taken = append(w.taken, b)
	return b
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
func (w *pointsWriter) load() heldLayer {
	blocks := w.sorted()
	for _, b := range blocks {
		b.sumUp()
	}
	return newPoints(&w.wordbook, blocks)
}
