package tiles

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// checkTile compares a tile of a layer with that of one loaded anew.
func checkTile(t *testing.T, held, anew heldLayer, c Coord) []byte {
	t.Helper()
	got := held.appendTile(nil, c, 0)
	digest := held.digest(c)
	if !bytes.Equal(everyStep(held, c), everyStep(anew, c)) {
		t.Fatalf("tile %v differs from that of a layer loaded anew", c)
	}
	if digest != anew.digest(c) {
		t.Fatalf("the digest of tile %v differs from that of a layer loaded anew", c)
	}
	if digest == 0 && len(got) > 0 {
		t.Fatalf("tile %v shows something and has no digest", c)
	}
	return got
}

// everyStep is a tile at each step of its layer's reduction.
func everyStep(held heldLayer, c Coord) []byte {
	var all []byte
	for step := range 8 {
		all = held.appendTile(all, c, step)
	}
	return all
}

// history is what digests stood for, by tile.
type history struct {
	tiles  map[Coord]map[uint64][]byte
	before map[Coord]uint64
	again  int // how often a digest came back after another
}

func newHistory() *history {
	return &history{tiles: map[Coord]map[uint64][]byte{}, before: map[Coord]uint64{}}
}

// note checks that a digest stands for the same bytes as ever.
func (h *history) note(t *testing.T, c Coord, digest uint64, tile []byte) {
	t.Helper()
	if h.tiles[c] == nil {
		h.tiles[c] = map[uint64][]byte{}
	}
	was, known := h.tiles[c][digest]
	if known && !bytes.Equal(was, tile) {
		t.Fatalf("tile %v: one digest for two tiles", c)
	}
	if known && digest != h.before[c] {
		h.again++
	}
	h.tiles[c][digest], h.before[c] = tile, digest
}

// check fails if the history proves little.
func (h *history) check(t *testing.T) {
	t.Helper()
	digests := 0
	for _, byDigest := range h.tiles {
		digests += len(byDigest)
	}
	t.Logf("%d tiles, %d digests, %d came back", len(h.tiles), digests, h.again)
	if digests < 10*len(h.tiles) || h.again < 50 {
		t.Error("the tiles changed too little")
	}
}

// Whatever the edits, a digest stands for the same bytes, followed or loaded anew,
// and a row that changes where it is drawn changes it.
func TestDigestOfPoints(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 8))
	all := newHomes(r, 3000)
	for i := range 12 { // a few that change, in few places
		all[i] = newHome(r, orb.Point{113.55 + 0.0002*float64(i%3), 28.15})
	}
	shown := make([]bool, len(all))
	w := newPointsWriter(homeLayer)
	held, h := w.load(), newHistory()
	at := coordAt(all[0].at, 18)
	for round := range 120 {
		i := r.IntN(12)
		f := &all[i]
		where := []box{boxAround(f.at, 0)}
		was := held.digest(at)
		switch {
		case round == 0: // all come
			where = []box{everywhere}
			for i := range shown {
				shown[i] = true
			}
		case r.IntN(3) == 0:
			shown[i] = !shown[i]
		case r.IntN(2) == 0:
			f.name = []string{"一栋", "二栋", ""}[r.IntN(3)]
		default:
			f.at[0] = 113.55 + 0.0002*float64(r.IntN(3))
			where = append(where, boxAround(f.at, 0))
		}
		anew := newPointsWriter(homeLayer)
		for _, i := range r.Perm(len(all)) {
			if shown[i] {
				all[i].take(t, w)
				all[i].take(t, anew)
			}
		}
		before := held.appendTile(nil, at, 0)
		held = w.replace(held, where)
		if same := bytes.Equal(before, held.appendTile(nil, at, 0)); same != (was == held.digest(at)) {
			t.Fatalf("round %d: the same bytes: %v, and digests %x and %x", round, same, was, held.digest(at))
		}
		fresh := anew.load()
		for z := range lintu.MaxZoom + 1 {
			for _, p := range []orb.Point{{113.55, 28.15}, {113.5502, 28.15}, {113.5504, 28.15}} {
				c := coordAt(p, z)
				checkTile(t, held, fresh, c)
				h.note(t, c, held.digest(c), everyStep(held, c))
			}
		}
	}
	h.check(t)
}

// Below the detail zoom only places count.
func TestDigestOfCountsKnowsPlacesOnly(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	homes := newHomes(r, 500)
	before := layerOf(t, homes)
	for i := range homes {
		homes[i].name = "改名路"
	}
	renamed := layerOf(t, homes)
	homes[7].at[0] += 0.001
	moved := layerOf(t, homes)
	detail, above := coordAt(homes[7].at, homeLayer.DetailZoom), coordAt(homes[7].at, homeLayer.DetailZoom-1)
	if before.digest(above) != renamed.digest(above) || before.digest(detail) == renamed.digest(detail) {
		t.Error("a name matters in counts, or does not in rows")
	}
	if renamed.digest(above) == moved.digest(above) {
		t.Error("a place does not matter in counts")
	}
}

// Values and rows do not run into one another.
func TestMarksTellValuesApart(t *testing.T) {
	fields := []lintu.Field{{Type: lintu.String}, {Type: lintu.String}, {Type: lintu.Integer}}
	text := func(s string) lintu.Value { return lintu.Value{Text: []byte(s)} }
	null, number := lintu.Value{Null: true}, func(n int64) lintu.Value { return lintu.Value{Number: n} }
	seen := map[string]string{}
	for _, values := range [][]lintu.Value{
		{text("ab"), text("c"), number(1)}, {text("a"), text("bc"), number(1)}, {text("abc"), text(""), number(1)},
		{text("abc"), null, number(1)}, {null, text("abc"), number(1)}, {text(""), text("abc"), number(1)},
		{null, null, number(0)}, {null, null, null}, {text(""), null, null}, {null, text(""), null}, {text("\x00"), null, null},
	} {
		name := fmt.Sprint(values)
		key := string(appendRow(nil, fields, lintu.ID{1}, 2, values))
		if other, known := seen[key]; known {
			t.Errorf("%s reads as %s", name, other)
		}
		seen[key] = name
	}
}

// Whatever becomes of plots and their neighbours, a digest stands for the same bytes,
// and what is far away does not change it.
func TestDigestOfPolygons(t *testing.T) {
	l, _ := lintu.LayerByName(lintu.Grids)
	l.MinZoom = 0
	const side = 6
	r := rand.New(rand.NewPCG(1, 10))
	var plots []plot
	for i := range side * side {
		plots = append(plots, plot{id: lintu.NewID(), x: i % side, y: i / side, name: "格"})
	}
	w := newKeeper(l)
	held, h := w.load(), newHistory()
	view := func(f *plot) Coord {
		return coordAt(orb.Point{113.5 + plotSide*(float64(f.x)+0.6), 28.1 + plotSide*(float64(f.y)+0.6)}, lintu.MaxZoom)
	}
	for round := range 200 {
		f := &plots[r.IntN(len(plots)/2)]
		where := []box{f.bounds()}
		switch r.IntN(4) {
		case 0:
			f.absent = !f.absent
		case 1:
			f.name = []string{"格", "网格"}[r.IntN(2)]
		default:
			f.bent = !f.bent
		}
		if where = append(where, f.bounds()); round == 0 {
			where = []box{everywhere}
		}
		anew := newKeeper(l)
		for _, i := range r.Perm(len(plots)) {
			if !plots[i].absent {
				plots[i].take(t, w)
				plots[i].take(t, anew)
			}
		}
		was := held
		held = w.replace(held, where)
		fresh := anew.load()
		for i := range plots {
			g := &plots[i]
			c := view(g)
			checkTile(t, held, fresh, c)
			h.note(t, c, held.digest(c), everyStep(held, c))
			if far := max(g.x-f.x, f.x-g.x, g.y-f.y, f.y-g.y) > 2; round > 0 && far && was.digest(c) != held.digest(c) {
				t.Fatalf("round %d: a change of plot %d, %d changes the digest of tile %v", round, f.x, f.y, c)
			}
		}
		for z := range lintu.MaxZoom + 1 {
			c := coordAt(orb.Point{113.503, 28.103}, z)
			checkTile(t, held, fresh, c)
			h.note(t, c, held.digest(c), everyStep(held, c))
		}
	}
	h.check(t)
}
