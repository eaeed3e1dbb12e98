package tiles

import (
	"math"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

const (
	positionBits = 32 // 2^32 units make the side of the world
	extentBits   = 12
	tileExtent   = 1 << extentBits // units of a tile's side
	tileBuffer   = 64              // units around it in which lines and fills go on
)

// position is a place in the square world of Web Mercator, counted from its
// north-west corner: x to the east, y to the south, 2^32 units for the whole
// side (9.3 mm at the equator). Fractions are cut off, so that what is rounded
// later comes out as if it had been rounded once.
type position struct{ x, y uint32 }

// positionOf projects a point of EPSG:4326. What lies beyond the edge of the
// square world is moved to it.
func positionOf(p orb.Point) position {
	sin := math.Sin(p[1] * math.Pi / 180)
	return position{
		positionAt(p[0]/360 + 0.5),
		positionAt(0.5 - math.Log((1+sin)/(1-sin))/(4*math.Pi))}
}

// positionAt turns a share of the world's side, counted from the west or north,
// into units.
func positionAt(share float64) uint32 {
	const world = 1 << positionBits
	return uint32(min(max(share*world, 0), world-1))
}

// Up to this zoom the world has 2^30 tile units, so that two of their differences
// multiply within 63 bits (crossing, bend).
const _ = uint(18 - lintu.MaxZoom)

// frame turns positions into the units of one tile.
type frame struct {
	west, north int64 // of the tile, less half a tile unit
	shift       uint  // a tile unit is 2^shift of a position's
}

func (c Coord) frame() frame {
	shift := uint(positionBits - extentBits - c.Z)
	half := int64(1) << shift >> 1
	return frame{int64(c.X)<<(positionBits-c.Z) - half, int64(c.Y)<<(positionBits-c.Z) - half, shift}
}

// units rounds a position to the units of the tile, as ST_AsMVTGeom does but for
// the middle between two, which goes to the south-east here and to the even
// number there. They fit in 31 bits for the whole world at lintu.MaxZoom.
func (f *frame) units(p position) (x, y int32) {
	return int32((int64(p.x) - f.west) >> (f.shift & 63)), int32((int64(p.y) - f.north) >> (f.shift & 63))
}

// The sides of the buffered tile, which is closed: its sides are part of it.
const (
	gridLow  = -tileBuffer
	gridHigh = tileExtent + tileBuffer
)

// onGrid reports whether a place in tile units lies in the buffered tile.
func onGrid(x, y int32) bool {
	return uint32(x-gridLow) <= gridHigh-gridLow && uint32(y-gridLow) <= gridHigh-gridLow
}

// spot is a place on the grid of the buffered tile: y in the upper half and x in
// the lower, both from the corner of the buffer, so that neither is negative.
// Spots compared as numbers stand in the order in which a sweep meets them, row
// by row to the south, in each row to the east.
type spot uint32

// spotAt packs a place in tile units, which must be on the grid.
func spotAt(x, y int32) spot { return spot(uint32(y-gridLow)<<16 | uint32(x-gridLow)) }

// column and row count from the corner of the buffer.
func (s spot) column() int32 { return int32(s & 0xffff) }
func (s spot) row() int32    { return int32(s >> 16) }

// turn is positive where the way a → b → c turns from x towards y, which is to
// the right as a tile is drawn, negative where it turns to the left, and zero
// on one line. It is twice the area of the triangle.
func turn(a, b, c spot) int32 {
	return (b.column()-a.column())*(c.row()-a.row()) - (b.row()-a.row())*(c.column()-a.column())
}
