package tiles

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// matter is a case on the map: its number and its due time never come back.
type matter struct {
	id     lintu.ID
	number int
	at     orb.Point
	where  box
	state  string
}

func (m *matter) take(t *testing.T, w layerKeeper) {
	t.Helper()
	g, err := geo.AppendEWKB(nil, m.at)
	if err != nil {
		t.Fatal(err)
	}
	due := time.Date(2026, 1, 1, 0, 7*m.number, m.number%60, 0, time.UTC).Format(time.RFC3339)
	row := lintu.LayerRow{ID: m.id, Geometry: g, Values: []lintu.Value{
		{Text: fmt.Appendf(nil, "%d%04d", 20260101+m.number/40, m.number%40)}, {Text: []byte("路灯")}, {Text: []byte(m.state)}, {Null: m.number%3 == 0, Text: []byte("急")},
		{Null: m.number%7 == 0, Text: []byte(due)}}}
	if err := w.take(&row); err != nil {
		t.Fatal(err)
	}
}

// Cases come and go for years, and what is kept of their numbers and times stays in
// proportion to those that are open. That nobody takes up a state that was made, as
// after a step that failed, does no harm.
func TestLexiconsForgetWhatIsGone(t *testing.T) {
	l, _ := lintu.LayerByName(lintu.Cases)
	r := rand.New(rand.NewPCG(1, 15))
	const open, most = 300, 2*2*300 + 2*300 + fewEntries // of numbers and times: in use, twice, and a few
	var matters []matter
	w := newPointsWriter(l)
	held := w.load()
	renewed, last, size := 0, w.lexicons, 0
	for number := range 18_000 {
		at := orb.Point{113.5 + 0.1*r.Float64(), 28.1 + 0.1*r.Float64()}
		m := matter{lintu.NewID(), number, at, boxAround(at, 0), "派遣"}
		matters = append(matters, m)
		where := []box{m.where}
		if len(matters) > open {
			where = append(where, matters[0].where)
			matters = matters[1:]
		}
		for i := range matters {
			if slices.ContainsFunc(where, matters[i].where.meets) {
				matters[i].take(t, w)
			}
		}
		next := w.replace(held, where)
		if w.lexicons != last {
			last = w.lexicons
			renewed++
			size = max(size, next.size())
			if renewed%2 == 0 { // it was not taken up, and is made again
				m.take(t, w)
				next = w.replace(held, where)
			}
		}
		held = next
		if n := w.lexicons.entries(); n > most {
			t.Fatalf("%d entries for %d cases", n, len(matters))
		}
		if number%500 == 0 || number > 17_990 {
			anew := newPointsWriter(l)
			for i := range matters {
				matters[i].take(t, anew)
			}
			fresh := anew.load()
			for _, z := range []int{10, 13, 15} {
				checkTile(t, held, fresh, coordAt(m.at, z))
			}
		}
	}
	if t.Logf("renewed %d times, %d bytes", renewed, size); renewed < 3 {
		t.Errorf("the lexicons were renewed %d times only", renewed)
	}
}

// Shapes share the rule, and the state before keeps its words.
func TestLexiconsOfShapesForgetWhatIsGone(t *testing.T) {
	l, _ := lintu.LayerByName(lintu.Grids)
	w := newKeeper(l).(*shapesWriter)
	var plots []plot
	for i := range 100 {
		plots = append(plots, plot{id: lintu.NewID(), x: i % 10, y: i / 10})
	}
	view := coordAt(orb.Point{113.505, 28.105}, 14)
	held, last, renewed := w.load(), w.lexicons, 0
	for round := range 200 {
		anew := newKeeper(l)
		for i := range plots {
			plots[i].name = fmt.Sprintf("网格%c%d号", rune('一'+round*100+i), round)
			plots[i].absent = (i+round)%9 == 0
			if !plots[i].absent {
				plots[i].take(t, w)
				plots[i].take(t, anew)
			}
		}
		before, was := held, held.appendTile(nil, view, 0)
		held = w.replace(held, []box{everywhere})
		if w.lexicons != last {
			last = w.lexicons
			renewed++
		}
		checkTile(t, held, anew.load(), view)
		if !bytes.Equal(was, before.appendTile(nil, view, 0)) {
			t.Fatal("an edit has changed the state before it")
		}
		if n := w.lexicons.entries(); n > 2*400+200+fewEntries {
			t.Fatalf("%d entries for 100 grids", n)
		}
	}
	if renewed < 3 {
		t.Errorf("the lexicons were renewed %d times only", renewed)
	}
}
