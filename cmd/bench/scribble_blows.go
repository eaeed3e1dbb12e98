package main

import (
	"context"
	"fmt"
	"math"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// deal cuts listeners and deals blows, evenly over the changes, and floods the change
// log three times.
func (r *scribbling) deal(ctx context.Context) error {
	var group errgroup.Group
	group.Go(func() error { return r.evenly(ctx, r.cuts, r.cut) })
	group.Go(func() error { return r.evenly(ctx, r.blows, r.blow) })
	group.Go(func() error { return r.evenly(ctx, 3, r.flood) })
	return group.Wait()
}

// evenly does something n times while the changes are made.
func (r *scribbling) evenly(ctx context.Context, n int, do func(context.Context, int) error) error {
	for i := range n {
		for int(r.done.Load()) < r.operations*(i+1)/(n+1) {
			if err := wait(ctx, 5*time.Millisecond); err != nil {
				return nil //nolint:nilerr // the trial has ended
			}
		}
		if err := do(ctx, i); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

// cutWithin bounds the wait for a connection that listens.
const cutWithin = 2 * shakenFor

// cut ends the connections by which the servers listen: one in three of the other
// process's without a word, the others as an administrator does.
func (r *scribbling) cut(ctx context.Context, i int) error {
	for end := time.Now().Add(cutWithin); time.Now().Before(end); {
		if i%3 == 2 {
			if n := r.proxy.cut(); n > 0 {
				r.tally("listening connections cut off", n)
				return nil
			}
		} else if n, err := r.terminate(ctx); n > 0 && err == nil {
			r.tally("listening connections terminated", n)
			return nil
		} else if err != nil && !r.excuses(err) {
			return err
		}
		if err := wait(ctx, 5*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("nobody listened for %v", cutWithin)
}

// terminate ends one connection that listens, and returns how many.
func (r *scribbling) terminate(ctx context.Context) (n int, err error) {
	err = r.admin.Owner().QueryRow(ctx, `SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM (
		SELECT pid FROM pg_stat_activity WHERE query = 'LISTEN lintu' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1) l`).Scan(&n)
	return n, err
}

// blow kills the other server or the database.
func (r *scribbling) blow(ctx context.Context, i int) error {
	b := []blow{
		{"blow: server killed", killServer},
		{"blow: database stopped at once", hit(syscall.SIGQUIT)},
		{"blow: database killed", hit(syscall.SIGKILL)},
		{"blow: a backend killed", r.killBackend},
		{"blow: both killed", both},
	}[i%5]
	r.shaken.Store(math.MaxInt64 / 2)
	err := b.do(context.WithoutCancel(ctx), r.house)
	r.shaken.Store(time.Now().UnixNano())
	if err != nil {
		return fmt.Errorf("%s: %w", b.name, err)
	}
	r.tally(b.name, 1)
	return nil
}

// killBackend kills one of the database's processes, after which it begins anew by
// itself.
func (r *scribbling) killBackend(ctx context.Context, _ *house) error {
	var pid int
	if err := r.admin.Owner().QueryRow(ctx, `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`).Scan(&pid); err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGKILL)
}

// floodLines is more than a reader of the change log takes one by one.
const floodLines = 50_000

// flood commits one transaction with very many lines.
func (r *scribbling) flood(ctx context.Context, _ int) error {
	_, err := r.db.Owner().Exec(ctx, `INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds)
		SELECT $1, 'households', gen_random_uuid(), b, b FROM generate_series(1, $2::int), (SELECT 'BOX(113.5 28,113.51 28.01)'::box2d AS b) box`, scribbleTenant, floodLines)
	if err != nil && !r.excuses(err) {
		return err
	}
	r.tally("transactions with 50,000 lines", 1)
	return nil
}

// lingerMost is how long the oldest transaction stays open.
const lingerMost = 15 * time.Second

// linger keeps one transaction open for long, again and again, in which a household
// was added early: it is older than much that commits before it.
func (r *scribbling) linger(ctx context.Context) error {
	w := &scrivener{pen: r.newPen(r.writers+r.importers, r.near, r.far)}
	w.name = "the slow writer"
	for ctx.Err() == nil {
		err := w.lingerOnce(ctx)
		if err != nil && ctx.Err() == nil {
			if !r.excuses(err) {
				return fmt.Errorf("the slow writer: %w", err)
			}
			if err := w.recover(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *scrivener) lingerOnce(ctx context.Context) error {
	tx, err := w.db.Owner().Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	do := func(sql string, args ...any) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}
	d := &draft{next: w.things}
	if err := w.insert(do, d, speciesOf(lintu.Households)); err != nil {
		return err
	}
	if err := w.log(do, d); err != nil {
		return err
	}
	if err := wait(ctx, lingerMost); err != nil {
		return nil //nolint:nilerr // the trial has ended: rolled back
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	w.tally("transactions kept open for 15 s", 1)
	return w.look(ctx, "committed after long", d.changes)
}
