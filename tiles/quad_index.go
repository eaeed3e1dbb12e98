package tiles

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"github.com/lintu-map/lintu"
)

// quadIndex finds boxes by place. Boxes whose longer side takes the same number of
// bits make a class; a class is sorted by the Morton code of its boxes' north-western
// corners, so that what meets a view begins in the view, or at most 2^class units to
// the north and west of it.
type quadIndex struct {
	entries []indexed
	ends    [positionBits + 2]int // of each class in entries; class c begins at ends[c]
}

// indexed is a box in the index.
type indexed struct {
	corner uint64 // its north-western one
	box    box
	row    uint32
	class  uint8
}

// newQuadIndex takes the boxes of rows, with ids that put those at one place into
// order. Boxes that hold nothing are left out.
func newQuadIndex(boxes []box, ids []lintu.ID) quadIndex {
	var x quadIndex
	for row, b := range boxes {
		if b.west <= b.east {
			class := bits.Len32(max(b.east-b.west, b.south-b.north))
			x.entries = append(x.entries, indexed{interleave(position{b.west, b.north}), b, uint32(row), uint8(class)})
			x.ends[class+1]++
		}
	}
	for class := range positionBits + 1 {
		x.ends[class+1] += x.ends[class]
	}
	slices.SortFunc(x.entries, func(a, b indexed) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.corner, b.corner), bytes.Compare(ids[a.row][:], ids[b.row][:]))
	})
	return x
}

// meeting calls yield for the boxes that meet a view, in an order that they and the ids
// decide.
func (x *quadIndex) meeting(view box, yield func(e *indexed)) {
	for class := range positionBits + 1 {
		entries := x.entries[x.ends[class]:x.ends[class+1]]
		if len(entries) == 0 {
			continue
		}
		reach := uint32(1<<class - 1)
		begin := box{view.west - min(view.west, reach), view.north - min(view.north, reach), view.east, view.south}
		q := quadAround(begin)
		from, to := before(entries, q.first), upTo(entries, q)
		in(q, entries[from:to], begin, func(e *indexed) {
			if e.box.meets(view) {
				yield(e)
			}
		})
	}
}

// in calls yield for entries of a square, in order, which hold all that begin in a
// box, and some near it.
func in(q quad, entries []indexed, begin box, yield func(e *indexed)) {
	const few = 64 // are looked through sooner than a smaller square is searched for
	bounds := q.box()
	switch {
	case len(entries) == 0 || !begin.meets(bounds):
	case len(entries) <= few || begin.holds(bounds):
		for i := range entries {
			yield(&entries[i])
		}
	default:
		for i := range 4 {
			quarter := q.quarter(i)
			n := upTo(entries, quarter)
			in(quarter, entries[:n], begin, yield)
			entries = entries[n:]
		}
	}
}

// before is how many entries begin at lesser codes.
func before(entries []indexed, corner uint64) int {
	n, _ := slices.BinarySearchFunc(entries, corner, func(e indexed, corner uint64) int { return cmp.Compare(e.corner, corner) })
	return n
}

// upTo is how many entries begin before the end of a square.
func upTo(entries []indexed, q quad) int {
	if last := q.last(); last+1 != 0 {
		return before(entries, last+1)
	}
	return len(entries)
}

func (x *quadIndex) size() int { return 32 * cap(x.entries) }
