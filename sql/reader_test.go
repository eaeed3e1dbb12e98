package sql_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func layer(t testing.TB, name lintu.Layer) lintu.LayerInfo {
	t.Helper()
	l, ok := lintu.LayerByName(name)
	if !ok {
		t.Fatalf("no layer %s", name)
	}
	return l
}

// tileOf returns the column and row of the tile that contains a position.
func tileOf(lon, lat float64, z int) (x, y int) {
	n := math.Exp2(float64(z))
	x = int((lon + 180) / 360 * n)
	y = int((1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * n)
	return x, y
}

func decode(t testing.TB, b []byte) map[string]*mvt.Layer {
	t.Helper()
	layers, err := mvt.Unmarshal(b)
	if err != nil {
		t.Fatalf("tile does not decode: %v", err)
	}
	m := map[string]*mvt.Layer{}
	for _, l := range layers {
		if m[l.Name] != nil {
			t.Errorf("layer %s occurs twice in one tile", l.Name)
		}
		m[l.Name] = l
	}
	return m
}

func getTile(t testing.TB, r *sql.Reader, name lintu.Layer, z, x, y int, at *time.Time) []byte {
	t.Helper()
	b, err := r.TileLayer(context.Background(), tenant, layer(t, name), lintu.Jurisdiction, z, x, y, at)
	if err != nil {
		t.Fatalf("%s %d/%d/%d: %v", name, z, x, y, err)
	}
	return b
}

func TestEveryLayerGivesATile(t *testing.T) {
	t.Parallel()
	_, r := seeded(t, 2000)
	for _, l := range lintu.Layers {
		for z := range lintu.MaxZoom + 1 {
			x, y := tileOf(113.6, 28.1, z)
			now := time.Now()
			a := getTile(t, r, l.Name, z, x, y, nil)
			b := getTile(t, r, l.Name, z, x, y, &now)
			if !bytes.Equal(a, b) {
				t.Errorf("%s at zoom %d: the present and the instant now differ", l.Name, z)
			}
			if z < l.MinZoom && len(a) > 0 {
				t.Errorf("%s has a tile at zoom %d, below its first", l.Name, z)
			}
			decode(t, a)
		}
	}
}

func TestAreasComeWithOneLabelEach(t *testing.T) {
	t.Parallel()
	_, r := seeded(t, 100)
	const z = 13
	seen := map[any]int{}
	x0, y0 := tileOf(113.4, 28.4, z)
	x1, y1 := tileOf(113.8, 27.9, z)
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			for _, f := range labels(decode(t, getTile(t, r, lintu.Communities, z, x, y, nil))) {
				seen[f]++
			}
		}
	}
	if len(seen) != 15 {
		t.Errorf("%d names on the map, want 15", len(seen))
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%v is written %d times", name, n)
		}
	}
}

func labels(layers map[string]*mvt.Layer) []any {
	var names []any
	if l := layers["communities_label"]; l != nil {
		for _, f := range l.Features {
			names = append(names, f.Properties["name"])
		}
	}
	return names
}

func TestTilePropertiesAreTheDeclaredOnes(t *testing.T) {
	t.Parallel()
	_, r := seeded(t, 2000)
	for name, want := range map[lintu.Layer]string{
		lintu.Communities: "code heads households id name parent",
		lintu.Grids:       "code heads households id name",
		lintu.Households:  "code head id name",
		lintu.Heads:       "code households id name",
		lintu.Links:       "code head id",
		lintu.Units:       "class code id name stationing",
		lintu.Buildings:   "floors id",
	} {
		z := 15
		var f map[string]any
		x0, y0 := tileOf(113.55, 28.15, z)
		x1, y1 := tileOf(113.6, 28.05, z)
		for x := x0; x <= x1 && f == nil; x++ {
			for y := y0; y <= y1 && f == nil; y++ {
				if l := decode(t, getTile(t, r, name, z, x, y, nil))[string(name)]; l != nil {
					f = l.Features[0].Properties
				}
			}
		}
		got := strings.Join(sortedKeys(f), " ")
		if got != want && !(name == lintu.Buildings && got == "floors id name") {
			t.Errorf("%s has properties %q, want %q", name, got, want)
		}
	}
}

// The counts of all tiles of one zoom add up to the rows, wherever they lie:
// on tile borders, at the antimeridian, beyond the edge of Web Mercator.
func TestClusterCountsAddUp(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 0)
	ctx := context.Background()
	edges := []float64{-180, 180, 0, 90, -90, 112.5, 113.90625, 28.3043806829627, 85.05112877980659, -85.06}
	var who int32 // each run has a tenant of its own
	rapid.Check(t, func(rt *rapid.T) {
		who++
		lon := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.SampledFrom(edges))
		lat := rapid.OneOf(rapid.Float64Range(-90, 90), rapid.SampledFrom(edges).Filter(func(v float64) bool { return math.Abs(v) <= 90 }))
		places := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) [2]float64 { return [2]float64{lon.Draw(rt, "lon"), lat.Draw(rt, "lat")} }), 1, 30).Draw(rt, "places")
		var lons, lats []float64
		for _, p := range places {
			lons, lats = append(lons, p[0]), append(lats, p[1])
		}
		if _, err := db.Owner().Exec(ctx, `INSERT INTO household (tenant_id, id, version, valid, code, geom)
			SELECT $1, gen_random_uuid(), 1, '[2026-01-01,)', n::text, ST_SetSRID(ST_Point(x, y), 4326)
			FROM unnest($2::float8[], $3::float8[]) WITH ORDINALITY p (x, y, n)`, who, lons, lats); err != nil {
			rt.Fatal(err)
		}
		l := layer(t, lintu.Households)
		l.MinZoom = 0 // few tiles cover the world at a low zoom
		z := rapid.IntRange(0, 2).Draw(rt, "z")
		var sum int64
		for i := range 1 << (2 * z) {
			b, err := r.TileLayer(ctx, who, l, lintu.Jurisdiction, z, i>>z, i&(1<<z-1), nil)
			if err != nil {
				rt.Fatal(err)
			}
			sum += countIn(t, b)
		}
		if sum != int64(len(places)) {
			rt.Fatalf("zoom %d counts %d of %d rows", z, sum, len(places))
		}
	})
}

func countIn(t testing.TB, b []byte) int64 {
	var sum int64
	for _, l := range decode(t, b) {
		for _, f := range l.Features {
			sum += int64(f.Properties["count"].(float64))
		}
	}
	return sum
}

func TestClusterCountsOfTheTown(t *testing.T) {
	t.Parallel()
	_, r := seeded(t, 3000)
	for _, z := range []int{10, 12, 14} {
		x0, y0 := tileOf(113.4, 28.4, z)
		x1, y1 := tileOf(113.8, 27.9, z)
		var sum int64
		for x := x0; x <= x1; x++ {
			for y := y0; y <= y1; y++ {
				sum += countIn(t, getTile(t, r, lintu.Households, z, x, y, nil))
			}
		}
		if sum != 3000 {
			t.Errorf("zoom %d counts %d households of 3000", z, sum)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	for i := range keys {
		for j := i + 1; j < len(keys); j++ {
			if keys[j] < keys[i] {
				keys[i], keys[j] = keys[j], keys[i]
			}
		}
	}
	return keys
}

func TestTileQueriesUseTheIndexOnGeometry(t *testing.T) {
	t.Parallel()
	db, _ := seeded(t, 30000)
	ctx := context.Background()
	for name, index := range map[lintu.Layer]string{
		lintu.Grids: "area_grid_geom_idx", lintu.Households: "household_geom_idx", lintu.Links: "household_geom_idx",
		lintu.Heads: "head_geom_idx",
	} {
		z := 16
		x, y := tileOf(113.6, 28.1, z)
		statement, args := sql.TileSQL(tenant, layer(t, name), lintu.Jurisdiction, z, x, y, nil)
		rows, err := db.Owner().Query(ctx, "EXPLAIN "+statement, args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan strings.Builder
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(line + "\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan.String(), index) {
			t.Errorf("a tile of %s does not use %s:\n%s", name, index, plan.String())
		}
	}
}

func TestFeaturesPageStably(t *testing.T) {
	t.Parallel()
	_, r := seeded(t, 500)
	ctx := context.Background()
	q := lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: tenant, Layer: layer(t, lintu.Households), Limit: 77}
	seen := map[string]bool{}
	for pages := 0; ; pages++ {
		n, last := 0, ""
		err := r.EachFeature(ctx, q, func(f lintu.Feature, cursor string) error {
			if seen[f.ID] {
				t.Errorf("%s comes twice", f.ID)
			}
			seen[f.ID] = true
			n, last = n+1, cursor
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if q.After = last; n < q.Limit {
			break
		}
	}
	if len(seen) != 500 {
		t.Errorf("paged through %d of 500", len(seen))
	}
}

func collect(t testing.TB, r *sql.Reader, q lintu.FeatureQuery) []lintu.Feature {
	t.Helper()
	q.Tenant = tenant
	var fs []lintu.Feature
	if err := r.EachFeature(context.Background(), q, func(f lintu.Feature, _ string) error {
		fs = append(fs, f)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	n, err := r.CountFeatures(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	if q.Limit == 0 && q.Offset == 0 && n != int64(len(fs)) {
		t.Errorf("counted %d, got %d", n, len(fs))
	}
	return fs
}

func TestFeaturesBySelection(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 500)
	mustExec(t, db, `INSERT INTO household (tenant_id, id, version, valid, code, geom) VALUES
		($1, gen_random_uuid(), 1, '[2026-01-01,)', 'east', 'SRID=4326;POINT(179.5 66)'),
		($1, gen_random_uuid(), 1, '[2026-01-01,)', 'west', 'SRID=4326;POINT(-179.5 66)'),
		($1, gen_random_uuid(), 1, '[2026-01-01,)', 'nowhere', NULL)`, tenant)
	households := layer(t, lintu.Households)
	for _, c := range []struct {
		name string
		q    lintu.FeatureQuery
		want int
	}{
		{"all", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households}, 503},
		{"across the antimeridian", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households, BBox: &lintu.BBox{177, 65, -177, 70}}, 3},
		{"east of it", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households, BBox: &lintu.BBox{177, 65, 180, 70}}, 2},
		{"by head", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households, Where: map[string]string{"head": "L000003"}}, 13},
		{"by code", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households, Where: map[string]string{"code": "H0000001"}}, 1},
		{"by number", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: layer(t, lintu.Heads), Where: map[string]string{"households": "13"}}, 38},
		{"areas by place", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: layer(t, lintu.Communities), BBox: &lintu.BBox{113.51, 28.01, 113.52, 28.02}}, 1},
		{"limit and offset", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households, Limit: 10, Offset: 498}, 5},
		{"links", lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: layer(t, lintu.Links), Where: map[string]string{"head": "L000003"}}, 13},
	} {
		if got := len(collect(t, r, c.q)); got != c.want {
			t.Errorf("%s: %d features, want %d", c.name, got, c.want)
		}
	}
}

func TestFeaturesThroughTime(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 40)
	// Household 3 moves to another place on 1 March and away on 1 May; its head
	// changes on 1 April.
	id := "SELECT id FROM household WHERE code = 'H0000003'"
	mustExec(t, db, `UPDATE household SET version = 2, valid = '[2026-03-01 00:00:00+00,)', geom = 'SRID=4326;POINT(113.6 28.2)' WHERE id = (`+id+`)`)
	mustExec(t, db, `UPDATE household SET valid = '[2026-03-01 00:00:00+00,2026-05-01 00:00:00+00)' WHERE id = (`+id+`)`)
	mustExec(t, db, `UPDATE assignment SET valid = '[2026-01-01 00:00:00+00,2026-04-01 00:00:00+00)' WHERE household_id = (`+id+`)`)
	mustExec(t, db, `INSERT INTO assignment (tenant_id, household_id, version, head_id, valid)
		SELECT $1, (`+id+`), 2, id, '[2026-04-01 00:00:00+00,2026-05-01 00:00:00+00)' FROM head WHERE code = 'L000002'`, tenant)
	month := func(m time.Month) *time.Time {
		at := time.Date(2026, m, 15, 0, 0, 0, 0, time.UTC)
		return &at
	}
	households := layer(t, lintu.Households)
	where := map[string]string{"code": "H0000003"}
	for _, c := range []struct {
		name  string
		span  *lintu.Interval
		heads []string
	}{
		{"now", nil, nil},
		{"before", &lintu.Interval{From: month(-1), To: month(-1)}, nil},
		{"February", &lintu.Interval{From: month(2), To: month(2)}, []string{"L000000"}},
		{"March", &lintu.Interval{From: month(3), To: month(3)}, []string{"L000000"}},
		{"April", &lintu.Interval{From: month(4), To: month(4)}, []string{"L000002"}},
		{"June", &lintu.Interval{From: month(6), To: month(6)}, nil},
		{"February to March", &lintu.Interval{From: month(2), To: month(3)}, []string{"L000000", "L000002"}},
		{"until February", &lintu.Interval{To: month(2)}, []string{"L000000"}},
		{"from June", &lintu.Interval{From: month(6)}, nil},
		{"always", &lintu.Interval{}, []string{"L000000", "L000002"}},
	} {
		var heads []string
		for _, f := range collect(t, r, lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households, Time: c.span, Where: where}) {
			var p struct{ Head string }
			if err := json.Unmarshal(f.Properties, &p); err != nil {
				t.Fatal(err)
			}
			heads = append(heads, p.Head)
		}
		if strings.Join(heads, ",") != strings.Join(c.heads, ",") {
			t.Errorf("%s: heads %v, want %v", c.name, heads, c.heads)
		}
	}
	byHead := func(head string, at *time.Time) int {
		return len(collect(t, r, lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: households, Time: &lintu.Interval{From: at, To: at}, Where: map[string]string{"head": head}}))
	}
	if byHead("L000002", month(4)) != byHead("L000002", month(3))+1 {
		t.Error("the change of head does not show in the selection by head")
	}
	z := 16
	x, y := tileOf(113.6, 28.2, z)
	if before, after := getTile(t, r, lintu.Households, z, x, y, month(2)), getTile(t, r, lintu.Households, z, x, y, month(4)); bytes.Equal(before, after) {
		t.Error("the move does not show on the tiles of the time")
	}
	if links := collect(t, r, lintu.FeatureQuery{Within: lintu.Jurisdiction, Layer: layer(t, lintu.Links), Time: &lintu.Interval{From: month(4), To: month(4)}, Where: map[string]string{"code": "H0000003", "head": "L000002"}}); len(links) != 1 {
		t.Errorf("%d links in April, want 1", len(links))
	}
}

func TestFeatureErrors(t *testing.T) {
	t.Parallel()
	_, r := seeded(t, 20)
	ctx := context.Background()
	none := func(lintu.Feature, string) error { return nil }
	households := layer(t, lintu.Households)
	for name, err := range map[string]error{
		"cursor":  r.EachFeature(ctx, lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: tenant, Layer: households, After: "%%"}, none),
		"field":   r.EachFeature(ctx, lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: tenant, Layer: households, Where: map[string]string{"geom": "1"}}, none),
		"integer": r.EachFeature(ctx, lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: tenant, Layer: layer(t, lintu.Heads), Where: map[string]string{"households": "x"}}, none),
		"null":    r.EachFeature(ctx, lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: tenant, Layer: households, Where: map[string]string{"name": "\x00"}}, none),
	} {
		if lintu.CodeOf(err) != lintu.CodeInvalid {
			t.Errorf("bad %s: %v", name, err)
		}
	}
	if _, err := r.Feature(ctx, tenant, households, lintu.Jurisdiction, lintu.NewID(), nil); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("unknown id: %v", err)
	}
	if _, err := r.Extent(ctx, tenant, layer(t, lintu.Roads), lintu.Jurisdiction); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("empty layer: %v", err)
	}
	stop := errors.New("enough")
	if err := r.EachFeature(ctx, lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: tenant, Layer: households}, func(lintu.Feature, string) error { return stop }); err != stop {
		t.Errorf("the reader's error comes back as %v", err)
	}
	if n, err := r.CountFeatures(ctx, lintu.FeatureQuery{Within: lintu.Jurisdiction, Tenant: tenant + 1, Layer: households}); n != 0 || err != nil {
		t.Errorf("another tenant sees %d rows, %v", n, err)
	}
}
