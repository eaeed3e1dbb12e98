package geo

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTileBounds(t *testing.T) {
	b := Tile{0, 0, 0}.LonLatBounds()
	if b[0] != -180 || b[2] != 180 || math.Abs(b[3]-MaxLatitude) > 1e-12 || math.Abs(b[1]+MaxLatitude) > 1e-12 {
		t.Errorf("the world is %v", b)
	}
	mercator := byEPSG(3857)
	for _, tile := range []Tile{{0, 0, 0}, {1, 1, 0}, {14, 13363, 6861}, {30, 1, 1<<30 - 1}} {
		d, m := tile.LonLatBounds(), tile.MercatorBounds()
		west, south := mercator.Forward(d[0], d[1])
		east, north := mercator.Forward(d[2], d[3])
		for i, want := range []float64{west, south, east, north} {
			if math.Abs(m[i]-want) > 1e-6 {
				t.Errorf("%v: bounds %v, but %v projected is %v", tile, m, d, want)
			}
		}
	}
}

func TestTileHoldsItsPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.Uint32Range(0, MaxZoom).Draw(t, "z")
		lon := rapid.Float64Range(-180, 180).Draw(t, "lon")
		lat := rapid.Float64Range(-MaxLatitude, MaxLatitude).Draw(t, "lat")
		tile := TileAt(lon, lat, z)
		b := tile.LonLatBounds()
		const slack = 1e-9
		if !tile.Valid() || lon < b[0]-slack || lon > b[2]+slack || lat < b[1]-slack || lat > b[3]+slack {
			t.Fatalf("%v has bounds %v", tile, b)
		}
	})
}

func TestTilesCovering(t *testing.T) {
	box := [4]float64{113.5, 28.0, 113.8, 28.3}
	got := slices.Collect(TilesCovering(box, 12))
	if uint64(len(got)) != TileCount(box, 12) || len(got) != 5*4 && len(got) != 4*5 && len(got) != 4*4 {
		t.Errorf("%d tiles, counted %d", len(got), TileCount(box, 12))
	}
	for _, tile := range got {
		if b := tile.LonLatBounds(); b[0] > box[2] || b[2] < box[0] || b[1] > box[3] || b[3] < box[1] {
			t.Errorf("%v is outside", tile)
		}
	}
	if n := len(slices.Collect(TilesCovering([4]float64{170, -10, -170, 10}, 4))); n != 4 {
		t.Errorf("%d tiles across the antimeridian, want 4", n)
	}
	if n := TileCount([4]float64{-180, -90, 180, 90}, 5); n != 1024 {
		t.Errorf("%d tiles in the world, want 1024", n)
	}
	for _, bad := range []Tile{{3, 8, 0}, {3, 0, 8}, {31, 0, 0}} {
		if bad.Valid() {
			t.Errorf("%v exists", bad)
		}
	}
}
