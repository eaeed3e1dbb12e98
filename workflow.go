package lintu

// Act is something done to a case.
type Act string

// The acts.
const (
	ActReport        Act = "report"
	ActVerify        Act = "verify"
	ActDecline       Act = "decline"
	ActWithdraw      Act = "withdraw"
	ActTake          Act = "take"
	ActDispatch      Act = "dispatch"
	ActAccept        Act = "accept"
	ActReturn        Act = "return"
	ActAskReturn     Act = "ask_return"
	ActAskExtension  Act = "ask_extension"
	ActAskSuspension Act = "ask_suspension"
	ActApprove       Act = "approve"
	ActDeny          Act = "deny"
	ActResume        Act = "resume"
	ActEscalate      Act = "escalate"
	ActHandDown      Act = "hand_down"
	ActPlan          Act = "plan"
	ActPhaseDone     Act = "phase_done"
	ActMediate       Act = "mediate"
	ActReportDone    Act = "report_done"
	ActConfirm       Act = "confirm"
	ActClose         Act = "close"
	ActRework        Act = "rework"
	ActCallBack      Act = "call_back"
	ActEvaluate      Act = "evaluate"
	ActReopen        Act = "reopen"
	ActMerge         Act = "merge"
	ActUnmerge       Act = "unmerge"
	ActSupervise     Act = "supervise"
	ActLocate        Act = "locate"
	ActAmend         Act = "amend"
	ActLink          Act = "link"
	ActComment       Act = "comment"

	// Of the clocks.
	ActWarn   Act = "warn"   // 50 or 80 per cent of the time are gone
	ActLate   Act = "late"   // all of it is
	ActNudge  Act = "nudge"  // whom the case waits for has had the time for it
	ActPlace  Act = "place"  // the areas around it have changed
	ActExpire Act = "expire" // nobody has evaluated it
)

// Stage is one of the seven of GB/T 30428.
type Stage string

// The stages.
const (
	StageCollected  Stage = "collected"
	StageFiled      Stage = "filed"
	StageDispatched Stage = "dispatched"
	StageInProgress Stage = "in_progress"
	StageDone       Stage = "reported_done"
	StageClosed     Stage = "closed"
	StageEvaluated  Stage = "evaluated"
)

// Stages declares the stages in their order.
var Stages = []struct {
	Stage Stage `json:"stage"`
	Title Text  `json:"title"`
}{
	{StageCollected, Text{"信息收集", "collected"}}, {StageFiled, Text{"案卷建立", "filed"}},
	{StageDispatched, Text{"任务派遣", "dispatched"}}, {StageInProgress, Text{"任务处理", "in progress"}},
	{StageDone, Text{"处理反馈", "reported done"}}, {StageClosed, Text{"核查结案", "verified and closed"}},
	{StageEvaluated, Text{"综合评价", "evaluated"}},
}

// Wait says how long whom a state waits for may take: the limit of that name, the
// case's own clock, or the day asked for.
type Wait string

// The waits.
const (
	NoWait       Wait = ""
	WaitVerify   Wait = "verify"
	WaitDispatch Wait = "dispatch"
	WaitAccept   Wait = "accept"
	WaitDue      Wait = "due" // the time limit of the case
	WaitDecide   Wait = "decide"
	WaitUntil    Wait = "until" // the day to which it was suspended
	WaitCheck    Wait = "check"
	WaitEvaluate Wait = "evaluate"
)

// StateInfo declares a state: whom it waits for, how long, and whether the time
// limit runs.
type StateInfo struct {
	State    State      `json:"state"`
	Title    Text       `json:"title"`
	Stage    Stage      `json:"stage"`
	WaitsFor Party      `json:"waitsFor,omitempty"`
	Wait     Wait       `json:"wait,omitempty"`
	Clock    ClockState `json:"clock"`
}

// States declares every state, in the order of a case's life.
var States = []StateInfo{
	{Reported, Text{"待核实", "to be verified"}, StageCollected, AsWorker, WaitVerify, Running},
	{Filed, Text{"待派遣", "to be dispatched"}, StageFiled, AsDispatcher, WaitDispatch, Running},
	{Dispatched, Text{"待签收", "to be accepted"}, StageDispatched, AsHandler, WaitAccept, Running},
	{InProgress, Text{"处理中", "in progress"}, StageInProgress, AsHandler, WaitDue, Running},
	{ReturnAsked, Text{"申请退单", "return asked for"}, StageDispatched, AsDispatcher, WaitDecide, Running},
	{ExtensionAsked, Text{"申请延期", "extension asked for"}, StageInProgress, AsDispatcher, WaitDecide, Running},
	{SuspensionAsked, Text{"申请挂账", "suspension asked for"}, StageInProgress, AsDispatcher, WaitDecide, Running},
	{Suspended, Text{"挂账", "suspended"}, StageInProgress, AsDispatcher, WaitUntil, Stopped},
	{Done, Text{"待核查", "to be checked"}, StageDone, AsChecker, WaitCheck, Stopped},
	{Closed, Text{"已结案", "closed"}, StageClosed, AsResident, WaitEvaluate, Ended},
	{Evaluated, Text{"已评价", "evaluated"}, StageEvaluated, "", NoWait, Ended},
	{Declined, Text{"不予立案", "not filed"}, StageCollected, "", NoWait, Ended},
	{Merged, Text{"已并案", "merged"}, StageCollected, "", NoWait, Stopped},
}

// StateByName returns the declaration of a state.
func StateByName(name State) (StateInfo, bool) {
	for _, s := range States {
		if s.State == name {
			return s, true
		}
	}
	return StateInfo{}, false
}

// ActInfo names an act for people.
type ActInfo struct {
	Act   Act  `json:"act"`
	Title Text `json:"title"`
}

// Acts declares every act.
var Acts = []ActInfo{
	{ActReport, Text{"上报", "report"}}, {ActVerify, Text{"核实立案", "verify and file"}}, {ActDecline, Text{"不予立案", "decline"}},
	{ActWithdraw, Text{"撤回", "withdraw"}}, {ActTake, Text{"直办", "take on the spot"}}, {ActDispatch, Text{"派遣", "dispatch"}},
	{ActAccept, Text{"签收", "accept"}}, {ActReturn, Text{"退单", "return"}}, {ActAskReturn, Text{"申请退单", "ask for return"}},
	{ActAskExtension, Text{"申请延期", "ask for extension"}}, {ActAskSuspension, Text{"申请挂账", "ask for suspension"}},
	{ActApprove, Text{"同意", "approve"}}, {ActDeny, Text{"不同意", "deny"}}, {ActResume, Text{"恢复办理", "resume"}},
	{ActEscalate, Text{"上报一级", "escalate"}}, {ActHandDown, Text{"下交一级", "hand down"}},
	{ActPlan, Text{"安排联办", "plan joint handling"}}, {ActPhaseDone, Text{"完成阶段", "finish a phase"}}, {ActMediate, Text{"调解", "mediate"}},
	{ActReportDone, Text{"办结反馈", "report done"}}, {ActConfirm, Text{"居民确认", "resident's word"}}, {ActClose, Text{"核查结案", "verify and close"}},
	{ActRework, Text{"返工", "rework"}}, {ActCallBack, Text{"回访", "call back"}}, {ActEvaluate, Text{"评价", "evaluate"}},
	{ActReopen, Text{"重新打开", "reopen"}}, {ActMerge, Text{"并案", "merge"}}, {ActUnmerge, Text{"撤销并案", "undo the merge"}},
	{ActSupervise, Text{"督办", "supervise"}}, {ActLocate, Text{"改位置", "correct the place"}}, {ActAmend, Text{"改类别等", "amend"}},
	{ActLink, Text{"关联", "link"}}, {ActComment, Text{"留言", "comment"}},
	{ActWarn, Text{"临期提醒", "warning"}}, {ActLate, Text{"超期", "late"}}, {ActNudge, Text{"催办", "nudge"}}, {ActExpire, Text{"到期未评", "not evaluated in time"}},
	{ActPlace, Text{"按新区域归属", "placed in the present areas"}},
}

// Input is something that an act needs to be told.
type Input string

// The inputs, named as the fields of Action.
const (
	InNote         Input = "note"
	InProof        Input = "proof" // a photo, or for a dispute the outcome of its mediation
	InHandler      Input = "handler"
	InUntil        Input = "until"
	InSatisfaction Input = "satisfaction"
	InPlace        Input = "place"
	InPhases       Input = "phases"
	InPhase        Input = "phase"
	InOutcome      Input = "outcome"
	InYes          Input = "yes"
	InCase         Input = "case"
	InLink         Input = "link"
	InChange       Input = "change" // one of category, urgency, mode, visibility
)

// Guard is what must hold beside the state.
type Guard string

// The guards.
const (
	IfNotReturned Guard = "not_returned"  // the first time
	IfReturned    Guard = "returned"      // every further time
	IfPhasesDone  Guard = "phases_done"   // none is open
	IfHasPhases   Guard = "has_phases"    // one is open
	IfRungAbove   Guard = "rung_above"    // not at the top
	IfRungBelow   Guard = "rung_below"    // not at the bottom
	IfInTime      Guard = "in_time"       // within the period for reopening
	IfLateWait    Guard = "wait_is_over"  // WaitUntil has passed
	IfDifferent   Guard = "not_this_case" // the other case is another one
	IfForeign     Guard = "foreign"       // not by one who worked on it
)

// Effect is what a transition does to the case's clock.
type Effect string

// The effects.
const (
	KeepClock    Effect = ""
	StopClock    Effect = "stop"    // what is left is kept
	ResumeClock  Effect = "resume"  // with what was left
	ExtendClock  Effect = "extend"  // to the day asked for
	RestartClock Effect = "restart" // the whole limit again
	EndClock     Effect = "end"
)

// Same is the target of acts that leave the state as it is, Back of those that
// bring back the one that a merge ended.
const (
	Same State = ""
	Back State = "*before"
)

// Transition is one line of the table: in that state the act leads there, if one of
// these parties does it and says what is needed.
type Transition struct {
	From  State   `json:"from"`
	Act   Act     `json:"act"`
	To    State   `json:"to,omitempty"`
	By    []Party `json:"by"`
	Needs []Input `json:"needs,omitempty"`
	If    []Guard `json:"if,omitempty"`
	Clock Effect  `json:"clock,omitempty"`
}

// Transitions is the one table of what may be done to a case. The server, the
// pages and docs/workflow.md are all derived from it, and a search through
// everything that it allows shows that nobody closes a case of one's own.
var Transitions = buildTransitions()

func buildTransitions() []Transition {
	by := func(parties ...Party) []Party { return parties }
	need := func(inputs ...Input) []Input { return inputs }
	when := func(guards ...Guard) []Guard { return guards }
	table := []Transition{
		{Reported, ActVerify, Filed, by(AsWorker, AsDispatcher), nil, nil, ""},
		{Reported, ActTake, InProgress, by(AsWorker), nil, nil, ""},
		{Reported, ActDecline, Declined, by(AsWorker, AsDispatcher), need(InNote), nil, EndClock},
		{Reported, ActWithdraw, Declined, by(AsReporter, AsResident), need(InNote), nil, EndClock},

		{Filed, ActDispatch, Dispatched, by(AsDispatcher, AsSystem), need(InHandler), nil, ""},
		{Filed, ActTake, InProgress, by(AsWorker), nil, nil, ""},
		{Filed, ActDecline, Declined, by(AsDispatcher), need(InNote), nil, EndClock},
		{Filed, ActEscalate, Filed, by(AsDispatcher), need(InNote), when(IfRungAbove), ""},
		{Filed, ActHandDown, Filed, by(AsDispatcher), need(InNote), when(IfRungBelow), ""},

		{Dispatched, ActAccept, InProgress, by(AsHandler), nil, nil, ""},
		{Dispatched, ActReturn, Filed, by(AsHandler), need(InNote), when(IfNotReturned), ""},
		{Dispatched, ActAskReturn, ReturnAsked, by(AsHandler), need(InNote), when(IfReturned), ""},
		{Dispatched, ActDispatch, Dispatched, by(AsDispatcher, AsSystem), need(InHandler), nil, ""},
		{Dispatched, ActEscalate, Filed, by(AsHandler, AsDispatcher, AsSystem), need(InNote), when(IfRungAbove), ""},
		{Dispatched, ActHandDown, Filed, by(AsDispatcher), need(InNote), when(IfRungBelow), ""},

		{InProgress, ActReportDone, Done, by(AsHandler), need(InNote, InProof), when(IfPhasesDone), StopClock},
		{InProgress, ActReturn, Filed, by(AsHandler), need(InNote), when(IfNotReturned), ""},
		{InProgress, ActAskReturn, ReturnAsked, by(AsHandler), need(InNote), when(IfReturned), ""},
		{InProgress, ActAskExtension, ExtensionAsked, by(AsHandler), need(InNote, InUntil), nil, ""},
		{InProgress, ActAskSuspension, SuspensionAsked, by(AsHandler), need(InNote, InUntil), nil, ""},
		{InProgress, ActDispatch, Dispatched, by(AsDispatcher), need(InHandler), nil, ""},
		{InProgress, ActEscalate, Filed, by(AsHandler, AsDispatcher, AsSystem), need(InNote), when(IfRungAbove), ""},
		{InProgress, ActHandDown, Filed, by(AsDispatcher), need(InNote), when(IfRungBelow), ""},
		{InProgress, ActPlan, Same, by(AsHandler, AsDispatcher), need(InPhases), nil, ""},
		{InProgress, ActPhaseDone, Same, by(AsHandler, AsHelper), need(InPhase, InNote), when(IfHasPhases), ""},
		{InProgress, ActMediate, Same, by(AsHandler, AsHelper), need(InOutcome, InNote), nil, ""},

		{ReturnAsked, ActApprove, Filed, by(AsDispatcher), nil, when(IfForeign), ""},
		{ReturnAsked, ActDeny, InProgress, by(AsDispatcher), need(InNote), nil, ""},
		{ExtensionAsked, ActApprove, InProgress, by(AsDispatcher), nil, when(IfForeign), ExtendClock},
		{ExtensionAsked, ActDeny, InProgress, by(AsDispatcher), need(InNote), nil, ""},
		{SuspensionAsked, ActApprove, Suspended, by(AsDispatcher), nil, when(IfForeign), StopClock},
		{SuspensionAsked, ActDeny, InProgress, by(AsDispatcher), need(InNote), nil, ""},
		{Suspended, ActResume, InProgress, by(AsHandler, AsDispatcher, AsSystem), nil, nil, ResumeClock},

		{Done, ActClose, Closed, by(AsChecker), nil, when(IfForeign), EndClock},
		{Done, ActRework, InProgress, by(AsChecker), need(InNote), when(IfForeign), ResumeClock},
		{Done, ActConfirm, Same, by(AsResident, AsReporter), need(InYes), when(IfForeign), ""},

		{Closed, ActEvaluate, Evaluated, by(AsResident, AsReporter), need(InSatisfaction), when(IfForeign), ""},
		{Closed, ActCallBack, Evaluated, by(AsDispatcher), need(InSatisfaction, InNote), when(IfForeign), ""},
		{Closed, ActExpire, Evaluated, by(AsSystem), nil, nil, ""},
		{Closed, ActReopen, Filed, by(AsResident, AsReporter, AsDispatcher), need(InNote), when(IfInTime), RestartClock},
		{Evaluated, ActReopen, Filed, by(AsResident, AsReporter), need(InNote), when(IfInTime), RestartClock},
		{Declined, ActReopen, Reported, by(AsResident, AsReporter, AsDispatcher), need(InNote), when(IfInTime), RestartClock},
		{Merged, ActUnmerge, Back, by(AsDispatcher), nil, nil, ResumeClock},
	}
	for _, s := range []State{Reported, Filed, Dispatched, InProgress} {
		// Where a case is decides who judges it: once it is filed, its reporter asks the
		// worker or the dispatcher.
		mayLocate := by(AsWorker, AsDispatcher)
		if s == Reported {
			mayLocate = by(AsReporter, AsWorker, AsDispatcher)
		}
		table = append(table,
			Transition{s, ActMerge, Merged, by(AsDispatcher), need(InCase), when(IfDifferent), StopClock},
			Transition{s, ActLocate, Same, mayLocate, need(InPlace), nil, ""},
			Transition{s, ActAmend, Same, by(AsWorker, AsDispatcher), need(InChange), nil, ""})
	}
	for _, s := range OpenStates {
		table = append(table,
			Transition{s, ActSupervise, Same, by(AsDispatcher), need(InNote), nil, ""},
			Transition{s, ActLink, Same, by(AsHandler, AsDispatcher), need(InCase, InLink), when(IfDifferent), ""},
			Transition{s, ActComment, Same, by(AsReporter, AsResident, AsWorker, AsHandler, AsHelper, AsDispatcher, AsChecker), need(InNote), nil, ""},
			Transition{s, ActPlace, Same, by(AsSystem), nil, nil, ""})
		info, _ := StateByName(s)
		if info.Clock == Running {
			table = append(table,
				Transition{s, ActWarn, Same, by(AsSystem), nil, nil, ""},
				Transition{s, ActLate, Same, by(AsSystem), nil, nil, ""})
		}
		if info.Wait != WaitDue && info.Wait != WaitUntil {
			table = append(table, Transition{s, ActNudge, Same, by(AsSystem), nil, when(IfLateWait), ""})
		}
	}
	return table
}

// transition finds the line for an act in a state.
func transition(from State, act Act) (Transition, bool) {
	for _, t := range Transitions {
		if t.From == from && t.Act == act {
			return t, true
		}
	}
	return Transition{}, false
}
