package sql

import (
	"context"
	"fmt"
	"time"
)

// nextNumber gives the next number of the day, by the tenant's calendar. It is
// counted before the report's own transaction, so that reports do not wait for each
// other's commits; the count itself need not wait for the disk, since whatever uses
// the number is written after it.
func (db *DB) nextNumber(ctx context.Context, tenant int32, now time.Time) (string, error) {
	c, err := db.choices(ctx, db.pool, tenant)
	if err != nil {
		return "", toError(err)
	}
	day := now.In(c.calendar.Zone)
	var n int
	err = db.pool.QueryRow(ctx, `
		WITH soon AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
		INSERT INTO case_number AS c (tenant_id, day, last) SELECT $1, $2::date, 1 FROM soon
		ON CONFLICT (tenant_id, day) DO UPDATE SET last = c.last + 1 RETURNING last`, tenant, day.Format(time.DateOnly)).Scan(&n)
	if err != nil {
		return "", toError(err)
	}
	return fmt.Sprintf("%s-%06d", day.Format("20060102"), n), nil
}
