package tiles

import "math/bits"

// The Morton code of a position (G. M. Morton, 1966) has the bits of x and y by
// turns, so that every square of a quadtree, and with it every tile and every cell
// in a tile, is one range of codes.

// holds reports whether all of c is in b.
func (b box) holds(c box) bool {
	return b.west <= c.west && c.east <= b.east && b.north <= c.north && c.south <= b.south
}

// quad is a square of a quadtree: 2^level units a side, the codes of its positions
// begin with first.
type quad struct {
	first uint64
	level int
}

// last is the greatest code in the square.
func (s quad) last() uint64 { return s.first + (1<<(2*s.level) - 1) }

func (s quad) box() box {
	nw, se := deinterleave(s.first), deinterleave(s.last())
	return box{nw.x, nw.y, se.x, se.y}
}

// quarter is one of the four squares of half the side, in the order of their codes.
func (s quad) quarter(i int) quad {
	level := s.level - 1
	return quad{s.first + uint64(i)<<(2*level), level}
}

// quadAround is the smallest square that holds the box.
func quadAround(b box) quad {
	first := interleave(position{b.west, b.north})
	level := (bits.Len64(first^interleave(position{b.east, b.south})) + 1) / 2
	return quad{first &^ (1<<(2*level) - 1), level}
}

// quad is that of the tile without its buffer.
func (c Coord) quad() quad {
	level := positionBits - c.Z
	return quad{interleave(position{uint32(c.X << level), uint32(c.Y << level)}), level}
}

// reach is the box of the positions that round to units of the buffered tile.
func (f *frame) reach() box {
	first := func(origin int64) uint32 { return uint32(max(origin+gridLow<<f.shift, 0)) }
	last := func(origin int64) uint32 { return uint32(min(origin+(gridHigh+1)<<f.shift, 1<<positionBits) - 1) }
	return box{first(f.west), first(f.north), last(f.west), last(f.north)}
}
