package lintu_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// story drives one case through its acts, at times of one's own choosing.
type story struct {
	t      *testing.T
	office *lintu.Office
	c      *lintu.Case
	events []lintu.Event
}

// Monday, 23 November 2026, ten in the morning in China: a working hour.
func newStory(t *testing.T, change func(*lintu.NewCase)) *story {
	t.Helper()
	s := &story{t: t, office: modelOffice()}
	n := lintu.NewCase{ID: lintu.ID{5}, Category: "wall", Place: lintu.Place{Lon: 113, Lat: 28, Placed: lintu.ByGPS},
		At: modelNow, Source: lintu.FromPatrol, Note: "学校对面的墙歪了"}
	if change != nil {
		change(&n)
	}
	c, events, err := s.office.Open(n, "20261123-000001", worker)
	if err != nil {
		t.Fatal(err)
	}
	s.c, s.events = c, events
	return s
}

var (
	worker     = modelViewer(10, lintu.RoleGridWorker)
	unit       = modelViewer(12, lintu.RoleUnitMember)
	dispatcher = modelViewer(13, lintu.RoleDispatcher)
	checker    = modelViewer(14, lintu.RoleChecker)
	resident   = lintu.Asker{Resident: true}
)

// act does something and returns the error's code, "" if it worked.
func (s *story) act(by lintu.Asker, a lintu.Action) lintu.ErrorCode {
	a.ID = lintu.NewID()
	c, events, err := s.office.Decide(s.c, a, by)
	if err == nil {
		s.c, s.events = c, append(s.events, events...)
	}
	return lintu.CodeOf(err)
}

func (s *story) must(by lintu.Asker, a lintu.Action) {
	s.t.Helper()
	if code := s.act(by, a); code != "" {
		s.t.Fatalf("%s in %s: %s", a.Act, s.c.State, code)
	}
}

func (s *story) in(state lintu.State) {
	s.t.Helper()
	if s.c.State != state {
		s.t.Fatalf("the case is %s, not %s", s.c.State, state)
	}
}

// at sets the clock to a time of the calendar's zone.
func (s *story) at(text string) {
	s.t.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", text, s.office.Calendar.Zone)
	if err != nil {
		s.t.Fatal(err)
	}
	s.office.Now = now
}

func (s *story) due(text string) {
	s.t.Helper()
	if got := s.c.Clock.Due.In(s.office.Calendar.Zone).Format("2006-01-02 15:04"); got != text {
		s.t.Fatalf("due %s, want %s", got, text)
	}
}

var proof = []lintu.ID{{7}}

func TestPinReachesTheUnitByItself(t *testing.T) {
	s := newStory(t, nil)
	s.in(lintu.Dispatched)
	var acts []lintu.Act
	for _, e := range s.events {
		acts = append(acts, e.Act)
	}
	if !reflect.DeepEqual(acts, []lintu.Act{lintu.ActReport, lintu.ActVerify, lintu.ActDispatch}) {
		t.Fatalf("it went by %v", acts)
	}
	if s.c.Handler == nil || s.c.Handler.Code != "U1" || s.c.Why.ZH != "规则 1" || s.c.WaitsFor != lintu.AsHandler {
		t.Fatalf("handler %v because %v, waiting for %s", s.c.Handler, s.c.Why, s.c.WaitsFor)
	}
	s = newStory(t, func(n *lintu.NewCase) { n.Source = lintu.FromResident })
	s.in(lintu.Reported) // somebody must look first
}

func TestClockCountsFromTheReport(t *testing.T) {
	s := newStory(t, nil)
	s.due("2026-11-26 10:00") // three working days
	s.at("2026-11-24 10:00")
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	s.due("2026-11-26 10:00")
	s.at("2026-11-26 09:00")
	s.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "已加固", Photos: proof})
	s.at("2026-11-27 09:00")
	s.must(checker, lintu.Action{Act: lintu.ActClose})
	if s.c.OnTime == nil || !*s.c.OnTime {
		t.Fatal("done in time and checked later is not on time")
	}
}

func TestReworkGetsWhatWasLeft(t *testing.T) {
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	s.at("2026-11-26 09:00")
	s.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "已加固", Photos: proof})
	s.at("2026-11-27 09:00")
	s.must(checker, lintu.Action{Act: lintu.ActRework, Note: "裂缝还在"})
	s.due("2026-11-27 10:00")
	if s.c.DoneAt != nil {
		t.Fatal("it still counts as done")
	}
	s.at("2026-11-27 11:00")
	s.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "已加固", Photos: proof})
	s.must(checker, lintu.Action{Act: lintu.ActClose})
	if *s.c.OnTime {
		t.Fatal("done after it was due is on time")
	}
}

func TestSuspensionStopsTheClock(t *testing.T) {
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	s.at("2026-11-25 10:00")
	until := s.office.Now.AddDate(0, 0, 20)
	s.must(unit, lintu.Action{Act: lintu.ActAskSuspension, Note: "等材料", Until: &until})
	s.must(dispatcher, lintu.Action{Act: lintu.ActApprove})
	s.in(lintu.Suspended)
	if !s.c.WaitUntil.Equal(until) {
		t.Fatalf("suspended until %v", s.c.WaitUntil)
	}
	s.at("2026-12-01 10:00")
	s.must(unit, lintu.Action{Act: lintu.ActResume})
	s.due("2026-12-02 10:00")
}

func TestExtensionIsToTheDayAskedFor(t *testing.T) {
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	early, later := s.office.Now.Add(time.Hour), s.office.Now.AddDate(0, 0, 10)
	if code := s.act(unit, lintu.Action{Act: lintu.ActAskExtension, Note: "x", Until: &early}); code != lintu.CodeInvalid {
		t.Fatalf("an extension to before the limit: %s", code)
	}
	s.must(unit, lintu.Action{Act: lintu.ActAskExtension, Note: "需要勘察", Until: &later})
	s.due("2026-11-26 10:00")
	s.must(dispatcher, lintu.Action{Act: lintu.ActApprove})
	s.due("2026-12-03 10:00")
}

func TestUrgentIsDoneTheSameDay(t *testing.T) {
	s := newStory(t, func(n *lintu.NewCase) { n.Urgency = lintu.Urgent })
	if due := s.c.Clock.Due.In(s.office.Calendar.Zone); due.Day() != 23 && due.Format("2006-01-02 15:04") != "2026-11-24 00:00" {
		t.Fatalf("due %v", due)
	}
}

func TestUnitReturnsOnceThenTheDispatcherDecides(t *testing.T) {
	s := newStory(t, nil)
	if code := s.act(unit, lintu.Action{Act: lintu.ActAskReturn, Note: "不属我单位"}); code != lintu.CodeConflict {
		t.Fatalf("asking at the first time: %s", code)
	}
	s.must(unit, lintu.Action{Act: lintu.ActReturn, Note: "不属我单位"})
	s.in(lintu.Filed) // and does not go back to the same by itself
	s.must(dispatcher, lintu.Action{Act: lintu.ActDispatch, Handler: &modelUnit})
	if code := s.act(unit, lintu.Action{Act: lintu.ActReturn, Note: "还是不属"}); code != lintu.CodeConflict {
		t.Fatalf("a second return: %s", code)
	}
	s.must(unit, lintu.Action{Act: lintu.ActAskReturn, Note: "还是不属"})
	s.must(dispatcher, lintu.Action{Act: lintu.ActDeny, Note: "属你单位"})
	s.in(lintu.InProgress)
}

func TestNobodyJudgesOwnWork(t *testing.T) {
	s := newStory(t, nil)
	s.must(worker, lintu.Action{Act: lintu.ActComment, Note: "x"})
	s = newStory(t, func(n *lintu.NewCase) { n.Source = lintu.FromResident })
	s.must(worker, lintu.Action{Act: lintu.ActTake})
	s.must(worker, lintu.Action{Act: lintu.ActReportDone, Note: "当场扶正", Photos: proof})
	both := modelViewer(10, lintu.RoleGridWorker, lintu.RoleChecker)
	if code := s.act(both, lintu.Action{Act: lintu.ActClose}); code != lintu.CodeForbidden {
		t.Fatalf("closing one's own work: %q", code)
	}
	s.must(checker, lintu.Action{Act: lintu.ActClose})
	if code := s.act(worker, lintu.Action{Act: lintu.ActEvaluate, Satisfaction: 5}); code != lintu.CodeForbidden {
		t.Fatalf("praising one's own work: %q", code)
	}
	s.must(resident, lintu.Action{Act: lintu.ActEvaluate, Satisfaction: 4})
	s.in(lintu.Evaluated)
}

func TestTimersLeadALateCaseUp(t *testing.T) {
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	var acts []lintu.Act
	for range 20 {
		var next *lintu.Timer
		for _, timer := range s.office.Timers(s.c) {
			if next == nil || timer.At.Before(next.At) {
				next = &timer
			}
		}
		if next == nil {
			break
		}
		if next.At.After(s.office.Now) {
			s.office.Now = next.At
		}
		s.must(lintu.System, lintu.Action{Act: next.Act})
		acts = append(acts, next.Act)
		if s.c.Rung == lintu.RungCommunity {
			break
		}
	}
	want := []lintu.Act{lintu.ActWarn, lintu.ActWarn, lintu.ActLate, lintu.ActEscalate, lintu.ActNudge, lintu.ActEscalate}
	if !reflect.DeepEqual(acts, want) {
		t.Fatalf("it went by %v", acts)
	}
	s.in(lintu.Dispatched) // to whoever must act a rung higher
}

func TestMergeAndUndo(t *testing.T) {
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	self, other := s.c.ID, lintu.ID{9}
	if code := s.act(dispatcher, lintu.Action{Act: lintu.ActMerge, Case: &self}); code != lintu.CodeConflict {
		t.Fatalf("merged into itself: %q", code)
	}
	s.must(dispatcher, lintu.Action{Act: lintu.ActMerge, Case: &other})
	s.in(lintu.Merged)
	s.must(dispatcher, lintu.Action{Act: lintu.ActUnmerge})
	s.in(lintu.InProgress)
	if len(s.c.Links) != 0 || s.c.Clock.State != lintu.Running || s.c.WaitUntil == nil {
		t.Fatalf("links %v, clock %s, until %v", s.c.Links, s.c.Clock.State, s.c.WaitUntil)
	}
}

func TestResidentReopensWithinThePeriod(t *testing.T) {
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	s.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "好了", Photos: proof})
	s.must(checker, lintu.Action{Act: lintu.ActClose})
	closed := s.office.Now
	s.office.Now = closed.AddDate(0, 0, 16)
	if code := s.act(resident, lintu.Action{Act: lintu.ActReopen, Note: "又歪了"}); code != lintu.CodeConflict {
		t.Fatalf("reopened after the period: %q", code)
	}
	s.office.Now = closed.AddDate(0, 0, 3)
	s.must(resident, lintu.Action{Act: lintu.ActReopen, Note: "又歪了"})
	s.in(lintu.Dispatched)
	if s.c.OnTime != nil || s.c.ClosedAt != nil || s.c.Clock.State != lintu.Running {
		t.Fatal("what was said of the first end still counts")
	}
}

func TestStaleActIsAConflict(t *testing.T) {
	s := newStory(t, nil)
	seq := s.c.Seq - 1
	if code := s.act(unit, lintu.Action{Act: lintu.ActAccept, Seq: &seq}); code != lintu.CodeConflict {
		t.Fatalf("an act on what has moved on: %q", code)
	}
}

// TestFoldIsAllThatChangesACase holds the rows to their events: what the events add
// up to after a round through JSON is what deciding returned.
func TestFoldIsAllThatChangesACase(t *testing.T) {
	s := newStory(t, nil)
	later := s.office.Now.AddDate(0, 0, 10)
	phase := 0
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	s.must(unit, lintu.Action{Act: lintu.ActPlan, Phases: []lintu.Phase{{Title: "勘查", Unit: &modelUnit}}, Helpers: []lintu.Handler{modelUnit}})
	s.must(unit, lintu.Action{Act: lintu.ActAskExtension, Note: "x", Until: &later})
	s.must(dispatcher, lintu.Action{Act: lintu.ActApprove})
	s.must(unit, lintu.Action{Act: lintu.ActPhaseDone, Phase: &phase, Note: "查明原因"})
	s.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "好了", Photos: proof})
	s.must(checker, lintu.Action{Act: lintu.ActClose})
	s.must(resident, lintu.Action{Act: lintu.ActEvaluate, Satisfaction: 5})
	var c *lintu.Case
	for i, e := range s.events {
		if e.Seq != i+1 {
			t.Fatalf("event %d has the number %d", i+1, e.Seq)
		}
		data, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back lintu.Event
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		c = lintu.Fold(c, back)
	}
	got, _ := json.Marshal(c)
	want, _ := json.Marshal(s.c)
	if string(got) != string(want) {
		t.Fatalf("the events add up to\n%s\nand not to\n%s", got, want)
	}
}

// A history has an end: what only adds to it is refused then, whoever does it, while the
// case can still be closed. Links and phases have ends of their own.
func TestHistoriesAreBounded(t *testing.T) {
	s, other, no := newStory(t, nil), lintu.ID{9}, false
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	for i := range 50 {
		s.must(unit, lintu.Action{Act: lintu.ActLink, Case: &lintu.ID{9, byte(i)}, Link: lintu.CausedBy})
	}
	if code := s.act(unit, lintu.Action{Act: lintu.ActLink, Case: &other, Link: lintu.PartOf}); code != lintu.CodeTooLarge {
		t.Errorf("one link too many: %q", code)
	}
	zero, twenty := 0, slices.Repeat([]lintu.Phase{{Title: "勘查"}}, 20)
	for range 4 {
		s.must(unit, lintu.Action{Act: lintu.ActPlan, Phases: twenty})
		for range twenty {
			for s.c.Phases[zero].DoneAt != nil {
				zero++
			}
			s.must(unit, lintu.Action{Act: lintu.ActPhaseDone, Phase: &zero, Note: "x"})
		}
	}
	s.must(unit, lintu.Action{Act: lintu.ActPlan, Phases: twenty})
	last := len(s.c.Phases) - 1
	s.must(unit, lintu.Action{Act: lintu.ActPhaseDone, Phase: &last, Note: "x"})
	if code := s.act(unit, lintu.Action{Act: lintu.ActPlan, Phases: twenty}); code != lintu.CodeTooLarge {
		t.Errorf("one phase too many: %q", code)
	}
	s.must(unit, lintu.Action{Act: lintu.ActPlan, Phases: twenty[:1]})
	for i, x := range s.c.Phases {
		if x.DoneAt == nil {
			s.must(unit, lintu.Action{Act: lintu.ActPhaseDone, Phase: &i, Note: "x"})
		}
	}
	for s.c.Seq < 500 {
		s.must(resident, lintu.Action{Act: lintu.ActComment, Note: "还没好"})
	}
	urgency := lintu.Urgent
	for _, x := range []struct {
		by lintu.Asker
		a  lintu.Action
	}{{resident, lintu.Action{Act: lintu.ActComment, Note: "x"}}, {dispatcher, lintu.Action{Act: lintu.ActSupervise, Note: "x"}},
		{dispatcher, lintu.Action{Act: lintu.ActAmend, Urgency: &urgency}}, {dispatcher, lintu.Action{Act: lintu.ActLocate, Place: &s.c.Place}}} {
		if code := s.act(x.by, x.a); code != lintu.CodeTooLarge || slices.Contains(s.office.May(s.c, x.by), x.a.Act) {
			t.Errorf("%s after %d events: %q", x.a.Act, s.c.Seq, code)
		}
	}
	s.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "好了", Photos: proof})
	if code := s.act(resident, lintu.Action{Act: lintu.ActConfirm, Yes: &no}); code != lintu.CodeTooLarge {
		t.Errorf("confirmed: %q", code)
	}
	s.must(checker, lintu.Action{Act: lintu.ActClose})
	s.must(resident, lintu.Action{Act: lintu.ActEvaluate, Satisfaction: 1})
}

// Whoever reported a case does not move it once it is filed: where it is says who judges
// it. A worker and a dispatcher of the place do.
func TestReportersDoNotMoveFiledCases(t *testing.T) {
	reporter := modelViewer(24, lintu.RoleUnitMember)
	reporter.Viewer.Grants[0].Scope.ID = lintu.ID{99} // of another unit
	s := newStory(t, nil)
	n := lintu.NewCase{ID: lintu.ID{6}, Category: "wall", Place: s.c.Place, At: modelNow, Source: lintu.FromPatrol}
	c, _, err := s.office.Open(n, "20261123-000003", reporter)
	if err != nil {
		t.Fatal(err)
	}
	s.c = c
	move := lintu.Action{Act: lintu.ActLocate, Place: &lintu.Place{Lon: 113.2, Lat: 28.2, Placed: lintu.ByMap}}
	s.must(reporter, move)
	s.must(worker, lintu.Action{Act: lintu.ActVerify})
	for _, accept := range []bool{false, true} {
		if accept {
			s.must(unit, lintu.Action{Act: lintu.ActAccept})
		}
		if code := s.act(reporter, move); code != lintu.CodeForbidden || slices.Contains(s.office.May(s.c, reporter), lintu.ActLocate) {
			t.Errorf("moved in %s: %q", s.c.State, code)
		}
		s.must(worker, move)
		s.must(dispatcher, move)
	}
}
