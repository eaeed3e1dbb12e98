package importer

import "hash/maphash"

// codeSet remembers the codes of a layer with the rows that brought them, in 16
// bytes per code, so that a code that comes twice is found while the file
// streams by. It keeps 96 bits of a keyed hash: two different codes of ten
// million are taken for one with a probability below 1e-14.
type codeSet struct {
	high, low maphash.Seed
	slots     []codeSlot // open addressing; a row of 0 is free
	used      int
}

type codeSlot struct {
	high uint64
	low  uint32
	row  uint32 // counted over all datasets of the layer, from 1
}

// newCodeSet makes a set that holds n codes without growing.
func newCodeSet(n int64) *codeSet {
	n = min(max(n, 1024), 1<<24)
	return &codeSet{high: maphash.MakeSeed(), low: maphash.MakeSeed(), slots: make([]codeSlot, n+n/4)}
}

// add remembers the code under a row number and returns 0, or returns the row
// that had it before.
func (s *codeSet) add(code string, row uint32) uint32 {
	if (s.used+1)*6 > len(s.slots)*5 {
		s.grow()
	}
	slot := codeSlot{maphash.String(s.high, code), uint32(maphash.String(s.low, code)), row}
	at := s.find(slot)
	if s.slots[at].row != 0 {
		return s.slots[at].row
	}
	s.slots[at] = slot
	s.used++
	return 0
}

// find returns the index of the slot with that hash, or of the free one for it.
func (s *codeSet) find(slot codeSlot) int {
	i := int(slot.high % uint64(len(s.slots)))
	for {
		at := &s.slots[i]
		if at.row == 0 || at.high == slot.high && at.low == slot.low {
			return i
		}
		if i++; i == len(s.slots) {
			i = 0
		}
	}
}

func (s *codeSet) grow() {
	old := s.slots
	s.slots = make([]codeSlot, 2*len(old))
	for _, slot := range old {
		if slot.row != 0 {
			s.slots[s.find(slot)] = slot
		}
	}
}
