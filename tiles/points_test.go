package tiles

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// home is a household as a plain row.
type home struct {
	id         lintu.ID
	at         orb.Point
	code, name string
	head       string // "" is null
}

// homeLayer counts from the first zoom, so that few tiles cover the world.
var homeLayer = func() lintu.LayerInfo {
	l, _ := lintu.LayerByName(lintu.Households)
	l.MinZoom = 0
	return l
}()

func newHome(r *rand.Rand, at orb.Point) home {
	h := home{at: at, code: fmt.Sprintf("4301810010%08d", r.IntN(1e8)), name: fmt.Sprintf("%s%d栋%03d室", []string{"唐家洲", "西湖"}[r.IntN(2)], r.IntN(20), r.IntN(1000))}
	for i := range h.id {
		h.id[i] = byte(r.Uint32())
	}
	if r.IntN(5) > 0 {
		h.head = fmt.Sprintf("L%d", r.IntN(50))
	}
	if r.IntN(20) == 0 {
		h.code, h.name = "无号", ""
	}
	return h
}

// somewhere is dense in a few streets, where many share a place, and thin elsewhere;
// now and then it is on an edge of the world.
func somewhere(r *rand.Rand) orb.Point {
	switch r.IntN(5) {
	case 2:
		if r.IntN(20) == 0 {
			return orb.Point{[]float64{-180, 0, 180}[r.IntN(3)], []float64{-90, -85.0511288, 0, 85.0511287, 90}[r.IntN(5)]}
		}
	case 0:
		return orb.Point{-180 + 360*r.Float64(), -90 + 180*r.Float64()}
	case 1:
		return orb.Point{113.6 + 0.0001*float64(r.IntN(5)), 28.1}
	}
	return orb.Point{113.5 + 0.1*r.Float64(), 28.1 + 0.1*r.Float64()}
}

func newHomes(r *rand.Rand, n int) []home {
	homes := make([]home, n)
	for i := range homes {
		homes[i] = newHome(r, somewhere(r))
	}
	return homes
}

func (h *home) take(t testing.TB, w *pointsWriter) {
	t.Helper()
	g, err := geo.AppendEWKB(nil, h.at)
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) lintu.Value { return lintu.Value{Null: s == "", Text: []byte(s)} }
	if err := w.take(&lintu.LayerRow{ID: h.id, Geometry: g, Values: []lintu.Value{text(h.code), text(h.name), text(h.head)}}); err != nil {
		t.Fatal(err)
	}
}

func layerOf(t testing.TB, homes []home) *points {
	t.Helper()
	w := newPointsWriter(homeLayer)
	for i := range homes {
		homes[i].take(t, w)
	}
	return w.load().(*points)
}

// features maps what a tile shows, by id or by cell, to where and with what.
func features(t testing.TB, tile []byte) map[string]string {
	t.Helper()
	layers, err := readTile(tile)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, l := range layers {
		for _, f := range l.features {
			key, at := fmt.Sprint(f.properties["id"]), f.parts[0][0]
			if f.properties["count"] != nil {
				key = cellName(at[0], at[1])
			}
			if _, twice := found[key]; twice {
				t.Fatalf("%s occurs twice", key)
			}
			found[key] = fmt.Sprint(at, f.properties)
		}
	}
	return found
}

func cellName(x, y float64) string {
	side := float64(int(1) << homeLayer.CellShift)
	return fmt.Sprint(math.Floor(x/side), math.Floor(y/side))
}

// scanned is features by looking at every row.
func scanned(homes []home, c Coord) map[string]string {
	f := c.frame()
	found := map[string]string{}
	sums, counts := map[string]sum{}, map[string]uint64{}
	for _, h := range homes {
		p := positionOf(h.at)
		if c.Z < homeLayer.DetailZoom {
			if !c.quad().box().contains(p) {
				continue
			}
			unit := func(v uint32) float64 { return math.Floor(math.Mod(float64(v)/math.Exp2(float64(20-c.Z)), 4096)) }
			cell := cellName(unit(p.x), unit(p.y))
			sums[cell] = sums[cell].plus(sum{uint64(p.x), uint64(p.y)})
			counts[cell]++
			s, n := sums[cell], counts[cell]
			found[cell] = fmt.Sprint(orb.Point{unit(uint32(s.x / n)), unit(uint32(s.y / n))}, map[string]any{"count": n})
			continue
		}
		x, y := f.units(p)
		if !onGrid(x, y) {
			continue
		}
		properties := map[string]any{"id": h.id.String(), "code": h.code}
		if h.name != "" {
			properties["name"] = h.name
		}
		if h.head != "" {
			properties["head"] = h.head
		}
		found[h.id.String()] = fmt.Sprint(orb.Point{float64(x), float64(y)}, properties)
	}
	return found
}

func coordAt(p orb.Point, z int) Coord {
	at := positionOf(p)
	return Coord{z, int(at.x >> (32 - z)), int(at.y >> (32 - z))}
}

// coords are tiles of every zoom in which something may be.
func coords(r *rand.Rand, homes []home, n int) []Coord {
	cs := []Coord{{}}
	for range n {
		cs = append(cs, coordAt(somewhere(r), r.IntN(lintu.MaxZoom+1)))
		if len(homes) > 0 {
			cs = append(cs, coordAt(homes[r.IntN(len(homes))].at, r.IntN(lintu.MaxZoom+1)))
		}
	}
	return cs
}

func TestPointTilesEqualAPlainScan(t *testing.T) {
	for seed, n := range []int{0, 1, 63, 64, 65, blockRows, 3*blockRows + 100, 20_000} {
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		homes := newHomes(r, n)
		p := layerOf(t, homes)
		for _, c := range coords(r, homes, 30) {
			if got, want := features(t, p.appendTile(nil, c, 0)), scanned(homes, c); !reflect.DeepEqual(got, want) {
				t.Fatalf("%d rows, tile %v: %d features, want %d", n, c, len(got), len(want))
			}
		}
	}
}

// Many rows are sorted in several runs, which makes no difference.
func TestRunsAreMerged(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	homes := newHomes(r, 5*blockRows)
	w := newPointsWriter(homeLayer)
	for i := range homes {
		homes[i].take(t, w)
		if r.IntN(1000) == 0 {
			w.endRun()
		}
	}
	if len(w.runs) < 3 {
		t.Fatalf("%d runs", len(w.runs))
	}
	checkSame(t, w.load().(*points), layerOf(t, homes), coords(r, homes, 50))
}

// At every zoom the counts of all tiles add up to the rows: on borders of tiles, at
// the antimeridian, beyond the edge of Web Mercator.
func TestCellsCountEveryRowOnce(t *testing.T) {
	edges := []float64{-180, 180, 0, 90, -90, 112.5, 113.90625, 28.3043806829627, 85.05112877980659, -85.06}
	rapid.Check(t, func(rt *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		lon := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.SampledFrom(edges))
		lat := rapid.OneOf(rapid.Float64Range(-90, 90), rapid.SampledFrom(edges).Filter(func(v float64) bool { return math.Abs(v) <= 90 }))
		homes := make([]home, rapid.IntRange(1, 50).Draw(rt, "homes"))
		for i := range homes {
			homes[i] = newHome(r, orb.Point{lon.Draw(rt, "lon"), lat.Draw(rt, "lat")})
		}
		p := layerOf(t, homes)
		z := rapid.IntRange(0, 4).Draw(rt, "z")
		sum := uint64(0)
		for i := range 1 << (2 * z) {
			layers, err := readTile(p.appendTile(nil, Coord{z, i >> z, i & (1<<z - 1)}, 0))
			if err != nil {
				rt.Fatal(err)
			}
			for _, l := range layers {
				for _, f := range l.features {
					sum += f.properties["count"].(uint64)
				}
			}
		}
		if sum != uint64(len(homes)) {
			rt.Fatalf("zoom %d counts %d of %d rows", z, sum, len(homes))
		}
	})
}

// boxAround has all positions within some units of a place.
func boxAround(p orb.Point, reach uint32) box {
	at := positionOf(p)
	return box{at.x - min(at.x, reach), at.y - min(at.y, reach), at.x + min(math.MaxUint32-at.x, reach), at.y + min(math.MaxUint32-at.y, reach)}
}

// homesAfter changes, moves, removes and adds rows, and says where.
func homesAfter(r *rand.Rand, homes []home, changes int) ([]home, []box) {
	homes = slices.Clone(homes)
	var where []box
	note := func(h *home) {
		where = append(where, boxAround(h.at, uint32(r.IntN(3)*r.IntN(1000))))
	}
	for range changes {
		if len(homes) == 0 || r.IntN(4) == 0 {
			homes = append(homes, newHome(r, somewhere(r)))
			note(&homes[len(homes)-1])
			continue
		}
		i := r.IntN(len(homes))
		h := &homes[i]
		note(h)
		switch r.IntN(3) {
		case 0:
			h.name, h.head = "改名路 007 号", "L新"
		case 1:
			h.at = somewhere(r)
			note(h)
		case 2:
			homes = slices.Delete(homes, i, i+1)
		}
	}
	return homes, where
}

// What a layer shows does not tell whether it followed edits or was loaded anew.
func TestEditsEqualLoadingAnew(t *testing.T) {
	for seed, n := range []int{0, 10, 1000, blockRows + 1, 10_000} {
		r := rand.New(rand.NewPCG(uint64(seed), 2))
		homes := newHomes(r, n)
		w := newPointsWriter(homeLayer)
		for i := range homes {
			homes[i].take(t, w)
		}
		p := w.load().(*points)
		for round := range 12 {
			before, was := p, p.appendTile(nil, Coord{}, 0)
			var where []box
			homes, where = homesAfter(r, homes, []int{1, 5, 3000}[round%3])
			for i := range homes { // also some that lie outside
				if round%2 == 0 || slices.ContainsFunc(where, func(b box) bool { return b.contains(positionOf(homes[i].at)) }) {
					homes[i].take(t, w)
				}
			}
			p = w.replace(p, where).(*points)
			checkSame(t, p, layerOf(t, homes), coords(r, homes, 30))
			if !bytes.Equal(was, before.appendTile(nil, Coord{}, 0)) {
				t.Fatal("an edit has changed the state before it")
			}
		}
	}
}

func checkSame(t *testing.T, p, anew *points, cs []Coord) {
	t.Helper()
	if p.len() != anew.len() {
		t.Fatalf("%d rows, loaded anew %d", p.len(), anew.len())
	}
	for i, b := range p.blocks {
		if n := b.len(); n == 0 || n > blockRows {
			t.Fatalf("block %d has %d rows", i, n)
		}
	}
	for _, c := range cs {
		checkTile(t, p, anew, c)
	}
}

func TestNumbersAreCutAndPutBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.StringMatching(`[0-9a室栋]{0,30}`), rapid.StringMatching(`[^\x00]*`)).Draw(t, "text")
		entry, number := cutNumber(nil, []byte(text))
		if got := appendNumberedValue([]byte("x"), entry, number); !bytes.Equal(got, appendTextValue([]byte("x"), text)) {
			t.Fatalf("%q comes back as %q", text, got[1:])
		}
	})
}

func TestLexiconNumbersDifferentEntries(t *testing.T) {
	var l lexicon
	for range 2 {
		for i := range 10_000 {
			entry := fmt.Appendf(nil, "entry %d", i)
			if n := l.number(entry); n != uint32(i+1) || !bytes.Equal(l.value(n-1), entry) {
				t.Fatalf("%s has number %d", entry, n)
			}
		}
	}
}

func TestMortonCodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := position{rapid.Uint32().Draw(t, "x"), rapid.Uint32().Draw(t, "y")}
		if got := deinterleave(interleave(p)); got != p {
			t.Fatalf("%v comes back as %v", p, got)
		}
		b := box{min(p.x, 7), min(p.y, 9), p.x, p.y}
		s := quadAround(b)
		if !s.box().holds(b) || s.level > 0 && (s.quarter(0).box().holds(b) || s.quarter(3).box().holds(b)) {
			t.Fatalf("%v is not the smallest square around %v", s, b)
		}
	})
}
