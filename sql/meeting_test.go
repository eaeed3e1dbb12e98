package sql_test

import (
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// bench is a meeting under the tree of grid G1, without rows yet.
func bench(hours int) lintu.Meeting {
	return lintu.Meeting{ID: lintu.NewID(), Title: "小板凳议事会", Lon: 113.15, Lat: 28.15, Venue: "香樟树下", Host: "片长",
		StartsAt: time.Now().Add(time.Duration(hours) * time.Hour).Truncate(time.Second), Attendees: 23, Units: []string{"一居委会"}}
}

func raised(text string) lintu.LedgerRow {
	return lintu.LedgerRow{ID: lintu.NewID(), At: time.Now(), Urgency: lintu.Hard, Text: text, Category: wallCategory}
}

func (d caseDesk) hold(v *lintu.Viewer, m lintu.Meeting) *lintu.Meeting {
	d.t.Helper()
	saved, err := d.SaveMeeting(d.t.Context(), v, m)
	must(d.t, err)
	return saved
}

// A matter is raised at a meeting, becomes a case once, is read out at the next one and
// no more when it is closed.
func TestMeetingLedger(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	m := bench(-48)
	wall, lamp := raised("学校对面的墙歪了"), raised("路灯几点关")
	wall.Options = []lintu.Option{{Text: "拆除", Votes: 3}, {Text: "加固", Votes: 20, Agreed: true}}
	lamp.Answer = "早上六点"
	m.Rows = []lintu.LedgerRow{wall, lamp}
	saved := d.hold(d.worker, m)
	if saved.Seq != 1 || len(saved.Rows) != 2 || saved.Rows[0].Number != 1 || !saved.Rows[0].Options[1].Agreed || len(saved.Areas) == 0 {
		t.Fatalf("saved as %+v", saved)
	}
	c, err := d.RowToCase(t.Context(), d.worker, m.ID, wall.ID)
	must(t, err)
	again, err := d.RowToCase(t.Context(), d.worker, m.ID, wall.ID)
	must(t, err)
	if again.ID != c.ID || c.Source != lintu.FromMeeting || c.Meeting == nil || *c.Meeting != m.ID || c.State != lintu.Dispatched {
		t.Fatalf("the row became %+v and then %+v", c.Case, again.Case)
	}

	next := d.hold(d.worker, bench(0))
	open, err := d.OpenRows(t.Context(), d.worker, next.ID)
	must(t, err)
	if len(open) != 1 || open[0].ID != wall.ID || open[0].State != lintu.Dispatched || open[0].CaseNo != c.Number {
		t.Fatalf("read out: %+v", open)
	}
	told := raised(wall.Text)
	told.From, told.Feedback = &wall.ID, "已派到派出所"
	next.Rows = []lintu.LedgerRow{told}
	next = d.hold(d.worker, *next)
	if r := next.Rows[0]; r.From == nil || r.Feedback == "" || r.Case != nil || r.CaseNo != c.Number || r.State != lintu.Dispatched {
		t.Fatalf("the feedback is gone: %+v", next.Rows)
	}
	d.act(c.ID, d.member, lintu.ActAccept)
	d.act(c.ID, d.member, lintu.ActReportDone, withPhoto(d.photo(d.member)))
	d.act(c.ID, d.checker, lintu.ActClose)
	if open, err = d.OpenRows(t.Context(), d.worker, next.ID); err != nil || len(open) != 0 {
		t.Fatalf("still read out: %+v, %v", open, err)
	}
}

// What two people record at once is not lost: the second is told to look again. And
// nothing that was recorded goes away.
func TestMeetingConflicts(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	m := bench(0)
	m.Rows = []lintu.LedgerRow{raised("墙歪了")}
	first := d.hold(d.worker, m)
	if _, err := d.SaveMeeting(t.Context(), d.worker, m); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("made twice: %v", err)
	}
	stale := *first
	one := *first
	one.Rows = append(one.Rows, raised("灯不亮"))
	one = *d.hold(d.worker, one)
	if _, err := d.SaveMeeting(t.Context(), d.worker, stale); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("saved over what came between: %v", err)
	}
	fewer := one
	fewer.Rows = fewer.Rows[1:]
	if _, err := d.SaveMeeting(t.Context(), d.worker, fewer); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("a row was removed: %v", err)
	}
	foreign := bench(0)
	foreign.Rows = []lintu.LedgerRow{one.Rows[0]}
	if _, err := d.SaveMeeting(t.Context(), d.worker, foreign); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("another meeting's row was taken: %v", err)
	}
	ended := time.Now()
	one.EndedAt = &ended
	one = *d.hold(d.worker, one)
	if _, err := d.SaveMeeting(t.Context(), d.worker, one); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("changed after its end: %v", err)
	}
}

// Meetings are shown where they were held, and changed by whoever may hold one there.
func TestMeetingTerritory(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	m := d.hold(d.worker, bench(0))
	elsewhere := d.routed.viewer(lintu.RoleGridWorker, forArea(d.id("area", "430181001002")))
	for who, v := range map[string]*lintu.Viewer{"a grid worker of another grid": elsewhere, "a visitor": {Tenant: d.tenant}} {
		if _, err := d.Meeting(t.Context(), v, m.ID); lintu.CodeOf(err) != lintu.CodeNotFound {
			t.Errorf("%s reads it: %v", who, err)
		}
		if list, err := d.Meetings(t.Context(), v, 10); err != nil || len(list) != 0 {
			t.Errorf("%s is shown %d, %v", who, len(list), err)
		}
		if _, err := d.SaveMeeting(t.Context(), v, *m); lintu.CodeOf(err) != lintu.CodeNotFound {
			t.Errorf("%s changes it: %v", who, err)
		}
	}
	if list, err := d.Meetings(t.Context(), d.dispatcher, 10); err != nil || len(list) != 1 {
		t.Errorf("the dispatcher is shown %d, %v", len(list), err)
	}
	if _, err := d.SaveMeeting(t.Context(), d.viewer, *m); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("who only sees it changes it: %v", err)
	}
}
