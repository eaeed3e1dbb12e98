package sql

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// actTimers is the audit's word for what the system did to cases by itself.
const actTimers = actCase + "timers"

// putOff is how long the timers of a case wait that cannot fire.
const putOff = time.Hour

// FireTimers lets the system act on cases whose timers are due at now, the first
// due first, as far as max timers go. It returns how many cases it acted on, and when
// the next timer is due, if there is one: at or before now where there is more to do,
// here or by who holds the case at this moment.
//
// All of it is one transaction: each timer fires once, however many servers fire, and
// whatever ends one of them. What the system cannot do, which the table should not
// allow, is put off for an hour and is part of the error; the others have fired.
func (db *DB) FireTimers(ctx context.Context, tenant int32, now time.Time, max int) (fired int, next *time.Time, err error) {
	var failed error
	err = db.cases(ctx, tenant, now, func(t *caseTx) error {
		due, err := t.lockDue(ctx, max)
		if err != nil {
			return err
		}
		done := map[lintu.Act]int{}
		for _, c := range due {
			err := t.fire(c, done)
			if code := lintu.CodeOf(err); code == lintu.CodeInternal || code == lintu.CodeUnavailable {
				return err // the transaction is over
			}
			failed = errors.Join(failed, err)
		}
		fired = len(due)
		if len(done) == 0 {
			return nil
		}
		detail, err := json.Marshal(done)
		t.audit = append(t.audit, lintu.AuditEntry{Actor: lintu.System.Name(), Act: actTimers, Kind: "case", Detail: detail})
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	err = db.pool.QueryRow(ctx, `SELECT min(fire_at) FROM case_timer WHERE tenant_id = $1`, tenant).Scan(&next)
	return fired, next, errors.Join(failed, toError(err))
}

// lockDue reads the cases of the max timers that were due first, less those that
// others hold, and locks their rows: who acts on a case waits, who fires passes by.
// A case that has changed since the statement began is read as it is now.
func (t *caseTx) lockDue(ctx context.Context, max int) ([]*lintu.Case, error) {
	rows, err := t.tx.Query(ctx, `
		SELECT f.doc FROM case_timer x JOIN case_file f ON f.tenant_id = x.tenant_id AND f.id = x.case_id
		WHERE x.tenant_id = $1 AND x.fire_at <= $2 ORDER BY x.fire_at LIMIT $3
		FOR UPDATE OF f SKIP LOCKED`, t.tenant, t.office.Now, max)
	if err != nil {
		return nil, err
	}
	var due []*lintu.Case
	seen := map[lintu.ID]bool{}
	var doc []byte
	_, err = pgx.ForEachRow(rows, []any{&doc}, func() error {
		c := &lintu.Case{}
		if err := json.Unmarshal(doc, c); err != nil {
			return err
		}
		if !seen[c.ID] {
			seen[c.ID] = true
			due = append(due, c)
		}
		return nil
	})
	return due, err
}

// fire does what is due on a locked case, keeps it, and counts what was done.
func (t *caseTx) fire(c *lintu.Case, done map[lintu.Act]int) error {
	next, events, failed := t.office.Fire(c)
	if code := lintu.CodeOf(failed); code == lintu.CodeInternal || code == lintu.CodeUnavailable {
		return failed
	}
	for _, e := range events {
		done[e.Act]++
	}
	switch {
	case len(events) > 0:
		if err := t.keep(next, events, nil); err != nil {
			return err
		}
	case failed == nil:
		t.keepTimers(c) // the settings have changed since, and it is not due any more
	}
	if failed != nil {
		t.putOff(next)
	}
	return failed
}

// putOff queues the timers of a case, none of them before an hour is over.
func (t *caseTx) putOff(c *lintu.Case) {
	earliest := t.office.Now.Add(putOff)
	t.writes.Queue(`DELETE FROM case_timer WHERE tenant_id = $1 AND case_id = $2`, t.tenant, c.ID)
	for _, x := range t.office.Timers(c) {
		if x.At.Before(earliest) {
			x.At = earliest
		}
		t.writes.Queue(`INSERT INTO case_timer (tenant_id, case_id, act, per, fire_at) VALUES ($1, $2, $3, $4, $5)`, t.tenant, c.ID, x.Act, x.Per, x.At)
	}
}
