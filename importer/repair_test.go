package importer

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// polygonFiles is a folder with one polygon of the given rings.
func polygonFiles(rings ...[]float64) map[string][]byte {
	var firsts []int
	var xy []float64
	for _, r := range rings {
		firsts = append(firsts, len(xy)/2)
		xy = append(xy, r...)
	}
	f := shpFile{shapePolygon, [][]byte{partsRecord(shapePolygon, len(rings), len(xy)/2, firsts, xy...)}}
	return map[string][]byte{"buildings.shp": f.shp(), "buildings.shx": f.shx(), "buildings.prj": []byte(wktWGS84),
		"buildings.dbf": dbfFile(0, []dbfColumn{{"CODE", 'C', 8, 0}}, " B1")}
}

// ring is a closed clockwise ring, ESRI's shell.
func ring(x, y, size float64) []float64 {
	return []float64{x, y, x, y + size, x + size, y + size, x + size, y, x, y}
}

// turned is the ring the other way round.
func turned(r []float64) []float64 {
	var out []float64
	for i := len(r) - 2; i >= 0; i -= 2 {
		out = append(out, r[i], r[i+1])
	}
	return out
}

func TestRepairs(t *testing.T) {
	w := newTown(t)
	for _, tc := range []struct {
		what    string
		rings   [][]float64
		repairs string
		refused string
		says    string  // part of the first finding's sentence
		area    float64 // of what would be stored, in square degrees
	}{
		{"sound", [][]float64{ring(113, 28, 1)}, "", "", "", 1},
		{"with a hole", [][]float64{ring(113, 28, 1), turned(ring(113.2, 28.2, 0.5))}, "", "", "", 0.75},
		{"unclosed", [][]float64{{113, 28, 113, 29, 114, 29, 114, 28}}, "ring-unclosed:1", "", "ring 1 was not closed; it was closed at 113.000000, 28.000000", 1},
		{"repeated points", [][]float64{{113, 28, 113, 29, 113, 29, 114, 29, 114, 28, 113, 28}}, "point-repeated:1", "", "1 repeated point", 1},
		{"hole first", [][]float64{turned(ring(113.2, 28.2, 0.5)), ring(113, 28, 1)}, "", "", "", 0.75},
		{"hole runs like a shell", [][]float64{ring(113, 28, 1), ring(113.2, 28.2, 0.5)}, "ring-direction:1", "", "", 0.75},
		{"two shells", [][]float64{ring(113, 28, 0.25), ring(114, 28, 0.5)}, "", "", "", 0.3125},
		{"holes that touch in a point", [][]float64{ring(113, 28, 1), turned(ring(113.2, 28.2, 0.2)), turned(ring(113.4, 28.4, 0.2))}, "", "", "", 0.92},
		{"ring that touches itself", [][]float64{{113, 28, 113, 29, 113.5, 28.5, 114, 29, 114, 28, 113.5, 28.5, 113, 28}}, "ring-self-touching:1", "", "ring 1 touches itself at 113.500000, 28.500000", 0.5},
		{"ring of two points", [][]float64{ring(113, 28, 1), {115, 28, 116, 28, 115, 28}}, "ring-without-area:1", "", "ring 2", 1},
		{"nothing but a line", [][]float64{{115, 28, 116, 28, 115, 28}}, "", "too-few-points:1", "three different points", 0},
		{"flat", [][]float64{{115, 28, 115.5, 28, 116, 28, 115, 28}}, "", "ring-self-crossing:1", "encloses no area", 0},
		{"twice around", [][]float64{{113, 28, 113, 29, 114, 29, 114, 28, 113, 28, 113, 29, 114, 29, 114, 28, 113, 28}}, "", "", "", -1},
		{"not a number", [][]float64{{113, 28, 113, math.NaN(), 114, 29, 113, 28}}, "", "coordinate-not-finite:1", "not a number", 0},
		{"out of range", [][]float64{{113, 28, 113, 29, 999, 29, 113, 28}}, "", "", "", -1},
	} {
		t.Run(tc.what, func(t *testing.T) {
			path := folder(t, polygonFiles(tc.rings...))
			b, err := w.ImportFile(t.Context(), tenant, path, everywhere, nil, true, nil)
			if b == nil {
				t.Fatal(err)
			}
			r := b.Parts[0].Report
			if tc.area < 0 { // only that it ends with an answer
				if err == nil && r.Repairs.Total == 0 {
					t.Errorf("taken as it is: %+v", r)
				}
				return
			}
			if got := sums(r.Repairs); got != tc.repairs {
				t.Errorf("repairs %q, want %q", got, tc.repairs)
			}
			if got := sums(r.Refusals); got != tc.refused {
				t.Errorf("refusals %q, want %q", got, tc.refused)
			}
			for _, f := range append(r.Repairs.List, r.Refusals.List...) {
				if f.Row != 1 || !strings.Contains(f.Text.EN, tc.says) || f.Text.ZH == "" {
					t.Errorf("finding %+v, want %q", f, tc.says)
				}
			}
			if got := storedArea(t, w, path); math.Abs(got-tc.area) > 1e-9 {
				t.Errorf("area %g, want %g", got, tc.area)
			}
		})
	}
}

// storedArea runs the stream over a file and adds up, in square degrees, what it
// would store.
func storedArea(t *testing.T, w *town, path string) float64 {
	t.Helper()
	area := 0.0
	w.each(t, path, lintu.Answers{}, func(row *lintu.Row) {
		g, err := geo.DecodeEWKB(row.Geometry)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range g.(orb.MultiPolygon) {
			for _, r := range p {
				area += geo.SignedArea(r)
			}
		}
	})
	return area
}

// each runs the stream over the first dataset of a file.
func (w *town) each(t testing.TB, path string, a lintu.Answers, f func(*lintu.Row)) *lintu.Report {
	t.Helper()
	s, err := Open(path, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := w.prepare(t.Context(), s.Datasets()[0], a)
	if err != nil || p.plan == nil {
		t.Fatalf("no plan: %+v, %v", p, err)
	}
	codes := newLayerCodes(0)
	codes.begin("test")
	rows, err := startStream(t.Context(), p.plan, w.geodesy, p.report, codes, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next(t.Context()) {
		f(rows.Row())
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return p.report
}

// TestStreamKeepsOrder: rows come in the order of the file, each once, through
// however many chunks and workers.
func TestStreamKeepsOrder(t *testing.T) {
	w := newTown(t)
	const rows = 5*chunkRows + 17
	var features []string
	for i := range rows {
		features = append(features, placeFeature("113.6", fmt.Sprintf("28.%06d", i+1), fmt.Sprintf(`{"code":"H%06d"}`, i)))
	}
	n := int64(0)
	r := w.each(t, geojson(t, "households.geojson", features...), lintu.Answers{}, func(row *lintu.Row) {
		if n++; row.Number != n || row.Values[0] != fmt.Sprintf("H%06d", n-1) {
			t.Fatalf("row %d at place %d: %v", row.Number, n, row.Values)
		}
	})
	if n != rows || r.Features != rows || r.Accepted != rows {
		t.Errorf("%d rows; report %d, %d", n, r.Features, r.Accepted)
	}
}

// TestStreamEndsEarly: a reader who goes away leaves no goroutine behind.
func TestStreamEndsEarly(t *testing.T) {
	w := newTown(t)
	var features []string
	for i := range 20 * chunkRows {
		features = append(features, placeFeature("113.6", "28.1", fmt.Sprintf(`{"code":"H%06d"}`, i)))
	}
	s, err := Open(geojson(t, "households.geojson", features...), "households.geojson")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := w.prepare(t.Context(), s.Datasets()[0], lintu.Answers{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	codes := newLayerCodes(0)
	codes.begin("test")
	rows, err := startStream(ctx, p.plan, w.geodesy, p.report, codes, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if !rows.Next(ctx) {
			t.Fatal(rows.Err())
		}
	}
	cancel()
	for rows.Next(ctx) {
	}
	rows.Close() // waits for all goroutines
	rows.Close()
	if rows.Err() == nil {
		t.Error("a cancelled stream ended as if it were whole")
	}
}

// TestShapeCodes: the code made from a shape depends on nothing but the shape.
func TestShapeCodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 20).Draw(t, "points")
		r := make(orb.Ring, n)
		for i := range r {
			r[i] = orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
		}
		m := orb.MultiPolygon{{r}}
		var a arena
		code := shapeCode(m)
		if code != shapeCode(a.clone(m)) || len(code) != 21 {
			t.Fatalf("code %s, of a copy %s", code, shapeCode(a.clone(m)))
		}
		c := orb.Clone(m).(orb.MultiPolygon)
		c[0][0][0][0] += 0.001
		if code == shapeCode(c) {
			t.Fatal("another shape has the same code")
		}
	})
}

// TestArenaKeepsCopiesApart: what one record wrote is not overwritten by the
// next while both wait in a chunk.
func TestArenaKeepsCopiesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var a arena
		var copies [][]orb.Point
		sizes := rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 20).Draw(t, "sizes")
		for i, n := range sizes {
			points := make([]orb.Point, n)
			for j := range points {
				points[j] = orb.Point{float64(i), float64(j)}
			}
			copies = append(copies, a.take(points))
		}
		for i, c := range copies {
			for j, p := range c {
				if p != (orb.Point{float64(i), float64(j)}) {
					t.Fatalf("copy %d point %d is %v", i, j, p)
				}
			}
		}
	})
}
