package sql_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// Whatever is done to cases through the store, their rows are what their events add
// up to, byte for byte and column by column; and a rebuild restores rows that are not.
func TestRebuild(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	head := d.place.viewer(lintu.RoleNeighborHead, forHead(d.id("head", "N1")))
	people := []*lintu.Viewer{d.dispatcher, d.worker, d.member, d.checker, head}
	var ids []lintu.ID
	done := map[lintu.Act]int{}
	rapid.Check(t, func(rt *rapid.T) {
		n := pin()
		n.Category = rapid.SampledFrom([]string{wallCategory, "B0101", "B0204"}).Draw(rt, "category")
		n.Source = rapid.SampledFrom([]lintu.Source{lintu.FromPatrol, lintu.FromHotline}).Draw(rt, "source")
		n.At = time.Now().Add(-time.Duration(rapid.IntRange(0, 200).Draw(rt, "hours")) * time.Hour)
		n.Accuracy = float64(rapid.IntRange(0, 50).Draw(rt, "accuracy"))
		d.report(n, by(rapid.SampledFrom(people).Draw(rt, "reporter")))
		ids = append(ids, n.ID)
		for range rapid.IntRange(0, 10).Draw(rt, "acts") {
			id, v := rapid.SampledFrom(ids[max(0, len(ids)-3):]).Draw(rt, "case"), rapid.SampledFrom(people).Draw(rt, "who")
			c, err := d.Case(t.Context(), v, id)
			if lintu.CodeOf(err) == lintu.CodeNotFound {
				continue
			}
			must(t, err)
			if len(c.Acts) == 0 {
				continue
			}
			act := rapid.SampledFrom(c.Acts).Draw(rt, "act")
			_, err = d.Act(t.Context(), d.tenant, id, drawAction(rt, d, v, act, ids), by(v))
			switch lintu.CodeOf(err) {
			case "":
				done[act]++
			case lintu.CodeInvalid, lintu.CodeConflict, lintu.CodeForbidden, lintu.CodeNotFound:
			default:
				rt.Fatalf("%s: %v", act, err)
			}
		}
		d.rebuilt(rt)
	})
	t.Logf("done: %v", done)
	if len(done) < 12 {
		t.Errorf("only %d different acts were done: %v", len(done), done)
	}
	d.sound()
	before := d.rows()
	mustExec(t, d.DB, `UPDATE case_file SET state = 'filed', due_at = NULL, area_ids = '{}', doc = doc - 'note', geom = ST_SetSRID(ST_Point(1, 1), 4326), satisfaction = 3`)
	mustExec(t, d.DB, `DELETE FROM case_timer`)
	progress := func(lintu.Text, int64, int64) {}
	cases, different, err := d.Rebuild(t.Context(), d.tenant, true, progress)
	if err != nil || int(different) != len(ids) || int(cases) != len(ids) {
		t.Errorf("dry: %d of %d different: %v", different, cases, err)
	}
	_, _, err = d.Rebuild(t.Context(), d.tenant, false, progress)
	must(t, err)
	if after := d.rows(); !slices.Equal(after, before) {
		t.Error("the rebuild restored other rows")
	}
}

// rows are all rows that a rebuild makes.
func (d caseDesk) rows() []string {
	return d.strings(`SELECT c::text FROM case_file c UNION ALL SELECT t::text FROM case_timer t ORDER BY 1`)
}

// drawAction tells an act what it needs, mostly.
func drawAction(rt *rapid.T, d caseDesk, v *lintu.Viewer, act lintu.Act, ids []lintu.ID) lintu.Action {
	a := lintu.Action{ID: lintu.NewID(), Act: act, Note: "已看过", Outcome: lintu.Agreed, Satisfaction: 4, Link: lintu.CausedBy}
	yes, phase, urgency := rapid.Bool().Draw(rt, "yes"), 0, lintu.Worrying
	until := time.Now().AddDate(0, 0, rapid.IntRange(1, 90).Draw(rt, "until"))
	other := rapid.SampledFrom(ids).Draw(rt, "other")
	a.Yes, a.Phase, a.Urgency, a.Until, a.Case = &yes, &phase, &urgency, &until, &other
	a.Handler = &lintu.Handler{Kind: lintu.UnitHandles, Code: rapid.SampledFrom([]string{"U1", "U2", "U9"}).Draw(rt, "unit")}
	a.Place = &lintu.Place{Lon: rapid.Float64Range(113.05, 113.9).Draw(rt, "lon"), Lat: 28.15, Placed: lintu.ByMap}
	a.Phases = []lintu.Phase{{Title: "勘查", Unit: &lintu.Handler{Kind: lintu.UnitHandles, Code: "U2"}}, {Title: "修缮"}}
	if act == lintu.ActReportDone {
		a.Photos = []lintu.ID{d.photo(v)}
	}
	return a
}
