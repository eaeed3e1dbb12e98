package sql_test

import (
	"context"
	"sync"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// alone opens a server that the test may take away.
func alone(t *testing.T) (*sqltest.Alone, *sql.DB) {
	t.Helper()
	a := sqltest.NewAlone(t)
	db, err := sql.Open(t.Context(), a.URL(), sql.Options{AppName: "lintu test", LoginAsApp: true})
	must(t, err)
	t.Cleanup(db.Close)
	must(t, db.Migrate(t.Context()))
	must(t, db.EnsureTenant(t.Context(), tenant, "浏阳市"))
	return a, db
}

// A server that refuses connections, or hangs, is said to be away to all who ask, and
// is found by itself when it is back.
func TestServerGoesAndComesBack(t *testing.T) {
	t.Parallel()
	a, db := alone(t)
	r := sql.NewReader(db)
	_, err := r.LayerVersions(t.Context(), tenant)
	must(t, err)
	for name, take := range map[string]struct{ away, back func() }{
		"stopped": {a.Stop, a.Start}, "hanging": {a.Freeze, a.Thaw},
	} {
		take.away()
		var wg sync.WaitGroup
		for range 50 { // more than there are connections
			wg.Go(func() {
				if err := db.Ping(t.Context()); lintu.CodeOf(err) != lintu.CodeUnavailable {
					t.Errorf("%s: a ping gets %v", name, err)
				}
				if _, err := r.TileLayer(t.Context(), tenant, layerNamed(lintu.Grids), lintu.Jurisdiction, 14, 13361, 6745, nil); lintu.CodeOf(err) != lintu.CodeUnavailable {
					t.Errorf("%s: a tile gets %v", name, err)
				}
			})
		}
		wg.Wait()
		take.back()
		for db.Ping(t.Context()) != nil && t.Context().Err() == nil { // a test that hangs is ended from outside
		}
		if _, err := r.LayerVersions(t.Context(), tenant); err != nil {
			t.Errorf("%s: back again, %v", name, err)
		}
	}
}

// A connection that is cut is no server that is away.
func TestCutConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 0)
	for range 20 {
		mustExec(t, db, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		if _, err := r.TileLayer(context.Background(), tenant, layerNamed(lintu.Grids), lintu.Jurisdiction, 14, 13361, 6745, nil); err != nil {
			t.Fatal(err)
		}
	}
}
