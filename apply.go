package lintu

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// apply writes into the event what the act changes beside the state.
func (o *Office) apply(e *Event, c *Case, a Action, by Asker) error {
	p := &e.Set
	switch a.Act {
	case ActTake:
		p.Handler, p.Hand = takeAs(c, by), by.account()
		p.Mode, p.Why = ref(Direct), &Text{"当场直办", "taken on the spot"}
	case ActDispatch:
		h, err := o.Handler(*a.Handler)
		if err != nil {
			return err
		}
		p.Handler, p.Why = h, &Text{"调度员派遣", "chosen by the dispatcher"}
	case ActAccept, ActMediate:
		p.Hand = by.account()
		if a.Act == ActMediate {
			p.Outcome = &a.Outcome
		}
	case ActReturn, ActAskReturn, ActAskExtension, ActAskSuspension:
		return o.applyAsk(p, c, a)
	case ActApprove:
		if c.State == ReturnAsked {
			p.NoHandler, p.Returns = true, ref(c.Returns+1)
		}
	case ActEscalate, ActHandDown, ActReopen:
		return o.applyMove(p, c, a)
	case ActPlan, ActPhaseDone:
		return o.applyPhases(p, c, a, by)
	case ActReportDone:
		p.DoneAt, p.Hand = &e.At, by.account()
	case ActConfirm:
		p.Confirmed = a.Yes
	case ActClose:
		p.ClosedAt, p.OnTime = &e.At, ref(c.Clock.LateAt == nil && (c.DoneAt == nil || !c.DoneAt.After(c.Clock.Due)))
	case ActRework:
		p.Undone = true
	case ActEvaluate, ActCallBack:
		p.Satisfaction = &a.Satisfaction
	case ActMerge:
		p.Before, p.Link = &c.State, &Link{DuplicateOf, *a.Case}
	case ActUnmerge:
		p.Unlink = c.duplicateOf()
		return o.placeAnew(p, c)
	case ActPlace:
		return o.placeAnew(p, c)
	case ActLink:
		if len(c.Links) >= linksMost {
			return Errorf(CodeTooLarge, "案卷 %[1]s 已有 %[2]d 个关联，不能再加。", "Case %[1]s has %[2]d links, which is the most there can be.", c.Number, linksMost)
		}
		p.Link = &Link{a.Link, *a.Case}
	case ActSupervise:
		p.Supervised = ref(c.Supervised + 1)
	case ActLocate:
		p.Place = a.Place
		_, err := o.route(p, c, *a.Place, c.Category, c.Rung)
		return err
	case ActAmend:
		return o.applyAmend(p, c, a, by)
	case ActWarn, ActLate:
		clock := c.Clock
		clock.Warned = o.warning(c)
		if a.Act == ActLate {
			clock.Warned, clock.LateAt = 100, ref(c.Clock.Due)
		}
		p.Clock = &clock
	case ActNudge:
		p.Nudged = ref(true)
	}
	return nil
}

// takeAs is the neighbor head's post, or else the account.
func takeAs(c *Case, by Asker) *Handler {
	if c.Head != nil {
		if id, err := ParseID(c.Head.ID); err == nil && has(by.Viewer.Territory(HandleCases).Heads, id) {
			return &Handler{Kind: HeadHandles, ID: id, Code: c.Head.Code, Name: c.Head.Name}
		}
	}
	return &Handler{Kind: WorkerHandles, ID: by.Viewer.Account}
}

func (o *Office) applyAsk(p *Patch, c *Case, a Action) error {
	switch a.Act {
	case ActReturn:
		p.NoHandler, p.Returns = true, ref(c.Returns+1)
	case ActAskExtension, ActAskSuspension:
		if !a.Until.After(o.Now) || a.Act == ActAskExtension && !a.Until.After(c.Clock.Due) {
			return Errorf(CodeInvalid, "申请的日期 until 应晚于现在和原定时限。", "The day asked for must be after now and after the present time limit.")
		}
		if a.Until.After(o.Now.AddDate(longestUntil, 0, 0)) {
			return Errorf(CodeInvalid, "申请的日期 until 不能超过两年。", "The day asked for cannot be more than two years away.")
		}
		p.Until = a.Until
	}
	return nil
}

// applyMove is for the acts after which somebody else must be found.
func (o *Office) applyMove(p *Patch, c *Case, a Action) error {
	switch a.Act {
	case ActEscalate:
		up, _ := c.Rung.Next(1)
		p.Rung = &up
	case ActHandDown:
		down, _ := c.Rung.Next(-1)
		p.Rung = &down
	case ActReopen:
		p.Undone, p.NoHandler = true, true
		return o.placeAnew(p, c)
	}
	p.NoHandler = true
	return nil
}

// placeAnew gives the case the present areas and neighbor head of its place. What is
// open follows them; what was over and comes back may have missed some.
func (o *Office) placeAnew(p *Patch, c *Case) error {
	r, err := o.Route(c.Place, c.Category, c.Rung)
	if err != nil {
		return err
	}
	p.Areas, p.Head, p.NoHead = &r.Areas, r.Head, r.Head == nil
	return nil
}

// longestUntil is how many years away a day may be that somebody names.
const longestUntil = 2

// Bounds of joint handling.
const (
	phaseRunes = 100
	maxHelpers = 20
)

func (o *Office) applyPhases(p *Patch, c *Case, a Action, by Asker) error {
	if a.Act == ActPhaseDone {
		if whose := c.Phases[*a.Phase].Unit; !(&Case{Handler: c.Handler}).isWith(by.Viewer) && (whose == nil || !(&Case{Handler: whose}).isWith(by.Viewer)) {
			return Errorf(CodeForbidden, "这一阶段应由它的责任单位或牵头单位完成。", "This phase is for its own unit, or for the one that leads, to finish.")
		}
		phases := slices.Clone(c.Phases)
		phases[*a.Phase].DoneAt = ref(o.Now)
		p.Phases, p.Hand = &phases, by.account()
		return nil
	}
	phases := slices.DeleteFunc(slices.Clone(c.Phases), func(x Phase) bool { return x.DoneAt == nil })
	if len(phases)+len(a.Phases) > phasesMost {
		return Errorf(CodeTooLarge, "案卷 %[1]s 的阶段（含已完成的 %[2]d 个）最多 %[3]d 个。",
			"Case %[1]s can have %[3]d phases at most, of which %[2]d are finished.", c.Number, len(phases), phasesMost)
	}
	for _, x := range a.Phases {
		x.DoneAt = nil
		if x.Title = strings.TrimSpace(x.Title); x.Title == "" || utf8.RuneCountInString(x.Title) > phaseRunes {
			return Errorf(CodeInvalid, "每个阶段都要有名称（title），最多 %d 字。", "Every phase needs a title of at most %d characters.", phaseRunes)
		}
		if x.Until != nil && x.Until.After(o.Now.AddDate(longestUntil, 0, 0)) {
			return Errorf(CodeInvalid, "阶段的日期 until 不能超过两年。", "The day of a phase (until) cannot be more than two years away.")
		}
		if x.Unit != nil {
			unit, err := o.Handler(*x.Unit)
			if err != nil {
				return err
			}
			x.Unit = unit
		}
		phases = append(phases, x)
	}
	if len(a.Helpers) > maxHelpers {
		return Errorf(CodeTooLarge, "协办单位最多 %d 个。", "At most %d units can help.", maxHelpers)
	}
	helpers := []Handler{}
	for _, h := range a.Helpers {
		unit, err := o.Handler(h)
		if err != nil {
			return err
		}
		helpers = append(helpers, *unit)
	}
	p.Phases, p.Helpers, p.Mode = &phases, &helpers, ref(Joint)
	return nil
}

func (o *Office) applyAmend(p *Patch, c *Case, a Action, by Asker) error {
	switch {
	case a.Urgency != nil && !isUrgency(*a.Urgency):
		return Errorf(CodeInvalid, "没有紧急程度 %q。", "There is no urgency %q.", *a.Urgency)
	case a.Visibility != nil && !isVisibility(*a.Visibility):
		return Errorf(CodeInvalid, "没有公开范围 %q。", "There is no visibility %q.", *a.Visibility)
	case a.Mode != nil && !isMode(*a.Mode):
		return Errorf(CodeInvalid, "没有办理方式 %q。", "There is no mode %q.", *a.Mode)
	}
	p.Urgency, p.Visibility, p.Mode = a.Urgency, a.Visibility, a.Mode
	limit := c.Clock.Limit
	category, _ := o.Categories.Find(c.Category) // which may be retired by now
	if a.Category != nil {
		var err error
		if category, err = o.Categories.Leaf(*a.Category); err != nil {
			return err
		}
		p.Category, limit = a.Category, category.Limit
		if category.Visibility == Restricted {
			p.Visibility = ref(Restricted)
		}
	}
	if category.Visibility == Restricted && a.Visibility != nil && *a.Visibility != Restricted {
		return Errorf(CodeInvalid, "类别 %[1]s 的案卷是受限的，不能公开；如果类别不对，请先改类别。",
			"Cases of category %[1]s are restricted and cannot be opened; if it is the wrong category, amend that.", category.Code)
	}
	if a.Urgency != nil && *a.Urgency == Urgent {
		limit = Limit{Unit: SameDay}
	}
	if limit != c.Clock.Limit && c.Clock.State == Running { // the time still counts from the report
		due := o.Calendar.Due(c.ReportedAt, limit)
		if due.After(c.Clock.Due) && by.workedOn(c) {
			return Errorf(CodeForbidden, "您参与过案卷 %s 的办理，不能通过改类别给自己延期；请申请延期，或请调度员改。",
				"You have worked on case %s and cannot give yourself more time by its category; please ask for an extension, or let the dispatcher amend it.", c.Number)
		}
		p.Clock = &Clock{State: Running, Limit: limit, From: c.ReportedAt, Due: due, LateAt: c.Clock.LateAt, Warned: c.Clock.Warned}
	}
	return nil
}

// route finds where a place belongs and writes it into the patch. c is nil for a
// new case.
func (o *Office) route(p *Patch, c *Case, at Place, category string, rung Rung) (*Routed, error) {
	r, err := o.Route(at, category, rung)
	if err != nil {
		return nil, err
	}
	p.Areas, p.Head, p.NoHead = &r.Areas, r.Head, r.Head == nil && c != nil
	doubt := r.Doubt
	if c != nil {
		doubt = nil // it is asked once
	}
	p.Doubt, p.Why = &doubt, &r.Why
	return r, nil
}

// duplicateOf is the link that merging made.
func (c *Case) duplicateOf() *Link {
	for _, l := range c.Links {
		if l.Kind == DuplicateOf {
			return &l
		}
	}
	return nil
}

// wait sets until when whom the event's state waits for may take.
func (o *Office) wait(e *Event, c *Case) {
	if c != nil && c.State == e.To && e.Act != ActDispatch {
		return
	}
	info, _ := StateByName(e.To)
	switch info.Wait {
	case NoWait:
	case WaitDue:
		clock := Clock{}
		if c != nil {
			clock = c.Clock
		}
		set(&clock, e.Set.Clock)
		e.Set.WaitUntil = &clock.Due
	case WaitUntil:
		e.Set.WaitUntil = ref(e.At)
		if c != nil && c.Until != nil {
			e.Set.WaitUntil = c.Until
		}
	default:
		if limit, ok := o.Limits.of(info.Wait); ok {
			e.Set.WaitUntil = ref(o.Calendar.Due(e.At, limit))
			e.Set.Nudged = ref(false)
		}
	}
}

func ref[T any](x T) *T { return &x }

// turnClock writes what the effect makes of the case's clock.
func (o *Office) turnClock(p *Patch, c *Case, effect Effect) {
	clock := c.Clock
	switch effect {
	case StopClock:
		clock.State, clock.Left = Stopped, o.left(c.Clock)
	case ResumeClock:
		clock.State, clock.From = Running, o.Now
		if clock.Left > 0 {
			clock.Due = o.after(clock.Limit, clock.Left)
		}
		clock.Left = 0
	case ExtendClock:
		clock.From, clock.LateAt, clock.Warned = c.ReportedAt, nil, 0
		if c.Until != nil {
			clock.Due = *c.Until
		}
		clock.Warned = o.warned(clock)
	case RestartClock:
		clock = Clock{State: Running, Limit: clock.Limit, From: o.Now, Due: o.Calendar.Due(o.Now, clock.Limit)}
	case EndClock:
		clock.State = Ended
	default:
		return
	}
	p.Clock = &clock
}

// left is what remains of a running clock, in its limit's kind of time.
func (o *Office) left(c Clock) time.Duration {
	switch {
	case !o.Now.Before(c.Due):
		return o.Now.Sub(c.Due) * -1
	case c.Limit.Unit.Working():
		return o.Calendar.Between(o.Now, c.Due)
	}
	return c.Due.Sub(o.Now)
}

// after is the instant when that much of the limit's kind of time will have passed.
func (o *Office) after(l Limit, d time.Duration) time.Time {
	if l.Unit.Working() {
		return o.Calendar.Add(o.Now, d)
	}
	return o.Now.Add(d)
}

// warned is the last warning whose time has passed.
func (o *Office) warned(c Clock) int {
	last := 0
	for _, per := range warnings {
		if !o.Calendar.At(c.From, c.Due, c.Limit.Unit, float64(per)/100).After(o.Now) {
			last = per
		}
	}
	return last
}

// warning is the warning that is due now.
func (o *Office) warning(c *Case) int { return max(o.warned(c.Clock), c.Clock.Warned) }

// warnings are the shares of the time limit at which one is warned, in per cent.
var warnings = []int{50, 80}

// Timers are the instants at which the system will act on the case by itself.
func (o *Office) Timers(c *Case) []Timer {
	var timers []Timer
	if c.Clock.State == Running {
		for _, per := range warnings {
			if c.Clock.Warned < per {
				timers = append(timers, Timer{ActWarn, o.Calendar.At(c.Clock.From, c.Clock.Due, c.Clock.Limit.Unit, float64(per)/100), per})
			}
		}
		if c.Clock.LateAt == nil {
			timers = append(timers, Timer{Act: ActLate, At: c.Clock.Due})
		}
		if at, ok := o.climbs(c); ok {
			timers = append(timers, Timer{Act: ActEscalate, At: at})
		}
	}
	if c.WaitUntil == nil || c.Nudged {
		return timers
	}
	switch c.State {
	case Suspended:
		timers = append(timers, Timer{Act: ActResume, At: *c.WaitUntil})
	case Closed:
		timers = append(timers, Timer{Act: ActExpire, At: *c.WaitUntil})
	default:
		if _, ok := transition(c.State, ActNudge); ok {
			timers = append(timers, Timer{Act: ActNudge, At: *c.WaitUntil})
		}
	}
	return timers
}

// climbs is when a late case goes up by itself: Limits.Escalate after it was due, or
// after it came to its present state, whichever is later. In the street it stays.
func (o *Office) climbs(c *Case) (time.Time, bool) {
	if c.Rung == RungStreet || c.Rung == RungCounty {
		return time.Time{}, false
	}
	if _, ok := transition(c.State, ActEscalate); !ok || c.State == Filed {
		return time.Time{}, false
	}
	from := c.Clock.Due
	if c.Since.After(from) {
		from = c.Since
	}
	return o.Calendar.Due(from, o.Limits.Escalate), true
}
