package lintu

import (
	"slices"
	"time"
)

// Event is one thing that happened to a case. Events are appended and never
// changed: they are the truth about a case.
type Event struct {
	ID      ID        `json:"id"` // made by whoever acts, a phone included: the idempotency key
	Case    ID        `json:"case"`
	Seq     int       `json:"seq"` // from 1 without a gap
	At      time.Time `json:"at"`  // when the server took it; never before the event before
	By      string    `json:"by"`  // as in the audit: user:<id>, token:<id>, resident, system
	Account *ID       `json:"account,omitempty"`
	As      Party     `json:"as"`
	Act     Act       `json:"act"`
	From    State     `json:"from,omitempty"`
	To      State     `json:"to"`
	Note    string    `json:"note,omitempty"`
	Photos  []ID      `json:"photos,omitempty"`
	Set     Patch     `json:"set"` // what else of the case is different from now on
}

// Patch is the part of a case that an event changes. What is nil stays. It holds
// results, such as the handler and the due time, and not what they were found from,
// so that the same events always add up to the same case.
type Patch struct {
	Number       *string        `json:"number,omitempty"`
	Before       *State         `json:"before,omitempty"`
	Category     *string        `json:"category,omitempty"`
	Source       *Source        `json:"source,omitempty"`
	Urgency      *Urgency       `json:"urgency,omitempty"`
	Rung         *Rung          `json:"rung,omitempty"`
	Mode         *Mode          `json:"mode,omitempty"`
	Visibility   *Visibility    `json:"visibility,omitempty"`
	Place        *Place         `json:"place,omitempty"`
	Areas        *[]AreaVersion `json:"areas,omitempty"`
	Doubt        *[]AreaRef     `json:"doubt,omitempty"`
	Head         *HeadRef       `json:"head,omitempty"`
	NoHead       bool           `json:"noHead,omitempty"` // there is none at the new place
	Handler      *Handler       `json:"handler,omitempty"`
	NoHandler    bool           `json:"noHandler,omitempty"` // nobody has it any more
	Why          *Text          `json:"why,omitempty"`
	Helpers      *[]Handler     `json:"helpers,omitempty"`
	Phases       *[]Phase       `json:"phases,omitempty"`
	Returns      *int           `json:"returns,omitempty"`
	Supervised   *int           `json:"supervised,omitempty"`
	Until        *time.Time     `json:"until,omitempty"`
	Outcome      *string        `json:"outcome,omitempty"`
	Link         *Link          `json:"link,omitempty"`   // added
	Unlink       *Link          `json:"unlink,omitempty"` // taken away
	Told         *Text          `json:"told,omitempty"`   // what the system says of another case
	Meeting      *ID            `json:"meeting,omitempty"`
	Reporter     *ID            `json:"reporter,omitempty"`
	Reachable    *bool          `json:"reachable,omitempty"`
	Hand         *ID            `json:"hand,omitempty"` // an account that has worked on it
	Clock        *Clock         `json:"clock,omitempty"`
	WaitUntil    *time.Time     `json:"waitUntil,omitempty"`
	Nudged       *bool          `json:"nudged,omitempty"`
	ReportedAt   *time.Time     `json:"reportedAt,omitempty"`
	DoneAt       *time.Time     `json:"doneAt,omitempty"`
	ClosedAt     *time.Time     `json:"closedAt,omitempty"`
	OnTime       *bool          `json:"onTime,omitempty"`
	Confirmed    *bool          `json:"confirmed,omitempty"`
	Satisfaction *int           `json:"satisfaction,omitempty"`
	Undone       bool           `json:"undone,omitempty"` // rework or reopening: what was said of “done” counts no more
}

// Fold adds an event to the case: nil before the first one. It is the only way in
// which a case changes.
func Fold(c *Case, e Event) *Case {
	next := Case{ID: e.Case}
	if c != nil {
		next = *c
	}
	next.Seq, next.ChangedAt = e.Seq, e.At
	if e.Act == ActReport {
		next.Note = e.Note
	}
	if next.State != e.To {
		info, _ := StateByName(e.To)
		next.State, next.Since, next.WaitsFor, next.WaitUntil, next.Nudged = e.To, e.At, info.WaitsFor, nil, false
	}
	next.Photos = slices.Clone(next.Photos)
	for _, id := range e.Photos {
		next.Photos = append(next.Photos, CasePhoto{ID: id, Seq: e.Seq})
	}
	next.patch(e.Set)
	return &next
}

// patch sets what the patch names.
func (c *Case) patch(p Patch) {
	if p.Undone {
		c.DoneAt, c.ClosedAt, c.OnTime, c.Confirmed, c.Satisfaction = nil, nil, nil, nil, 0
	}
	if p.NoHead {
		c.Head = nil
	}
	if p.NoHandler {
		c.Handler = nil
	}
	set(&c.Number, p.Number)
	set(&c.Before, p.Before)
	set(&c.Category, p.Category)
	set(&c.Source, p.Source)
	set(&c.Urgency, p.Urgency)
	set(&c.Rung, p.Rung)
	set(&c.Mode, p.Mode)
	set(&c.Visibility, p.Visibility)
	set(&c.Place, p.Place)
	set(&c.Areas, p.Areas)
	set(&c.Doubt, p.Doubt)
	setRef(&c.Head, p.Head)
	setRef(&c.Handler, p.Handler)
	setRef(&c.Why, p.Why)
	set(&c.Helpers, p.Helpers)
	set(&c.Phases, p.Phases)
	set(&c.Returns, p.Returns)
	set(&c.Supervised, p.Supervised)
	setRef(&c.Until, p.Until)
	set(&c.Outcome, p.Outcome)
	setRef(&c.Meeting, p.Meeting)
	setRef(&c.Reporter, p.Reporter)
	set(&c.Reachable, p.Reachable)
	set(&c.Clock, p.Clock)
	setRef(&c.WaitUntil, p.WaitUntil)
	set(&c.Nudged, p.Nudged)
	set(&c.ReportedAt, p.ReportedAt)
	setRef(&c.DoneAt, p.DoneAt)
	setRef(&c.ClosedAt, p.ClosedAt)
	setRef(&c.OnTime, p.OnTime)
	setRef(&c.Confirmed, p.Confirmed)
	set(&c.Satisfaction, p.Satisfaction)
	c.patchLists(p)
}

// patchLists adds to and takes from what an event names one of.
func (c *Case) patchLists(p Patch) {
	if p.Hand != nil && !slices.Contains(c.Hands, *p.Hand) {
		c.Hands = append(slices.Clone(c.Hands), *p.Hand)
	}
	if p.Unlink != nil {
		c.Links = slices.DeleteFunc(slices.Clone(c.Links), func(l Link) bool { return l == *p.Unlink })
	}
	if p.Link != nil && !slices.Contains(c.Links, *p.Link) {
		c.Links = append(slices.Clone(c.Links), *p.Link)
	}
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func setRef[T any](to **T, from *T) {
	if from != nil {
		*to = from
	}
}

// Timer is an instant at which the system acts on a case.
type Timer struct {
	Act Act       `json:"act"`
	At  time.Time `json:"at"`
	Per int       `json:"per,omitempty"` // of ActWarn: 50 or 80
}
