package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/geojson"

	"github.com/lintu-map/lintu/sql"
)

// oracleGeometries are what ST_AsMVTGeom makes of shapes in a tile, as tiles are
// made from the database; nil is nothing.
func oracleGeometries(t *testing.T, db *sql.DB, c Coord, shapes []orb.Geometry) []orb.Geometry {
	t.Helper()
	return queryShapes(t, db, fmt.Sprintf("ST_AsMVTGeom(ST_Transform(g, 3857), ST_TileEnvelope(%d, %d, %d), %d, %d, true)",
		c.Z, c.X, c.Y, tileExtent, tileBuffer), shapes)
}

// queryShapes computes an expression of each shape g.
func queryShapes(t *testing.T, db *sql.DB, expression string, shapes []orb.Geometry) []orb.Geometry {
	t.Helper()
	rows, err := db.Owner().Query(t.Context(), "SELECT ST_AsBinary("+expression+") FROM (SELECT ST_SetSRID(ST_GeomFromWKB(b), 4326) AS g, n FROM unnest($1::bytea[]) WITH ORDINALITY u(b, n)) v ORDER BY n", wkbs(t, shapes))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []orb.Geometry
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		var g orb.Geometry
		if b != nil {
			if g, err = wkb.Unmarshal(b); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, g)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// encoded is what the encoder makes of a shape in a tile, in the same form.
func encoded(t *testing.T, c Coord, g orb.Geometry) orb.Geometry {
	t.Helper()
	s := shapeOf(g)
	switch g.(type) {
	case orb.Point, orb.MultiPoint:
		f := writeOne(t, c, func(w *layerWriter) bool { return w.points(s.points) })
		if f == nil {
			return nil
		}
		return orb.MultiPoint(f.parts[0])
	case orb.LineString, orb.MultiLineString:
		f := writeOne(t, c, func(w *layerWriter) bool { return w.lines(s.points, s.ends) })
		if f == nil {
			return nil
		}
		var m orb.MultiLineString
		for _, p := range f.parts {
			m = append(m, p)
		}
		return m
	}
	if m := polygonOf(t, c, s); m != nil {
		return m
	}
	return nil
}

// shapeOf projects a geometry of any type.
func shapeOf(g orb.Geometry) (s shape) {
	part := func(points []orb.Point) {
		for _, p := range points {
			s.points = append(s.points, positionOf(p))
		}
		s.ends = append(s.ends, int32(len(s.points)))
	}
	for _, p := range partsOf(g) {
		part(p)
	}
	return s
}

// partsOf lists the points, lines or rings of a geometry.
func partsOf(g orb.Geometry) (parts [][]orb.Point) {
	switch g := g.(type) {
	case orb.Point:
		return [][]orb.Point{{g}}
	case orb.MultiPoint:
		return [][]orb.Point{g}
	case orb.LineString:
		return [][]orb.Point{g}
	case orb.MultiLineString:
		for _, l := range g {
			parts = append(parts, l)
		}
	case orb.Polygon:
		for _, r := range g {
			parts = append(parts, r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			parts = append(parts, partsOf(p)...)
		}
	}
	return parts
}

type pairDifference struct {
	valid, thin bool
	area        float64
}

func queryPairs(t *testing.T, db *sql.DB, a, b []orb.Geometry) (out []pairDifference) {
	t.Helper()
	rows, err := db.Owner().Query(t.Context(), `SELECT ST_IsValid(a), ST_IsEmpty(ST_Buffer(ST_SymDifference(a, b), -1)), ST_Area(ST_SymDifference(a, b))
		FROM (SELECT ST_GeomFromWKB(a) AS a, ST_GeomFromWKB(b) AS b, n FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY u(a, b, n)) v ORDER BY n`, wkbs(t, a), wkbs(t, b))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p pairDifference
		if err := rows.Scan(&p.valid, &p.thin, &p.area); err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func wkbs(t *testing.T, shapes []orb.Geometry) [][]byte {
	t.Helper()
	out := make([][]byte, len(shapes))
	for i, s := range shapes {
		var err error
		if out[i], err = wkb.Marshal(s); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// apartBy is how far, in tile units, some point of one geometry is from the other
// at most, looking from the corners of each.
func apartBy(a, b orb.Geometry) float64 {
	return max(reachOf(partsOf(a), partsOf(b)), reachOf(partsOf(b), partsOf(a)))
}

func reachOf(from, to [][]orb.Point) (most float64) {
	for _, part := range from {
		for _, p := range part {
			nearest := math.Inf(1)
			for _, q := range to {
				for i := range q {
					nearest = min(nearest, distance(p, q[max(i-1, 0)], q[i]))
				}
			}
			most = max(most, nearest)
		}
	}
	return most
}

// distance is from p to the segment a–b.
func distance(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l, 0), 1)
	}
	return math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy)
}

// reachesSide reports whether a part ends on the side of the buffered tile.
func reachesSide(m orb.MultiLineString) bool {
	b := m.Bound()
	return b.Min[0] == gridLow || b.Min[1] == gridLow || b.Max[0] == gridHigh || b.Max[1] == gridHigh
}

// isShort reports whether all points of a shape are within half a unit of the
// first.
func isShort(c Coord, g orb.Geometry) bool {
	unit := math.Exp2(float64(positionBits - extentBits - c.Z))
	ps := shapeOf(g).points
	return !slices.ContainsFunc(ps, func(p position) bool {
		return math.Hypot(float64(p.x)-float64(ps[0].x), float64(p.y)-float64(ps[0].y)) > unit/2
	})
}

// withoutReturns drops spots at which a line runs back on itself.
func withoutReturns(lines [][]orb.Point) (out [][]orb.Point) {
	for _, l := range lines {
		var kept []orb.Point
		for _, p := range l {
			for n := len(kept); n > 1 && runsBack(kept[n-2], kept[n-1], p); n = len(kept) {
				kept = kept[:n-1]
			}
			if len(kept) == 0 || kept[len(kept)-1] != p {
				kept = append(kept, p)
			}
		}
		if len(kept) > 1 {
			out = append(out, kept)
		}
	}
	return out
}

func runsBack(a, b, c orb.Point) bool {
	ux, uy, vx, vy := b[0]-a[0], b[1]-a[1], c[0]-b[0], c[1]-b[1]
	return ux*vy == uy*vx && ux*vx+uy*vy < 0
}

// cornerNearSegment reports whether a corner lies in the same square of the grid,
// its sides included, as a segment that does not end at it.
func cornerNearSegment(rings [][]orb.Point) bool {
	for _, r := range rings {
		for _, p := range r {
			for _, q := range rings {
				for i := range len(q) - 1 {
					if q[i] != p && q[i+1] != p && distance(p, q[i], q[i+1]) <= math.Sqrt(0.5) {
						return true
					}
				}
			}
		}
	}
	return false
}

// lonLat turns tile units into degrees.
func lonLat(c Coord, x, y float64) orb.Point {
	side := math.Exp2(float64(c.Z))
	lon := (float64(c.X)+x/tileExtent)/side*360 - 180
	lat := math.Atan(math.Sinh(math.Pi*(1-2*(float64(c.Y)+y/tileExtent)/side))) * 180 / math.Pi
	return orb.Point{lon, lat}
}

func randomPoint(r *rand.Rand, c Coord) orb.Geometry {
	x, y := r.Float64()*4400-150, r.Float64()*4400-150
	if r.IntN(4) == 0 {
		x = []float64{gridLow, gridHigh, 0, tileExtent}[r.IntN(4)] + r.Float64()*4 - 2
	}
	return lonLat(c, x, y)
}

func randomLine(r *rand.Rand, c Coord) orb.Geometry {
	x, y, step := r.Float64()*4400-150, r.Float64()*4400-150, []float64{1, 10, 300, 3000}[r.IntN(4)]
	var l orb.LineString
	for range 2 + r.IntN(20) {
		l = append(l, lonLat(c, x, y))
		x, y = x+(r.Float64()-0.5)*step, y+(r.Float64()-0.5)*step
	}
	return l
}

func randomPolygon(r *rand.Rand, c Coord) orb.Geometry {
	x, y, size := r.Float64()*4400-150, r.Float64()*4400-150, []float64{1, 3, 10, 100, 1000, 5000}[r.IntN(6)]
	wild := r.Float64() * 0.9
	ring := func(size float64) orb.Ring {
		var ring orb.Ring
		for k, n := 0, 3+r.IntN(40); k < n; k++ {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(n))
			d := size * (1 - wild*r.Float64())
			ring = append(ring, lonLat(c, x+d*cos, y+d*sin))
		}
		return append(ring, ring[0])
	}
	p := orb.Polygon{ring(size)}
	if wild < 0.5 && r.IntN(2) == 0 {
		p = append(p, ring(size*0.3))
	}
	return p
}

// tileAt is the tile of a zoom in which a point lies.
func tileAt(p orb.Point, z int) Coord {
	at := positionOf(p)
	return Coord{Z: z, X: int(at.x >> (positionBits - z)), Y: int(at.y >> (positionBits - z))}
}

// realAreas reads the polygons of a zipped shapefile by GDAL, mended where they
// are not valid.
func realAreas(t *testing.T, name string, more []string) (areas []orb.Geometry) {
	t.Helper()
	args := []string{"-f", "GeoJSON", "-t_srs", "EPSG:4326", "-makevalid", "-select", "", "-lco", "COORDINATE_PRECISION=12", "/vsistdout/", "/vsizip/" + sharedData(t, name)}
	out, err := exec.Command(tool(t, "ogr2ogr"), append(args, more...)...).Output()
	if err != nil {
		t.Fatalf("ogr2ogr: %v", err)
	}
	all, err := geojson.UnmarshalFeatureCollection(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all.Features {
		if f.Geometry.Dimensions() == 2 {
			areas = append(areas, f.Geometry)
		}
	}
	return areas
}

// sharedData returns the path of a file of real data, or skips aloud where it
// is not at hand (and fails on CI, where it must be).
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("LINTU_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path, err := filepath.Abs(filepath.Join(dir, filepath.FromSlash(name)))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no shared data: %v", err)
		}
		t.Skipf("no shared data (set LINTU_SHARED_DATA): %v", err)
	}
	return path
}

// tool finds a program, or skips aloud.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed (Debian: gdal-bin)", name)
		}
		t.Skipf("%s is not installed (Debian: gdal-bin)", name)
	}
	return path
}
