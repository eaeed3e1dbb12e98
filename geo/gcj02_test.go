package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func metres(lon1, lat1, lon2, lat2 float64) float64 {
	return math.Hypot((lon1-lon2)*math.Cos(lat1*degree), lat1-lat2) * 111320
}

// The published test vectors of eviltransform, which rounds the Earth's radius
// differently: 1.7e-5 of the offset.
func TestOffsetsKnownPlaces(t *testing.T) {
	for _, c := range []struct{ lon, lat, gLon, gLat float64 }{
		{121.5272106, 31.1774276, 121.531541859215, 31.17530398364597}, // Shanghai
		{113.912316, 22.543847, 113.9171764808363, 22.540796131694766}, // Shenzhen
		{116.377817, 39.911954, 116.38404722455657, 39.91334545536069}, // Beijing
	} {
		gLon, gLat := ToGCJ02(c.lon, c.lat)
		if d := metres(gLon, gLat, c.gLon, c.gLat); d > 0.02 {
			t.Errorf("%v %v is %.8f %.8f: %.3f m off", c.lon, c.lat, gLon, gLat, d)
		}
	}
	// The example of coordtransform's README, from GCJ-02 to BD-09.
	if lon, lat := bdTurn(116.404, 39.915); metres(lon, lat, 116.41036949371029, 39.92133699351021) > 1e-6 {
		t.Errorf("BD-09 %.14f %.14f", lon, lat)
	}
}

func TestOffsetsInvert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Float64Range(73.5, 135).Draw(t, "lon")
		lat := rapid.Float64Range(3.5, 53.5).Draw(t, "lat")
		gLon, gLat := ToGCJ02(lon, lat)
		if d := metres(lon, lat, gLon, gLat); d < 10 || d > 1500 {
			t.Fatalf("GCJ-02 is %.0f m off", d)
		}
		if wLon, wLat := FromGCJ02(gLon, gLat); metres(lon, lat, wLon, wLat) > 0.01 {
			t.Fatalf("GCJ-02 comes back as %.9f %.9f", wLon, wLat)
		}
		bLon, bLat := ToBD09(lon, lat)
		if wLon, wLat := FromBD09(bLon, bLat); metres(lon, lat, wLon, wLat) > 0.01 {
			t.Fatalf("BD-09 comes back as %.9f %.9f", wLon, wLat)
		}
	})
}

func TestOffsetsEndOutsideChina(t *testing.T) {
	for _, p := range [][2]float64{{-71, 42.3}, {0, 0}, {140, 35}, {math.NaN(), 30}, {113, math.Inf(1)}, {113, -30}} {
		for name, f := range map[string]func(float64, float64) (float64, float64){"to GCJ-02": ToGCJ02, "from GCJ-02": FromGCJ02, "to BD-09": ToBD09, "from BD-09": FromBD09} {
			lon, lat := f(p[0], p[1])
			if math.Float64bits(lon) != math.Float64bits(p[0]) || math.Float64bits(lat) != math.Float64bits(p[1]) {
				t.Errorf("%v %s is %v %v", p, name, lon, lat)
			}
		}
	}
}

func BenchmarkFromGCJ02(b *testing.B) {
	for b.Loop() {
		FromGCJ02(113.63, 28.16)
	}
}
