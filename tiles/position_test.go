package tiles

import (
	"testing"

	"github.com/paulmach/orb"
)

func TestPositionOf(t *testing.T) {
	const middle, last = 1 << 31, 1<<32 - 1
	for _, c := range []struct {
		at   orb.Point
		want position
	}{
		{orb.Point{0, 0}, position{middle, middle}},
		{orb.Point{-180, 85.05112877980659}, position{0, 0}},
		{orb.Point{180, -85.0512}, position{last, last}},
		{orb.Point{-200, 90}, position{0, 0}},
		{orb.Point{200, -90}, position{last, last}},
		{orb.Point{90, 66.51326044311186}, position{3 << 30, 1 << 30}}, // atan(sinh(π/2)): a quarter of the way
		{orb.Point{-90, -66.51326044311186}, position{1 << 30, 3 << 30}},
	} {
		got := positionOf(c.at)
		if dx, dy := int64(got.x)-int64(c.want.x), int64(got.y)-int64(c.want.y); max(dx, -dx, dy, -dy) > 1 {
			t.Errorf("%v is at %v, want %v", c.at, got, c.want)
		}
	}
}

// Positions are rounded to the nearest unit, and from the middle between two to
// the south-east.
func TestUnits(t *testing.T) {
	for _, z := range []int{0, 1, 12, 18} {
		c := Coord{Z: z, X: 1<<z - 1, Y: (1<<z - 1) / 2}
		f := c.frame()
		unit := uint32(1) << f.shift
		corner := position{uint32(int64(c.X) << (32 - z)), uint32(int64(c.Y) << (32 - z))}
		for _, i := range []struct {
			dx, dy uint32
			x, y   int32
		}{
			{0, 0, 0, 0}, {unit, 5 * unit, 1, 5}, {unit/2 - 1, unit / 2, 0, 1}, {7*unit + unit/2, 7*unit + unit/2 - 1, 8, 7},
		} {
			if x, y := f.units(position{corner.x + i.dx, corner.y + i.dy}); x != i.x || y != i.y {
				t.Errorf("zoom %d: %d, %d of %d from the corner are %d, %d, want %d, %d", z, i.dx, i.dy, unit, x, y, i.x, i.y)
			}
		}
		far := f.place(position{0, 1<<32 - 1})
		if want := int32(-c.X * tileExtent); far.x != want || far.y != int32((1<<z-c.Y)*tileExtent) {
			t.Errorf("zoom %d: the far corner of the world is at %v", z, far)
		}
	}
}

func TestSpots(t *testing.T) {
	for _, at := range []place{{gridLow, gridLow}, {gridHigh, gridHigh}, {0, 0}, {gridLow, gridHigh}} {
		s := spotAt(at.x, at.y)
		if !onGrid(at.x, at.y) || s.column() != at.x-gridLow || s.row() != at.y-gridLow || nearest(at) != s {
			t.Errorf("%v is %x", at, s)
		}
	}
	for _, at := range []place{{gridLow - 1, 0}, {0, gridLow - 1}, {gridHigh + 1, 0}, {0, gridHigh + 1}, {-1 << 30, 1 << 30}} {
		if onGrid(at.x, at.y) || beyond(at) == 0 {
			t.Errorf("%v is taken as in the tile", at)
		}
	}
}
