package sql_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

func into(id lintu.ID) func(*lintu.Action) { return func(a *lintu.Action) { a.Case = &id } }

// A merge keeps both histories, can be undone, makes no circle and hides nothing in a
// case that is over.
func TestMerge(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	a, b, c := d.report(pin(), by(d.worker)), d.report(pin(), by(d.worker)), d.report(pin(), by(d.worker))
	merged := d.act(a.ID, d.dispatcher, lintu.ActMerge, into(b.ID))
	if merged.State != lintu.Merged || !slices.Equal(merged.Links, []lintu.Link{{Kind: lintu.DuplicateOf, Case: b.ID}}) {
		t.Errorf("merged: %+v", merged.Case)
	}
	says := func(id lintu.ID) string {
		events, err := d.History(t.Context(), d.dispatcher, id)
		must(t, err)
		told := events[len(events)-1].Set.Told
		if told == nil {
			return ""
		}
		return told.ZH
	}
	if got := says(b.ID); !strings.Contains(got, a.Number) {
		t.Errorf("the other's history says %q", got)
	}
	for _, x := range []struct {
		id, into lintu.ID
		code     lintu.ErrorCode
	}{
		{b.ID, a.ID, lintu.CodeConflict},          // a circle
		{c.ID, a.ID, lintu.CodeConflict},          // into what is merged itself
		{c.ID, lintu.NewID(), lintu.CodeNotFound}, // into nothing
		{c.ID, c.ID, lintu.CodeConflict},          // into itself
		{a.ID, c.ID, lintu.CodeConflict},          // twice
		{lintu.NewID(), c.ID, lintu.CodeNotFound}, // nothing
	} {
		_, err := d.tryAct(x.id, d.dispatcher, lintu.ActMerge, into(x.into))
		wantErr(t, err, x.code)
	}
	back := d.act(a.ID, d.dispatcher, lintu.ActUnmerge)
	if back.State != lintu.Dispatched || len(back.Links) != 0 {
		t.Errorf("taken apart: %+v", back.Case)
	}
	if got := says(b.ID); !strings.Contains(got, "不再") {
		t.Errorf("the other's history says %q", got)
	}
	d.rebuilt(t)
}

// Two cases merged into each other at once: one of them is.
func TestMergeAtOnce(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	for range 5 {
		a, b := d.report(pin(), by(d.worker)), d.report(pin(), by(d.worker))
		errs := make([]error, 2)
		var all sync.WaitGroup
		all.Go(func() { _, errs[0] = d.tryAct(a.ID, d.dispatcher, lintu.ActMerge, into(b.ID)) })
		all.Go(func() { _, errs[1] = d.tryAct(b.ID, d.dispatcher, lintu.ActMerge, into(a.ID)) })
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || lintu.CodeOf(errs[0])+lintu.CodeOf(errs[1]) != lintu.CodeConflict {
			t.Errorf("%v, %v", errs[0], errs[1])
		}
	}
}

// A photo is used once, by who brought it.
func TestPhotosOfCases(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	door := &lintu.Door{ID: lintu.NewID()}
	mine, theirs := d.photo(d.worker), d.photo(d.member)
	through := lintu.Photo{ID: lintu.NewID(), SHA256: strings.Repeat("b", 64), Type: "image/png", Bytes: 1, Width: 1, Height: 1}
	must(t, d.NotePhoto(t.Context(), d.tenant, through, resident, door))
	must(t, d.NotePhoto(t.Context(), d.tenant, through, resident, door))
	wantErr(t, d.NotePhoto(t.Context(), d.tenant, through, by(d.worker), nil), lintu.CodeConflict)
	wantErr(t, d.NotePhoto(t.Context(), d.tenant, lintu.Photo{ID: lintu.NewID()}, resident, nil), lintu.CodeUnauthenticated)
	with := func(n lintu.NewCase, by lintu.Asker, door *lintu.Door, photos ...lintu.ID) error {
		n.Photos, n.Door = photos, door
		_, _, err := d.Report(t.Context(), d.tenant, n, by)
		return err
	}
	n := pin()
	wantErr(t, with(n, by(d.worker), nil, mine, theirs), lintu.CodeInvalid)
	wantErr(t, with(n, by(d.worker), nil, through.ID), lintu.CodeInvalid)
	wantErr(t, with(n, by(d.worker), nil, lintu.NewID()), lintu.CodeInvalid)
	wantErr(t, with(n, by(d.worker), nil, mine), "")
	wantErr(t, with(pin(), by(d.worker), nil, mine), lintu.CodeInvalid)
	wantErr(t, with(residentPin(), resident, &lintu.Door{ID: lintu.NewID()}, through.ID), lintu.CodeInvalid)
	wantErr(t, with(residentPin(), resident, door, through.ID), "")
	wantErr(t, d.CasePhoto(t.Context(), d.dispatcher, n.ID, mine), "")
	wantErr(t, d.CasePhoto(t.Context(), d.dispatcher, n.ID, theirs), lintu.CodeNotFound)
	wantErr(t, d.CasePhoto(t.Context(), &lintu.Viewer{Tenant: d.tenant, Public: []lintu.Layer{lintu.Cases}}, n.ID, mine), lintu.CodeNotFound)
	mustExec(t, d.DB, `UPDATE case_photo SET created_at = now() - interval '25 hours'`)
	unused, err := d.UnusedPhotos(t.Context(), d.tenant, 10)
	if err != nil || !slices.Equal(unused, []lintu.ID{theirs}) {
		t.Errorf("unused %v, %v", unused, err)
	}
	d.sound()
}

// Queries find what they ask for, page by page without loss, and nobody finds by the
// words of a case whose outline is all that is shown.
func TestCaseQueries(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	visitor := &lintu.Viewer{Tenant: d.tenant, Public: []lintu.Layer{lintu.Cases}}
	var ids []lintu.ID
	for i := range 9 {
		n := pin()
		n.At, n.Note = time.Now().Add(-time.Duration(i/2)*time.Hour), "第"+string(rune('一'+i))
		if i%3 == 0 {
			n.Category = "B0101"
		}
		n.Visibility = lintu.Public
		d.report(n, by(d.worker))
		ids = append(ids, n.ID)
	}
	list := func(v *lintu.Viewer, q lintu.CaseQuery) (got []lintu.ID) {
		must(t, d.EachCase(t.Context(), v, q, func(c *lintu.CaseView, _ string) error { got = append(got, c.ID); return nil }))
		n, err := d.CountCases(t.Context(), v, q)
		if err != nil || q.Limit == 0 && int(n) != len(got) {
			t.Errorf("%+v: counted %d, found %d: %v", q, n, len(got), err)
		}
		return got
	}
	for _, byDue := range []bool{false, true} {
		whole := list(d.viewer, lintu.CaseQuery{ByDue: byDue})
		var paged []lintu.ID
		for after, more := "", true; more; {
			more = false
			must(t, d.EachCase(t.Context(), d.viewer, lintu.CaseQuery{ByDue: byDue, Limit: 2, After: after}, func(c *lintu.CaseView, cursor string) error {
				paged, after, more = append(paged, c.ID), cursor, true
				return nil
			}))
		}
		if len(whole) != 9 || !slices.Equal(whole, paged) {
			t.Errorf("in pages %v, at once %v", paged, whole)
		}
	}
	wantErr(t, d.EachCase(t.Context(), d.viewer, lintu.CaseQuery{After: "eA"}, nil), lintu.CodeInvalid)
	unit, grid, other := d.id("unit", "U1"), d.id("area", "G1"), d.id("area", "430181001002")
	hour := time.Now().Add(-90 * time.Minute)
	for name, x := range map[string]struct {
		v    *lintu.Viewer
		q    lintu.CaseQuery
		want int
	}{
		"branch":            {d.viewer, lintu.CaseQuery{Category: "B01"}, 3},
		"leaf":              {d.viewer, lintu.CaseQuery{Category: wallCategory}, 6},
		"unit":              {d.viewer, lintu.CaseQuery{Unit: &unit}, 9},
		"area":              {d.viewer, lintu.CaseQuery{Area: &grid}, 9},
		"elsewhere":         {d.viewer, lintu.CaseQuery{Area: &other}, 0},
		"words":             {d.viewer, lintu.CaseQuery{Text: "第丁"}, 1},
		"number":            {d.viewer, lintu.CaseQuery{Text: "-000003"}, 1},
		"pattern":           {d.viewer, lintu.CaseQuery{Text: "%"}, 0},
		"since":             {d.viewer, lintu.CaseQuery{From: &hour}, 4},
		"until":             {d.viewer, lintu.CaseQuery{To: &hour}, 5},
		"box":               {d.viewer, lintu.CaseQuery{BBox: &lintu.BBox{113.1, 28.1, 113.2, 28.2}}, 9},
		"another box":       {d.viewer, lintu.CaseQuery{BBox: &lintu.BBox{113.2, 28.1, 113.3, 28.2}}, 0},
		"state":             {d.viewer, lintu.CaseQuery{States: []lintu.State{lintu.Filed}}, 0},
		"mine, as handler":  {d.member, lintu.CaseQuery{Mine: true}, 9},
		"mine, as reporter": {d.worker, lintu.CaseQuery{Mine: true}, 9},
		"mine, as checker":  {d.checker, lintu.CaseQuery{Mine: true}, 0},
		"all, as visitor":   {visitor, lintu.CaseQuery{}, 9},
		"words, as visitor": {visitor, lintu.CaseQuery{Text: "第"}, 0},
		"unit, as visitor":  {visitor, lintu.CaseQuery{Unit: &unit}, 0},
		"not published":     {&lintu.Viewer{Tenant: d.tenant}, lintu.CaseQuery{}, 0},
	} {
		if got := list(x.v, x.q); len(got) != x.want {
			t.Errorf("%s: %d found, want %d", name, len(got), x.want)
		}
	}
	similar, err := d.SimilarCases(t.Context(), d.viewer, 113.1502, 28.15, wallCategory, &ids[1])
	if err != nil || len(similar) != 5 || !similar[0].Category || similar[0].Metres > 25 || similar[0].Metres < 15 {
		t.Errorf("similar %+v, %v", similar, err)
	}
	if far, err := d.SimilarCases(t.Context(), d.viewer, 113.152, 28.15, wallCategory, nil); err != nil || len(far) != 0 {
		t.Errorf("200 m away: %+v, %v", far, err)
	}
}
