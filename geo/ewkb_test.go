package geo

import (
	"bytes"
	"math"
	"testing"

	"github.com/paulmach/orb"
	orbewkb "github.com/paulmach/orb/encoding/ewkb"
	"pgregory.net/rapid"
)

var sampleGeometries = []orb.Geometry{
	orb.Point{113.63, 28.16},
	orb.MultiPoint{{113.63, 28.16}, {113.64, 28.17}},
	orb.LineString{{113.63, 28.16}, {113.64, 28.17}, {113.65, 28.16}},
	orb.MultiLineString{{{0, 0}, {1, 1}}, {{2, 2}, {3, 3}, {4, 2}}},
	orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}, {{1, 1}, {1, 2}, {2, 2}, {1, 1}}},
	orb.MultiPolygon{{{{0, 0}, {4, 0}, {4, 4}, {0, 0}}}, {{{10, 10}, {14, 10}, {14, 14}, {10, 10}}, {{12, 11}, {13, 12}, {13, 11}, {12, 11}}}},
	orb.MultiPoint{}, orb.LineString{}, orb.MultiLineString{}, orb.Polygon{}, orb.MultiPolygon{},
}

func TestEWKBRoundTrip(t *testing.T) {
	for _, g := range sampleGeometries {
		b, err := AppendEWKB([]byte("x"), g)
		if err != nil {
			t.Fatal(err)
		}
		if want := orbewkb.MustMarshal(g, SRID); !bytes.Equal(b[1:], want) {
			t.Errorf("%s: % x, orb writes % x", g.GeoJSONType(), b[1:], want)
		}
		back, err := DecodeEWKB(b[1:])
		if err != nil || !orb.Equal(back, g) {
			t.Errorf("%v came back as %v: %v", g, back, err)
		}
	}
}

func TestEWKBProperty(t *testing.T) {
	point := rapid.Custom(func(t *rapid.T) orb.Point {
		return orb.Point{rapid.Float64().Draw(t, "x"), rapid.Float64().Draw(t, "y")}
	})
	ring := rapid.Map(rapid.SliceOfN(point, 0, 9), func(p []orb.Point) orb.Ring { return p })
	poly := rapid.Map(rapid.SliceOfN(ring, 0, 4), func(r []orb.Ring) orb.Polygon { return r })
	multi := rapid.SliceOfN(poly, 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		g := orb.MultiPolygon(multi.Draw(t, "multi"))
		b, _ := AppendEWKB(nil, g)
		back, err := DecodeEWKB(b)
		if err != nil || !orb.Equal(g, back) {
			t.Fatalf("%v came back as %v: %v", g, back, err)
		}
	})
}

func TestEWKBRefusals(t *testing.T) {
	good, _ := AppendEWKB(nil, sampleGeometries[5])
	for n := range good {
		if _, err := DecodeEWKB(good[:n]); err == nil {
			t.Errorf("%d bytes of %d were read", n, len(good))
		}
	}
	wrongSRID, _ := AppendEWKB(nil, orb.Point{1, 2})
	wrongSRID[5]++
	empty, _ := AppendEWKB(nil, orb.Point{math.NaN(), math.NaN()})
	for name, b := range map[string][]byte{
		"trailing": append(bytes.Clone(good), 0), "SRID": wrongSRID, "empty point": empty,
		"a thousand million points": {1, 2, 0, 0, 0, 255, 255, 255, 60},
		"a line in a polygon":       {1, 6, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0},
	} {
		if g, err := DecodeEWKB(b); err == nil {
			t.Errorf("%s was read as %v", name, g)
		}
	}
	if _, err := AppendEWKB(nil, orb.Collection{}); err == nil {
		t.Error("a collection was encoded")
	}
	if _, err := AppendEWKB(nil, nil); err == nil {
		t.Error("nothing was encoded")
	}
}

func FuzzDecodeEWKB(f *testing.F) {
	for _, g := range sampleGeometries {
		b, _ := AppendEWKB(nil, g)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := DecodeEWKB(b)
		if err != nil {
			return
		}
		again, err := AppendEWKB(nil, g)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeEWKB(again); err != nil {
			t.Fatalf("%v does not come back: %v", g, err)
		}
	})
}

func BenchmarkAppendEWKB(b *testing.B) {
	ring := make(orb.Ring, 100)
	var g orb.Geometry = orb.MultiPolygon{{ring}}
	buf := make([]byte, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = AppendEWKB(buf[:0], g)
	}
}
