package tiles

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// The reasons for which the encoder and ST_AsMVTGeom may differ.
const (
	same = "same"
	// ST_AsMVTGeom leaves out the way to a spot and at once back to where it came
	// from (ST_Simplify by nothing); it is a dead end, and is drawn here.
	deadEnd = "a line there and back"
	// Triangles of half a square unit, the smallest there are, which wagyu loses, or
	// finds where rings meet.
	halfUnit = "half a square unit"
	// What is thinner than a unit, which wagyu may lose for the next reason.
	thin = "thinner than a unit"
	// Wagyu draws a segment through each corner within half a unit of it, to east and
	// west, north and south, even of a polygon that is valid on the grid.
	snapped = "a corner near a segment"
	// ST_AsMVTGeom drops points less than half a unit from the one before, and so a
	// short line whose ends are in different squares of the grid.
	short = "a line shorter than half a unit"
	// Where the side of the buffered tile is crossed is rounded once here.
	atSide = "rounding at the side of the tile"
	// Rings that meet on the grid are taken apart differently; what one of them
	// draws more has no place a unit away from its border.
	mended = "mended where rings meet on the grid"
)

// compare counts the reasons for which shapes of one class differ in a tile, and
// fails where none holds.
func compare(t *testing.T, db *sql.DB, c Coord, shapes []orb.Geometry, counts map[string]int) {
	t.Helper()
	var got, want []orb.Geometry // pairs of polygons
	var expected []string        // of each pair, for what it may differ
	for i, theirs := range oracleGeometries(t, db, c, shapes) {
		ours := encoded(t, c, shapes[i])
		switch {
		case ours == nil && theirs == nil:
			continue
		case shapes[i].Dimensions() == 2 && ours != nil && theirs != nil:
			got, want = append(got, ours), append(want, theirs)
			expected = append(expected, expectation(c, shapes[i]))
			continue
		}
		reason := difference(ours, theirs)
		if reason == "" && theirs == nil && isShort(c, shapes[i]) {
			reason = short
		}
		if counts[reason]++; reason == "" {
			t.Errorf("%v of %v\n got %v\nwant %v", c, shapes[i], ours, theirs)
		}
	}
	comparePolygons(t, db, got, want, expected, counts)
}

// difference names why a point or line differs, or why a polygon is missing on
// one side; "" is no known reason.
func difference(ours, theirs orb.Geometry) string {
	switch ours := ours.(type) {
	case nil:
		if onlyHalves(theirs) {
			return halfUnit
		}
	case orb.MultiPolygon:
		switch {
		case onlyHalves(ours):
			return halfUnit
		case 2*areaOf(ours) < perimeter(partsOf(ours)):
			return thin
		}
	case orb.MultiPoint:
		if theirs != nil && apartBy(ours, theirs) == 0 {
			return same
		}
	case orb.MultiLineString:
		slack, reason := 0.0, deadEnd
		if reachesSide(ours) {
			slack, reason = 1, atSide
		}
		theirParts, ourParts := partsOf(theirs), partsOf(ours)
		switch {
		case theirs != nil && apartBy(ours, theirs) == 0:
			return same
		case reachOf(theirParts, ourParts) <= slack && reachOf(withoutReturns(ourParts), theirParts) <= slack:
			return reason
		}
	}
	return ""
}

// expectation says for what a polygon may differ: one that is inside of the tile
// and stays simple on the grid may not at all.
func expectation(c Coord, g orb.Geometry) string {
	var o outline
	f, reason, first := c.frame(), same, int32(0)
	s := shapeOf(g)
	for _, end := range s.ends {
		o.add(&f, s.points[first:end])
		first = end
	}
	for _, p := range s.points {
		if x, y := f.units(p); !onGrid(x, y) {
			reason = atSide
		}
	}
	if o.split(); !o.apart(false) {
		reason = mended
	}
	return reason
}

// comparePolygons compares polygons that both have. PostGIS itself says what one
// covers and the other not, and whether something is left of this when a unit is
// taken off all around.
func comparePolygons(t *testing.T, db *sql.DB, got, want []orb.Geometry, expected []string, counts map[string]int) {
	t.Helper()
	for i, difference := range queryPairs(t, db, got, want) {
		switch {
		case !difference.valid:
			t.Errorf("PostGIS calls this invalid: %v", got[i])
		case difference.area == 0:
			counts[same]++
		case difference.thin && expected[i] != same:
			counts[expected[i]]++
		case difference.thin && cornerNearSegment(partsOf(got[i])):
			counts[snapped]++
		default:
			t.Errorf("%v apart:\n got %v\nwant %v", difference.area, got[i], want[i])
		}
	}
}

// onlyHalves reports whether a geometry is polygons of half a square unit each.
func onlyHalves(g orb.Geometry) bool {
	m, ok := g.(orb.MultiPolygon)
	if p, single := g.(orb.Polygon); single {
		m, ok = orb.MultiPolygon{p}, true
	}
	return ok && !slices.ContainsFunc(m, func(p orb.Polygon) bool { return math.Abs(areaOf(orb.MultiPolygon{p})) > 0.5 })
}

func TestOracle(t *testing.T) {
	db := sqltest.New(t)
	r := rand.New(rand.NewPCG(5, 6))
	for _, z := range []int{4, 12, 18} {
		c := Coord{Z: z, X: 1 << z * 9 / 16, Y: 1 << z * 7 / 16}
		for _, random := range []func(*rand.Rand, Coord) orb.Geometry{randomPoint, randomLine, randomPolygon} {
			var shapes []orb.Geometry
			for range 500 {
				shapes = append(shapes, random(r, c))
			}
			counts := map[string]int{}
			compare(t, db, c, shapes, counts)
			t.Log(z, shapes[0].GeoJSONType(), counts)
		}
	}
}

// Villages, counties and parcels as they are, in the tiles of zooms at which they are
// specks, whole and cut.
func TestOracleOnRealAreas(t *testing.T) {
	db := sqltest.New(t)
	r := rand.New(rand.NewPCG(9, 10))
	wgs84 := []string{"-s_srs", "EPSG:4326"} // the file does not say
	for _, file := range []struct {
		name string
		args []string // of ogr2ogr
	}{
		{"tainan_villages/10tnvillage.zip", nil},
		{"china/cities/长沙市.zip", wgs84},
		{"china/cities/酒泉市.zip", wgs84},
		{"china/shanghai/区县界_area.zip", wgs84},
		{"cambridge/cambridge_polys_96849.zip", []string{"-where", "FID % 12 = 0"}},
	} {
		t.Run(file.name, func(t *testing.T) {
			areas := realAreas(t, file.name, file.args)
			for _, z := range []int{5, 8, 10, 12, 14, 16} {
				counts, seen := map[string]int{}, map[Coord]bool{}
				for range 12 {
					b := areas[r.IntN(len(areas))].Bound()
					p := orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}
					c := tileAt(p, z)
					if seen[c] {
						continue
					}
					seen[c] = true
					tile := orb.Bound{Min: lonLat(c, gridLow, gridHigh), Max: lonLat(c, gridHigh, gridLow)}
					var shapes []orb.Geometry
					for _, a := range areas {
						if a.Bound().Intersects(tile) {
							shapes = append(shapes, a)
						}
					}
					compare(t, db, c, shapes, counts)
				}
				t.Logf("zoom %d, %d tiles: %v", z, len(seen), counts)
			}
		})
	}
}

// Values are of the types that ST_AsMVT gives them, and null is no value.
func TestOracleOnValues(t *testing.T) {
	db := sqltest.New(t)
	id := lintu.NewID()
	numbers := []int64{0, 1, 300, smallIntegers, math.MaxInt64, -1, -300, math.MinInt64}
	var theirs []byte
	err := db.Owner().QueryRow(t.Context(), `SELECT ST_AsMVT(t, 'l', 4096, 'geom') FROM
		(SELECT ST_Point(1, 2) AS geom, $1::uuid::text AS id, n, CASE WHEN n < 0 THEN '李家组' END AS name FROM unnest($2::bigint[]) n) t`, id, numbers).Scan(&theirs)
	if err != nil {
		t.Fatal(err)
	}
	var names dictionary
	li := names.addText("李家组")
	w := newLayerWriter()
	defer w.release()
	w.begin(nil, "l", []string{"id", "n", "name"}, middle)
	for i, n := range numbers {
		w.pointAt(1, 2)
		if i == 0 {
			w.id(0, id)
		}
		w.integer(1, n)
		if n < 0 {
			w.entry(2, &names, li)
		}
		w.feature()
	}
	if got, want := valuesOf(t, w.end()), valuesOf(t, theirs); !slices.Equal(got, want) {
		t.Errorf("values %q, want %q", got, want)
	}
}

// valuesOf lists the Value messages of a tile with one layer, sorted.
func valuesOf(t *testing.T, tile []byte) (values []string) {
	t.Helper()
	err := fields(tile, func(_ int, _ uint64, layer []byte) error {
		return fields(layer, func(field int, _ uint64, bytes []byte) error {
			if field == layerValue {
				values = append(values, string(bytes))
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(values)
	return values
}
