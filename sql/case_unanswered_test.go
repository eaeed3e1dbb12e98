package sql_test

import (
	"maps"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// Somebody who really can sign in answers for a unit, a neighbor head and what was
// taken on the spot. When nobody can any more, what they have waits for the dispatcher
// of the place with the reason, and one act sends it on.
func TestUnansweredCasesWaitForTheDispatcher(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	staff := deskOf(d.place)
	staff.clock.at = time.Now().Add(-time.Hour)
	unit := staff.holding("unit", lintu.RoleUnitMember, lintu.Scope{Kind: lintu.ForUnit, ID: d.id("unit", "U1")})
	staff.holding("other", lintu.RoleUnitMember, lintu.Scope{Kind: lintu.ForUnit, ID: d.id("unit", "U2")})
	staff.holding("head", lintu.RoleNeighborHead, lintu.Scope{Kind: lintu.ForHead, ID: d.id("head", "N1")})
	worker := staff.holding("worker", lintu.RoleGridWorker, forArea(d.id("area", "G1")))
	local := d.place.viewer(lintu.RoleDispatcher, forArea(d.id("area", "430181001002")))
	ofUnit, ofHead, taken := pin(), pin(), residentPin()
	taken.Lon, taken.Lat = pin().Lon, pin().Lat
	d.report(ofUnit, by(d.worker))
	d.report(ofHead, by(d.worker))
	d.act(ofHead.ID, d.dispatcher, lintu.ActDispatch, toHandler(lintu.HeadHandles, "N1"))
	d.report(taken, resident)
	d.act(taken.ID, d.worker, lintu.ActVerify)
	d.act(taken.ID, d.dispatcher, lintu.ActDispatch, toHandler(lintu.UnitHandles, "U2"))
	second := pin()
	second.Source = lintu.FromHotline
	d.report(second, by(d.viewerWhoReports()))
	d.act(second.ID, d.accountViewer(worker, lintu.RoleGridWorker, forArea(d.id("area", "G1"))), lintu.ActTake)
	live := sql.NewLive(d.DB)
	defer live.Close()
	cursor, err := live.LiveNow(t.Context(), d.tenant)
	must(t, err)
	told := map[lintu.ID]bool{} // by the stream
	waiting := func(what string, want map[lintu.ID]lintu.Unanswered) {
		t.Helper()
		got := map[lintu.ID]lintu.Unanswered{}
		for _, v := range []*lintu.Viewer{d.dispatcher, local} {
			n := 0
			must(t, d.EachCase(t.Context(), v, lintu.CaseQuery{Mine: true}, func(c *lintu.CaseView, _ string) error {
				n++
				for _, why := range []lintu.Unanswered{lintu.HandlerGone, lintu.HandlerNobody, lintu.HandlerAccount} {
					if c.Unanswered != nil && *c.Unanswered == why.Text() {
						got[c.ID] = why
					}
				}
				return nil
			}))
			if k, err := d.CountCases(t.Context(), v, lintu.CaseQuery{Mine: true}); err != nil || int(k) != n || v == local && n != 0 {
				t.Errorf("%s: %d are listed, %d counted: %v", what, n, k, err)
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: waiting %v, not %v", what, got, want)
		}
		heard, err := live.LiveSince(t.Context(), d.tenant, cursor, "")
		must(t, err)
		cursor = heard.Cursor
		for _, x := range heard.Cases {
			told[x.Now.ID] = x.Unanswered
		}
		pins, _, err := live.OpenPins(t.Context(), d.dispatcher)
		must(t, err)
		for _, p := range pins {
			if _, is := want[p.ID]; p.Unanswered != is {
				t.Errorf("%s: the pin of %s says %v", what, p.Number, p.Unanswered)
			}
			if told[p.ID] != p.Unanswered {
				t.Errorf("%s: the stream said %v of %s", what, told[p.ID], p.Number)
			}
			c, err := d.Case(t.Context(), d.viewer, p.ID)
			if must(t, err); (c.Unanswered != nil) != p.Unanswered {
				t.Errorf("%s: the case %s says %v", what, p.Number, c.Unanswered)
			}
		}
	}
	waiting("all are there", map[lintu.ID]lintu.Unanswered{})
	must(t, staff.SetDisabled(t.Context(), d.tenant, "unit", true, everywhere))
	must(t, staff.SetDisabled(t.Context(), d.tenant, "worker", true, everywhere))
	waiting("accounts are disabled", map[lintu.ID]lintu.Unanswered{ofUnit.ID: lintu.HandlerNobody, second.ID: lintu.HandlerAccount})
	must(t, staff.SetDisabled(t.Context(), d.tenant, "unit", false, everywhere))
	must(t, staff.Revoke(t.Context(), d.tenant, "unit", unit.Grants[0].ID, everywhere))
	d.apply(part{lintu.Heads, true, []lintu.Row{row(1, point(113.7, 28.5), "N2", "二邻")}}) // N1 is gone
	waiting("a role is revoked and a neighbor head gone", map[lintu.ID]lintu.Unanswered{
		ofUnit.ID: lintu.HandlerNobody, ofHead.ID: lintu.HandlerGone, second.ID: lintu.HandlerAccount})
	if sent := d.act(ofUnit.ID, d.dispatcher, lintu.ActDispatch, toHandler(lintu.UnitHandles, "U3")); sent.Unanswered == nil || *sent.Unanswered != lintu.HandlerNobody.Text() {
		t.Errorf("given to nobody: %v", sent.Unanswered)
	}
	for _, id := range []lintu.ID{ofUnit.ID, ofHead.ID, second.ID} {
		if sent := d.act(id, d.dispatcher, lintu.ActDispatch, toHandler(lintu.UnitHandles, "U2")); sent.Unanswered != nil {
			t.Errorf("sent on: %v", sent.Unanswered)
		}
	}
	waiting("all are sent on", map[lintu.ID]lintu.Unanswered{})
	b, _ := d.apply(part{lintu.Units, true, []lintu.Row{row(1, nil, "U1", "派出所", "police", "")}}) // U2 is gone
	waiting("the unit is gone", map[lintu.ID]lintu.Unanswered{
		ofUnit.ID: lintu.HandlerGone, ofHead.ID: lintu.HandlerGone, second.ID: lintu.HandlerGone, taken.ID: lintu.HandlerGone})
	must(t, d.UndoBatch(t.Context(), d.tenant, b.ID, everywhere))
	waiting("the unit is back", map[lintu.ID]lintu.Unanswered{})
}

// toHandler names who is to act.
func toHandler(kind lintu.HandlerKind, code string) func(*lintu.Action) {
	return func(a *lintu.Action) { a.Handler = &lintu.Handler{Kind: kind, Code: code} }
}

// holding makes an account that holds a role.
func (d desk) holding(login string, role lintu.Role, scope lintu.Scope) *lintu.Account {
	d.t.Helper()
	_, _, err := d.AddAccount(d.t.Context(), d.tenant, login, everywhere)
	must(d.t, err)
	must(d.t, d.Grant(d.t.Context(), d.tenant, login, lintu.Grant{Role: role, Scope: scope}, everywhere))
	a, err := d.Account(d.t.Context(), d.tenant, login)
	must(d.t, err)
	return a
}

// accountViewer is the account as who asks, in one role.
func (p place) accountViewer(a *lintu.Account, role lintu.Role, scope lintu.Scope) *lintu.Viewer {
	v := p.viewer(role, scope)
	v.Account, v.Name = a.ID, "user:"+a.ID.String()
	return v
}

// viewerWhoReports may report and sees what it has reported, and nothing else.
func (d caseDesk) viewerWhoReports() *lintu.Viewer {
	return d.place.viewer(lintu.RoleUnitMember, lintu.Scope{Kind: lintu.ForUnit, ID: lintu.NewID()})
}
