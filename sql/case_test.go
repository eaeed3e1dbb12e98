package sql_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// caseDesk is a town with somebody for every part in a case's life. The leaf category of
// its cases goes to unit U1.
type caseDesk struct {
	routed
	dispatcher, worker, member, checker, viewer *lintu.Viewer
}

// wallCategory is a leaf of the default tree.
const wallCategory = "B0501"

func newCaseDesk(t testing.TB) caseDesk { return caseDeskAt(newPlace(t)) }

func caseDeskAt(p place) caseDesk {
	r := routedAt(p)
	r.rule(1, "", "", "", "U1")
	everywhere := lintu.Scope{Kind: lintu.Everywhere}
	grid := forArea(r.id("area", "G1"))
	return caseDesk{r, r.viewer(lintu.RoleDispatcher, everywhere), r.viewer(lintu.RoleGridWorker, grid),
		r.viewer(lintu.RoleUnitMember, lintu.Scope{Kind: lintu.ForUnit, ID: r.id("unit", "U1")}),
		r.viewer(lintu.RoleChecker, everywhere), r.viewer(lintu.RoleViewer, everywhere)}
}

// pin is a report inside grid G1.
func pin() lintu.NewCase {
	return lintu.NewCase{ID: lintu.NewID(), Category: wallCategory, Place: lintu.Place{Lon: 113.15, Lat: 28.15, Placed: lintu.ByMap},
		At: time.Now(), Note: "围墙倾斜", Source: lintu.FromPatrol}
}

func by(v *lintu.Viewer) lintu.Asker { return lintu.Asker{Viewer: v} }

func (d caseDesk) report(n lintu.NewCase, by lintu.Asker) *lintu.CaseView {
	d.t.Helper()
	c, _, err := d.Report(d.t.Context(), d.tenant, n, by)
	must(d.t, err)
	return c
}

func (d caseDesk) act(id lintu.ID, v *lintu.Viewer, act lintu.Act, with ...func(*lintu.Action)) *lintu.CaseView {
	d.t.Helper()
	c, err := d.tryAct(id, v, act, with...)
	must(d.t, err)
	return c
}

func (d caseDesk) tryAct(id lintu.ID, v *lintu.Viewer, act lintu.Act, with ...func(*lintu.Action)) (*lintu.CaseView, error) {
	a := lintu.Action{ID: lintu.NewID(), Act: act, Note: "已看过"}
	for _, w := range with {
		w(&a)
	}
	return d.Act(d.t.Context(), d.tenant, id, a, by(v))
}

// photo notes an upload of the viewer's.
func (d caseDesk) photo(v *lintu.Viewer) lintu.ID {
	d.t.Helper()
	p := lintu.Photo{ID: lintu.NewID(), SHA256: strings.Repeat("a", 64), Type: "image/jpeg", Bytes: 10, Width: 3, Height: 2}
	must(d.t, d.NotePhoto(d.t.Context(), d.tenant, p, by(v), nil))
	return p.ID
}

func withPhoto(id lintu.ID) func(*lintu.Action) {
	return func(a *lintu.Action) { a.Photos = append(a.Photos, id) }
}

// rebuilt fails if the rows are not what the events add up to.
func (d caseDesk) rebuilt(t interface{ Errorf(string, ...any) }) {
	d.t.Helper()
	_, different, err := d.Rebuild(d.t.Context(), d.tenant, true, func(lintu.Text, int64, int64) {})
	must(d.t, err)
	if different != 0 {
		t.Errorf("%d cases are not what their events add up to", different)
	}
}

// A case goes from its report to the resident's word, and everybody sees of it what
// is theirs to see.
func TestCaseLife(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	c := d.report(pin(), by(d.worker))
	if c.State != lintu.Dispatched || c.Handler == nil || c.Handler.Code != "U1" || len(c.Areas) == 0 || c.Number == "" {
		t.Fatalf("reported: %+v", c.Case)
	}
	d.act(c.ID, d.member, lintu.ActAccept)
	photo := d.photo(d.member)
	d.act(c.ID, d.member, lintu.ActReportDone, withPhoto(photo))
	if _, err := d.tryAct(c.ID, d.member, lintu.ActClose); lintu.CodeOf(err) != lintu.CodeForbidden {
		t.Errorf("closed by who did it: %v", err)
	}
	done := d.act(c.ID, d.checker, lintu.ActClose)
	if done.State != lintu.Closed || done.OnTime == nil || !*done.OnTime {
		t.Errorf("closed: %+v", done.Case)
	}
	must(t, d.CasePhoto(t.Context(), d.viewer, c.ID, photo))
	events, err := d.History(t.Context(), d.viewer, c.ID)
	must(t, err)
	var acts []lintu.Act
	for i, e := range events {
		acts = append(acts, e.Act)
		if e.Seq != i+1 {
			t.Errorf("event %d has seq %d", i+1, e.Seq)
		}
	}
	want := []lintu.Act{lintu.ActReport, lintu.ActVerify, lintu.ActDispatch, lintu.ActAccept, lintu.ActReportDone, lintu.ActClose}
	if !slices.Equal(acts, want) {
		t.Errorf("history %v", acts)
	}
	d.rebuilt(t)
}

// The same report again is answered alike and writes; another one under the same id
// is refused.
func TestReportAgain(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	n := pin()
	first := d.report(n, by(d.worker))
	var wrote string
	xmin := func() (x string) {
		must(t, d.Pool().QueryRow(t.Context(), `SELECT xmin::text FROM case_file WHERE id = $1`, n.ID).Scan(&x))
		return x
	}
	wrote = xmin()
	again := d.report(n, by(d.worker))
	if again.Number != first.Number || again.Seq != first.Seq {
		t.Errorf("answered %s %d, before %s %d", again.Number, again.Seq, first.Number, first.Seq)
	}
	if xmin() == wrote {
		t.Error("the repeated report wrote nothing")
	}
	n.Note = "别的"
	if _, _, err := d.Report(t.Context(), d.tenant, n, by(d.worker)); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("another report under the same id: %v", err)
	}
	n.Note = "围墙倾斜"
	if _, _, err := d.Report(t.Context(), d.tenant, n, by(d.dispatcher)); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("somebody else's report under the same id: %v", err)
	}
	if got := d.strings(`SELECT count(*)::text FROM case_event WHERE act = 'report'`); got[0] != "1" {
		t.Errorf("%s reports", got)
	}
	if got := d.strings(`SELECT count(*)::text FROM change WHERE kind = 'cases'`); got[0] != "1" {
		t.Errorf("%s changes", got)
	}
}

// Of many who report the same thing at once, or act on it, exactly one does.
func TestCasesAtOnce(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	n := pin()
	numbers := make([]string, 12)
	var all sync.WaitGroup
	for i := range numbers {
		all.Go(func() {
			c, _, err := d.Report(t.Context(), d.tenant, n, by(d.worker))
			if err != nil {
				t.Error(err)
				return
			}
			numbers[i] = c.Number
		})
	}
	all.Wait()
	if len(slices.Compact(numbers)) != 1 {
		t.Errorf("numbers %v", numbers)
	}
	a := lintu.Action{ID: lintu.NewID(), Act: lintu.ActAccept}
	seqs := make([]int, 8)
	for i := range seqs {
		all.Go(func() {
			c, err := d.Act(t.Context(), d.tenant, n.ID, a, by(d.member))
			if err != nil {
				t.Error(err)
				return
			}
			seqs[i] = c.Seq
		})
	}
	all.Wait()
	if len(slices.Compact(seqs)) != 1 {
		t.Errorf("seqs %v", seqs)
	}
	accepted := 0
	var mu sync.Mutex
	m := d.report(pin(), by(d.worker))
	for range 8 {
		all.Go(func() {
			_, err := d.tryAct(m.ID, d.member, lintu.ActAccept)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				accepted++
			} else if lintu.CodeOf(err) != lintu.CodeConflict {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if accepted != 1 {
		t.Errorf("accepted %d times", accepted)
	}
	d.rebuilt(t)
}

func (p place) reader() *sql.Reader { return sql.NewReader(p.DB) }

// casesOnMap are the cases of the layer and how much is shown of each.
func (p place) casesOnMap(r *sql.Reader, v *lintu.Viewer) []string {
	p.t.Helper()
	l := layerNamed(lintu.Cases)
	within, err := v.Sees(l)
	if err != nil {
		return nil
	}
	var got []string
	q := lintu.FeatureQuery{Tenant: p.tenant, Layer: l, Within: within}
	must(p.t, r.EachFeature(p.t.Context(), q, func(f lintu.Feature, _ string) error {
		sight := lintu.Whole
		if strings.Contains(string(f.Properties), `"urgency" : null`) {
			sight = lintu.Outline
		}
		got = append(got, fmt.Sprintf("%s %d", f.ID, sight))
		return nil
	}))
	slices.Sort(got)
	if n, err := r.CountFeatures(p.t.Context(), q); err != nil || int(n) != len(got) {
		p.t.Errorf("%d features are counted and %d there: %v", n, len(got), err)
	}
	return got
}
