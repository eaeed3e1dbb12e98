package tiles

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// corner is that of the place to the south-west; it is 0.02 degrees a side.
var corner = orb.Point{113.6, 28.1}

// edited is a jurisdiction that tests edit through the stores, with a memory that
// follows.
type edited struct {
	t       *testing.T
	db      *sql.DB
	reader  *sql.Reader
	memory  *Memory
	random  *rand.Rand
	batches []lintu.ID
}

var anyone = lintu.Actor{Name: "planner", Within: lintu.Jurisdiction}

func newEdited(t *testing.T, seed uint64) *edited {
	t.Helper()
	db := sqltest.New(t)
	if err := db.EnsureTenant(t.Context(), tenant, "浏阳市"); err != nil {
		t.Fatal(err)
	}
	r := sql.NewReader(db)
	h := &edited{t: t, db: db, reader: r, memory: NewMemory(r, r, r, tenant), random: rand.New(rand.NewPCG(seed, 0))}
	if err := h.memory.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	heads, _ := lintu.LayerByName(lintu.Heads)
	for _, l := range append([]lintu.LayerInfo{heads}, lintu.Layers...) { // heads before their households
		if l.Imports() {
			h.load(l, false)
		}
	}
	if _, err := db.Owner().Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	return h
}

// edit does one thing that people do to a map.
func (h *edited) edit() {
	ctx := h.t.Context()
	var err error
	switch h.random.IntN(5) {
	case 0:
		err = h.db.UndoBatch(ctx, tenant, h.batches[h.random.IntN(len(h.batches))], anyone)
	case 1:
		err = h.db.Assign(ctx, tenant, fmt.Sprint("H", h.random.IntN(400)), fmt.Sprint("N", h.random.IntN(30)), anyone)
	default:
		for range 3 {
			if l := lintu.Layers[h.random.IntN(len(lintu.Layers))]; l.Imports() {
				h.load(l, h.random.IntN(2) == 0)
			}
		}
	}
	h.fine(err)
}

// fine takes a refusal that has its reason in the data for no fault.
func (h *edited) fine(err error) {
	h.t.Helper()
	switch lintu.CodeOf(err) {
	case "", lintu.CodeConflict, lintu.CodeInvalid, lintu.CodeNotFound:
	default:
		h.t.Fatal(err)
	}
}

// load imports some of a layer; what is missing goes if closing.
func (h *edited) load(l lintu.LayerInfo, closing bool) {
	h.t.Helper()
	ctx := h.t.Context()
	b := &lintu.Batch{ID: lintu.NewID(), File: "数据.zip", SHA256: strings.Repeat("0", 64), Bytes: 1, Actor: "planner"}
	if err := h.db.CreateBatch(ctx, tenant, b); err != nil {
		h.t.Fatal(err)
	}
	err := h.db.ApplyBatch(ctx, tenant, b, anyone, func(tx lintu.BatchTx) error {
		if _, err := tx.Stage(ctx, l, h.rows(l)); err != nil {
			return err
		}
		_, err := tx.Merge(ctx, l, closing)
		return err
	})
	h.fine(err)
	h.batches = append(h.batches, b.ID)
}

// homesOfHead is how many households a head of the place looks after.
const homesOfHead = 15

// listed are the rows of a file.
type listed struct {
	rows []lintu.Row
	next int
}

func (l *listed) Next(context.Context) bool { l.next++; return l.next <= len(l.rows) }
func (l *listed) Row() *lintu.Row           { return &l.rows[l.next-1] }
func (l *listed) Err() error                { return nil }

// rows are most of a layer, in parts elsewhere than before.
func (h *edited) rows(l lintu.LayerInfo) *listed {
	list := &listed{}
	for i := range map[lintu.Layer]int{lintu.Counties: 1, lintu.Streets: 1, lintu.Communities: 4, lintu.Groups: 4, lintu.Grids: 16, lintu.Cells: 64,
		lintu.Households: 400, lintu.Heads: 30, lintu.Units: 30, lintu.Buildings: 150, lintu.Roads: 60, lintu.Water: 20, lintu.Green: 40}[l.Name] {
		needed := l.Name == lintu.Heads && i <= 400/homesOfHead
		if !needed && i > 0 && h.random.IntN(8) == 0 {
			continue
		}
		g, err := geo.AppendEWKB(nil, h.shape(l, i))
		if err != nil {
			h.t.Fatal(err)
		}
		r := lintu.Row{Number: int64(i + 1), ID: lintu.NewID(), Geometry: g}
		for _, f := range l.ImportFields() {
			r.Values = append(r.Values, h.value(l, f, i))
		}
		list.rows = append(list.rows, r)
	}
	return list
}

func (h *edited) value(l lintu.LayerInfo, f lintu.Field, i int) string {
	switch {
	case f.Name == "code" && l.Kind == lintu.KindHousehold:
		return fmt.Sprint("H", i)
	case f.Name == "code" && l.Kind == lintu.KindHead:
		return fmt.Sprint("N", i)
	case f.Name == "code":
		return fmt.Sprintf("%.2s%d", l.Name, i)
	case f.Name == "head" && h.random.IntN(4) > 0:
		return fmt.Sprint("N", i/homesOfHead)
	case f.Values != nil:
		return f.Values[i%len(f.Values)]
	case f.Name == "name":
		return fmt.Sprint("名", h.random.IntN(1000))
	case f.Type == lintu.Integer:
		return fmt.Sprint(i % 30)
	}
	return ""
}

// shape is that of row i: areas divide the place, a part of the others moves.
func (h *edited) shape(l lintu.LayerInfo, i int) orb.Geometry {
	if l.Kind == lintu.KindArea {
		sides := map[lintu.Layer]int{lintu.Communities: 2, lintu.Groups: 2, lintu.Grids: 4, lintu.Cells: 8}[l.Name]
		sides = max(sides, 1)
		size := 0.02 / float64(sides)
		if l.Name == lintu.Counties {
			size = 1 // it shows from afar
		}
		return rectangle(orb.Point{corner[0] + size*float64(i%sides), corner[1] + size*float64(i/sides)}, size, size)
	}
	r := h.random
	if r.IntN(3) > 0 {
		r = rand.New(rand.NewPCG(uint64(i), 7)) // where it was
	}
	at := orb.Point{corner[0] + 0.019*r.Float64(), corner[1] + 0.019*r.Float64()}
	if r.IntN(2) == 0 {
		at = orb.Point{corner[0] + 0.012 + 0.001*r.Float64(), corner[1] + 0.012 + 0.001*r.Float64()}
	}
	grown := 0.0002 + 0.0015*r.Float64()*r.Float64()*r.Float64()
	switch {
	case l.Shape == lintu.Point:
		return at
	case l.Shape == lintu.Line:
		return orb.LineString{at, {at[0] + 3*grown, at[1] + grown}} // through the middle of its box
	case l.Name == lintu.Buildings:
		return rectangle(at, grown, 0.0002)
	}
	return rectangle(at, 0.004+grown, 0.004)
}

func rectangle(at orb.Point, width, height float64) orb.Polygon {
	e, n := at[0]+width, at[1]+height
	return orb.Polygon{{at, {e, at[1]}, {e, n}, {at[0], n}, at}}
}

// fact is what plain SQL says of a row.
type fact struct {
	at                position // where it is: the point, the label, or the middle of its box
	households, heads int64
}

// facts are all rows that have a place.
func (h *edited) facts() map[lintu.Layer]map[string]fact {
	h.t.Helper()
	truth := map[lintu.Layer]map[string]fact{}
	note := func(layer, query string) {
		rows, err := h.db.Owner().Query(h.t.Context(), query)
		if err != nil {
			h.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var w, s, e, n float64
			var f fact
			if err := rows.Scan(&layer, &id, &w, &s, &e, &n, &f.households, &f.heads); err != nil {
				h.t.Fatal(err)
			}
			nw, se := positionOf(orb.Point{w, n}), positionOf(orb.Point{e, s})
			f.at = position{nw.x + (se.x-nw.x)/2, nw.y + (se.y-nw.y)/2}
			name := lintu.Layer(layer)
			if truth[name] == nil {
				truth[name] = map[string]fact{}
			}
			truth[name][id] = f
		}
		if rows.Err() != nil {
			h.t.Fatal(rows.Err())
		}
	}
	for _, l := range lintu.Layers {
		geom, table, where, counts := "g.geom", string(l.Kind)+" g", "upper_inf(g.valid) AND g.geom IS NOT NULL", "0, 0"
		switch l.Kind {
		case lintu.KindCase:
			continue
		case lintu.KindLink:
			geom = "ST_MakeLine(h.geom, n.geom)"
			table = "(SELECT a.household_id AS id, a.valid, 1 AS geom, h.geom AS home, n.geom AS post FROM assignment a JOIN household h ON h.id = a.household_id JOIN head n ON n.id = a.head_id WHERE upper_inf(h.valid) AND upper_inf(n.valid)) g"
			geom = "ST_MakeLine(g.home, g.post)"
		case lintu.KindArea:
			geom = "g.label"
			where += " AND g.level = '" + string(l.Level) + "'"
			counts = "(SELECT count(*) FROM household h WHERE upper_inf(h.valid) AND ST_Contains(g.geom, h.geom)), (SELECT count(*) FROM head h WHERE upper_inf(h.valid) AND ST_Contains(g.geom, h.geom))"
		case lintu.KindBase:
			where += " AND g.layer = '" + string(l.Name) + "'"
		}
		note("", fmt.Sprintf("SELECT '%s', g.id::text, ST_XMin(x), ST_YMin(x), ST_XMax(x), ST_YMax(x), %s FROM %s CROSS JOIN LATERAL (SELECT %s AS x) x WHERE %s", l.Name, counts, table, geom, where))
	}
	return truth
}
