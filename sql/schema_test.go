package sql_test

import (
	"flag"
	"fmt"
	"os"
	osexec "os/exec"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

//go:generate go test -run TestSchemaDump . -args -update-schema

var updateSchema = flag.Bool("update-schema", false, "write schema.sql anew")

// dumpMajor is the PostgreSQL whose pg_dump wrote schema.sql; others word it
// otherwise.
const dumpMajor = 15

// dump returns the schema in pg_dump's words, without what differs from run to
// run.
func dump(t *testing.T, db *sql.DB, url string) string {
	t.Helper()
	var major int
	if err := db.Owner().QueryRow(t.Context(), `SELECT current_setting('server_version_num')::int / 10000`).Scan(&major); err != nil {
		t.Fatal(err)
	}
	if major != dumpMajor {
		t.Skipf("schema.sql is compared on PostgreSQL %d; this is %d", dumpMajor, major)
	}
	bin := fmt.Sprintf("/usr/lib/postgresql/%d/bin/pg_dump", major)
	if _, err := os.Stat(bin); err != nil {
		bin = "pg_dump"
	}
	out, err := osexec.CommandContext(t.Context(), bin, "--schema-only", "--no-owner", "--no-privileges", "--dbname", url).Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	var kept []string
	for _, l := range strings.Split(string(out), "\n") {
		l = strings.TrimRight(l, " ")
		noise := strings.HasPrefix(l, "SET ") || strings.HasPrefix(l, "SELECT pg_catalog.set_config") ||
			strings.HasPrefix(l, `\`) || l == "--" || strings.HasPrefix(l, "-- Dumped") || strings.HasPrefix(l, "-- PostgreSQL database dump") ||
			l == "" && (len(kept) == 0 || kept[len(kept)-1] == "")
		if !noise {
			kept = append(kept, l)
		}
	}
	return "-- The schema that the migrations make, by pg_dump. Made by go generate ./sql; not to be edited.\n\n" +
		strings.TrimSpace(strings.Join(kept, "\n")) + "\n"
}

func TestSchemaDump(t *testing.T) {
	t.Parallel()
	url := sqltest.URL(t)
	db, err := sql.Open(t.Context(), url, sql.Options{Conns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	forward := dump(t, db, url)
	if *updateSchema {
		if err := os.WriteFile("schema.sql", []byte(forward), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != forward {
		t.Error("schema.sql is not what the migrations make; run go generate ./sql")
	}
	if err := db.MigrateTo(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if back := dump(t, db, url); strings.Contains(back, "household") || strings.Contains(back, "FUNCTION") {
		t.Errorf("left after going back:\n%s", back)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again := dump(t, db, url); again != forward {
		t.Error("forward, back and forward makes another schema")
	}
}

// Every table, constraint and index that can begin with the tenant does, and
// every constraint has a name of its own.
func TestSchemaRules(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	const ours = `n.nspname = 'public' AND c.relname NOT IN ('spatial_ref_sys', 'schema_version', 'tenant')`
	equal(t, "tables without tenant_id", p.strings(`
		SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND `+ours+` AND NOT EXISTS (SELECT FROM pg_attribute a
			WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND a.attnotnull AND a.atttypid = 'int4'::regtype)`), nil)
	equal(t, "indexes that do not begin with tenant_id", p.strings(`
		SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace
		LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
		WHERE `+ours+` AND a.attname IS DISTINCT FROM 'tenant_id'
		AND coalesce(a.atttypid NOT IN ('geometry'::regtype, 'uuid[]'::regtype), true)`), nil)
	equal(t, "foreign keys that do not begin with tenant_id", p.strings(`
		SELECT k.conname::text FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
		WHERE k.contype = 'f' AND `+ours+` AND a.attname <> 'tenant_id'`), nil)
}

// Nothing is overwritten or deleted, whoever asks.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()...)
	p.apply(part{lintu.Households, false, town()[4].rows[:1]})
	for _, query := range []string{
		`DELETE FROM area`, `DELETE FROM household`, `DELETE FROM head`, `DELETE FROM unit`, `DELETE FROM base`,
		`DELETE FROM assignment`, `DELETE FROM batch`, `DELETE FROM tenant`, `DELETE FROM audit`,
		`DELETE FROM household_history`, `UPDATE household_history SET name = ''`, `UPDATE audit SET actor = ''`,
		`TRUNCATE audit`, `TRUNCATE household CASCADE`, `TRUNCATE area_history`, `UPDATE change SET kind = ''`,
		`UPDATE household SET name = 'x'`, `UPDATE household SET version = version + 2`,
		`UPDATE household SET id = gen_random_uuid(), version = version + 1`,
		`UPDATE household SET valid = tstzrange(lower(valid) - interval '1 day', NULL)`,
		`UPDATE assignment SET head_id = (SELECT id FROM head LIMIT 1), version = version + 1`,
		`UPDATE area SET households = 7`,
	} {
		if _, err := p.Owner().Exec(t.Context(), query); err == nil {
			t.Errorf("%s: went through", query)
		}
	}
	p.sound()
}
