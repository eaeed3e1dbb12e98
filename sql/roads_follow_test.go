package sql_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
	demo "github.com/lintu-map/lintu/town"
)

// townRoads lays the roads of the demo town.
func townRoads(t *testing.T, db *sql.DB) (lines []orb.MultiLineString) {
	t.Helper()
	tool, err := exec.LookPath("ogr2ogr")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("ogr2ogr is not installed (Debian: gdal-bin)")
		}
		t.Skip("ogr2ogr is not installed (Debian: gdal-bin): no roads")
	}
	dir := t.TempDir()
	must(t, demo.Write(t.Context(), dir, demo.Config{Seed: 1, Scale: 1}))
	out, err := exec.Command(tool, "-f", "GeoJSONSeq", "/vsistdout/", "/vsizip/"+filepath.Join(dir, "底图.zip"), "道路", "-t_srs", "EPSG:4326", "-nlt", "PROMOTE_TO_MULTI", "-lco", "COORDINATE_PRECISION=9").Output()
	must(t, err)
	mustExec(t, db, `INSERT INTO tenant (id, name) VALUES ($1, '浏阳市')`, tenant)
	for s := bufio.NewScanner(bytes.NewReader(out)); s.Scan(); {
		var f geojson.Feature
		must(t, json.Unmarshal(s.Bytes(), &f))
		n := len(lines)
		lines = append(lines, f.Geometry.(orb.MultiLineString))
		shape, err := json.Marshal(geojson.NewGeometry(f.Geometry))
		must(t, err)
		mustExec(t, db, `INSERT INTO base (tenant_id, id, version, valid, layer, code, name, class, geom)
			VALUES ($1, $2, 1, '[2026-01-01,)', 'roads', $3, $4, $5, ST_SetSRID(ST_GeomFromGeoJSON($6), 4326))`,
			tenant, lintu.NewID(), fmt.Sprint("R", n), []string{"", "花炮大道"}[n%2], []string{"主路", "小巷"}[n%2], string(shape))
	}
	return lines
}

// The reasons for which a road may look different from memory.
const (
	sameRoad   = "same"
	simplified = "simplified by a tile unit"
	vanished   = "not longer than a unit"
	atTheSide  = "where it crosses the side of the buffered tile"
)

// isAtSide reports whether a place is about on a side of the buffered tile.
func isAtSide(p orb.Point) bool {
	return min(p[0], p[1]) < -62 || max(p[0], p[1]) > 4096+62
}

// reach is how far the vertices of some lines are from others, but for those that
// are left out.
func reach(from, to orb.Geometry, without func(orb.Point) bool) (far float64) {
	parts, ok := from.(orb.MultiLineString)
	if line, single := from.(orb.LineString); single {
		parts, ok = orb.MultiLineString{line}, true
	}
	if !ok {
		return 1e9
	}
	for _, line := range parts {
		for _, p := range line {
			if !without(p) {
				far = max(far, planar.DistanceFrom(to, p))
			}
		}
	}
	return far
}

// whyApart names the reason for which one road differs in two tiles; "" is none.
func whyApart(ours, theirs orb.Geometry, z int) string {
	const grid = math.Sqrt2 // both round to it
	none := func(orb.Point) bool { return false }
	apart := max(reach(ours, theirs, none), reach(theirs, ours, none))
	inside := max(reach(ours, theirs, isAtSide), reach(theirs, ours, isAtSide))
	slack := float64(grid)
	if z < lintu.MaxZoom {
		slack++ // of the simplification
	}
	switch {
	case apart <= grid:
		return sameRoad
	case apart <= slack:
		return simplified
	case inside <= slack:
		return atTheSide
	}
	return ""
}

// whyMissing names the reason for which only one tile shows a road; "" is none.
func whyMissing(shown orb.Geometry) string {
	b := shown.Bound()
	switch {
	case max(b.Max[0], b.Max[1]) < -62 || min(b.Min[0], b.Min[1]) > 4096+62:
		return atTheSide
	case max(b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]) <= 1:
		return vanished
	}
	return ""
}

// Roads from memory are those that ST_AsMVT draws: with the same values, in the same
// places, and where not, for one of the reasons.
func TestRoadsAreThoseOfTheDatabase(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	roads := townRoads(t, db)
	m, r, l := newMemory(t, db, tenant), sql.NewReader(db), layerNamed(lintu.Roads)
	random := rand.New(rand.NewPCG(1, 3))
	for z := l.MinZoom; z <= lintu.MaxZoom; z++ {
		reasons, seen := map[string]int{}, map[[2]int]bool{}
		for range 12 {
			road := roads[random.IntN(len(roads))][0]
			at := road[random.IntN(len(road))]
			x, y := tileOf(at[0], at[1], z)
			if seen[[2]int{x, y}] {
				continue
			}
			seen[[2]int{x, y}] = true
			ours, theirs := roadsIn(t, fromMemory(t, m, tenant, l, z, x, y)), roadsIn(t, getTile(t, r, l.Name, z, x, y, nil))
			for _, id := range slices.Sorted(maps.Keys(theirs)) {
				if _, both := ours[id]; !both {
					ours[id] = nil
				}
			}
			for id, g := range ours {
				reason, w := "", theirs[id]
				switch {
				case g != nil && w != nil && fmt.Sprint(g.Properties) == fmt.Sprint(w.Properties):
					reason = whyApart(g.Geometry, w.Geometry, z)
				case w == nil:
					reason = whyMissing(g.Geometry)
				case g == nil:
					reason = whyMissing(w.Geometry)
				}
				if reasons[reason]++; reason == "" {
					t.Errorf("%d/%d/%d: %v, want %v", z, x, y, g, w)
				}
			}
		}
		if t.Logf("zoom %d: %v", z, reasons); reasons[sameRoad] < 10 {
			t.Errorf("zoom %d: few roads were compared", z)
		}
	}
}

// roadsIn lists the features of a tile by id.
func roadsIn(t *testing.T, tile []byte) map[string]*geojson.Feature {
	t.Helper()
	found := map[string]*geojson.Feature{}
	layers, err := mvt.Unmarshal(tile)
	must(t, err)
	for _, l := range layers {
		for _, f := range l.Features {
			found[f.Properties["id"].(string)] = f
		}
	}
	return found
}
