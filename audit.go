package lintu

import (
	"context"
	"encoding/json"
	"strconv"
	"time"
)

// AuditEntry is one line of a tenant's audit. It holds no personal data and no
// secret, ever.
type AuditEntry struct {
	Seq    int64           `json:"seq"` // from 1 without a gap, given by the database
	At     time.Time       `json:"at"`  // never before the entry before, given by the database
	Actor  string          `json:"actor"`
	From   string          `json:"from,omitempty"` // address of the client
	Act    string          `json:"act"`            // apply, sign_in, refuse, unmask, …
	Kind   string          `json:"kind"`           // of what it was done to: batch, household, session, route, …
	ID     *ID             `json:"id,omitempty"`
	Why    string          `json:"why,omitempty"`
	Detail json.RawMessage `json:"detail,omitempty"`
	Hash   string          `json:"hash"` // SHA-256 over this entry and the hash before it, lower-case hex
}

// AuditColumns are the columns of an exported audit.
var AuditColumns = []string{"seq", "at", "actor", "from", "act", "kind", "id", "why", "detail", "hash"}

// Record is the entry under AuditColumns, for CSV, with the time in UTC and
// microseconds.
func (e AuditEntry) Record() []string {
	id := ""
	if e.ID != nil {
		id = e.ID.String()
	}
	cells := []string{strconv.FormatInt(e.Seq, 10), e.At.UTC().Format("2006-01-02T15:04:05.000000Z"),
		e.Actor, e.From, e.Act, e.Kind, id, e.Why, string(e.Detail), e.Hash}
	for i, c := range cells {
		cells[i] = Cell(c)
	}
	return cells
}

// AuditQuery selects entries; what is empty does not limit.
type AuditQuery struct {
	From, To    *time.Time
	Actor, Act  string
	Kind        string
	ID          *ID
	Address     string
	Alerts      bool  // only those that want an auditor's eye
	After       int64 // the Seq behind which to go on in the order asked for; 0 is the beginning
	Limit       int   // 0 is no limit
	OldestFirst bool
}

// AuditLog is the tenant's audit. Entries are appended only.
type AuditLog interface {
	// Append writes an entry of its own transaction.
	Append(ctx context.Context, tenant int32, e AuditEntry) error
	// EachEntry streams entries, the newest first.
	EachEntry(ctx context.Context, tenant int32, q AuditQuery, yield func(AuditEntry) error) error
	// VerifyAudit recomputes the chain. It returns the last entry's Seq and Hash, to
	// be kept elsewhere, and CodeConflict naming the first entry that was changed,
	// removed or moved.
	VerifyAudit(ctx context.Context, tenant int32, progress Progress) (AuditHead, error)
}

// AuditHead is the end of the chain.
type AuditHead struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// The acts that more than one package names. The others, of changes to the map, to
// accounts and to keys, stand where they are done.
const (
	ActSignIn       = "sign_in"
	ActSignInFailed = "sign_in_failed"
	ActSignOut      = "sign_out"
	ActRefuse       = "refuse" // a request that the viewer may not make
	ActUnmask       = "unmask"
	ActFindPerson   = "find_person"

	// A file was compared with what is known of persons, and nothing stored.
	ActComparePersons = "compare_persons"

	ActExport = "export"
	ActAlert  = "alert"
)
