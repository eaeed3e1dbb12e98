package sql

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
)

// errTaken says that the id was used by another transaction in the meantime.
var errTaken = errors.New("the id was used in the meantime")

// Report implements lintu.CaseStore.
func (db *DB) Report(ctx context.Context, tenant int32, n lintu.NewCase, by lintu.Asker) (*lintu.CaseView, string, error) {
	n.At = storableTime(n.At)
	sha, err := reportSHA(n, by)
	if err != nil {
		return nil, "", err
	}
	for {
		view, follow, err := db.reportOnce(ctx, tenant, n, by, sha)
		if errors.Is(err, errNoDataKey) {
			if err = db.ensureDataKey(ctx, tenant); err == nil {
				continue
			}
		}
		if !errors.Is(err, errTaken) {
			return view, follow, err
		}
	}
}

func (db *DB) reportOnce(ctx context.Context, tenant int32, n lintu.NewCase, by lintu.Asker, sha []byte) (view *lintu.CaseView, follow string, err error) {
	before, err := earlier(ctx, db.pool, tenant, n.ID)
	if err != nil {
		return nil, "", toError(err)
	}
	if before != nil {
		if before.Case != n.ID || before.Seq != 1 || !bytes.Equal(before.SHA, sha) {
			return nil, "", errOtherReport
		}
		return db.reportAgain(ctx, tenant, n, by)
	}
	return db.reportFirst(ctx, tenant, n, by, sha)
}

var errOtherReport = lintu.Errorf(lintu.CodeConflict, "这个编号已用于另一件上报；请用新的编号重新上报。",
	"This id was used for another report; please report again under a new id.")

// reportFirst stores a case that is not there. errTaken if another did meanwhile.
func (db *DB) reportFirst(ctx context.Context, tenant int32, n lintu.NewCase, by lintu.Asker, sha []byte) (view *lintu.CaseView, follow string, err error) {
	now := db.now()
	number, err := db.nextNumber(ctx, tenant, now)
	if err != nil {
		return nil, "", err
	}
	var used doorUse
	err = db.cases(ctx, tenant, now, func(t *caseTx) error {
		c, events, err := t.office.Open(n, number, by)
		if err != nil {
			return err
		}
		if err := t.keep(c, events, sha); err != nil {
			return err
		}
		if err := t.flushWrites(ctx); err != nil {
			return err
		}
		if err := t.takePhotos(ctx, n.Photos, c.ID, 1, by, n.Door); err != nil {
			return err
		}
		if n.Door != nil {
			if used, err = t.passDoor(ctx, n.Door); err != nil {
				return err
			}
		}
		if follow, err = t.keepSecrets(ctx, c.ID, n.Contact, by.Resident); err != nil {
			return err
		}
		view = viewOf(t.office, c, by)
		return t.note(by, lintu.ActReport, c.ID, map[string]any{"number": c.Number, "category": c.Category, "source": c.Source})
	})
	if isTaken(err) {
		return nil, "", errTaken
	}
	if err != nil {
		return nil, "", err
	}
	used.warn(db.log)
	return view, follow, nil
}

// isTaken reports whether an event of that id is there already.
func isTaken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" && (pg.TableName == "case_event" || pg.ConstraintName == "case_file_pkey")
}

// reportAgain answers a repeated report. It writes the row as it is: a synchronous
// standby that had not confirmed the first report has then confirmed both.
func (db *DB) reportAgain(ctx context.Context, tenant int32, n lintu.NewCase, by lintu.Asker) (view *lintu.CaseView, follow string, err error) {
	err = db.cases(ctx, tenant, db.now(), func(t *caseTx) error {
		c, err := t.touch(ctx, n.ID)
		if err != nil {
			return err
		}
		if c.Reachable != (n.Contact != nil) {
			return errOtherReport
		}
		view = viewOf(t.office, c, by)
		view.Again = true
		follow, err = t.secretsAgain(ctx, n.ID, n.Contact, by.Resident)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	return view, follow, nil
}

// touch writes the row of a case as it is and reads it.
func (t *caseTx) touch(ctx context.Context, id lintu.ID) (*lintu.Case, error) {
	var doc []byte
	if err := t.tx.QueryRow(ctx, `UPDATE case_file SET seq = seq WHERE tenant_id = $1 AND id = $2 RETURNING doc`, t.tenant, id).Scan(&doc); err != nil {
		return nil, err
	}
	c := &lintu.Case{}
	return c, json.Unmarshal(doc, c)
}

// past is an event that used an id before.
type past struct {
	Case lintu.ID
	Seq  int
	SHA  []byte
}

func earlier(ctx context.Context, q asker, tenant int32, id lintu.ID) (*past, error) {
	var p past
	err := q.QueryRow(ctx, `SELECT case_id, seq, sha FROM case_event WHERE tenant_id = $1 AND id = $2`, tenant, id).Scan(&p.Case, &p.Seq, &p.SHA)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &p, err
}

// reportSHA is equal for equal reports of the same asker. The contact is compared
// otherwise: a hash of a phone number gives it away.
func reportSHA(n lintu.NewCase, by lintu.Asker) ([]byte, error) {
	n.Contact = nil
	door := lintu.ID{}
	if n.Door != nil {
		door = n.Door.ID
	}
	return sha(by, n, n.Meeting, door)
}

func sha(by lintu.Asker, what ...any) ([]byte, error) {
	h := sha256.New()
	err := json.NewEncoder(h).Encode(append([]any{by.Name()}, what...))
	return h.Sum(nil), err
}

// Act implements lintu.CaseStore.
func (db *DB) Act(ctx context.Context, tenant int32, id lintu.ID, a lintu.Action, by lintu.Asker) (*lintu.CaseView, error) {
	if a.ID.IsZero() {
		return nil, lintu.Errorf(lintu.CodeInvalid, "缺少操作编号 id（UUIDv7）。", "The act has no id (UUIDv7).")
	}
	asked, err := sha(by, a)
	if err != nil {
		return nil, err
	}
	for {
		view, err := db.actOnce(ctx, tenant, id, a, by, asked)
		if !isTaken(err) {
			return view, err
		}
	}
}

func (db *DB) actOnce(ctx context.Context, tenant int32, id lintu.ID, a lintu.Action, by lintu.Asker, asked []byte) (view *lintu.CaseView, err error) {
	err = db.cases(ctx, tenant, db.now(), func(t *caseTx) error {
		ids, err := t.involved(ctx, id, a)
		if err != nil {
			return err
		}
		locked, err := t.lock(ctx, ids...)
		if err != nil {
			return err
		}
		before, err := earlier(ctx, t.tx, tenant, a.ID)
		if err != nil {
			return err
		}
		c := locked[id]
		switch {
		case before != nil && (before.Case != id || !bytes.Equal(before.SHA, asked)):
			return errOtherAct
		case before != nil:
			c, err = t.touch(ctx, id)
		case c == nil || by.Viewer != nil && c.Sight(by.Viewer) == lintu.Nothing:
			return errNoCase
		default:
			c, err = t.act(ctx, c, locked, a, by, asked)
		}
		if err == nil {
			view = viewOf(t.office, c, by)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if by.Viewer == nil {
		return view, nil
	}
	return view, db.finishViews(ctx, by.Viewer, view)
}

var (
	errNoCase   = lintu.Errorf(lintu.CodeNotFound, "没有这件案卷，或您不能查看它。", "There is no such case, or it is not yours to see.")
	errOtherAct = lintu.Errorf(lintu.CodeConflict, "这个编号已用于另一项操作；请用新的编号再试。", "This id was used for something else; please try again under a new id.")
)

// act decides what an action makes of a locked case and keeps it.
func (t *caseTx) act(ctx context.Context, c *lintu.Case, locked map[lintu.ID]*lintu.Case, a lintu.Action, by lintu.Asker, asked []byte) (*lintu.Case, error) {
	if a.Act == lintu.ActMerge || a.Act == lintu.ActLink {
		if err := checkOther(c, locked, a, by); err != nil {
			return nil, err
		}
	}
	next, events, err := t.office.Decide(c, a, by)
	if err != nil {
		return nil, err
	}
	if err := t.keep(next, events, asked); err != nil {
		return nil, err
	}
	if err := t.tellOther(c, next, locked, by); err != nil {
		return nil, err
	}
	if err := t.takePhotos(ctx, a.Photos, c.ID, events[0].Seq, by, nil); err != nil {
		return nil, err
	}
	return next, t.note(by, a.Act, c.ID, map[string]any{"number": c.Number, "from": c.State, "to": next.State})
}
