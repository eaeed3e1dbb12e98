package sql_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

var personalTables = []string{"person", "search_count", "tenant_key", "unmask_count"}

// viewer holds a role for a layer's feature, or everywhere.
func (p place) viewer(role lintu.Role, scope lintu.Scope) *lintu.Viewer {
	id := lintu.NewID()
	return &lintu.Viewer{Tenant: p.tenant, Account: id, Name: "user:" + id.String(), From: "192.0.2.7",
		Grants: []lintu.Grant{{ID: lintu.NewID(), Role: role, Scope: scope}}}
}

func (p place) dispatcher() *lintu.Viewer {
	return p.viewer(lintu.RoleDispatcher, lintu.Scope{Kind: lintu.Everywhere})
}

func (p place) unmask(v *lintu.Viewer, code string) (*lintu.Unmasked, error) {
	return p.Unmask(p.t.Context(), v, lintu.Unmasking{Layer: layerNamed(lintu.Households), ID: p.id("household", code), Purpose: "visit", Why: "入户"})
}

// Without a session context nothing personal is there, for the application's role
// and for the owner alike; nor for another tenant's context.
func TestPersonsNeedAContext(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	if _, err := p.unmask(p.dispatcher(), "H1"); err != nil {
		t.Fatal(err)
	}
	_, err := p.FindPersons(t.Context(), p.dispatcher(), "", "13873194407")
	must(t, err)
	other := p.beside(1)
	count := func(q interface {
		QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	}, table string) (n int) {
		must(t, q.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n))
		return n
	}
	for _, table := range personalTables {
		if n := count(p.Pool(), table); n != 0 {
			t.Errorf("%s without a context as lintu_app: %d rows", table, n)
		}
		if n := count(p.Owner(), table); n != 0 {
			t.Errorf("%s without a context as the owner: %d rows", table, n)
		}
		p.asOwner(func(tx pgx.Tx) {
			if n := count(tx, table); n == 0 {
				t.Errorf("%s with a context: no rows", table)
			}
		})
		other.asOwner(func(tx pgx.Tx) {
			if n := count(tx, table); n != 0 {
				t.Errorf("%s of another tenant: %d rows", table, n)
			}
		})
		if _, err := p.Pool().Exec(t.Context(), `SET row_security = off; SELECT FROM `+table); err == nil {
			t.Errorf("%s: row security can be switched off", table)
		}
	}
	equal(t, "tables that force row security", p.strings(`SELECT relname::text FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relname = ANY ($1) ORDER BY 1`,
		personalTables), []string{"person", "search_count", "tenant_key", "unmask_count"})
	for _, query := range []string{`INSERT INTO person SELECT * FROM person`, `UPDATE person SET version = 1`, `DELETE FROM person`,
		`UPDATE tenant_key SET version = 1`, `DELETE FROM tenant_key`, `DELETE FROM unmask_count`, `DELETE FROM search_count`} {
		if _, err := p.Pool().Exec(t.Context(), query); err == nil {
			t.Errorf("lintu_app may %s", query)
		}
	}
}

// One connection serves two viewers one after the other, also after a panic and a
// rollback, and remembers none of them.
func TestPersonsOneConnection(t *testing.T) {
	t.Parallel()
	full := peopled(t)
	db, err := sql.Open(t.Context(), full.Owner().Config().ConnString(), sql.Options{Conns: 1})
	must(t, err)
	defer db.Close()
	p := place{db, t, full.tenant}
	keys, err := sql.OpenKeyFile(full.KeyFile(), false)
	must(t, err)
	must(t, db.UseKeys(t.Context(), p.tenant, keys))
	n1 := p.viewer(lintu.RoleNeighborHead, lintu.Scope{Kind: lintu.ForHead, ID: p.id("head", "N1")})
	n2 := p.viewer(lintu.RoleNeighborHead, lintu.Scope{Kind: lintu.ForHead, ID: p.id("head", "N2")})
	sees := func(v *lintu.Viewer, code string) bool {
		m, err := p.Person(t.Context(), v, layerNamed(lintu.Households), p.id("household", code))
		if err != nil && lintu.CodeOf(err) != lintu.CodeNotFound {
			t.Fatal(err)
		}
		return m != nil
	}
	empty := func(when string) {
		var n int
		must(t, p.Pool().QueryRow(t.Context(), `SELECT count(*) FROM person`).Scan(&n))
		if n != 0 {
			t.Errorf("%s the connection remembers: %d rows", when, n)
		}
	}
	for range 2 {
		if !sees(n1, "H1") || sees(n1, "H3") {
			t.Error("the first head sees wrongly")
		}
		empty("after one viewer")
		if sees(n2, "H1") || !sees(n2, "H3") {
			t.Error("the second head sees wrongly")
		}
	}
	unknown := lintu.Unmasking{Layer: layerNamed(lintu.Households), ID: lintu.NewID(), Purpose: "visit"}
	_, err = p.Unmask(t.Context(), n1, unknown)
	wantCode(t, err, lintu.CodeNotFound)
	empty("after a rollback")
	func() {
		defer func() { _ = recover() }()
		p.Within(t.Context(), p.tenant, lintu.Jurisdiction, func(pgx.Tx) error { panic("in the middle") })
	}()
	empty("after a panic")
	if err := p.Within(t.Context(), p.tenant, lintu.Jurisdiction, func(pgx.Tx) error { return errors.New("no") }); err == nil {
		t.Error("the error was swallowed")
	}
	empty("after an error")
}

// Who holds an area, a head or nothing sees what lies there and no more, and what
// is foreign is answered like what does not exist.
func TestPersonsTerritory(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	other := p.beside(1)
	other.apply(town()...)
	areaWorker := func(code string) *lintu.Viewer {
		return p.viewer(lintu.RoleGridWorker, lintu.Scope{Kind: lintu.ForArea, ID: p.id("area", code)})
	}
	leader := func(code string) *lintu.Viewer {
		return p.viewer(lintu.RoleNeighborHead, lintu.Scope{Kind: lintu.ForHead, ID: p.id("head", code)})
	}
	for _, x := range []struct {
		name  string
		v     *lintu.Viewer
		sees  string
		found int
	}{
		{"dispatcher", p.dispatcher(), "H1 H2 H3 N1", 1},
		{"first community", areaWorker("430181001001"), "H1 H2 N1", 1},
		{"second community", areaWorker("430181001002"), "H3", 0},
		{"first head", leader("N1"), "H1 H2 N1", 1},
		{"second head", leader("N2"), "H3", 0},
		{"an area that is not", p.viewer(lintu.RoleGridWorker, lintu.Scope{Kind: lintu.ForArea, ID: lintu.NewID()}), "", 0},
		{"planner", p.viewer(lintu.RolePlanner, lintu.Scope{Kind: lintu.Everywhere}), "H1 H2 H3 N1", 1},
		{"other tenant", other.dispatcher(), "", 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			var sees []string
			for _, s := range []struct{ layer, table, code string }{{"households", "household", "H1"}, {"households", "household", "H2"},
				{"households", "household", "H3"}, {"heads", "head", "N1"}, {"heads", "head", "N2"}} {
				layer, id := layerNamed(lintu.Layer(s.layer)), p.id(s.table, s.code)
				m, err := p.Person(t.Context(), x.v, layer, id)
				if err == nil {
					sees = append(sees, s.code)
					if m.Code != s.code || m.Title == "" || m.Since.IsZero() {
						t.Errorf("%+v", m)
					}
				} else {
					absent(t, err)
				}
				if !x.v.May(lintu.UnmaskPersons) {
					continue
				}
				if _, unmasked := p.Unmask(t.Context(), x.v, lintu.Unmasking{Layer: layer, ID: id, Purpose: "care"}); (unmasked == nil) != (err == nil) {
					t.Errorf("%s: masked %v, unmasked %v", s.code, err, unmasked)
				} else if unmasked != nil {
					absent(t, unmasked)
				}
			}
			if got := strings.Join(sees, " "); got != x.sees {
				t.Errorf("sees %q, want %q", got, x.sees)
			}
			found, err := p.FindPersons(t.Context(), x.v, canary.Name, "")
			must(t, err)
			if len(found) != x.found {
				t.Errorf("finds %d", len(found))
			}
		})
	}
}

// absent fails unless the error is the one of what is not there.
func absent(t *testing.T, err error) {
	t.Helper()
	if lintu.CodeOf(err) != lintu.CodeNotFound || lintu.AsError(err).Text != sql.ErrNoPerson.Text {
		t.Errorf("answered otherwise than what does not exist: %v", err)
	}
}

func TestUnmask(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	v := p.dispatcher()
	households := layerNamed(lintu.Households)
	m, err := p.Person(t.Context(), v, households, p.id("household", "H1"))
	must(t, err)
	if want := (lintu.Masked{Name: "欧**", Phone: "138****4407", Members: 3, Needs: 1, Note: true}); m.Person != want {
		t.Errorf("masked %+v", m.Person)
	}
	why := "回访 " + canary.Name + "，电话 13873194407"
	u, err := p.Unmask(t.Context(), v, lintu.Unmasking{Layer: households, ID: p.id("household", "H1"), Purpose: "case", Why: why})
	must(t, err)
	if u.Left != sql.UnmaskPerDay-1 || u.Person.Name != canary.Name || u.Person.Phone != canary.Phone || u.Person.Needs[0] != "独居老人" {
		t.Errorf("unmasked %+v", u)
	}
	equal(t, "audit", p.strings(`SELECT concat_ws('|', actor, from_addr, act, kind, id, why, detail->>'purpose') FROM audit WHERE tenant_id = $1 AND act LIKE '%mask%'`, p.tenant),
		[]string{strings.Join([]string{v.Name, "192.0.2.7", "unmask", "household", p.id("household", "H1").String(), "回访 ***，电话 ***", "case"}, "|")})
	token := *v
	token.Only = []lintu.Right{lintu.UnmaskPersons, lintu.SeePersons}
	refused := map[string]struct {
		v    *lintu.Viewer
		u    lintu.Unmasking
		code lintu.ErrorCode
	}{
		"token":      {&token, lintu.Unmasking{Purpose: "visit"}, lintu.CodeForbidden},
		"planner":    {p.viewer(lintu.RolePlanner, lintu.Scope{Kind: lintu.Everywhere}), lintu.Unmasking{Purpose: "visit"}, lintu.CodeForbidden},
		"visitor":    {&lintu.Viewer{Tenant: p.tenant}, lintu.Unmasking{Purpose: "visit"}, lintu.CodeUnauthenticated},
		"no purpose": {v, lintu.Unmasking{}, lintu.CodeInvalid},
		"curiosity":  {v, lintu.Unmasking{Purpose: "curiosity"}, lintu.CodeInvalid},
		"no case":    {v, lintu.Unmasking{Purpose: "case", Why: " "}, lintu.CodeInvalid},
		"long":       {v, lintu.Unmasking{Purpose: "visit", Why: strings.Repeat("长", 201)}, lintu.CodeInvalid},
	}
	for name, x := range refused {
		x.u.Layer, x.u.ID = households, p.id("household", "H1")
		if _, err := p.Unmask(t.Context(), x.v, x.u); lintu.CodeOf(err) != x.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := p.strings(`SELECT count(*)::text FROM audit WHERE tenant_id = $1 AND act = 'unmask'`, p.tenant)[0]; n != "1" {
		t.Errorf("%s entries", n)
	}
	p.sound()
}

// Requests at the same time cannot get more than the day's quota; alerts are said
// once each.
func TestUnmaskNeedsTheAudit(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	if _, err := p.Owner().Exec(t.Context(), `ALTER TABLE audit_head RENAME TO gone`); err != nil {
		t.Fatal(err)
	}
	u, err := p.Unmask(t.Context(), p.dispatcher(), lintu.Unmasking{Layer: layerNamed(lintu.Households), ID: p.id("household", "H1"), Purpose: "visit"})
	if err == nil || u != nil {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestUnmaskQuota(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	p.Limit(15)
	v := p.dispatcher()
	var got, throttled atomic.Int32
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			_, err := p.unmask(v, "H1")
			switch lintu.CodeOf(err) {
			case "":
				got.Add(1)
			case lintu.CodeThrottled:
				throttled.Add(1)
				if lintu.AsError(err).RetryAfter <= 0 {
					t.Error("not said when")
				}
			default:
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if got.Load() != 15 || throttled.Load() != 5 {
		t.Errorf("%d unmasked, %d refused", got.Load(), throttled.Load())
	}
	count := func(where string) string {
		return p.strings(`SELECT count(*)::text FROM audit WHERE tenant_id = $1 AND `+where, p.tenant)[0]
	}
	if n := count(`act = 'unmask'`); n != "15" {
		t.Errorf("%s audited", n)
	}
	for _, reason := range []string{"quota_80", "quota_end", "quota_over", "fast"} {
		if n := count(`act = 'alert' AND kind = 'account' AND detail->>'reason' = '` + reason + `'`); n != "1" {
			t.Errorf("%s alerts of %s", n, reason)
		}
	}
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `UPDATE unmask_count SET day = day - 1`)
		must(t, err)
	})
	if u, err := p.unmask(v, "H1"); err != nil || u.Left != 14 {
		t.Errorf("the next day: %+v, %v", u, err)
	}
	if u, err := p.unmask(p.dispatcher(), "H1"); err != nil || u.Left != 14 {
		t.Errorf("another account: %+v, %v", u, err)
	}
	p.sound()
}

func TestFindPersons(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	v := p.dispatcher()
	for _, x := range []struct {
		name, phone string
		found       int
	}{
		{"", "13873194407", 1}, {"", "+86 138-7319-4407", 1}, {"", "138 7319 4407", 1}, {"", "１３８７３１９４４０７", 1}, {"", "0086 13873194407", 0},
		{"欧阳 金丝雀", "", 1}, {"欧阳", "", 0}, {canary.Name, "13873194407", 1}, {canary.Name, "13800000002", 0}, {"", "1387319440", 0},
	} {
		found, err := p.FindPersons(t.Context(), v, x.name, x.phone)
		must(t, err)
		if len(found) != x.found {
			t.Errorf("%q %q: %d found", x.name, x.phone, len(found))
		}
		if len(found) == 1 && (found[0].Code != "H1" || found[0].Person.Phone != "138****4407") {
			t.Errorf("%+v", found[0])
		}
	}
	for _, x := range [][2]string{{"", ""}, {" ", ""}, {"", "x"}, {"王五", "none"}} {
		if _, err := p.FindPersons(t.Context(), v, x[0], x[1]); lintu.CodeOf(err) != lintu.CodeInvalid {
			t.Errorf("%q: %v", x, err)
		}
	}
	var same []lintu.Row
	for i := range 60 {
		same = append(same, with(row(int64(i+1), nil, fmt.Sprintf("S%02d", i), "", "", ""), lintu.Person{Name: "同名"}))
		same[i].Values[1] = "路"
	}
	p.apply(part{lintu.Households, false, same})
	if found, err := p.FindPersons(t.Context(), v, "同名", ""); err != nil || len(found) != 50 {
		t.Errorf("%d found, %v", len(found), err)
	}
	if n := p.strings(`SELECT count(*)::text FROM audit WHERE tenant_id = $1 AND act = 'find_person' AND detail ? 'found'`, p.tenant)[0]; n != "11" {
		t.Errorf("%s searches audited", n)
	}
	if n := p.strings(`SELECT count(*)::text FROM audit a WHERE a::text ~ '欧阳|13873194407|同名'`)[0]; n != "0" {
		t.Error("the audit tells what was searched for")
	}
}

// Whoever tries out numbers, or goes from house to house, is stopped and reported,
// with tokens too.
func TestLooksQuota(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	v := p.dispatcher()
	_, err := p.FindPersons(t.Context(), v, "", "13800000000")
	must(t, err)
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `UPDATE search_count SET count = 798`)
		must(t, err)
	})
	token := *v
	token.Name, token.Only = "token:"+lintu.NewID().String(), []lintu.Right{lintu.SeePersons}
	for n := 799; n <= 1002; n++ {
		by := v
		if n%2 == 0 {
			by = &token
		}
		if n%3 == 0 {
			_, err = p.FindPersons(t.Context(), by, "", "13873194407")
		} else {
			_, err = p.Person(t.Context(), by, layerNamed(lintu.Households), p.id("household", "H1"))
		}
		if over := lintu.CodeOf(err) == lintu.CodeThrottled; over != (n > 1000) || !over && err != nil || over && lintu.AsError(err).RetryAfter <= 0 {
			t.Fatalf("look %d: %v", n, err)
		}
	}
	equal(t, "alerts", p.strings(`SELECT detail->>'count' FROM audit WHERE act = 'alert' AND detail->>'reason' = 'searches' ORDER BY seq`), []string{"800", "1001"})
	if _, err := p.FindPersons(t.Context(), p.dispatcher(), "", "13873194407"); err != nil {
		t.Errorf("another account: %v", err)
	}
	p.asOwner(func(tx pgx.Tx) {
		_, err := tx.Exec(t.Context(), `UPDATE search_count SET day = day - 1`)
		must(t, err)
	})
	if found, err := p.FindPersons(t.Context(), v, "", "13873194407"); err != nil || len(found) != 1 {
		t.Errorf("the next day: %v, %v", found, err)
	}
}

// A search by id or hash goes by its index under the policy.
func TestPersonsByIndex(t *testing.T) {
	t.Parallel()
	p := crowded(t, 3000)
	mustExec(t, p.DB, `ANALYZE person`)
	for condition, index := range map[string]string{
		`p.kind = 'household' AND p.subject_id = gen_random_uuid()`: "person_present_idx",
		`p.name_hmac = ANY ('{"\\x01","\\x02"}'::bytea[])`:          "person_name_idx",
		`p.phone_hmac = ANY ('{"\\x01","\\x02"}'::bytea[])`:         "person_phone_idx",
	} {
		must(t, p.Within(t.Context(), p.tenant, lintu.Territory{Areas: []lintu.ID{lintu.NewID()}}, func(tx pgx.Tx) error {
			rows, err := tx.Query(t.Context(), `EXPLAIN `+strings.ReplaceAll(sql.PresentPersons, "$1", "430181")+` AND `+condition)
			if err != nil {
				return err
			}
			plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if all := strings.Join(plan, "\n"); !strings.Contains(all, index) {
				t.Errorf("%s does not go by %s:\n%s", condition, index, all)
			}
			return err
		}))
	}
}
