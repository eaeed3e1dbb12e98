package sql_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// What the server says, provoked on a real one, and what becomes of it.
func TestErrors(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	do := func(statement string, args ...any) error {
		_, err := db.Owner().Exec(t.Context(), statement, args...)
		return sql.ToError(err)
	}
	must(t, do(`create table e (n int constraint e_pkey primary key constraint e_n_check check (n > 0),
		up int constraint e_up_fkey references e, r int4range, constraint e_r_excl exclude using gist (r with &&))`))
	must(t, do(`insert into e values (1, 1, '[1,5)')`))
	for _, c := range []struct {
		statement string
		code      lintu.ErrorCode
		says      string
	}{
		{`insert into e values (1)`, lintu.CodeConflict, "e_pkey"},
		{`insert into e values (0)`, lintu.CodeInvalid, "e_n_check"},
		{`insert into e values (2, 9)`, lintu.CodeConflict, "e_up_fkey"},
		{`insert into e values (3, 1, '[2,3)')`, lintu.CodeConflict, "e_r_excl"},
		{`insert into e values (null)`, lintu.CodeInvalid, "n"},
		{`select * from nowhere`, lintu.CodeUnavailable, "lintu migrate"},
		{`set local statement_timeout = 1; select pg_sleep(10)`, lintu.CodeUnavailable, ""},
		{`do $$ begin raise exception using errcode = '53100'; end $$`, lintu.CodeUnavailable, ""},
		{`do $$ begin raise exception using errcode = '53300'; end $$`, lintu.CodeUnavailable, "max_connections"},
		{`do $$ begin raise exception using errcode = '57P01'; end $$`, lintu.CodeUnavailable, ""},
		{`do $$ begin raise exception using errcode = '08006'; end $$`, lintu.CodeUnavailable, ""},
		{`do $$ begin raise exception using errcode = '40P01'; end $$`, lintu.CodeUnavailable, ""},
		{`select 1/0`, lintu.CodeInternal, ""},
	} {
		wantSentence(t, do(c.statement), c.code, c.says)
	}
	wantSentence(t, sql.ToError(pgx.ErrNoRows), lintu.CodeNotFound)
	known := lintu.Errorf(lintu.CodeForbidden, "不行", "no")
	if err := sql.ToError(known); !errors.Is(err, known) {
		t.Error(err)
	}
	if sql.ToError(nil) != nil {
		t.Error("nil became an error")
	}
}

// Nothing of a row gets into an error, not even for the log.
func TestErrorsQuoteNoRows(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	_, err := db.Owner().Exec(t.Context(), `create table q (name text constraint q_name_key unique, n int)`)
	must(t, err)
	_, err = db.Owner().Exec(t.Context(), `insert into q values ('secret', 1)`)
	must(t, err)
	_, twice := db.Owner().Exec(t.Context(), `insert into q values ('secret', 1)`)
	_, number := db.Owner().Exec(t.Context(), `select 'secret'::text::int`)
	_, copied := db.Owner().CopyFrom(t.Context(), pgx.Identifier{"q"}, []string{"name", "n"}, pgx.CopyFromRows([][]any{{"secret", 2}}))
	for _, err := range []error{twice, number, copied} {
		if err == nil {
			t.Fatal("no error")
		}
		err = sql.ToError(err)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || strings.Contains(err.Error()+pg.Detail+pg.Where+pg.Message, "secret") {
			t.Errorf("%v", err)
		}
	}
}

// A cancelled request cancels its statement and leaves the connection usable.
func TestCancel(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	conn, err := db.Owner().Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	ctx, cancel := context.WithCancel(t.Context())
	pid := conn.Conn().PgConn().PID()
	go func() {
		defer cancel()
		eventually(t, "the statement to begin", func() bool {
			var active bool
			err := db.Owner().QueryRow(t.Context(), `select coalesce(bool_or(state = 'active'), false) from pg_stat_activity
				where pid = $1 and query like '%pg_sleep%'`, int(pid)).Scan(&active)
			return err == nil && active
		})
	}()
	_, err = conn.Exec(ctx, `select pg_sleep(60)`)
	if !errors.Is(sql.ToError(err), context.Canceled) {
		t.Errorf("got %v", err)
	}
	var one int
	if err := conn.QueryRow(t.Context(), `select 1`).Scan(&one); err != nil {
		t.Errorf("the connection is lost: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for url, says := range map[string]string{
		"postgres://u:hunter2@[::1/x":              "LINTU_DATABASE_URL",
		"postgres:///x?host=" + t.TempDir():        "",
		"postgres://u:hunter2@127.0.0.1:1/nowhere": "",
	} {
		_, err := sql.Open(t.Context(), url, sql.Options{})
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Fatalf("%s: %v", url, err)
		}
		code := lintu.CodeUnavailable
		if says != "" {
			code = lintu.CodeInvalid
		}
		wantSentence(t, err, code, says)
	}
	_, err := sql.Open(t.Context(), strings.Replace(sqltest.URL(t), "/lintu_test", "/no_such", 1), sql.Options{})
	wantSentence(t, err, lintu.CodeInvalid, "LINTU_DATABASE_URL")
}

// Going back to nothing and forth again is possible, and a database from the
// future is refused.
func TestMigrate(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	must(t, db.MigrateTo(t.Context(), 0))
	var left int
	must(t, db.Owner().QueryRow(t.Context(), `select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace
		where relkind in ('r', 'v', 'm', 'S') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and relname <> 'schema_version'
		and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`).Scan(&left))
	if left != 0 {
		t.Errorf("%d relations left", left)
	}
	must(t, db.Migrate(t.Context()))
	must(t, db.Migrate(t.Context()))
	_, err := db.Owner().Exec(t.Context(), `update schema_version set version = version + 1`)
	must(t, err)
	wantSentence(t, db.Migrate(t.Context()), lintu.CodeConflict, "lintu")
	wantSentence(t, db.MigrateTo(t.Context(), -1), lintu.CodeConflict)
}
