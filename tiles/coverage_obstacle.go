package tiles

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// obstacles are vertices and labels in the order of G. M. Morton's curve (1966),
// in which the points of every square whose sides and place are powers of two
// follow each other.
type obstacles []morton

type morton struct {
	key   uint64 // the bits of x and y, by turns
	point uint32 // index of a vertex, or aLabel
}

// aLabel stands for the index of a label.
const aLabel = math.MaxUint32

// obstacle is what is found.
type obstacle struct {
	at    position
	point uint32
}

// obstaclesOf returns the vertices of arcs that a zoom draws, and labels.
func (c *coverage) obstaclesOf(arcs []uint32, labels []position, zoom int) obstacles {
	n := len(labels)
	for _, a := range arcs {
		n += len(c.line(a))
	}
	all := make(obstacles, 0, n)
	for _, a := range arcs {
		for i := c.arcs[a].from; i < c.arcs[a].to; i++ {
			if c.zooms[i] <= int8(zoom) {
				all = append(all, morton{interleave(c.points[i]), i})
			}
		}
	}
	for _, p := range labels {
		all = append(all, morton{interleave(p), aLabel})
	}
	slices.SortFunc(all, func(a, b morton) int { return cmp.Compare(a.key, b.key) })
	return all
}

// thin returns what a lower zoom still draws, in the same array.
func (o obstacles) thin(zooms []int8, zoom int) obstacles {
	return slices.DeleteFunc(o, func(m morton) bool { return m.point != aLabel && zooms[m.point] > int8(zoom) })
}

// any reports whether a test holds for one of the obstacles in a box. It looks
// into the squares, at most four, as large as the box that cover it.
func (o obstacles) any(b box, test func(obstacle) bool) bool {
	w := window{interleave(position{b.west, b.north}), interleave(position{b.east, b.south})}
	shift := bits.Len32(max(b.east-b.west, b.south-b.north))
	for y := uint64(b.north) >> shift; y <= uint64(b.south)>>shift; y++ {
		for x := uint64(b.west) >> shift; x <= uint64(b.east)>>shift; x++ {
			first := interleave(position{uint32(x << shift), uint32(y << shift)})
			if o[o.before(first):].anyInSquare(first, shift, w, test) {
				return true
			}
		}
	}
	return false
}

// anyInSquare is any for a square of 2^shift units, of which o has the first and
// what follows. If it holds many, it looks into its quarters.
func (o obstacles) anyInSquare(first uint64, shift int, w window, test func(obstacle) bool) bool {
	const few = 16
	last := lastKey(first, shift)
	if shift == 0 || len(o) < few || o[few-1].key > last {
		for _, m := range o {
			if m.key > last {
				break
			}
			if w.meets(m.key, m.key) && test(obstacle{deinterleave(m.key), m.point}) {
				return true
			}
		}
		return false
	}
	o = o[:o.gallop(last+1)]
	for quarter := range uint64(4) {
		first := first + quarter<<(2*shift-2)
		if !w.meets(first, lastKey(first, shift-1)) {
			continue
		}
		o = o[o.before(first):]
		if o.anyInSquare(first, shift-1, w, test) {
			return true
		}
	}
	return false
}

// lastKey returns the last key of a square of 2^shift units.
func lastKey(first uint64, shift int) uint64 { return first | (1<<(2*shift) - 1) }

// before returns how many obstacles have a lower key.
func (o obstacles) before(key uint64) int {
	n, _ := slices.BinarySearchFunc(o, key, func(m morton, key uint64) int { return cmp.Compare(m.key, key) })
	return n
}

// gallop is before for few of many: it doubles its steps until they lead too far.
func (o obstacles) gallop(key uint64) int {
	n := 1
	for n < len(o) && o[n].key < key {
		n *= 2
	}
	return o[:min(n, len(o))].before(key)
}

// window is a box as the keys of its north-west and its south-east corner. The
// bits of x alone are in the order of x, those of y in that of y.
type window struct{ low, high uint64 }

const (
	bitsOfX = 0x5555555555555555
	bitsOfY = bitsOfX << 1
)

// meets reports whether a box and a square that has these keys share a point.
func (w window) meets(first, last uint64) bool {
	return first&bitsOfX <= w.high&bitsOfX && last&bitsOfX >= w.low&bitsOfX &&
		first&bitsOfY <= w.high&bitsOfY && last&bitsOfY >= w.low&bitsOfY
}

func interleave(p position) uint64 { return spread(p.x) | spread(p.y)<<1 }

func deinterleave(key uint64) position { return position{gather(key), gather(key >> 1)} }

// spread puts a zero before every bit (H. S. Warren, "Hacker's Delight", 2012,
// section 7-2).
func spread(v uint32) uint64 {
	x := uint64(v)
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	x = (x | x<<1) & 0x5555555555555555
	return x
}

// gather is the inverse of spread; it takes every other bit.
func gather(x uint64) uint32 {
	x &= 0x5555555555555555
	x = (x | x>>1) & 0x3333333333333333
	x = (x | x>>2) & 0x0f0f0f0f0f0f0f0f
	x = (x | x>>4) & 0x00ff00ff00ff00ff
	x = (x | x>>8) & 0x0000ffff0000ffff
	x = (x | x>>16) & 0x00000000ffffffff
	return uint32(x)
}
