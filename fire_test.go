package lintu_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// fire lets the timers of the story fire and returns what the system did.
func (s *story) fire(at string) []lintu.Act {
	s.t.Helper()
	s.at(at)
	c, events, err := s.office.Fire(s.c)
	if err != nil {
		s.t.Fatal(err)
	}
	s.c, s.events = c, append(s.events, events...)
	var acts []lintu.Act
	for _, e := range events {
		if e.By != "system" || !e.At.Equal(s.office.Now) {
			s.t.Errorf("%s by %s at %s", e.Act, e.By, e.At)
		}
		acts = append(acts, e.Act)
	}
	return acts
}

func TestTimersFireInTheirOrder(t *testing.T) {
	s := newStory(t, nil) // due on Thursday at 10:00, to be accepted by Monday 16:00
	for _, step := range []struct {
		at   string
		want []lintu.Act
	}{
		{"2026-11-23 15:59", nil},
		{"2026-11-23 16:00", []lintu.Act{lintu.ActNudge}},
		{"2026-11-23 16:00", nil},
		{"2026-11-24 15:29", nil},
		{"2026-11-24 15:30", []lintu.Act{lintu.ActWarn}}, // half of 21 working hours
		{"2026-11-25 15:18", []lintu.Act{lintu.ActWarn}}, // 80 per cent
		{"2026-11-26 09:59", nil},
		{"2026-11-26 10:00", []lintu.Act{lintu.ActLate}},
		{"2026-11-27 09:59", nil},
		{"2026-11-27 10:00", []lintu.Act{lintu.ActEscalate, lintu.ActDispatch}}, // a working day late: to the group
	} {
		if got := s.fire(step.at); !slices.Equal(got, step.want) {
			t.Errorf("%s: %v, want %v", step.at, got, step.want)
		}
	}
	if s.c.Rung != lintu.RungGroup || s.c.Clock.Warned != 100 {
		t.Errorf("on the rung %s, warned %d", s.c.Rung, s.c.Clock.Warned)
	}
}

func TestTimersCatchUpAfterAnOutage(t *testing.T) {
	s := newStory(t, nil)
	got := s.fire("2026-12-10 09:00")
	// Both warnings are one, and the case climbs one rung, not all of them.
	want := []lintu.Act{lintu.ActNudge, lintu.ActWarn, lintu.ActLate, lintu.ActEscalate, lintu.ActDispatch}
	if !slices.Equal(got, want) {
		t.Errorf("fired %v, want %v", got, want)
	}
	if late := s.c.Clock.LateAt; late == nil || !late.Equal(s.c.Clock.Due) {
		t.Errorf("late since %v, due %s", late, s.c.Clock.Due)
	}
}

// Whatever people do and however long nobody looks: when the timers have fired,
// nothing is due any more, and what is left alone comes to rest.
func TestTimersComeToRest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := newStory(t, func(n *lintu.NewCase) {
			n.Source = rapid.SampledFrom([]lintu.Source{lintu.FromPatrol, lintu.FromResident}).Draw(r, "source")
			n.Urgency = rapid.SampledFrom([]lintu.Urgency{"", lintu.Urgent}).Draw(r, "urgency")
		})
		pass := func(label string, hours int) int {
			s.office.Now = s.office.Now.Add(time.Duration(rapid.IntRange(0, hours*3600).Draw(r, label)) * time.Second)
			c, events, err := s.office.Fire(s.c)
			if err != nil {
				r.Fatal(err)
			}
			if _, again, _ := s.office.Fire(c); len(again) > 0 {
				r.Fatalf("after firing %d, %s is due still", len(events), again[0].Act)
			}
			s.c = c
			return len(events)
		}
		for range rapid.IntRange(0, 25).Draw(r, "acts") {
			pass("seconds", rapid.SampledFrom([]int{1, 30, 1000}).Draw(r, "hours"))
			a := rapid.SampledFrom(modelActions()).Draw(r, "act")
			until := s.office.Now.Add(time.Duration(rapid.IntRange(1, 2000).Draw(r, "until")) * time.Hour)
			a.Until = &until
			s.act(rapid.SampledFrom(modelAskers()[:8]).Draw(r, "by"), a)
		}
		fired := 0
		for range 60 {
			fired += pass("alone", 24*40)
		}
		for range 10 { // however little time was drawn above
			s.office.Now = s.office.Now.AddDate(0, 6, 0)
			c, events, err := s.office.Fire(s.c)
			if err != nil {
				r.Fatal(err)
			}
			s.c, fired = c, fired+len(events)
		}
		if fired > 30 {
			r.Fatalf("left alone, the system did %d things to it", fired)
		}
		s.office.Now = s.office.Now.AddDate(3, 0, 0)
		if _, events, _ := s.office.Fire(s.c); len(events) > 0 {
			r.Fatalf("%s three years later", events[0].Act)
		}
	})
}
