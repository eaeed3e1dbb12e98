package tiles

import (
	"encoding/binary"

	"github.com/lintu-map/lintu"
)

// dictionary holds the different values of a column, encoded as they stand in a
// layer. Its ids count from 0 in the order of adding.
type dictionary struct {
	bytes []byte
	ends  []uint32 // of each value
}

// addText and addInteger return the id of a value, which must be new.
func (d *dictionary) addText(text string) uint32 { return d.add(appendTextValue(d.bytes, text)) }
func (d *dictionary) addInteger(n int64) uint32  { return d.add(appendIntegerValue(d.bytes, n)) }

func (d *dictionary) add(bytes []byte) uint32 {
	d.bytes = bytes
	d.ends = append(d.ends, uint32(len(bytes)))
	return uint32(len(d.ends) - 1)
}

func (d *dictionary) value(id uint32) []byte {
	if id == 0 {
		return d.bytes[:d.ends[0]]
	}
	return d.bytes[d.ends[id-1]:d.ends[id]]
}

// smallIntegers is how many numbers from 0 up are looked for among the values
// that the layer has.
const smallIntegers = 1024

// The properties of a feature (MVT 2.1, 4.4), each at most once and in the order
// of the keys. A property that is null is left out, as ST_AsMVT does.

// entry gives the feature a value of a dictionary. A key has one dictionary in a
// layer.
func (w *layerWriter) entry(key int, d *dictionary, id uint32) {
	s := w.slotOf(key, int(id), len(d.ends))
	if w.absent(s) {
		w.values = append(w.values, d.value(id)...)
	}
	w.tag(key, s.index)
}

// unique gives the feature a text that no other feature has: a code.
func (w *layerWriter) unique(key int, text []byte) {
	w.values = appendTextValue(w.values, text)
	w.tag(key, w.fresh())
}

// numbered is unique, for a text that cutNumber took apart.
func (w *layerWriter) numbered(key int, entry []byte, number uint32) {
	w.values = appendNumberedValue(w.values, entry, number)
	w.tag(key, w.fresh())
}

// id gives the feature an id, as text.
func (w *layerWriter) id(key int, id lintu.ID) {
	w.values = appendIDValue(w.values, id)
	w.tag(key, w.fresh())
}

// integer gives the feature a number.
func (w *layerWriter) integer(key int, n int64) {
	if n < 0 || n >= smallIntegers {
		w.values = appendIntegerValue(w.values, n)
		w.tag(key, w.fresh())
		return
	}
	s := w.slotOf(key, int(n), smallIntegers)
	if w.absent(s) {
		w.values = appendIntegerValue(w.values, n)
	}
	w.tag(key, s.index)
}

// slotOf returns the slot of value i of a key that has so many of them.
func (w *layerWriter) slotOf(key, i, n int) *slot {
	if s := w.slots[key]; i >= len(s) {
		w.slots[key] = append(s, make([]slot, n-len(s))...)
	}
	return &w.slots[key][i]
}

// absent reports whether a value is not in the layer yet, and gives it an index.
func (w *layerWriter) absent(s *slot) bool {
	if s.generation == w.generation {
		return false
	}
	*s = slot{w.generation, w.fresh()}
	return true
}

// fresh returns the index of the next value.
func (w *layerWriter) fresh() uint32 {
	w.count++
	return w.count - 1
}

func (w *layerWriter) tag(key int, index uint32) {
	w.tags = appendVarint(append(w.tags, byte(key)), index)
}

// appendTextValue appends a Value message with a string, as a field of the layer.
func appendTextValue[T string | []byte](b []byte, text T) []byte {
	return append(appendTextHead(b, len(text)), text...)
}

// appendTextHead appends what stands before a text of that many bytes.
func appendTextHead(b []byte, n int) []byte {
	b = appendVarint(append(b, layerValue), uint32(fieldLen(n)))
	return appendVarint(append(b, valueString), uint32(n))
}

// appendIntegerValue chooses the type as ST_AsMVT does: unsigned from 0 up, else
// signed.
func appendIntegerValue(b []byte, n int64) []byte {
	field, code := byte(valueUint), uint64(n)
	if n < 0 {
		field, code = valueSint, uint64(^n)<<1|1
	}
	b = append(b, layerValue, 0, field)
	length := len(b) - 2
	b = binary.AppendUvarint(b, code)
	b[length] = byte(len(b) - length - 1)
	return b
}

// hexPairs holds the two digits of each byte, the first in its lower half.
var hexPairs = func() (pairs [256]uint16) {
	const digits = "0123456789abcdef"
	for i := range pairs {
		pairs[i] = uint16(digits[i&15])<<8 | uint16(digits[i>>4])
	}
	return pairs
}()

// The text of a UUID (RFC 9562), as a Value, and where in it its bytes stand.
const (
	idLen   = 36
	idValue = string(rune(layerValue)) + string(rune(idLen+2)) + string(rune(valueString)) + string(rune(idLen)) + "00000000-0000-0000-0000-000000000000"
)

var idPlaces = [len(lintu.ID{})]int{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

func appendIDValue(b []byte, id lintu.ID) []byte {
	b = append(b, idValue...)
	text := (*[idLen]byte)(b[len(b)-idLen:])
	for i, at := range idPlaces {
		binary.LittleEndian.PutUint16(text[at:], hexPairs[id[i]])
	}
	return b
}
