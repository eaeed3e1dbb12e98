package lintu

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"
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
	State    State  `json:"state,omitempty"`    // of its case now, or of the case of the row read out; read only
	CaseNo   string `json:"caseNumber,omitempty"`
	// Hidden is a row whose case, or that of the row read out, the viewer is not shown:
	// only ID and Number are set. It is sent back as it came.
	Hidden bool `json:"hidden,omitempty"`
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

// The bounds of a ledger.
const (
	ledgerRows  = 500
	rowOptions  = 20
	ledgerWords = 500 // runes of a title, text, option, answer or feedback

	// meetingPeople bounds who came and how many voted: benches and halls hold hundreds.
	meetingPeople = 10000
	// meetingsFrom is the first year of which there may be a ledger, and meetingsAhead how
	// many years ahead a meeting may be announced: other years are slips.
	meetingsFrom, meetingsAhead = 2000, 2
)

// checkDate refuses a time that no meeting has; n is the row's number, 0 for the meeting.
func checkDate(at, now time.Time, n int) error {
	if at.Year() >= meetingsFrom && at.Before(now.AddDate(meetingsAhead, 0, 0)) {
		return nil
	}
	if n > 0 {
		return Errorf(CodeInvalid, "台账第 %[1]d 条的时间不对：应在 %[2]d 年之后，最晚不超过两年后。", "The time of row %[1]d of the ledger is wrong: it must be after %[2]d and within two years from now.", n, meetingsFrom)
	}
	return Errorf(CodeInvalid, "议事会的日期不对：应在 %d 年之后，最晚不超过两年后。", "The date of the meeting is wrong: it must be after %d and within two years from now.", meetingsFrom)
}

// Check is CodeInvalid or CodeTooLarge for a meeting that cannot be kept.
func (m *Meeting) Check(now time.Time) error {
	at := Place{Lon: m.Lon, Lat: m.Lat, Placed: ByMap}
	switch {
	case m.ID.IsZero():
		return Errorf(CodeInvalid, "议事会缺少编号 id（UUIDv7）。", "The meeting has no id (UUIDv7).")
	case strings.TrimSpace(m.Title) == "":
		return Errorf(CodeInvalid, "请填写议事会名称（title）。", "Give the meeting a title.")
	case m.StartsAt.IsZero():
		return Errorf(CodeInvalid, "请填写议事会开始时间（startsAt）。", "Say when the meeting begins (startsAt).")
	case m.Attendees < 0 || m.Attendees > meetingPeople:
		return Errorf(CodeInvalid, "到会人数（attendees）应是 0 到 %d。", "The number of attendees must be 0 to %d.", meetingPeople)
	case len(m.Rows) > ledgerRows:
		return Errorf(CodeTooLarge, "一次议事会最多 %d 条台账。", "A meeting has at most %d rows.", ledgerRows)
	case len(m.Units) > 50:
		return Errorf(CodeTooLarge, "到会单位最多 50 个。", "At most 50 units can attend.")
	}
	if err := checkLengths(append([]string{m.Title, m.Venue, m.Host}, m.Units...)...); err != nil {
		return err
	}
	for _, t := range []*time.Time{&m.StartsAt, m.EndedAt} {
		if t != nil && checkDate(*t, now, 0) != nil {
			return checkDate(*t, now, 0)
		}
	}
	for i := range m.Rows {
		if err := m.Rows[i].check(i+1, now); err != nil {
			return err
		}
	}
	return at.check()
}

// check refuses a row; n is its number for people.
func (r *LedgerRow) check(n int, now time.Time) error {
	switch {
	case r.ID.IsZero():
		return Errorf(CodeInvalid, "台账第 %d 条缺少编号 id（UUIDv7）。", "Row %d of the ledger has no id (UUIDv7).", n)
	case r.Hidden:
		return nil
	case strings.TrimSpace(r.Text) == "":
		return Errorf(CodeInvalid, "台账第 %d 条没有内容。", "Row %d of the ledger says nothing.", n)
	case !isUrgency(r.Urgency):
		return Errorf(CodeInvalid, "台账第 %[1]d 条的紧急程度 %[2]q 无效。", "Row %[1]d of the ledger has no urgency %[2]q.", n, r.Urgency)
	case len(r.Options) > rowOptions:
		return Errorf(CodeTooLarge, "台账第 %[1]d 条的方案超过 %[2]d 个。", "Row %[1]d of the ledger has more than %[2]d options.", n, rowOptions)
	case r.Place != nil && r.Place.check() != nil:
		return r.Place.check()
	case !r.At.IsZero() && checkDate(r.At, now, n) != nil:
		return checkDate(r.At, now, n)
	}
	words := []string{r.Text, r.Answer, r.Feedback}
	for _, o := range r.Options {
		if strings.TrimSpace(o.Text) == "" {
			return Errorf(CodeInvalid, "台账第 %d 条有一个空的方案。", "Row %d of the ledger has an empty option.", n)
		}
		if o.Votes < 0 || o.Votes > meetingPeople {
			return Errorf(CodeInvalid, "台账第 %[1]d 条的票数应是 0 到 %[2]d。", "The votes in row %[1]d of the ledger must be 0 to %[2]d.", n, meetingPeople)
		}
		words = append(words, o.Text)
	}
	return checkLengths(words...)
}

func checkLengths(words ...string) error {
	for _, w := range words {
		if utf8.RuneCountInString(w) > ledgerWords {
			return Errorf(CodeTooLarge, "有一处文字超过 %d 字。", "A text has more than %d characters.", ledgerWords)
		}
	}
	return nil
}

// NewCase is the case that a row becomes. Its id is the row's, so that it becomes one
// only once.
func (m *Meeting) NewCase(r LedgerRow) NewCase {
	at := Place{Lon: m.Lon, Lat: m.Lat, Placed: ByMap}
	if r.Place != nil {
		at = *r.Place
	}
	return NewCase{ID: r.ID, Category: r.Category, Place: at, At: r.At, Note: r.Text, Urgency: r.Urgency, Source: FromMeeting, Meeting: &m.ID}
}
