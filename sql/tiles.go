package sql

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

const (
	tileExtent = 4096 // units of a tile's side
	tileBuffer = 64   // units around it in which lines and fills go on
)

// tileStatements holds one statement per layer for the features, one for the
// clusters, each for the present and for an instant; those of a territory, and of
// layers that are reduced, are made when they are asked for. Parameters: $1 tenant,
// $2 instant (present: unused, null), $3 $4 $5 zoom, column, row, $6 to $9 west,
// south, east, north of what may show in the tile, in degrees; then those of the
// territory.
var tileStatements = func() map[lintu.Layer]tileStatement {
	m := map[lintu.Layer]tileStatement{}
	for _, l := range lintu.Layers {
		s := tileStatement{}
		for _, w := range []when{present, instant} {
			s.detail[w] = detailSQL(l, w, inside{})
			if l.DetailZoom > l.MinZoom {
				s.clusters[w] = clusterSQL(l, w, inside{})
			}
		}
		m[l.Name] = s
	}
	return m
}()

type tileStatement struct{ detail, clusters [2]string }

// TileLayer implements lintu.TileStore.
func (r *Reader) TileLayer(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory, z, x, y int, at *time.Time) ([]byte, error) {
	q := tileQuery{tenant, z, x, y, at}
	return reach(ctx, r.db.contact, func(ctx context.Context) ([]byte, error) {
		return q.layer(ctx, r.db.tiles, l, within)
	})
}

// TileLayers implements lintu.TileSource.
func (r *Reader) TileLayers(ctx context.Context, tenant int32, layers []lintu.ShownLayer, z, x, y int) ([][]byte, error) {
	q := tileQuery{tenant, z, x, y, nil}
	return reach(ctx, r.db.contact, func(ctx context.Context) (drawn [][]byte, err error) {
		err = pgx.BeginTxFunc(ctx, r.db.tiles, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			for _, l := range layers {
				mvt, err := q.layer(ctx, tx, l.LayerInfo, l.Within)
				if err != nil {
					return err
				}
				drawn = append(drawn, mvt)
			}
			return nil
		})
		return drawn, err
	})
}

// tileQuery asks for layers of one tile.
type tileQuery struct {
	tenant  int32
	z, x, y int
	at      *time.Time // nil is now
}

func (q tileQuery) layer(ctx context.Context, from interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}, l lintu.LayerInfo, within lintu.Territory) (mvt []byte, err error) {
	if q.z < l.MinZoom {
		return nil, nil
	}
	w := present
	if q.at != nil {
		w = instant
	}
	b := tileBounds(q.z, q.x, q.y, tileBuffer+1) // what lies there may round into the buffer
	if q.z < l.DetailZoom {
		b = tileBounds(q.z, q.x, q.y, 0)
	}
	args := []any{q.tenant, q.at, q.z, q.x, q.y, b[0], b[1], b[2], b[3]}
	in := insideOf(l, within, &args)
	if in.nowhere() {
		return nil, nil
	}
	err = from.QueryRow(ctx, tileSQL(l, w, q.z, in), args...).Scan(&mvt)
	return mvt, err
}

// tileSQL returns the statement of a layer at a zoom.
func tileSQL(l lintu.LayerInfo, w when, z int, in inside) string {
	switch clusters := z < l.DetailZoom; {
	case (in.limited || l.Step > 0) && clusters:
		return clusterSQL(l, w, in)
	case in.limited || l.Step > 0:
		return detailSQL(l, w, in)
	case clusters:
		return tileStatements[l.Name].clusters[w]
	}
	return tileStatements[l.Name].detail[w]
}

// detailSQL makes the statement for one feature per row.
func detailSQL(l lintu.LayerInfo, w when, in inside) string {
	from := relation(l, w, in)
	if l.Kind == lintu.KindLink {
		from = linkRelation(w, linksNear(w)+in.exactly(l))
	}
	geom := "r.geom"
	if l.Coarser > 0 {
		geom = coarserSQL(l)
	}
	if l.Shape != lintu.Point {
		// Cutting first spares projecting all of a large shape, and the poles.
		geom = "ST_ClipByBox2D(" + geom + ", ST_Expand(" + tileBox + ", ($8 - $6)::float8 / 64))"
	}
	geom = fmt.Sprintf("ST_AsMVTGeom(ST_Transform(%s, 3857), ST_TileEnvelope($3::int, $4::int, $5::int), %d, %d, true) AS geom", geom, tileExtent, tileBuffer)
	rows := fmt.Sprintf("SELECT %s FROM (%s) r WHERE r.geom && %s ORDER BY r.code", strings.Join(append([]string{geom}, tileProperties(l)...), ", "), from, tileBox)
	if l.CountBelow > 0 {
		rows = countSmallSQL(l, geom, from)
	}
	sql := layerSQL(string(l.Name), rows)
	if l.Kind == lintu.KindArea {
		l.Bare = false
		sql += " || " + labelSQL(l, from)
	}
	return "SELECT " + sql + usesAt(w)
}

// tileBox is the box of $6 to $9.
const tileBox = "ST_MakeEnvelope($6::float8, $7::float8, $8::float8, $9::float8, 4326)"

// usesAt mentions the instant in statements of the present, so that both take
// the same parameters.
func usesAt(w when) string {
	if w == present {
		return " WHERE $2::timestamptz IS NULL"
	}
	return ""
}

func layerSQL(name, rows string) string {
	return fmt.Sprintf("coalesce((SELECT ST_AsMVT(t, '%s', %d, 'geom') FROM (%s) t), '')", name, tileExtent, rows)
}

func tileProperties(l lintu.LayerInfo) []string {
	var properties []string
	if l.TileID() {
		properties = append(properties, "r.id::text AS id")
	}
	for _, f := range l.TileFields() {
		properties = append(properties, "r."+f.Name)
	}
	return properties
}

// labelSQL makes the layer of label points. A label lies inside its area, so
// the index on the areas finds it.
func labelSQL(l lintu.LayerInfo, from string) string {
	rows := fmt.Sprintf("SELECT ST_Point(((u.x & %[1]d) >> 8)::float8, ((u.y & %[1]d) >> 8)::float8) AS geom, %[2]s"+
		" FROM (%[3]s) r CROSS JOIN LATERAL (SELECT %[4]s AS x, %[5]s AS y OFFSET 0) u"+
		" WHERE r.geom && %[6]s AND u.x >> 20 = $4::int AND u.y >> 20 = $5::int ORDER BY r.code",
		fineMask, strings.Join(tileProperties(l), ", "), from, fineX("r.label"), fineY("r.label"), tileBox)
	return layerSQL(string(l.Name)+lintu.LabelSuffix, rows)
}

// clusterSQL makes the statement that counts points in cells. Positions are whole
// numbers of 1/256 tile unit, so that sums do not depend on the order of rows,
// and every point belongs to one tile only.
func clusterSQL(l lintu.LayerInfo, w when, in inside) string {
	points := fmt.Sprintf("SELECT %s AS x, %s AS y FROM (%s) r WHERE r.geom && %s OFFSET 0", // OFFSET 0: computed once per row
		fineX("r.geom"), fineY("r.geom"), relation(l, w, in), tileBox)
	return "SELECT " + layerSQL(string(l.Name), cellsSQL(l, points)) + usesAt(w)
}

// cellsSQL counts those of some points that are in the tile, cell by cell: geom, count.
func cellsSQL(l lintu.LayerInfo, points string) string {
	return fmt.Sprintf("SELECT ST_Point((sum((p.x & %[1]d)::int) / count(*) >> 8)::float8, (sum((p.y & %[1]d)::int) / count(*) >> 8)::float8) AS geom, count(*)::int AS count"+
		" FROM (%[2]s) p WHERE p.x >> 20 = $4::int AND p.y >> 20 = $5::int"+
		" GROUP BY (p.x & %[1]d) >> %[3]d, (p.y & %[1]d) >> %[3]d ORDER BY (p.y & %[1]d) >> %[3]d, (p.x & %[1]d) >> %[3]d",
		fineMask, points, 8+l.CellShift)
}

// fineMask keeps the position inside a tile: 4096 units of 256 parts each.
const fineMask = 1<<20 - 1

// mercatorEdge is the latitude at which the world of Web Mercator ends:
// atan(sinh(pi)), in degrees.
const mercatorEdge = 85.05112877980659

// fineX and fineY give a point's position from the world's north-west corner in
// 1/256 tile units of zoom $3, by the spherical Mercator formulas. Points beyond
// the edge belong to the last tile.
func fineX(point string) string {
	return fineClamp(fmt.Sprintf("(ST_X(%s) + 180) / 360", point))
}

func fineY(point string) string {
	return fineClamp(fmt.Sprintf("0.5 - ln(tan(pi() / 4 + radians(least(greatest(ST_Y(%s), -%[2]v), %[2]v)) / 2)) / (2 * pi())", point, mercatorEdge))
}

func fineClamp(share string) string {
	const world = "(1::bigint << ($3::int + 20))"
	return fmt.Sprintf("least(greatest(floor((%s) * %s::float8)::bigint, 0), %s - 1)", share, world, world)
}

// linkReach is how far outside a tile the ends of links are looked for, in
// degrees, about 1 km: a link up to twice as long is drawn in every tile that
// it crosses, a longer one in the tiles near its ends.
const linkReach = 0.01

// linksNear finds the candidates by their ends, which are indexed.
func linksNear(w when) string {
	household, head := "household", "head"
	if w == instant {
		household, head = "household_version", "head_version"
	}
	near := fmt.Sprintf("geom && ST_Expand(%s, %v)", tileBox, linkReach)
	return fmt.Sprintf(" AND a.household_id IN (SELECT n.id FROM %[1]s n WHERE n.tenant_id = $1 AND %[3]s AND n.%[5]s"+
		" UNION SELECT m.household_id FROM %[2]s n JOIN assignment m ON m.tenant_id = n.tenant_id AND m.head_id = n.id"+
		" WHERE n.tenant_id = $1 AND %[3]s AND %[4]s AND n.%[5]s)",
		household, head, validity(w, "n.valid"), validity(w, "m.valid"), near)
}

// tileBounds returns west, south, east, north in degrees of a tile and the
// units around it. Without buffer it is a little wider than the tile, and tiles
// at the edge of the matrix reach to the poles: it is for finding rows, whose
// tile is then computed.
func tileBounds(z, x, y, buffer int) [4]float64 {
	side := math.Exp2(float64(z))
	margin := float64(buffer) / tileExtent
	if buffer == 0 {
		margin = 1e-6
	}
	west := (float64(x)-margin)/side*360 - 180
	east := (float64(x)+1+margin)/side*360 - 180
	north := latitude((float64(y) - margin) / side)
	south := latitude((float64(y) + 1 + margin) / side)
	if buffer == 0 && y == 0 {
		north = 90
	}
	if buffer == 0 && y == 1<<z-1 {
		south = -90
	}
	return [4]float64{west, south, east, north}
}

// latitude inverts the spherical Mercator: share is the way from the north edge
// of the world to the south edge, 0 to 1.
func latitude(share float64) float64 {
	return math.Atan(math.Sinh(math.Pi*(1-2*share))) * 180 / math.Pi
}
