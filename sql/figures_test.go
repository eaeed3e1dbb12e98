package sql_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// shownIDs are the cases that a viewer is shown, and those of which the whole.
func (b *busy) shownIDs(v *lintu.Viewer) (some, whole []lintu.ID) {
	b.t.Helper()
	some, whole = []lintu.ID{}, []lintu.ID{}
	rows, err := b.Owner().Query(b.t.Context(), `SELECT doc FROM case_file WHERE tenant_id = $1`, b.tenant)
	must(b.t, err)
	defer rows.Close()
	for rows.Next() {
		var doc []byte
		var c lintu.Case
		must(b.t, rows.Scan(&doc))
		must(b.t, json.Unmarshal(doc, &c))
		switch c.Sight(v) {
		case lintu.Whole:
			some, whole = append(some, c.ID), append(whole, c.ID)
		case lintu.Outline:
			some = append(some, c.ID)
		}
	}
	must(b.t, rows.Err())
	return some, whole
}

// number asks for one.
func (b *busy) number(query string, args ...any) (n float64) {
	b.t.Helper()
	must(b.t, b.Owner().QueryRow(b.t.Context(), `SELECT coalesce((`+query+`), 0)::float8`, args...).Scan(&n))
	return n
}

const open = `doc->>'state' NOT IN ('closed', 'evaluated', 'declined', 'merged')`

// After whatever happens to cases, every figure, the pins, the heat and the clusters
// are what plain counting gives of the cases that somebody is shown.
func TestFigures(t *testing.T) {
	t.Parallel()
	b := newBusy(t)
	l, reader := sql.NewLive(b.DB), b.reader()
	defer l.Close()
	zone := lintu.DefaultCalendar().Zone
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			b.step(rt)
		}
		now := b.clock.Add(time.Duration(rapid.IntRange(0, 2000).Draw(rt, "ahead")) * time.Hour).Truncate(time.Microsecond)
		for _, v := range b.viewers {
			f, err := b.Figures(t.Context(), v, now)
			must(t, err)
			some, whole := b.shownIDs(v)
			same := func(what string, got float64, query string, args ...any) {
				if want := b.number(query, args...); math.Abs(got-want) > 1e-9 {
					rt.Fatalf("%+v: %s is %v, not %v", v, what, got, want)
				}
			}
			of := `FROM case_file WHERE id = ANY ($1) AND `
			same("open", float64(f.Open), `SELECT count(*) `+of+open, some)
			same("late", float64(f.Late), `SELECT count(*) `+of+open+` AND (id = ANY ($2) AND doc->'clock' ? 'lateAt'
				OR doc->'clock'->>'state' = 'running' AND (doc->'clock'->>'due')::timestamptz < $3)`, some, whole, now)
			for _, s := range lintu.OpenStates {
				same(string(s), float64(f.ByState[s]), `SELECT count(*) `+of+`doc->>'state' = $2`, some, s)
			}
			for _, u := range lintu.Urgencies {
				same(string(u.Urgency), float64(f.ByUrgency[u.Urgency]), `SELECT count(*) `+of+open+` AND doc->>'urgency' = $2`, whole, u.Urgency)
			}
			left := f.Open
			for root, n := range f.ByCategory { // the codes of the default tree's leaves begin with it
				left -= n
				same("category "+root, float64(n), `SELECT count(*) `+of+open+` AND doc->>'category' LIKE $2 || '%'`, some, root)
			}
			if left != 0 {
				rt.Fatalf("%+v: %d open cases are in no category", v, left)
			}
			closed := `doc->>'state' IN ('closed', 'evaluated') AND (doc->>'closedAt')::timestamptz >= $2`
			month, local := now.AddDate(0, 0, -30), now.In(zone)
			midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
			same("closed", float64(f.Closed), `SELECT count(*) `+of+closed, some, month)
			same("on time", f.OnTime, `SELECT avg(CASE WHEN (doc->>'onTime')::bool THEN 1.0 ELSE 0 END) `+of+closed, whole, month)
			same("satisfaction", f.Satisfaction, `SELECT avg((doc->>'satisfaction')::int) `+of+closed+` AND doc ? 'satisfaction'`, whole, month)
			same("answers", float64(f.Answers), `SELECT count(*) `+of+closed+` AND doc ? 'satisfaction'`, whole, month)
			same("today", float64(f.Today), `SELECT count(*) `+of+`(doc->>'reportedAt')::timestamptz >= $2`, some, midnight)
			same("closed today", float64(f.TodayClosed), `SELECT count(*) `+of+closed, some, midnight)
			b.sameUsual(rt, v, f.Usual, some, midnight, now)
			b.sameAreas(rt, v, f, some, whole, midnight, month, now)

			w := b.pinsOf(l, v)
			if len(w.pins) != int(f.Open) {
				rt.Fatalf("%+v: %d pins and %d open", v, len(w.pins), f.Open)
			}
			cells, err := b.Heat(t.Context(), v, month)
			must(t, err)
			sum := 0.0
			for _, c := range cells {
				sum += c[2]
			}
			same("heat", sum, `SELECT count(*) `+of+`(doc->>'reportedAt')::timestamptz >= $2 AND doc->>'state' NOT IN ('declined', 'merged')`, some, month)
			if n, ok := b.clustered(reader, v); ok && n != f.Open {
				rt.Fatalf("%+v: clusters count %d, and %d are open", v, n, f.Open)
			}
		}
	})
}

// clustered adds up the clusters of a low zoom; not where the layer is not shown.
func (b *busy) clustered(r *sql.Reader, v *lintu.Viewer) (sum int64, ok bool) {
	b.t.Helper()
	l := layerNamed(lintu.Cases)
	within, err := v.Sees(l)
	l.MinZoom = 0
	for i := range 4 {
		if err != nil {
			return 0, false
		}
		tile, err := r.TileLayer(b.t.Context(), b.tenant, l, within, 1, i>>1, i&1, nil)
		must(b.t, err)
		sum += countIn(b.t, tile)
	}
	return sum, true
}

// sameUsual counts the weeks before one by one.
func (b *busy) sameUsual(rt *rapid.T, v *lintu.Viewer, got float64, some []lintu.ID, midnight, now time.Time) {
	first := time.Unix(int64(b.number(`SELECT ceil(extract(epoch FROM min((doc->>'reportedAt')::timestamptz))) FROM case_file WHERE tenant_id = $1`, b.tenant)), 0)
	sum, weeks := 0.0, 0.0
	for week := 1; week <= 8; week++ {
		since, till := midnight.AddDate(0, 0, -7*week), now.AddDate(0, 0, -7*week)
		if since.Before(first) {
			continue
		}
		weeks++
		sum += b.number(`SELECT count(*) FROM case_file WHERE id = ANY ($1) AND (doc->>'reportedAt')::timestamptz >= $2 AND (doc->>'reportedAt')::timestamptz < $3`, some, since, till)
	}
	if want := sum / max(weeks, 1); math.Abs(got-want) > 1e-9 {
		rt.Fatalf("%+v: usual is %v, not %v", v, got, want)
	}
}

// sameAreas counts each area.
func (b *busy) sameAreas(rt *rapid.T, v *lintu.Viewer, f *lintu.Figures, some, whole []lintu.ID, midnight, month, now time.Time) {
	if len(f.ByArea) != 2 || f.ByArea[0].Name != "神仙坳社区" || f.ByArea[0].Layer != lintu.Communities {
		rt.Fatalf("areas %+v", f.ByArea)
	}
	for _, a := range f.ByArea {
		in := fmt.Sprintf(`FROM case_file WHERE id = ANY ($1) AND doc->'areas' @> '[{"id": "%s"}]' AND `, a.ID)
		want := lintu.AreaFigures{AreaRef: a.AreaRef,
			Open: int64(b.number(`SELECT count(*) `+in+open, some)),
			Late: int64(b.number(`SELECT count(*) `+in+open+` AND (id = ANY ($2) AND doc->'clock' ? 'lateAt'
				OR doc->'clock'->>'state' = 'running' AND (doc->'clock'->>'due')::timestamptz < $3)`, some, whole, now)),
			Today:  int64(b.number(`SELECT count(*) `+in+`(doc->>'reportedAt')::timestamptz >= $2`, some, midnight)),
			OnTime: b.number(`SELECT avg(CASE WHEN (doc->>'onTime')::bool THEN 1.0 ELSE 0 END) `+in+`doc->>'state' IN ('closed', 'evaluated') AND (doc->>'closedAt')::timestamptz >= $2`, whole, month)}
		if math.Abs(want.OnTime-a.OnTime) < 1e-9 {
			want.OnTime = a.OnTime
		}
		if a != want {
			rt.Fatalf("%+v: %+v, not %+v", v, a, want)
		}
	}
}

// The usual is the mean of the same weekday until the same hour.
func TestUsual(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	zone := lintu.DefaultCalendar().Zone
	monday := time.Date(2026, 3, 2, 12, 0, 0, 0, zone)
	put := func(at time.Time) {
		c := lintu.Case{ID: lintu.NewID(), Seq: 1, State: lintu.Filed, Category: wallCategory, Visibility: lintu.Internal, Source: lintu.FromPatrol,
			Urgency: lintu.Hard, Rung: lintu.RungGroup, Mode: lintu.Led, Place: lintu.Place{Lon: 113.15, Lat: 28.15}, ReportedAt: at}
		c.Number = c.ID.String()
		must(t, d.PutCase(t.Context(), d.tenant, &c))
	}
	usual := func(now time.Time) float64 {
		f, err := d.Figures(t.Context(), d.dispatcher, now)
		must(t, err)
		return f.Usual
	}
	if got := usual(monday); got != 0 {
		t.Errorf("before anything it is %v", got)
	}
	put(monday.AddDate(0, 0, -22))                                  // before the third week back
	put(monday.AddDate(0, 0, -21).Add(-time.Hour))                  // at eleven
	put(monday.AddDate(0, 0, -14).Add(-12 * time.Hour))             // at midnight
	put(monday.AddDate(0, 0, -14).Add(time.Hour))                   // later than the hour
	put(monday.AddDate(0, 0, -14).Add(-12*time.Hour - time.Second)) // the day before
	if got := usual(monday); math.Abs(got-2.0/3) > 1e-9 {           // three weeks, one of them without
		t.Errorf("at noon it is %v", got)
	}
	if got := usual(monday.Add(2 * time.Hour)); math.Abs(got-1) > 1e-9 {
		t.Errorf("at two it is %v", got)
	}
}
