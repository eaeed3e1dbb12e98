package sql_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// routed is a town in which rules are tried.
type routed struct {
	place
	cs lintu.Categories
}

// newRouted is town() with units: U1 to U4 are departments, CU1 and CU2 stand in the
// first community, CU3 in no community.
func newRouted(t testing.TB) routed { return routedAt(newPlace(t)) }

func routedAt(p place) routed {
	p.t.Helper()
	p.apply(town()...)
	p.apply(part{lintu.Units, false, []lintu.Row{
		row(1, nil, "U1", "派出所", "police", ""), row(2, nil, "U2", "住建站", "department", ""), row(3, nil, "U3", "城管办", "department", ""),
		row(4, point(113.3, 28.3), "CU2", "二居委会", "community", ""), row(5, point(113.3, 28.4), "CU1", "一居委会", "community", ""),
		row(6, point(113.2, 28.2), "CU0", "物业", "property", ""), row(7, point(119, 28.4), "CU3", "远居委会", "community", "")}})
	return routed{p, lintu.DefaultCategories()}
}

// rule stores a rule; area and rung may be "".
func (r routed) rule(number int, category, area, rung, unit string) {
	r.t.Helper()
	mustExec(r.t, r.DB, `INSERT INTO rule (tenant_id, id, version, number, valid, category, area_id, rung, unit_id, note)
		VALUES ($1, gen_random_uuid(), 1, $2, tstzrange(now(), NULL), $3, (SELECT id FROM area WHERE tenant_id = $1 AND code = $4),
			$5, (SELECT id FROM unit WHERE tenant_id = $1 AND code = $6), '')`, r.tenant, number, category, area, rung, unit)
}

func (r routed) route(p lintu.Place, category string, rung lintu.Rung) *lintu.Routed {
	r.t.Helper()
	var got *lintu.Routed
	must(r.t, pgx.BeginFunc(r.t.Context(), r.Pool(), func(tx pgx.Tx) (err error) {
		got, err = sql.Route(r.t.Context(), tx, r.tenant, p, r.cs, category, rung)
		return err
	}))
	return got
}

// says is the routed place in short.
func says(r *lintu.Routed) string {
	var words []string
	for _, a := range r.Areas {
		words = append(words, a.Code)
	}
	words = append(words, "?")
	for _, a := range r.Doubt {
		words = append(words, a.Code)
	}
	words = append(words, "→")
	if r.Handler != nil {
		words = append(words, string(r.Handler.Kind), r.Handler.Code)
	}
	return strings.Join(words, " ")
}

func at(lon, lat, accuracy float64) lintu.Place {
	return lintu.Place{Lon: lon, Lat: lat, Accuracy: accuracy, Placed: lintu.ByMap}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	first, second := at(113.3, 28.3, 0), at(113.7, 28.4999, 0)
	for _, x := range []struct {
		what     string
		p        lintu.Place
		category string
		rung     lintu.Rung
		want     string
	}{
		{"the locality", first, "B0101", "community", "430181001000 430181001001 ? → unit CU1"},
		{"a community without a unit", second, "B0101", "community", "430181001000 430181001002 ? →"},
		{"the street has no locality", first, "B0101", "street", "430181001000 430181001001 ? →"},
		{"the neighbor head", at(113.1501, 28.1599, 0), "S0801", "neighbor", "430181001000 430181001001 G1 ? → head N1"},
		{"no household within 200 m", at(113.153, 28.16, 0), "S0801", "neighbor", "430181001000 430181001001 G1 ? → unit CU1"},
		{"outside", at(112, 28, 30), "B0101", "community", "? →"},
		{"on the border of two", at(113.5, 28.7, 0), "B0101", "community", "430181001000 430181001001 ? → unit CU1"},
		{"on the border, as far as one can tell", at(113.5, 28.7, 5), "B0101", "community", "430181001000 430181001001 ? 430181001002 → unit CU1"},
		{"49 m from the border", at(113.5005, 28.7, 50), "B0101", "community", "430181001000 430181001002 ? 430181001001 →"},
		{"49 m from the border, exact to 48", at(113.5005, 28.7, 48), "B0101", "community", "430181001000 430181001002 ? →"},
		{"beside a grid", at(113.09995, 28.15, 10), "B0101", "community", "430181001000 430181001001 ? G1 → unit CU1"},
		{"on a corner of the street", at(113, 28, 0), "B0101", "community", "430181001000 430181001001 ? → unit CU1"},
	} {
		if got := says(r.route(x.p, x.category, x.rung)); got != x.want {
			t.Errorf("%s: %s, not %s", x.what, got, x.want)
		}
	}
	if why := r.route(at(113.3, 28.3, 5000), "B0101", "community").Why.ZH; !strings.Contains(why, "5000 米") {
		t.Errorf("a position 5 km off: %s", why)
	}
}

// Each rule beats those before it.
func TestRouteByTheNarrowestRule(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	p := at(113.15, 28.15, 0)
	for i, x := range []struct {
		category, area, rung, unit string
		why                        string
	}{
		{"", "", "", "U1", "规则 1：全部类别 · 各区域 → 派出所"},
		{"", "", "community", "U2", "规则 2：全部类别 · 各区域 · 社村 → 住建站"},
		{"", "430181001000", "", "U3", "规则 3：全部类别 · 集里街道 → 城管办"},
		{"", "G1", "", "U1", "规则 4：全部类别 · G1 → 派出所"},
		{"B05", "", "", "U2", "规则 5：房屋与构筑物（B05） · 各区域 → 住建站"},
		{"B0501", "", "", "U3", "规则 6：墙体倾斜或开裂（B0501） · 各区域 → 城管办"},
		{"B0501", "430181001001", "", "U1", "规则 7：墙体倾斜或开裂（B0501） · 神仙坳社区 → 派出所"},
		{"B0501", "430181001001", "community", "U2", "规则 8：墙体倾斜或开裂（B0501） · 神仙坳社区 · 社村 → 住建站"},
	} {
		r.rule(i+1, x.category, x.area, x.rung, x.unit)
		got := r.route(p, "B0501", "community")
		if got.Rule == nil || got.Rule.Number != i+1 || got.Handler.Code != x.unit || got.Why.ZH != x.why {
			t.Errorf("rule %d: %+v, %s", i+1, got.Handler, got.Why.ZH)
		}
	}
	for what, x := range map[string]struct {
		p        lintu.Place
		category string
		rung     lintu.Rung
		number   int
	}{
		"another rung": {p, "B0501", "street", 7}, "another community": {at(113.7, 28.3, 0), "B0501", "community", 6},
		"a sibling": {p, "B0502", "community", 5}, "another class": {p, "S0801", "neighbor", 4}, "elsewhere": {at(113.7, 28.3, 0), "S0801", "group", 3},
	} {
		if got := r.route(x.p, x.category, x.rung); got.Rule == nil || got.Rule.Number != x.number {
			t.Errorf("%s: %s", what, got.Why.EN)
		}
	}
	if got := says(r.route(at(112, 28, 0), "B0501", "community")); got != "? →" {
		t.Errorf("outside of every area: %s", got)
	}
	// U2 goes: its rules are passed over, and the reason says so.
	mustExec(t, r.DB, `UPDATE unit SET valid = tstzrange(lower(valid), now()) WHERE code = 'U2'`)
	if got := r.route(p, "B0501", "community"); got.Rule.Number != 7 || !strings.Contains(got.Why.ZH, "规则 8 的责任单位已撤销") || !strings.Contains(got.Why.EN, "rule 8 passed over") {
		t.Errorf("without U2: %s", got.Why)
	}
}

// Of households that are equally near, the one with the lowest code; degrees of
// longitude are shorter than those of latitude.
func TestRouteToTheNearestHousehold(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	r.apply(part{lintu.Households, false, []lintu.Row{
		row(1, point(113.3, 28.301), "H1", "", "", "N1"), row(2, point(113.30105, 28.3), "H2", "", "", "N2"),
		row(3, point(113.4, 28.3), "H5", "", "", "N1"), row(4, point(113.4, 28.3), "H4", "", "", "N2"),
		row(5, point(113.45, 28.3), "H6", "", "", "")}})
	for what, x := range map[string]struct {
		p    lintu.Place
		head string
	}{
		"103 m east, 111 m north": {at(113.3, 28.3, 0), "N2"},
		"on both":                 {at(113.4, 28.3, 0), "N2"},
		"near both":               {at(113.4005, 28.3, 0), "N2"},
		"that has no head":        {at(113.45, 28.3, 0), ""},
	} {
		got := r.route(x.p, "S0801", "neighbor")
		if head := got.Head; head == nil && x.head != "" || head != nil && head.Code != x.head {
			t.Errorf("%s: %+v", what, head)
		}
	}
}

// After some points the statement is planned no more, and reads no table from one
// end to the other.
func TestRouteStaysOnIndexes(t *testing.T) {
	t.Parallel()
	db, _ := seeded(t, 3000)
	r := routed{place{db, t, tenant}, lintu.DefaultCategories()}
	r.randomRules(rand.New(rand.NewPCG(1, 1)), 300)
	mustExec(t, db, `INSERT INTO unit (tenant_id, id, version, valid, code, name, class, geom) SELECT $1, gen_random_uuid(), 1, '[2026-01-01,)', 'C' || n, '',
		CASE WHEN n < 16 THEN 'community' ELSE 'department' END, ST_Point(113.5 + random() * 0.2, 28 + random() * 0.3, 4326) FROM generate_series(1, 900) n`, tenant)
	mustExec(t, db, `ANALYZE rule, unit`)
	must(t, pgx.BeginFunc(t.Context(), r.Pool(), func(tx pgx.Tx) error {
		for i := range 12 {
			if _, err := sql.Route(t.Context(), tx, r.tenant, at(113.6+0.001*float64(i), 28.1, 20), r.cs, "B0501", "community"); err != nil {
				return err
			}
		}
		var name string
		var generic, custom int
		if err := tx.QueryRow(t.Context(), `SELECT name, generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%doubt_box%' AND statement NOT LIKE '%pg_prepared_statements%'`).
			Scan(&name, &generic, &custom); err != nil {
			return err
		}
		if generic < 5 {
			t.Errorf("of 12 points %d were planned for themselves, %d were not", custom, generic)
		}
		// The statement's name is the driver's; only the server's own words are put together here.
		rows, err := tx.Query(t.Context(), `EXPLAIN EXECUTE `+pgx.Identifier{name}.Sanitize()+
			`(430181, 113.6, 28.1, 20, 0.0004, 200, 0.0018, 1.14, '{B0501,B05,""}', 'community', 0.0001)`)
		if err != nil {
			return err
		}
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, line := range plan {
			if strings.Contains(line, "Seq Scan") {
				t.Errorf("%s\nin\n%s", line, strings.Join(plan, "\n"))
			}
		}
		return err
	}))
}
