package lintu_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

func moment(t *testing.T, zone *time.Location, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestDueInChina(t *testing.T) {
	c := lintu.DefaultCalendar()
	for _, tt := range []struct {
		start string
		limit lintu.Limit
		due   string
	}{
		{"2026-09-29 10:00:00", lintu.Limit{N: 1, Unit: lintu.InWorkingDays}, "2026-09-30 10:00:00"},
		{"2026-09-29 10:00:00", lintu.Limit{N: 2, Unit: lintu.InWorkingDays}, "2026-10-08 10:00:00"}, // over the National Day
		{"2026-09-29 10:00:00", lintu.Limit{N: 5, Unit: lintu.InWorkingDays}, "2026-10-12 10:00:00"}, // Saturday 10 October is worked
		{"2026-10-02 03:00:00", lintu.Limit{N: 1, Unit: lintu.InWorkingDays}, "2026-10-08 17:30:00"}, // a day off counts from the next working day
		{"2026-10-02 03:00:00", lintu.Limit{N: 2, Unit: lintu.InWorkingHours}, "2026-10-08 10:30:00"},
		{"2026-09-30 17:00:00", lintu.Limit{N: 1, Unit: lintu.InWorkingHours}, "2026-10-08 09:00:00"},
		{"2026-09-30 11:30:00", lintu.Limit{N: 1, Unit: lintu.InWorkingHours}, "2026-09-30 14:30:00"}, // over noon
		{"2026-09-30 16:30:00", lintu.Limit{N: 1, Unit: lintu.InWorkingHours}, "2026-09-30 17:30:00"},
		{"2026-10-02 03:00:00", lintu.Limit{N: 24, Unit: lintu.InHours}, "2026-10-03 03:00:00"},
		{"2026-10-02 03:00:00", lintu.Limit{N: 7, Unit: lintu.InDays}, "2026-10-09 03:00:00"},
		{"2026-10-02 20:15:00", lintu.Limit{Unit: lintu.SameDay}, "2026-10-03 00:00:00"},
		{"2026-10-02 00:00:00", lintu.Limit{Unit: lintu.SameDay}, "2026-10-03 00:00:00"},
	} {
		if err := tt.limit.Check(); err != nil {
			t.Fatal(err)
		}
		got := c.Due(moment(t, c.Zone, tt.start), tt.limit)
		if want := moment(t, c.Zone, tt.due); !got.Equal(want) {
			t.Errorf("%s from %s is due %s, want %s", tt.limit.Say(), tt.start, got, tt.due)
		}
	}
}

func TestWarningsOnTheWay(t *testing.T) {
	c := lintu.DefaultCalendar()
	start := moment(t, c.Zone, "2026-09-30 08:30:00")
	due := c.Due(start, lintu.Limit{N: 2, Unit: lintu.InWorkingDays})
	for share, want := range map[float64]string{0: "2026-09-30 08:30:00", 0.5: "2026-09-30 17:30:00", 0.8: "2026-10-08 14:42:00", 1: "2026-10-08 17:30:00"} {
		if got := c.At(start, due, lintu.InWorkingDays, share); !got.Equal(moment(t, c.Zone, want)) {
			t.Errorf("%v of the way is at %s, want %s", share, got, want)
		}
	}
	if got := c.At(start, start.Add(10*time.Hour), lintu.InHours, 0.8); !got.Equal(start.Add(8 * time.Hour)) {
		t.Errorf("0.8 of ten plain hours is at %s", got)
	}
}

// The notices only move the days off that the law gives: per year, ordinary
// working days off less make-up workdays are its statutory holidays, 11 and
// since 2025 13 (全国年节及纪念日放假办法), less those that fall on a weekend and
// are not made up for, of which there were none since 2019.
func TestNoticesKeepTheStatutoryDays(t *testing.T) {
	data, err := os.ReadFile("calendar_cn.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Notices []struct {
			Year      int
			Source    string
			Off, Work []string
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	weekend := func(d time.Time) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }
	for i, n := range file.Notices {
		if n.Year != 2019+i || n.Source == "" {
			t.Errorf("notice %d is of %d with source %q", i, n.Year, n.Source)
		}
		days := 0
		for _, period := range n.Off {
			first, last, ranged := strings.Cut(period, "/")
			if !ranged {
				last = first
			}
			for d := moment(t, time.UTC, first+" 00:00:00"); !d.After(moment(t, time.UTC, last+" 00:00:00")); d = d.AddDate(0, 0, 1) {
				if !weekend(d) {
					days++
				}
			}
		}
		for _, date := range n.Work {
			if d := moment(t, time.UTC, date+" 00:00:00"); !weekend(d) {
				t.Errorf("the make-up workday %s is no weekend", date)
			}
			days--
		}
		want := 11
		if n.Year >= 2025 {
			want = 13
		}
		if n.Year == 2020 {
			want += 2 // the prolonged Spring Festival: Friday 31 January, and Saturday 1 February no longer worked
		}
		if days != want {
			t.Errorf("the notice of %d gives %d days off, the law %d", n.Year, days, want)
		}
	}
	if got := lintu.DefaultCalendar().Through; got != 2018+len(file.Notices) {
		t.Errorf("the calendar is known through %d", got)
	}
}

func TestIsWorkday(t *testing.T) {
	c := lintu.DefaultCalendar()
	for date, want := range map[string]bool{"2026-10-01": false, "2026-10-10": true, "2026-10-11": false, "2026-10-12": true, "2024-02-18": true, "2020-02-01": false} {
		if got := c.IsWorkday(moment(t, c.Zone, date+" 23:59:59")); got != want {
			t.Errorf("%s works: %v", date, got)
		}
	}
	if c.IsWorkday(time.Date(2026, 9, 30, 16, 0, 0, 0, time.UTC)) {
		t.Error("16:00 UTC is the first of October in Shanghai")
	}
}

// A limit of a working day reaches another year in the last week of one.
func TestCalendarWarnsAhead(t *testing.T) {
	c := lintu.DefaultCalendar()
	cs := lintu.Categories{{Code: "a", Limit: lintu.Limit{N: 1, Unit: lintu.InWorkingDays}}, {Code: "b", Retired: true, Limit: lintu.Limit{N: 90, Unit: lintu.InDays}}}
	end := time.Date(c.Through, 12, 31, 23, 0, 0, 0, c.Zone)
	if got := c.WarnAhead(end.AddDate(0, 0, -5), cs); !got.IsZero() {
		t.Errorf("five days before: %v", got)
	}
	if got := c.WarnAhead(end, cs); !strings.Contains(got.EN, fmt.Sprint(c.Through+1)) {
		t.Errorf("on the last evening: %v", got)
	}
}

func TestCalendarWarns(t *testing.T) {
	c := lintu.DefaultCalendar()
	if got := c.Warn(moment(t, c.Zone, "2026-12-31 23:59:59")); !got.IsZero() {
		t.Errorf("warns of a known year: %s", got)
	}
	if got := c.Warn(moment(t, c.Zone, "2027-01-01 00:00:00")); !strings.Contains(got.EN, "2027") || !strings.Contains(got.ZH, "2027") {
		t.Errorf("warns of 2027: %+v", got)
	}
}

func TestCalendarCheck(t *testing.T) {
	for name, spoil := range map[string]func(*lintu.Calendar){
		"no zone":          func(c *lintu.Calendar) { c.Zone = nil },
		"local zone":       func(c *lintu.Calendar) { c.Zone = time.Local },
		"no weekday":       func(c *lintu.Calendar) { c.Weekdays = [7]bool{} },
		"no hours":         func(c *lintu.Calendar) { c.Hours = nil },
		"empty span":       func(c *lintu.Calendar) { c.Hours = []lintu.Span{{From: 540, To: 540}} },
		"overlap":          func(c *lintu.Calendar) { c.Hours = []lintu.Span{{From: 540, To: 700}, {From: 690, To: 720}} },
		"past midnight":    func(c *lintu.Calendar) { c.Hours = []lintu.Span{{From: 1200, To: 1441}} },
		"before midnight":  func(c *lintu.Calendar) { c.Hours = []lintu.Span{{From: -1, To: 60}} },
		"no date":          func(c *lintu.Calendar) { c.Days["2026-02-30"] = true },
		"a date otherwise": func(c *lintu.Calendar) { c.Days["2026-2-3"] = true },
	} {
		c := lintu.DefaultCalendar()
		spoil(c)
		if got := lintu.CodeOf(c.Check()); got != lintu.CodeInvalid {
			t.Errorf("%s: %q", name, got)
		}
	}
	if err := lintu.DefaultCalendar().Check(); err != nil {
		t.Error(err)
	}
	// Even unchecked, no calendar makes Add wait for ever.
	never := lintu.DefaultCalendar()
	never.Weekdays, never.Days = [7]bool{}, map[string]bool{"2026-10-10": true}
	start := moment(t, never.Zone, "2026-10-10 09:00:00")
	if got := never.Add(start, time.Hour); !got.Equal(start.Add(time.Hour)) {
		t.Errorf("got %s", got)
	}
}

func TestCalendarJSON(t *testing.T) {
	data, err := json.Marshal(lintu.DefaultCalendar())
	if err != nil {
		t.Fatal(err)
	}
	var c lintu.Calendar
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	if string(again) != string(data) || c.Zone.String() != "Asia/Shanghai" || c.Check() != nil {
		t.Errorf("%s came back as %s", data, again)
	}
	for _, zone := range []string{"", "Local", "Mars/Olympus"} {
		bad := strings.Replace(string(data), "Asia/Shanghai", zone, 1)
		if got := lintu.CodeOf(json.Unmarshal([]byte(bad), &c)); got != lintu.CodeInvalid {
			t.Errorf("zone %q: %q", zone, got)
		}
	}
}

func TestLimitCheck(t *testing.T) {
	for _, l := range []lintu.Limit{{}, {N: 1, Unit: "weeks"}, {N: 0, Unit: lintu.InHours}, {N: -1, Unit: lintu.InWorkingDays}, {N: 1, Unit: lintu.SameDay}, {N: 1 << 40, Unit: lintu.InDays}} {
		if got := lintu.CodeOf(l.Check()); got != lintu.CodeInvalid {
			t.Errorf("%+v: %q", l, got)
		}
	}
	if got := (lintu.Limit{N: 1, Unit: lintu.InWorkingDays}).Say(); got != (lintu.Text{ZH: "1 个工作日", EN: "1 working day"}) {
		t.Errorf("%+v", got)
	}
	if got := (lintu.Limit{N: 4, Unit: lintu.InHours}).Say(); got != (lintu.Text{ZH: "4 小时", EN: "4 hours"}) {
		t.Errorf("%+v", got)
	}
}

// zones put clocks forward and back by day, at midnight, by half an hour, and
// once over a whole day (Samoa in December 2011).
var zones = []string{"Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "America/St_Johns"}

var first, last = time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2045, 1, 1, 0, 0, 0, 0, time.UTC)

func drawCalendar(t *rapid.T) *lintu.Calendar {
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	c := &lintu.Calendar{Zone: zone, Days: map[string]bool{}}
	cuts := rapid.SliceOfNDistinct(rapid.IntRange(0, 96), 2, 8, rapid.ID[int]).Draw(t, "quarters of an hour")
	on := [97]bool{}
	for _, cut := range cuts {
		on[cut] = true
	}
	from := -1
	for quarter, cut := range on {
		switch {
		case cut && from < 0:
			from = quarter
		case cut:
			c.Hours = append(c.Hours, lintu.Span{From: from * 15, To: quarter * 15})
			from = -1
		}
	}
	for i := range c.Weekdays {
		c.Weekdays[i] = rapid.Bool().Draw(t, "weekday")
	}
	c.Weekdays[rapid.IntRange(0, 6).Draw(t, "working")] = true
	for range rapid.IntRange(0, 40).Draw(t, "days that differ") {
		c.Days[drawTime(t, "day").Format(time.DateOnly)] = rapid.Bool().Draw(t, "works")
	}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	return c
}

// drawTime likes the days on which clocks change.
func drawTime(t *rapid.T, label string) time.Time {
	at := first.Add(time.Duration(rapid.Int64Range(0, int64(last.Sub(first)/time.Second)).Draw(t, label)) * time.Second)
	if !rapid.Bool().Draw(t, label+" near a change of clocks") {
		return at
	}
	zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, label+" in"))
	if err != nil {
		t.Fatal(err)
	}
	if _, change := at.In(zone).ZoneBounds(); !change.IsZero() && change.Before(last) {
		return change.Add(time.Duration(rapid.IntRange(-1500, 1500).Draw(t, label+" minutes off")) * time.Minute)
	}
	return at
}

func drawWork(t *rapid.T, label string) time.Duration {
	most := rapid.SampledFrom([]time.Duration{time.Hour, 100 * time.Hour, 5000 * time.Hour}).Draw(t, label+" at most")
	return time.Duration(rapid.Int64Range(0, int64(most)).Draw(t, label))
}

// working asks each minute in turn whether its clock shows working hours: the
// slow way to know Between.
func working(c *lintu.Calendar, from, to time.Time) time.Duration {
	var sum time.Duration
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		clock := at.In(c.Zone)
		minute := clock.Hour()*60 + clock.Minute()
		for _, h := range c.Hours {
			if c.IsWorkday(clock) && h.From <= minute && minute < h.To {
				sum += time.Minute
			}
		}
	}
	return sum
}

func TestBetweenCountsMinutes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		a := drawTime(t, "a").Truncate(time.Minute)
		b := a.Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "minutes")) * time.Minute)
		got, want := c.Between(a, b), working(c, a, b)
		if got == want {
			return
		}
		// An hour shown twice is worked through where it lies within a span, and
		// is only half worked where a span begins or ends in it.
		if back := repeated(c.Zone, a, b); got < want-back || got > want+back {
			t.Fatalf("between %s and %s: %s, minute by minute %s", a.In(c.Zone), b.In(c.Zone), got, want)
		}
	})
}

// repeated sums the time by which clocks are put back near a to b.
func repeated(zone *time.Location, a, b time.Time) time.Duration {
	var sum time.Duration
	for at := a.Add(-48 * time.Hour).In(zone); ; {
		_, change := at.ZoneBounds()
		if !change.IsZero() && !change.After(at) {
			change = at.Add(24 * time.Hour)
		}
		if change.IsZero() || change.After(b.Add(48*time.Hour)) {
			return sum
		}
		_, before := change.Add(-time.Second).Zone()
		_, after := change.Zone()
		if after < before {
			sum += time.Duration(before-after) * time.Second
		}
		at = change
	}
}

func TestBetweenAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		x, y, z := drawTime(t, "x"), drawTime(t, "y"), drawTime(t, "z")
		if c.Between(x, y)+c.Between(y, z) != c.Between(x, z) {
			t.Fatalf("%s + %s is not %s", c.Between(x, y), c.Between(y, z), c.Between(x, z))
		}
		if got := c.Between(x, y); x.Before(y) && (got < 0 || got > y.Sub(x)) {
			t.Fatalf("%s of work in %s", got, y.Sub(x))
		}
	})
}

func TestAddIsTheInverseOfBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		start, work := drawTime(t, "start"), drawWork(t, "work")
		end := c.Add(start, work)
		if got := c.Between(start, end); got != work {
			t.Fatalf("added %s, got %s", work, got)
		}
		if work > 0 && c.Between(start, end.Add(-1)) >= work {
			t.Fatalf("%s is not the earliest", end)
		}
		more := drawWork(t, "more")
		if one, two := c.Add(start, work+more), c.Add(end, more); !one.Equal(two) {
			t.Fatalf("at once %s, in two steps %s", one, two)
		}
	})
}

func TestDueIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawCalendar(t)
		unit := rapid.SampledFrom(lintu.LimitUnits).Draw(t, "unit").Unit
		l := lintu.Limit{Unit: unit}
		if unit != lintu.SameDay {
			l.N = rapid.IntRange(1, 60).Draw(t, "n")
		}
		a, b := drawTime(t, "a"), drawTime(t, "b")
		if b.Before(a) {
			a, b = b, a
		}
		due := c.Due(a, l)
		if due.After(c.Due(b, l)) || !due.After(a) {
			t.Fatalf("%s from %s is due %s, from %s %s", l.Say(), a, due, b, c.Due(b, l))
		}
		half, late := c.At(a, due, unit, 0.5), c.At(a, due, unit, 0.8)
		if half.Before(a) || late.Before(half) || due.Before(late) {
			t.Fatalf("%s, half %s, 0.8 %s, due %s", a, half, late, due)
		}
	})
}

func BenchmarkBetweenTenYears(b *testing.B) {
	c := lintu.DefaultCalendar()
	from := time.Date(2017, 3, 1, 9, 0, 0, 0, c.Zone)
	to := from.AddDate(10, 0, 0)
	for b.Loop() {
		c.Between(from, to)
	}
}

func BenchmarkAddTenYears(b *testing.B) {
	c := lintu.DefaultCalendar()
	from := time.Date(2017, 3, 1, 9, 0, 0, 0, c.Zone)
	for b.Loop() {
		c.Add(from, 17000*time.Hour)
	}
}

func BenchmarkDue(b *testing.B) {
	c := lintu.DefaultCalendar()
	from := time.Date(2026, 9, 29, 10, 0, 0, 0, c.Zone)
	for b.Loop() {
		c.Due(from, lintu.Limit{N: 7, Unit: lintu.InWorkingDays})
	}
}
