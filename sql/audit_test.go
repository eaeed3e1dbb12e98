package sql_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// entries returns what a query of the audit finds.
func (p place) entries(q lintu.AuditQuery) []lintu.AuditEntry {
	p.t.Helper()
	var list []lintu.AuditEntry
	must(p.t, p.EachEntry(p.t.Context(), p.tenant, q, func(e lintu.AuditEntry) error {
		list = append(list, e)
		return nil
	}))
	return list
}

func seqs(list []lintu.AuditEntry) string {
	var b strings.Builder
	for _, e := range list {
		fmt.Fprint(&b, e.Seq, " ")
	}
	return strings.TrimSpace(b.String())
}

func (p place) append(entries ...lintu.AuditEntry) {
	p.t.Helper()
	for _, e := range entries {
		must(p.t, p.Append(p.t.Context(), p.tenant, e))
	}
}

func (p place) head() lintu.AuditHead {
	p.t.Helper()
	h, err := p.VerifyAudit(p.t.Context(), p.tenant, nil)
	must(p.t, err)
	return h
}

func TestAudit(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if h := p.head(); h != (lintu.AuditHead{}) {
		t.Errorf("the head of an empty audit is %v", h)
	}
	id := lintu.NewID()
	p.append(
		lintu.AuditEntry{Actor: "user:a", From: "10.0.0.1", Act: lintu.ActSignIn, Kind: "session"},
		lintu.AuditEntry{Actor: "user:a", From: "10.0.0.1", Act: lintu.ActUnmask, Kind: "household", ID: &id, Why: "走访 \x00\xff", Detail: json.RawMessage(`{"purpose": "visit", "odd": "\u0000"}`)},
		lintu.AuditEntry{Actor: "user:b", From: "10.0.0.2", Act: lintu.ActAlert, Kind: "household", ID: &id})
	by := lintu.Actor{Name: "user:c", From: "10.0.0.3", Within: lintu.Jurisdiction}
	p.apply(town()...)
	must(t, p.Assign(t.Context(), p.tenant, "H1", "N2", by))
	all := p.entries(lintu.AuditQuery{})
	if got := seqs(all); got != "5 4 3 2 1" {
		t.Fatalf("entries %s", got)
	}
	if e := all[0]; e.Actor != by.Name || e.From != by.From || e.Act != "assign" || e.Kind != "household" || e.ID == nil || time.Since(e.At) > time.Hour {
		t.Errorf("the assignment stands there as %+v", e)
	}
	if e := all[3]; e.Why != "走访 \ufffd\ufffd" || string(e.Detail) != `{"odd": "\ufffd", "purpose": "visit"}` && string(e.Detail) != `{"odd": "`+"\ufffd"+`", "purpose": "visit"}` || *e.ID != id {
		t.Errorf("the reading stands there as %+v, %s", e, e.Detail)
	}
	if h := p.head(); h.Seq != 5 || h.Hash != all[0].Hash {
		t.Errorf("head %v, last entry %v", h, all[0])
	}
	for _, x := range []struct {
		q    lintu.AuditQuery
		want string
	}{
		{lintu.AuditQuery{Actor: "user:a"}, "2 1"}, {lintu.AuditQuery{Act: lintu.ActUnmask}, "2"},
		{lintu.AuditQuery{Kind: "household"}, "5 3 2"}, {lintu.AuditQuery{ID: &id}, "3 2"},
		{lintu.AuditQuery{Address: "10.0.0.2"}, "3"}, {lintu.AuditQuery{Alerts: true}, "3"},
		{lintu.AuditQuery{From: &all[2].At}, "5 4 3"}, {lintu.AuditQuery{To: &all[2].At}, "2 1"},
		{lintu.AuditQuery{Limit: 2}, "5 4"}, {lintu.AuditQuery{After: 4, Limit: 2}, "3 2"},
		{lintu.AuditQuery{OldestFirst: true, Limit: 2}, "1 2"}, {lintu.AuditQuery{OldestFirst: true, After: 2}, "3 4 5"},
		{lintu.AuditQuery{Actor: "'; DROP TABLE audit; --"}, ""}, {lintu.AuditQuery{Actor: "user:a", Kind: "household"}, "2"},
	} {
		if got := seqs(p.entries(x.q)); got != x.want {
			t.Errorf("%+v: entries %q, want %q", x.q, got, x.want)
		}
	}
	if got := p.beside(1).entries(lintu.AuditQuery{}); len(got) > 0 {
		t.Errorf("another jurisdiction reads %v", got)
	}
}

// More entries than one page come whole, once each, in both directions, and a
// reader that has enough ends it.
func TestAuditPages(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	_, err := p.Owner().Exec(t.Context(), `SELECT audit_append($1, 'user:a', '', 'refuse', 'route', NULL, '', '{}') FROM generate_series(1, 2500)`, p.tenant)
	must(t, err)
	for _, oldest := range []bool{false, true} {
		list := p.entries(lintu.AuditQuery{OldestFirst: oldest})
		if len(list) != 2500 {
			t.Fatalf("%d entries", len(list))
		}
		for i, e := range list {
			if want := int64(2500 - i); !oldest && e.Seq != want || oldest && e.Seq != int64(i+1) {
				t.Fatalf("entry %d is %d", i, e.Seq)
			}
		}
	}
	if n := len(p.entries(lintu.AuditQuery{Limit: 1500})); n != 1500 {
		t.Errorf("%d entries, want 1500", n)
	}
	enough := errors.New("enough")
	if err := p.EachEntry(t.Context(), p.tenant, lintu.AuditQuery{}, func(lintu.AuditEntry) error { return enough }); err != enough {
		t.Errorf("got %v", err)
	}
	if h := p.head(); h.Seq != 2500 {
		t.Errorf("head %v", h)
	}
}

// Whoever goes around the triggers, as an owner or superuser can, is found, and
// the place is named.
func TestVerifyAuditFindsTampering(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	id := lintu.NewID()
	for i := range 6 {
		p.append(lintu.AuditEntry{Actor: "user:a", From: "10.0.0.1", Act: lintu.ActUnmask, Kind: "household", ID: &id, Why: "visit", Detail: json.RawMessage(fmt.Sprintf(`{"n": %d}`, i))})
	}
	p.beside(1).append(lintu.AuditEntry{Actor: "user:b", Act: lintu.ActSignIn, Kind: "session"})
	month := p.strings(`SELECT max(tableoid)::regclass::text FROM audit`)[0]
	p.around(`CREATE TABLE kept AS SELECT * FROM audit; CREATE TABLE kept_head AS SELECT * FROM audit_head`)
	for name, x := range map[string]struct{ query, says string }{
		"a field":             {`UPDATE audit SET why = 'other' WHERE seq = 3`, "Entry 3 of the audit was changed"},
		"the time":            {`UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 3`, "Entry 3 of the audit was changed"},
		"the time, by years":  {`UPDATE audit SET at = at + interval '1 microsecond' WHERE seq = 1`, "Entry 1 of the audit was changed"},
		"the id":              {`UPDATE audit SET id = NULL WHERE seq = 4`, "Entry 4 of the audit was changed"},
		"the detail":          {`UPDATE audit SET detail = '{"n": 8}' WHERE seq = 5`, "Entry 5 of the audit was changed"},
		"the hash before":     {`UPDATE audit SET prev_hash = hash WHERE seq = 4`, "Entry 4 of the audit was changed"},
		"the hash":            {`UPDATE audit SET hash = prev_hash WHERE seq = 4`, "Entry 4 of the audit was"},
		"text between fields": {`UPDATE audit SET actor = actor || from_addr, from_addr = '' WHERE seq = 2`, "Entry 2 of the audit was changed"},
		"a field with hash": {`UPDATE audit a SET why = n.why, hash = audit_hash(n) FROM (SELECT (jsonb_populate_record(b, '{"why": "x"}')).* FROM audit b WHERE seq = 3) n
			WHERE a.seq = 3`, "Entry 3 of the audit was replaced"},
		"the last with hash": {`UPDATE audit a SET why = n.why, hash = audit_hash(n) FROM (SELECT (jsonb_populate_record(b, '{"why": "x"}')).* FROM audit b WHERE seq = 6) n
			WHERE a.seq = 6`, "Entry 6 of the audit was replaced"},
		"one removed":    {`DELETE FROM audit WHERE seq = 3`, "Entry 3 of the audit was removed"},
		"some removed":   {`DELETE FROM audit WHERE seq BETWEEN 3 AND 4`, "Entries 3 to 4 of the audit were removed"},
		"the first":      {`DELETE FROM audit WHERE seq = 1`, "Entry 1 of the audit was removed"},
		"the end":        {`DELETE FROM audit WHERE seq >= 5`, "entries 5 to 6 are missing"},
		"all":            {`DELETE FROM audit WHERE tenant_id = 430181`, "entries 1 to 6 are missing"},
		"two swapped":    {`UPDATE audit SET seq = 7 - seq WHERE seq IN (3, 4)`, "Entry 3 of the audit was changed or moved"},
		"renumbered":     {`DELETE FROM audit WHERE seq = 3; UPDATE audit SET seq = seq - 1 WHERE seq > 3 AND tenant_id = 430181`, "Entry 3 of the audit was changed or moved"},
		"one inserted":   {`INSERT INTO audit SELECT (jsonb_populate_record(a, jsonb_build_object('at', at + interval '1 second'))).* FROM audit a WHERE seq = 3`, "Entry 3 was inserted"},
		"one at the end": {`INSERT INTO audit SELECT (jsonb_populate_record(a, '{"seq": 7}')).* FROM audit a WHERE seq = 6`, "yet there is an entry 7"},
		"one before all": {`INSERT INTO audit SELECT (jsonb_populate_record(a, '{"seq": 0}')).* FROM audit a WHERE seq = 1 AND tenant_id = 430181`, "Entry 0 was inserted"},
		"another tenant": {`UPDATE audit SET tenant_id = 430182 WHERE seq = 3`, "Entry 3 of the audit was removed"},
		"of another":     {`UPDATE audit SET tenant_id = 430181, seq = 7 WHERE tenant_id = 430182`, "yet there is an entry 7"},
		"the head back":  {`UPDATE audit_head h SET seq = 4, hash = a.hash FROM audit a WHERE a.seq = 4 AND h.tenant_id = a.tenant_id`, "yet there is an entry 5"},
		"no head":        {`DELETE FROM audit_head WHERE tenant_id = 430181`, "yet there is an entry 1"},
		"a month":        {`DROP TABLE month`, "entries 1 to 6 are missing"},
	} {
		p.around(strings.ReplaceAll(x.query, "TABLE month", "TABLE "+month))
		for _, size := range []int64{1, 2, 3, 100} {
			_, err := sql.VerifyAuditBy(t.Context(), p.DB, p.tenant, size)
			if lintu.CodeOf(err) != lintu.CodeConflict || !strings.Contains(err.Error(), x.says) {
				t.Errorf("%s, by %d: %v, want %q", name, size, err, x.says)
			}
		}
		_, err := p.Owner().Exec(t.Context(), `SELECT audit_month(now())`)
		must(t, err)
		p.around(`TRUNCATE audit, audit_head; INSERT INTO audit SELECT * FROM kept; INSERT INTO audit_head SELECT * FROM kept_head`)
		for _, size := range []int64{1, 2, 3, 100} {
			_, err := sql.VerifyAuditBy(t.Context(), p.DB, p.tenant, size)
			must(t, err)
		}
	}
}

// around runs statements with all triggers asleep, as a superuser can.
func (p place) around(statements string) {
	p.t.Helper()
	tx, err := p.Owner().Begin(p.t.Context())
	must(p.t, err)
	defer tx.Rollback(context.Background())
	asleep := p.strings(`SELECT 'ALTER TABLE ' || t || ' DISABLE TRIGGER USER' FROM (SELECT 'audit' UNION SELECT 'audit_head'
		UNION SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit'::regclass) tables (t)`)
	for _, s := range append(asleep, strings.Split(statements, "; ")...) {
		_, err = tx.Exec(p.t.Context(), s)
		must(p.t, err)
	}
	must(p.t, tx.Commit(p.t.Context()))
}

// Nobody changes the audit, by the table or by a month of it, and lintu_app
// writes to it in one way only.
func TestAuditIsAppendedOnly(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.append(lintu.AuditEntry{Actor: "user:a", Act: lintu.ActSignIn, Kind: "session"})
	month := p.strings(`SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit'::regclass`)
	if len(month) != 1 {
		t.Fatalf("partitions %v", month)
	}
	for _, table := range []string{"audit", month[0], "audit_head"} {
		for query, owner := range map[string]string{
			`UPDATE ` + table + ` SET hash = hash`: "23001", `DELETE FROM ` + table: "23001", `TRUNCATE ` + table: "23001",
			`INSERT INTO ` + table + ` SELECT * FROM ` + table + ` WHERE false`: "",
		} {
			_, err := p.Owner().Exec(t.Context(), query)
			wantState(t, "owner: "+query, err, owner)
			_, err = p.Pool().Exec(t.Context(), query)
			wantState(t, "lintu_app: "+query, err, "42501")
		}
	}
	for _, query := range []string{
		`SELECT audit_write(430181, now() - interval '1 year', 'user:b', '', 'x', 'y', NULL, '', '{}')`, `SELECT audit_month(now())`,
		`ALTER TABLE audit DISABLE TRIGGER audit_keep`, `SET session_replication_role = replica`, `DROP TABLE audit`,
		`CREATE TEMP TABLE t AS SELECT 1; CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'`,
	} {
		_, err := p.Pool().Exec(t.Context(), query)
		wantState(t, "lintu_app: "+query, err, "42501")
	}
	if h := p.head(); h.Seq != 1 {
		t.Errorf("head %v", h)
	}
}

// wantState wants an SQLSTATE; "" is no error.
func wantState(t *testing.T, what string, err error, state string) {
	t.Helper()
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == state || err == nil && state == "" {
		return
	}
	t.Errorf("%s: %v, want %q", what, err, state)
}

// What shadows a name that audit_append uses changes nothing.
func TestAuditAppendTrustsNoNames(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	conn, err := p.Pool().Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	for _, s := range []string{
		`CREATE TEMP TABLE audit (LIKE public.audit)`, `CREATE TEMP TABLE audit_head (LIKE public.audit_head)`, `SET search_path = pg_temp, public`,
		`SELECT public.audit_append(430181, 'user:a', '', 'sign_in', 'session', NULL, '', '{}')`, `RESET search_path`, `DISCARD TEMP`} {
		_, err := conn.Exec(t.Context(), s)
		must(t, err)
	}
	if h := p.head(); h.Seq != 1 {
		t.Errorf("head %v", h)
	}
}

// Writers at once make one chain, while somebody ends their connections in the
// middle; what was said to be written is there.
func TestAuditWritersAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var workers sync.WaitGroup
	var mu sync.Mutex
	kept := map[string]bool{}
	for w := range 4 {
		workers.Go(func() {
			for i := range 50 {
				why := fmt.Sprint(w, "/", i)
				err := p.Append(context.Background(), p.tenant, lintu.AuditEntry{Actor: "user:a", Act: lintu.ActRefuse, Kind: "route", Why: why})
				if err != nil && lintu.CodeOf(err) != lintu.CodeUnavailable {
					t.Errorf("%s: %v", why, err)
				}
				mu.Lock()
				kept[why] = err == nil
				mu.Unlock()
			}
		})
	}
	done := make(chan struct{})
	go func() { workers.Wait(); close(done) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for killing := true; killing; {
		select {
		case <-done:
			killing = false
		case <-tick.C:
			_, err := p.Owner().Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND query LIKE '%audit_append%' AND pid <> pg_backend_pid() LIMIT 1`)
			must(t, err)
		}
	}
	p.Pool().Reset() // of the connections that were ended
	found := map[string]bool{}
	list := p.entries(lintu.AuditQuery{})
	for _, e := range list {
		found[e.Why] = true
	}
	for why, ok := range kept {
		if ok && !found[why] {
			t.Errorf("%s was acknowledged and is not there", why)
		}
	}
	if h := p.head(); h.Seq != int64(len(list)) || h.Seq == 0 {
		t.Errorf("head %v of %d entries", h, len(list))
	}
}

// A backend that dies between append and commit leaves nothing behind, and holds
// up nobody after it.
func TestAuditKilledBeforeCommit(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.append(lintu.AuditEntry{Actor: "user:a", Act: lintu.ActSignIn, Kind: "session"})
	conn, err := p.Pool().Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	tx, err := conn.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `SELECT audit_append($1, 'user:b', '', 'x', 'y', NULL, '', '{}')`, p.tenant)
	must(t, err)
	_, err = p.Owner().Exec(t.Context(), `SELECT pg_terminate_backend($1)`, int(conn.Conn().PgConn().PID()))
	must(t, err)
	p.append(lintu.AuditEntry{Actor: "user:c", Act: lintu.ActSignIn, Kind: "session"})
	if h := p.head(); h.Seq != 2 {
		t.Errorf("head %v", h)
	}
	if list := p.entries(lintu.AuditQuery{Actor: "user:b"}); len(list) > 0 {
		t.Errorf("%v", list)
	}
}

// A sign-in waits for no import: an entry is committed while an edit is open.
func TestAuditDoesNotWaitForEdits(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	b := newBatch(p)
	must(t, p.ApplyBatch(t.Context(), p.tenant, b, everywhere, func(tx lintu.BatchTx) error {
		if err := load(t.Context(), new([]lintu.Comparison), town()[:1])(tx); err != nil {
			return err
		}
		p.append(lintu.AuditEntry{Actor: "user:a", Act: lintu.ActSignIn, Kind: "session"})
		if got := seqs(p.entries(lintu.AuditQuery{})); got != "1" {
			t.Errorf("entries during the import: %s", got)
		}
		return nil
	}))
	if list := p.entries(lintu.AuditQuery{}); seqs(list) != "2 1" || list[0].Act != "apply" {
		t.Errorf("entries after it: %v", list)
	}
	p.sound()
}

// Each month has a partition; the next one's is made while somebody reads.
func TestAuditMonths(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	write := func(at string) {
		t.Helper()
		_, err := p.Owner().Exec(t.Context(), `SELECT audit_write($1, $2::text::timestamptz, 'user:a', '', 'x', 'y', NULL, '', '{}')`, p.tenant, at)
		must(t, err)
	}
	write("2025-12-31T23:59:59.999999Z")
	reader, err := p.Pool().Begin(t.Context())
	must(t, err)
	defer reader.Rollback(context.Background())
	_, err = reader.Exec(t.Context(), `SELECT count(*) FROM audit`)
	must(t, err)
	write("2026-01-01T00:00:00Z")
	write("2026-03-15T12:00:00+08:00")
	write("2026-02-01T00:00:00Z") // the clock goes back
	equal(t, "partitions", p.strings(`SELECT inhrelid::regclass || ' ' || (SELECT count(*) FROM audit WHERE audit.tableoid = inhrelid)
		FROM pg_inherits WHERE inhparent = 'audit'::regclass ORDER BY 1`), []string{"audit_2025_12 1", "audit_2026_01 1", "audit_2026_03 2"})
	if list := p.entries(lintu.AuditQuery{}); !list[0].At.Equal(list[1].At) {
		t.Errorf("%v comes after %v", list[0].At, list[1].At)
	}
	p.head()
}

// The chain of an older lintu is carried over, with its times, and its last hash
// is kept.
func TestAuditOfBefore(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	must(t, p.MigrateTo(t.Context(), 3))
	_, err := p.Owner().Exec(t.Context(), `INSERT INTO audit (tenant_id, at, actor, act, kind, detail)
		SELECT $1, '2025-01-01'::timestamptz + n * interval '20 days', 'cli:uid0', 'apply', 'batch', jsonb_build_object('n', n) FROM generate_series(1, 3) n`, p.tenant)
	must(t, err)
	old := p.strings(`SELECT encode(hash, 'hex') FROM audit ORDER BY seq DESC LIMIT 1`)[0]
	must(t, p.Migrate(t.Context()))
	list := p.entries(lintu.AuditQuery{OldestFirst: true})
	if seqs(list) != "1 2 3 4" || !list[0].At.Equal(time.Date(2025, 1, 21, 0, 0, 0, 0, time.UTC)) || list[3].Act != "rechain" {
		t.Fatalf("carried over as %v", list)
	}
	var end struct {
		Seq    int64
		Hash   string
		Broken *int64
	}
	must(t, json.Unmarshal(list[3].Detail, &end))
	if end.Seq != 3 || end.Hash != old || end.Broken != nil {
		t.Errorf("the end of the old chain is kept as %+v, want %s", end, old)
	}
	p.head()
	p.apply(town()...)
	p.sound()
}
