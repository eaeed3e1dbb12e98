package lintu

import (
	"context"
	"slices"
	"time"
)

// DoorKind says whose door it is.
type DoorKind string

// The kinds of door.
const (
	HeadDoor DoorKind = "head"
	GridDoor DoorKind = "grid" // of an area of any level
	HallDoor DoorKind = "hall" // of a unit
)

// Door is where residents report without an account: a QR code on a wall.
type Door struct {
	ID        ID        `json:"id"`
	Code      string    `json:"code"` // in the QR code's address; not a secret
	Kind      DoorKind  `json:"kind"`
	Subject   ID        `json:"subject"` // the head, area or unit
	Title     string    `json:"title"`   // of the subject: its post or name
	Lon       float64   `json:"lon"`     // where the map opens
	Lat       float64   `json:"lat"`
	Closed    bool      `json:"closed,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
}

// Followed is what a resident sees of a case: its public stages, and nothing of what
// is said inside.
type Followed struct {
	Number     string    `json:"number"`
	State      State     `json:"state"`
	Category   string    `json:"category"`
	Title      Text      `json:"title"` // of the category
	ReportedAt time.Time `json:"reportedAt"`
	Due        time.Time `json:"due"`
	Unit       string    `json:"unit,omitempty"` // who is on it
	Steps      []Step    `json:"steps"`
	Acts       []Act     `json:"acts"` // what the resident can do now
	// MergedInto is the number of the case in which a merged one goes on, and
	// MergedState how that stands; not told of a dispute to whom it is not about.
	MergedInto   string `json:"mergedInto,omitempty"`
	MergedState  State  `json:"mergedState,omitempty"`
	Confirmed    *bool  `json:"confirmed,omitempty"` // what the resident has said to “done”, until it is done anew
	Satisfaction int    `json:"satisfaction,omitempty"`
}

// FollowCase is what the resident sees of a case with these events. into is the one
// that it is merged into, nil if none.
func FollowCase(c *Case, events []Event, into *Case, category Category, acts []Act) *Followed {
	f := &Followed{Number: c.Number, State: c.State, Category: c.Category, Title: category.Title, ReportedAt: c.ReportedAt,
		Due: c.Clock.Due, Steps: []Step{}, Acts: acts, Confirmed: c.Confirmed, Satisfaction: c.Satisfaction}
	if c.Handler != nil {
		f.Unit = c.Handler.Name
	}
	if into != nil && c.State == Merged && (into.Visibility != Restricted || c.Visibility == Restricted) {
		f.MergedInto, f.MergedState = into.Number, into.State
	}
	for _, e := range events {
		said := e.As == AsResident || e.Act == ActCallBack
		if e.From == e.To && !said {
			continue // of the administration, among itself
		}
		info, ok := StateByName(e.To)
		if !ok {
			continue
		}
		text := info.Title
		if said {
			text = actTitle(e.Act)
		}
		f.Steps = append(f.Steps, Step{Stage: info.Stage, State: e.To, At: e.At, Text: text})
	}
	return f
}

// ResidentActs are the acts of residents.
func ResidentActs() []Act {
	var acts []Act
	for _, t := range Transitions {
		if slices.Contains(t.By, AsResident) && !slices.Contains(acts, t.Act) {
			acts = append(acts, t.Act)
		}
	}
	return acts
}

// Step is when a case came to a stage, or what a resident said.
type Step struct {
	Stage Stage     `json:"stage"`
	State State     `json:"state"`
	At    time.Time `json:"at"`
	Text  Text      `json:"text"`
}

// Doors are the residents' way in.
type Doors interface {
	Doors(ctx context.Context, tenant int32) ([]Door, error)
	// MakeDoor returns the door of a subject, the one that there is if there is one.
	MakeDoor(ctx context.Context, tenant int32, kind DoorKind, subject ID, by Actor) (*Door, error)
	CloseDoor(ctx context.Context, tenant int32, id ID, by Actor) error
	// Door is CodeNotFound for a code that there is not, or that is closed.
	Door(ctx context.Context, tenant int32, code string) (*Door, error)
	// Follow finds a case by the secret code that its reporter was given: CodeNotFound
	// if there is none.
	Follow(ctx context.Context, tenant int32, code string) (*Followed, error)
	// FollowAct lets the resident act: confirm, evaluate, reopen, withdraw, comment.
	FollowAct(ctx context.Context, tenant int32, code string, a Action) (*Followed, error)
}
