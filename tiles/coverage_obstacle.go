package tiles

import (
	"cmp"
	"iter"
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

// in goes through the obstacles in a box: it looks into the squares, at most
// four, as large as the box that cover it.
func (o obstacles) in(b box) iter.Seq[obstacle] {
	return func(yield func(obstacle) bool) {
		shift := bits.Len32(max(b.east-b.west, b.south-b.north))
		for y := uint64(b.north) >> shift; y <= uint64(b.south)>>shift; y++ {
			for x := uint64(b.west) >> shift; x <= uint64(b.east)>>shift; x++ {
				first := interleave(position{uint32(x << shift), uint32(y << shift)})
				last := first | (1<<(2*shift) - 1)
				i, _ := slices.BinarySearchFunc(o, first, func(m morton, key uint64) int { return cmp.Compare(m.key, key) })
				for ; i < len(o) && o[i].key <= last; i++ {
					if p := deinterleave(o[i].key); b.contains(p) && !yield(obstacle{p, o[i].point}) {
						return
					}
				}
			}
		}
	}
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
