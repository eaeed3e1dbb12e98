package sql

import (
	"context"
	"time"

	"github.com/lintu-map/lintu"
)

// UndoBatch implements lintu.BatchStore. What the batch changed is found by
// comparing the state just before its instant with the state at it, so that
// batches can be taken back one after the other, the latest first.
func (db *DB) UndoBatch(ctx context.Context, tenant int32, id lintu.ID, by lintu.Actor) error {
	return db.edit(ctx, tenant, func(e *edit) error {
		b, err := e.lockBatch(ctx, id, lintu.BatchApplied)
		if err != nil {
			return err
		}
		if err := e.keepTo(ctx, by.Within); err != nil {
			return err
		}
		after := aftermath{}
		for _, t := range tables {
			if err := e.undoFeatures(ctx, t, b, &after); err != nil {
				return err
			}
		}
		if err := e.undoLinks(ctx, b); err != nil {
			return err
		}
		if err := e.undoPersons(ctx, b); err != nil {
			return err
		}
		if err := e.settle(ctx, &id, after); err != nil {
			return err
		}
		_, err = e.tx.Exec(ctx, `UPDATE batch SET state = 'undone', undone_at = $3
			WHERE tenant_id = $1 AND id = $2`, tenant, id, e.at)
		if err != nil {
			return err
		}
		return e.audit(ctx, by, "undo", "batch", &id, map[string]any{"sha256": b.SHA256})
	})
}

// undoFeatures brings the table's features back to before the batch.
func (e *edit) undoFeatures(ctx context.Context, t table, b *lintu.Batch, after *aftermath) error {
	if err := e.findUndone(ctx, t, *b.AppliedAt); err != nil {
		return err
	}
	if err := e.undoOnGround(ctx, t); err != nil {
		return err
	}
	var code *string
	err := e.tx.QueryRow(ctx, `SELECT min(code) FROM undone WHERE moved_on`).Scan(&code)
	if err != nil {
		return err
	}
	if code != nil {
		return errStandsOn(*code)
	}
	contents := append(append([]string{}, t.content...), "geom")
	set := ""
	for _, c := range append(contents, t.derived()...) {
		set += ", " + c + " = v." + c
	}
	_, err = e.tx.Exec(ctx, `UPDATE `+t.name+` t SET valid = tstzrange(lower(t.valid), $2), closed_by = $3
		FROM undone u WHERE t.tenant_id = $1 AND t.id = u.id AND u.before IS NULL`, e.tenant, e.at, b.ID)
	if err != nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `UPDATE `+t.name+` t SET version = t.version + 1, valid = tstzrange($2, NULL), batch_id = v.batch_id,
			closed_by = NULL`+set+`
		FROM undone u, `+t.name+`_version v
		WHERE t.tenant_id = $1 AND t.id = u.id AND v.tenant_id = $1 AND v.id = u.id AND v.version = u.before`, e.tenant, e.at)
	if err != nil {
		return err
	}
	if err := e.logUndone(ctx, t, b.ID, after); err != nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `DROP TABLE undone`)
	return err
}

// findUndone fills the temporary table undone: the features that the batch
// changed, the version before it (null: there was none), the bounds then and now,
// whether it is there now, and whether the present state is no longer what the batch made.
func (e *edit) findUndone(ctx context.Context, t table, at time.Time) error {
	contents := append(append([]string{}, t.content...), "geom")
	same := func(a, b string) string {
		return "(" + list(a, contents...) + ") IS NOT DISTINCT FROM (" + list(b, contents...) + ")" +
			" AND (" + a + "id IS NULL) = (" + b + "id IS NULL)"
	}
	_, err := e.tx.Exec(ctx, `
		CREATE TEMP TABLE undone ON COMMIT DROP AS
		WITH old AS MATERIALIZED (SELECT * FROM `+t.name+`_version WHERE tenant_id = $1 AND upper(valid) = $2),
		new AS MATERIALIZED (SELECT * FROM `+t.name+`_version WHERE tenant_id = $1 AND lower(valid) = $2)
		SELECT t.id, t.code, `+t.layerOf("t")+` AS layer, old.version AS before,
			old.geom AS old_geom, now.geom AS new_geom, now.id IS NOT NULL AS standing, NOT (`+same("now.", "new.")+`) AS moved_on
		FROM old FULL JOIN new USING (id)
		JOIN `+t.name+` t ON t.tenant_id = $1 AND t.id = coalesce(old.id, new.id)
		LEFT JOIN `+t.name+` now ON now.tenant_id = $1 AND now.id = t.id AND upper_inf(now.valid)
		WHERE NOT (`+same("old.", "new.")+`)`, e.tenant, at)
	return err
}

func errStandsOn(code string) error {
	return lintu.Errorf(lintu.CodeConflict,
		"不能撤回此批次：%[1]s 在它之后又被更改；请先撤回之后的更改。",
		"The batch cannot be taken back: %[1]s was changed after it. Please take back the later changes first.", code)
}

// logUndone writes the change log and notes what must be settled.
func (e *edit) logUndone(ctx context.Context, t table, batch lintu.ID, after *aftermath) error {
	rows, err := e.tx.Query(ctx, `SELECT layer, ST_Extent(new_geom)::text, ST_Extent(old_geom)::text FROM undone GROUP BY layer ORDER BY layer`)
	if err != nil {
		return err
	}
	type line struct {
		layer    lintu.Layer
		old, new *string
	}
	var lines []line
	for rows.Next() {
		var l line
		if err := rows.Scan(&l.layer, &l.old, &l.new); err != nil {
			return err
		}
		lines = append(lines, l)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, l := range lines {
		if err := e.changed(ctx, l.layer, nil, &batch, l.old, l.new); err != nil {
			return err
		}
		switch t.name {
		case "area":
			after.areas = true
		case "household", "head":
			after.counted = append(after.counted, l.old, l.new)
		}
	}
	return nil
}

// undoLinks brings the assignments back to before the batch. No assignment may
// be left to a household or head that is no longer there: then somebody made one
// after the batch.
func (e *edit) undoLinks(ctx context.Context, b *lintu.Batch) error {
	_, err := e.tx.Exec(ctx, `
		CREATE TEMP TABLE wanted ON COMMIT DROP AS
		SELECT h.id AS household_id, h.code, h.geom, old.head_id,
			now.head_id IS DISTINCT FROM new.head_id AS moved_on
		FROM (SELECT * FROM assignment WHERE tenant_id = $1 AND upper(valid) = $2) old
		FULL JOIN (SELECT * FROM assignment WHERE tenant_id = $1 AND lower(valid) = $2) new USING (household_id)
		JOIN household h ON h.tenant_id = $1 AND h.id = household_id
		LEFT JOIN assignment now ON now.tenant_id = $1 AND now.household_id = h.id AND upper_inf(now.valid)
		WHERE old.head_id IS DISTINCT FROM new.head_id`, e.tenant, *b.AppliedAt)
	if err != nil {
		return err
	}
	if err := e.relinkOnGround(ctx); err != nil {
		return err
	}
	var code *string
	if err := e.tx.QueryRow(ctx, `SELECT min(code) FROM wanted WHERE moved_on`).Scan(&code); err != nil {
		return err
	}
	if code != nil {
		return errStandsOn(*code)
	}
	if err := e.relink(ctx, nil, &b.ID); err != nil {
		return err
	}
	err = e.tx.QueryRow(ctx, `
		SELECT min(h.code) FROM assignment a
		JOIN household h ON h.tenant_id = $1 AND h.id = a.household_id
		JOIN head n ON n.tenant_id = $1 AND n.id = a.head_id
		WHERE a.tenant_id = $1 AND upper_inf(a.valid) AND NOT (upper_inf(h.valid) AND upper_inf(n.valid))`, e.tenant).Scan(&code)
	if err != nil {
		return err
	}
	if code != nil {
		return errStandsOn(*code)
	}
	_, err = e.tx.Exec(ctx, `DROP TABLE wanted`)
	return err
}
