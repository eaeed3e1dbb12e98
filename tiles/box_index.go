package tiles

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"github.com/lintu-map/lintu"
)

// boxIndex finds boxes by place. Those whose longer side takes the same number of bits
// make a class; a class is sorted by the Morton code of its boxes' north-western
// corners. So boxes that follow one another lie together, and a tree is built on them:
// every fan of them have a common box, every fan of these as well, and so on.
type boxIndex struct {
	rows   []uint32
	levels [][]box // of the rows, then of every fan boxes of the level below
}

// fan is how many boxes have a common one. A tile passes over most that it looks at,
// so few do.
const fan = 16

// newBoxIndex takes the boxes of rows, with ids that put those at one place into
// order. Boxes that hold nothing are left out.
func newBoxIndex(boxes []box, ids []lintu.ID) boxIndex {
	type place struct {
		corner uint64
		row    uint32
		class  int32
	}
	places := make([]place, 0, len(boxes))
	for row, b := range boxes {
		if b.west <= b.east {
			class := bits.Len32(max(b.east-b.west, b.south-b.north))
			places = append(places, place{interleave(position{b.west, b.north}), uint32(row), int32(class)})
		}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.corner, b.corner), bytes.Compare(ids[a.row][:], ids[b.row][:]))
	})
	x := boxIndex{rows: make([]uint32, len(places))}
	level := make([]box, len(places))
	for i, p := range places {
		x.rows[i], level[i] = p.row, boxes[p.row]
	}
	x.levels = [][]box{level}
	for len(level) > fan {
		level = commonBoxes(level)
		x.levels = append(x.levels, level)
	}
	return x
}

func commonBoxes(boxes []box) []box {
	common := make([]box, 0, (len(boxes)+fan-1)/fan)
	for some := range slices.Chunk(boxes, fan) {
		all := nowhere
		for _, b := range some {
			all = all.union(b)
		}
		common = append(common, all)
	}
	return common
}

// meeting calls yield for the boxes that meet a view, in an order that they and the ids
// decide.
func (x *boxIndex) meeting(view box, yield func(row uint32, b box)) {
	top := len(x.levels) - 1
	x.among(top, 0, len(x.levels[top]), view, yield)
}

// among is meeting for what is in the boxes from to to-1 of a level.
func (x *boxIndex) among(level, from, to int, view box, yield func(row uint32, b box)) {
	for i := from; i < to; i++ {
		switch b := x.levels[level][i]; {
		case b.beyond(view):
		case level == 0:
			yield(x.rows[i], b)
		default:
			x.among(level-1, i*fan, min((i+1)*fan, len(x.levels[level-1])), view, yield)
		}
	}
}

// bounds holds all boxes; it is nowhere if there are none.
func (x *boxIndex) bounds() box {
	all := nowhere
	for _, b := range x.levels[len(x.levels)-1] {
		all = all.union(b)
	}
	return all
}

func (x *boxIndex) size() int {
	n := 4 * cap(x.rows)
	for _, level := range x.levels {
		n += 16 * cap(level)
	}
	return n
}
