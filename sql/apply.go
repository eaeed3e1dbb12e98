package sql

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// ApplyBatch implements lintu.BatchStore. A second batch of the same tenant
// waits for the first, and is CodeUnavailable if that takes too long.
func (db *DB) ApplyBatch(ctx context.Context, tenant int32, b *lintu.Batch, by lintu.Actor, load func(lintu.BatchTx) error) error {
	var applied lintu.Batch
	var done []mergedPart
	err := db.edit(ctx, tenant, func(e *edit) error {
		if _, err := e.lockBatch(ctx, b.ID, lintu.BatchDraft); err != nil {
			return err
		}
		if err := e.keepTo(ctx, by.Within); err != nil {
			return err
		}
		tx := &batchTx{edit: e, batch: &b.ID, stages: map[lintu.Layer][]*stage{}}
		if err := tx.run(ctx, load); err != nil {
			return err
		}
		parts, err := encodeParts(b.Parts)
		if err != nil {
			return err
		}
		_, err = e.tx.Exec(ctx, `UPDATE batch SET state = 'applied', applied_at = $3, parts = $4
			WHERE tenant_id = $1 AND id = $2`, tenant, b.ID, e.at, parts)
		if err != nil {
			return err
		}
		applied, done = *b, tx.done
		applied.State, applied.AppliedAt = lintu.BatchApplied, &e.at
		return e.audit(ctx, by, "apply", "batch", &b.ID, map[string]any{
			"sha256": b.SHA256, "bytes": b.Bytes, "layers": tx.done})
	})
	if err != nil {
		return err
	}
	*b = applied
	db.learn(ctx, done)
	return nil
}

// learnRows is how many new rows make it worth while to look at a table again.
const learnRows = 1000

// learn lets the planner see what a batch brought: until autovacuum comes by,
// the first readers of a layer that has just been filled would get plans for an
// empty one. The batch stands whether or not this succeeds.
func (db *DB) learn(ctx context.Context, done []mergedPart) {
	for _, part := range done {
		layer, ok := lintu.LayerByName(part.Layer)
		if !ok {
			continue
		}
		var statements []string
		if part.Comparison.New+part.Comparison.Changed >= learnRows {
			statements = append(statements, `ANALYZE `+tableOf(layer).name+` (tenant_id, id, code, valid)`)
			if layer.Kind == lintu.KindHousehold {
				statements = append(statements, `ANALYZE assignment (tenant_id, household_id, head_id, valid)`)
			}
		}
		if part.Comparison.Persons >= learnRows {
			statements = append(statements, `ANALYZE person (tenant_id, kind, subject_id, valid, key_version, name_hmac, phone_hmac)`)
		}
		for _, statement := range statements {
			if _, err := db.owner.Exec(ctx, statement); err != nil {
				db.log.Warn("the planner has not seen what was imported", "layer", layer.Name, "error", err)
			}
		}
	}
}

// TryBatch implements lintu.BatchStore. What it counts as changed would tell, file
// by file, whether a guess about a person is right: it stands in the audit when
// persons were compared.
func (db *DB) TryBatch(ctx context.Context, tenant int32, by lintu.Actor, load func(lintu.BatchTx) error) error {
	var compared int64
	err := db.editOr(ctx, tenant, pgx.Tx.Rollback, func(e *edit) error {
		if err := e.keepTo(ctx, by.Within); err != nil {
			return err
		}
		tx := &batchTx{edit: e, dry: true, stages: map[lintu.Layer][]*stage{}}
		err := tx.run(ctx, load)
		compared = tx.compared
		return err
	})
	if compared == 0 {
		return err
	}
	detail, _ := json.Marshal(map[string]int64{"compared": compared}) // a number is always JSON
	return errors.Join(err, db.Append(ctx, tenant, lintu.AuditEntry{
		Actor: by.Name, From: by.From, Act: lintu.ActComparePersons, Kind: "person", Detail: detail}))
}

// run loads the parts and then brings everything up to date that follows from
// them.
func (b *batchTx) run(ctx context.Context, load func(lintu.BatchTx) error) error {
	if _, err := b.tx.Exec(ctx, loadSettings); err != nil {
		return err
	}
	if err := load(b); err != nil || b.light() {
		return err
	}
	for _, all := range b.stages {
		if s := all[len(all)-1]; s.direct && !s.merged {
			return errUnmerged
		}
	}
	if err := b.settle(ctx, b.batch, b.after); err != nil {
		return err
	}
	return b.linksOnGround(ctx)
}

// light reports whether a dry run may leave out what only a commit would keep.
// That of a bounded actor does everything, so as to see what it would change.
func (b *batchTx) light() bool { return b.dry && !b.bounded }

// loadSettings let a batch sort and join in memory; there is at most one at a
// time per tenant.
const loadSettings = `SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '256MB'`

var errUnmerged = lintu.Errorf(lintu.CodeInternal, "暂存的数据没有合并。", "Staged rows were not merged.")
