package sql_test

import (
	"context"
	_ "embed"
	"testing"

	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

const tenant = 430181

//go:embed testdata/seed.sql
var seedSQL string

// seeded returns a reader of a small made-up town (see testdata/seed.sql) with
// households that many rows.
func seeded(t testing.TB, households int) (*sql.DB, *sql.Reader) {
	t.Helper()
	db := sqltest.New(t)
	seed(t, db, households)
	return db, sql.NewReader(db)
}

func seed(t testing.TB, db *sql.DB, households int) {
	t.Helper()
	ctx := context.Background()
	tx, err := db.Owner().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "SELECT set_config('seed.households', $1::int::text, true), set_config('seed.tenant', $2::int::text, true)", households, tenant); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, seedSQL); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Owner().Exec(ctx, "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

func mustExec(t testing.TB, db *sql.DB, statement string, args ...any) {
	t.Helper()
	if _, err := db.Owner().Exec(context.Background(), statement, args...); err != nil {
		t.Fatal(err)
	}
}
