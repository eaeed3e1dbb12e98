package tiles

import (
	"maps"
	"slices"

	"github.com/lintu-map/lintu"
)

// smalls counts the shapes of a tile that are too small to be drawn in it, if any are
// (lintu.CountSmall). What it does follows from what lies within the buffered tile.
type smalls struct {
	keys       []string // of the tile layer
	tile, view box
	side       uint64 // shapes of less are small; in units of position
	coord      Coord
	shift      uint // of a code, to that of its cell
	cells      map[uint64]*cell
}

// newSmalls takes the keys that the shapes of the layer need.
func newSmalls(c Coord, l lintu.LayerInfo, keys []string) *smalls {
	if l.CountBelow == 0 {
		return &smalls{keys: keys}
	}
	f := c.frame()
	unit := positionBits - extentBits - c.Z
	return &smalls{keys: append(slices.Clone(keys), countKey...), tile: c.quad().box(), view: f.reach(),
		side: uint64(l.CountBelow) << unit, coord: c, shift: 2 * uint(unit+l.CellShift), cells: map[uint64]*cell{}}
}

// takes counts a shape with that box if it is small, and reports whether it is.
func (s *smalls) takes(b box) bool {
	if s.side == 0 || uint64(max(b.east-b.west, b.south-b.north)) >= s.side || !s.view.holds(b) {
		return false
	}
	middle := position{b.west + (b.east-b.west)/2, b.north + (b.south-b.north)/2}
	if !s.tile.contains(middle) {
		return false
	}
	key := interleave(middle) >> s.shift
	if s.cells[key] == nil {
		s.cells[key] = &cell{tile: s.coord}
	}
	c := s.cells[key]
	c.rows++
	c.sum = c.sum.plus(sum{uint64(middle.x), uint64(middle.y)})
	return true
}

// write writes the cells in the order of their codes.
func (s *smalls) write(w *layerWriter) {
	for _, key := range slices.Sorted(maps.Keys(s.cells)) {
		s.cells[key].write(w, len(s.keys)-1)
	}
}
