package sql

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// caseTx is a transaction that changes cases of a tenant: lock, decide by the
// office, keep. What is kept is written at the end, at once; the audit last.
type caseTx struct {
	db     *DB
	tx     pgx.Tx
	tenant int32
	office *lintu.Office
	writes pgx.Batch
	audit  []lintu.AuditEntry
}

// beginCases gives the transaction its number before it looks at areas: PlaceCases can
// then tell which may have seen those of before a change.
const beginCases = `BEGIN; SELECT pg_current_xact_id()`

// cases runs work in a transaction that changes cases, as of now, and commits it if
// work returns nil. Its error is ready to leave the package.
func (db *DB) cases(ctx context.Context, tenant int32, now time.Time, work func(*caseTx) error) error {
	tx, err := db.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: beginCases})
	if err != nil {
		return toError(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	t := &caseTx{db: db, tx: tx, tenant: tenant}
	if t.office, err = db.office(ctx, tx, tenant, now); err != nil {
		return toError(err)
	}
	if err := work(t); err != nil {
		return toError(err)
	}
	if err := t.flush(ctx); err != nil {
		return toError(err)
	}
	return toError(tx.Commit(ctx))
}

// office is what deciding needs to know, as of what q sees. Times are those
// that the database can hold, so that events read again are the same.
func (db *DB) office(ctx context.Context, q asker, tenant int32, now time.Time) (*lintu.Office, error) {
	c, err := db.choices(ctx, q, tenant)
	if err != nil {
		return nil, err
	}
	return &lintu.Office{
		Now: storableTime(now), Calendar: c.calendar, Limits: c.limits, Categories: c.categories,
		Route: func(p lintu.Place, category string, rung lintu.Rung) (*lintu.Routed, error) {
			return route(ctx, q, tenant, p, c.categories, category, rung)
		},
		Handler: func(h lintu.Handler) (*lintu.Handler, error) { return findHandler(ctx, q, tenant, h) },
	}, nil
}

// storableTime is the instant as PostgreSQL keeps it.
func storableTime(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// findHandler finds the present unit or neighbor head of an id or else of a code.
func findHandler(ctx context.Context, q asker, tenant int32, h lintu.Handler) (*lintu.Handler, error) {
	table := map[lintu.HandlerKind]string{lintu.UnitHandles: "unit", lintu.HeadHandles: "head"}[h.Kind]
	if table == "" {
		return nil, lintu.Errorf(lintu.CodeInvalid, "责任方的 kind 只能是 unit 或 head。", "The kind of who must act is unit or head.")
	}
	by, value := "id = $2::uuid", any(h.ID)
	if h.ID.IsZero() {
		by, value = "code = $2::text", storable(h.Code)
	}
	found := lintu.Handler{Kind: h.Kind}
	err := q.QueryRow(ctx, `SELECT id, code, name FROM `+table+` WHERE tenant_id = $1 AND upper_inf(valid) AND `+by, tenant, value).
		Scan(&found.ID, &found.Code, &found.Name)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, lintu.Errorf(lintu.CodeNotFound, "没有这个责任单位或邻长，请重新选择。", "There is no such unit or neighbor head; please choose again.")
	}
	return &found, err
}

// lock reads cases and locks their rows in the order of ids, so that no two
// transactions wait for each other. What does not exist is missing in the answer.
func (t *caseTx) lock(ctx context.Context, ids ...lintu.ID) (map[lintu.ID]*lintu.Case, error) {
	rows, err := t.tx.Query(ctx, `SELECT doc FROM case_file WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`, t.tenant, ids)
	if err != nil {
		return nil, err
	}
	found := map[lintu.ID]*lintu.Case{}
	var doc []byte
	_, err = pgx.ForEachRow(rows, []any{&doc}, func() error {
		c := &lintu.Case{}
		err := json.Unmarshal(doc, c)
		found[c.ID] = c
		return err
	})
	return found, err
}

// keep queues the events of a case and what it has become. sha is of the request
// that the first of them answers, nil if none.
func (t *caseTx) keep(c *lintu.Case, events []lintu.Event, sha []byte) error {
	for _, e := range events {
		if err := t.keepEvent(e, sha); err != nil {
			return err
		}
		sha = nil
	}
	if err := t.keepFile(c); err != nil {
		return err
	}
	t.keepTimers(c)
	return nil
}

func (t *caseTx) keepEvent(e lintu.Event, sha []byte) error {
	patch, err := json.Marshal(e.Set)
	if err != nil {
		return err
	}
	t.writes.Queue(`INSERT INTO case_event (tenant_id, case_id, seq, id, at, actor, account_id, as_party, act, from_state, to_state, note, photos, patch, sha)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		t.tenant, e.Case, e.Seq, e.ID, e.At, e.By, e.Account, e.As, e.Act, e.From, e.To, e.Note, uuids(e.Photos), patch, sha)
	return nil
}

// keepTimers replaces the instants at which the system will act on the case. Those that
// stay, as most do, are not written.
func (t *caseTx) keepTimers(c *lintu.Case) {
	var acts []string
	var pers []int
	var at []time.Time
	for _, x := range t.office.Timers(c) {
		acts, pers, at = append(acts, string(x.Act)), append(pers, x.Per), append(at, x.At)
	}
	t.writes.Queue(`DELETE FROM case_timer t WHERE tenant_id = $1 AND case_id = $2 AND NOT EXISTS (
		SELECT FROM unnest($3::text[], $4::int[], $5::timestamptz[]) x (act, per, at) WHERE x.act = t.act AND x.per = t.per AND x.at = t.fire_at)`,
		t.tenant, c.ID, acts, pers, at)
	t.writes.Queue(`INSERT INTO case_timer (tenant_id, case_id, act, per, fire_at)
		SELECT $1, $2, act, per, at FROM unnest($3::text[], $4::int[], $5::timestamptz[]) x (act, per, at)
		ON CONFLICT (tenant_id, case_id, act, per) DO NOTHING`, t.tenant, c.ID, acts, pers, at)
}

// note queues an entry of the audit about a case. Words of people have no place in it.
func (t *caseTx) note(by lintu.Asker, act lintu.Act, id lintu.ID, detail map[string]any) error {
	e := lintu.AuditEntry{Actor: by.Name(), Act: actCase + string(act), Kind: "case", ID: &id}
	if by.Viewer != nil {
		e.From = by.Viewer.From
	}
	var err error
	e.Detail, err = json.Marshal(detail)
	t.audit = append(t.audit, e)
	return err
}

// actCase begins the audit's words for what is done to cases.
const actCase = "case_"

// flush writes what was queued, the audit at the end.
func (t *caseTx) flush(ctx context.Context) error {
	if err := t.flushWrites(ctx); err != nil {
		return err
	}
	for _, e := range t.audit {
		if err := appendAudit(ctx, t.tx, t.tenant, e); err != nil {
			return err
		}
	}
	return nil
}

// flushWrites writes what was queued but the audit.
func (t *caseTx) flushWrites(ctx context.Context) error {
	if t.writes.Len() == 0 {
		return nil
	}
	writes := t.writes
	t.writes = pgx.Batch{}
	return t.tx.SendBatch(ctx, &writes).Close()
}
