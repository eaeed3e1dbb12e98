package sql

import (
	"context"
	_ "embed"

	"github.com/jackc/pgx/v5"
)

//go:embed queries/check.sql
var checkSQL string

// Fault is a rule that stored rows break, and how many do.
type Fault struct {
	Rule  string
	Table string
	Rows  int64
}

// Check looks for what no constraint of the database forbids: strays where bulk
// tables carry no foreign keys, gaps in the versions of a feature, assignments
// to what is not there, counts that are out of date. It returns nothing if all
// is well.
func (db *DB) Check(ctx context.Context, tenant int32) ([]Fault, error) {
	rows, err := db.pool.Query(ctx, checkSQL, tenant)
	if err != nil {
		return nil, toError(err)
	}
	faults, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Fault])
	return faults, toError(err)
}
