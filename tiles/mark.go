package tiles

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"

	"github.com/lintu-map/lintu"
)

// Marks are hashes of what tiles are drawn from: the same on every server and after
// every restart. The digest of a tile is a sum of marks, so that no order of rows
// enters it, and a sum up to some row tells that of any rows in between.

// markOf hashes two numbers, of which their order is a part.
func markOf(a, b uint64) uint64 {
	var bytes [16]byte
	binary.LittleEndian.PutUint64(bytes[:8], a)
	binary.LittleEndian.PutUint64(bytes[8:], b)
	return xxhash.Sum64(bytes[:])
}

// placeMark is of the Morton code of a row, which is all that a count shows of it.
func placeMark(key uint64) uint64 { return markOf(key, 0) }

// appendRow appends what the mark of a row is made of. Each value says how long it
// is, so that no two rows read the same.
func appendRow(b []byte, fields []lintu.Field, id lintu.ID, key uint64, values []lintu.Value) []byte {
	b = binary.LittleEndian.AppendUint64(append(b, id[:]...), key)
	for i, v := range values {
		switch {
		case v.Null:
			b = append(b, 0)
		case fields[i].Type == lintu.Integer:
			b = binary.LittleEndian.AppendUint64(append(b, 1), uint64(v.Number))
		default:
			b = binary.AppendUvarint(append(b, 1), uint64(len(v.Text)))
			b = append(b, v.Text...)
		}
	}
	return b
}
