package tiles

import (
	"cmp"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
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
	args := []string{"-f", "GeoJSONSeq", "/vsistdout/", "/vsizip/" + sharedData(t, file), "-t_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=9"}
	if filepath.Dir(file) == "china/cities" { // they have no .prj
		args = append(args, "-s_srs", "EPSG:4326")
	}
	cmd := exec.Command(tool(t, "ogr2ogr"), args...)
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
				s.points = append(s.points, positionOf(p))
			}
			s.ends = append(s.ends, int32(len(s.points)))
		}
	}
	return s
}

// Real layers are drawn at every zoom without crossings that they had not, and no
// ring loses its area.
func TestRealLayers(t *testing.T) {
	for _, l := range realLayers {
		t.Run(l.name, func(t *testing.T) {
			rows := l.read(t)
			before := crossingRows(rows)
			c := newCoverage(rows, nil)
			t.Logf("%d points in %d arcs, %.1f MB; %d pairs of rows cross", len(c.points), len(c.arcs), float64(c.bytes())/1e6, len(before))
			for zoom := 4; zoom <= 14; zoom += 1 + len(rows)/5_000 {
				drawn, n := drawAll(c, zoom), 0
				for pair := range crossingRows(drawn) {
					if !before[pair] {
						t.Errorf("zoom %d: rows %v cross", zoom, pair)
					}
				}
				for i, s := range drawn {
					n += len(s.points)
					if !before[[2]int{i, i}] {
						checkAreas(t, rows[i].clean(false), s)
					}
				}
				t.Logf("zoom %d draws %d vertices", zoom, n)
			}
			if len(rows) < 1000 {
				checkEdits(t, c, rows)
			}
		})
	}
}

// checkAreas checks that no ring of a row changes the side of its inside.
func checkAreas(t *testing.T, row, drawn ringSet) {
	t.Helper()
	for i := range row.ends {
		was, is := area2(row.ring(i)), area2(drawn.ring(i))
		if cmp.Compare(was, 0) != cmp.Compare(is, 0) {
			t.Errorf("a ring had twice the area %g and has %g", was, is)
		}
	}
}

// checkEdits takes rows away and puts them back.
func checkEdits(t *testing.T, c *coverage, rows []ringSet) {
	t.Helper()
	want := content(c)
	for row := 0; row < len(rows); row += len(rows)/3 + 1 {
		less := slices.Clone(rows)
		less[row] = ringSet{}
		if c.put(uint32(row), ringSet{}, position{}); !slices.Equal(content(c), content(newCoverage(less, nil))) {
			t.Errorf("without row %d the coverage is not as if it had never been there", row)
		}
		if c.put(uint32(row), rows[row], position{}); !slices.Equal(content(c), want) {
			t.Errorf("with row %d put back the coverage is not what it was", row)
		}
	}
}
