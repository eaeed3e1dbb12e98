package tiles

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"
)

// Fields of the messages of MVT 2.1 (vector_tile.proto), each with its wire type
// as it stands before a value.
const (
	tileLayer       = 3<<3 | 2
	layerName       = 1<<3 | 2
	layerFeature    = 2<<3 | 2
	layerKey        = 3<<3 | 2
	layerValue      = 4<<3 | 2
	layerExtent     = 5 << 3
	layerVersion    = 15 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2
	valueString     = 1<<3 | 2
	valueUint       = 5 << 3
	valueSint       = 6 << 3
)

// geometryType is the type of a feature (MVT 2.1, 4.3.4).
type geometryType byte

const (
	pointType   geometryType = 1
	lineType    geometryType = 2
	polygonType geometryType = 3
)

// layerWriter writes one layer of a tile (MVT 2.1, 4.1): begin, then for each
// feature its geometry, its properties and feature, at last end. A geometry
// method that reports false has begun no feature: nothing of it shows in the
// tile. Equal calls give equal bytes. Values that two columns share stand in the
// layer once for each. It is not safe for concurrent use; its
// memory is used again for the next layer.
type layerWriter struct {
	frame    frame
	message  []byte // what begin was given, then the layer
	start    int    // where the layer begins in it
	features int

	kind geometryType // of the feature begun
	path path         // its geometry
	tags []byte       // its pairs of key and value

	values     []byte   // of the layer so far, as they will stand in it
	count      uint32   // of values
	slots      [][]slot // of each key, by what is known of its values
	generation uint32   // of this layer

	part    []spot // of points or a line under way
	outline outline
}

// slot remembers at which index in the values of a layer one value of a column
// stands. It is of no meaning to a layer of another generation.
type slot struct{ generation, index uint32 }

var layerWriters = sync.Pool{New: func() any { return new(layerWriter) }}

// newLayerWriter returns a writer that release takes back.
func newLayerWriter() *layerWriter { return layerWriters.Get().(*layerWriter) }

func (w *layerWriter) release() {
	w.message = nil // it is the caller's
	layerWriters.Put(w)
}

// lengthRoom is what begin leaves for the length of a layer: that of 16 kB to 2 MB.
const lengthRoom = 3 // the layer is moved if its length takes another number of bytes

// begin starts a layer behind the message of a tile. Properties name their keys
// by the place in keys, which must differ and be fewer than 128.
func (w *layerWriter) begin(message []byte, name string, keys []string, c Coord) {
	w.frame = c.frame()
	w.start, w.features = len(message), 0
	w.values, w.count = w.values[:0], 0
	if len(w.slots) < len(keys) {
		w.slots = append(w.slots, make([][]slot, len(keys)-len(w.slots))...)
	}
	if w.generation++; w.generation == 0 {
		for _, s := range w.slots {
			clear(s[:cap(s)])
		}
		w.generation = 1
	}
	b := append(message, tileLayer)
	b = append(b, make([]byte, lengthRoom)...)
	b = append(b, layerVersion, 2) // the specification wants it first
	b = appendText(b, layerName, name)
	b = binary.AppendUvarint(append(b, layerExtent), tileExtent)
	for _, k := range keys {
		b = appendText(b, layerKey, k)
	}
	w.message = b
}

// end finishes the layer and returns the message with it. Without features there
// is no layer: the message is as begin was given it.
func (w *layerWriter) end() []byte {
	if w.features == 0 {
		return w.message[:w.start]
	}
	b := append(w.message, w.values...)
	room := w.start + 1
	body := room + lengthRoom
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(b)-body))
	if n == lengthRoom {
		copy(b[room:], length[:n])
		return b
	}
	return slices.Replace(b, room, body, length[:n]...)
}

// feature writes the feature that was begun, with the properties since then
// (MVT 2.1, 4.2).
func (w *layerWriter) feature() {
	geometry := w.path.bytes
	length := 2 + fieldLen(len(geometry))
	if len(w.tags) > 0 {
		length += fieldLen(len(w.tags))
	}
	b := appendVarint(append(w.message, layerFeature), uint32(length))
	if len(w.tags) > 0 {
		b = appendVarint(append(b, featureTags), uint32(len(w.tags)))
		b = append(b, w.tags...)
	}
	b = appendVarint(append(b, featureType, byte(w.kind), featureGeometry), uint32(len(geometry)))
	w.message = append(b, geometry...)
	w.features++
}

// fieldLen is the length of a field with that many bytes in it.
func fieldLen(n int) int { return 1 + varintLen(uint32(n)) + n }

func varintLen(v uint32) int { return (bits.Len32(v|1) + 6) / 7 }

// appendVarint is binary.AppendUvarint for numbers that are small as a rule.
func appendVarint(b []byte, v uint32) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<14:
		return append(b, byte(v)|0x80, byte(v>>7))
	}
	return binary.AppendUvarint(b, uint64(v))
}

func appendText(b []byte, field byte, text string) []byte {
	return append(appendVarint(append(b, field), uint32(len(text))), text...)
}
