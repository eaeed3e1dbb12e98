package geo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// tool returns the path of a program, or skips aloud where it is not installed
// (and fails on CI, where it must be).
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed (Debian: gdal-bin)", name)
		}
		t.Skipf("%s is not installed (Debian: gdal-bin): no comparison with PROJ", name)
	}
	return path
}

// projForward converts points from the SRS base to srs by PROJ, x first.
func projForward(t *testing.T, base, srs string, points [][2]float64) [][2]float64 {
	t.Helper()
	var in strings.Builder
	for _, p := range points {
		fmt.Fprintf(&in, "%.15g %.15g\n", p[0], p[1])
	}
	cmd := exec.Command(tool(t, "gdaltransform"), "-s_srs", base, "-t_srs", srs, "-output_xy")
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("gdaltransform %s: %v", srs, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(points) {
		t.Fatalf("gdaltransform %s: %d points of %d", srs, len(lines), len(points))
	}
	got := make([][2]float64, len(lines))
	for i, l := range lines {
		if _, err := fmt.Sscan(l, &got[i][0], &got[i][1]); err != nil {
			t.Fatalf("gdaltransform %s: %q", srs, l)
		}
	}
	return got
}

// compareWithPROJ holds c to PROJ within a millimetre, there and back.
func compareWithPROJ(t *testing.T, c *CRS, base, srs string, box [4]float64) {
	t.Helper()
	if !c.Native() {
		t.Errorf("%s is not native", c.Name)
		return
	}
	r := rand.New(rand.NewPCG(1, 2))
	points := make([][2]float64, 200)
	for i := range points {
		points[i] = [2]float64{box[0] + r.Float64()*(box[2]-box[0]), box[1] + r.Float64()*(box[3]-box[1])}
	}
	metres := c.unit
	if c.Kind == Geographic {
		metres *= 111320
	}
	for i, want := range projForward(t, base, srs, points) {
		lon, lat := points[i][0], points[i][1]
		x, y := c.Forward(lon, lat)
		if d := math.Hypot(x-want[0], y-want[1]) * metres; !(d < 0.001) {
			t.Errorf("%s at %.6f %.6f: %.4f %.4f, PROJ says %.4f %.4f", c.Name, lon, lat, x, y, want[0], want[1])
			return
		}
		bLon, bLat := c.Inverse(want[0], want[1])
		d := math.Hypot(wrap(bLon-lon)*math.Cos(lat*degree), bLat-lat) * 111320
		if !(d < 0.001) {
			t.Errorf("%s: inverse of %.6f %.6f is %.9f %.9f", c.Name, lon, lat, bLon, bLat)
			return
		}
	}
}

// around is a box of 10 degrees to each side of a central meridian.
func around(c *CRS) [4]float64 {
	south, north := 0.0, 80.0
	if c.par.fn > 0 {
		south, north = -80, 0
	}
	return [4]float64{c.par.lon0 - 10, south, c.par.lon0 + 10, north}
}

// eachKnown calls f for the first and the last code of every series, and for
// the codes that stand alone.
func eachKnown(f func(code, base int)) {
	for _, s := range epsgSeries {
		for _, i := range []int{0, s.count - 1} {
			f(s.first+i, s.datum)
		}
	}
	for _, s := range epsgSingles {
		f(s.code, s.datum)
	}
}

func TestProjectedCodesAgainstPROJ(t *testing.T) {
	eachKnown(func(code, base int) {
		c := byEPSG(code)
		if c.Datum == OldDatum {
			return
		}
		box := around(c)
		if c.par.method != methodTM {
			box = [4]float64{-180, -85, 180, 85}
		}
		compareWithPROJ(t, c, fmt.Sprint("EPSG:", base), c.Code, box)
	})
}

// flavours returns a code's WKT in every flavour that GDAL writes.
func flavours(t *testing.T, code string) map[string]string {
	t.Helper()
	out, err := exec.Command(tool(t, "gdalsrsinfo"), "-o", "all", code).Output()
	if err != nil {
		t.Fatalf("gdalsrsinfo %s: %v", code, err)
	}
	wkt := map[string]string{}
	for block := range strings.SplitSeq(string(out), "\n\n") {
		head, text, ok := strings.Cut(strings.TrimSpace(block), ":\n")
		if ok && strings.Contains(head, "WKT") {
			wkt[strings.TrimSpace(head)] = text
		}
	}
	if len(wkt) < 5 {
		t.Fatalf("gdalsrsinfo %s: %d flavours of WKT", code, len(wkt))
	}
	return wkt
}

// Every flavour of WKT must lead back to its code, or to another code of the
// same numbers (a six-degree zone without prefix equals a three-degree one).
func TestWKTOfKnownCodes(t *testing.T) {
	check := func(code int) {
		want := byEPSG(code)
		for flavour, text := range flavours(t, want.Code) {
			got, err := ParseWKT(text)
			if err != nil {
				t.Errorf("%s in %s: %v", want.Code, flavour, err)
				continue
			}
			same := got.Code == want.Code
			if want.Kind == Projected && got.Code != "" {
				known, _ := ParseCRS(got.Code)
				same = known.par.near(want.par) && known.datum == want.datum
			}
			if !same || got.Native() != want.Native() || got.Datum != want.Datum || got.Kind != want.Kind {
				t.Errorf("%s in %s: %s native %v datum %s", want.Code, flavour, got.Code, got.Native(), got.Datum)
			}
			if name := strings.TrimSuffix(got.Name, " (deprecated)"); flavour == "OGC WKT1" && want.Kind == Projected && name != want.Name {
				t.Errorf("%s is %q, not %q", want.Code, name, want.Name)
			}
		}
	}
	eachKnown(func(code, _ int) { check(code) })
	for _, d := range datums {
		check(d.code)
	}
}

// wktCorpus are projected systems in WKT as files have them, with the base
// that PROJ is to start from and the box of points to compare.
var wktCorpus = []struct {
	wkt, base string
	box       [4]float64
	code      string
}{
	{`PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		"EPSG:4490", [4]float64{112, 20, 116, 45}, "EPSG:4547"},
	{`PROJCS["whatever",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",38500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		"EPSG:4490", [4]float64{112, 20, 116, 45}, "EPSG:4526"},
	{`PROJCS["TM2[TWD97]",GEOGCS["GRS80",DATUM["D_GRS_1980",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",250000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",121.0],PARAMETER["Scale_Factor",0.9999],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		"EPSG:3824", [4]float64{119, 21, 123, 26}, ""},
	{`PROJCS["NAD_1983_StatePlane_Massachusetts_Mainland_FIPS_2001_Feet",GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",656166.667],PARAMETER["False_Northing",2460625.0],PARAMETER["Central_Meridian",-71.5],PARAMETER["Standard_Parallel_1",42.6833333333333],PARAMETER["Standard_Parallel_2",41.7166666666667],PARAMETER["Latitude_Of_Origin",41.0],UNIT["US survey foot",0.304800609601219]]`,
		"EPSG:4269", [4]float64{-74, 40, -69, 44}, ""},
	{`PROJCS["China_Albers",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Albers"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.0],PARAMETER["Standard_Parallel_1",25.0],PARAMETER["Standard_Parallel_2",47.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		"EPSG:4490", [4]float64{73, 3, 136, 54}, ""},
	{`PROJCS["South Albers",GEOGCS["GDA94",DATUM["Geocentric_Datum_of_Australia_1994",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Albers_Conic_Equal_Area"],PARAMETER["latitude_of_center",0],PARAMETER["longitude_of_center",132],PARAMETER["standard_parallel_1",-18],PARAMETER["standard_parallel_2",-36],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1]]`,
		"EPSG:4283", [4]float64{110, -45, 155, -10}, ""},
	{`PROJCS["China_Lambert_Conformal_Conic",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.017453292519943295]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",105.0],PARAMETER["Standard_Parallel_1",30.0],PARAMETER["Standard_Parallel_2",62.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		"EPSG:4326", [4]float64{73, 3, 136, 54}, ""},
	{`PROJCS["South Lambert",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["latitude_of_origin",-32],PARAMETER["central_meridian",-60],PARAMETER["standard_parallel_1",-5],PARAMETER["standard_parallel_2",-42],PARAMETER["false_easting",100],PARAMETER["false_northing",200],UNIT["kilometre",1000]]`,
		"EPSG:4326", [4]float64{-90, -55, -30, 10}, ""},
	{`PROJCS["one parallel",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic_1SP"],PARAMETER["latitude_of_origin",46.5],PARAMETER["central_meridian",3],PARAMETER["scale_factor",0.99987742],PARAMETER["false_easting",600000],PARAMETER["false_northing",200000],UNIT["metre",1]]`,
		"EPSG:4326", [4]float64{-5, 42, 9, 51}, ""},
	{`PROJCS["Mercator 2SP",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_2SP"],PARAMETER["standard_parallel_1",42],PARAMETER["central_meridian",51],PARAMETER["false_easting",10],PARAMETER["false_northing",20],UNIT["metre",1]]`,
		"EPSG:4326", [4]float64{-120, -80, 170, 80}, ""},
	{`PROJCS["WGS_1984_World_Mercator",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],UNIT["Meter",1.0]]`,
		"EPSG:4326", [4]float64{-180, -80, 180, 80}, "EPSG:3395"},
	{`PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`,
		"EPSG:4326", [4]float64{-180, -85, 180, 85}, "EPSG:3857"},
	{`PROJCS["Google Maps Global Mercator",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1],EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0.0 +lon_0=0.0 +x_0=0.0 +y_0=0 +k=1.0 +units=m +nadgrids=@null +wktext +no_defs"]]`,
		"EPSG:4326", [4]float64{-180, -85, 180, 85}, "EPSG:3857"},
	{`PROJCS["from Ferro",GEOGCS["x",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Ferro",-17.66666666666667],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",10],PARAMETER["central_meridian",31],PARAMETER["scale_factor",1],PARAMETER["false_easting",0],PARAMETER["false_northing",-5000000],UNIT["foot",0.3048]]`,
		"EPSG:4326", [4]float64{5, 40, 20, 60}, ""},
	{`GEOGCS["from Ferro in gons",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Ferro",-19.62962962962963],UNIT["grad",0.01570796326794897]]`,
		"EPSG:4326", [4]float64{5, 40, 20, 60}, ""},
}

func TestWKTAgainstPROJ(t *testing.T) {
	for _, c := range wktCorpus {
		crs, err := ParseWKT(c.wkt)
		if err != nil {
			t.Error(err)
			continue
		}
		if crs.Code != c.code {
			t.Errorf("%s: code %q, want %q", crs.Name, crs.Code, c.code)
		}
		compareWithPROJ(t, crs, c.base, c.wkt, c.box)
	}
}
