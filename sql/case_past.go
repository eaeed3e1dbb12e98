package sql

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// actPast is the audit's word for cases of the past that were brought about at once.
const actPast = actCase + "past"

// Relive brings about lives of cases as they passed until an instant, in one transaction
// with one entry in the audit: for data of the past, such as a demo's. A case that is
// there already is left as it is. It returns how many were not. Nobody is given a code
// to follow such a case by, and contacts are not kept.
func (db *DB) Relive(ctx context.Context, tenant int32, lives []lintu.Life, until time.Time, by lintu.Actor) (made int, err error) {
	lives, err = db.unlived(ctx, tenant, lives)
	if err != nil || len(lives) == 0 {
		return 0, err
	}
	numbers := make([]string, len(lives))
	for i, l := range lives {
		if numbers[i], err = db.nextNumber(ctx, tenant, l.Report.At); err != nil {
			return 0, err
		}
	}
	err = db.cases(ctx, tenant, until, func(t *caseTx) error {
		happened := 0
		for i, l := range lives {
			n, err := t.relive(ctx, l, numbers[i], until)
			if err != nil {
				return err
			}
			happened += n
		}
		made = len(lives)
		detail, err := json.Marshal(map[string]int{"cases": made, "events": happened})
		t.audit = append(t.audit, lintu.AuditEntry{Actor: by.Name, From: by.From, Act: actPast, Kind: "case", Detail: detail})
		return err
	})
	return made, err
}

// unlived are those whose cases are not there.
func (db *DB) unlived(ctx context.Context, tenant int32, lives []lintu.Life) ([]lintu.Life, error) {
	ids := make([]lintu.ID, len(lives))
	for i, l := range lives {
		ids[i] = l.Report.ID
	}
	there, err := db.HasCases(ctx, tenant, ids)
	if err != nil {
		return nil, err
	}
	var left []lintu.Life
	for _, l := range lives {
		if !there[l.Report.ID] {
			left = append(left, l)
		}
	}
	return left, nil
}

// HasCases tells which of these cases there are.
func (db *DB) HasCases(ctx context.Context, tenant int32, ids []lintu.ID) (map[lintu.ID]bool, error) {
	rows, err := db.pool.Query(ctx, `SELECT id FROM case_file WHERE tenant_id = $1 AND id = ANY ($2)`, tenant, ids)
	if err != nil {
		return nil, toError(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[lintu.ID])
	there := map[lintu.ID]bool{}
	for _, id := range found {
		there[id] = true
	}
	return there, toError(err)
}

// relive brings about one life and returns how much happened in it.
func (t *caseTx) relive(ctx context.Context, l lintu.Life, number string, until time.Time) (int, error) {
	l.Report.At = storableTime(l.Report.At)
	asked, err := reportSHA(l.Report, l.By)
	if err != nil {
		return 0, err
	}
	by := map[lintu.ID]lintu.Asker{l.Report.ID: l.By} // who brought the photos of an event
	next := l.Next
	l.Next = func(c *lintu.Case) (lintu.Deed, bool) {
		d, ok := next(c)
		d.At = storableTime(d.At)
		by[d.ID] = d.By
		return d, ok
	}
	c, events, err := t.office.Live(l, number, storableTime(until))
	if err != nil {
		return 0, err
	}
	if err := t.keep(c, events, asked); err != nil {
		return 0, err
	}
	if err := t.flushWrites(ctx); err != nil {
		return 0, err
	}
	for _, e := range events {
		if err := t.takePhotos(ctx, e.Photos, c.ID, e.Seq, by[e.ID], nil); err != nil {
			return 0, err
		}
	}
	return len(events), nil
}
