package sql_test

import (
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// A life of the past is there with all that happened, at its times, and only once.
func TestRelive(t *testing.T) {
	d := newCaseDesk(t)
	until := time.Now()
	year, month, day := until.AddDate(0, -2, 0).Date()
	begun := time.Date(year, month, day, 10, 0, 0, 0, lintu.DefaultCalendar().Zone).UTC() // what is urgent is done the same day
	n := pin()
	n.At, n.Source = begun, lintu.FromResident
	photo := d.photo(d.member)
	life := lintu.Life{Report: n, By: lintu.Asker{Resident: true}, Next: func(c *lintu.Case) (lintu.Deed, bool) {
		does := map[lintu.State]struct {
			who *lintu.Viewer
			a   lintu.Action
		}{
			lintu.Reported: {d.worker, lintu.Action{Act: lintu.ActVerify}}, lintu.Dispatched: {d.member, lintu.Action{Act: lintu.ActAccept}},
			lintu.InProgress: {d.member, lintu.Action{Act: lintu.ActReportDone, Note: "已加固", Photos: []lintu.ID{photo}}},
			lintu.Done:       {d.checker, lintu.Action{Act: lintu.ActClose}},
		}[c.State]
		does.a.ID = lintu.NewID()
		return lintu.Deed{At: c.ChangedAt.Add(10 * time.Minute), By: by(does.who), Action: does.a}, does.who != nil
	}}
	for want := 1; want >= 0; want-- {
		made, err := d.Relive(t.Context(), d.tenant, []lintu.Life{life}, until, lintu.Actor{Name: "test"})
		must(t, err)
		if made != want {
			t.Errorf("%d lives were made, not %d", made, want)
		}
	}
	c, err := d.Case(t.Context(), d.viewer, n.ID)
	must(t, err)
	if c.State != lintu.Evaluated || !c.ReportedAt.Equal(begun) || c.OnTime == nil || !*c.OnTime || len(c.Photos) != 1 ||
		c.Number[:8] != begun.In(lintu.DefaultCalendar().Zone).Format("20060102") {
		t.Errorf("the case is %+v", c.Case)
	}
	events, err := d.History(t.Context(), d.viewer, n.ID)
	must(t, err)
	if last := events[len(events)-1]; last.Act != lintu.ActExpire || !last.At.Before(until.AddDate(0, -1, 0)) {
		t.Errorf("it ended with %s at %s", last.Act, last.At)
	}
	d.rebuilt(t)
}
