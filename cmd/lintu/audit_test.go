package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

func TestAuditCommands(t *testing.T) {
	t.Parallel()
	url := sqltest.URL(t)
	env := []string{"LINTU_DATABASE_URL=" + url, "LINTU_DATA=" + dataDir(t)}
	ran := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		out, errs, code := lintuRun(t, env, append([]string{"audit"}, args...)...)
		if code != want {
			t.Fatalf("lintu audit %v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out, errs
	}
	db, err := sql.Open(t.Context(), url, sql.Options{Conns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	write := func(why string) {
		t.Helper()
		if err := db.Append(t.Context(), 1, lintu.AuditEntry{Actor: "user:a", From: "10.0.0.1", Act: lintu.ActUnmask, Kind: "household", Why: why}); err != nil {
			t.Fatal(err)
		}
	}

	ran(0, "verify", "--expect", "0:") // makes the jurisdiction
	write("走访")
	write("=1+1")
	out, _ := ran(0, "verify")
	noted := regexp.MustCompile(`(?m)^2:[0-9a-f]{64}$`).FindString(out)
	if noted == "" {
		t.Fatalf("no end of the chain in\n%s", out)
	}
	write("later")
	ran(0, "verify", "--expect", noted)
	ran(1, "verify", "--expect", "2:"+strings.Repeat("0", 64))
	ran(1, "verify", "--expect", "9:"+noted[2:])
	ran(1, "verify", "--expect", "two")
	out, _ = ran(0, "verify", "--json")
	var head lintu.AuditHead
	if err := json.Unmarshal([]byte(out), &head); err != nil || head.Seq != 3 || len(head.Hash) != 64 {
		t.Errorf("head %+v, %v", head, err)
	}

	out, _ = ran(0, "export")
	table, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(table) != 5 || table[1][7] != "走访" || table[2][7] != "'=1+1" || table[4][4] != lintu.ActExport {
		t.Errorf("%v\n%s", err, out)
	}
	out, _ = ran(0, "export", "--format", "jsonl", "--to", "2100-01-01")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	var e lintu.AuditEntry
	if err := json.Unmarshal([]byte(lines[1]), &e); err != nil || len(lines) != 5 || e.Why != "=1+1" || e.Seq != 2 {
		t.Errorf("%v\n%s", err, out)
	}
	out, _ = ran(0, "export", "--from", "2100-01-01T00:00:00Z")
	if strings.Count(out, "\n") != 1 {
		t.Errorf("entries of the future:\n%s", out)
	}
	ran(1, "export", "--from", "yesterday")

	// Who owns the database changes an entry and chains all later ones anew: only
	// an end noted elsewhere tells.
	tx, err := db.Owner().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	for _, statement := range []string{
		`ALTER TABLE audit DISABLE TRIGGER USER`, `ALTER TABLE audit_head DISABLE TRIGGER USER`,
		`UPDATE audit SET why = 'other' WHERE seq = 1`,
		`DO $$ DECLARE a audit; before bytea := decode(repeat('00', 32), 'hex');
		BEGIN
			FOR a IN SELECT * FROM audit ORDER BY seq LOOP
				a.prev_hash := before;
				before := audit_hash(a);
				UPDATE audit SET prev_hash = a.prev_hash, hash = before WHERE seq = a.seq;
			END LOOP;
			UPDATE audit_head SET hash = before;
		END $$`,
	} {
		if _, err := tx.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	ran(0, "verify")
	if _, errs := ran(1, "verify", "--expect", noted); !strings.Contains(errs, "Entry 2 as it was noted") {
		t.Errorf("says %q", errs)
	}
}

func TestAuditVerifyNamesTheEntry(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	if err := db.EnsureTenant(t.Context(), 1, "浏阳市"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := db.Append(t.Context(), 1, lintu.AuditEntry{Actor: "user:a", Act: lintu.ActSignIn, Kind: "session"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{`ALTER TABLE audit DISABLE TRIGGER USER`, `DELETE FROM audit WHERE seq = 2`} {
		if _, err := db.Owner().Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	env := []string{"LINTU_DATABASE_URL=" + db.Owner().Config().ConnString(), "LINTU_DATA=" + dataDir(t)}
	for _, args := range [][]string{{"audit", "verify"}, {"check"}} {
		out, errs, code := lintuRun(t, env, args...)
		if code != 1 || !strings.Contains(errs, "Entry 2 of the audit was removed") {
			t.Errorf("lintu %v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
}
