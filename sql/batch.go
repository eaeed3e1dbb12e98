package sql

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.BatchStore = (*DB)(nil)

const batchColumns = `id, file, sha256, bytes, state, created_at, applied_at, undone_at, actor, parts`

// CreateBatch implements lintu.BatchStore. The same batch again changes nothing;
// its CreatedAt becomes the server's.
func (db *DB) CreateBatch(ctx context.Context, tenant int32, b *lintu.Batch) error {
	parts, err := encodeParts(b.Parts)
	if err != nil {
		return err
	}
	err = db.pool.QueryRow(ctx, `
		INSERT INTO batch (tenant_id, id, file, sha256, bytes, actor, parts)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant_id, id) DO UPDATE SET file = batch.file
		RETURNING state, created_at`,
		tenant, b.ID, b.File, b.SHA256, b.Bytes, b.Actor, parts).Scan(&b.State, &b.CreatedAt)
	return toError(err)
}

// Batch implements lintu.BatchStore; CodeNotFound if there is none.
func (db *DB) Batch(ctx context.Context, tenant int32, id lintu.ID) (*lintu.Batch, error) {
	rows, err := db.pool.Query(ctx, `SELECT `+batchColumns+` FROM batch WHERE tenant_id = $1 AND id = $2`, tenant, id)
	if err != nil {
		return nil, toError(err)
	}
	b, err := pgx.CollectExactlyOneRow(rows, scanBatch)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, lintu.NoBatch(id)
	}
	return b, toError(err)
}

// Batches implements lintu.BatchStore.
func (db *DB) Batches(ctx context.Context, tenant int32, actors []string, limit int) ([]*lintu.Batch, error) {
	rows, err := db.pool.Query(ctx, `SELECT `+batchColumns+` FROM batch
		WHERE tenant_id = $1 AND ($2::text[] IS NULL OR actor = ANY ($2))
		ORDER BY created_at DESC, id LIMIT $3`, tenant, actors, limit)
	if err != nil {
		return nil, toError(err)
	}
	bs, err := pgx.CollectRows(rows, scanBatch)
	return bs, toError(err)
}

// SaveParts implements lintu.BatchStore.
func (db *DB) SaveParts(ctx context.Context, tenant int32, id lintu.ID, parts []lintu.Part) error {
	p, err := encodeParts(parts)
	if err != nil {
		return err
	}
	return db.updateDraft(ctx, tenant, id, `UPDATE batch SET parts = $3
		WHERE tenant_id = $1 AND id = $2 AND state = 'draft'`, p)
}

// DiscardBatch implements lintu.BatchStore. Discarding twice is no error.
func (db *DB) DiscardBatch(ctx context.Context, tenant int32, id lintu.ID) error {
	return db.updateDraft(ctx, tenant, id, `UPDATE batch SET state = 'discarded'
		WHERE tenant_id = $1 AND id = $2 AND state IN ('draft', 'discarded')`)
}

// updateDraft changes a batch that nobody has applied. It takes no part in the
// queue of edits: a person can upload while an import runs.
func (db *DB) updateDraft(ctx context.Context, tenant int32, id lintu.ID, query string, args ...any) error {
	done, err := db.pool.Exec(ctx, query, append([]any{tenant, id}, args...)...)
	if err != nil || done.RowsAffected() == 1 {
		return toError(err)
	}
	b, err := db.Batch(ctx, tenant, id)
	if err != nil {
		return err
	}
	return errBatchState(b.State)
}

// lockBatch reads a batch for update: CodeNotFound if there is none,
// CodeConflict if it is in none of the states.
func (e *edit) lockBatch(ctx context.Context, id lintu.ID, states ...lintu.BatchState) (*lintu.Batch, error) {
	rows, err := e.tx.Query(ctx, `SELECT `+batchColumns+` FROM batch WHERE tenant_id = $1 AND id = $2 FOR UPDATE`, e.tenant, id)
	if err != nil {
		return nil, err
	}
	b, err := pgx.CollectExactlyOneRow(rows, scanBatch)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, lintu.NoBatch(id)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range states {
		if b.State == s {
			return b, nil
		}
	}
	return nil, errBatchState(b.State)
}

func errBatchState(state lintu.BatchState) error {
	was := stateTitles[state]
	return &lintu.Error{Code: lintu.CodeConflict, Text: lintu.Text{
		ZH: "批次" + was.ZH + "，不能再这样做；请刷新后查看它的现状。",
		EN: "The batch " + was.EN + " and this can no longer be done with it; please look at its present state."}}
}

var stateTitles = map[lintu.BatchState]lintu.Text{
	lintu.BatchDraft:     {ZH: "尚未应用", EN: "has not been applied"},
	lintu.BatchApplied:   {ZH: "已应用", EN: "has been applied"},
	lintu.BatchUndone:    {ZH: "已撤回", EN: "has been taken back"},
	lintu.BatchDiscarded: {ZH: "已放弃", EN: "has been discarded"},
}

func scanBatch(row pgx.CollectableRow) (*lintu.Batch, error) {
	var b lintu.Batch
	var parts []byte
	err := row.Scan(&b.ID, &b.File, &b.SHA256, &b.Bytes, &b.State, &b.CreatedAt, &b.AppliedAt, &b.UndoneAt, &b.Actor, &parts)
	if err != nil {
		return nil, err
	}
	return &b, json.Unmarshal(parts, &b.Parts)
}

func encodeParts(parts []lintu.Part) (string, error) {
	if parts == nil {
		parts = []lintu.Part{}
	}
	p, err := json.Marshal(parts)
	return string(p), err
}
