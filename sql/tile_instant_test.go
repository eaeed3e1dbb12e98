package sql_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/tiles"
)

// A tile of several layers shows all that a transaction did in them or nothing, also
// while the memory is behind and the database makes it.
func TestTilesShowOneInstant(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 300)
	const place = `(SELECT geom FROM household WHERE tenant_id = $1 AND code = 'H0000001')`
	act := func(name string) {
		mustExec(t, db, `WITH home AS (UPDATE household SET version = version + 1, valid = tstzrange(greatest(clock_timestamp(), lower(valid) + interval '1 microsecond'), NULL), name = $2
				WHERE tenant_id = $1 AND code = 'H0000001'),
			head AS (UPDATE head SET version = version + 1, valid = tstzrange(greatest(clock_timestamp(), lower(valid) + interval '1 microsecond'), NULL), name = $2, geom = `+place+`
				WHERE tenant_id = $1 AND code = 'L000001')
			INSERT INTO change (tenant_id, kind) SELECT $1, kind FROM unnest(ARRAY['heads', 'households']) kind`, tenant, name)
	}
	act("0")
	server := tiles.New(newMemory(t, db, tenant), r, 1<<20)
	slow, err := db.Owner().Begin(t.Context())
	must(t, err)
	defer slow.Rollback(context.Background())
	_, err = slow.Exec(t.Context(), `LOCK TABLE unit IN ACCESS EXCLUSIVE MODE`)
	must(t, err)
	mustExec(t, db, `INSERT INTO change (tenant_id, kind) VALUES ($1, 'units')`, tenant) // it waits for these

	var lon, lat float64
	must(t, db.Owner().QueryRow(t.Context(), `SELECT ST_X(g), ST_Y(g) FROM (SELECT `+place+` AS g) p`, tenant).Scan(&lon, &lat))
	x, y := tileOf(lon, lat, lintu.MaxZoom)
	acting, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 1; acting.Err() == nil; n++ {
			act(strconv.Itoa(n))
		}
	}()
	shown := map[any]bool{}
	for range 200 {
		tile, err := server.Tile(t.Context(), everybody(), lintu.TileQuery{Layers: "households,heads", Z: "18", X: strconv.Itoa(x), Y: strconv.Itoa(y)})
		must(t, err)
		names := map[string]any{}
		for name, layer := range decode(t, tile.Body) {
			for _, f := range layer.Features {
				if code := fmt.Sprint(f.Properties["code"]); code == "H0000001" || code == "L000001" {
					names[name] = f.Properties["name"]
				}
			}
		}
		if names["households"] != names["heads"] || names["heads"] == nil {
			t.Fatalf("a tile shows %v", names)
		}
		shown[names["heads"]] = true
	}
	stop()
	<-done
	if len(shown) < 5 {
		t.Errorf("only %d acts were shown", len(shown))
	}
}

// everybody is a viewer who is shown everything.
func everybody() *lintu.Viewer {
	return &lintu.Viewer{Tenant: tenant, Account: lintu.NewID(), Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}
}
