package sql_test

import (
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// What an outline does not tell cannot be asked for either: that a case was late and is
// done. A null character finds nothing and breaks nothing.
func TestOutlinesDoNotTellWhatWasLate(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	at := time.Now().Add(-time.Hour)
	late := lintu.Case{ID: lintu.NewID(), Number: "1", Seq: 1, State: lintu.Done, Category: wallCategory, Source: lintu.FromPatrol, Urgency: lintu.Hard, Rung: lintu.RungGroup,
		Mode: lintu.Led, Visibility: lintu.Public, Place: pin().Place, Clock: lintu.Clock{State: lintu.Stopped, Due: at, LateAt: &at}}
	must(t, d.PutCase(t.Context(), d.tenant, &late))
	visitor := &lintu.Viewer{Tenant: d.tenant, Public: []lintu.Layer{lintu.Cases}}
	for _, x := range []struct {
		v    *lintu.Viewer
		q    lintu.CaseQuery
		want int64
	}{{d.viewer, lintu.CaseQuery{Late: true}, 1}, {visitor, lintu.CaseQuery{}, 1}, {visitor, lintu.CaseQuery{Late: true}, 0}, {d.viewer, lintu.CaseQuery{Category: "B\x00"}, 0}} {
		if n, err := d.CountCases(t.Context(), x.v, x.q); err != nil || n != x.want {
			t.Errorf("%+v: %d, not %d: %v", x.q, n, x.want, err)
		}
	}
	if found, err := d.SimilarCases(t.Context(), visitor, 113.15, 28.15, "\x00", nil); err != nil || len(found) != 0 {
		t.Errorf("similar to nothing: %v, %v", found, err)
	}
}

// A member's token that may only check is not called to check the unit's own work.
func TestTokensAreNotCalledToJudgeTheirOwn(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	both := d.member.Grants
	both = append(both[:len(both):len(both)], d.checker.Grants...)
	v := *d.member
	v.Grants, v.Only = both, []lintu.Right{lintu.SeeCases, lintu.CheckCases}
	n := pin()
	d.report(n, by(d.worker))
	d.act(n.ID, d.member, lintu.ActAccept)
	d.act(n.ID, d.member, lintu.ActReportDone, withPhoto(d.photo(d.member)))
	v.Account = lintu.NewID()
	for _, x := range []struct {
		v    *lintu.Viewer
		want int64
	}{{&v, 0}, {d.checker, 1}} {
		if k, err := d.CountCases(t.Context(), x.v, lintu.CaseQuery{Mine: true}); err != nil || k != x.want {
			t.Errorf("%d cases wait for it, not %d: %v", k, x.want, err)
		}
	}
	_, err := d.tryAct(n.ID, &v, lintu.ActClose)
	wantErr(t, err, lintu.CodeForbidden)
}

// What everybody may see names no dispute: neither by a merge nor by a link.
func TestNothingPublicNamesADispute(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	open, dispute := pin(), pin()
	dispute.Visibility = lintu.Restricted
	d.report(open, by(d.worker))
	d.report(dispute, by(d.worker))
	other := func(a *lintu.Action) { a.Case, a.Link = &dispute.ID, lintu.CausedBy }
	for _, act := range []lintu.Act{lintu.ActLink, lintu.ActMerge} {
		_, err := d.tryAct(open.ID, d.dispatcher, act, other)
		wantErr(t, err, lintu.CodeConflict)
	}
	restricted := lintu.Restricted
	d.act(open.ID, d.dispatcher, lintu.ActAmend, func(a *lintu.Action) { a.Visibility = &restricted })
	d.act(open.ID, d.dispatcher, lintu.ActMerge, other)
}
