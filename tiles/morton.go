package tiles

import "math/bits"

// The Morton code of a position (G. M. Morton, 1966) has the bits of x and y by
// turns, so that every square of a quadtree, and with it every tile and every cell
// in a tile, is one range of codes.

// interleave returns the Morton code of a position.
func interleave(p position) uint64 { return spread(p.x) | spread(p.y)<<1 }

// deinterleave is the inverse of interleave.
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

// box has the bounds of something, borders included.
type box struct{ west, north, east, south uint32 }

// meets reports whether two boxes share a position.
func (b box) meets(c box) bool {
	return b.west <= c.east && c.west <= b.east && b.north <= c.south && c.north <= b.south
}

// holds reports whether all of c is in b.
func (b box) holds(c box) bool {
	return b.west <= c.west && c.east <= b.east && b.north <= c.north && c.south <= b.south
}

// has reports whether the position is in the box.
func (b box) has(p position) bool {
	return b.west <= p.x && p.x <= b.east && b.north <= p.y && p.y <= b.south
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
	side := func(origin int64, unit int64) uint32 {
		return uint32(min(max(origin+unit<<f.shift, 0), 1<<positionBits-1))
	}
	return box{side(f.west, gridLow), side(f.north, gridLow),
		side(f.west, gridHigh+1) - 1, side(f.north, gridHigh+1) - 1}
}
