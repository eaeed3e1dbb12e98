package sql_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func inMemory() []lintu.LayerInfo {
	return slices.DeleteFunc(slices.Clone(lintu.Layers), func(l lintu.LayerInfo) bool { return !l.InMemory })
}

// linesOf writes rows as text.
type linesOf struct {
	layers map[lintu.Layer][]string
	begun  map[lintu.Layer][]lintu.BBox
}

func newLines() *linesOf {
	return &linesOf{map[lintu.Layer][]string{}, map[lintu.Layer][]lintu.BBox{}}
}

func (l *linesOf) begin(layer lintu.Layer, where []lintu.BBox) { l.begun[layer] = where }

func (l *linesOf) take(layer lintu.Layer, r *lintu.LayerRow) error {
	line := r.ID.String() + "|" + hex.EncodeToString(r.Geometry)
	for i, f := range layerNamed(layer).TileFields() {
		switch v := r.Values[i]; {
		case v.Null:
			line += "|null"
		case f.Type == lintu.Integer:
			line += fmt.Sprint("|", v.Number)
		default:
			line += "|" + string(v.Text)
		}
	}
	l.layers[layer] = append(l.layers[layer], line)
	return nil
}

// related is what the query for the rows of a layer gives.
func related(p place, l lintu.LayerInfo) []string {
	columns := []string{"id::text", "encode(geom::bytea, 'hex')"}
	for _, f := range l.TileFields() {
		columns = append(columns, "coalesce("+f.Name+"::text, 'null')")
	}
	return p.strings("SELECT concat_ws('|', "+strings.Join(columns, ", ")+") FROM ("+sql.RelationSQL(l)+") r WHERE geom IS NOT NULL", p.tenant)
}

func checkLines(t *testing.T, p place, got *linesOf, layers ...lintu.Layer) {
	t.Helper()
	for _, l := range inMemory() {
		if !slices.Contains(layers, l.Name) {
			continue
		}
		want, rows := related(p, l), got.layers[l.Name]
		slices.Sort(want)
		slices.Sort(rows)
		if !slices.Equal(slices.Compact(rows), want) {
			t.Errorf("%s: read %d rows, there are %d:\n%.300s\n%.300s", l.Name, len(rows), len(want), strings.Join(rows, "\n"), strings.Join(want, "\n"))
		}
	}
}

// Reading a layer gives the rows and values that its tiles and items have.
func TestReadLayersGivesTheRelation(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 500)
	p := place{db, t, tenant}
	mustExec(t, db, `UPDATE household SET version = 2, valid = '[2026-02-01,)', geom = NULL WHERE code IN ('H0000001', 'H0000002')`)
	mustExec(t, db, `UPDATE assignment SET valid = '[2026-01-01,2026-02-01)' WHERE household_id IN (SELECT id FROM household WHERE code < 'H0000050')`)
	got := newLines()
	if _, err := r.ReadLayers(t.Context(), tenant, inMemory(), got.take); err != nil {
		t.Fatal(err)
	}
	checkLines(t, p, got, lintu.Households, lintu.Heads, lintu.Units)
	if n := len(got.layers[lintu.Households]); n != 498 {
		t.Errorf("%d households", n)
	}
}

func TestReadLayersGivesOpenCases(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	for range 3 {
		d.report(pin(), by(d.worker))
	}
	got := newLines()
	if _, err := d.reader().ReadLayers(t.Context(), d.tenant, inMemory(), got.take); err != nil {
		t.Fatal(err)
	}
	checkLines(t, d.place, got, lintu.Cases)
	if n := len(got.layers[lintu.Cases]); n != 3 {
		t.Errorf("%d cases", n)
	}
}

// A cursor of which nothing can be known makes the reader begin anew.
func TestRereadLayersBeginsAnew(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 100)
	p := place{db, t, tenant}
	for _, after := range []string{"", "x", "1:2", "5:99999999999:", strings.Repeat("1", 5000)} {
		got := newLines()
		if _, err := r.RereadLayers(t.Context(), tenant, inMemory(), after, got.begin, got.take); err != nil {
			t.Fatal(err)
		}
		checkLines(t, p, got, lintu.Households, lintu.Heads, lintu.Units)
		if where, begun := got.begun[lintu.Units]; !begun || where != nil {
			t.Errorf("after %.20s units are read again at %v", after, where)
		}
	}
}

// After one assignment, what is read again are the two places.
func TestRereadLayersReadsLittle(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 2000)
	ctx := t.Context()
	cursor, err := r.ReadLayers(ctx, tenant, nil, nil)
	must(t, err)
	got := newLines()
	cursor, err = r.RereadLayers(ctx, tenant, inMemory(), cursor, got.begin, got.take)
	must(t, err)
	if len(got.begun) != 0 {
		t.Errorf("nothing has changed and %v is read again", got.begun)
	}
	must(t, db.Assign(ctx, tenant, "H0000001", "L000001", everywhere))
	_, err = r.RereadLayers(ctx, tenant, inMemory(), cursor, got.begin, got.take)
	must(t, err)
	if n := len(got.layers[lintu.Households]); n == 0 || n > 1000 || len(got.begun) != 2 {
		t.Errorf("%d households read, %v begun", n, got.begun)
	}
}
