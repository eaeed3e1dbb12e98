package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// timersTenant is whose cases wait.
const timersTenant = 1

// templates is how many cases are reported through the real path; the others are
// copies of them.
const templates = 50

// timers makes n cases and measures how long it takes until the server has caught
// up after two outages: one in which the first timer of each has become due, and
// one in which all of the rest have.
func (b *bench) timers(ctx context.Context, n int) error {
	db, err := b.openCases(ctx, timersTenant, time.Now)
	if err != nil {
		return err
	}
	defer db.Close()
	begin := time.Now()
	if err := b.makeCases(ctx, db, n); err != nil {
		return err
	}
	if err := b.admin(ctx, "postgres", "checkpoint"); err != nil {
		return err
	}
	fmt.Printf("%d cases made in %.0f s\n", n, time.Since(begin).Seconds())
	calendar, err := db.Calendar(ctx, timersTenant)
	if err != nil {
		return err
	}
	accept := calendar.Due(time.Now(), lintu.DefaultLimits.Accept)
	for _, outage := range []struct {
		title string
		now   time.Time
	}{{"the time for accepting is over for each", accept}, {"a month later, nobody has done anything", accept.AddDate(0, 1, 0)}} {
		if err := catchUp(ctx, db, outage.title, outage.now); err != nil {
			return err
		}
	}
	return nil
}

// timersAtOnce in so many places is what the server does while more is due.
const timersAtOnce, timerPlaces = 500, 2

// catchUp fires everything that is due by now, as the server would.
func catchUp(ctx context.Context, db *sql.DB, title string, now time.Time) error {
	var due int
	err := db.Owner().QueryRow(ctx, `SELECT count(*) FROM case_timer WHERE tenant_id = $1 AND fire_at <= $2`, timersTenant, now).Scan(&due)
	if err != nil {
		return err
	}
	fmt.Printf("\n%s: %d timers overdue\n", title, due)
	var before, events int
	count := func(n *int) error {
		return db.Owner().QueryRow(ctx, `SELECT count(*) FROM case_event WHERE tenant_id = $1`, timersTenant).Scan(n)
	}
	if err := count(&before); err != nil {
		return err
	}
	start := time.Now()
	var mu sync.Mutex
	var lateness []time.Duration // of each case
	group, firing := errgroup.WithContext(ctx)
	for range timerPlaces {
		group.Go(func() error {
			for next := &now; next != nil && !next.After(now); {
				var fired int
				var err error
				if fired, next, err = db.FireTimers(firing, timersTenant, now, timersAtOnce); err != nil {
					return err
				}
				mu.Lock()
				for range fired {
					lateness = append(lateness, time.Since(start))
				}
				mu.Unlock()
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	took := time.Since(start)
	if err = count(&events); err != nil {
		return err
	}
	slices.Sort(lateness)
	at := func(share float64) float64 { return lateness[int(share*float64(len(lateness)-1))].Seconds() }
	fmt.Printf("all fired %.1f s after the start: %.0f timers/s, %d cases, %d events\n", took.Seconds(), float64(due)/took.Seconds(), len(lateness), events-before)
	fmt.Printf("late after the start: p50 %.1f s, p99 %.1f s, last %.1f s\n", at(0.5), at(0.99), at(1))
	return nil
}

// openCases opens a migrated database with a tenant that can take cases, by that
// clock.
func (b *bench) openCases(ctx context.Context, tenant int32, now func() time.Time) (*sql.DB, error) {
	db, err := sql.Open(ctx, b.cluster.URL(), sql.Options{AppName: "lintu bench", LoginAsApp: true, Now: now})
	if err != nil {
		return nil, err
	}
	err = db.Migrate(ctx)
	if err == nil {
		err = db.EnsureTenant(ctx, tenant, "bench")
	}
	if err == nil {
		var keys *sql.KeyFile
		if keys, err = sql.OpenKeyFile(filepath.Join(b.data, "keys", "master.key"), true); err == nil {
			err = db.UseKeys(ctx, tenant, keys)
		}
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// importInto runs lintu import on the tenant 1 of the cluster's own database.
func (b *bench) importInto(ctx context.Context, path string, flags ...string) error {
	cmd := exec.CommandContext(ctx, b.lintu, append([]string{"import", path, "--json"}, flags...)...)
	cmd.Env = append(os.Environ(), "LINTU_LANG=en", "LINTU_DATA="+b.data, "LINTU_DATABASE_URL="+b.cluster.URL())
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("import %s: %w: %s", path, err, out[max(0, len(out)-2000):])
	}
	return nil
}

const (
	oneCommunity = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"430181001001","name":"社区"},
		"geometry":{"type":"Polygon","coordinates":[[[113,28],[114,28],[114,29],[113,29],[113,28]]]}}]}`
	oneUnit = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"U1","name":"居委会","class":"community"},
		"geometry":{"type":"Point","coordinates":[113.5,28.5]}}]}`
)

// makeCases makes n cases that have just been dispatched, in a community whose unit
// answers for everything.
func (b *bench) makeCases(ctx context.Context, db *sql.DB, n int) error {
	for _, f := range []struct{ name, text, layer string }{{"communities", oneCommunity, "communities"}, {"units", oneUnit, "units"}} {
		path := filepath.Join(b.data, f.name+".geojson")
		if err := os.WriteFile(path, []byte(f.text), 0o644); err != nil {
			return err
		}
		if err := b.importInto(ctx, path, "--layer", f.layer); err != nil {
			return err
		}
	}
	categories, err := db.Categories(ctx, timersTenant)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(categories, func(c lintu.Category) bool {
		_, err := categories.Leaf(c.Code)
		return err == nil && c.Rung == lintu.RungCommunity && c.Limit.Unit == lintu.InWorkingDays && c.Limit.N >= 2
	})
	by := bostonAsker(10, lintu.RoleDispatcher, lintu.Scope{Kind: lintu.Everywhere})
	by.Viewer.Tenant = timersTenant
	for k := range templates {
		_, _, err := db.Report(ctx, timersTenant, lintu.NewCase{ID: lintu.NewID(), Category: categories[i].Code, Source: lintu.FromPatrol, Note: "路灯不亮",
			Place: lintu.Place{Lon: 113.01 + float64(k)/templates*0.9, Lat: 28.5, Placed: lintu.ByMap}}, by)
		if err != nil {
			return err
		}
	}
	return copyCases(ctx, db, n)
}

// copyCases copies the cases that are there, with their events and timers, until
// there are n.
func copyCases(ctx context.Context, db *sql.DB, n int) error {
	_, err := db.Owner().Exec(ctx, `CREATE TABLE copied AS SELECT f.id AS of, gen_random_uuid() AS id, f.number || '-' || i AS number
		FROM case_file f, generate_series(1, $2::int / $3::int - 1) i WHERE f.tenant_id = $1`, timersTenant, n, templates)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`INSERT INTO case_file SELECT (jsonb_populate_record(f, jsonb_build_object('id', c.id, 'number', c.number,
			'doc', f.doc || jsonb_build_object('id', c.id, 'number', c.number)))).* FROM copied c JOIN case_file f ON f.id = c.of`,
		`INSERT INTO case_event SELECT (jsonb_populate_record(e, jsonb_build_object('case_id', c.id,
			'id', CASE seq WHEN 1 THEN c.id ELSE gen_random_uuid() END))).* FROM copied c JOIN case_event e ON e.case_id = c.of`,
		`INSERT INTO case_timer SELECT (jsonb_populate_record(t, jsonb_build_object('case_id', c.id))).* FROM copied c JOIN case_timer t ON t.case_id = c.of ORDER BY random()`,
		`DROP TABLE copied`,
	} {
		if _, err := db.Owner().Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
