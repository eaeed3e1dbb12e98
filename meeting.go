package lintu

import (
	"context"
	"time"
)

// Meeting is a bench meeting (小板凳议事会) or one in a hall.
type Meeting struct {
	ID        ID          `json:"id"`
	Title     string      `json:"title"`
	Lon       float64     `json:"lon"`
	Lat       float64     `json:"lat"`
	Venue     string      `json:"venue"` // 香樟树下
	Areas     []AreaRef   `json:"areas"`
	StartsAt  time.Time   `json:"startsAt"`
	EndedAt   *time.Time  `json:"endedAt,omitempty"` // nothing is recorded any more
	Host      string      `json:"host"`              // who chairs: a post, not a person's name
	Attendees int         `json:"attendees"`
	Units     []string    `json:"units"` // posts and units that were there
	Rows      []LedgerRow `json:"rows"`
	Seq       int         `json:"seq"` // counts the changes; what is saved names the one it stands on
}

// LedgerRow is one matter of a meeting's ledger (议事台账).
type LedgerRow struct {
	ID       ID        `json:"id"`
	Number   int       `json:"number"` // within the meeting, from 1
	At       time.Time `json:"at"`     // when it was recorded
	Urgency  Urgency   `json:"urgency"`
	Text     string    `json:"text"` // what was raised; no names of persons
	Category string    `json:"category,omitempty"`
	Place    *Place    `json:"place,omitempty"`   // the meeting's where it has none of its own
	Options  []Option  `json:"options,omitempty"` // proposed, and which were agreed on
	Answer   string    `json:"answer,omitempty"`  // given on the spot
	Case     *ID       `json:"case,omitempty"`    // that it became
	// Of rows read out again at a later meeting:
	From     *ID    `json:"from,omitempty"`     // the row that was raised then
	Feedback string `json:"feedback,omitempty"` // what the residents said to how it stands
	State    State  `json:"state,omitempty"`    // of its case now; read only
	CaseNo   string `json:"caseNumber,omitempty"`
}

// Option is a way out that residents proposed.
type Option struct {
	Text   string `json:"text"`
	Votes  int    `json:"votes,omitempty"`
	Agreed bool   `json:"agreed,omitempty"`
}

// MeetingStore keeps meetings and their ledgers. Only those whose place is in the
// viewer's territory of SeeCases are shown; HoldMeetings is needed to change one.
type MeetingStore interface {
	Meetings(ctx context.Context, v *Viewer, limit int) ([]Meeting, error)
	Meeting(ctx context.Context, v *Viewer, id ID) (*Meeting, error)
	// SaveMeeting makes a meeting or changes it; CodeConflict if it has changed since
	// m.Seq. Rows are never removed.
	SaveMeeting(ctx context.Context, v *Viewer, m Meeting) (*Meeting, error)
	// RowToCase makes a case of a row, once; the row then names it.
	RowToCase(ctx context.Context, v *Viewer, meeting, row ID) (*CaseView, error)
	// OpenRows are the rows of earlier meetings around the place that are neither
	// answered nor closed: to be read out.
	OpenRows(ctx context.Context, v *Viewer, meeting ID) ([]LedgerRow, error)
}
