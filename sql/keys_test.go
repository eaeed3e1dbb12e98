package sql_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func TestKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys", "master.key")
	_, err := sql.OpenKeyFile(path, false)
	wantCode(t, err, lintu.CodeInvalid, path)
	if _, err := os.Stat(path); err == nil {
		t.Fatal("a file was made where it must not")
	}
	f, err := sql.OpenKeyFile(path, true)
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	secret := bytes.Repeat([]byte{7}, 32)
	wrapped, err := f.Wrap(t.Context(), 1, secret)
	must(t, err)
	if bytes.Contains(wrapped, secret[:8]) {
		t.Error("not encrypted")
	}
	unwraps := func(tenant int32, id string) bool {
		got, err := f.Unwrap(t.Context(), tenant, id, wrapped)
		return err == nil && bytes.Equal(got, secret)
	}
	id := f.KeyID()
	if !unwraps(1, id) || unwraps(2, id) || unwraps(1, "other") {
		t.Error("a key is bound to its tenant and its master key")
	}
	must(t, f.Renew())
	if !unwraps(1, id) {
		t.Error("the key before must serve until it is retired")
	}
	must(t, f.Retire())
	if unwraps(1, id) {
		t.Error("a retired key still serves")
	}
	if _, err := f.Wrap(t.Context(), 1, secret); err != nil || f.KeyID() == id {
		t.Errorf("the key is the same, %v", err)
	}
	must(t, os.Chmod(path, 0o640))
	_, err = sql.OpenKeyFile(path, true)
	wantCode(t, err, lintu.CodeInvalid, "chmod 600")
	must(t, os.Chmod(path, 0o600))
	for _, content := range []string{"", "# nothing\n", "lintu1 a !!\n", "lintu1 a " + base64.StdEncoding.EncodeToString(secret[:31]) + "\n", "lintu2 a b\n"} {
		must(t, os.WriteFile(path, []byte(content), 0o600))
		_, err = sql.OpenKeyFile(path, true)
		wantCode(t, err, lintu.CodeInvalid, path)
	}
}

// A sealed value opens in its own row only.
func TestSealedValuesCannotBeMoved(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	v := p.dispatcher()
	look := func(code string) error {
		_, err := p.Person(t.Context(), v, layerNamed(lintu.Households), p.id("household", code))
		return err
	}
	must(t, look("H1"))
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `UPDATE person p SET sealed = o.sealed FROM person o WHERE p.tenant_id = $1 AND o.tenant_id = $1 AND p.subject_id = $2 AND o.subject_id = $3`,
			p.tenant, p.id("household", "H2"), p.id("household", "H1"))
		must(t, err)
	})
	wantCode(t, look("H2"), lintu.CodeInternal)
	must(t, look("H1"))
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `UPDATE person SET sealed = set_byte(sealed, length(sealed) - 1, 1 + get_byte(sealed, length(sealed) - 1) % 255) WHERE subject_id = $1`, p.id("household", "H1"))
		must(t, err)
	})
	wantCode(t, look("H1"), lintu.CodeInternal)
}

// A rotation that was ended halfway leaves everything readable, goes on where it
// was, and destroys the old key at its end.
func TestRotateKey(t *testing.T) {
	t.Parallel()
	p := crowded(t, 5000)
	v := p.dispatcher()
	reads := func(when string) {
		t.Helper()
		for _, n := range []int{1, 2500, 5000} {
			found, err := p.FindPersons(t.Context(), v, "", fmt.Sprintf("138%08d", n))
			if err != nil || len(found) != 1 || found[0].Code != fmt.Sprintf("4301810010%08d", n) {
				t.Errorf("%s: %d: %+v, %v", when, n, found, err)
			}
		}
	}
	keys := func() (s []string) {
		p.asOwner(func(tx pgx.Tx) {
			rows, err := tx.Query(t.Context(), `SELECT version || ' ' || CASE WHEN wrapped IS NULL THEN 'destroyed' ELSE 'live' END || ' ' ||
				(SELECT count(*) FROM person p WHERE key_version = k.version) FROM tenant_key k ORDER BY version`)
			must(t, err)
			s, err = pgx.CollectRows(rows, pgx.RowTo[string])
			must(t, err)
		})
		return s
	}
	reads("before")
	must(t, p.RotateSteps(t.Context(), p.tenant, 1))
	equal(t, "halfway", keys(), []string{"1 live 3000", "2 live 2000"})
	reads("halfway")
	if p.KnownKeys() != 2 {
		t.Errorf("%d keys known", p.KnownKeys())
	}
	p.apply(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "430181001000000001", lintu.Person{Members: 9})}})

	// Killed in the middle of a step: its transaction leaves nothing.
	ctx, stop := context.WithCancel(t.Context())
	err := p.RotateKey(ctx, p.tenant, everywhere, func(_ lintu.Text, done, total int64) { stop() })
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("not stopped: %v", err)
	}
	reads("killed")
	must(t, p.RotateKey(t.Context(), p.tenant, everywhere, func(lintu.Text, int64, int64) {}))
	equal(t, "at the end", keys(), []string{"1 destroyed 0", "2 live 5001"})
	reads("at the end")
	if p.KnownKeys() != 1 {
		t.Errorf("%d keys known", p.KnownKeys())
	}
	must(t, p.RotateKey(t.Context(), p.tenant, everywhere, func(lintu.Text, int64, int64) {}))
	reads("again")
	p.sound()
}

func TestRewrapKeys(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	f, err := sql.OpenKeyFile(p.KeyFile(), false)
	must(t, err)
	before := f.KeyID()
	must(t, f.Renew())
	must(t, p.RewrapKeys(t.Context(), everywhere))
	must(t, f.Retire())
	if x := p.known(lintu.Households, "H1"); x == nil || x.Name != canary.Name {
		t.Errorf("%+v", x)
	}
	p.asOwner(func(tx pgx.Tx) {
		var id string
		must(t, tx.QueryRow(t.Context(), `SELECT master_key FROM tenant_key`).Scan(&id))
		if id == before || id != f.KeyID() {
			t.Errorf("wrapped under %s", id)
		}
	})
}

// What destroyed keys had sealed can be read no more, even if an old backup brings
// the rows and the wrapped key back.
func TestDestroyKeys(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	f, err := sql.OpenKeyFile(p.KeyFile(), false)
	must(t, err)
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `CREATE TABLE backup_person AS SELECT * FROM person; CREATE TABLE backup_key AS SELECT * FROM tenant_key`)
		must(t, err)
	})
	n, err := p.DestroyKeys(t.Context(), p.tenant, everywhere)
	must(t, err)
	if n != 4 || p.KnownKeys() != 0 {
		t.Errorf("%d destroyed, %d keys known", n, p.KnownKeys())
	}
	must(t, f.Renew())
	must(t, p.RewrapKeys(t.Context(), everywhere))
	must(t, f.Retire())
	v := p.dispatcher()
	look := func() error {
		_, err := p.Person(t.Context(), v, layerNamed(lintu.Households), p.id("household", "H1"))
		return err
	}
	absent(t, look())
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `INSERT INTO person SELECT * FROM backup_person; DELETE FROM tenant_key; INSERT INTO tenant_key SELECT * FROM backup_key`)
		must(t, err)
	})
	wantCode(t, look(), lintu.CodeInvalid, "master.key")
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `DELETE FROM person; DELETE FROM tenant_key; DROP TABLE backup_person, backup_key`)
		must(t, err)
	})

	// Life goes on with a new key.
	p.apply(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", canary)}})
	must(t, look())
}

// ErasePerson leaves no trace in any table and any version; nothing readable was
// ever there.
func TestErasePerson(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	p.apply(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", lintu.Person{Note: "金丝雀二"})}})
	v := p.dispatcher()
	_, err := p.unmask(v, "H1")
	must(t, err)
	_, err = p.FindPersons(t.Context(), v, canary.Name, canary.Phone)
	must(t, err)
	s, err := p.SubjectOf(t.Context(), p.tenant, layerNamed(lintu.Households), "H1")
	must(t, err)
	d, err := p.ExportPerson(t.Context(), p.tenant, *s, everywhere)
	must(t, err)
	if len(d.Versions) != 2 || d.Versions[0].Person.Note != "爱吃辣" || d.Versions[1].Person.Note != "金丝雀二" || d.Versions[1].Person.Name != canary.Name {
		t.Errorf("versions %+v", d.Versions)
	}
	if len(d.Reads) != 2 || d.Reads[0].Act != lintu.ActUnmask || d.Reads[0].Purpose != "visit" || d.Reads[0].Why != "入户" || d.Reads[1].Act != lintu.ActFindPerson {
		t.Errorf("reads %+v", d.Reads)
	}
	var sealed [][]byte
	p.asOwner(func(tx pgx.Tx) {
		rows, err := tx.Query(t.Context(), `SELECT unnest(ARRAY[sealed, name_hmac, phone_hmac]) FROM person WHERE subject_id = $1`, s.ID)
		must(t, err)
		sealed, err = pgx.CollectRows(rows, pgx.RowTo[[]byte])
		must(t, err)
	})
	readable := [][]byte{[]byte(canary.Name), []byte(canary.Phone), []byte(lintu.PlainPhone(canary.Phone)), []byte("独居老人"), []byte("爱吃辣"), []byte("金丝雀二")}
	before := dumpAll(t, p)
	for _, x := range readable {
		if where := traces(before, x); where != "" {
			t.Errorf("%s stands in the database, %s", x, where)
		}
	}
	if len(sealed) != 6 || traces(before, sealed[0]) == "" {
		t.Fatal("the dump does not show what is there")
	}
	n, err := p.ErasePerson(t.Context(), p.tenant, *s, everywhere)
	must(t, err)
	if n != 2 {
		t.Errorf("%d versions erased", n)
	}
	after := dumpAll(t, p)
	for _, x := range append(readable, sealed...) {
		if where := traces(after, x); where != "" {
			t.Errorf("%q is left, %s", x, where)
		}
	}
	if found, err := p.SubjectsLike(t.Context(), p.tenant, canary.Name, ""); err != nil || len(found) != 0 {
		t.Errorf("%+v, %v", found, err)
	}
	if x := p.known(lintu.Households, "H2"); x == nil {
		t.Error("somebody else is gone")
	}
	if n := p.strings(`SELECT detail::text FROM audit WHERE act = 'erase' AND id = $1`, s.ID); len(n) != 1 || n[0] != `{"versions": 2}` {
		t.Errorf("audit %v", n)
	}
	p.sound()
}

// dumpAll is the whole database by pg_dump, as one who sees all rows.
func dumpAll(t *testing.T, p place) []byte {
	t.Helper()
	cc := p.Owner().Config().ConnConfig
	cmd := osexec.CommandContext(t.Context(), "/usr/lib/postgresql/15/bin/pg_dump", "--inserts", "--enable-row-security", "--dbname", p.Owner().Config().ConnString())
	cmd.Env = append(os.Environ(), fmt.Sprintf("PGOPTIONS=-c lintu.tenant=%d -c lintu.everywhere=on", p.tenant))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump of %s: %v %s", cc.Database, err, errs.String())
	}
	return out
}

// traces says how a value stands in the dump, plain, as hex or as base64; "" if it
// does not.
func traces(dump []byte, value []byte) string {
	forms := map[string]string{"plain": string(value), "hex": hex.EncodeToString(value)}
	for shift := range 3 { // base64 of a longer text that contains it
		inner := base64.StdEncoding.EncodeToString(append(make([]byte, shift), value...))
		forms[fmt.Sprintf("base64+%d", shift)] = strings.TrimRight(inner, "=")[(shift*8+5)/6 : len(strings.TrimRight(inner, "="))-1]
	}
	for form, text := range forms {
		if bytes.Contains(dump, []byte(text)) {
			return form
		}
	}
	return ""
}
