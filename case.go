package lintu

import (
	"slices"
	"time"
)

// State is where a case stands. What leads from one to another is in Transitions.
type State string

// The states.
const (
	Reported        State = "reported"         // it has arrived; somebody must look whether it is so
	Filed           State = "filed"            // it is so; somebody must be given it
	Dispatched      State = "dispatched"       // given to a handler who has not taken it yet
	InProgress      State = "in_progress"      // the handler is on it
	ReturnAsked     State = "return_asked"     // the handler wants to give it back, once more
	ExtensionAsked  State = "extension_asked"  // the handler wants more time
	SuspensionAsked State = "suspension_asked" // the handler cannot go on for now
	Suspended       State = "suspended"        // waits for something outside, until a day
	Done            State = "done"             // the handler says it is done; somebody else must look
	Closed          State = "closed"           // it is done; the resident is asked
	Evaluated       State = "evaluated"        // the end, unless the resident reopens it
	Declined        State = "declined"         // not filed; the end, unless the reporter objects
	Merged          State = "merged"           // told in another case, of which it is a duplicate
)

// Source is how a case has come.
type Source string

// The sources.
const (
	FromPatrol   Source = "patrol"
	FromMeeting  Source = "meeting"
	FromResident Source = "resident"
	FromHotline  Source = "hotline"
	FromCamera   Source = "camera"
	FromSystem   Source = "system" // another system
)

// Sources declares every source, in the order in which they are offered.
var Sources = []struct {
	Source Source `json:"source"`
	Title  Text   `json:"title"`
}{
	{FromPatrol, Text{"巡查", "patrol"}}, {FromMeeting, Text{"议事会", "bench meeting"}},
	{FromResident, Text{"居民", "resident"}}, {FromHotline, Text{"热线", "hotline"}},
	{FromCamera, Text{"视频", "camera"}}, {FromSystem, Text{"其他系统", "other system"}},
}

// Urgency is the ledger's label: 急, 难, 愁, 盼.
type Urgency string

// The urgencies.
const (
	Urgent   Urgency = "urgent"
	Hard     Urgency = "hard"
	Worrying Urgency = "worrying"
	HopedFor Urgency = "hoped_for"
)

// Urgencies declares every urgency, the most pressing first.
var Urgencies = []struct {
	Urgency Urgency `json:"urgency"`
	Title   Text    `json:"title"`
}{{Urgent, Text{"急", "urgent"}}, {Hard, Text{"难", "hard"}}, {Worrying, Text{"愁", "worrying"}}, {HopedFor, Text{"盼", "hoped-for"}}}

// Rung is a step of the ladder on which a case is solved: 微事不出邻里、小事不出片组、
// 大事不出社村、难事不出街道.
type Rung string

// The rungs.
const (
	RungNeighbor  Rung = "neighbor"
	RungGroup     Rung = "group"
	RungCommunity Rung = "community"
	RungStreet    Rung = "street"
	RungCounty    Rung = "county"
)

// Rungs declares the ladder, from below.
var Rungs = []struct {
	Rung  Rung `json:"rung"`
	Title Text `json:"title"`
}{
	{RungNeighbor, Text{"邻里", "neighborhood"}}, {RungGroup, Text{"片组", "group"}}, {RungCommunity, Text{"社村", "community"}},
	{RungStreet, Text{"街道", "street"}}, {RungCounty, Text{"县", "county"}},
}

// Title is what readers see; zero for a rung that there is not.
func (r Rung) Title() Text {
	for _, x := range Rungs {
		if x.Rung == r {
			return x.Title
		}
	}
	return Text{}
}

// Next returns the rung that many steps higher; false beyond either end.
func (r Rung) Next(steps int) (Rung, bool) {
	for i, x := range Rungs {
		if x.Rung == r && i+steps >= 0 && i+steps < len(Rungs) {
			return Rungs[i+steps].Rung, true
		}
	}
	return r, false
}

// Mode is how a case is handled.
type Mode string

// The modes: 直办, 领办, 联办.
const (
	Direct Mode = "direct" // on the spot, by whoever is there
	Led    Mode = "led"    // one answers for it
	Joint  Mode = "joint"  // several, one of them the lead
)

// Visibility is who may know of a case.
type Visibility string

// The visibilities.
const (
	Public     Visibility = "public"     // its outline may be shown to everyone
	Internal   Visibility = "internal"   // those who see cases of its place
	Restricted Visibility = "restricted" // those who need to know: disputes
)

// Placed is how a position was found.
type Placed string

// The ways of placing.
const (
	ByGPS   Placed = "gps"
	ByMap   Placed = "map"   // by hand; exact
	ByPhoto Placed = "photo" // by the photo's EXIF
)

// Place is where a case is, in EPSG:4326 degrees.
type Place struct {
	Lon      float64 `json:"lon"`
	Lat      float64 `json:"lat"`
	Accuracy float64 `json:"accuracy"` // radius in metres; 0 is exact
	Placed   Placed  `json:"placed"`
}

// Check refuses what is no place: CodeInvalid.
func (p Place) Check() error {
	switch {
	case !(p.Lon >= -180 && p.Lon <= 180 && p.Lat >= -90 && p.Lat <= 90) || p.Lon == 0 && p.Lat == 0:
		return Errorf(CodeInvalid, "位置无效：lon 应在 -180 到 180 之间，lat 应在 -90 到 90 之间。", "The place is not valid: lon must be within -180 to 180 and lat within -90 to 90.")
	case !(p.Accuracy >= 0 && p.Accuracy < 1e6):
		return Errorf(CodeInvalid, "定位精度 accuracy 应是不小于 0 的米数。", "The accuracy must be a number of metres, 0 or more.")
	case p.Placed != ByGPS && p.Placed != ByMap && p.Placed != ByPhoto:
		return Errorf(CodeInvalid, "placed 只能是 gps、map 或 photo。", "placed must be gps, map or photo.")
	}
	return nil
}

// HandlerKind says what a Handler is.
type HandlerKind string

// The kinds of handler.
const (
	UnitHandles   HandlerKind = "unit"
	HeadHandles   HandlerKind = "head"
	WorkerHandles HandlerKind = "worker" // the account that took it on the spot
)

// Handler is who must act.
type Handler struct {
	Kind HandlerKind `json:"kind"`
	ID   ID          `json:"id"`
	Code string      `json:"code,omitempty"` // as of the dispatch, like the name; empty for a worker
	Name string      `json:"name,omitempty"` // of the unit or the head's post; never a person's
}

// Phase is a step of joint handling.
type Phase struct {
	Title  string     `json:"title"`
	Unit   *Handler   `json:"unit,omitempty"` // who does it; nil is the lead
	Until  *time.Time `json:"until,omitempty"`
	DoneAt *time.Time `json:"doneAt,omitempty"`
}

// AreaVersion is the version of an area that a case fell in.
type AreaVersion struct {
	AreaRef
	Version int `json:"version"`
}

// LinkKind says how one case is related to another.
type LinkKind string

// The kinds of link.
const (
	DuplicateOf LinkKind = "duplicate_of"
	CausedBy    LinkKind = "caused_by"
	PartOf      LinkKind = "part_of"
)

// Link relates a case to another.
type Link struct {
	Kind LinkKind `json:"kind"`
	Case ID       `json:"case"`
}

// CasePhoto is a photo that came with an event.
type CasePhoto struct {
	ID  ID  `json:"id"`
	Seq int `json:"seq"` // of the event
}

// ClockState is whether a case's time limit runs.
type ClockState string

// The states of the clock.
const (
	Running ClockState = "running"
	Stopped ClockState = "stopped"
	Ended   ClockState = "ended"
)

// Clock is the time limit of a case. It starts at the report.
type Clock struct {
	State  ClockState    `json:"state"`
	Limit  Limit         `json:"limit"`
	From   time.Time     `json:"from"`             // where the present stretch to Due begins, for the warnings
	Due    time.Time     `json:"due"`              // while stopped: as it was
	Left   time.Duration `json:"left"`             // while stopped, in the limit's kind of time; negative when late
	Warned int           `json:"warned"`           // per cent: 0, 50, 80, 100
	LateAt *time.Time    `json:"lateAt,omitempty"` // when Due was missed
}

// Case is a hazard, a request or a dispute with a place. It is what its events add
// up to (Fold), and nothing else.
type Case struct {
	ID         ID         `json:"id"`
	Number     string     `json:"number"` // for people: 20261122-000017, by the day and order of arrival
	Seq        int        `json:"seq"`    // of the last event
	State      State      `json:"state"`
	Before     State      `json:"before,omitempty"` // where a merged case goes back to
	Category   string     `json:"category"`
	Source     Source     `json:"source"`
	Urgency    Urgency    `json:"urgency"`
	Rung       Rung       `json:"rung"`
	Mode       Mode       `json:"mode"`
	Visibility Visibility `json:"visibility"`
	Note       string     `json:"note"` // what was seen, in the reporter's words

	Place Place         `json:"place"`
	Areas []AreaVersion `json:"areas"`           // that it fell in, wide to narrow
	Doubt []AreaRef     `json:"doubt,omitempty"` // that it may be in instead, as far as its accuracy tells
	Head  *HeadRef      `json:"head,omitempty"`  // who looks after the nearest household

	Handler    *Handler    `json:"handler,omitempty"`
	Why        *Text       `json:"why,omitempty"` // the rule by which it has this handler, or none
	Helpers    []Handler   `json:"helpers,omitempty"`
	Phases     []Phase     `json:"phases,omitempty"`
	Returns    int         `json:"returns,omitempty"`
	Supervised int         `json:"supervised,omitempty"`
	Until      *time.Time  `json:"until,omitempty"` // asked for, or granted to a suspension
	Outcome    string      `json:"outcome,omitempty"`
	Photos     []CasePhoto `json:"photos,omitempty"`
	Links      []Link      `json:"links,omitempty"`
	Meeting    *ID         `json:"meeting,omitempty"` // that raised it

	Reporter  *ID  `json:"reporter,omitempty"`  // account; nil for residents
	Reachable bool `json:"reachable,omitempty"` // a contact was left with it
	Hands     []ID `json:"hands,omitempty"`     // accounts that worked on it: none of them may check it

	Clock     Clock      `json:"clock"`
	WaitsFor  Party      `json:"waitsFor,omitempty"`
	WaitUntil *time.Time `json:"waitUntil,omitempty"`
	Nudged    bool       `json:"nudged,omitempty"` // WaitUntil has passed

	Since        time.Time  `json:"since"`      // in this state
	ReportedAt   time.Time  `json:"reportedAt"` // by the phone's clock where that is plausible
	ChangedAt    time.Time  `json:"changedAt"`
	DoneAt       *time.Time `json:"doneAt,omitempty"`
	ClosedAt     *time.Time `json:"closedAt,omitempty"`
	OnTime       *bool      `json:"onTime,omitempty"`       // set when it closes: done before it was due
	Confirmed    *bool      `json:"confirmed,omitempty"`    // what the resident says to “done”
	Satisfaction int        `json:"satisfaction,omitempty"` // 1–5; 0 where nobody has answered
}

// Mediation outcomes, in Outcome.
const (
	Agreed    = "agreed"
	NotAgreed = "not_agreed"
)

// IsOpen reports whether somebody of the administration still has to act.
func (c *Case) IsOpen() bool { return slices.Contains(OpenStates, c.State) }

// OpenStates are the states of open cases.
var OpenStates = []State{Reported, Filed, Dispatched, InProgress, ReturnAsked, ExtensionAsked, SuspensionAsked, Suspended, Done}

// Sight is how much of a case somebody is shown.
type Sight int

// The sights.
const (
	Nothing Sight = iota
	Outline       // number, category, state, place, areas and times
	Whole
)

// Sight returns how much of the case the viewer is shown. Its equal in SQL stands
// with the case queries.
func (c *Case) Sight(v *Viewer) Sight { return c.sightIn(v.CaseTerritory()) }

func (c *Case) sightIn(t CaseTerritory) Sight {
	in := t.Seen
	if c.Visibility == Restricted {
		in = t.Restricted
	}
	switch {
	case c.isIn(in), t.handles(c), !t.Own.IsZero() && c.Reporter != nil && *c.Reporter == t.Own, len(c.Areas) == 0 && t.Outside:
		return Whole
	case c.Visibility == Public && t.Public:
		return Outline
	}
	return Nothing
}

// CaseTerritory is which cases somebody is shown. The zero CaseTerritory is none.
type CaseTerritory struct {
	Seen       Territory // where all cases are seen that are not restricted
	Restricted Territory // where those are
	Handled    Territory // the units and heads for whom the viewer handles cases
	Handler    ID        // the viewer's account, if it may take or handle cases itself
	Own        ID        // the viewer's account, if it may report cases: it sees those
	Outside    bool      // what is outside of every area
	Public     bool      // outlines of all public ones
}

// CaseTerritory returns which cases the viewer is shown.
func (v *Viewer) CaseTerritory() CaseTerritory {
	t := CaseTerritory{Seen: v.Territory(SeeCases), Restricted: v.Territory(SeeRestricted), Outside: v.May(DispatchCases), Public: slices.Contains(v.Public, Cases)}
	t.Handled, t.Handler = v.Territory(HandleCases), v.takes()
	if v.SignedIn() && v.May(ReportCases) {
		t.Own = v.Account
	}
	return t
}

// takes is the viewer's account if cases can be in its own hands: who may take one on
// the spot can also bring it to an end.
func (v *Viewer) takes() ID {
	if v.May(HandleCases) || v.May(VerifyCases) {
		return v.Account
	}
	return ID{}
}

// Works is for whom the viewer's account handles cases, whatever a token limits: only
// Handled and Handler are set. Who judges cases must not work on them.
func (v *Viewer) Works() CaseTerritory {
	all := *v
	all.Only = nil
	return CaseTerritory{Handled: all.Territory(HandleCases), Handler: v.Account}
}

// Outline is what of the case is shown to those who see no more.
func (c *Case) Outline() *Case {
	return &Case{ID: c.ID, Number: c.Number, State: c.State, Category: c.Category, Place: c.Place, Areas: c.Areas,
		Clock: Clock{Due: c.Clock.Due}, ReportedAt: c.ReportedAt, Since: c.Since}
}

// MayContact reports whether the viewer may be told how to reach the reporter: who
// may unmask persons where the case is, or handles it. Programs may not.
func (c *Case) MayContact(v *Viewer) bool {
	return v.SignedIn() && v.Only == nil && c.Sight(v) == Whole && (c.isIn(v.Territory(UnmaskPersons)) || c.isWith(v))
}

// isIn reports whether the case is in a territory: it fell in one of the areas, its
// neighbor head is one of those. What is outside every area belongs to every
// dispatcher.
func (c *Case) isIn(t Territory) bool {
	if t.Everywhere {
		return true
	}
	for _, a := range c.Areas {
		if id, err := ParseID(a.ID); err == nil && has(t.Areas, id) {
			return true
		}
	}
	if c.Head != nil {
		if id, err := ParseID(c.Head.ID); err == nil && has(t.Heads, id) {
			return true
		}
	}
	return false
}

// isWith reports whether the viewer is of those who handle the case or help.
func (c *Case) isWith(v *Viewer) bool { return v.CaseTerritory().handles(c) }

// onMap is the territory of the layer of cases. Who sees all of them shares it with
// everybody who does, and so their tiles.
func (t CaseTerritory) onMap() Territory {
	if t.Seen.Everywhere && t.Restricted.Everywhere {
		return Jurisdiction
	}
	return Territory{Cases: &t}
}

func (t CaseTerritory) handles(c *Case) bool {
	for _, h := range c.Workers() {
		switch {
		case h.Kind == UnitHandles && has(t.Handled.Units, h.ID), h.Kind == HeadHandles && has(t.Handled.Heads, h.ID),
			h.Kind == WorkerHandles && !t.Handler.IsZero() && h.ID == t.Handler:
			return true
		}
	}
	return false
}

// Workers are the handler, the helpers and those of the phases.
func (c *Case) Workers() []Handler {
	var all []Handler
	if c.Handler != nil {
		all = append(all, *c.Handler)
	}
	all = append(all, c.Helpers...)
	for _, p := range c.Phases {
		if p.Unit != nil {
			all = append(all, *p.Unit)
		}
	}
	return all
}

func has(ids []ID, id ID) bool {
	_, found := slices.BinarySearchFunc(ids, id, compareIDs)
	return found
}
