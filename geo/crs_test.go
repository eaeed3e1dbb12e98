package geo

import (
	"math"
	"testing"
)

// The numbers that every part of the house checks itself with.
func TestKnownPoint(t *testing.T) {
	for _, c := range []struct {
		code string
		x    float64
	}{{"EPSG:4547", 463659.87}, {"EPSG:4526", 38463659.87}} {
		crs, err := ParseCRS(c.code)
		if err != nil {
			t.Fatal(err)
		}
		x, y := crs.Forward(113.63, 28.16)
		if math.Abs(x-c.x) > 0.005 || math.Abs(y-3116228.44) > 0.005 {
			t.Errorf("%s: %.3f %.3f", c.code, x, y)
		}
		lon, lat := crs.Inverse(x, y)
		if math.Abs(lon-113.63) > 1e-12 || math.Abs(lat-28.16) > 1e-12 {
			t.Errorf("%s back: %.14f %.14f", c.code, lon, lat)
		}
	}
}
