package lintu

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Action is what somebody wants to do to a case. Which fields an act reads stands in
// Transitions; the others are ignored.
type Action struct {
	ID           ID          `json:"id"` // of the event, made by whoever acts
	Act          Act         `json:"act"`
	Seq          *int        `json:"seq,omitempty"` // the last event that the asker knows of; CodeConflict if the case has moved on
	Note         string      `json:"note,omitempty"`
	Photos       []ID        `json:"photos,omitempty"`
	Handler      *Handler    `json:"handler,omitempty"` // kind and id, or kind and code
	Helpers      []Handler   `json:"helpers,omitempty"` // with plan
	Phases       []Phase     `json:"phases,omitempty"`  // with plan
	Phase        *int        `json:"phase,omitempty"`   // index from 0
	Until        *time.Time  `json:"until,omitempty"`
	Place        *Place      `json:"place,omitempty"`
	Category     *string     `json:"category,omitempty"`
	Urgency      *Urgency    `json:"urgency,omitempty"`
	Mode         *Mode       `json:"mode,omitempty"`
	Visibility   *Visibility `json:"visibility,omitempty"`
	Outcome      string      `json:"outcome,omitempty"`
	Yes          *bool       `json:"yes,omitempty"`
	Satisfaction int         `json:"satisfaction,omitempty"`
	Case         *ID         `json:"case,omitempty"` // the other one
	Link         LinkKind    `json:"link,omitempty"`
}

// NewCase is a pin as it is reported.
type NewCase struct {
	ID         ID         `json:"id"` // of the case
	Category   string     `json:"category"`
	Place                 // lon, lat, accuracy, placed
	At         time.Time  `json:"at"` // when it was seen, by the phone's clock
	Note       string     `json:"note"`
	Urgency    Urgency    `json:"urgency,omitempty"`    // "" as the category says
	Visibility Visibility `json:"visibility,omitempty"` // likewise
	Source     Source     `json:"source"`
	Photos     []ID       `json:"photos,omitempty"`
	Contact    *Contact   `json:"contact,omitempty"`
	Meeting    *ID        `json:"-"`
	Door       *Door      `json:"-"` // through which a resident came
}

// Contact is how to reach a resident: personal data, kept sealed and apart.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// NoteRunes bounds what can be said at once.
const NoteRunes = 2000

// ContactRunes bounds the name and the phone of a contact.
const ContactRunes = 50

// PhotosAtOnce bounds the photos of one event.
const PhotosAtOnce = 9

// Office is what deciding needs to know beside the case: the time, the tenant's
// calendar, limits and categories, and who would have to act.
type Office struct {
	Now        time.Time
	Calendar   *Calendar
	Limits     Limits
	Categories Categories
	// Route finds the areas, the neighbor head and the responsible unit.
	Route func(p Place, category string, rung Rung) (*Routed, error)
	// Handler fills in the rest of a handler that a person has named: CodeNotFound
	// where there is none.
	Handler func(h Handler) (*Handler, error)
}

// Open decides what a report becomes: its event, and those that follow by
// themselves. Who reports with own eyes what may be verified by the same, need not
// verify it again.
func (o *Office) Open(r NewCase, number string, by Asker) (*Case, []Event, error) {
	if err := r.check(); err != nil {
		return nil, nil, err
	}
	category, err := o.Categories.Leaf(r.Category)
	if err != nil {
		return nil, nil, err
	}
	set := Patch{Number: &number, Category: &category.Code, Source: &r.Source, Urgency: &category.Urgency, Rung: &category.Rung,
		Mode: &category.Mode, Visibility: &category.Visibility, Place: &r.Place, Meeting: r.Meeting, Reporter: by.account()}
	if r.Contact != nil {
		set.Reachable = ref(true)
	}
	if r.Urgency != "" {
		set.Urgency = &r.Urgency
	}
	if r.Visibility != "" && category.Visibility != Restricted {
		set.Visibility = &r.Visibility
	}
	at := r.At
	if at.IsZero() || at.After(o.Now) || o.Now.Sub(at) > longestOffline {
		at = o.Now
	}
	limit := category.Limit
	if *set.Urgency == Urgent {
		limit = Limit{Unit: SameDay}
	}
	set.ReportedAt = &at
	set.Clock = &Clock{State: Running, Limit: limit, From: at, Due: o.Calendar.Due(at, limit)}
	party := AsReporter
	if by.Resident {
		party = AsResident
	}
	e := Event{ID: r.ID, Case: r.ID, Seq: 1, At: o.Now, By: by.Name(), Account: by.account(), As: party,
		Act: ActReport, To: Reported, Note: r.Note, Photos: r.Photos, Set: set}
	routed, err := o.route(&e.Set, nil, r.Place, category.Code, category.Rung)
	if err != nil {
		return nil, nil, err
	}
	o.wait(&e, nil)
	c := Fold(nil, e)
	events := []Event{e}
	if r.sawIt(c, by) {
		verify := o.event(c, Action{ID: NewID(), Act: ActVerify}, by, AsWorker, Filed)
		o.wait(&verify, c)
		c, events = Fold(c, verify), append(events, verify)
	}
	if more := o.dispatch(c, routed); more != nil {
		c, events = Fold(c, *more), append(events, *more)
	}
	return c, events, nil
}

// longestOffline is how old a report may be that a phone has kept.
const longestOffline = 30 * 24 * time.Hour

// sawIt reports whether the reporter has seen it and may verify it.
func (r *NewCase) sawIt(c *Case, by Asker) bool {
	parties := by.Parties(c)
	return (r.Source == FromPatrol || r.Source == FromMeeting) &&
		(slices.Contains(parties, AsWorker) || slices.Contains(parties, AsDispatcher))
}

func (r *NewCase) check() error {
	if err := r.Place.Check(); err != nil {
		return err
	}
	switch {
	case r.ID.IsZero():
		return Errorf(CodeInvalid, "缺少上报编号 id（UUIDv7）。", "The report has no id (UUIDv7).")
	case !slices.ContainsFunc(Sources, func(s struct {
		Source Source `json:"source"`
		Title  Text   `json:"title"`
	}) bool {
		return s.Source == r.Source
	}):
		return Errorf(CodeInvalid, "没有来源 %q。", "There is no source %q.", r.Source)
	case r.Urgency != "" && !isUrgency(r.Urgency):
		return Errorf(CodeInvalid, "没有紧急程度 %q。", "There is no urgency %q.", r.Urgency)
	case r.Visibility != "" && !isVisibility(r.Visibility):
		return Errorf(CodeInvalid, "没有公开范围 %q。", "There is no visibility %q.", r.Visibility)
	}
	if k := r.Contact; k != nil && (utf8.RuneCountInString(k.Name) > ContactRunes || utf8.RuneCountInString(k.Phone) > ContactRunes) {
		return Errorf(CodeTooLarge, "联系人的姓名和电话各最多 %d 字。", "The name and the phone of the contact have at most %d characters each.", ContactRunes)
	}
	return checkWords(r.Note, r.Photos)
}

func isUrgency(u Urgency) bool {
	return slices.Contains([]Urgency{Urgent, Hard, Worrying, HopedFor}, u)
}
func isVisibility(v Visibility) bool {
	return slices.Contains([]Visibility{Public, Internal, Restricted}, v)
}

func isMode(m Mode) bool { return slices.Contains([]Mode{Direct, Led, Joint}, m) }

func checkWords(note string, photos []ID) error {
	if n := utf8.RuneCountInString(note); n > NoteRunes {
		return Errorf(CodeTooLarge, "说明有 %[1]d 字，最多 %[2]d 字。", "The note has %[1]d characters; %[2]d are allowed.", n, NoteRunes)
	}
	if len(photos) > PhotosAtOnce {
		return Errorf(CodeTooLarge, "一次最多 %d 张照片。", "At most %d photos at once.", PhotosAtOnce)
	}
	return nil
}

// Decide says what an action makes of the case: its event, and those that follow by
// themselves. It changes nothing. CodeForbidden if the asker may not, CodeConflict
// if the case is not in a state for it, CodeInvalid if something is missing.
func (o *Office) Decide(c *Case, a Action, by Asker) (*Case, []Event, error) {
	t, as, err := o.allowed(c, a, by)
	if err != nil {
		return nil, nil, err
	}
	to := t.To
	switch to {
	case Same:
		to = c.State
	case Back:
		to = c.Before
	}
	e := o.event(c, a, by, as, to)
	if err := o.apply(&e, c, a, by); err != nil {
		return nil, nil, err
	}
	o.turnClock(&e.Set, c, t.Clock)
	o.wait(&e, c)
	next, events := Fold(c, e), []Event{e}
	if more, err := o.follow(c, next, a.Act); err != nil {
		return nil, nil, err
	} else if more != nil {
		next, events = Fold(next, *more), append(events, *more)
	}
	return next, events, nil
}

// allowed finds the line of the table for an action and what the asker acts as.
func (o *Office) allowed(c *Case, a Action, by Asker) (Transition, Party, error) {
	t, ok := transition(c.State, a.Act)
	if !ok {
		return t, "", o.notNow(c, a.Act)
	}
	parties := by.Parties(c)
	i := slices.IndexFunc(t.By, func(p Party) bool { return slices.Contains(parties, p) })
	if i < 0 {
		return t, "", Errorf(CodeForbidden, "您不能对案卷 %[1]s 做“%[2]s”。", "You cannot %[3]s case %[1]s.", c.Number, actTitle(a.Act).ZH, actTitle(a.Act).EN)
	}
	if a.Seq != nil && *a.Seq != c.Seq {
		return t, "", Errorf(CodeConflict, "案卷 %s 已有新的进展，请刷新后再操作。", "Case %s has moved on; please look at it again first.", c.Number)
	}
	if c.isFull(a.Act) && by != System {
		return t, "", c.errFull()
	}
	for _, g := range t.If {
		if err := o.guard(c, a, by, g); err != nil {
			return t, "", err
		}
	}
	for _, in := range t.Needs {
		if by == System {
			break // the clocks need not say why
		}
		if err := missing(c, a, in); err != nil {
			return t, "", err
		}
	}
	return t, t.By[i], checkWords(a.Note, a.Photos)
}

// May lists what the asker could do to the case now, as far as that does not depend
// on what would be said with it.
func (o *Office) May(c *Case, by Asker) []Act {
	parties := by.Parties(c)
	var acts []Act
	for _, t := range Transitions {
		if t.From != c.State || !slices.ContainsFunc(t.By, func(p Party) bool { return slices.Contains(parties, p) }) {
			continue
		}
		if !c.isFull(t.Act) && !slices.ContainsFunc(t.If, func(g Guard) bool { return g != IfDifferent && o.guard(c, Action{}, by, g) != nil }) {
			acts = append(acts, t.Act)
		}
	}
	return acts
}

// notNow says that the state does not allow the act.
func (o *Office) notNow(c *Case, act Act) error {
	info, _ := StateByName(c.State)
	if !slices.ContainsFunc(Acts, func(a ActInfo) bool { return a.Act == act }) || act == ActReport {
		return Errorf(CodeInvalid, "没有操作 %q。", "There is no act %q.", act)
	}
	return Errorf(CodeConflict, "案卷 %[1]s 现在是“%[2]s”，不能做“%[3]s”。", "Case %[1]s is %[4]s now, which does not allow: %[5]s.",
		c.Number, info.Title.ZH, actTitle(act).ZH, info.Title.EN, actTitle(act).EN)
}

func actTitle(act Act) Text {
	for _, a := range Acts {
		if a.Act == act {
			return a.Title
		}
	}
	return Text{}
}

// event begins the event of an action. The system's acts have ids of their own.
func (o *Office) event(c *Case, a Action, by Asker, as Party, to State) Event {
	at := o.Now
	if at.Before(c.ChangedAt) {
		at = c.ChangedAt
	}
	return Event{ID: a.ID, Case: c.ID, Seq: c.Seq + 1, At: at, By: by.Name(), Account: by.account(), As: as,
		Act: a.Act, From: c.State, To: to, Note: strings.TrimSpace(a.Note), Photos: a.Photos}
}

// follow is what the system does by itself after an event: a case that has just
// been filed, has climbed or moved, or is opened again goes to who must act.
func (o *Office) follow(before, c *Case, act Act) (*Event, error) {
	switch act {
	case ActVerify, ActReopen, ActEscalate, ActHandDown:
	case ActLocate, ActAmend:
		if before.State == Reported || before.State == InProgress {
			return nil, nil
		}
	default:
		return nil, nil
	}
	if c.State != Filed && c.State != Dispatched {
		return nil, nil
	}
	routed, err := o.Route(c.Place, c.Category, c.Rung)
	if err != nil || routed.Handler == nil && c.State == Dispatched {
		return nil, err
	}
	if c.State == Dispatched && c.Handler != nil && routed.Handler.same(*c.Handler) {
		return nil, nil
	}
	return o.dispatch(c, routed), nil
}

// dispatch gives a filed case to who must act, if that is known.
func (o *Office) dispatch(c *Case, r *Routed) *Event {
	if c.State != Filed && c.State != Dispatched || r.Handler == nil {
		return nil
	}
	e := o.event(c, Action{ID: NewID(), Act: ActDispatch}, System, AsSystem, Dispatched)
	e.Set.Handler, e.Set.Why = r.Handler, &r.Why
	o.wait(&e, c)
	return &e
}

// same reports whether both are the same body.
func (h Handler) same(x Handler) bool { return h.Kind == x.Kind && h.ID == x.ID }
