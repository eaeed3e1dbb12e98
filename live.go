package lintu

import (
	"context"
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
	Urgency    Urgency    `json:"urgency"`
	Rung       Rung       `json:"rung"`
	Areas      []ID       `json:"areas"`
	Unit       string     `json:"unit,omitempty"` // who has it
	ReportedAt time.Time  `json:"reportedAt"`
	Since      time.Time  `json:"since"`
	Due        *time.Time `json:"due,omitempty"` // while the clock runs
	Late       bool       `json:"late,omitempty"`
	Act        Act        `json:"act,omitempty"`  // the last thing that happened to it
	At         time.Time  `json:"at"`             // when
	Gone       bool       `json:"gone,omitempty"` // no longer the viewer's to see; only ID and Seq are set then
}

// Happening on the map: what one look at the change log found.
type LiveChanges struct {
	Cursor string        // after these; opaque, for the next call and for clients to resume
	Pins   []LiveCase    // of the cases that changed, as they are now
	Layers []LayerChange // other layers that changed
	Reset  bool          // too much has changed since the cursor, or it is of no use: load everything anew
}

// LiveCase is a changed case with what its audience is decided by.
type LiveCase struct {
	Case *Case
	Pin  Pin
}

// LayerChange says that a layer looks different, and where; nil is anywhere.
type LayerChange struct {
	Layer Layer `json:"layer"`
	BBox  *BBox `json:"bbox,omitempty"`
}

// LiveSource follows the change log.
type LiveSource interface {
	// LiveNow is the cursor of this moment.
	LiveNow(ctx context.Context, tenant int32) (string, error)
	// LiveSince returns what became visible after the cursor, in whatever order the
	// transactions committed, and however long others run.
	LiveSince(ctx context.Context, tenant int32, cursor string) (*LiveChanges, error)
	// Wake returns when something may have changed, or ctx has ended.
	Wake(ctx context.Context) error
	// OpenPins are the open cases that the viewer sees, and the cursor from which on
	// LiveSince tells what changes.
	OpenPins(ctx context.Context, v *Viewer) (pins []Pin, cursor string, err error)
}

// Figures are the wall's numbers, over the cases that the viewer sees.
type Figures struct {
	AsOf       time.Time         `json:"asOf"`
	Open       int64             `json:"open"`
	Late       int64             `json:"late"` // of the open ones
	ByState    map[State]int64   `json:"byState"`
	ByUrgency  map[Urgency]int64 `json:"byUrgency"`  // of the open ones
	ByCategory map[string]int64  `json:"byCategory"` // of the open ones, by root category
	ByArea     []AreaFigures     `json:"byArea"`     // streets, or the communities where there is one street
	// OnTime and Satisfaction are of the cases closed in the last 30 days.
	Closed       int64   `json:"closed"`
	OnTime       float64 `json:"onTime"`       // share, 0 to 1; 0 where Closed is 0
	Satisfaction float64 `json:"satisfaction"` // mean of 1 to 5; 0 where nobody answered
	Answers      int64   `json:"answers"`
	// Today is since midnight of the calendar's zone; Usual the mean of the same
	// weekday and time over eight weeks.
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

// FigureStore computes figures.
type FigureStore interface {
	Figures(ctx context.Context, v *Viewer, now time.Time) (*Figures, error)
	// Heat counts the cases of the last days on a grid of about 100 m, aligned to
	// the earth: [west, south, count]…
	Heat(ctx context.Context, v *Viewer, days int) ([][3]float64, error)
}
