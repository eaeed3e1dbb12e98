package tiles

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lintu-map/lintu"
)

// realLayers are files of polygons, and how many features they have.
var realLayers = []realLayer{
	{"counties", []string{"china/cities/长沙市.zip", "china/cities/西宁市.zip", "china/cities/酒泉市.zip", "china/cities/长治市.zip", "china/cities/嘉峪关市.zip"}, 36},
	{"tainan_villages", []string{"tainan_villages/10tnvillage.zip"}, 752},
	{"cambridge", []string{"cambridge/cambridge_polys_96849.zip"}, 96849},
}

type realLayer struct {
	name  string
	files []string
	rows  int
}

func (l realLayer) read(t testing.TB) []ringSet {
	t.Helper()
	var rows []ringSet
	for _, file := range l.files {
		rows = append(rows, readPolygons(t, file)...)
	}
	if len(rows) != l.rows {
		t.Fatalf("%d rows, want %d", len(rows), l.rows)
	}
	return rows
}

// readPolygons reads a file of polygons with GDAL.
func readPolygons(t testing.TB, file string) []ringSet {
	t.Helper()
	ogr2ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("ogr2ogr is not installed (Debian: gdal-bin)")
		}
		t.Skip("ogr2ogr is not installed (Debian: gdal-bin): no real layers")
	}
	args := []string{"-f", "GeoJSONSeq", "/vsistdout/", "/vsizip/" + sharedFile(t, file), "-t_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=9"}
	if filepath.Dir(file) == "china/cities" { // they have no .prj
		args = append(args, "-s_srs", "EPSG:4326")
	}
	cmd := exec.Command(ogr2ogr, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	var rows []ringSet
	for d := json.NewDecoder(out); d.More(); {
		var f geojson.Feature
		if err := d.Decode(&f); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, projected(f.Geometry))
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func projected(g orb.Geometry) ringSet {
	var s ringSet
	polygons, ok := g.(orb.MultiPolygon)
	if p, single := g.(orb.Polygon); single {
		polygons, ok = orb.MultiPolygon{p}, true
	}
	if !ok {
		return s
	}
	for _, polygon := range polygons {
		for _, ring := range polygon {
			for _, p := range ring[1:] {
				const world = 1 << 32
				sin := math.Sin(p[1] * math.Pi / 180)
				s.points = append(s.points, position{uint32((p[0]/360 + 0.5) * world), uint32((0.5 - math.Atanh(sin)/(2*math.Pi)) * world)})
			}
			s.ends = append(s.ends, int32(len(s.points)))
		}
	}
	return s
}

// sharedFile returns the path of a file of real data, or skips aloud where it is
// not at hand (and fails on CI, where it must be).
func sharedFile(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("LINTU_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(name)))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no shared data: %v", err)
		}
		t.Skipf("no shared data (set LINTU_SHARED_DATA): %v", err)
	}
	return path
}

func TestRealLayers(t *testing.T) {
	for _, l := range realLayers {
		t.Run(l.name, func(t *testing.T) {
			rows := l.read(t)
			begin := time.Now()
			c := newCoverage(rows, nil)
			t.Logf("%d rows, %d points, built in %v", len(rows), len(segmentsOf(rows...)), time.Since(begin).Round(time.Millisecond))
			t.Logf("%.1f MB, %d arcs of %d points", float64(c.bytes())/1e6, len(c.arcs), len(c.points))
			for zoom := lintu.MaxZoom; zoom >= 4; zoom-- {
				n := 0
				for _, s := range drawAll(c, zoom) {
					n += len(s.points)
				}
				m := meetings(segmentsOf(drawAll(c, zoom)...))
				t.Logf("zoom %d: %d points, %d meetings", zoom, n, len(m))
			}
		})
	}
}
