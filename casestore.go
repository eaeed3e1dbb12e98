package lintu

import (
	"context"
	"time"
)

// CaseView is a case as somebody is shown it. Of an Outline only Number, State,
// Category, Place, Areas, Clock.Due, ReportedAt and Since are set.
type CaseView struct {
	Case
	Sight   Sight `json:"-"`
	Again   bool  `json:"-"`       // of Report: it was there already
	Acts    []Act `json:"acts"`    // what the viewer could do now
	Contact bool  `json:"contact"` // there is one, to be unmasked
	// Unanswered is why nobody can answer for the handler that the case waits for; such
	// a case waits for the dispatcher. Report leaves it out.
	Unanswered *Text `json:"unanswered,omitempty"`
}

// Unanswered says why nobody can answer for a handler.
type Unanswered string

// The reasons.
const (
	HandlerGone    Unanswered = "gone"    // the unit or neighbor head has ended
	HandlerNobody  Unanswered = "nobody"  // nobody who can sign in is of it
	HandlerAccount Unanswered = "account" // the account that took the case is disabled or has lost its role
)

// Text words the reason, and what to do.
func (u Unanswered) Text() Text {
	switch u {
	case HandlerGone:
		return Text{"责任单位或邻长已撤销，请另行派遣。", "The unit or neighbor head that has it is no longer there; please give it to another."}
	case HandlerAccount:
		return Text{"承办账号已停用或不再有办理权限，请另行派遣。", "The account that took it is disabled or no longer handles cases; please give it to a unit."}
	}
	return Text{"责任单位或邻长没有能登录的人员，请另行派遣，或请管理员为其开通账号。",
		"Nobody can sign in for the unit or neighbor head that has it; please give it to another, or ask the administrator for an account."}
}

// CaseQuery selects cases; what is empty does not limit.
type CaseQuery struct {
	Open bool // only those where somebody still has to act
	// Mine is only those that the viewer has to act on, or has reported and that are
	// open. What waits for a handler for whom nobody can answer is the dispatcher's.
	Mine       bool
	States     []State
	Category   string // and those below it
	Area       *ID
	Unit, Head *ID // that handle or help; whose households are nearest
	Urgency    Urgency
	Rung       Rung
	Source     Source
	Late       bool
	BBox       *BBox
	From, To   *time.Time // of ReportedAt
	Text       string     // in the number or the note
	ByDue      bool       // the first due first, instead of the newest first
	Limit      int        // 0 is no limit
	After      string     // cursor of the previous page
}

// Similar is a case near by that may be the same.
type Similar struct {
	Case     CaseView `json:"case"`
	Metres   float64  `json:"metres"`
	Category bool     `json:"sameCategory"`
}

// CaseStore keeps cases. What the viewer is not shown is CodeNotFound, like what
// does not exist.
type CaseStore interface {
	// Report stores a new case durably, with its route, in one transaction. The same
	// id with the same content again is answered as the first time and writes, so
	// that the answer is durable as well; with other content it is CodeConflict.
	// follow is the code to follow the case by, only for residents and only the
	// first time it is "".
	Report(ctx context.Context, tenant int32, n NewCase, by Asker) (c *CaseView, follow string, err error)
	// Act does something to a case, idempotently by the action's id.
	Act(ctx context.Context, tenant int32, id ID, a Action, by Asker) (*CaseView, error)
	Case(ctx context.Context, v *Viewer, id ID) (*CaseView, error)
	// History is every event of a case of which the viewer sees the whole.
	History(ctx context.Context, v *Viewer, id ID) ([]Event, error)
	// EachCase streams cases and the cursor of each to yield.
	EachCase(ctx context.Context, v *Viewer, q CaseQuery, yield func(c *CaseView, cursor string) error) error
	CountCases(ctx context.Context, v *Viewer, q CaseQuery) (int64, error)
	// SimilarCases finds open cases within SimilarMetres of a place, of the same
	// category or a sibling, and those closed in the last days; the likeliest first.
	SimilarCases(ctx context.Context, v *Viewer, lon, lat float64, category string, but *ID) ([]Similar, error)
	// Contact unmasks the reporter's contact, like Persons.Unmask: audited, counted,
	// for a purpose. The viewer needs UnmaskPersons where the case is, or to handle it.
	Contact(ctx context.Context, v *Viewer, id ID, p Purpose, why string) (*Contact, error)
	// CasePhoto is CodeNotFound unless the viewer sees the whole case and the photo
	// belongs to it.
	CasePhoto(ctx context.Context, v *Viewer, id, photo ID) error
	// ExpectPhoto is asked before a photo of so many bytes is received: should its file
	// be stored and never noted, it is found by that. CodeThrottled where the door, if
	// there is one, has had its bytes of the day.
	ExpectPhoto(ctx context.Context, tenant int32, id ID, bytes int64, door *Door) error
	// NotePhoto remembers who brought a photo that no case has yet. A photo can be
	// used by that account, or through that door, only.
	NotePhoto(ctx context.Context, tenant int32, p Photo, by Asker, door *Door) error
	PhotoSweeping
	// Rebuild folds the events of every case anew and returns how many rows were
	// different; it mends them unless dry is set.
	Rebuild(ctx context.Context, tenant int32, dry bool, progress Progress) (cases, different int64, err error)
}

// PhotoSweeping is what the deleting of unused photos needs to know.
type PhotoSweeping interface {
	// UnusedPhotos are those that no case took within PhotoUnusedFor, and files that
	// nothing names. They are told again until they are forgotten.
	UnusedPhotos(ctx context.Context, tenant int32, limit int) ([]ID, error)
	// ForgetPhotos is told of those whose files are gone.
	ForgetPhotos(ctx context.Context, tenant int32, ids []ID) error
}

// PhotoUnusedFor is how long after it was last sent a photo waits for its case at least:
// as long as a phone may be without a network.
const PhotoUnusedFor = 24 * time.Hour

// SimilarMetres is how near another case must be to be offered as the same.
const SimilarMetres = 60

// Settings are the tenant's choices about cases.
type Settings interface {
	Categories(ctx context.Context, tenant int32) (Categories, error)
	SaveCategories(ctx context.Context, tenant int32, cs Categories, by Actor) error
	Calendar(ctx context.Context, tenant int32) (*Calendar, error)
	SaveCalendar(ctx context.Context, tenant int32, c *Calendar, by Actor) error
	Limits(ctx context.Context, tenant int32) (Limits, error)
	SaveLimits(ctx context.Context, tenant int32, l Limits, by Actor) error
}

// RuleStore keeps the routing rules. An actor whose right is not held everywhere may
// change only rules of areas inside.
type RuleStore interface {
	Rules(ctx context.Context, tenant int32) ([]Rule, error)
	// SaveRule adds a rule, or changes the one of that id. Its area is named by layer
	// and code, its unit by code; the number is the server's. A second rule for the
	// same category, area and rung is CodeConflict.
	SaveRule(ctx context.Context, tenant int32, r Rule, by Actor) (*Rule, error)
	RemoveRule(ctx context.Context, tenant int32, id ID, by Actor) error
	// Route says where a pin would go now; "" is the category's own rung.
	Route(ctx context.Context, tenant int32, p Place, category string, rung Rung) (*Routed, error)
	// Uncovered is in the order of the categories, then by code of the community.
	Uncovered(ctx context.Context, tenant int32) ([]Uncovered, error)
}
