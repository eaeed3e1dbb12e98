package sql

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
)

var _ lintu.AuditLog = (*DB)(nil)

// Append implements lintu.AuditLog. Seq, At and Hash of e are ignored.
func (db *DB) Append(ctx context.Context, tenant int32, e lintu.AuditEntry) error {
	return toError(appendAudit(ctx, db.pool, tenant, e))
}

// execer is a pool or a transaction.
type execer interface {
	Exec(ctx context.Context, query string, args ...any) (pgconn.CommandTag, error)
}

// appendAudit writes an entry to the tenant's audit, in the transaction of what
// it tells about. It holds up all other writers of that audit until the commit:
// call it last.
func appendAudit(ctx context.Context, tx execer, tenant int32, e lintu.AuditEntry) error {
	detail := []byte(e.Detail)
	if len(detail) == 0 {
		detail = []byte("{}")
	}
	_, err := tx.Exec(ctx, `SELECT audit_append($1, $2, $3, $4, $5, $6, $7, $8)`, tenant,
		storable(e.Actor), storable(e.From), storable(e.Act), storable(e.Kind), e.ID, storable(e.Why),
		bytes.ReplaceAll(detail, []byte(`\u0000`), []byte(`\ufffd`)))
	return err
}

// note is appendAudit for what an actor does. detail may be nil.
func note(ctx context.Context, tx pgx.Tx, tenant int32, by lintu.Actor, act, kind string, id *lintu.ID, detail any) error {
	e := lintu.AuditEntry{Actor: by.Name, From: by.From, Act: act, Kind: kind, ID: id}
	if detail != nil {
		var err error
		if e.Detail, err = json.Marshal(detail); err != nil {
			return err
		}
	}
	return appendAudit(ctx, tx, tenant, e)
}

// storable replaces what PostgreSQL keeps in no text, so that nobody escapes the
// audit by odd bytes.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// auditPage is how many entries are read at once: a reader that takes long over
// them holds memory and no connection.
const auditPage = 1000

// EachEntry implements lintu.AuditLog.
func (db *DB) EachEntry(ctx context.Context, tenant int32, q lintu.AuditQuery, yield func(lintu.AuditEntry) error) error {
	for left := q.Limit; ; {
		size := auditPage
		if q.Limit > 0 {
			size = min(size, left)
		}
		entries, err := db.auditEntries(ctx, tenant, q, size)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := yield(e); err != nil {
				return err
			}
			q.After = e.Seq
		}
		if left -= len(entries); len(entries) < size || left == 0 {
			return nil
		}
	}
}

// auditEntries reads one page.
func (db *DB) auditEntries(ctx context.Context, tenant int32, q lintu.AuditQuery, size int) ([]lintu.AuditEntry, error) {
	where, args := auditWhere(tenant, q)
	order := "DESC"
	if q.OldestFirst {
		order = "ASC"
	}
	rows, err := db.pool.Query(ctx, `SELECT seq, at, actor, from_addr, act, kind, id, why, nullif(detail::text, '{}'), encode(hash, 'hex')
		FROM audit WHERE `+where+fmt.Sprintf(` ORDER BY seq %s LIMIT %d`, order, size), args...)
	if err != nil {
		return nil, toError(err)
	}
	entries, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e lintu.AuditEntry, err error) {
		var detail *string
		if err = row.Scan(&e.Seq, &e.At, &e.Actor, &e.From, &e.Act, &e.Kind, &e.ID, &e.Why, &detail, &e.Hash); err == nil && detail != nil {
			e.Detail = json.RawMessage(*detail)
		}
		return e, err
	})
	return entries, toError(err)
}

// auditWhere says only what limits, so that each filter finds its index.
func auditWhere(tenant int32, q lintu.AuditQuery) (string, []any) {
	args := []any{tenant}
	where := "tenant_id = $1"
	add := func(condition string, arg any) {
		args = append(args, arg)
		where += fmt.Sprintf(" AND "+condition, len(args))
	}
	for _, f := range []struct{ condition, value string }{
		{"actor = $%d", q.Actor}, {"act = $%d", q.Act}, {"kind = $%d", q.Kind}, {"from_addr = $%d", q.Address}} {
		if f.value != "" {
			add(f.condition, storable(f.value))
		}
	}
	if q.Alerts {
		add("act = $%d", lintu.ActAlert)
	}
	if q.ID != nil {
		add("id = $%d", *q.ID)
	}
	if q.From != nil {
		add("at >= $%d", *q.From)
	}
	if q.To != nil {
		add("at < $%d", *q.To)
	}
	switch {
	case q.OldestFirst:
		add("seq > $%d", q.After)
	case q.After > 0:
		add("seq < $%d", q.After)
	}
	return where, args
}
