package sql_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// Households move between the antimeridian, the edge of Web Mercator and beyond, lose
// and get names, come and go, several between two looks: memory shows what a memory
// shows that is loaded then.
func TestMemoryFollowsToTheEdges(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	mustExec(t, db, `INSERT INTO tenant (id, name) VALUES ($1, '浏阳市')`, tenant)
	mustExec(t, db, `INSERT INTO household (tenant_id, id, version, valid, code, name, geom)
		SELECT $1, gen_random_uuid(), 1, '[2026-01-01,)', 'H' || n, '', ST_Point(180, 90, 4326) FROM generate_series(0, 19) n`, tenant)
	m := newMemory(t, db, tenant)
	random := rand.New(rand.NewPCG(1, 16))
	lons := []float64{-180, -179.9999999, -1e-9, 0, 90, 179.9999999, 180}
	lats := []float64{-90, -85.0511288, -85.0511287, 0, 85.0511286, 85.05112878, 85.06, 90}
	for round := range 40 {
		for range 1 + random.IntN(3) {
			name := []string{"", "新名", "旧名 7 号"}[random.IntN(3)]
			_, err := db.Owner().Exec(t.Context(), `WITH was AS (SELECT id, geom FROM household WHERE code = 'H' || $1::int),
				done AS (UPDATE household h SET version = h.version + 1, valid = tstzrange(clock_timestamp(), NULL), name = $2,
					geom = CASE WHEN $3 THEN NULL ELSE ST_Point($4, $5, 4326) END FROM was WHERE h.id = was.id RETURNING h.id, was.geom AS was, h.geom AS is_now)
				INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds) SELECT $6, 'households', id, box2d(was), box2d(is_now) FROM done`,
				random.IntN(20), name, random.IntN(6) == 0, lons[random.IntN(len(lons))], lats[random.IntN(len(lats))], tenant)
			must(t, err)
		}
		_, err := m.LayerVersions(t.Context(), tenant)
		must(t, err)
		l := layerNamed(lintu.Households)
		fresh := newMemory(t, db, tenant)
		for _, z := range []int{l.MinZoom, l.DetailZoom - 1, l.DetailZoom, lintu.MaxZoom} {
			last := 1<<z - 1
			for _, x := range []int{0, last / 2, last/2 + 1, last * 3 / 4, last} {
				for _, y := range []int{0, last / 2, last/2 + 1, last} {
					got, want := fromMemory(t, m, tenant, l, z, x, y), fromMemory(t, fresh, tenant, l, z, x, y)
					if !bytes.Equal(got, want) {
						t.Fatalf("round %d, %d/%d/%d shows\n%v\nand loaded anew\n%v", round, z, x, y, shownIn(t, l, got), shownIn(t, l, want))
					}
				}
			}
		}
	}
}
