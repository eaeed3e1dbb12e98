package sql_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// standing is what a tile shows of a layer: how many features stand for one row each, of
// points those in the tile itself, and the counts of the others by cell.
type standing struct {
	single int
	cells  map[string]uint64
}

func (s standing) rows() int {
	n := uint64(s.single)
	for _, count := range s.cells {
		n += count
	}
	return int(n)
}

func standingIn(t testing.TB, l lintu.LayerInfo, tile []byte) standing {
	t.Helper()
	s := standing{cells: map[string]uint64{}}
	for _, layer := range decode(t, tile) {
		for _, f := range layer.Features {
			count, ok := f.Properties["count"].(float64)
			switch {
			case layer.Name != string(l.Name):
			case ok:
				at, side := f.Point(), math.Exp2(float64(l.CellShift))
				s.cells[fmt.Sprint(math.Floor(at[0]/side), math.Floor(at[1]/side))] += uint64(count)
			case l.Shape != lintu.Point || inTile(f.Point()):
				s.single++
			}
		}
	}
	return s
}

// inTile reports whether a point lies in the tile itself, not in its margin.
func inTile(p orb.Point) bool { return p[0] >= 0 && p[0] < 4096 && p[1] >= 0 && p[1] < 4096 }

// At every step of its reduction a layer drawn from memory shows as much as one drawn by
// the database, and counts the same in the same places. Nothing is lost on the way.
func TestMemoryReducesAsTheDatabaseDoes(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 3000)
	m := newMemory(t, db, tenant)
	random := rand.New(rand.NewPCG(3, 4))
	for _, l := range inMemory() {
		counted, looked := 0, 0
		for z := l.MinZoom; z <= lintu.MaxZoom; z++ {
			for range 3 {
				x, y := tileOf(113.5+0.2*random.Float64(), 28+0.3*random.Float64(), z)
				whole := standingIn(t, l, getTile(t, r, l.Name, z, x, y, nil))
				looked += whole.rows()
				for step := 1; ; step++ {
					reduced, ok := l.Reduced(z, step)
					if !ok {
						break
					}
					theirs, err := r.TileLayer(t.Context(), tenant, reduced, lintu.Jurisdiction, z, x, y, nil)
					must(t, err)
					got, want := standingIn(t, reduced, fromMemory(t, m, tenant, reduced, z, x, y)), standingIn(t, reduced, theirs)
					if got.single != want.single || !maps.Equal(got.cells, want.cells) {
						t.Fatalf("%s %d/%d/%d at step %d shows %v, want %v", l.Name, z, x, y, step, got, want)
					}
					if l.Shape == lintu.Polygon && got.rows() != whole.rows() {
						t.Fatalf("%s %d/%d/%d at step %d stands for %d rows of %d", l.Name, z, x, y, step, got.rows(), whole.rows())
					}
					counted += len(got.cells)
				}
			}
		}
		if empty := len(related(place{db, t, tenant}, l)) == 0; !empty && (looked == 0 || counted == 0 && l.Reduction != lintu.Coarsen) {
			t.Errorf("%s: %d rows were looked at, %d cells", l.Name, looked, counted)
		}
	}
}

// Whatever becomes of cases: at every zoom, and at every step of their reduction, tiles
// stand for as many as are open.
func TestTilesStandForOpenCases(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	m := newMemory(t, b.DB, b.tenant)
	l := layerNamed(lintu.Cases)
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 6).Draw(rt, "steps") {
			b.step(rt)
		}
		_, err := m.LayerVersions(t.Context(), b.tenant)
		must(t, err)
		places := b.strings("SELECT ST_X(r.geom) || ' ' || ST_Y(r.geom) FROM ("+sql.RelationSQL(l)+") r WHERE r.geom IS NOT NULL", b.tenant)
		z := rapid.IntRange(l.MinZoom, lintu.MaxZoom).Draw(rt, "zoom")
		within := map[[2]int]int{}
		for _, p := range places {
			var lon, lat float64
			_, err := fmt.Sscan(p, &lon, &lat)
			must(t, err)
			x, y := tileOf(lon, lat, z)
			within[[2]int{x, y}]++
		}
		for step := 0; ; step++ {
			reduced, ok := l.Reduced(z, step)
			if !ok {
				break
			}
			for c, want := range within {
				if got := standingIn(t, reduced, fromMemory(t, m, b.tenant, reduced, z, c[0], c[1])).rows(); got != want {
					rt.Fatalf("%d/%d/%d at step %d stands for %d open cases of %d", z, c[0], c[1], step, got, want)
				}
			}
		}
	})
}
