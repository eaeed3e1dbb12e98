package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// leafSegments is how many segments a leaf of a ringIndex holds.
const leafSegments = 8

// ringIndex is a tree of boxes over the segments of rings. Neighbours along a
// ring are neighbours in space, so that the leaves of few rings stand in their
// order; those of many rings are sorted along a Z-curve. Its memory is reused
// from one geometry to the next.
type ringIndex struct {
	points []orb.Point // of all rings, one after another, each closed
	rings  []ringSpan
	leaves []leaf
	boxes  []box   // of the leaves, then of each level above, up to the root
	levels []int   // where each level begins in boxes; one more for the end
	parity []bool  // of each ring: the last ray crossed it an odd number of times
	turns  []int32 // of each ring: how often it winds around where the last ray began
	hit    []int32 // rings that the last ray met
}

// ringSpan is where a ring stands in the points: its last point repeats its first.
type ringSpan struct {
	first, last int32
	polygon     int32
	hole        bool
}

// leaf is a run of segments of one ring; segment i joins points i and i+1.
type leaf struct {
	first, end, ring int32
	key              uint32 // place on the Z-curve, if sorted
}

type box struct{ west, south, east, north float64 }

func (b box) overlaps(c box) bool {
	return b.west <= c.east && c.west <= b.east && b.south <= c.north && c.south <= b.north
}

func (b box) join(c box) box {
	return box{min(b.west, c.west), min(b.south, c.south), max(b.east, c.east), max(b.north, c.north)}
}

func boxOf(a, b orb.Point) box {
	return box{min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1])}
}

func (x *ringIndex) reset() {
	x.points, x.rings, x.leaves = x.points[:0], x.rings[:0], x.leaves[:0]
	x.boxes, x.levels, x.hit = x.boxes[:0], x.levels[:0], x.hit[:0]
}

// add appends a closed ring of finite points.
func (x *ringIndex) add(r orb.Ring, polygon int, hole bool) {
	first := int32(len(x.points))
	x.points = append(x.points, r...)
	x.rings = append(x.rings, ringSpan{first, int32(len(x.points)) - 1, int32(polygon), hole})
}

// build makes the tree over the rings added.
func (x *ringIndex) build() {
	for i, r := range x.rings {
		for s := r.first; s < r.last; s += leafSegments {
			x.leaves = append(x.leaves, leaf{first: s, end: min(s+leafSegments, r.last), ring: int32(i)})
		}
	}
	if len(x.rings) > 4 {
		x.sortLeaves()
	}
	x.levels = append(x.levels, 0)
	for _, l := range x.leaves {
		b := boxOf(x.points[l.first], x.points[l.first+1])
		for j := l.first + 1; j < l.end; j++ {
			b = b.join(boxOf(x.points[j], x.points[j+1]))
		}
		x.boxes = append(x.boxes, b)
	}
	for begin := 0; len(x.boxes)-begin > 1; {
		end := len(x.boxes)
		x.levels = append(x.levels, end)
		for i := begin; i < end; i += 2 {
			b := x.boxes[i]
			if i+1 < end {
				b = b.join(x.boxes[i+1])
			}
			x.boxes = append(x.boxes, b)
		}
		begin = end
	}
	x.levels = append(x.levels, len(x.boxes))
	x.parity = append(x.parity[:0], make([]bool, len(x.rings))...)
	x.turns = append(x.turns[:0], make([]int32, len(x.rings))...)
}

// sortLeaves orders the leaves along a Z-curve of 2¹⁶ by 2¹⁶ steps.
func (x *ringIndex) sortLeaves() {
	if len(x.leaves) == 0 {
		return
	}
	b := boxOf(x.points[0], x.points[0])
	for _, p := range x.points {
		b = b.join(boxOf(p, p))
	}
	width, height := max(b.east-b.west, 1e-300), max(b.north-b.south, 1e-300)
	for i := range x.leaves {
		l := &x.leaves[i]
		p := x.points[l.first]
		l.key = spread((p[0]-b.west)/width) | spread((p[1]-b.south)/height)<<1
	}
	slices.SortFunc(x.leaves, func(l, m leaf) int {
		if c := cmp.Compare(l.key, m.key); c != 0 {
			return c
		}
		return cmp.Compare(l.first, m.first)
	})
}

// spread turns a share of 0 to 1 into 16 bits with a zero between each two.
func spread(share float64) uint32 {
	v := uint32(share * 65535)
	v = (v | v<<8) & 0x00ff00ff
	v = (v | v<<4) & 0x0f0f0f0f
	v = (v | v<<2) & 0x33333333
	return (v | v<<1) & 0x55555555
}

// count returns the number of nodes of a level; 0 is that of the leaves.
func (x *ringIndex) count(level int) int { return x.levels[level+1] - x.levels[level] }

func (x *ringIndex) box(level, i int) box { return x.boxes[x.levels[level]+i] }

// top is the root's level.
func (x *ringIndex) top() int { return len(x.levels) - 2 }

// ray sends a ray from p to the east and notes in parity and hit which rings
// other than own it crosses an odd number of times: those that p lies inside.
// It reports false if p lies on one of them. forget must follow.
func (x *ringIndex) ray(p orb.Point, own int) (clear bool) {
	return len(x.leaves) == 0 || x.rayNode(p, int32(own), x.top(), 0)
}

func (x *ringIndex) rayNode(p orb.Point, own int32, level, i int) bool {
	if b := x.box(level, i); p[1] < b.south || p[1] > b.north || p[0] > b.east {
		return true
	}
	if level == 0 {
		return x.leaves[i].ring == own || x.rayLeaf(p, x.leaves[i])
	}
	clear := x.rayNode(p, own, level-1, 2*i)
	if 2*i+1 < x.count(level-1) {
		clear = x.rayNode(p, own, level-1, 2*i+1) && clear
	}
	return clear
}

func (x *ringIndex) rayLeaf(p orb.Point, l leaf) bool {
	crossings, turns, clear := 0, int32(0), true
	for s := l.first; s < l.end; s++ {
		a, b := x.points[s], x.points[s+1]
		if p[1] < min(a[1], b[1]) || p[1] > max(a[1], b[1]) || p[0] > max(a[0], b[0]) {
			continue
		}
		turn := 1
		if p[0] >= min(a[0], b[0]) {
			turn = orientation(a, b, p)
			if turn == 0 {
				clear = false
				continue
			}
			if a[1] > b[1] {
				turn = -turn // now 1 means that the segment passes to the east of p
			}
		}
		if up := b[1] > p[1]; (a[1] > p[1]) != up && turn > 0 {
			crossings++
			turns--
			if up {
				turns += 2
			}
		}
	}
	if crossings > 0 {
		x.hit = append(x.hit, l.ring)
		x.parity[l.ring] = x.parity[l.ring] != (crossings%2 == 1)
		x.turns[l.ring] += turns
	}
	return clear
}

// forget clears what a ray noted.
func (x *ringIndex) forget() {
	for _, r := range x.hit {
		x.parity[r], x.turns[r] = false, 0
	}
	x.hit = x.hit[:0]
}

// finite reports whether both coordinates are numbers.
func finite(p orb.Point) bool {
	return !math.IsNaN(p[0]-p[0]) && !math.IsNaN(p[1]-p[1])
}
