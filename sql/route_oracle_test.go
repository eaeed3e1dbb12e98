package sql_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// pinned is a point to route, and what brute force says of it.
type pinned struct {
	lintu.Place
	category string
	rung     lintu.Rung
	in       []lintu.AreaRef // every area that it touches, by level and code
	doubt    []string
	head     string
}

// oracle is a seeded town without groups and cells, with a hole where grids are
// missing, units, and rules of all kinds.
func oracle(t *testing.T, random *rand.Rand, points int) (routed, []pinned) {
	db, _ := seeded(t, 300)
	r := routed{place{db, t, tenant}, lintu.DefaultCategories()}
	mustExec(t, db, `INSERT INTO unit (tenant_id, id, version, valid, code, name, class, geom)
		SELECT $1, gen_random_uuid(), 1, '[2026-01-01,)', 'C' || lpad(n::text, 3, '0'), '', 'community',
			CASE WHEN n < 12 THEN ST_Point(113.5 + random() * 0.2, 28 + random() * 0.3, 4326) WHEN n = 12 THEN ST_Point(113.5, 28.06, 4326) END
		FROM generate_series(0, 13) n`, tenant)
	mustExec(t, db, `UPDATE area SET valid = tstzrange(lower(valid), '2026-02-01') WHERE level = 'grid' AND code >= 'W150'`)
	mustExec(t, db, `UPDATE unit SET valid = tstzrange(lower(valid), '2026-02-01') WHERE code = 'U2'`)
	mustExec(t, db, `UPDATE assignment SET valid = tstzrange(lower(valid), '2026-02-01') WHERE random() < 0.1`)
	mustExec(t, db, `ANALYZE`)
	r.randomRules(random, 150)
	homes := r.strings(`SELECT ST_X(geom) || ' ' || ST_Y(geom) FROM household`)
	pins := make([]pinned, points)
	for i := range pins {
		pins[i] = r.randomPin(random)
		if i%4 == 0 {
			_, err := fmt.Sscan(pick(random, homes), &pins[i].Lon, &pins[i].Lat)
			must(t, err)
			pins[i].Lon += pick(random, []float64{0, 0, 0.004}) * (random.Float64() - 0.5)
		}
	}
	r.ask(pins)
	return r, pins
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

// randomRules are stored as they come; a second one for the same is left out.
func (r routed) randomRules(random *rand.Rand, n int) {
	r.t.Helper()
	areas := append(r.strings(`SELECT code FROM area WHERE level <> 'county'`), slices.Repeat([]string{""}, 20)...)
	units := r.strings(`SELECT code FROM unit`)
	for i := range n {
		category, area, rung := pick(random, r.cs).Code, pick(random, areas), ""
		if area != "" && random.IntN(4) == 0 {
			category = ""
		}
		if random.IntN(2) > 0 {
			rung = string(pick(random, lintu.Rungs).Rung)
		}
		mustExec(r.t, r.DB, `INSERT INTO rule (tenant_id, id, version, number, valid, category, area_id, rung, unit_id, note)
			VALUES ($1, gen_random_uuid(), 1, $2, tstzrange(now(), NULL), $3, (SELECT id FROM area WHERE code = $4), $5, (SELECT id FROM unit WHERE code = $6), '')
			ON CONFLICT DO NOTHING`, r.tenant, i+1, category, area, rung, pick(random, units))
	}
}

// randomPin is anywhere, on a corner of a grid, on an edge, or far outside.
func (r routed) randomPin(random *rand.Rand) pinned {
	p := pinned{category: pick(random, r.cs).Code, rung: pick(random, lintu.Rungs).Rung}
	p.Lon, p.Lat, p.Placed = 113.48+0.24*random.Float64(), 27.98+0.34*random.Float64(), lintu.ByGPS
	switch random.IntN(8) {
	case 0:
		p.Lon, p.Lat = 113.5+float64(random.IntN(11))*0.02, 28+float64(random.IntN(17))*0.3/16
	case 1:
		p.Lon = 113.5 + float64(random.IntN(4))*0.2/3
	case 2:
		p.Lat = 28 + float64(random.IntN(6))*0.06
	case 3:
		p.Lon, p.Lat = 360*random.Float64()-180, 170*random.Float64()-85
	}
	if random.IntN(3) > 0 {
		p.Accuracy = pick(random, []float64{0.001, 3, 20, 60, 300, 500, 499.99, 2000})
	}
	return p
}

// ask looks at every area and every household for every point, without any index.
func (r routed) ask(pins []pinned) {
	r.t.Helper()
	lon, lat, doubt := make([]float64, len(pins)), make([]float64, len(pins)), make([]float64, len(pins))
	for i, p := range pins {
		lon[i], lat[i], doubt[i] = p.Lon, p.Lat, min(p.Accuracy, lintu.DoubtMetres)
	}
	const points = `WITH pin AS (SELECT i::int - 1 AS i, doubt, ST_Point(lon, lat, 4326) AS g FROM unnest($1::float8[], $2::float8[], $3::float8[]) WITH ORDINALITY x (lon, lat, doubt, i)) `
	must(r.t, pgx.BeginFunc(r.t.Context(), r.Owner(), func(tx pgx.Tx) error {
		if _, err := tx.Exec(r.t.Context(), `SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off`); err != nil {
			return err
		}
		var i int
		var ref lintu.AreaRef
		err := each(tx, points+`SELECT i, level, id::text, code FROM pin, area WHERE upper_inf(valid) AND ST_Intersects(geom, g) ORDER BY i, code`,
			[]any{lon, lat, doubt}, []any{&i, &ref.Layer, &ref.ID, &ref.Code}, func() { pins[i].in = append(pins[i].in, ref) })
		if err != nil {
			return err
		}
		err = each(tx, points+`SELECT i, code FROM pin, area WHERE upper_inf(valid) AND level IN ('community', 'grid') AND doubt > 0
			AND ST_Distance(geom::geography, g::geography) <= doubt ORDER BY i, level, code`,
			[]any{lon, lat, doubt}, []any{&i, &ref.Code}, func() { pins[i].doubt = append(pins[i].doubt, ref.Code) })
		if err != nil {
			return err
		}
		return each(tx, points+`, nearest AS (SELECT DISTINCT ON (i) i, id FROM pin, household, LATERAL (SELECT ST_Distance(geom::geography, g::geography) AS m) d
				WHERE upper_inf(valid) AND m <= 200 AND doubt IS NOT NULL ORDER BY i, m, code)
			SELECT i, n.code FROM nearest JOIN assignment l ON l.household_id = nearest.id AND upper_inf(l.valid) JOIN head n ON n.id = l.head_id`,
			[]any{lon, lat, doubt}, []any{&i, &ref.Code}, func() { pins[i].head = ref.Code })
	}))
}

func each(tx pgx.Tx, query string, args, scans []any, do func()) error {
	rows, err := tx.Query(context.Background(), query, args...)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, scans, func() error { do(); return nil })
	return err
}

// stored is a rule as the oracle reads it.
type stored struct {
	number                     int
	category, area, rung, unit string
	gone                       bool
}

// want says in the words of says what brute force makes of a pin: fell is by level,
// narrowest last.
func (p pinned) want(cs lintu.Categories, rules []stored, locals map[string]string) string {
	fell := map[lintu.Layer]lintu.AreaRef{} // Layer is the level here
	for _, a := range slices.Backward(p.in) {
		fell[a.Layer] = a
	}
	var words []string
	rank := map[string]int{"": -1}
	for i, level := range lintu.Levels {
		if a, ok := fell[lintu.Layer(level)]; ok {
			words = append(words, a.Code)
			rank[a.ID] = i
		}
	}
	words = append(words, "?")
	for _, code := range p.doubt {
		if !slices.Contains(words, code) {
			words = append(words, code)
		}
	}
	words = append(words, "→")
	if len(p.in) == 0 {
		return strings.Join(words, " ")
	}
	path := append(cs.Path(p.category), "")
	var best *stored
	for i, r := range rules {
		_, inArea := rank[r.area]
		holds := !r.gone && inArea && slices.Contains(path, r.category) && (r.rung == "" || r.rung == string(p.rung))
		if holds && (best == nil || cmp.Or(
			cmp.Compare(slices.Index(path, r.category), slices.Index(path, best.category)),
			cmp.Compare(rank[best.area], rank[r.area]),
			cmp.Compare(len(best.rung), len(r.rung))*oneNames(r.rung, best.rung),
			cmp.Compare(r.number, best.number)) < 0) {
			best = &rules[i]
		}
	}
	switch local := locals[fell["community"].ID]; {
	case best != nil:
		words = append(words, "unit", best.unit, fmt.Sprint("by ", best.number))
	case p.rung == lintu.RungNeighbor && p.head != "":
		words = append(words, "head", p.head)
	case local != "" && p.rung != lintu.RungStreet && p.rung != lintu.RungCounty:
		words = append(words, "unit", local)
	}
	return strings.Join(words, " ")
}

// oneNames is 1 if just one of two names something.
func oneNames(a, b string) int {
	if (a == "") != (b == "") {
		return 1
	}
	return 0
}

// Every point of every kind goes where brute force says.
func TestRouteIsWhatBruteForceSays(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(4, 2026))
	r, pins := oracle(t, random, 2500)
	var rules []stored
	var locals = map[string]string{}
	var x stored
	must(t, pgx.BeginFunc(t.Context(), r.Owner(), func(tx pgx.Tx) error {
		err := each(tx, `SELECT number, category, coalesce(area_id::text, ''), rung, u.code, NOT upper_inf(u.valid) FROM rule JOIN unit u ON u.id = unit_id`,
			nil, []any{&x.number, &x.category, &x.area, &x.rung, &x.unit, &x.gone}, func() { rules = append(rules, x) })
		if err != nil {
			return err
		}
		return each(tx, `SELECT c.id::text, min(u.code) FROM area c JOIN unit u ON ST_Intersects(c.geom, u.geom) WHERE c.level = 'community' AND u.class = 'community' GROUP BY 1`,
			nil, []any{&x.area, &x.unit}, func() { locals[x.area] = x.unit })
	}))
	kinds := map[string]int{}
	different := 0
	must(t, pgx.BeginFunc(t.Context(), r.Pool(), func(tx pgx.Tx) error {
		for _, p := range pins {
			routed, err := sql.Route(t.Context(), tx, r.tenant, p.Place, r.cs, p.category, p.rung)
			if err != nil {
				return err
			}
			got, want := says(routed), p.want(r.cs, rules, locals)
			if routed.Rule != nil {
				got += fmt.Sprint(" by ", routed.Rule.Number)
			}
			if head := routed.Head; (head == nil) != (p.head == "") || head != nil && head.Code != p.head {
				got += " head " + fmt.Sprint(head)
			}
			if got != want {
				if different++; different < 10 {
					t.Errorf("%+v:\n got %s\nwant %s", p, got, want)
				}
			}
			kinds[kindOf(routed)]++
			if len(routed.Doubt) > 0 {
				kinds["doubt"]++
			}
		}
		return nil
	}))
	if different > 0 {
		t.Errorf("%d of %d differ", different, len(pins))
	}
	for _, kind := range []string{"outside", "rule", "unit", "head", "nobody", "doubt"} {
		if kinds[kind] < 10 {
			t.Errorf("only %d of kind %s: %v", kinds[kind], kind, kinds)
		}
	}
}

func kindOf(r *lintu.Routed) string {
	switch {
	case len(r.Areas) == 0:
		return "outside"
	case r.Rule != nil:
		return "rule"
	case r.Handler == nil:
		return "nobody"
	}
	return string(r.Handler.Kind)
}
