package tiles

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

var dispatcher = &lintu.Viewer{Tenant: tenant, Account: lintu.NewID(), Public: lintu.PublicByDefault(),
	Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}

// queryAt asks for the tile of some layers in which a place lies.
func queryAt(layers string, lon, lat float64, z int) lintu.TileQuery {
	c := tileAt(orb.Point{lon, lat}, z)
	return lintu.TileQuery{Layers: layers, Z: strconv.Itoa(z), X: strconv.Itoa(c.X), Y: strconv.Itoa(c.Y)}
}

// atH11 and atH21 are tiles with one household each, of the hamlet.
var atH11, atH21 = queryAt("households,heads", 113.6013, 28.101, 18), queryAt("households,heads", 113.6023, 28.101, 18)

func ask(t testing.TB, s *Server, q lintu.TileQuery) lintu.Tile {
	t.Helper()
	tile, err := s.Tile(t.Context(), dispatcher, q)
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

// rename changes what the tile of a household shows.
func rename(t testing.TB, db *sql.DB, code, name string) {
	t.Helper()
	_, err := db.Owner().Exec(t.Context(), `WITH done AS (UPDATE household SET version = version + 1, valid = tstzrange(clock_timestamp(), NULL), name = $2 WHERE code = $1 RETURNING id, geom)
		INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds) SELECT 430181, 'households', id, box2d(geom), box2d(geom) FROM done`, code, name)
	if err != nil {
		t.Fatal(err)
	}
}

// An edit makes the tiles that show it be drawn again, and no others.
func TestEditElsewhereKeepsTiles(t *testing.T) {
	t.Parallel()
	db, s := setup(t)
	here, there := atH11, atH21
	here.Coding, there.Coding = lintu.Gzip, lintu.Gzip
	hereBefore, thereBefore := ask(t, s, here), ask(t, s, there)
	rename(t, db, "H11", "新街 1 号")
	if after := ask(t, s, here); after.Tag == hereBefore.Tag || bytes.Equal(after.Body, hereBefore.Body) {
		t.Error("the tile of the edit is stale")
	}
	if !shared(ask(t, s, there), thereBefore) {
		t.Error("a tile beside the edit is drawn again")
	}
}

// The tag is that of what is shown, whoever serves it and whatever was before.
func TestTagIsOfTheData(t *testing.T) {
	t.Parallel()
	db, s := setup(t)
	r := sql.NewReader(db)
	first := ask(t, s, atH11)
	rename(t, db, "H11", "x")
	rename(t, db, "H21", "y")
	for _, q := range []lintu.TileQuery{atH11, atH21, queryAt("grids,links,households", 113.6013, 28.101, 15)} {
		m := NewMemory(r, r, r, tenant)
		if err := m.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		followed, anew := ask(t, s, q), ask(t, New(m, r, 1<<20), q)
		if followed.Tag != anew.Tag || !bytes.Equal(followed.Body, anew.Body) || followed.Tag == first.Tag || len(followed.Body) == 0 {
			t.Errorf("%s %s/%s/%s: %s and %d bytes, and of a new server %s and %d bytes", q.Layers, q.Z, q.X, q.Y, followed.Tag, len(followed.Body), anew.Tag, len(anew.Body))
		}
	}
}

// Who has a tile is told so without its being drawn.
func TestTagNeedsNoDrawing(t *testing.T) {
	t.Parallel()
	db, s := setup(t)
	tag := ask(t, s, atH11).Tag
	r := sql.NewReader(db)
	m := NewMemory(r, r, r, tenant)
	if err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := New(m, r, 1<<20) // as after a restart
	q := atH11
	q.Has = func(offered string) bool { return offered == tag }
	if got := ask(t, other, q); !got.Had || got.Tag != tag || len(got.Body) > 0 {
		t.Errorf("who has %s gets %+v", tag, got)
	}
	for el := other.cache.order.Front(); el != nil; el = el.Next() {
		if b, drawn := el.Value.(*entry).body(lintu.Plain); drawn {
			t.Errorf("%d bytes were drawn", len(b))
		}
	}
	q.Has = func(string) bool { return false }
	if got := ask(t, other, q); got.Had || !bytes.Equal(got.Body, ask(t, s, atH11).Body) {
		t.Errorf("who has another gets %+v", got)
	}
}

// Whoever asks at once for a cold tile, in whatever coding, gets one drawing of it,
// compressed once.
func TestManyAskForOneColdTile(t *testing.T) {
	t.Parallel()
	_, s := setup(t)
	var wg sync.WaitGroup
	answers := make([]lintu.Tile, 64)
	for i := range answers {
		wg.Go(func() {
			q := queryAt("grids,households,heads,links", 113.6013, 28.101, 15)
			q.Coding = lintu.Coding(i % lintu.Codings)
			answers[i] = ask(t, s, q)
		})
	}
	wg.Wait()
	want := unpacked(t, answers[0].Body, lintu.Plain)
	for i, a := range answers {
		c := lintu.Coding(i % lintu.Codings)
		if !shared(a, answers[c]) {
			t.Errorf("coding %d was made twice", c)
		}
		if !bytes.Equal(unpacked(t, a.Body, c), want) {
			t.Errorf("coding %d holds something else", c)
		}
	}
}

// A tile that is ready costs no memory, for visitors and for who has signed in.
func TestHitAllocatesNothing(t *testing.T) {
	_, s := setup(t)
	for name, c := range map[string]struct {
		v      *lintu.Viewer
		layers string
	}{
		"visitor":    {&lintu.Viewer{Tenant: tenant, Public: lintu.PublicByDefault()}, "communities,grids,roads"},
		"dispatcher": {dispatcher, "communities,grids,households,heads"},
	} {
		for coding := range lintu.Coding(lintu.Codings) {
			q := queryAt(c.layers, 113.6013, 28.101, 15)
			q.Coding = coding
			get := func() {
				if _, err := s.Tile(t.Context(), c.v, q); err != nil {
					t.Fatal(err)
				}
			}
			get()
			if n := testing.AllocsPerRun(1000, get); n > 0 { // a look at the log, once in a while, counts for less than one
				t.Errorf("%s, coding %d: %v allocations", name, coding, n)
			}
		}
	}
}

func BenchmarkHit(b *testing.B) {
	_, s := setup(b)
	for _, layers := range []string{"grids", "communities,grids,households,heads"} {
		q := queryAt(layers, 113.6013, 28.101, 15)
		q.Coding = lintu.Gzip
		b.Run(fmt.Sprint(layers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Tile(b.Context(), dispatcher, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
