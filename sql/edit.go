package sql

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// edit is one transaction that changes what a tenant has. Edits of one tenant
// run one after the other, behind its advisory lock; lock_timeout bounds the
// wait.
type edit struct {
	tx     pgx.Tx
	tenant int32
	keys   *keeper // of personal data
	// at is when the edit's versions begin and the ones before end. It is later
	// than that of every earlier edit of the tenant, whatever the server's clock
	// did, so no two states share an instant.
	at time.Time
	// bounded edits change only what lies on their ground.
	bounded bool
}

// edit runs work in a transaction and commits it if work returns nil. Its error
// is ready to leave the package.
func (db *DB) edit(ctx context.Context, tenant int32, work func(*edit) error) error {
	return db.editOr(ctx, tenant, pgx.Tx.Commit, work)
}

// editOr is edit with another end than the commit.
func (db *DB) editOr(ctx context.Context, tenant int32, end func(pgx.Tx, context.Context) error, work func(*edit) error) error {
	tx, err := db.owner.Begin(ctx)
	if err != nil {
		return toError(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	e := &edit{tx: tx, tenant: tenant, keys: db.keys}
	if err := e.begin(ctx); err != nil {
		return toError(err)
	}
	if err := work(e); err != nil {
		return toError(err)
	}
	return toError(end(tx, ctx))
}

func (e *edit) begin(ctx context.Context) error {
	if _, err := e.tx.Exec(ctx, `SELECT pg_advisory_xact_lock(1, $1)`, e.tenant); err != nil {
		return err
	}
	// A statement of its own: it must see what the holder of the lock before us
	// committed.
	err := e.tx.QueryRow(ctx, `
		INSERT INTO edit_clock AS c (tenant_id, at) SELECT id, clock_timestamp() FROM tenant WHERE id = $1
		ON CONFLICT (tenant_id) DO UPDATE SET at = greatest(excluded.at, c.at + interval '1 microsecond')
		RETURNING at`, e.tenant).Scan(&e.at)
	if err == pgx.ErrNoRows {
		return lintu.Errorf(lintu.CodeNotFound, "没有编号为 %d 的县区。", "There is no jurisdiction %d.", e.tenant)
	}
	return err
}

// changed appends to the change log. id is nil where a batch changed many
// features; the bounds are box2d texts, nil for none. Cases follow areas, and wait for others when
// units and neighbor heads end.
func (e *edit) changed(ctx context.Context, layer lintu.Layer, id, batch *lintu.ID, old, new *string) error {
	_, err := e.tx.Exec(ctx, `
		INSERT INTO change (tenant_id, kind, id, batch_id, old_bounds, new_bounds)
		VALUES ($1, $2, $3, $4, $5::text::box2d, $6::text::box2d)`, e.tenant, layer, id, batch, old, new)
	l, _ := lintu.LayerByName(layer)
	switch {
	case err != nil:
	case l.Kind == lintu.KindArea:
		err = e.areaChanged(ctx, old, new)
	case l.Kind == lintu.KindUnit:
		err = e.tellEnded(ctx, lintu.UnitHandles)
	case l.Kind == lintu.KindHead:
		err = e.tellEnded(ctx, lintu.HeadHandles)
	}
	return err
}

// audit appends to the tenant's audit. detail must hold no personal data. An
// edit calls it last: see appendAudit.
func (e *edit) audit(ctx context.Context, by lintu.Actor, act, kind string, id *lintu.ID, detail any) error {
	return note(ctx, e.tx, e.tenant, by, act, kind, id, detail)
}
