package sql_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// placed lets the system place cases anew until there is nothing more to do at once.
func (p place) placed(max int) {
	p.t.Helper()
	for more := true; more; {
		var err error
		_, more, err = p.PlaceCases(p.t.Context(), p.tenant, time.Now(), max)
		must(p.t, err)
	}
}

// allPlaced does so until no change of areas is left to be followed: other transactions
// of the server have to end for that.
func (p place) allPlaced() {
	p.t.Helper()
	for left := true; left; {
		p.placed(500)
		must(p.t, p.Owner().QueryRow(p.t.Context(), `SELECT EXISTS (SELECT FROM area_change) FROM pg_sleep(0.01)`).Scan(&left))
	}
}

// areaCodes are the codes of the areas that the case is in.
func (d caseDesk) areaCodes(id lintu.ID) (codes []string) {
	d.t.Helper()
	c, err := d.Case(d.t.Context(), d.dispatcher, id)
	must(d.t, err)
	for _, a := range c.Areas {
		codes = append(codes, a.Code)
	}
	return codes
}

// newCommunity replaces the community of the pins by another one of the same shape.
func newCommunity() part {
	return part{lintu.Communities, true, []lintu.Row{row(1, rect(113, 28, 113.5, 29), "430181001011", "新社区", ""),
		row(2, rect(113.5, 28, 114, 29), "430181001002", "唐家洲社区", "")}}
}

var (
	inOld = []string{"430181001000", "430181001001", "G1"}
	inNew = []string{"430181001000", "430181001011", "G1"}
)

// When a community is replaced, open cases go over to the new one, and with them who
// sees them; what happened stays. Undone, they come back. What was over keeps what it
// fell in, and follows when it is opened again.
func TestCasesFollowTheirAreas(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	open, over, far := pin(), pin(), pin()
	far.Lon = 113.71
	for _, n := range []lintu.NewCase{open, over, far} {
		d.report(n, by(d.dispatcher))
	}
	d.act(over.ID, d.member, lintu.ActReturn)
	d.act(over.ID, d.dispatcher, lintu.ActDecline)
	b, _ := d.apply(newCommunity())
	old := d.place.viewer(lintu.RoleDispatcher, forArea(d.id("area", "430181001001")))
	local := d.place.viewer(lintu.RoleDispatcher, forArea(d.id("area", "430181001011")))
	before, err := d.History(t.Context(), d.dispatcher, open.ID)
	must(t, err)
	equal(t, "before it is placed anew", d.areaCodes(open.ID), inOld)
	d.placed(1)
	equal(t, "in the new community", d.areaCodes(open.ID), inNew)
	equal(t, "over", d.areaCodes(over.ID), inOld)
	events, err := d.History(t.Context(), local, open.ID)
	must(t, err)
	last := events[len(events)-1]
	if len(events) != len(before)+1 || last.Act != lintu.ActPlace || last.By != "system" || last.Set.Areas == nil || last.Set.Handler != nil || last.From != last.To {
		t.Errorf("the history goes on with %+v", last)
	}
	if _, err := d.Case(t.Context(), old, open.ID); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("who has the old community sees it still: %v", err)
	}
	if events, err = d.History(t.Context(), d.dispatcher, far.ID); err != nil || events[len(events)-1].Act == lintu.ActPlace {
		t.Errorf("a case elsewhere is placed anew: %+v, %v", events, err)
	}
	d.act(over.ID, d.dispatcher, lintu.ActReopen)
	equal(t, "opened again", d.areaCodes(over.ID), inNew)
	must(t, d.UndoBatch(t.Context(), d.tenant, b.ID, everywhere))
	d.allPlaced()
	equal(t, "undone", d.areaCodes(open.ID), inOld)
	equal(t, "undone", d.areaCodes(over.ID), inOld)
	if audit := d.entries(lintu.AuditQuery{Act: "case_place"}); len(audit) < 2 || audit[0].Actor != "system" {
		t.Errorf("the audit says %+v", audit)
	}
	d.rebuilt(t)
	d.sound()
}

// A report that was under way while the community was replaced is stored with the old
// one, and goes over as well.
func TestReportsDuringAnImportFollow(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	d.allPlaced()
	n := pin()
	n.Photos = []lintu.ID{d.photo(d.dispatcher)}
	hold, err := d.Owner().Begin(t.Context())
	must(t, err)
	defer hold.Rollback(t.Context()) //nolint:errcheck // it has ended by then
	_, err = hold.Exec(t.Context(), `SELECT FROM case_photo WHERE id = $1 FOR UPDATE`, n.Photos[0])
	must(t, err)
	stored := make(chan error, 1)
	go func() {
		_, _, err := d.Report(t.Context(), d.tenant, n, by(d.dispatcher))
		stored <- err
	}()
	d.untilWaiting("case_photo")
	d.apply(newCommunity())
	d.placed(500)
	equal(t, "changes left while it runs", d.strings(`SELECT count(*)::text FROM area_change WHERE until IS NOT NULL`), []string{"1"})
	must(t, hold.Commit(t.Context()))
	must(t, <-stored)
	equal(t, "as it was routed", d.areaCodes(n.ID), inOld)
	d.allPlaced()
	equal(t, "in the new community", d.areaCodes(n.ID), inNew)
	d.rebuilt(t)
}

// untilWaiting returns when a statement waits for a row of that table.
func (p place) untilWaiting(table string) {
	p.t.Helper()
	for waiting := false; !waiting; {
		must(p.t, p.Owner().QueryRow(p.t.Context(), `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
			WHERE NOT l.granted AND a.query LIKE '%' || $1 || '%' AND a.datname = current_database()) FROM pg_sleep(0.01)`, table).Scan(&waiting))
	}
}

// Cases are placed where a report would be routed, on borders and outside too.
func TestPlacedAsRouted(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	d.apply(part{lintu.Grids, false, []lintu.Row{row(1, rect(113.1, 28.1, 113.15, 28.2), "G0", "", ""), row(2, rect(113.15, 28.1, 113.3, 28.2), "G2", "", "")}},
		part{lintu.Groups, false, []lintu.Row{row(1, rect(113, 28, 113.15, 28.15), "P1", "", "")}})
	d.placed(500)
	random := rand.New(rand.NewPCG(1, 2))
	some := []float64{113, 113.1, 113.15, 113.2, 113.5, 114, 28, 28.1, 28.15, 28.2, 29}
	var cases []lintu.Case
	for i := range 300 {
		p := at(112.95+random.Float64()*1.1, 27.95+random.Float64()*1.1, 0)
		if i%3 == 0 {
			p.Lon = some[random.IntN(6)]
		}
		if i%5 == 0 {
			p.Lat = some[6+random.IntN(5)]
		}
		c := lintu.Case{ID: lintu.NewID(), Number: fmt.Sprint(i), Seq: 1, State: lintu.Filed, WaitsFor: lintu.AsDispatcher, Category: wallCategory, Source: lintu.FromPatrol,
			Urgency: lintu.Hard, Rung: lintu.RungGroup, Mode: lintu.Led, Visibility: lintu.Internal, Place: p, ReportedAt: time.Now().Add(-time.Duration(i) * time.Minute)}
		must(t, d.PutCase(t.Context(), d.tenant, &c))
		cases = append(cases, c)
	}
	mustExec(t, d.DB, `INSERT INTO area_change (tenant_id, at, bounds) VALUES ($1, now(), ST_MakeEnvelope(112, 27, 115, 30, 4326))`, d.tenant)
	d.placed(70)
	for _, c := range cases {
		got, err := d.Case(t.Context(), d.dispatcher, c.ID)
		must(t, err)
		if want := d.route(c.Place, wallCategory, lintu.RungGroup).Areas; !slices.Equal(got.Areas, want) {
			t.Errorf("at %.4f %.4f: placed in %v, routed to %v", c.Place.Lon, c.Place.Lat, got.Areas, want)
		}
	}
}
