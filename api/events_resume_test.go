package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// follower is a client that loses its stream now and then.
type follower struct {
	b    *bundle
	who  someone
	l    *listening
	last string           // id up to which it has everything
	pins map[lintu.ID]int // open cases that it knows, by their seq
	half map[string]bool  // what it was told since last
	old  map[string]bool  // what it was told like that before the stream broke, and may be told again
}

func (b *bundle) follower(who someone) *follower {
	b.t.Helper()
	f := &follower{b: b, who: who, pins: map[lintu.ID]int{}}
	f.load()
	return f
}

// load begins anew.
func (f *follower) load() {
	pins, cursor := f.b.pins(f.who)
	f.pins, f.last, f.half, f.old = pins, cursor, map[string]bool{}, map[string]bool{}
	f.l = f.b.listen("/api/v1/events?after="+cursor, "Cookie", f.who.cookie)
}

// pins asks what is open.
func (b *bundle) pins(who someone) (map[lintu.ID]int, string) {
	b.t.Helper()
	var doc struct {
		Pins   []lintu.Pin
		Cursor string
	}
	b.get("/api/v1/pins", "Cookie", who.cookie).json(b.t, &doc)
	known := map[lintu.ID]int{}
	for _, p := range doc.Pins {
		known[p.ID] = p.Seq
	}
	return known, doc.Cursor
}

// take takes one event.
func (f *follower) take(rt *rapid.T) (id lintu.ID) {
	e := f.l.next()
	var p lintu.Pin
	if err := json.Unmarshal([]byte(e.Data), &p); err != nil {
		rt.Fatalf("%+v: %v", e, err)
	}
	told := fmt.Sprintf("%s %s %d", e.Name, p.ID, p.Seq)
	if known, ok := f.pins[p.ID]; ok && p.Seq <= known && !f.old[told] {
		rt.Fatalf("%s is told again; %d is known", told, known)
	}
	switch {
	case e.Name == "gone", e.Name == "case" && !slices.Contains(lintu.OpenStates, p.State):
		delete(f.pins, p.ID)
	case e.Name == "case":
		f.pins[p.ID] = p.Seq
	default:
		rt.Fatalf("told %+v", e)
	}
	if f.half[told] = true; e.ID != f.last {
		f.last, f.half, f.old = e.ID, map[string]bool{}, map[string]bool{}
	}
	return p.ID
}

// breaks loses the stream, with what has come and was not taken, and opens another.
func (f *follower) breaks() {
	f.l.close()
	maps.Copy(f.old, f.half)
	f.l = f.b.listen("/api/v1/events", "Cookie", f.who.cookie, "Last-Event-ID", f.last)
}

// Streams that break at any time, with events on their way, lose nothing and tell
// nothing twice but the moment at which they broke.
func TestEventsLoseNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	boss := b.someone("boss", "dispatcher everywhere")
	followers := []*follower{b.follower(b.someone("wall", "viewer everywhere")), b.follower(b.someone("near", "grid_worker grids/W000"))}
	var cases []*lintu.CaseView
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			f := rapid.SampledFrom(followers).Draw(rt, "follower")
			switch what := rapid.IntRange(0, 5).Draw(rt, "what"); {
			case what == 0 || len(cases) == 0:
				cases = append(cases, b.report(boss, rapid.SampledFrom([]lintu.Place{inW000, inW009}).Draw(rt, "at")))
			case what == 1:
				f.breaks()
			case what == 2:
				v := rapid.SampledFrom([]lintu.Visibility{lintu.Internal, lintu.Restricted}).Draw(rt, "visibility")
				b.act(boss, rapid.SampledFrom(cases).Draw(rt, "case"), lintu.ActAmend, visible(v))
			default:
				b.act(boss, rapid.SampledFrom(cases).Draw(rt, "case"), lintu.ActSupervise)
			}
		}
		marker := b.report(boss, inW000)
		cases = append(cases, marker)[max(0, len(cases)-5):]
		for _, f := range followers {
			for f.take(rt) != marker.ID {
			}
			if want, _ := b.pins(f.who); !maps.Equal(f.pins, want) {
				// The answer may be up to a second old.
				if want, _ = b.freshPins(f.who, marker.ID); !maps.Equal(f.pins, want) {
					rt.Fatalf("%s knows %v, open are %v", f.who.login, f.pins, want)
				}
			}
		}
	})
}

// freshPins asks until the case is among them.
func (b *bundle) freshPins(who someone, id lintu.ID) (pins map[lintu.ID]int, cursor string) {
	b.t.Helper()
	b.until("the pins are made anew", func() bool {
		pins, cursor = b.pins(who)
		_, ok := pins[id]
		return ok
	})
	return pins, cursor
}

// The listening connection is cut again and again; every stream is told everything.
func TestEventsSurviveCutListening(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	boss := b.someone("boss", "dispatcher everywhere")
	l := b.listen("/api/v1/events", "Cookie", boss.cookie)
	told := map[lintu.ID]bool{}
	for range 20 {
		b.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '% live' AND datname = current_database()`)
		c := b.report(boss, inW000)
		told[c.ID] = true
		if p := l.pin(); !told[p.ID] || p.ID != c.ID {
			t.Fatalf("%s is told and not %s", p.ID, c.ID)
		}
	}
	if log := b.log.String(); bytes.Contains([]byte(log), []byte("level=ERROR")) {
		t.Error(log)
	}
}
