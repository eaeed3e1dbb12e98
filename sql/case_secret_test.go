package sql_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var resident = lintu.Asker{Resident: true}

// residentPin is a report through a door.
func residentPin() lintu.NewCase {
	n := pin()
	n.Source, n.Contact = lintu.FromResident, &lintu.Contact{Name: "欧阳金丝雀", Phone: "13873194407"}
	return n
}

// A resident's report gives a code, the same one when its answer was lost; nothing of
// the code or the contact can be read in the database.
func TestResidentReports(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	n := residentPin()
	c, code, err := d.Report(t.Context(), d.tenant, n, resident)
	must(t, err)
	if len(code) != 11 || code[5] != '-' || strings.ContainsAny(code, "ILOU") {
		t.Errorf("code %q", code)
	}
	if c.Sight != lintu.Outline || c.Note != "" || c.Handler != nil {
		t.Errorf("a resident is shown %+v", c)
	}
	_, again, err := d.Report(t.Context(), d.tenant, n, resident)
	if err != nil || again != code {
		t.Errorf("asked again %q, %v", again, err)
	}
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), strings.NewReplacer("0", "o", "1", "l").Replace(code)} {
		id, err := d.CaseByFollow(t.Context(), d.tenant, typed)
		if err != nil || id != n.ID {
			t.Errorf("%q leads to %s, %v", typed, id, err)
		}
	}
	_, err = d.CaseByFollow(t.Context(), d.tenant, "00000-00000")
	wantErr(t, err, lintu.CodeNotFound)
	n.Contact = &lintu.Contact{Name: "欧阳金丝雀", Phone: "13873194408"}
	_, _, err = d.Report(t.Context(), d.tenant, n, resident)
	wantErr(t, err, lintu.CodeConflict)
	n.Contact = nil
	_, _, err = d.Report(t.Context(), d.tenant, n, resident)
	wantErr(t, err, lintu.CodeConflict)
	d.asOwner(func(tx pgx.Tx) {
		rows, err := tx.Query(t.Context(), `SELECT c::text FROM case_file c UNION ALL SELECT e::text FROM case_event e
			UNION ALL SELECT encode(x.sealed, 'escape') FROM case_contact x
			UNION ALL SELECT encode(x.sealed, 'escape') FROM case_follow x
			UNION ALL SELECT a::text FROM audit a`)
		must(t, err)
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		for _, text := range texts {
			if strings.Contains(text, "金丝雀") || strings.Contains(text, "1387319") || strings.Contains(text, strings.ReplaceAll(code, "-", "")) {
				t.Errorf("can be read: %s", text)
			}
		}
	})
}

func wantErr(t *testing.T, err error, code lintu.ErrorCode) {
	t.Helper()
	if lintu.CodeOf(err) != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

// Contacts are there for transactions that say for whom they work, and are told to
// those who may unmask where the case is, or handle it; each time stands in the audit.
func TestContacts(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	n := residentPin()
	_, _, err := d.Report(t.Context(), d.tenant, n, resident)
	must(t, err)
	count := func(table string, settings ...string) (n int) {
		must(t, pgx.BeginFunc(t.Context(), d.Pool(), func(tx pgx.Tx) error {
			for i := 0; i < len(settings); i += 2 {
				if _, err := tx.Exec(t.Context(), `SELECT set_config($1, $2, true)`, settings[i], settings[i+1]); err != nil {
					return err
				}
			}
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n)
		}))
		return n
	}
	grid, other := d.id("area", "G1").String(), d.id("area", "430181001002").String()
	for _, c := range []struct {
		want     int
		settings []string
	}{
		{0, nil}, {0, []string{"lintu.tenant", "430181"}}, {1, []string{"lintu.tenant", "430181", "lintu.everywhere", "on"}},
		{0, []string{"lintu.tenant", "430182", "lintu.everywhere", "on"}}, {1, []string{"lintu.tenant", "430181", "lintu.areas", "{" + grid + "}"}},
		{0, []string{"lintu.tenant", "430181", "lintu.areas", "{" + other + "}"}}, {1, []string{"lintu.tenant", "430181", "lintu.case", n.ID.String()}},
		{0, []string{"lintu.tenant", "430181", "lintu.case", other}},
	} {
		if got := count("case_contact", c.settings...); got != c.want {
			t.Errorf("%v: %d contacts, want %d", c.settings, got, c.want)
		}
	}
	if count("case_follow") != 0 || count("case_follow", "lintu.tenant", "430181") != 1 {
		t.Error("codes are not under row-level security")
	}
	for _, x := range []struct {
		v    *lintu.Viewer
		code lintu.ErrorCode
	}{{d.worker, ""}, {d.dispatcher, ""}, {d.viewer, lintu.CodeForbidden}, {d.member, lintu.CodeNotFound}} {
		contact, err := d.Contact(t.Context(), x.v, n.ID, "visit", "回访 13873194407")
		wantErr(t, err, x.code)
		if err == nil && *contact != *n.Contact {
			t.Errorf("told %+v", contact)
		}
	}
	d.act(n.ID, d.worker, lintu.ActVerify) // it goes to the member's unit
	_, err = d.Contact(t.Context(), d.member, n.ID, "visit", "上门")
	wantErr(t, err, "")
	entries := d.entries(lintu.AuditQuery{Act: lintu.ActUnmask})
	if len(entries) != 3 || slices.ContainsFunc(entries, func(e lintu.AuditEntry) bool { return *e.ID != n.ID || strings.Contains(e.Why, "1387") }) {
		t.Errorf("audit %+v", entries)
	}
}

// What is sealed of cases outlives a change of keys, and not their destruction.
func TestCaseKeys(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	n := residentPin()
	_, code, err := d.Report(t.Context(), d.tenant, n, resident)
	must(t, err)
	must(t, d.RotateKey(t.Context(), d.tenant, everywhere, func(lintu.Text, int64, int64) {}))
	if _, again, err := d.Report(t.Context(), d.tenant, n, resident); err != nil || again != code {
		t.Errorf("after the change of keys: %q, %v", again, err)
	}
	if got := d.strings(`SELECT count(*)::text FROM tenant_key WHERE wrapped IS NOT NULL`); got != nil && got[0] == "2" {
		t.Error("the old key is still there")
	}
	deleted, err := d.DestroyKeys(t.Context(), d.tenant, everywhere)
	if err != nil || deleted != 1 {
		t.Errorf("destroyed %d: %v", deleted, err)
	}
	_, err = d.Contact(t.Context(), d.dispatcher, n.ID, "visit", "回访")
	wantErr(t, err, lintu.CodeNotFound)
	if id, err := d.CaseByFollow(t.Context(), d.tenant, code); err != nil || id != n.ID {
		t.Errorf("the code no longer leads to its case: %v", err)
	}
	if _, again, err := d.Report(t.Context(), d.tenant, n, resident); err != nil || again != "" {
		t.Errorf("after the destruction: %q, %v", again, err)
	}
}
