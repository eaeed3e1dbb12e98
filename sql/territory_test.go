package sql_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// limited is a viewer with a role for each scope.
func limited(tenant int32, scopes ...lintu.Scope) *lintu.Viewer {
	v := &lintu.Viewer{Tenant: tenant, Account: lintu.NewID(), Public: lintu.PublicByDefault()}
	for _, s := range scopes {
		role := lintu.RoleGridWorker
		if s.Kind == lintu.ForHead {
			role = lintu.RoleNeighborHead
		}
		v.Grants = append(v.Grants, lintu.Grant{Role: role, Scope: s})
	}
	return v
}

func forArea(id lintu.ID) lintu.Scope { return lintu.Scope{Kind: lintu.ForArea, ID: id} }
func forHead(id lintu.ID) lintu.Scope { return lintu.Scope{Kind: lintu.ForHead, ID: id} }

// within is the territory in which a viewer sees households.
func within(v *lintu.Viewer) lintu.Territory { return v.Territory(lintu.SeeHouseholds) }

// id finds what the place has by table and code.
func (p place) id(table, code string) lintu.ID {
	p.t.Helper()
	id, err := lintu.ParseID(p.strings(`SELECT id::text FROM `+table+` WHERE tenant_id = $1 AND code = $2`, p.tenant, code)[0])
	if err != nil {
		p.t.Fatal(err)
	}
	return id
}

// codes lists what a query finds, after comparing it with the count.
func (p place) codes(r *sql.Reader, q lintu.FeatureQuery) []string {
	p.t.Helper()
	q.Tenant = p.tenant
	codes := []string{}
	err := r.EachFeature(p.t.Context(), q, func(f lintu.Feature, _ string) error {
		var x struct{ Code string }
		err := json.Unmarshal(f.Properties, &x)
		codes = append(codes, x.Code)
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if n, err := r.CountFeatures(p.t.Context(), q); err != nil || n != int64(len(codes)) {
		p.t.Errorf("counted %d, got %d, %v", n, len(codes), err)
	}
	slices.Sort(codes)
	return codes
}

// onTiles lists the codes on all tiles of a zoom around the box, and the sum of
// the clusters of another.
func (p place) onTiles(r *sql.Reader, name lintu.Layer, t lintu.Territory, box lintu.BBox, detail, cluster int) (codes []string, sum int64) {
	p.t.Helper()
	codes = []string{}
	for _, z := range []int{detail, cluster} {
		x0, y0 := tileOf(box[0], box[3], z)
		x1, y1 := tileOf(box[2], box[1], z)
		for x := x0 - 1; x <= x1+1; x++ {
			for y := y0 - 1; y <= y1+1; y++ {
				b, err := r.TileLayer(p.t.Context(), p.tenant, layerNamed(name), t, z, x, y, nil)
				if err != nil {
					p.t.Fatal(err)
				}
				if z == cluster {
					sum += countIn(p.t, b)
					continue
				}
				for _, l := range decode(p.t, b) {
					for _, f := range l.Features {
						codes = append(codes, f.Properties["code"].(string))
					}
				}
			}
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes), sum
}

// noHousehold is what an id that nobody has is answered with.
func noHousehold(p place, r *sql.Reader, id lintu.ID) string {
	absent := lintu.NewID()
	_, err := r.Feature(p.t.Context(), p.tenant, layerNamed(lintu.Households), lintu.Jurisdiction, absent, nil)
	return strings.ReplaceAll(err.Error(), absent.String(), id.String())
}

// parish is town with a second grid beside the first, and heads on both sides of
// their border.
func parish(t testing.TB) (place, *sql.Reader) {
	p := newPlace(t)
	p.apply(append(town(),
		part{lintu.Grids, false, []lintu.Row{row(1, rect(113.2, 28.1, 113.3, 28.2), "G2", "东网格", "")}},
		part{lintu.Heads, false, []lintu.Row{row(1, point(113.2, 28.15), "N3", "界上")}},
		part{lintu.Households, false, []lintu.Row{
			row(1, point(113.25, 28.15), "H4", "东4号", "", "N1"),
			row(2, point(113.2, 28.12), "H5", "界5号", "", "N3"),
			row(3, nil, "H6", "无处6号", "", "N3")}})...)
	return p, sql.NewReader(p.DB)
}

func TestItemsWithinATerritory(t *testing.T) {
	t.Parallel()
	p, r := parish(t)
	west, east, community := forArea(p.id("area", "G1")), forArea(p.id("area", "G2")), forArea(p.id("area", "430181001001"))
	n1, n3 := forHead(p.id("head", "N1")), forHead(p.id("head", "N3"))
	for _, c := range []struct {
		name   string
		scopes []lintu.Scope
		layer  lintu.Layer
		where  map[string]string
		box    *lintu.BBox
		want   string
	}{
		{"the border belongs to both", []lintu.Scope{west}, lintu.Households, nil, nil, "H1 H2 H5"},
		{"the border belongs to both", []lintu.Scope{east}, lintu.Households, nil, nil, "H4 H5"},
		{"nothing twice", []lintu.Scope{west, east, community}, lintu.Households, nil, nil, "H1 H2 H4 H5"},
		{"a head's, with and without a place", []lintu.Scope{n3}, lintu.Households, nil, nil, "H5 H6"},
		{"a head and an area", []lintu.Scope{n3, east}, lintu.Households, nil, nil, "H4 H5 H6"},
		{"in a box", []lintu.Scope{west, n3}, lintu.Households, nil, &lintu.BBox{113.15, 28.1, 113.155, 28.2}, "H1 H6"},
		{"of a head elsewhere", []lintu.Scope{east}, lintu.Households, map[string]string{"head": "N2"}, nil, ""},
		{"of a head whose households are here in part", []lintu.Scope{east}, lintu.Households, map[string]string{"head": "N1"}, nil, "H4"},
		{"a code elsewhere", []lintu.Scope{east}, lintu.Households, map[string]string{"code": "H1"}, nil, ""},
		{"heads in an area", []lintu.Scope{west}, lintu.Heads, nil, nil, "N1 N3"},
		{"the head itself", []lintu.Scope{n1}, lintu.Heads, nil, nil, "N1"},
		{"links by their household", []lintu.Scope{east}, lintu.Links, nil, nil, "H4 H5"},
		{"links of a head", []lintu.Scope{n1}, lintu.Links, nil, nil, "H1 H2 H4"},
		{"no role", nil, lintu.Households, nil, nil, ""},
		{"an unit", []lintu.Scope{{Kind: lintu.ForUnit, ID: p.id("unit", "U1")}}, lintu.Households, nil, nil, ""},
		{"other layers ask for no territory", nil, lintu.Grids, nil, nil, "G1 G2"},
	} {
		q := lintu.FeatureQuery{Layer: layerNamed(c.layer), Within: within(limited(p.tenant, c.scopes...)), Where: c.where, BBox: c.box}
		if got := strings.Join(p.codes(r, q), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		q.Limit = 1
		var paged []string
		for {
			last := ""
			q.Tenant = p.tenant
			if err := r.EachFeature(t.Context(), q, func(f lintu.Feature, cursor string) error {
				paged, last = append(paged, f.ID), cursor
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if q.After = last; last == "" {
				break
			}
		}
		if len(paged) != len(strings.Fields(c.want)) {
			t.Errorf("%s: %d pages of one, want %s", c.name, len(paged), c.want)
		}
	}
}

// The past is shown to those who have the place now: where the household was then
// counts, against the boundary and the assignment of now.
func TestTerritoryAndThePast(t *testing.T) {
	t.Parallel()
	p, r := parish(t)
	then := p.clock()
	p.apply(part{lintu.Households, false, []lintu.Row{
		row(1, point(113.25, 28.16), "H1", "1号", "B1", "N3"), // from west to east, and to another head
		row(2, point(113.15, 28.16), "H4", "东4号", "", "N1")}})
	west, n1, n3 := forArea(p.id("area", "G1")), forHead(p.id("head", "N1")), forHead(p.id("head", "N3"))
	for _, c := range []struct {
		scope lintu.Scope
		then  bool
		want  string
	}{
		{west, false, "H2 H4 H5"}, {west, true, "H1 H2 H5"}, {n1, false, "H2 H4"}, {n1, true, "H2 H4"}, {n3, true, "H1 H5 H6"},
	} {
		q := lintu.FeatureQuery{Layer: layerNamed(lintu.Households), Within: within(limited(p.tenant, c.scope))}
		if c.then {
			q.Time = &lintu.Interval{From: &then, To: &then}
		}
		if got := strings.Join(p.codes(r, q), " "); got != c.want {
			t.Errorf("%v then=%v: %s, want %s", c.scope.Kind, c.then, got, c.want)
		}
	}
	x, y := tileOf(113.15, 28.16, 15)
	b, err := r.TileLayer(t.Context(), p.tenant, layerNamed(lintu.Households), within(limited(p.tenant, west)), 15, x, y, &then)
	if err != nil || len(decode(t, b)) != 1 || decode(t, b)["households"].Features[0].Properties["code"] != "H1" {
		t.Errorf("the tile of then: %v", err)
	}
}

// A changed boundary, a new assignment and an area that ends show at once, also
// in the extent that was computed before.
func TestTerritoryFollowsItsAreas(t *testing.T) {
	t.Parallel()
	p, r := parish(t)
	east, n3 := within(limited(p.tenant, forArea(p.id("area", "G2")))), within(limited(p.tenant, forHead(p.id("head", "N3"))))
	show := func(territory lintu.Territory) string {
		t.Helper()
		box, err := r.Extent(t.Context(), p.tenant, layerNamed(lintu.Households), territory)
		if err != nil {
			box = lintu.BBox{}
		}
		return fmt.Sprintf("%v %.2f–%.2f", p.codes(r, lintu.FeatureQuery{Layer: layerNamed(lintu.Households), Within: territory}), box[0], box[2])
	}
	equal(t, "before", []string{show(east), show(n3)}, []string{"[H4 H5] 113.20–113.25", "[H5 H6] 113.20–113.20"})
	p.apply(part{lintu.Grids, false, []lintu.Row{row(1, rect(113.155, 28.1, 113.3, 28.2), "G2", "东网格", "")}})
	equal(t, "wider", []string{show(east)}, []string{"[H2 H4 H5] 113.16–113.25"})
	if err := p.Assign(t.Context(), p.tenant, "H1", "N3", everywhere); err != nil {
		t.Fatal(err)
	}
	equal(t, "assigned", []string{show(n3)}, []string{"[H1 H5 H6] 113.15–113.20"})
	p.apply(part{lintu.Grids, true, []lintu.Row{row(1, rect(113.1, 28.1, 113.2, 28.2), "G1", "", "")}})
	equal(t, "ended", []string{show(east)}, []string{"[] 0.00–0.00"})
}

func TestSearchWithinATerritory(t *testing.T) {
	t.Parallel()
	p, r := parish(t)
	west := limited(p.tenant, forArea(p.id("area", "G1")))
	member := &lintu.Viewer{Tenant: p.tenant, Account: lintu.NewID(), Public: lintu.PublicByDefault(),
		Grants: []lintu.Grant{{Role: lintu.RoleUnitMember, Scope: lintu.Scope{Kind: lintu.ForUnit, ID: p.id("unit", "U1")}}}}
	visitor := &lintu.Viewer{Tenant: p.tenant, Public: lintu.PublicByDefault()}
	mustExec(t, p.DB, `INSERT INTO unit (tenant_id, id, version, valid, code, name, class, stationing, geom)
		VALUES ($1, gen_random_uuid(), 1, '[2026-01-01,)', 'U2', '司法所', 'judicial', 'permanent', 'SRID=4326;POINT(113.15 28.15)')`, p.tenant)
	for _, c := range []struct {
		who  *lintu.Viewer
		text string
		want string
	}{
		{everyone(), "号", "1号|2号|3号|东4号|界5号"}, {west, "号", "1号|2号|界5号"}, {west, "H4", ""}, {west, "H1", "1号"}, {member, "号", ""}, {visitor, "号", ""},
		{west, "东网格 号", "界5号"}, {west, "神仙坳 号", "1号|2号|界5号"}, {everyone(), "神仙坳 号", "1号|2号|东4号|界5号"}, {member, "神仙坳 号", ""},
		{visitor, "神仙坳 所", ""}, {member, "神仙坳 所", "司法所"}, {visitor, "司法所", ""}, {west, "邻", "一邻"}, {visitor, "神仙坳", "神仙坳社区"},
		{&lintu.Viewer{Tenant: p.tenant}, "神仙坳", ""}, {&lintu.Viewer{Tenant: p.tenant, Public: []lintu.Layer{lintu.Units}}, "神仙坳 所", ""},
	} {
		hits, err := r.Search(t.Context(), c.who, c.text, 20)
		if err != nil {
			t.Fatal(err)
		}
		if names(hits) != c.want {
			t.Errorf("%+v finds by %q %s, want %s", c.who.Grants, c.text, names(hits), c.want)
		}
	}
	hits, err := r.Search(t.Context(), &lintu.Viewer{Tenant: p.tenant, Public: []lintu.Layer{lintu.Units}}, "司法所", 5)
	if err != nil || len(hits) != 1 || hits[0].Within != "" {
		t.Errorf("areas that are not shown stand around %+v, %v", hits, err)
	}
}

func TestCardWithinATerritory(t *testing.T) {
	t.Parallel()
	p, r := parish(t)
	east := limited(p.tenant, forArea(p.id("area", "G2")))
	visitor := &lintu.Viewer{Tenant: p.tenant, Public: lintu.PublicByDefault()}
	card := func(v *lintu.Viewer, name lintu.Layer, id lintu.ID) *lintu.Card {
		t.Helper()
		c, err := r.Card(t.Context(), v, layerNamed(name), id)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	own := card(east, lintu.Households, p.id("household", "H4"))
	if own.Head == nil || own.Head.Code != "N1" { // who lives in the west
		t.Errorf("card %+v", own)
	}
	for name, codes := range map[lintu.Layer][]string{lintu.Households: {"household", "H1"}, lintu.Heads: {"head", "N1"}} {
		foreign, absent := p.id(codes[0], codes[1]), lintu.NewID()
		_, err := r.Card(t.Context(), east, layerNamed(name), foreign)
		_, none := r.Card(t.Context(), east, layerNamed(name), absent)
		wantCode(t, err, lintu.CodeNotFound)
		if strings.ReplaceAll(none.Error(), absent.String(), foreign.String()) != err.Error() {
			t.Errorf("a foreign one: %v; an absent one: %v", err, none)
		}
		_, err = r.Card(t.Context(), visitor, layerNamed(name), foreign)
		wantCode(t, err, lintu.CodeUnauthenticated)
		_, err = r.Card(t.Context(), &lintu.Viewer{Tenant: p.tenant, Account: lintu.NewID()}, layerNamed(name), foreign)
		wantCode(t, err, lintu.CodeForbidden)
	}
	street := p.id("area", "430181001000")
	all, public := card(everyone(), lintu.Streets, street), card(visitor, lintu.Streets, street)
	if _, ok := public.Counts["units"]; ok || all.Counts["units"] != 0 || public.Counts["households"] != 5 || public.Counts["grids"] != 2 {
		t.Errorf("counts %v, of a visitor %v", all.Counts, public.Counts)
	}
	if _, ok := all.Counts["units"]; !ok {
		t.Errorf("no units among %v", all.Counts)
	}
	alone := &lintu.Viewer{Tenant: p.tenant, Public: []lintu.Layer{lintu.Grids}}
	if c := card(alone, lintu.Grids, p.id("area", "G1")); len(c.Within) != 0 {
		t.Errorf("areas that are not shown stand around: %+v", c.Within)
	}
}

// The planner finds the rows of a territory by the index on geometry, and those
// of a head, who has a dozen households, by their keys; it never walks through
// the table.
func TestTerritoryQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	db, _ := seeded(t, 47000)
	p := place{db, t, tenant}
	grid, street := within(limited(tenant, forArea(p.id("area", "W075")))), within(limited(tenant, forArea(p.id("area", "430181001"))))
	head := within(limited(tenant, forHead(p.id("head", "L000100"))))
	both := within(limited(tenant, forArea(p.id("area", "W075")), forHead(p.id("head", "L000100"))))
	now := time.Now()
	for _, c := range []struct {
		name    string
		within  lintu.Territory
		indexes string // any of them
	}{
		{"grid", grid, "household_geom_idx"}, {"street", street, "household_geom_idx"},
		{"head", head, "household_geom_idx household_pkey"}, {"grid and head", both, "household_geom_idx"},
	} {
		plans := map[string]string{}
		for _, z := range []int{12, 15, 17} {
			x, y := tileOf(113.61, 28.14, z)
			statement, args := sql.TileSQL(tenant, layerNamed(lintu.Households), c.within, z, x, y, nil)
			plans[fmt.Sprint("tile of zoom ", z)] = p.plan(statement, args)
		}
		x, y := tileOf(113.61, 28.14, 16)
		statement, args := sql.TileSQL(tenant, layerNamed(lintu.Links), c.within, 16, x, y, nil)
		plans["links"] = p.plan(statement, args)
		for name, at := range map[string]*lintu.Interval{"items": nil, "items of then": {From: &now, To: &now}} {
			statement, args, err := sql.ItemsSQL(lintu.FeatureQuery{Tenant: tenant, Layer: layerNamed(lintu.Households), Within: c.within,
				BBox: &lintu.BBox{113.6, 28.13, 113.61, 28.14}, Time: at})
			if err != nil {
				t.Fatal(err)
			}
			plans[name] = p.plan(statement, args)
		}
		for name, plan := range plans {
			if !slices.ContainsFunc(strings.Fields(c.indexes), func(i string) bool { return strings.Contains(plan, i) }) || strings.Contains(plan, "Seq Scan on household f") {
				t.Errorf("%s of a %s:\n%s", name, c.name, plan)
			}
		}
	}
}

// The map of an instant finds households that have gone, and earlier places of
// others, by place too.
func TestTilesOfThePastUseIndexes(t *testing.T) {
	t.Parallel()
	db, _ := seeded(t, 30000)
	p := place{db, t, tenant}
	mustExec(t, db, `UPDATE household SET valid = '[2026-01-01 00:00:00+00,2026-02-01)' WHERE code < 'H0015000'`)
	mustExec(t, db, `UPDATE household SET version = 2, valid = '[2026-03-01,)', name = '' WHERE code > 'H0015000'`)
	mustExec(t, db, `ANALYZE`)
	then := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	x, y := tileOf(113.61, 28.14, 15)
	statement, args := sql.TileSQL(tenant, layerNamed(lintu.Households), lintu.Jurisdiction, 15, x, y, &then)
	plan := p.plan(statement, args)
	for _, index := range []string{"household_geom_idx", "household_closed_geom_idx", "household_history_geom_idx"} {
		if !strings.Contains(plan, index) {
			t.Errorf("%s is not used:\n%s", index, plan)
		}
	}
}

// plan is how the application's role would run a statement.
func (p place) plan(statement string, args []any) string {
	p.t.Helper()
	rows, err := p.Pool().Query(p.t.Context(), "EXPLAIN "+statement, args...)
	if err != nil {
		p.t.Fatal(err)
	}
	var lines []string
	var line string
	if _, err := pgx.ForEachRow(rows, []any{&line}, func() error { lines = append(lines, line); return nil }); err != nil {
		p.t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
