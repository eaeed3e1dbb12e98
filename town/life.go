package town

import (
	"time"

	"github.com/lintu-map/lintu"
)

// life is a case as its handling goes on.
type life struct {
	Past
	fate
	id       lintu.ID
	m        matter
	source   lintu.Source
	reporter lintu.Asker
	stop     lintu.State   // in which an open case waits; "" where it goes on to the end
	age      time.Duration // of an open case
	deeds    int
	last     lintu.State
	reworked bool
}

// next is what is done next to the case.
func (l *life) next(c *lintu.Case) (lintu.Deed, bool) {
	if l.last == lintu.Done && c.State == lintu.InProgress {
		l.reworked = true
	}
	l.last = c.State
	if l.stop == c.State && l.stays(c) {
		return lintu.Deed{}, false
	}
	switch c.State {
	case lintu.Reported:
		return l.verified(c)
	case lintu.Filed:
		unit := l.Unit(c.Category)
		return l.do(l.after(c, 2*l.accept), l.Dispatcher, lintu.Action{Act: lintu.ActDispatch, Handler: &unit})
	case lintu.Dispatched:
		if c.Returns == 0 && (l.returned || l.stop == lintu.Filed || l.stop == lintu.ReturnAsked) {
			return l.do(l.after(c, 3*l.accept), l.hand(c), lintu.Action{Act: lintu.ActReturn, Note: "不属于本单位职责，请另派"})
		}
		return l.do(l.after(c, 3.8*l.accept), l.hand(c), lintu.Action{Act: lintu.ActAccept})
	case lintu.InProgress:
		return l.handled(c)
	case lintu.ReturnAsked, lintu.ExtensionAsked, lintu.SuspensionAsked:
		return l.do(l.after(c, 3*l.talk), l.Dispatcher, lintu.Action{Act: lintu.ActApprove})
	case lintu.Done:
		return l.checked(c)
	case lintu.Closed:
		return l.evaluated(c)
	}
	return lintu.Deed{}, false
}

// stays reports whether an open case has come to where it waits.
func (l *life) stays(c *lintu.Case) bool {
	if l.stop == lintu.Filed {
		return c.Returns > 0
	}
	return true
}

func (l *life) do(at time.Time, by lintu.Asker, a lintu.Action) (lintu.Deed, bool) {
	l.deeds++
	a.ID = l.id.With(lintu.ID{'d', byte(l.deeds >> 8), byte(l.deeds)})
	return lintu.Deed{At: at, By: by, Action: a}, true
}

// hand is who works for whoever has the case.
func (l *life) hand(c *lintu.Case) lintu.Asker { return l.Hand(*c.Handler) }

// after is that many working hours after the last that was done. Who is in a hurry,
// because the case must be done the same day or because it is one of the last days,
// works at once.
func (l *life) after(c *lintu.Case, hours float64) time.Time {
	if l.age > 0 {
		return c.ChangedAt.Add(time.Duration(hours / 40 * float64(l.age)))
	}
	if c.Clock.Limit.Unit == lintu.SameDay {
		return c.ChangedAt.Add(time.Duration(hours * float64(6*time.Minute)))
	}
	return l.Calendar.Add(c.ChangedAt.Add(time.Minute), time.Duration(hours*float64(time.Hour)).Truncate(time.Microsecond))
}

func (l *life) verified(c *lintu.Case) (lintu.Deed, bool) {
	at := l.after(c, 3.5*l.verify)
	switch {
	case l.declined && l.stop == "":
		return l.do(at, l.Patrol, lintu.Action{Act: lintu.ActDecline, Note: "现场未发现，不予立案"})
	case l.onTheWay && l.stop == "" && c.Visibility != lintu.Restricted:
		return l.do(at, l.Patrol, lintu.Action{Act: lintu.ActTake})
	}
	return l.do(at, l.Patrol, lintu.Action{Act: lintu.ActVerify, Note: "现场核实，情况属实"})
}

// handled is what the handler does until it is done.
func (l *life) handled(c *lintu.Case) (lintu.Deed, bool) {
	by := l.hand(c)
	until := l.Calendar.Due(l.Until, lintu.Limit{N: 20 + int(20*l.talk), Unit: lintu.InWorkingDays})
	switch {
	case l.stop == lintu.ReturnAsked:
		return l.do(l.after(c, 3), by, lintu.Action{Act: lintu.ActAskReturn, Note: "仍不属于本单位职责"})
	case l.stop == lintu.ExtensionAsked:
		return l.do(l.after(c, 4), by, lintu.Action{Act: lintu.ActAskExtension, Note: "配件需要采购，申请延期", Until: &until})
	case l.stop == lintu.SuspensionAsked, l.stop == lintu.Suspended:
		return l.do(l.after(c, 4), by, lintu.Action{Act: lintu.ActAskSuspension, Note: "需等待专项资金，申请挂账", Until: &until})
	case l.extended && l.stop == "" && c.Until == nil && c.Clock.LateAt == nil && c.Clock.Limit.Unit == lintu.InWorkingDays:
		longer := l.Calendar.Due(c.Clock.Due, lintu.Limit{N: 3, Unit: lintu.InWorkingDays})
		return l.do(l.at(c, 0.6), by, lintu.Action{Act: lintu.ActAskExtension, Note: "连日下雨无法施工，申请延期", Until: &longer})
	case c.Mode == lintu.Joint && len(c.Phases) == 0:
		return l.do(l.after(c, 2*l.talk), by, lintu.Action{Act: lintu.ActPlan, Phases: []lintu.Phase{{Title: "现场会商"}, {Title: "联合处置"}}})
	}
	for i, phase := range c.Phases {
		if phase.DoneAt == nil {
			return l.do(l.at(c, l.done*float64(i+1)/float64(len(c.Phases)+1)), by, lintu.Action{Act: lintu.ActPhaseDone, Phase: &i, Note: phase.Title + "已完成"})
		}
	}
	if c.Visibility == lintu.Restricted && c.Outcome == "" {
		outcome, note := lintu.Agreed, "调解达成一致，双方签字"
		if !l.agreed {
			outcome, note = lintu.NotAgreed, "调解未达成一致，已告知其他途径"
		}
		return l.do(l.at(c, 0.8*l.done), by, lintu.Action{Act: lintu.ActMediate, Outcome: outcome, Note: note})
	}
	if l.stop == lintu.InProgress {
		return lintu.Deed{}, false
	}
	return l.reportedDone(c, by)
}

func (l *life) reportedDone(c *lintu.Case, by lintu.Asker) (lintu.Deed, bool) {
	a := lintu.Action{Act: lintu.ActReportDone, Note: l.m.done}
	if c.Visibility != lintu.Restricted {
		a.Photos = []lintu.ID{l.photo(c)}
	}
	at := l.at(c, l.done)
	if l.late && l.stop == "" {
		at = later(at, l.Calendar.Add(c.Clock.Due, time.Duration((1+14*l.talk)*float64(time.Hour)).Truncate(time.Microsecond)))
	}
	return l.do(at, by, a)
}

// photo is the id of the picture with which the case is reported done: of whoever has
// it then, and after a rework another one.
func (l *life) photo(c *lintu.Case) lintu.ID {
	of := lintu.ID{'p', c.Handler.Kind[0]}
	if l.reworked {
		of[2] = 1
	}
	return l.id.With(of)
}

// at is when that share of the time limit is over, or a little after the last that was
// done.
func (l *life) at(c *lintu.Case, share float64) time.Time {
	if l.age > 0 {
		return l.after(c, 8*share)
	}
	return later(l.Calendar.At(c.ReportedAt, c.Clock.Due, c.Clock.Limit.Unit, share), c.ChangedAt.Add(time.Duration(10+50*l.talk)*time.Minute))
}

func (l *life) checked(c *lintu.Case) (lintu.Deed, bool) {
	at := l.after(c, 10*l.check)
	switch {
	case l.rework && !l.reworked:
		return l.do(at, l.Checker, lintu.Action{Act: lintu.ActRework, Note: "现场仍有残留，请返工"})
	case l.source == lintu.FromResident && c.Confirmed == nil && l.told:
		yes := true
		return l.do(l.after(c, 5*l.check), l.reporter, lintu.Action{Act: lintu.ActConfirm, Yes: &yes})
	}
	return l.do(at, l.Checker, lintu.Action{Act: lintu.ActClose, Note: "现场核查，已办结"})
}

func (l *life) evaluated(c *lintu.Case) (lintu.Deed, bool) {
	at := l.after(c, 16*l.talk)
	switch {
	case l.source == lintu.FromResident && l.told:
		return l.do(at, l.reporter, lintu.Action{Act: lintu.ActEvaluate, Satisfaction: l.satisfaction})
	case l.called:
		return l.do(at, l.Dispatcher, lintu.Action{Act: lintu.ActCallBack, Satisfaction: l.satisfaction, Note: "电话回访"})
	}
	return lintu.Deed{}, false
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
