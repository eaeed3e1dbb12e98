package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
	"github.com/lintu-map/lintu/sql"
)

// The other tenant of the matrix, in the same place and with the same shapes.
const otherTenant = 430182

// list yields rows as an import does.
type list struct {
	rows []lintu.Row
	at   int
}

func (l *list) Next(context.Context) bool { l.at++; return l.at <= len(l.rows) }
func (l *list) Row() *lintu.Row           { return &l.rows[l.at-1] }
func (l *list) Err() error                { return nil }

// shape is a square of that size in degrees, or a point where that is 0.
func shape(t testing.TB, lon, lat, size float64) []byte {
	t.Helper()
	var g orb.Geometry = orb.Point{lon, lat}
	if size > 0 {
		g = orb.Polygon{{{lon, lat}, {lon + size, lat}, {lon + size, lat + size}, {lon, lat + size}, {lon, lat}}}
	}
	b, err := geo.AppendEWKB(nil, g)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// twoPlaces gives a tenant two communities, OWN at that longitude and FAR east of it,
// each with a grid, a neighbor head and a household with somebody in it. Codes
// begin with the mark.
func twoPlaces(t testing.TB, db *sql.DB, of int32, mark string, west float64, people [2]lintu.Person) {
	t.Helper()
	if err := db.EnsureTenant(t.Context(), of, "县区 "+mark); err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	row := func(geometry []byte, p *lintu.Person, values ...string) lintu.Row {
		n++
		return lintu.Row{Number: n, ID: lintu.NewID(), Values: values, Geometry: geometry, Person: p}
	}
	rows := map[lintu.Layer][]lintu.Row{lintu.Units: {row(shape(t, west+0.01, 28.11, 0), nil, mark+"U", "派出所", "police", "")}}
	for i, place := range []string{"OWN", "FAR"} {
		lon, code := west+0.1*float64(i), mark+place
		rows[lintu.Communities] = append(rows[lintu.Communities], row(shape(t, lon, 28.1, 0.05), nil, code+"C", "社区", ""))
		rows[lintu.Grids] = append(rows[lintu.Grids], row(shape(t, lon, 28.1, 0.05), nil, code+"G", "网格", ""))
		rows[lintu.Heads] = append(rows[lintu.Heads], row(shape(t, lon+0.02, 28.12, 0), nil, code+"N", "邻"))
		rows[lintu.Households] = append(rows[lintu.Households], row(shape(t, lon+0.02, 28.12, 0), &people[i], code+"H", "楼", "", code+"N"))
	}
	b := &lintu.Batch{ID: lintu.NewID(), File: mark + ".zip", SHA256: strings.Repeat("0", 64), Actor: operator.Name, Parts: []lintu.Part{}}
	err := db.CreateBatch(t.Context(), of, b)
	if err == nil {
		err = db.ApplyBatch(t.Context(), of, b, operator, func(tx lintu.BatchTx) error {
			for _, name := range []lintu.Layer{lintu.Communities, lintu.Grids, lintu.Units, lintu.Heads, lintu.Households} {
				layer, _ := lintu.LayerByName(name)
				if _, err := tx.Stage(t.Context(), layer, &list{rows: rows[name]}); err != nil {
					return err
				}
				if _, err := tx.Merge(t.Context(), layer, false); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// idOf is the id of what has that code, or login or file.
func (b *bundle) idOf(table, column, value string) string {
	b.t.Helper()
	var id string
	err := b.db.Owner().QueryRow(b.t.Context(), "SELECT id::text FROM "+table+" WHERE "+column+" = $1", value).Scan(&id)
	if err != nil {
		b.t.Fatalf("%s %s: %v", table, value, err)
	}
	return id
}
