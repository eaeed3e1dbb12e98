package lintu

import (
	"slices"
	"strings"
)

// guard is CodeConflict or CodeForbidden where what must hold does not.
func (o *Office) guard(c *Case, a Action, by Asker, g Guard) error {
	holds, say := true, Text{}
	switch g {
	case IfForeign:
		if by.workedOn(c) {
			return Errorf(CodeForbidden, "您参与过案卷 %s 的办理，不能核查或评价自己的办理。", "You have worked on case %s and cannot judge your own work.", c.Number)
		}
	case IfNotReturned:
		holds, say = c.Returns == 0, Text{"案卷已退过一次，再退须向调度员申请", "it has been returned once; ask the dispatcher to return it again"}
	case IfReturned:
		holds, say = c.Returns > 0, Text{"第一次退单不必申请", "the first return need not be asked for"}
	case IfPhasesDone:
		holds, say = !c.hasOpenPhase(), Text{"还有阶段没有完成", "a phase is not finished"}
	case IfHasPhases:
		holds, say = c.hasOpenPhase(), Text{"没有未完成的阶段", "no phase is open"}
	case IfRungAbove:
		_, holds = c.Rung.Next(1)
		say = Text{"已在最高一级", "it is at the top of the ladder"}
	case IfRungBelow:
		_, holds = c.Rung.Next(-1)
		say = Text{"已在最低一级", "it is at the bottom of the ladder"}
	case IfInTime:
		end := o.Calendar.Due(c.ChangedAt, o.Limits.Reopen)
		if c.ClosedAt != nil {
			end = o.Calendar.Due(*c.ClosedAt, o.Limits.Reopen)
		}
		holds, say = !o.Now.After(end), Text{"重新打开的期限已过，请另行上报", "the time for reopening is over; please report it anew"}
	case IfLateWait:
		holds, say = c.WaitUntil != nil && !o.Now.Before(*c.WaitUntil) && !c.Nudged, Text{"等待时限未到", "the wait is not over"}
	case IfDifferent:
		holds, say = a.Case != nil && *a.Case != c.ID, Text{"不能与自身关联", "a case cannot be related to itself"}
	}
	if holds {
		return nil
	}
	return Errorf(CodeConflict, "案卷 %[1]s：%[2]s。", "Case %[1]s: %[3]s.", c.Number, say.ZH, say.EN)
}

// What one case holds. More than that is not a case any more, and would make it slow for
// everybody who looks at it.
const (
	eventsMost = 500 // beyond it, only what brings it further
	linksMost  = 50
	phasesMost = 100 // those that are finished included
)

// isFull reports whether the history is too long for an act that only adds to it. What
// brings a case to its end is always possible.
func (c *Case) isFull(act Act) bool {
	return c.Seq >= eventsMost && slices.Contains([]Act{ActComment, ActSupervise, ActLink, ActLocate, ActAmend, ActConfirm}, act)
}

func (c *Case) errFull() error {
	return Errorf(CodeTooLarge, "案卷 %[1]s 的经过已有 %[2]d 条，不能再添加留言、关联或更正；请办结它，或另报一件。",
		"The history of case %[1]s has %[2]d entries, so that no comment, link or correction can be added; please bring it to its end, or report another one.", c.Number, c.Seq)
}

func (c *Case) hasOpenPhase() bool {
	return slices.ContainsFunc(c.Phases, func(p Phase) bool { return p.DoneAt == nil })
}

// missing is CodeInvalid where an action does not say what it must.
func missing(c *Case, a Action, in Input) error {
	ok, say := true, Text{}
	switch in {
	case InNote:
		ok, say = strings.TrimSpace(a.Note) != "", Text{"请写明说明（note）", "say why or what in note"}
	case InProof:
		ok = len(a.Photos) > 0 || c.Outcome != "" && c.Visibility == Restricted
		say = Text{"请附办结照片（photos）；纠纷可先登记调解结果", "add a photo of the result (photos); a dispute may have the outcome of a mediation instead"}
	case InHandler:
		ok, say = a.Handler != nil && (!a.Handler.ID.IsZero() || a.Handler.Code != ""), Text{"请指明责任单位（handler）", "name who must act (handler)"}
	case InUntil:
		ok, say = a.Until != nil, Text{"请指明日期（until）", "name the day (until)"}
	case InSatisfaction:
		ok, say = a.Satisfaction >= 1 && a.Satisfaction <= 5, Text{"满意度（satisfaction）应是 1 到 5", "satisfaction must be 1 to 5"}
	case InPlace:
		ok, say = a.Place != nil && a.Place.check() == nil, Text{"请指明位置（place）", "name the place (place)"}
	case InPhases:
		ok, say = len(a.Phases) > 0 && len(a.Phases) <= 20, Text{"请列出 1 到 20 个阶段（phases）", "list 1 to 20 phases (phases)"}
	case InPhase:
		ok = a.Phase != nil && *a.Phase >= 0 && *a.Phase < len(c.Phases) && c.Phases[*a.Phase].DoneAt == nil
		say = Text{"请指明一个未完成的阶段（phase）", "name a phase that is open (phase)"}
	case InOutcome:
		ok, say = a.Outcome == Agreed || a.Outcome == NotAgreed, Text{"调解结果（outcome）应是 agreed 或 not_agreed", "outcome must be agreed or not_agreed"}
	case InYes:
		ok, say = a.Yes != nil, Text{"请回答是否已解决（yes）", "say whether it is solved (yes)"}
	case InCase:
		ok, say = a.Case != nil, Text{"请指明另一案卷（case）", "name the other case (case)"}
	case InLink:
		ok = a.Link == CausedBy || a.Link == PartOf // a duplicate is merged, and has one such link
		say = Text{"关联（link）应是 caused_by 或 part_of；重复的案卷请并案（merge）", "link must be caused_by or part_of; a duplicate is to be merged (merge)"}
	case InChange:
		ok = a.Category != nil || a.Urgency != nil || a.Mode != nil || a.Visibility != nil
		say = Text{"请指明要改的类别、紧急程度、办理方式或公开范围", "name the category, urgency, mode or visibility to be"}
	}
	if ok {
		return nil
	}
	return Errorf(CodeInvalid, "做“%[1]s”还缺：%[2]s。", "To %[3]s: %[4]s.", actTitle(a.Act).ZH, say.ZH, actTitle(a.Act).EN, say.EN)
}

// check refuses what is no place.
func (p *Place) check() error {
	return (&NewCase{ID: ID{1}, Place: *p, Source: FromPatrol}).check()
}
