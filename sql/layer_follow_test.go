package sql_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/tiles"
)

func newMemory(t testing.TB, db *sql.DB, tenant int32) *tiles.Memory {
	t.Helper()
	r := sql.NewReader(db)
	m := tiles.NewMemory(r, r, r, tenant)
	if err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}

// fromMemory fetches a tile as the server does.
func fromMemory(t testing.TB, m *tiles.Memory, tenant int32, l lintu.LayerInfo, z, x, y int) []byte {
	t.Helper()
	b, err := m.TileLayer(t.Context(), tenant, l, lintu.Jurisdiction, z, x, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// featureAt is what a tile shows of a feature: its bounds, and all else.
type featureAt struct {
	bounds orb.Bound
	rest   string
}

// shownIn maps what a tile shows by tile layer and id, or by cell.
func shownIn(t testing.TB, l lintu.LayerInfo, tile []byte) map[string]featureAt {
	t.Helper()
	found := map[string]featureAt{}
	for _, layer := range decode(t, tile) {
		for _, f := range layer.Features {
			bounds := f.Geometry.Bound()
			key, ok := f.Properties["id"].(string)
			if !ok {
				side := math.Exp2(float64(l.CellShift))
				key = fmt.Sprint(math.Floor(bounds.Min[0]/side), math.Floor(bounds.Min[1]/side))
			}
			if _, twice := found[layer.Name+key]; twice {
				t.Errorf("%s: %s occurs twice", layer.Name, key)
			}
			found[layer.Name+key] = featureAt{bounds, fmt.Sprint(f.Properties)}
		}
	}
	return found
}

// nearBy reports whether two bounds are the same to a tile unit.
func nearBy(a, b orb.Bound) bool {
	for i := range 2 {
		if math.Abs(a.Min[i]-b.Min[i]) > 1 || math.Abs(a.Max[i]-b.Max[i]) > 1 {
			return false
		}
	}
	return true
}

// Tiles from memory show what tiles from the database show: the same features and
// properties, coordinates within one unit, which is what cutting positions to whole
// units before and after projecting can make of them.
func TestMemoryShowsWhatTheDatabaseShows(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 3000)
	m := newMemory(t, db, tenant)
	random := rand.New(rand.NewPCG(1, 2))
	for _, l := range inMemory() {
		shown := 0
		for z := range lintu.MaxZoom + 1 {
			for range 8 {
				x, y := tileOf(113.5+0.2*random.Float64(), 28+0.3*random.Float64(), z)
				got := shownIn(t, l, fromMemory(t, m, tenant, l, z, x, y))
				want := shownIn(t, l, getTile(t, r, l.Name, z, x, y, nil))
				shown += len(want)
				if len(got) != len(want) {
					t.Fatalf("%s %d/%d/%d shows %d features, want %d", l.Name, z, x, y, len(got), len(want))
				}
				for key, w := range want {
					g := got[key]
					if g.rest != w.rest || !nearBy(g.bounds, w.bounds) {
						t.Fatalf("%s %d/%d/%d %s is %v, want %v", l.Name, z, x, y, key, g, w)
					}
				}
			}
		}
		if empty := []lintu.Layer{lintu.Roads, lintu.Groups, lintu.Cells, lintu.Cases, lintu.Water, lintu.Green}; shown == 0 && !slices.Contains(empty, l.Name) {
			t.Errorf("no %s were compared", l.Name)
		}
	}
}

// checkFollows compares a memory that followed with one that is loaded now, byte for
// byte, in tiles around some places.
func checkFollows(rt *rapid.T, t *testing.T, p place, m *tiles.Memory, places ...orb.Point) {
	t.Helper()
	if _, err := m.LayerVersions(t.Context(), p.tenant); err != nil { // as the server does before each tile
		rt.Fatal(err)
	}
	anew := newMemory(t, p.DB, p.tenant)
	for _, l := range inMemory() {
		for _, at := range places {
			for _, z := range []int{l.MinZoom, l.DetailZoom - 1, l.DetailZoom, lintu.MaxZoom} {
				x, y := tileOf(at[0], at[1], z)
				if got, want := fromMemory(t, m, p.tenant, l, z, x, y), fromMemory(t, anew, p.tenant, l, z, x, y); !bytes.Equal(got, want) {
					rt.Fatalf("%s %d/%d/%d shows\n%v\nand loaded anew\n%v", l.Name, z, x, y, shownIn(t, l, got), shownIn(t, l, want))
				}
			}
		}
	}
}

// Whatever is imported, taken back and assigned: memory shows it at once.
func TestMemoryFollowsEdits(t *testing.T) {
	t.Parallel()
	house, tenants := newPlace(t), int32(0)
	rapid.Check(t, func(rt *rapid.T) {
		tenants++
		p := house.beside(tenants)
		m := newMemory(t, p.DB, p.tenant)
		var applied []lintu.ID
		for range rapid.IntRange(2, 7).Draw(rt, "steps") {
			switch what := rapid.SampledFrom([]string{"import", "import", "undo", "assign"}).Draw(rt, "what"); {
			case what == "undo" && len(applied) > 0:
				i := rapid.IntRange(0, len(applied)-1).Draw(rt, "batch")
				p.mustOrConflict(rt, p.UndoBatch(t.Context(), p.tenant, applied[i], everywhere))
			case what == "assign":
				household, head := fmt.Sprint("H", rapid.IntRange(0, 3).Draw(rt, "household")), fmt.Sprint("N", rapid.IntRange(0, 2).Draw(rt, "head"))
				p.mustOrConflict(rt, p.Assign(t.Context(), p.tenant, household, head, everywhere))
			default:
				b, _, err := p.try(drawParts(rt)...)
				if p.mustOrConflict(rt, err) {
					applied = append(applied, b.ID)
				}
			}
			if rapid.Bool().Draw(rt, "look") {
				checkFollows(rt, t, p, m, orb.Point{113, 28}, orb.Point{113.1, 28}, orb.Point{113, 28.1}, orb.Point{113.1, 28.1})
			}
		}
		checkFollows(rt, t, p, m, orb.Point{113, 28}, orb.Point{113.1, 28}, orb.Point{113, 28.1}, orb.Point{113.1, 28.1})
	})
}

// Cases come, move through their states and go, while older transactions are open.
func TestMemoryFollowsCases(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	m := newMemory(t, b.DB, b.tenant)
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			b.step(rt)
		}
		checkFollows(rt, t, b.place, m, orb.Point{113.15, 28.15}, orb.Point{113.45, 28.15}, orb.Point{113.71, 28.15})
	})
}

// Every writer finds its own change in the next tile, while others write.
func TestMemoryIsNeverStale(t *testing.T) {
	t.Parallel()
	db, _ := seeded(t, 300)
	m := newMemory(t, db, tenant)
	p := place{db, t, tenant}
	var wg sync.WaitGroup
	for i := range 4 {
		code := fmt.Sprintf("H%07d", i*20)
		lonLat := p.strings("SELECT ST_X(geom) || ' ' || ST_Y(geom) FROM household WHERE tenant_id = $1 AND code = '"+code+"'", tenant)[0]
		var lon, lat float64
		if _, err := fmt.Sscan(lonLat, &lon, &lat); err != nil {
			t.Fatal(err)
		}
		x, y := tileOf(lon, lat, lintu.MaxZoom)
		wg.Go(func() {
			for n := range 20 {
				head := fmt.Sprintf("L%06d", n)
				if err := db.Assign(t.Context(), tenant, code, head, everywhere); err != nil {
					t.Error(err)
					return
				}
				if _, err := m.LayerVersions(t.Context(), tenant); err != nil {
					t.Error(err)
				}
				tile := fromMemory(t, m, tenant, layerNamed(lintu.Households), lintu.MaxZoom, x, y)
				if shown := fmt.Sprint(shownIn(t, layerNamed(lintu.Households), tile)); !strings.Contains(shown, "code:"+code+" head:"+head+" ") {
					t.Errorf("%s has %s and the tile shows %s", code, head, shown)
				}
			}
		})
	}
	wg.Wait()
}

// errRolledBack ends a transaction that changes nothing.
var errRolledBack = errors.New("rolled back")

// scribble changes some households in one transaction, as an edit would: one is moved,
// renamed, ended or added, or all of a street are moved; one time in five it is taken
// back before the commit.
func scribble(ctx context.Context, db *sql.DB, r *rand.Rand) error {
	lon, lat := 113.5+0.2*r.Float64(), 28+0.3*r.Float64()
	next := "UPDATE household h SET version = h.version + 1, valid = tstzrange(greatest(clock_timestamp(), lower(h.valid) + interval '1 microsecond'), NULL)"
	one := " FROM (SELECT id, geom FROM household WHERE tenant_id = 430181 AND upper_inf(valid) ORDER BY id OFFSET $1::int LIMIT 1 FOR UPDATE) o WHERE h.id = o.id"
	note := ` INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds) SELECT 430181, 'households', id, box2d(was), box2d(is_now) FROM done`
	kind, args := r.IntN(5), []any{r.IntN(150)}
	statement := map[int]string{
		0: next + ", geom = ST_Point($2, $3, 4326)" + one + " RETURNING h.id, o.geom AS was, h.geom AS is_now",
		1: next + ", name = $2" + one + " RETURNING h.id, o.geom AS was, h.geom AS is_now",
		2: "UPDATE household h SET valid = tstzrange(lower(h.valid), greatest(clock_timestamp(), lower(h.valid) + interval '1 microsecond'))" + one + " RETURNING h.id, o.geom AS was, NULL::geometry AS is_now",
		3: "INSERT INTO household AS h (tenant_id, id, version, valid, code, geom) SELECT 430181, gen_random_uuid(), 1, tstzrange(clock_timestamp(), NULL), 'X' || gen_random_uuid(), ST_Point($2, $3, 4326) FROM (SELECT $1::int) o RETURNING h.id, NULL::geometry AS was, h.geom AS is_now",
		4: next + ", geom = ST_Point(ST_X(h.geom) + 0.00001, ST_Y(h.geom), 4326) FROM (SELECT id FROM household WHERE tenant_id = 430181 AND upper_inf(valid) AND geom && ST_Expand(ST_Point($2, $3, 4326), 0.02) AND $1::int IS NOT NULL ORDER BY id FOR UPDATE) o WHERE h.id = o.id RETURNING h.id, ST_Translate(h.geom, -0.00001, 0) AS was, h.geom AS is_now",
	}[kind]
	switch kind {
	case 0, 3, 4:
		args = append(args, lon, lat)
	case 1:
		args = append(args, fmt.Sprint("新名", r.IntN(1000), "号"))
	}
	if kind == 4 { // a batch says around what it changed
		note = ` INSERT INTO change (tenant_id, kind, old_bounds, new_bounds) SELECT 430181, 'households', ST_Extent(ST_Expand(was, 1e-9)), ST_Extent(is_now) FROM done HAVING count(*) > 0`
	}
	return pgx.BeginFunc(ctx, db.Owner(), func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "WITH done AS ("+statement+")"+note, args...)
		if err == nil && r.IntN(5) == 0 {
			return errRolledBack
		}
		return err
	})
}

// Several writers, of whom some take back what they did, while tiles are read: in the
// end every tile is that of a memory loaded anew, byte for byte.
func TestMemoryFollowsManyWriters(t *testing.T) {
	t.Parallel()
	db, _ := seeded(t, 300)
	m := newMemory(t, db, tenant)
	writing, stop := context.WithCancel(t.Context())
	var writers, readers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(uint64(i), 3))
			for range 40 {
				if err := scribble(t.Context(), db, r); err != nil && !errors.Is(err, errRolledBack) {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for writing.Err() == nil {
				if _, err := m.LayerVersions(t.Context(), tenant); err != nil {
					t.Error(err)
				}
				fromMemory(t, m, tenant, layerNamed(lintu.Households), 10, 834, 428)
			}
		})
	}
	writers.Wait()
	stop()
	readers.Wait()
	if _, err := m.LayerVersions(t.Context(), tenant); err != nil {
		t.Fatal(err)
	}
	anew, l := newMemory(t, db, tenant), layerNamed(lintu.Households)
	for z := l.MinZoom; z <= 15; z++ {
		x0, y0 := tileOf(113.45, 28.35, z)
		x1, y1 := tileOf(113.75, 27.95, z)
		for x := x0; x <= x1; x++ {
			for y := y0; y <= y1; y++ {
				if !bytes.Equal(fromMemory(t, m, tenant, l, z, x, y), fromMemory(t, anew, tenant, l, z, x, y)) {
					t.Fatalf("%d/%d/%d differs from that of a memory loaded anew", z, x, y)
				}
			}
		}
	}
}

// A memory that cannot catch up holds nobody up: the database makes the tiles, and
// they are not stale.
func TestSlowMemoryDoesNotHoldTiles(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 300)
	m := newMemory(t, db, tenant)
	slow, err := db.Owner().Begin(t.Context())
	must(t, err)
	defer slow.Rollback(context.Background())
	_, err = slow.Exec(t.Context(), `LOCK TABLE unit IN ACCESS EXCLUSIVE MODE`)
	must(t, err)
	mustExec(t, db, `WITH done AS (UPDATE household SET version = 2, valid = '[2026-02-01,)', name = '新' WHERE code = 'H0000001')
		INSERT INTO change (tenant_id, kind) SELECT $1, kind FROM unnest(ARRAY['units', 'households']) kind`, tenant)
	l := layerNamed(lintu.Households)
	p := place{db, t, tenant}
	var lon, lat float64
	_, err = fmt.Sscan(p.strings("SELECT ST_X(geom) || ' ' || ST_Y(geom) FROM household WHERE tenant_id = $1 AND code = 'H0000001'", tenant)[0], &lon, &lat)
	must(t, err)
	x, y := tileOf(lon, lat, lintu.MaxZoom)
	for range 3 {
		_, err = m.LayerVersions(t.Context(), tenant)
		must(t, err)
		if got := fromMemory(t, m, tenant, l, lintu.MaxZoom, x, y); !bytes.Equal(got, getTile(t, r, l.Name, lintu.MaxZoom, x, y, nil)) {
			t.Errorf("the tile shows %v", shownIn(t, l, got))
		}
	}
	must(t, slow.Rollback(t.Context()))
	checkCaughtUp := func() bool {
		_, err := m.LayerVersions(t.Context(), tenant)
		must(t, err)
		return bytes.Equal(fromMemory(t, m, tenant, l, lintu.MaxZoom, x, y), fromMemory(t, newMemory(t, db, tenant), tenant, l, lintu.MaxZoom, x, y))
	}
	for !checkCaughtUp() && t.Context().Err() == nil { // a test that hangs is ended from outside
	}
}
