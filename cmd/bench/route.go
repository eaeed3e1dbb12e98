package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/importer"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/town"
)

//go:embed route_tables.sql
var routeTables string

//go:embed route_points.sql
var routePoints string

//go:embed route_oracle.sql
var routeOracle string

const (
	routeTenant = 1
	routeRules  = 400 // tried; a second one for the same is left out
	routeSeed   = 0.2026
)

// routing is a run of many pins through db.Route and through the oracle.
type routing struct {
	db     *sql.DB
	random *rand.Rand
	pins   []routedPin
}

type routedPin struct {
	lintu.Place
	category string
	rung     lintu.Rung
}

// route compares n pins over the demo town with what set-based statements say of them,
// and measures how fast they are routed.
func (b *bench) route(ctx context.Context, dir string, n int) error {
	db, err := sql.Open(ctx, b.cluster.URL(), sql.Options{AppName: "lintu bench", LoginAsApp: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	r := &routing{db: db, random: rand.New(rand.NewPCG(17, 2026))}
	for _, step := range []func(context.Context) error{
		func(ctx context.Context) error { return r.furnish(ctx, filepath.Join(dir, "town")) },
		r.makeRules,
		func(ctx context.Context) error { return r.drop(ctx, n) },
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	alone := n / 10
	for _, part := range []struct {
		clients  int
		from, to int
	}{{1, 0, alone}, {4, alone, n}} {
		if err := r.measure(ctx, part.clients, part.from, part.to); err != nil {
			return err
		}
	}
	return r.compare(ctx)
}

// furnish imports the demo town, without its people.
func (r *routing) furnish(ctx context.Context, dir string) error {
	if err := r.db.EnsureTenant(ctx, routeTenant, "浏阳市"); err != nil {
		return err
	}
	if err := town.Write(ctx, dir, town.Config{Seed: 1, Scale: 1}); err != nil {
		return err
	}
	service := importer.New(r.db, sql.NewGeodesy(r.db), filepath.Join(dir, "uploads"), 1<<30)
	answers := map[string]map[string]lintu.Answers{}
	for _, f := range town.Files() {
		if answers[f.File] == nil {
			answers[f.File] = map[string]lintu.Answers{}
		}
		answers[f.File][f.Dataset] = lintu.Answers{Layer: f.Layer}
	}
	done := map[string]bool{}
	for _, f := range town.Files() {
		if done[f.File] || !strings.HasSuffix(f.File, ".zip") {
			continue
		}
		done[f.File] = true
		if _, err := service.ImportFile(ctx, routeTenant, filepath.Join(dir, f.File), lintu.Actor{Name: "bench", Within: lintu.Jurisdiction}, answers[f.File], false, func(lintu.Text, int64, int64) {}); err != nil {
			return err
		}
	}
	// Towns change: some heads have no household any more, and one in fifty has no head.
	_, err := r.db.Owner().Exec(ctx, `UPDATE assignment SET valid = tstzrange(lower(valid), now()) WHERE upper_inf(valid) AND hashtext(household_id::text) % 50 = 0`)
	return err
}

// makeRules makes rules of all kinds, and then ends two units that have some.
func (r *routing) makeRules(ctx context.Context) error {
	areas, err := r.areas(ctx)
	if err != nil {
		return err
	}
	units, err := r.strings(ctx, `SELECT code FROM unit ORDER BY code`)
	if err != nil {
		return err
	}
	categories := lintu.DefaultCategories()
	stored := 0
	for range routeRules {
		rule := lintu.Rule{ID: lintu.NewID(), Category: categories[r.random.IntN(len(categories))].Code, Unit: lintu.Handler{Code: units[r.random.IntN(len(units))]}}
		if r.random.IntN(4) > 0 {
			list := areas[r.random.IntN(len(areas))] // of a level, so that wide ones occur
			a := list[r.random.IntN(len(list))]
			rule.Area = &a
			if r.random.IntN(8) == 0 && a.Layer != lintu.Counties && a.Layer != lintu.Streets {
				rule.Category = ""
			}
		}
		if r.random.IntN(2) == 0 {
			rule.Rung = lintu.Rungs[r.random.IntN(len(lintu.Rungs))].Rung
		}
		_, err := r.db.SaveRule(ctx, routeTenant, rule, lintu.Actor{Name: "bench", Within: lintu.Jurisdiction})
		switch lintu.CodeOf(err) {
		case "":
			stored++
		case lintu.CodeConflict:
		default:
			return err
		}
	}
	fmt.Printf("%d rules\n", stored)
	_, err = r.db.Owner().Exec(ctx, `UPDATE unit SET valid = tstzrange(lower(valid), now()) WHERE code = ANY ($1)`, []string{units[3], units[len(units)/2]})
	return err
}

// areas are the areas of each level that has any.
func (r *routing) areas(ctx context.Context) (levels [][]lintu.AreaRef, err error) {
	for _, l := range lintu.Layers {
		if l.Kind != lintu.KindArea {
			continue
		}
		rows, err := r.db.Owner().Query(ctx, `SELECT code FROM area WHERE level = $1 ORDER BY code`, string(l.Level))
		if err != nil {
			return nil, err
		}
		var list []lintu.AreaRef
		for rows.Next() {
			a := lintu.AreaRef{Layer: l.Name}
			if err := rows.Scan(&a.Code); err != nil {
				return nil, err
			}
			list = append(list, a)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
		if len(list) > 0 {
			levels = append(levels, list)
		}
	}
	return levels, nil
}

func (r *routing) strings(ctx context.Context, query string) (all []string, err error) {
	err = r.db.Owner().QueryRow(ctx, `SELECT array_agg(x) FROM (`+query+`) y (x)`).Scan(&all)
	return all, err
}

// drop makes the pins and reads them.
func (r *routing) drop(ctx context.Context, n int) error {
	categories := lintu.DefaultCategories()
	var leaves, rungs, of, ancestors []string
	var depths []int
	for _, c := range categories {
		if _, err := categories.Leaf(c.Code); err != nil {
			continue
		}
		leaves = append(leaves, c.Code)
		for depth, ancestor := range append(categories.Path(c.Code), "") {
			of, ancestors, depths = append(of, c.Code), append(ancestors, ancestor), append(depths, depth)
		}
	}
	for _, rung := range lintu.Rungs {
		rungs = append(rungs, string(rung.Rung))
	}
	owner := r.db.Owner()
	for _, x := range []struct {
		query string
		args  []any
	}{{routeTables, nil}, {`SELECT setseed($1)`, []any{routeSeed}}, {routePoints, []any{n, leaves, rungs}},
		{`INSERT INTO bench_path SELECT * FROM unnest($1::text[], $2::text[], $3::int[])`, []any{of, ancestors, depths}}, {`ANALYZE`, nil}} {
		if _, err := owner.Exec(ctx, x.query, x.args...); err != nil {
			return err
		}
	}
	rows, err := owner.Query(ctx, `SELECT lon, lat, accuracy, category, rung FROM bench_pin ORDER BY i`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		p := routedPin{Place: lintu.Place{Placed: lintu.ByGPS}}
		if err := rows.Scan(&p.Lon, &p.Lat, &p.Accuracy, &p.category, &p.rung); err != nil {
			return err
		}
		r.pins = append(r.pins, p)
	}
	if len(r.pins) != n && rows.Err() == nil {
		return fmt.Errorf("%d pins instead of %d", len(r.pins), n)
	}
	return rows.Err()
}

// compare counts the pins that were routed otherwise than the oracle says.
func (r *routing) compare(ctx context.Context) error {
	start := time.Now()
	if _, err := r.db.Owner().Exec(ctx, routeOracle); err != nil {
		return err
	}
	var kinds [6]int
	err := r.db.Owner().QueryRow(ctx, `SELECT count(*) FILTER (WHERE areas = ''), count(*) FILTER (WHERE rule > 0), count(*) FILTER (WHERE rule = 0 AND handler LIKE 'unit%'),
		count(*) FILTER (WHERE handler LIKE 'head%'), count(*) FILTER (WHERE areas <> '' AND handler = ''), count(*) FILTER (WHERE doubt <> '') FROM bench_want`).
		Scan(&kinds[0], &kinds[1], &kinds[2], &kinds[3], &kinds[4], &kinds[5])
	if err != nil {
		return err
	}
	fmt.Printf("by rules %d, by the community's unit %d, by the neighbor head %d, by the dispatcher %d, outside %d; in doubt %d\n",
		kinds[1], kinds[2], kinds[3], kinds[4], kinds[0], kinds[5])
	var compared, different int
	var example *string
	err = r.db.Owner().QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE differ), min(concat_ws(E'\n', p, g, w)) FILTER (WHERE differ)
		FROM (SELECT p, g, w, (g.areas, g.doubt, g.head, g.handler, g.rule) IS DISTINCT FROM (w.areas, w.doubt, w.head, w.handler, w.rule) AS differ
			FROM bench_pin p LEFT JOIN bench_got g USING (i) LEFT JOIN bench_want w USING (i)) x`).Scan(&compared, &different, &example)
	if err != nil {
		return err
	}
	fmt.Printf("compared %d with the oracle, which took %.0f s: %d differ\n", compared, time.Since(start).Seconds(), different)
	if different > 0 {
		return errors.New("routed otherwise (the pin, what it got, what it should):\n" + *example)
	}
	return nil
}
