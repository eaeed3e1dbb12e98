package geo

import (
	"iter"
	"math"
)

// MaxLatitude is where Web Mercator's square ends.
const MaxLatitude = 85.0511287798066

// MaxZoom is the deepest zoom of a Tile: there a tile is 4 cm wide.
const MaxZoom = 30

// HalfWorldM is half the side of Web Mercator's square in its metres.
const HalfWorldM = math.Pi * 6378137

// Tile is a tile of the Web Mercator quad tree: y grows to the south (XYZ).
type Tile struct{ Z, X, Y uint32 }

// Valid reports whether the tile exists.
func (t Tile) Valid() bool {
	return t.Z <= MaxZoom && t.X < 1<<t.Z && t.Y < 1<<t.Z
}

// LonLatBounds returns west, south, east, north in EPSG:4326 degrees.
func (t Tile) LonLatBounds() [4]float64 {
	n := float64(uint32(1) << t.Z)
	lat := func(y uint32) float64 {
		return math.Atan(math.Sinh(math.Pi*(1-2*float64(y)/n))) / degree
	}
	return [4]float64{float64(t.X)/n*360 - 180, lat(t.Y + 1), float64(t.X+1)/n*360 - 180, lat(t.Y)}
}

// MercatorBounds returns west, south, east, north in EPSG:3857 metres. They are
// those of PostGIS's ST_TileEnvelope.
func (t Tile) MercatorBounds() [4]float64 {
	size := 2 * HalfWorldM / float64(uint32(1)<<t.Z)
	x, y := float64(t.X)*size-HalfWorldM, HalfWorldM-float64(t.Y)*size
	return [4]float64{x, y - size, x + size, y}
}

// TileAt returns the tile of zoom z that holds a place. Latitudes beyond
// MaxLatitude and longitudes beyond ±180 fall into the outermost tiles.
func TileAt(lon, lat float64, z uint32) Tile {
	n := float64(uint32(1) << z)
	lat = max(-MaxLatitude, min(MaxLatitude, lat))
	x := (lon + 180) / 360 * n
	y := (1 - math.Asinh(math.Tan(lat*degree))/math.Pi) / 2 * n
	clamp := func(v float64) uint32 { return uint32(max(0, min(n-1, math.Floor(v)))) }
	return Tile{z, clamp(x), clamp(y)}
}

// TileCount returns how many tiles of zoom z TilesCovering would yield.
func TileCount(bounds [4]float64, z uint32) uint64 {
	n := uint64(0)
	for _, b := range unfold(bounds) {
		nw, se := TileAt(b[0], b[3], z), TileAt(b[2], b[1], z)
		n += uint64(se.X-nw.X+1) * uint64(se.Y-nw.Y+1)
	}
	return n
}

// TilesCovering yields the tiles of zoom z that touch a box of west, south,
// east, north in EPSG:4326, row by row. West > east crosses the antimeridian;
// a tile that both halves touch comes twice.
func TilesCovering(bounds [4]float64, z uint32) iter.Seq[Tile] {
	return func(yield func(Tile) bool) {
		for _, b := range unfold(bounds) {
			nw, se := TileAt(b[0], b[3], z), TileAt(b[2], b[1], z)
			for y := nw.Y; y <= se.Y; y++ {
				for x := nw.X; x <= se.X; x++ {
					if !yield(Tile{z, x, y}) {
						return
					}
				}
			}
		}
	}
}

// unfold splits a box at the antimeridian.
func unfold(b [4]float64) [][4]float64 {
	if b[0] <= b[2] {
		return [][4]float64{b}
	}
	return [][4]float64{{b[0], b[1], 180, b[3]}, {-180, b[1], b[2], b[3]}}
}
