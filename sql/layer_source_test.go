package sql_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/tiles"
)

func inMemory() []lintu.LayerInfo {
	return slices.DeleteFunc(slices.Clone(lintu.Layers), func(l lintu.LayerInfo) bool { return !l.InMemory })
}

// linesOf writes rows as text.
type linesOf struct {
	layers map[lintu.Layer][]string
	begun  map[lintu.Layer][]lintu.BBox
}

func newLines() *linesOf {
	return &linesOf{map[lintu.Layer][]string{}, map[lintu.Layer][]lintu.BBox{}}
}

func (l *linesOf) begin(layer lintu.Layer, where []lintu.BBox) { l.begun[layer] = where }

func (l *linesOf) take(layer lintu.Layer, r *lintu.LayerRow) error {
	line := r.ID.String() + "|" + hex.EncodeToString(r.Geometry)
	for i, f := range layerNamed(layer).TileFields() {
		switch v := r.Values[i]; {
		case v.Null:
			line += "|null"
		case f.Type == lintu.Integer:
			line += fmt.Sprint("|", v.Number)
		default:
			line += "|" + string(v.Text)
		}
	}
	l.layers[layer] = append(l.layers[layer], line)
	return nil
}

// related is what the query for the rows of a layer gives.
func related(p place, l lintu.LayerInfo) []string {
	columns := []string{"id::text", "encode(geom::bytea, 'hex')"}
	for _, f := range l.TileFields() {
		columns = append(columns, "coalesce("+f.Name+"::text, 'null')")
	}
	return p.strings("SELECT concat_ws('|', "+strings.Join(columns, ", ")+") FROM ("+sql.RelationSQL(l)+") r WHERE geom IS NOT NULL", p.tenant)
}

func checkLines(t *testing.T, p place, got *linesOf, layers ...lintu.Layer) {
	t.Helper()
	for _, l := range inMemory() {
		if !slices.Contains(layers, l.Name) {
			continue
		}
		want, rows := related(p, l), got.layers[l.Name]
		slices.Sort(want)
		slices.Sort(rows)
		if !slices.Equal(slices.Compact(rows), want) {
			t.Errorf("%s: read %d rows, there are %d:\n%.300s\n%.300s", l.Name, len(rows), len(want), strings.Join(rows, "\n"), strings.Join(want, "\n"))
		}
	}
}

// Reading a layer gives the rows and values that its tiles and items have.
func TestReadLayersGivesTheRelation(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 500)
	p := place{db, t, tenant}
	mustExec(t, db, `UPDATE household SET version = 2, valid = '[2026-02-01,)', geom = NULL WHERE code IN ('H0000001', 'H0000002')`)
	mustExec(t, db, `UPDATE assignment SET valid = '[2026-01-01,2026-02-01)' WHERE household_id IN (SELECT id FROM household WHERE code < 'H0000050')`)
	got := newLines()
	if _, err := r.ReadLayers(t.Context(), tenant, inMemory(), got.take); err != nil {
		t.Fatal(err)
	}
	checkLines(t, p, got, lintu.Households, lintu.Heads, lintu.Units)
	if n := len(got.layers[lintu.Households]); n != 498 {
		t.Errorf("%d households", n)
	}
}

func TestReadLayersGivesOpenCases(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	for range 3 {
		d.report(pin(), by(d.worker))
	}
	got := newLines()
	if _, err := d.reader().ReadLayers(t.Context(), d.tenant, inMemory(), got.take); err != nil {
		t.Fatal(err)
	}
	checkLines(t, d.place, got, lintu.Cases)
	if n := len(got.layers[lintu.Cases]); n != 3 {
		t.Errorf("%d cases", n)
	}
}

// A cursor of which nothing can be known makes the reader begin anew.
func TestRereadLayersBeginsAnew(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 100)
	p := place{db, t, tenant}
	for _, after := range []string{"", "x", "1:2", "5:99999999999:", strings.Repeat("1", 5000)} {
		got := newLines()
		if _, err := r.RereadLayers(t.Context(), tenant, inMemory(), after, got.begin, got.take); err != nil {
			t.Fatal(err)
		}
		checkLines(t, p, got, lintu.Households, lintu.Heads, lintu.Units)
		if where, begun := got.begun[lintu.Units]; !begun || where != nil {
			t.Errorf("after %.20s units are read again at %v", after, where)
		}
	}
}

// After one assignment, what is read again are the two places.
func TestRereadLayersReadsLittle(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 2000)
	ctx := t.Context()
	cursor, err := r.ReadLayers(ctx, tenant, nil, nil)
	must(t, err)
	got := newLines()
	cursor, err = r.RereadLayers(ctx, tenant, inMemory(), cursor, got.begin, got.take)
	must(t, err)
	if len(got.begun) != 0 {
		t.Errorf("nothing has changed and %v is read again", got.begun)
	}
	must(t, db.Assign(ctx, tenant, "H0000001", "L000001", everywhere))
	_, err = r.RereadLayers(ctx, tenant, inMemory(), cursor, got.begin, got.take)
	must(t, err)
	if n := len(got.layers[lintu.Households]); n == 0 || n > 1000 || len(got.begun) != 2 {
		t.Errorf("%d households read, %v begun", n, got.begun)
	}
}

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

// featureAt is what a tile shows of a feature: where, and all else.
type featureAt struct {
	at   orb.Point
	rest string
}

// shownIn maps what a tile shows by id, or by cell.
func shownIn(t testing.TB, l lintu.LayerInfo, tile []byte) map[string]featureAt {
	t.Helper()
	found := map[string]featureAt{}
	add := func(key string, at orb.Point, properties any) {
		if _, twice := found[key]; twice {
			t.Errorf("%s: %s occurs twice", l.Name, key)
		}
		found[key] = featureAt{at, fmt.Sprint(properties)}
	}
	for _, layer := range decode(t, tile) {
		for _, f := range layer.Features {
			at := f.Geometry.(orb.Point)
			if id, ok := f.Properties["id"].(string); ok {
				add(id, at, f.Properties)
			} else {
				side := math.Exp2(float64(l.CellShift))
				add(fmt.Sprint(math.Floor(at[0]/side), math.Floor(at[1]/side)), at, f.Properties)
			}
		}
	}
	return found
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
					if g.rest != w.rest || math.Abs(g.at[0]-w.at[0]) > 1 || math.Abs(g.at[1]-w.at[1]) > 1 {
						t.Fatalf("%s %d/%d/%d %s is %v, want %v", l.Name, z, x, y, key, g, w)
					}
				}
			}
		}
		if shown == 0 && l.Name != lintu.Cases {
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
