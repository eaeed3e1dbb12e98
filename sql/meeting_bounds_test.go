package sql_test

import (
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// Slips of dates and numbers are told, and not kept.
func TestMeetingBounds(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	year := func(y int) time.Time { return time.Date(y, 5, 1, 9, 0, 0, 0, time.UTC) }
	next, late := time.Now().Year()+1, year(2999)
	for name, x := range map[string]struct {
		change func(*lintu.Meeting)
		want   lintu.ErrorCode
	}{
		"a century ago":      {func(m *lintu.Meeting) { m.StartsAt = year(1900) }, lintu.CodeInvalid},
		"in a millennium":    {func(m *lintu.Meeting) { m.StartsAt = year(2999) }, lintu.CodeInvalid},
		"ended in the far":   {func(m *lintu.Meeting) { m.EndedAt = &late }, lintu.CodeInvalid},
		"a row of 1900":      {func(m *lintu.Meeting) { m.Rows[0].At = year(1900) }, lintu.CodeInvalid},
		"too many people":    {func(m *lintu.Meeting) { m.Attendees = 10001 }, lintu.CodeInvalid},
		"less than nobody":   {func(m *lintu.Meeting) { m.Attendees = -1 }, lintu.CodeInvalid},
		"too many votes":     {func(m *lintu.Meeting) { m.Rows[0].Options[0].Votes = 10001 }, lintu.CodeInvalid},
		"fewer than none":    {func(m *lintu.Meeting) { m.Rows[0].Options[0].Votes = -1 }, lintu.CodeInvalid},
		"an old ledger":      {func(m *lintu.Meeting) { m.StartsAt = year(2021) }, ""},
		"announced":          {func(m *lintu.Meeting) { m.StartsAt = year(next) }, ""},
		"a row without time": {func(m *lintu.Meeting) { m.Rows[0].At = time.Time{} }, ""},
		"a full hall":        {func(m *lintu.Meeting) { m.Attendees, m.Rows[0].Options[0].Votes = 10000, 10000 }, ""},
	} {
		m := bench(0)
		m.Rows = []lintu.LedgerRow{raised("墙歪了")}
		m.Rows[0].Options = []lintu.Option{{Text: "加固"}}
		x.change(&m)
		_, err := d.SaveMeeting(t.Context(), d.worker, m)
		if lintu.CodeOf(err) != x.want {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
}
