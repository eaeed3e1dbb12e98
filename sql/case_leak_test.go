package sql_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

// disputeCategory is a leaf of the default tree whose cases are restricted.
const disputeCategory = "S0601"

// Of a ledger's row that has become a dispute, who may not see the dispute learns that
// there is a row: neither words nor case, at that meeting, at a later one that reads it
// out, or from what is to be read out. Who writes on leaves it as it is.
func TestLedgersHideDisputes(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	outsider := d.place.viewer(lintu.RoleNeighborHead, forHead(d.id("head", "N2")))
	outsider.Grants = append(outsider.Grants, d.place.viewer(lintu.RoleViewer, forArea(d.id("area", "G1"))).Grants...)
	outsider.Grants = append(outsider.Grants, d.place.viewer(lintu.RoleUnitMember, lintu.Scope{Kind: lintu.ForUnit, ID: d.id("unit", "U3")}).Grants...)
	m := bench(-24)
	quarrel, lamp := raised("楼上楼下为漏水争吵"), raised("路灯几点关")
	quarrel.Category = disputeCategory
	m.Rows = []lintu.LedgerRow{quarrel, lamp}
	d.hold(d.worker, m)
	c, err := d.RowToCase(t.Context(), d.worker, m.ID, quarrel.ID)
	must(t, err)
	next := bench(0)
	again := raised(quarrel.Text)
	again.From, again.Feedback = &quarrel.ID, "还在吵"
	next.Rows = []lintu.LedgerRow{again}
	d.hold(d.worker, next)
	for _, id := range []lintu.ID{m.ID, next.ID} {
		seen, err := d.Meeting(t.Context(), outsider, id)
		must(t, err)
		if said := fmt.Sprintf("%+v", *seen); strings.Contains(said, "吵") || strings.Contains(said, c.Number) || strings.Contains(said, c.ID.String()) && id != m.ID || !seen.Rows[0].Hidden || seen.Rows[0].Number != 1 {
			t.Errorf("the outsider is shown %s", said)
		}
		whole, err := d.Meeting(t.Context(), d.dispatcher, id)
		must(t, err)
		if r := whole.Rows[0]; r.Hidden || !strings.Contains(r.Text, "吵") || r.CaseNo != c.Number {
			t.Errorf("the dispatcher is shown %+v", r)
		}
	}
	third := d.hold(d.worker, bench(1))
	open, err := d.OpenRows(t.Context(), outsider, third.ID)
	if must(t, err); len(open) != 1 || open[0].ID != lamp.ID {
		t.Errorf("to be read out: %+v", open)
	}
	_, err = d.RowToCase(t.Context(), outsider, m.ID, quarrel.ID)
	wantErr(t, err, lintu.CodeNotFound)

	// Somebody who holds meetings there, and sees no disputes, writes on.
	scribe := d.place.viewer(lintu.RoleDispatcher, forArea(d.id("area", "G1")))
	scribe.Only = []lintu.Right{lintu.SeeCases, lintu.HoldMeetings}
	page, err := d.Meeting(t.Context(), scribe, m.ID)
	must(t, err)
	page.Rows[0].Text = "改写"
	page.Rows = append(page.Rows, raised("新事项"))
	saved := d.hold(scribe, *page)
	if !saved.Rows[0].Hidden || saved.Rows[0].Text != "" || len(saved.Rows) != 3 {
		t.Errorf("written on: %+v", saved.Rows)
	}
	whole, err := d.Meeting(t.Context(), d.dispatcher, m.ID)
	if must(t, err); whole.Rows[0].Text != quarrel.Text || whole.Rows[2].Text != "新事项" {
		t.Errorf("the dispatcher is shown %+v", whole.Rows)
	}
	whole.Rows = append(whole.Rows, lintu.LedgerRow{ID: lintu.NewID(), Hidden: true})
	_, err = d.SaveMeeting(t.Context(), d.dispatcher, *whole)
	wantErr(t, err, lintu.CodeConflict)
}

// A dispute that is merged into a case that others see is not named there; a case that
// became a dispute later is in no link, no history and on no resident's page.
func TestDisputesAreNotNamedBesideOthers(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	visible, dispute := pin(), pin()
	dispute.Category = disputeCategory
	d.report(visible, by(d.dispatcher))
	quarrel := d.report(dispute, by(d.dispatcher))
	d.act(dispute.ID, d.dispatcher, lintu.ActMerge, into(visible.ID))
	d.act(dispute.ID, d.dispatcher, lintu.ActUnmerge)
	told := func(v *lintu.Viewer, id lintu.ID) string {
		events, err := d.History(t.Context(), v, id)
		must(t, err)
		c, err := d.Case(t.Context(), v, id)
		must(t, err)
		similar, err := d.SimilarCases(t.Context(), v, visible.Lon, visible.Lat, wallCategory, nil)
		must(t, err)
		said := fmt.Sprintf("%+v %+v %+v", c.Case, similar, events)
		for _, e := range events {
			said += fmt.Sprintf(" %+v %+v", e.Set.Link, e.Set.Unlink)
			if e.Set.Told != nil {
				said += " " + e.Set.Told.ZH + " " + e.Set.Told.EN
			}
		}
		return said
	}
	if said := told(d.viewer, visible.ID); strings.Contains(said, quarrel.Number) || strings.Contains(said, quarrel.ID.String()) || !strings.Contains(said, "一件受限案卷并入本案") {
		t.Errorf("the visible case tells %s", said)
	}

	later, linked, merged := pin(), pin(), residentPin()
	became := d.report(later, by(d.dispatcher))
	d.report(linked, by(d.dispatcher))
	_, follow, err := d.Report(t.Context(), d.tenant, merged, resident)
	must(t, err)
	d.act(linked.ID, d.dispatcher, lintu.ActLink, into(later.ID), func(a *lintu.Action) { a.Link = lintu.CausedBy })
	d.act(merged.ID, d.dispatcher, lintu.ActMerge, into(later.ID))
	if f, err := d.Follow(t.Context(), d.tenant, follow); err != nil || f.MergedInto != became.Number {
		t.Errorf("the resident is told %+v, %v", f, err)
	}
	category := disputeCategory
	d.act(later.ID, d.dispatcher, lintu.ActAmend, func(a *lintu.Action) { a.Category = &category })
	for _, id := range []lintu.ID{linked.ID, merged.ID} {
		if said := told(d.viewer, id); strings.Contains(said, became.ID.String()) || strings.Contains(said, became.Number) {
			t.Errorf("%s tells %s", id, said)
		}
		if said := told(d.dispatcher, id); !strings.Contains(said, became.ID.String()) {
			t.Errorf("the dispatcher is told %s", said)
		}
	}
	if f, err := d.Follow(t.Context(), d.tenant, follow); err != nil || f.MergedInto != "" || f.MergedState != "" || f.State != lintu.Merged {
		t.Errorf("the resident is told %+v, %v", f, err)
	}
	var listed []lintu.ID
	must(t, d.EachCase(t.Context(), d.viewer, lintu.CaseQuery{}, func(c *lintu.CaseView, _ string) error {
		listed = append(listed, c.ID)
		if len(c.Links) > 0 {
			t.Errorf("the list tells %v", c.Links)
		}
		return nil
	}))
	if slices.Contains(listed, later.ID) || !slices.Contains(listed, merged.ID) {
		t.Errorf("listed %v", listed)
	}
	d.rebuilt(t)
}
