package tiles

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"github.com/lintu-map/lintu"
)

// honestLayers are all but cases, which have a test of their own.
var honestLayers = func() (names []string) {
	for _, l := range lintu.Layers {
		if l.Name != lintu.Cases {
			names = append(names, string(l.Name))
		}
	}
	return names
}()

// shownLayer is what a tile shows of a layer.
type shownLayer struct {
	single map[string]geojson.Properties // properties of features that stand for one row, by id
	plain  int                           // of those, how many have no id
	cells  int
	counts int // the sum of the cells'
}

func (s *shownLayer) rows() int { return len(s.single) + s.plain + s.counts }

func (s *shownLayer) features() int { return len(s.single) + s.plain + s.cells }

// shownTile is what a tile shows, by layer, and its notices.
type shownTile struct {
	layers  map[string]*shownLayer
	notices map[string]geojson.Properties
}

func (s *shownTile) layer(name string) *shownLayer {
	if l := s.layers[name]; l != nil {
		return l
	}
	return &shownLayer{}
}

func readShown(t *testing.T, message []byte) *shownTile {
	t.Helper()
	layers, err := mvt.Unmarshal(message) // the database writes its layers in another order
	if err != nil {
		t.Fatal(err)
	}
	s := &shownTile{map[string]*shownLayer{}, map[string]geojson.Properties{}}
	for _, l := range layers {
		shown := &shownLayer{single: map[string]geojson.Properties{}}
		for _, f := range l.Features {
			id, hasID := f.Properties["id"].(string)
			count, counted := f.Properties["count"].(float64)
			switch {
			case l.Name == lintu.ReducedLayer:
				s.notices[f.Properties["layer"].(string)] = f.Properties
			case counted:
				if at := f.Geometry.(orb.Point); at[0] < 0 || at[1] < 0 || at[0] >= tileExtent || at[1] >= tileExtent {
					t.Errorf("a cell of %s is outside of the tile, at %v", l.Name, at)
				}
				shown.cells++
				shown.counts += int(count)
			case hasID:
				shown.single[id] = f.Properties
			default:
				shown.plain++
			}
		}
		if l.Name != lintu.ReducedLayer {
			s.layers[l.Name] = shown
		}
	}
	return s
}

// mirror compares tiles with the database.
type mirror struct {
	*edited
	whole, tight *Server
	seen         map[string]bool // layers that were reduced
}

func (m *mirror) fetch(t *testing.T, s *Server, c Coord) (*shownTile, []byte) {
	t.Helper()
	message := fetchTile(t, s, strings.Join(honestLayers, ","), c)
	return readShown(t, message), message
}

// check compares all that is in the database with what tiles of a zoom show of it.
func (m *mirror) check(t *testing.T, truth map[lintu.Layer]map[string]fact, z int) {
	t.Helper()
	coords := map[Coord]bool{}
	for _, facts := range truth {
		for _, f := range facts {
			coords[Coord{z, int(f.at.x >> (positionBits - z)), int(f.at.y >> (positionBits - z))}] = true
		}
	}
	looked := 0
	for c := range coords {
		if looked++; looked > 25 { // of the closest zooms, some
			break
		}
		whole, _ := m.fetch(t, m.whole, c)
		tight, message := m.fetch(t, m.tight, c)
		if len(whole.notices) > 0 {
			t.Fatalf("%v is reduced: %v", c, whole.notices)
		}
		m.checkNotices(t, c, tight, message)
		for _, l := range lintu.Layers {
			here := map[string]fact{}
			for id, f := range truth[l.Name] {
				if z >= l.MinZoom && c.quad().box().contains(f.at) {
					here[id] = f
				}
			}
			for what, shown := range map[string]*shownTile{"whole": whole, "tight": tight} {
				checkHere(t, fmt.Sprintf("%s %s in %v (%v)", what, l.Name, c, shown.notices[string(l.Name)]), l, here, truth[l.Name], shown, whole)
			}
			held := m.memory.held.Load().layers[l.Name]
			for step := 1; held != nil; step++ {
				if _, ok := l.Reduced(z, step); !ok {
					break
				}
				checkHere(t, fmt.Sprintf("%s in %v at step %d", l.Name, c, step), l, here, truth[l.Name], readShown(t, held.appendTile(nil, c, step)), whole)
			}
		}
	}
}

// checkHere compares what there is in a tile with what that shows.
func checkHere(t *testing.T, what string, l lintu.LayerInfo, here, all map[string]fact, shown, whole *shownTile) {
	t.Helper()
	s := shown.layer(string(l.Name))
	for id := range s.single {
		if _, ok := all[id]; !ok {
			t.Fatalf("%s: there is no %s", what, id)
		}
	}
	switch {
	case l.Shape == lintu.Point:
		n := s.counts
		for id := range s.single {
			if _, ok := here[id]; ok {
				n++
			}
		}
		if n != len(here) {
			t.Fatalf("%s stand for %d of %d", what, n, len(here))
		}
	case l.Kind == lintu.KindArea:
		labels := shown.layer(string(l.Name) + lintu.LabelSuffix)
		if len(labels.single) != len(here) {
			t.Fatalf("%s have %d labels of %d", what, len(labels.single), len(here))
		}
		for id, f := range here {
			p := labels.single[id]
			if s.single[id] == nil || fmt.Sprint(p["households"], p["heads"]) != fmt.Sprint(f.households, f.heads) {
				t.Fatalf("%s: %s has %v, want %v", what, id, p, f)
			}
		}
	default:
		if was := whole.layer(string(l.Name)); s.rows() != was.rows() {
			t.Fatalf("%s stand for %d of %d", what, s.rows(), was.rows())
		}
		for id := range here { // links longer than 2 km are drawn near their ends
			if l.Kind != lintu.KindLink && whole.layer(string(l.Name)).single[id] == nil {
				t.Fatalf("%s: %s is not there", what, id)
			}
		}
	}
}

// checkNotices compares what a tile says of itself with what it shows.
func (m *mirror) checkNotices(t *testing.T, c Coord, tile *shownTile, message []byte) {
	t.Helper()
	last := true // everything is at the last step
	for _, l := range lintu.Layers {
		s, n := tile.layer(string(l.Name)), tile.notices[string(l.Name)]
		step := 0
		if n != nil {
			step = int(n["step"].(float64))
			want := fmt.Sprint(l.Reduction, s.features(), s.rows())
			if got := fmt.Sprint(n["reduction"], n["features"], n["rows"]); got != want {
				t.Fatalf("%s in %v says %s and shows %s", l.Name, c, got, want)
			}
			m.seen[string(l.Name)] = true
		}
		_, more := l.Reduced(c.Z, step+1)
		last = last && (!more || s.features() == 0)
	}
	packed, err := Compress(message, lintu.Gzip)
	if err != nil {
		t.Fatal(err)
	}
	if len(packed) > m.tight.mostBytes && !last {
		t.Fatalf("%v has %d bytes of %d, and could have less: %v", c, len(packed), m.tight.mostBytes, tile.notices)
	}
}

// Whatever is imported, moved, taken back and assigned: at every zoom, tiles stand for
// exactly what is in the database, and say so, whether they are reduced or not.
func TestTilesStandForTheDatabase(t *testing.T) {
	t.Parallel()
	h := newEdited(t, 1)
	m := &mirror{edited: h, whole: New(h.memory, h.reader, 1<<24), seen: map[string]bool{}}
	for round, most := range []int{1, 200, 400, 800, 1500, 3000, 6000, 12000} {
		for range 1 + h.random.IntN(3) {
			h.edit()
		}
		m.tight = New(h.memory, h.reader, 1<<24)
		m.tight.mostBytes = noticeRoom + most
		truth := h.facts()
		for z := range lintu.MaxZoom + 1 {
			if z%2 == round%2 {
				m.check(t, truth, z)
			}
		}
	}
	for _, name := range honestLayers {
		if !m.seen[name] {
			t.Errorf("%s were never reduced", name)
		}
	}
	h.checkAnew(t, m.tight)
}

// checkAnew compares reduced tiles with those of a server that has just begun.
func (h *edited) checkAnew(t *testing.T, s *Server) {
	t.Helper()
	memory := NewMemory(h.reader, h.reader, h.reader, tenant)
	if err := memory.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	anew := New(memory, h.reader, 1<<24)
	for _, most := range []int{300, 3000} {
		s.mostBytes, anew.mostBytes = noticeRoom+most, noticeRoom+most
		s.cache = newCache(1 << 24)
		for z := range lintu.MaxZoom + 1 {
			c := coordAt(corner, z)
			names := strings.Join(honestLayers, ",")
			if !bytes.Equal(fetchTile(t, s, names, c), fetchTile(t, anew, names, c)) {
				t.Errorf("%v differs from that of a server that has just begun", c)
			}
		}
		anew.cache = newCache(1 << 24)
	}
}

func fetchTile(t *testing.T, s *Server, layers string, c Coord) []byte {
	t.Helper()
	return ask(t, s, lintu.TileQuery{Layers: layers, Z: fmt.Sprint(c.Z), X: fmt.Sprint(c.X), Y: fmt.Sprint(c.Y)}).Body
}
