package sql

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// rebuildAtOnce is how many cases one transaction of a rebuild locks: those who act
// on one of them wait for it.
const rebuildAtOnce = 500

// actRebuild is the audit's word for mended cases.
const actRebuild = "rebuild"

// Rebuild implements lintu.CaseStore. Others act on cases meanwhile.
func (db *DB) Rebuild(ctx context.Context, tenant int32, dry bool, progress lintu.Progress) (cases, different int64, err error) {
	var total int64
	if err := db.pool.QueryRow(ctx, `SELECT count(*) FROM case_event WHERE tenant_id = $1 AND seq = 1`, tenant).Scan(&total); err != nil {
		return 0, 0, toError(err)
	}
	step := lintu.Say("重建案卷", "rebuilding cases")
	for after, more := (lintu.ID{}), true; more; {
		var n, changed int64
		if after, n, changed, err = db.rebuildSome(ctx, tenant, after, dry); err != nil {
			return cases, different, err
		}
		cases, different, more = cases+n, different+changed, n == rebuildAtOnce
		progress(step, cases, max(cases, total))
	}
	return cases, different, nil
}

// rebuildSome rebuilds the next cases and returns the last of them.
func (db *DB) rebuildSome(ctx context.Context, tenant int32, after lintu.ID, dry bool) (last lintu.ID, n, different int64, err error) {
	last = after
	tx, err := db.pool.Begin(ctx)
	if err != nil {
		return last, 0, 0, toError(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	rows, err := tx.Query(ctx, `SELECT case_id FROM case_event WHERE tenant_id = $1 AND case_id > $2 AND seq = 1 ORDER BY case_id LIMIT $3`, tenant, after, rebuildAtOnce)
	if err != nil {
		return last, 0, 0, toError(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[lintu.ID])
	if err != nil || len(ids) == 0 {
		return last, 0, 0, toError(err)
	}
	if different, err = db.refold(ctx, tx, tenant, ids); err != nil {
		return last, 0, 0, toError(err)
	}
	if !dry {
		if different > 0 {
			by := lintu.Actor{Name: lintu.System.Name()}
			if err := note(ctx, tx, tenant, by, actRebuild, "case", nil, map[string]any{"cases": len(ids), "different": different}); err != nil {
				return last, 0, 0, toError(err)
			}
		}
		err = tx.Commit(ctx)
	}
	return ids[len(ids)-1], int64(len(ids)), different, toError(err)
}

// refold locks cases and writes what their events add up to. It returns how many were
// different, in their row or in their timers.
func (db *DB) refold(ctx context.Context, tx pgx.Tx, tenant int32, ids []lintu.ID) (different int64, err error) {
	if _, err := tx.Exec(ctx, `SELECT FROM case_file WHERE tenant_id = $1 AND id = ANY ($2) ORDER BY id FOR UPDATE`, tenant, ids); err != nil {
		return 0, err
	}
	events, err := caseEvents(ctx, tx, tenant, ids)
	if err != nil {
		return 0, err
	}
	o, err := db.office(ctx, tx, tenant, db.now())
	if err != nil {
		return 0, err
	}
	folded := map[lintu.ID]*lintu.Case{}
	for _, e := range events {
		folded[e.Case] = lintu.Fold(folded[e.Case], e)
	}
	t := &caseTx{db: db, tx: tx, tenant: tenant, office: o}
	for _, id := range ids {
		if err := t.keepFile(folded[id]); err != nil {
			return 0, err
		}
	}
	results := tx.SendBatch(ctx, &t.writes)
	defer results.Close() //nolint:errcheck // an error of it has been told by Exec
	changed := map[lintu.ID]bool{}
	for _, id := range ids {
		done, err := results.Exec()
		if err != nil {
			return 0, err
		}
		changed[id] = done.RowsAffected() > 0
	}
	if err := results.Close(); err != nil {
		return 0, err
	}
	if err := t.resetTimers(ctx, folded, changed); err != nil {
		return 0, err
	}
	for _, x := range changed {
		if x {
			different++
		}
	}
	return different, nil
}

// resetTimers writes the timers of cases that have others than they should, by the
// calendar and limits of now, and notes these cases.
func (t *caseTx) resetTimers(ctx context.Context, cases map[lintu.ID]*lintu.Case, changed map[lintu.ID]bool) error {
	rows, err := t.tx.Query(ctx, `SELECT case_id, act, per, fire_at FROM case_timer WHERE tenant_id = $1 AND case_id = ANY ($2)`,
		t.tenant, slices.Collect(maps.Keys(cases)))
	if err != nil {
		return err
	}
	type timer struct {
		id  lintu.ID
		act lintu.Act
		per int
		at  int64
	}
	there := map[timer]bool{}
	count := map[lintu.ID]int{}
	var x timer
	var at time.Time
	_, err = pgx.ForEachRow(rows, []any{&x.id, &x.act, &x.per, &at}, func() error {
		x.at = at.UnixMicro()
		there[x] = true
		count[x.id]++
		return nil
	})
	if err != nil {
		return err
	}
	t.writes = pgx.Batch{}
	for id, c := range cases {
		due := t.office.Timers(c)
		same := len(due) == count[id]
		for _, d := range due {
			same = same && there[timer{id, d.Act, d.Per, d.At.UnixMicro()}]
		}
		if !same {
			changed[id] = true
			t.keepTimers(c)
		}
	}
	return t.flushWrites(ctx)
}
