package sql_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// busy is a town in which things happen to cases at random.
type busy struct {
	caseDesk
	ids     []lintu.ID
	people  []*lintu.Viewer // who act
	viewers []*lintu.Viewer // who look
	clock   time.Time       // of the timers
}

func newBusy(t testing.TB) *busy {
	d := newCaseDesk(t)
	head := d.place.viewer(lintu.RoleNeighborHead, forHead(d.id("head", "N1")))
	public := &lintu.Viewer{Tenant: d.tenant, Public: []lintu.Layer{lintu.Cases}, Name: "visitor"}
	people := []*lintu.Viewer{d.dispatcher, d.worker, d.member, d.checker, head}
	return &busy{d, nil, people, append(slices.Clone(people), d.viewer, public, &lintu.Viewer{Tenant: d.tenant}), time.Now()}
}

// step does something: a report, an act, a change of who may know, or the clocks.
func (b *busy) step(rt *rapid.T) {
	what := rapid.IntRange(0, 9).Draw(rt, "what")
	switch {
	case what < 3 || len(b.ids) == 0:
		n := pin()
		n.Category = rapid.SampledFrom([]string{wallCategory, "B0101", "B0204"}).Draw(rt, "category")
		n.Lon = rapid.SampledFrom([]float64{113.15, 113.45, 113.71, 112}).Draw(rt, "lon")
		n.At = b.clock.Add(-time.Duration(rapid.IntRange(0, 200).Draw(rt, "hours")) * time.Hour)
		b.report(n, by(rapid.SampledFrom(b.people).Draw(rt, "reporter")))
		b.ids = append(b.ids, n.ID)
	case what == 3:
		b.clock = b.clock.Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "later")) * time.Hour)
		_, _, err := b.FireTimers(b.t.Context(), b.tenant, b.clock, 100)
		must(b.t, err)
	case what == 4:
		v := rapid.SampledFrom([]lintu.Visibility{lintu.Public, lintu.Internal, lintu.Restricted}).Draw(rt, "visibility")
		_, err := b.tryAct(rapid.SampledFrom(b.ids).Draw(rt, "of"), b.dispatcher, lintu.ActAmend, func(a *lintu.Action) { a.Visibility = &v })
		b.fine(rt, err)
	default:
		v := rapid.SampledFrom(b.people).Draw(rt, "who")
		c, err := b.Case(b.t.Context(), v, rapid.SampledFrom(b.ids[max(0, len(b.ids)-4):]).Draw(rt, "case"))
		if b.fine(rt, err); err != nil || len(c.Acts) == 0 {
			return
		}
		_, err = b.Act(b.t.Context(), b.tenant, c.ID, drawAction(rt, b.caseDesk, v, rapid.SampledFrom(c.Acts).Draw(rt, "act"), b.ids), by(v))
		b.fine(rt, err)
	}
}

// fine takes what the table forbids for no fault.
func (b *busy) fine(rt *rapid.T, err error) {
	switch lintu.CodeOf(err) {
	case "", lintu.CodeInvalid, lintu.CodeConflict, lintu.CodeForbidden, lintu.CodeNotFound:
	default:
		rt.Fatal(err)
	}
}

// wall is what a client that follows has: the open cases as pins.
type wall struct {
	v      *lintu.Viewer
	cursor string
	pins   map[lintu.ID]lintu.Pin
}

func (b *busy) pinsOf(l *sql.Live, v *lintu.Viewer) wall {
	b.t.Helper()
	pins, cursor, err := l.OpenPins(b.t.Context(), v)
	must(b.t, err)
	w := wall{v, cursor, map[lintu.ID]lintu.Pin{}}
	for _, p := range pins {
		w.pins[p.ID] = p
	}
	return w
}

// follow takes what has changed until that instant.
func (w *wall) follow(rt *rapid.T, l *sql.Live, until string) {
	found, err := l.LiveSince(context.Background(), w.v.Tenant, w.cursor, until)
	if err != nil || found.Reset {
		rt.Fatalf("since %s until %s: %+v, %v", w.cursor, until, found, err)
	}
	w.cursor = found.Cursor
	for _, x := range found.Cases {
		known, ok := w.pins[x.Now.ID]
		if ok && x.Now.Seq < known.Seq {
			rt.Fatalf("case %s goes back from %d to %d", x.Now.ID, known.Seq, x.Now.Seq)
		}
		if was := x.Was != nil && x.Was.Sight(w.v) != lintu.Nothing && x.Was.IsOpen(); was != ok {
			rt.Fatalf("case %s: known %v, was shown %v", x.Now.ID, ok, was)
		}
		delete(w.pins, x.Now.ID)
		sight := x.Now.Sight(w.v)
		if p := x.Pin(); sight == lintu.Whole && x.Now.IsOpen() {
			w.pins[p.ID] = p
		} else if sight == lintu.Outline && x.Now.IsOpen() {
			w.pins[p.ID] = p.Outline()
		}
	}
}

func (w wall) lines() string {
	var lines []string
	for _, p := range w.pins {
		p.ReportedAt, p.Since, p.At = p.ReportedAt.UTC(), p.Since.UTC(), p.At.UTC()
		if p.Due != nil {
			due := p.Due.UTC()
			p.Due = &due
		}
		text, err := json.Marshal(p)
		lines = append(lines, fmt.Sprint(string(text), err))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Who follows the log has what the pins say, whoever it is, from whatever instant to
// whatever later one, while transactions that began earlier are still open.
func TestLiveFollows(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	l := sql.NewLive(b.DB)
	defer l.Close()
	rapid.Check(t, func(rt *rapid.T) {
		var slow []pgx.Tx
		defer func() {
			for _, tx := range slow {
				_ = tx.Rollback(context.Background())
			}
		}()
		var walls []wall
		for _, v := range b.viewers {
			walls = append(walls, b.pinsOf(l, v))
		}
		late := slices.Clone(walls)
		for i := range late {
			late[i].pins = maps.Clone(walls[i].pins)
		}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "import") {
			case 0: // begins, and is the oldest for a while
				tx, err := b.Owner().Begin(t.Context())
				must(t, err)
				_, err = tx.Exec(t.Context(), `INSERT INTO change (tenant_id, kind) VALUES ($1, 'roads')`, b.tenant)
				must(t, err)
				if slow = append(slow, tx); len(slow) > 3 {
					must(t, slow[0].Commit(t.Context()))
					slow = slow[1:]
				}
			default:
				b.step(rt)
			}
			i := rapid.IntRange(0, len(walls)-1).Draw(rt, "wall")
			walls[i].follow(rt, l, "")
			if rapid.Bool().Draw(rt, "halfway") {
				late[i].follow(rt, l, walls[i].cursor)
			}
		}
		for i := range walls {
			walls[i].follow(rt, l, "")
			late[i].follow(rt, l, "")
			want := b.pinsOf(l, walls[i].v)
			if got := walls[i].lines(); got != want.lines() {
				rt.Fatalf("%+v has\n%s\nand not\n%s", walls[i].v, got, want.lines())
			}
			if got := late[i].lines(); got != want.lines() {
				rt.Fatalf("%+v has with other steps\n%s\nand not\n%s", walls[i].v, got, want.lines())
			}
		}
	})
}

// A change is found though its transaction began before others that are known, and
// changes while an older one is open.
func TestLiveDoesNotWait(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	l := sql.NewLive(d.DB)
	defer l.Close()
	start, err := l.LiveNow(t.Context(), d.tenant)
	must(t, err)
	slow, err := d.Owner().Begin(t.Context())
	must(t, err)
	defer slow.Rollback(context.Background())
	_, err = slow.Exec(t.Context(), `INSERT INTO change (tenant_id, kind, new_bounds) VALUES ($1, 'roads', 'BOX(1 2,3 4)')`, d.tenant)
	must(t, err)
	c := d.report(pin(), by(d.dispatcher))
	first, err := l.LiveSince(t.Context(), d.tenant, start, "")
	must(t, err)
	if len(first.Cases) != 1 || first.Cases[0].Now.ID != c.ID || first.Cases[0].Was != nil || len(first.Layers) != 0 {
		t.Errorf("while another runs: %+v", first)
	}
	must(t, slow.Commit(t.Context()))
	second, err := l.LiveSince(t.Context(), d.tenant, first.Cursor, "")
	must(t, err)
	if len(second.Cases) != 0 || len(second.Layers) != 1 || second.Layers[0].Layer != lintu.Roads || *second.Layers[0].BBox != (lintu.BBox{1, 2, 3, 4}) {
		t.Errorf("after it: %+v", second)
	}
	none, err := l.LiveSince(t.Context(), d.tenant, second.Cursor, "")
	must(t, err)
	if len(none.Cases)+len(none.Layers) != 0 {
		t.Errorf("nothing more: %+v", none)
	}
	mustExec(t, d.DB, `INSERT INTO change (tenant_id, kind) VALUES ($1, 'households')`, d.tenant)
	people, err := l.LiveSince(t.Context(), d.tenant, none.Cursor, "")
	must(t, err)
	if len(people.Layers) != 3 || people.Layers[0].BBox != nil {
		t.Errorf("of people: %+v", people.Layers)
	}
}

// Whatever is not a cursor of this database is answered by a reset, and no cursor has
// rows read that are known to it.
func TestLiveCursorsOfStrangers(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	l := sql.NewLive(d.DB)
	defer l.Close()
	now, err := l.LiveNow(t.Context(), d.tenant)
	must(t, err)
	for _, cursor := range []string{"", "x", "1:2", "2:1:", "1:2:2", "0:0:", "9999999999999999999:9999999999999999999:", "99999999999:99999999999:",
		strings.Repeat("9", 5000), "1:9:" + strings.Repeat("2,", 3000) + "3", "1:2:'); --"} {
		for _, life := range []string{"", "@1.5", now[strings.Index(now, "@"):]} {
			found, err := l.LiveSince(t.Context(), d.tenant, cursor+life, "")
			if err != nil || !found.Reset || found.Cursor == "" {
				t.Errorf("%.40q: %+v, %v", cursor+life, found, err)
			}
		}
	}
	mustExec(t, d.DB, `INSERT INTO change (tenant_id, kind) SELECT $1, 'roads' FROM generate_series(1, 20000)`, d.tenant)
	mustExec(t, d.DB, `ANALYZE change`)
	if found, err := l.LiveSince(t.Context(), d.tenant, now, ""); err != nil || !found.Reset {
		t.Errorf("after 20,000 changes: %+v, %v", found, err)
	}
	later, err := l.LiveNow(t.Context(), d.tenant)
	must(t, err)
	xmax, life := strings.Split(later, ":")[1], strings.Split(later, "@")[1]
	mustExec(t, d.DB, `INSERT INTO change (tenant_id, kind) VALUES ($1, 'water')`, d.tenant)
	old := "3:" + xmax + ":" // knows all of the 20,000
	ancient := old + "@" + life
	found, err := l.LiveSince(t.Context(), d.tenant, ancient, "")
	must(t, err)
	if found.Reset || len(found.Layers) != 1 || found.Layers[0].Layer != lintu.Water {
		t.Errorf("since %s: %+v", ancient, found)
	}
	if read := d.rowsRead(sql.LiveChanges, d.tenant, old, nil, 5001, xmax, []string{"3"}, life, nil); read > 10 {
		t.Errorf("%d rows of the log are read for one that is new", read)
	}
}

// rowsRead is how many rows of the change log a statement reads.
func (p place) rowsRead(statement string, args ...any) (n int) {
	p.t.Helper()
	var plan []byte
	must(p.t, p.Owner().QueryRow(p.t.Context(), `EXPLAIN (ANALYZE, FORMAT JSON) `+statement, args...).Scan(&plan))
	var doc any
	must(p.t, json.Unmarshal(plan, &doc))
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case []any:
			for _, y := range x {
				walk(y)
			}
		case map[string]any:
			if x["Relation Name"] == "change" {
				removed, _ := x["Rows Removed by Filter"].(float64)
				n += int(x["Actual Rows"].(float64) + removed)
			}
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(doc)
	return n
}

// The listening connection is cut again and again while reports are stored: who
// follows has them all, each once.
func TestLiveSurvivesCuts(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	l := sql.NewLive(d.DB)
	defer l.Close()
	cursor, err := l.LiveNow(t.Context(), d.tenant)
	must(t, err)
	const reports = 60
	stored := make(chan lintu.ID, reports)
	go func() {
		defer close(stored)
		for i := range reports {
			if i%10 == 5 {
				if _, err := d.Owner().Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
					WHERE application_name LIKE '% live' AND datname = current_database()`); err != nil {
					t.Error(err)
				}
			}
			c, _, err := d.Report(t.Context(), d.tenant, pin(), by(d.dispatcher))
			if err != nil {
				t.Error(err)
				return
			}
			stored <- c.ID
		}
	}()
	told := map[lintu.ID]int{}
	for len(told) < reports {
		l.Wake(t.Context())
		found, err := l.LiveSince(t.Context(), d.tenant, cursor, "")
		must(t, err)
		cursor = found.Cursor
		for _, x := range found.Cases {
			told[x.Now.ID]++
		}
	}
	for id := range stored {
		if told[id] != 1 {
			t.Errorf("%s is told %d times", id, told[id])
		}
	}
}
