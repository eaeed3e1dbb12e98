package importer

import (
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// toGCJ02 is the offset of Chinese consumer maps, written down once more from
// its public description so that nothing is compared with itself.
func toGCJ02(lon, lat float64) (float64, float64) {
	const a, ee = 6378245.0, 0.00669342162296594323
	x, y := lon-105, lat-35
	sin := func(v float64) float64 { return math.Sin(v * math.Pi) }
	common := (20*sin(6*x) + 20*sin(2*x)) * 2 / 3
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*math.Sqrt(math.Abs(x)) + common +
		(20*sin(y)+40*sin(y/3))*2/3 + (160*sin(y/12)+320*sin(y/30))*2/3
	dLon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*math.Sqrt(math.Abs(x)) + common +
		(20*sin(x)+40*sin(x/3))*2/3 + (150*sin(x/12)+300*sin(x/30))*2/3
	rad := lat / 180 * math.Pi
	magic := 1 - ee*math.Sin(rad)*math.Sin(rad)
	dLat = dLat * 180 / (a * (1 - ee) / (magic * math.Sqrt(magic)) * math.Pi)
	dLon = dLon * 180 / (a / math.Sqrt(magic) * math.Cos(rad) * math.Pi)
	return lon + dLon, lat + dLat
}

// metres is the distance of two near places on the sphere.
func metres(a, b orb.Point) float64 {
	const perDegree = 111_320
	dx := (a[0] - b[0]) * perDegree * math.Cos(a[1]*math.Pi/180)
	return math.Hypot(dx, (a[1]-b[1])*perDegree)
}

// sourcePoints reads the vertices of a file as they stand in it, by name.
func sourcePoints(t *testing.T, path string) map[string][]orb.Point {
	t.Helper()
	s, err := Open(path, "test.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r, err := s.Datasets()[0].Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	points := map[string][]orb.Point{}
	for r.Next() {
		rec := r.Record()
		eachPoint(rec.Geometry, func(p *orb.Point) { points[rec.Values[0]] = append(points[rec.Values[0]], *p) })
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return points
}

// areas reads the areas of a layer back from PostGIS, by name.
func (w *town) areas(t *testing.T, level lintu.Level) map[string]orb.Geometry {
	t.Helper()
	rows, err := w.db.Owner().Query(t.Context(), "select name, ST_AsEWKB(geom) from area where level = $1", string(level))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]orb.Geometry{}
	for rows.Next() {
		var name string
		var wkb []byte
		if err := rows.Scan(&name, &wkb); err != nil {
			t.Fatal(err)
		}
		if all[name], err = geo.DecodeEWKB(wkb); err != nil {
			t.Fatal(err)
		}
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return all
}

// TestChangshaAsks: a file without .prj is not guessed, and GCJ-02 is named as
// the likeliest.
func TestChangshaAsks(t *testing.T) {
	for _, file := range []string{"china/cities/长沙市.zip", "china/changsha_variants/changsha_gbk_nohint_noprj.zip"} {
		w := newTown(t)
		b, err := w.do(t, sharedData(t, file), lintu.Answers{})
		if lintu.CodeOf(err) != lintu.CodeConflict || !strings.Contains(err.Error(), "GCJ-02") || !strings.Contains(err.Error(), "--from") {
			t.Fatalf("%s: got %v, want a question that names GCJ-02", file, err)
		}
		r := b.Parts[0].Report
		if len(r.Questions) != 1 || r.Questions[0].Key != "crs" || r.Layer != lintu.Counties || r.Encoding.Value == "" {
			t.Errorf("%s: questions %v, layer %q, encoding %q", file, r.Questions, r.Layer, r.Encoding.Value)
		}
		first := r.Questions[0].Candidates[0]
		if first.Set["from"] != "gcj02" || !strings.Contains(first.Reason.EN, "adcode") {
			t.Errorf("%s: first candidate %+v", file, first)
		}
		if n := w.count(t, "select count(*) from area"); n != 0 {
			t.Errorf("%s: %d areas were stored", file, n)
		}
	}
}

// TestChangshaFromGCJ02: put through the offset again, every vertex must come
// out where the file has it; some were inverted separately, by bisection.
func TestChangshaFromGCJ02(t *testing.T) {
	path := sharedData(t, "china/cities/长沙市.zip")
	w := newTown(t)
	w.must(t, path, lintu.Answers{Layer: lintu.Counties, From: "gcj02"})
	stored, source := w.areas(t, lintu.LevelCounty), sourcePoints(t, path)
	if len(stored) != 9 || stored["浏阳市"] == nil {
		t.Fatalf("stored %v", sortedKeys(stored))
	}
	spots := map[orb.Point]bool{
		{113.910571472, 27.997007846}: false, {112.779141278, 28.054482065}: false, {113.101294739, 28.185540645}: false}
	worst := 0.0
	for name, g := range stored {
		n := 0
		eachPoint(g, func(p *orb.Point) {
			n++
			lon, lat := toGCJ02(p[0], p[1])
			worst = max(worst, nearest(orb.Point{lon, lat}, source[name]))
			for s := range spots {
				spots[s] = spots[s] || metres(*p, s) < 2
			}
		})
		if n != len(source[name]) {
			t.Errorf("%s has %d vertices, %d in the file", name, n, len(source[name]))
		}
	}
	if worst > 2 {
		t.Errorf("a vertex is %.3f m off", worst)
	}
	for s, ok := range spots {
		if !ok {
			t.Errorf("no vertex at %v", s)
		}
	}
	t.Logf("worst %.6f m", worst)
}

func nearest(p orb.Point, points []orb.Point) float64 {
	best := math.Inf(1)
	for _, q := range points {
		best = min(best, metres(p, q))
	}
	return best
}

// TestChangshaTakesPRJAtItsWord: EPSG:4547 with its own .prj and .cpg needs no
// answer, and lands where PROJ puts it.
func TestChangshaTakesPRJAtItsWord(t *testing.T) {
	path := sharedData(t, "china/changsha_variants/changsha_gbk_cpg_epsg4547.zip")
	w := newTown(t)
	b := w.must(t, path, lintu.Answers{})
	if got := b.Parts[0].Report.CRS.Value; got != "EPSG:4547" {
		t.Errorf("CRS %q", got)
	}
	stored, source := w.areas(t, lintu.LevelCounty), sourcePoints(t, path)
	var xy []float64
	var points []orb.Point
	for _, p := range source["浏阳市"] {
		xy = append(xy, p[0], p[1])
	}
	if err := w.geodesy.Transform(t.Context(), "EPSG:4547", xy); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(xy); i += 2 {
		points = append(points, orb.Point{xy[i], xy[i+1]})
	}
	eachPoint(stored["浏阳市"], func(p *orb.Point) {
		if d := nearest(*p, points); d > 0.01 {
			t.Fatalf("%v is %.3f m from PROJ's", *p, d)
		}
	})
}
