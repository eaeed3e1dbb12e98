package sql

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.Assigner = (*DB)(nil)

// Assign implements lintu.Assigner. Assigning the present head again changes
// nothing.
func (db *DB) Assign(ctx context.Context, tenant int32, householdCode, headCode string, by lintu.Actor) error {
	return db.edit(ctx, tenant, func(e *edit) error {
		home, err := e.present(ctx, lintu.Households, householdCode, by.Within)
		if err == pgx.ErrNoRows {
			return lintu.Errorf(lintu.CodeNotFound, "没有代码为 %s 的户。", "There is no household with the code %s.", householdCode)
		}
		if err != nil {
			return err
		}
		head, err := e.present(ctx, lintu.Heads, headCode, by.Within)
		if err == pgx.ErrNoRows {
			return lintu.Errorf(lintu.CodeNotFound, "没有代码为 %s 的邻长。", "There is no neighbor head with the code %s.", headCode)
		}
		if err != nil {
			return err
		}
		return e.assign(ctx, home, head, by)
	})
}

// present finds by code what is there now within the territory.
func (e *edit) present(ctx context.Context, name lintu.Layer, code string, within lintu.Territory) (id lintu.ID, err error) {
	l, _ := lintu.LayerByName(name)
	args := []any{e.tenant, code}
	in := insideOf(l, within, &args)
	err = e.tx.QueryRow(ctx, `SELECT f.id FROM `+tableOf(l).name+` f
		WHERE f.tenant_id = $1 AND f.code = $2 AND upper_inf(f.valid)`+in.exactly(l), args...).Scan(&id)
	return id, err
}

func (e *edit) assign(ctx context.Context, home, head lintu.ID, by lintu.Actor) error {
	if _, err := e.tx.Exec(ctx, `CREATE TEMP TABLE wanted (household_id uuid, head_id uuid) ON COMMIT DROP`); err != nil {
		return err
	}
	done, err := e.tx.Exec(ctx, `INSERT INTO wanted SELECT $2, $3 WHERE NOT EXISTS (SELECT FROM assignment
		WHERE tenant_id = $1 AND household_id = $2 AND upper_inf(valid) AND head_id = $3)`, e.tenant, home, head)
	if err != nil || done.RowsAffected() == 0 {
		return err
	}
	if err := e.relink(ctx, &home, nil); err != nil {
		return err
	}
	return e.audit(ctx, by, "assign", "household", &home, map[string]any{"head": head})
}
