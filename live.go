package lintu

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"slices"
	"time"
)

// Pin is what the map shows of a case: no words of anybody.
type Pin struct {
	ID         ID         `json:"id"`
	Number     string     `json:"number"`
	Seq        int        `json:"seq"` // the greater one is the later
	Lon        float64    `json:"lon"`
	Lat        float64    `json:"lat"`
	Category   string     `json:"category"`
	State      State      `json:"state"`
	Urgency    Urgency    `json:"urgency,omitempty"`
	Rung       Rung       `json:"rung,omitempty"`
	Areas      []ID       `json:"areas"`          // that it fell in, wide to narrow
	Unit       string     `json:"unit,omitempty"` // code of the unit that has it
	ReportedAt time.Time  `json:"reportedAt"`
	Since      time.Time  `json:"since"`
	Due        *time.Time `json:"due,omitempty"`        // while the clock runs
	Late       bool       `json:"late,omitempty"`       // its time was over and it was not done
	Act        Act        `json:"act,omitempty"`        // the last thing that happened to it
	At         time.Time  `json:"at"`                   // when
	Unanswered bool       `json:"unanswered,omitempty"` // nobody can answer for its handler, as of when it was told: the dispatcher must
}

// PinOf is the case as the map shows it to those who see the whole; act is the last
// thing that happened to it.
func PinOf(c *Case, act Act) Pin {
	p := Pin{ID: c.ID, Number: c.Number, Seq: c.Seq, Lon: c.Place.Lon, Lat: c.Place.Lat, Category: c.Category, State: c.State,
		Urgency: c.Urgency, Rung: c.Rung, Areas: []ID{}, ReportedAt: c.ReportedAt, Since: c.Since,
		Late: c.Clock.LateAt != nil, Act: act, At: c.ChangedAt}
	for _, a := range c.Areas {
		if id, err := ParseID(a.ID); err == nil {
			p.Areas = append(p.Areas, id)
		}
	}
	if c.Handler != nil && c.Handler.Kind == UnitHandles {
		p.Unit = c.Handler.Code
	}
	if c.Clock.State == Running {
		p.Due = &c.Clock.Due
	}
	return p.Brief()
}

// Brief is the pin as exactly as a map shows it: to the second, and to some 10 cm. Of
// thousands of pins the further digits would be a third.
func (p Pin) Brief() Pin {
	p.Lon, p.Lat = math.Round(p.Lon*1e6)/1e6, math.Round(p.Lat*1e6)/1e6
	p.ReportedAt, p.Since, p.At = p.ReportedAt.Truncate(time.Second), p.Since.Truncate(time.Second), p.At.Truncate(time.Second)
	if p.Due != nil {
		due := p.Due.Truncate(time.Second)
		p.Due = &due
	}
	return p
}

// Outline is the pin for those who see the outline of the case only.
func (p Pin) Outline() Pin {
	p.Urgency, p.Rung, p.Unit, p.Act, p.At, p.Late, p.Unanswered = "", "", "", "", p.Since, false, false
	return p
}

// Audience is equal for viewers who are shown the same cases and layers, and
// different for others.
func (v *Viewer) Audience() string {
	said := []string{v.Account.String()}
	for _, g := range v.Grants {
		said = append(said, "grant "+string(g.Role)+" "+string(g.Scope.Kind)+" "+g.Scope.ID.String())
	}
	if v.Only != nil {
		said = append(said, "only")
	}
	for _, r := range v.Only {
		said = append(said, "right "+string(r))
	}
	for _, l := range v.Public {
		said = append(said, "public "+string(l))
	}
	slices.Sort(said)
	h := sha256.New()
	for _, s := range slices.Compact(said) {
		h.Write([]byte(s + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

// LiveChanges is what happened between two instants of the change log.
type LiveChanges struct {
	Cursor string        // the later instant
	Cases  []LiveCase    // that changed
	Layers []LayerChange // others than cases that changed, each once
	Reset  bool          // too much has changed, or the cursor is of no use: load everything anew
}

// LiveCase is a case that changed.
type LiveCase struct {
	Was *Case // at the earlier instant; nil where it is new
	Now *Case // at the later one
	Act Act   // the last thing that happened to it

	Unanswered bool // nobody can answer for its handler
}

// Pin is the case as the map shows it to those who see the whole.
func (x LiveCase) Pin() Pin {
	p := PinOf(x.Now, x.Act)
	p.Unanswered = x.Unanswered
	return p
}

// LayerChange says that a layer looks different, and where; nil is anywhere.
type LayerChange struct {
	Layer Layer `json:"layer"`
	BBox  *BBox `json:"bbox,omitempty"`
}

// LiveSource follows the change log. Its cursors are instants: what a reader would
// have seen then. They are texts of [0-9:,].
type LiveSource interface {
	// LiveNow is the cursor of this moment.
	LiveNow(ctx context.Context, tenant int32) (string, error)
	// LiveSince returns what was to be seen at until and not yet at after, in
	// whatever order the transactions committed, and however long others run; until
	// "" is now. A cursor that is none, is from the future, or is too long ago is
	// Reset and no error.
	LiveSince(ctx context.Context, tenant int32, after, until string) (*LiveChanges, error)
	// Wake returns when something may have changed: within a second or so without
	// being told. It returns early when ctx ends.
	Wake(ctx context.Context)
	// OpenPins are the open cases that the viewer sees, and the cursor of the instant
	// at which they were as returned.
	OpenPins(ctx context.Context, v *Viewer) (pins []Pin, cursor string, err error)
}

// Figures are the wall's numbers, over the cases that the viewer is shown. What an
// outline does not tell, which is urgency, being on time and satisfaction, is counted
// of those of which the viewer sees the whole.
type Figures struct {
	AsOf       time.Time         `json:"asOf"`
	Open       int64             `json:"open"`
	Late       int64             `json:"late"`       // of the open ones: marked late, or due before AsOf
	ByState    map[State]int64   `json:"byState"`    // of the open ones
	ByUrgency  map[Urgency]int64 `json:"byUrgency"`  // of the open ones
	ByCategory map[string]int64  `json:"byCategory"` // of the open ones, by root category
	ByArea     []AreaFigures     `json:"byArea"`     // streets, or the communities where there is one street
	// OnTime and Satisfaction are of the cases closed in the last 30 days.
	Closed       int64   `json:"closed"`
	OnTime       float64 `json:"onTime"`       // share, 0 to 1; 0 where there is none
	Satisfaction float64 `json:"satisfaction"` // mean of 1 to 5; 0 where nobody answered
	Answers      int64   `json:"answers"`
	// Today is since midnight of the calendar's zone; Usual the mean of the same
	// weekday until the same time over eight weeks, or those since the first case.
	Today       int64   `json:"today"`
	TodayClosed int64   `json:"todayClosed"`
	Usual       float64 `json:"usual"`
}

// AreaFigures are the numbers of one area.
type AreaFigures struct {
	AreaRef
	Open   int64   `json:"open"`
	Late   int64   `json:"late"`
	Today  int64   `json:"today"`
	OnTime float64 `json:"onTime"`
}

// HeatPerDegree is how many cells of Heat are in a degree: they are about 100 m wide.
const HeatPerDegree = 1000

// FigureStore computes figures.
type FigureStore interface {
	Figures(ctx context.Context, v *Viewer, now time.Time) (*Figures, error)
	// Heat counts the cases that came since then, but for declined and merged ones, on
	// a grid that is aligned to the earth: [west, south, count]….
	Heat(ctx context.Context, v *Viewer, since time.Time) ([][3]float64, error)
}
