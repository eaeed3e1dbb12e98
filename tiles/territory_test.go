package tiles

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

func TestMain(m *testing.M) { sqltest.Main(m) }

const tenant = 430181

// Two grids side by side in one tile, two households in each, and a head who
// looks after the first of each.
const hamlet = `
INSERT INTO tenant (id, name) VALUES (430181, '浏阳市');
INSERT INTO area (tenant_id, id, version, valid, level, code, geom, label, area_m2)
SELECT 430181, ('00000000-0000-7000-8000-00000000000' || n)::uuid, 1, '[2026-01-01,)', 'grid', 'G' || n, ST_Multi(box), ST_Centroid(box), 1
FROM generate_series(1, 2) n, ST_MakeEnvelope(113.6 + n * 0.001, 28.1, 113.601 + n * 0.001, 28.102, 4326) box;
INSERT INTO head (tenant_id, id, version, valid, code, geom)
SELECT 430181, ('00000000-0000-7000-8000-00000000010' || n)::uuid, 1, '[2026-01-01,)', 'N' || n, ST_Point(113.6015, 28.1, 4326) FROM generate_series(1, 2) n;
INSERT INTO household (tenant_id, id, version, valid, code, geom)
SELECT 430181, gen_random_uuid(), 1, '[2026-01-01,)', 'H' || n || m, ST_Point(113.6002 + n * 0.001 + m * 0.0001, 28.101, 4326) FROM generate_series(1, 2) n, generate_series(1, 2) m;
INSERT INTO assignment (tenant_id, household_id, version, head_id, valid)
SELECT 430181, id, 1, '00000000-0000-7000-8000-000000000101', '[2026-01-01,)' FROM household WHERE code LIKE 'H_1';`

func setup(t testing.TB) (*sql.DB, *Server) {
	t.Helper()
	db := sqltest.New(t)
	for statement := range strings.SplitSeq(hamlet, ";\n") {
		mustExec(t, db, statement)
	}
	r := sql.NewReader(db)
	m := NewMemory(r, r, r, tenant)
	if err := m.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db, New(m, r, 1<<20)
}

func mustExec(t testing.TB, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.Owner().Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// viewer holds a role for the n-th area or head.
func viewer(t *testing.T, role lintu.Role, kind lintu.ScopeKind, id string) *lintu.Viewer {
	t.Helper()
	scope, err := lintu.ParseID("00000000-0000-7000-8000-000000000" + id)
	if err != nil {
		t.Fatal(err)
	}
	return &lintu.Viewer{Tenant: tenant, Account: lintu.NewID(), Public: lintu.PublicByDefault(),
		Grants: []lintu.Grant{{Role: role, Scope: lintu.Scope{Kind: kind, ID: scope}}}}
}

// tile fetches the one tile that holds everything.
func tile(t *testing.T, s *Server, v *lintu.Viewer, layers string) lintu.Tile {
	t.Helper()
	tile, err := s.Tile(t.Context(), v, lintu.TileQuery{Layers: layers, Z: "15", X: "26724", Y: "13717"})
	if err != nil {
		t.Fatal(err)
	}
	return tile
}

func codes(t *testing.T, tile lintu.Tile) string {
	t.Helper()
	layers, err := mvt.Unmarshal(tile.Body)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range layers {
		for _, f := range l.Features {
			all = append(all, f.Properties["code"].(string))
		}
	}
	return strings.Join(all, " ")
}

func TestNobodyGetsTheTileOfAnother(t *testing.T) {
	t.Parallel()
	_, s := setup(t)
	for who, want := range map[*lintu.Viewer]string{
		viewer(t, lintu.RoleGridWorker, lintu.ForArea, "001"):    "H11 H12",
		viewer(t, lintu.RoleGridWorker, lintu.ForArea, "002"):    "H21 H22",
		viewer(t, lintu.RoleNeighborHead, lintu.ForHead, "101"):  "H11 H21",
		viewer(t, lintu.RoleNeighborHead, lintu.ForHead, "102"):  "",
		viewer(t, lintu.RoleNeighborHead, lintu.ForHead, "001"):  "", // an area's id is no head's
		viewer(t, lintu.RoleDispatcher, lintu.Everywhere, "000"): "H11 H12 H21 H22",
	} {
		var wg sync.WaitGroup
		for range 3 { // fresh, in flight and from the cache, while others ask too
			wg.Go(func() {
				if got := codes(t, tile(t, s, who, "households")); got != want {
					t.Errorf("%+v gets %s, want %s", who.Grants, got, want)
				}
			})
		}
		wg.Wait()
	}
	one, two := viewer(t, lintu.RoleGridWorker, lintu.ForArea, "001"), viewer(t, lintu.RoleViewer, lintu.ForArea, "001")
	if !shared(tile(t, s, one, "grids,households"), tile(t, s, two, "households,grids")) {
		t.Error("two accounts with one territory do not share a tile")
	}
}

// shared reports whether two answers are one tile of the cache, and not only equal.
func shared(a, b lintu.Tile) bool {
	return a.Tag == b.Tag && len(a.Body) > 0 && &a.Body[0] == &b.Body[0]
}

func TestEverybodySharesPublicTiles(t *testing.T) {
	t.Parallel()
	_, s := setup(t)
	visitor := &lintu.Viewer{Tenant: tenant, Public: lintu.PublicByDefault()}
	public := tile(t, s, visitor, "grids")
	for _, v := range []*lintu.Viewer{viewer(t, lintu.RoleGridWorker, lintu.ForArea, "001"), viewer(t, lintu.RoleViewer, lintu.Everywhere, "000")} {
		if !shared(tile(t, s, v, "grids"), public) {
			t.Errorf("%+v has a public tile of the own", v.Grants)
		}
	}
	_, err := s.Tile(t.Context(), visitor, lintu.TileQuery{Layers: "grids,households", Z: "15", X: "26724", Y: "13717"})
	if lintu.CodeOf(err) != lintu.CodeUnauthenticated {
		t.Errorf("a visitor asks for households: %v", err)
	}
	_, err = s.TileJSON(t.Context(), viewer(t, lintu.RoleUnitMember, lintu.ForUnit, "001"), "heads", "/{z}/{x}/{y}", "zh")
	if lintu.CodeOf(err) != lintu.CodeForbidden {
		t.Errorf("a unit's member asks for heads: %v", err)
	}
}

// A new boundary and a new assignment show in the next tile.
func TestTilesFollowTheTerritory(t *testing.T) {
	t.Parallel()
	db, s := setup(t)
	west, head := viewer(t, lintu.RoleGridWorker, lintu.ForArea, "001"), viewer(t, lintu.RoleNeighborHead, lintu.ForHead, "102")
	before := codes(t, tile(t, s, west, "households")) + "|" + codes(t, tile(t, s, head, "households"))
	mustExec(t, db, `WITH done AS (UPDATE area SET version = 2, valid = '[2026-02-01,)', geom = ST_Multi(ST_MakeEnvelope(113.601, 28.1, 113.60235, 28.102, 4326)) WHERE code = 'G1')
		INSERT INTO change (tenant_id, kind) VALUES (430181, 'grids')`)
	if got := codes(t, tile(t, s, west, "households")); before != "H11 H12|" || got != "H11 H12 H21" {
		t.Errorf("%s before, %s with the new boundary", before, got)
	}
	if err := db.Assign(context.Background(), tenant, "H22", "N2", lintu.Actor{Name: "planner", Within: lintu.Jurisdiction}); err != nil {
		t.Fatal(err)
	}
	if got := codes(t, tile(t, s, head, "households,links")); got != "H22 H22" {
		t.Errorf("%s with the new assignment", got)
	}
	mustExec(t, db, `WITH done AS (UPDATE area SET valid = '[2026-02-01,2026-03-01)' WHERE code = 'G1') INSERT INTO change (tenant_id, kind) VALUES (430181, 'grids')`)
	if got := codes(t, tile(t, s, west, "households")); got != "" {
		t.Errorf("%s after the area's end", got)
	}
	doc, err := s.TileJSON(t.Context(), west, "households", "/{z}/{x}/{y}", "en")
	if err != nil || strings.Contains(string(doc), "bounds") {
		t.Errorf("%s, %v", doc, err)
	}
}

// What the store makes only because nothing is in memory is not kept: it has the same
// content as from memory, and other bytes.
func TestTilesOfTheStoreAreNotKept(t *testing.T) {
	t.Parallel()
	db, _ := setup(t)
	r := sql.NewReader(db)
	s := New(NewMemory(r, r, r, tenant), r, 1<<20)
	visitor := &lintu.Viewer{Tenant: tenant, Public: lintu.PublicByDefault()}
	if shared(tile(t, s, visitor, "grids"), tile(t, s, visitor, "grids")) {
		t.Error("a tile that memory should have made is kept")
	}
	worker := viewer(t, lintu.RoleGridWorker, lintu.ForArea, "001")
	if !shared(tile(t, s, worker, "households"), tile(t, s, worker, "households")) {
		t.Error("a tile that the store makes anyway is not kept")
	}
}
