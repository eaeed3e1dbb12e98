package tiles

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
)

// lexicon numbers the different entries of a column, from 1 up in the order in
// which they came; 0 is null. What is in it stays, so that readers may keep a copy of
// its dictionary while more is added.
type lexicon struct {
	dictionary
	slots []uint32 // numbers by the hash of their entry, 0 where free; as long as a power of two
}

var lexiconSeed = maphash.MakeSeed()

// number returns the number of an entry, which is copied if it is new.
func (l *lexicon) number(entry []byte) uint32 {
	if 4*len(l.ends) >= 3*len(l.slots) {
		l.grow()
	}
	at := l.slotFor(entry)
	if *at == 0 {
		*at = l.add(append(l.bytes, entry...)) + 1
	}
	return *at
}

// slotFor returns the slot of the entry, or the free one where it belongs.
func (l *lexicon) slotFor(entry []byte) *uint32 {
	for i := maphash.Bytes(lexiconSeed, entry); ; i++ {
		s := &l.slots[i&uint64(len(l.slots)-1)]
		if *s == 0 || bytes.Equal(l.value(*s-1), entry) {
			return s
		}
	}
}

func (l *lexicon) grow() {
	l.slots = make([]uint32, max(64, 2*len(l.slots)))
	for n := range l.ends {
		*l.slotFor(l.value(uint32(n))) = uint32(n + 1)
	}
}

// size is about how many bytes it takes in a lexicon, whose slots are two thirds free
// at worst.
func (d *dictionary) size() int { return cap(d.bytes) + (4+4*3)*cap(d.ends) }

// Codes and addresses differ in a number as a rule. They are kept as that number and
// what stands around it, which many share: as an entry
//
//	count of digits, length of before in two bytes, before, behind
//
// or, where there is no number, 0 and the text.

// mostDigits fit in 32 bits, whichever they are.
const mostDigits = 9

// cutNumber appends to entry what stands around the last digits of a text, and
// returns their number.
func cutNumber(entry, text []byte) ([]byte, uint32) {
	end := len(text)
	for end > 0 && !isDigit(text[end-1]) {
		end--
	}
	if end == 0 || end > math.MaxUint16 {
		return append(append(entry, 0), text...), 0
	}
	first, number := end, uint32(0)
	for first > 0 && end-first < mostDigits && isDigit(text[first-1]) {
		first--
	}
	for _, digit := range text[first:end] {
		number = number*10 + uint32(digit-'0')
	}
	entry = binary.LittleEndian.AppendUint16(append(entry, byte(end-first)), uint16(first))
	return append(append(entry, text[:first]...), text[end:]...), number
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// appendNumberedValue appends the text that cutNumber took apart, as a Value.
func appendNumberedValue(b, entry []byte, number uint32) []byte {
	digits, text := int(entry[0]), entry[1:]
	if digits == 0 {
		return appendTextValue(b, text)
	}
	cut, around := binary.LittleEndian.Uint16(text), text[2:]
	b = append(appendTextHead(b, len(around)+digits), around[:cut]...)
	b = slices.Grow(b, digits)[:len(b)+digits]
	for i := len(b) - 1; i >= len(b)-digits; i-- {
		b[i] = byte('0' + number%10)
		number /= 10
	}
	return append(b, around[cut:]...)
}
