package sql_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

const (
	wktLatLon = `GEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],CS[ellipsoidal,2],AXIS["geodetic latitude (Lat)",north,ORDER[1],ANGLEUNIT["degree",0.0174532925199433]],AXIS["geodetic longitude (Lon)",east,ORDER[2],ANGLEUNIT["degree",0.0174532925199433]]]`
	wktESRI   = `PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
)

// Whatever the SRS says of its axes, x comes in first and longitude out first.
func TestTransform(t *testing.T) {
	t.Parallel()
	g := sql.NewGeodesy(sqltest.New(t))
	for _, c := range []struct {
		srs  string
		x, y float64
	}{
		{"EPSG:4547", 463659.87, 3116228.44},
		{"epsg:4526", 38463659.87, 3116228.44},
		{"EPSG:4490", 113.63, 28.16},
		{"EPSG:4326", 113.63, 28.16},
		{"EPSG:3857", 12649233.74, 3269161.15},
		{wktESRI, 463659.87, 3116228.44},
		{wktLatLon, 113.63, 28.16},
	} {
		for _, n := range []int{1, 2, 1000} {
			xy := make([]float64, 0, 2*n)
			for range n {
				xy = append(xy, c.x, c.y)
			}
			if err := g.Transform(t.Context(), c.srs, xy); err != nil {
				t.Fatalf("%.40s: %v", c.srs, err)
			}
			for i := 0; i < len(xy); i += 2 {
				if math.Abs(xy[i]-113.63) > 1e-6 || math.Abs(xy[i+1]-28.16) > 1e-6 {
					t.Fatalf("%.40s: point %d is %v", c.srs, i/2, xy[i:i+2])
				}
			}
		}
	}
	if err := g.Transform(t.Context(), "EPSG:4547", nil); err != nil {
		t.Error(err)
	}
}

func TestTransformRefuses(t *testing.T) {
	t.Parallel()
	g := sql.NewGeodesy(sqltest.New(t))
	many := make([]float64, 3000)
	for i := range many {
		many[i] = 463659.87
	}
	many[2000], many[2001] = 1e12, 2e12
	for _, c := range []struct {
		srs, says string
		xy        []float64
	}{
		{"EPSG:999999", "EPSG:999999", []float64{1, 2}},
		{"nonsense", "nonsense", []float64{1, 2}},
		{"", "EPSG:4547", []float64{1, 2}},
		{"[']; drop table tenant; --", "drop table", []float64{1, 2}},
		{"+proj=longlat +nadgrids=/etc/passwd", "+proj", []float64{1, 2}},
		{`PROJCS["half`, "PROJCS", []float64{1, 2}},
		{`LOCAL_CS["workshop",UNIT["metre",1]]`, "workshop", []float64{1, 2}},
		{`VERT_CS["height",VERT_DATUM["x",2005],UNIT["metre",1]]`, "height", []float64{1, 2}},
		{"EPSG:4978", "WGS 84", []float64{1, 2}},
		{"EPSG:4547", "1e+12", []float64{463659.87, 3116228.44, 1e12, 1e12}},
		{"EPSG:4547", "2e+12", many},
		{"EPSG:4547", "NaN", []float64{math.NaN(), 1}},
		{"EPSG:4547", "+Inf", []float64{math.Inf(1), 1}},
		{"EPSG:4490", "463660", []float64{463660, 3116228.44}},
	} {
		err := g.Transform(t.Context(), c.srs, c.xy)
		wantSentence(t, err, lintu.CodeInvalid, c.says)
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	g := sql.NewGeodesy(sqltest.New(t))
	for in, want := range map[string]string{
		"EPSG:4547": "CGCS2000 / 3-degree Gauss-Kruger CM 114E",
		"EPSG:2249": "NAD83 / Massachusetts Mainland (ftUS)",
		wktESRI:     "CGCS2000_3_Degree_GK_CM_114E",
	} {
		got, err := g.Describe(t.Context(), in)
		if err != nil || got != want {
			t.Errorf("%.30s: %q, %v, want %q", in, got, err, want)
		}
	}
	_, err := g.Describe(t.Context(), "EPSG:999999")
	wantSentence(t, err, lintu.CodeInvalid, "EPSG:999999")
}

// mendCases are drawn in units of a thousandth of a degree around 113.6 E, 28.1 N.
var mendCases = []struct {
	name, shape string
	repaired    string // "" if it has more than one meaning or nothing is left
	apart       float64
	reason      string
}{
	{"valid", "POLYGON((0 0,2 0,2 2,0 2,0 0))", "POLYGON((0 0,2 0,2 2,0 2,0 0))", 0, ""},
	{"bow-tie", "POLYGON((0 0,2 2,2 0,0 2,0 0))", "MULTIPOLYGON(((0 0,1 1,0 2,0 0)),((1 1,2 0,2 2,1 1)))", 0, "Self-intersection"},
	{"exverted ring", "POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))", "MULTIPOLYGON(((0 0,2 0,0 4,0 0)),((2 0,4 0,4 4,2 0)))", 0, "Ring Self-intersection"},
	{"inverted hole", "POLYGON((0 0,4 0,4 4,2 4,3 2,1 2,2 4,0 4,0 0))", "POLYGON((0 0,4 0,4 4,2 4,0 4,0 0),(2 4,1 2,3 2,2 4))", 0, "Ring Self-intersection"},
	{"spike", "POLYGON((0 0,2 0,2 1,5 1,2 1,2 2,0 2,0 0))", "POLYGON((0 0,2 0,2 2,0 2,0 0))", 0, "Self-intersection"},
	{"hole drawn twice", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1),(1 1,2 1,2 2,1 1))", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1))", 0, "Self-intersection"},
	{"part drawn twice", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((0 0,2 0,2 2,0 2,0 0)))", "POLYGON((0 0,2 0,2 2,0 2,0 0))", 0, "Self-intersection"},
	{"ring walked twice", "POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,4 0,4 4,0 4,0 0))", 0, "Ring Self-intersection"},
	{"parts that share a side", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 0,4 0,4 2,2 2,2 0)))", "POLYGON((0 0,4 0,4 2,0 2,0 0))", 0, "Self-intersection"},
	{"hole that shares a side with its shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 1,1 1,1 2,0 2,0 1))", "POLYGON((0 0,4 0,4 4,0 4,0 2,1 2,1 1,0 1,0 0))", 0, "Self-intersection"},
	{"hole outside its shell", "POLYGON((0 0,2 0,2 2,0 2,0 0),(5 5,6 5,6 6,5 5))", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((5 5,6 5,6 6,5 5)))", 0, "Hole lies outside shell"},
	{"overlapping parts", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", "", 1, "Self-intersection"},
	{"part inside a part", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((1 1,2 1,2 2,1 2,1 1)))", "", 1, "Nested shells"},
	{"loop over itself", "POLYGON((0 0,4 0,4 4,1 4,1 1,3 1,3 5,0 5,0 0))", "", 6, "Self-intersection"},
	{"loop into itself", "POLYGON((0 0,4 0,4 4,2 4,1 2,3 2,2 4,0 4,0 0))", "", 2, "Ring Self-intersection"},
	{"hole as large as its shell", "POLYGON((0 0,2 0,2 2,0 2,0 0),(0 0,2 0,2 2,0 2,0 0))", "", 4, "Self-intersection"},
	{"nothing left", "POLYGON((0 0,1 0,2 0,0 0))", "", 0, "Self-intersection"},
}

func TestMend(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	// One unit of the drawings, at 28.1 N, in square metres, from PostGIS's own spheroid.
	var unitM2 float64
	must(t, db.Owner().QueryRow(t.Context(),
		`select st_area(st_makeenvelope(113.6, 28.101, 113.601, 28.102, 4326)::geography)`).Scan(&unitM2))
	const place = `st_translate(st_scale(st_geomfromtext($1, 4326), 0.001, 0.001), 113.6, 28.1)`
	var in [][]byte
	for _, c := range mendCases {
		var b []byte
		must(t, db.Owner().QueryRow(t.Context(), `select st_asewkb(`+place+`)`, c.shape).Scan(&b))
		in = append(in, b)
	}
	broken := []byte{1, 3, 0, 0, 0x20, 0xe6, 0x10, 0, 0, 255, 255, 255, 0}
	out, err := sql.NewGeodesy(db).Mend(t.Context(), append(in, broken))
	must(t, err)
	if last := out[len(out)-1]; len(out) != len(in)+1 || last.Valid || last.EWKB != nil || last.Reason == "" {
		t.Fatalf("%d verdicts, the last %+v", len(out), last)
	}
	for i, c := range mendCases {
		m := out[i]
		if m.Valid != (c.reason == "") || m.Reason != c.reason {
			t.Errorf("%s: valid %v, reason %q", c.name, m.Valid, m.Reason)
		}
		if math.Abs(m.AreaM2-c.apart*unitM2) > 0.01*unitM2 {
			t.Errorf("%s: the readings are %.1f m² apart, want %.1f", c.name, m.AreaM2, c.apart*unitM2)
		}
		if !m.Valid && (m.LonLat[0] < 113.6-1e-9 || m.LonLat[0] > 113.61 || m.LonLat[1] < 28.1-1e-9 || m.LonLat[1] > 28.11) {
			t.Errorf("%s: the fault is at %v", c.name, m.LonLat)
		}
		if (m.EWKB != nil) != (c.repaired != "") {
			t.Errorf("%s: repaired is %v", c.name, m.EWKB != nil)
			continue
		}
		if c.repaired == "" {
			continue
		}
		var same, valid bool
		var srid int
		must(t, db.Owner().QueryRow(t.Context(), `select st_isvalid(g), st_srid(g), st_area(st_symdifference(g, `+place+`)) < 1e-12
			from st_geomfromewkb($2) as g`, c.repaired, m.EWKB).Scan(&valid, &srid, &same))
		if !same || !valid || srid != 4326 {
			t.Errorf("%s: repaired to something else (valid %v, SRID %d)", c.name, valid, srid)
		}
	}
}

// geo.Judge says of polygons what Mend does, but where Mend takes the words of
// GEOS more literally.
func TestJudgeLikeMend(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	otherwise := map[string]string{
		"hole outside its shell":     "GEOS takes it for a polygon; the importer sorts rings before it asks",
		"hole as large as its shell": "GEOS draws equal lines once, and then there is no hole; nothing is left of it",
	}
	var c geo.Checker
	for _, k := range mendCases {
		var b []byte
		must(t, db.Owner().QueryRow(t.Context(), `select st_asewkb(st_multi(st_translate(st_scale(st_geomfromtext($1, 4326), 0.001, 0.001), 113.6, 28.1)))`, k.shape).Scan(&b))
		g, err := geo.DecodeEWKB(b)
		must(t, err)
		m := g.(orb.MultiPolygon)
		geo.Orient(m)
		v, ok := c.Judge(m)
		out, err := sql.NewGeodesy(db).Mend(t.Context(), [][]byte{b})
		must(t, err)
		mend := out[0]
		same := ok && (v.Fault == "") == mend.Valid && (v.Mended != nil) == (mend.EWKB != nil && !mend.Valid) &&
			math.Abs(v.ApartM2-mend.AreaM2) <= 0.001*mend.AreaM2
		if why := otherwise[k.name]; same == (why != "") {
			t.Errorf("%s: Judge says %v %+v, Mend %v, %q, %g m² apart; known: %s", k.name, ok, v, mend.Valid, mend.Reason, mend.AreaM2, why)
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
