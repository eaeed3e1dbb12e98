package sql

import (
	"fmt"
	"strings"

	"github.com/lintu-map/lintu"
)

// How shapes are reduced that the database draws. What memory draws is reduced in the
// same way, but not to the same vertices: there neighbours share the border that is left.

// coarserSQL draws a shape as from some zooms further out. It never vanishes.
func coarserSQL(l lintu.LayerInfo) string {
	return fmt.Sprintf("ST_SimplifyPreserveTopology(r.geom, ($8::float8 - $6::float8) / %d * %d)", tileExtent+2*tileBuffer, 1<<l.Coarser)
}

// countSmallSQL makes the rows of a layer: shapes, then cells of those that are too
// small, counted where the middles of their boxes are.
func countSmallSQL(l lintu.LayerInfo, geom, from string) string {
	northWest, southEast := "ST_Point(ST_XMin(r.geom), ST_YMax(r.geom))", "ST_Point(ST_XMax(r.geom), ST_YMin(r.geom))"
	near := fmt.Sprintf("(%s) r CROSS JOIN LATERAL (SELECT %s AS west, %s AS north, %s AS east, %s AS south OFFSET 0) b"+
		" CROSS JOIN LATERAL (SELECT (b.west + b.east) / 2 AS x, (b.north + b.south) / 2 AS y) m WHERE r.geom && %s",
		from, fineX(northWest), fineY(northWest), fineX(southEast), fineY(southEast), tileBox)
	small := fmt.Sprintf("(greatest(b.east - b.west, b.south - b.north) < %d AND r.geom @ %s AND m.x >> 20 = $4::int AND m.y >> 20 = $5::int)", l.CountBelow<<8, tileBox)
	shapes, cells := []string{geom}, []string{"c.geom"}
	for _, p := range tileProperties(l) {
		shapes, cells = append(shapes, p), append(cells, "NULL")
	}
	return fmt.Sprintf("(SELECT %s, NULL::int AS count FROM %s AND NOT %s ORDER BY r.code) UNION ALL (SELECT %s, c.count FROM (%s) c)",
		strings.Join(shapes, ", "), near, small, strings.Join(cells, ", "), cellsSQL(l, "SELECT m.x, m.y FROM "+near+" AND "+small+" OFFSET 0"))
}
