package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// Two servers on one database show each other's commits, also while the connections by
// which they hear of them are cut again and again.
func TestTwoServersWithoutAListener(t *testing.T) {
	t.Parallel()
	url := sqltest.URL(t)
	var servers [2]*bundle
	for i := range servers {
		db, err := sql.Open(t.Context(), url, sql.Options{AppName: fmt.Sprintf("lintu test %d", i)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(db.Close)
		if i == 0 {
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			seed(t, db, 500)
		}
		servers[i] = serve(t, db)
	}
	here := servers[0]
	_, cookie := here.signedIn(tenant, "wall", "viewer everywhere")
	var home orb.Point
	if err := here.db.Owner().QueryRow(t.Context(), "SELECT ST_X(geom), ST_Y(geom) FROM household WHERE code = 'H0000001'").Scan(&home[0], &home[1]); err != nil {
		t.Fatal(err)
	}
	at := maptile.At(home, 17)
	path := fmt.Sprintf("/tiles/households/17/%d/%d.mvt", at.X, at.Y)
	tile := func(b *bundle) answer { return b.get(path, "Cookie", "lintu="+cookie) }
	before := tile(here).Header.Get("ETag")
	for _, b := range servers { // who listens does so from the first page on
		b.listen("/api/v1/events", "Cookie", "lintu="+cookie)
	}
	for i := range 3 {
		here.until("somebody listens, and is cut", func() bool { return cut(here) > 0 })
		here.exec(`WITH done AS (UPDATE household SET version = version + 1, valid = tstzrange(clock_timestamp(), NULL), name = $1 WHERE code = 'H0000001' RETURNING id, geom)
			INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds) SELECT $2, 'households', id, box2d(geom), box2d(geom) FROM done`, fmt.Sprint("new ", i), tenant)
		cut(here)
		var tags [2]string
		for which, b := range servers {
			b.until("the change shows", func() bool {
				a := tile(b)
				if a.StatusCode != http.StatusOK || a.Header.Get("Lintu-Lag") != "" {
					t.Fatalf("%d: the tile is %s, lag %q", i, a.Status, a.Header.Get("Lintu-Lag"))
				}
				tags[which] = a.Header.Get("ETag")
				return tags[which] != before
			})
		}
		if tags[0] != tags[1] {
			t.Errorf("%d: one server's tag is %s, the other's %s", i, tags[0], tags[1])
		}
		before = tags[0]
	}
}

// cut ends the connections that listen, and returns how many.
func cut(b *bundle) (n int) {
	b.t.Helper()
	if err := b.db.Owner().QueryRow(b.t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE application_name LIKE '% live' AND datname = current_database()`).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}
