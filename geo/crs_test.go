package geo

import (
	"errors"
	"fmt"
	"strings"

	"math"
	"pgregory.net/rapid"
	"testing"
)

// The numbers that every part of the house checks itself with.
func TestKnownPoint(t *testing.T) {
	for _, c := range []struct {
		code string
		x    float64
	}{{"EPSG:4547", 463659.87}, {"EPSG:4526", 38463659.87}} {
		crs, err := ParseCRS(c.code)
		if err != nil {
			t.Fatal(err)
		}
		x, y := crs.Forward(113.63, 28.16)
		if math.Abs(x-c.x) > 0.005 || math.Abs(y-3116228.44) > 0.005 {
			t.Errorf("%s: %.3f %.3f", c.code, x, y)
		}
		lon, lat := crs.Inverse(x, y)
		if math.Abs(lon-113.63) > 1e-12 || math.Abs(lat-28.16) > 1e-12 {
			t.Errorf("%s back: %.14f %.14f", c.code, lon, lat)
		}
	}
}

func TestParseCRSSpellings(t *testing.T) {
	for s, want := range map[string]string{
		"EPSG:4547": "EPSG:4547", " epsg:4547 ": "EPSG:4547", "4547": "EPSG:4547", "EPSG::4547": "EPSG:4547",
		"urn:ogc:def:crs:EPSG::4326": "EPSG:4326", "urn:ogc:def:crs:OGC:1.3:CRS84": "EPSG:4326", "OGC:CRS84": "EPSG:4326",
		"http://www.opengis.net/def/crs/EPSG/0/4490": "EPSG:4490", "EPSG:900913": "EPSG:3857", "\ufeffEPSG:32650": "EPSG:32650",
	} {
		c, err := ParseCRS(s)
		if err != nil || c.Code != want || !c.Native() {
			t.Errorf("%q: %+v, %v", s, c, err)
		}
	}
	for _, s := range []string{"", "EPSG:", "EPSG:x", "EPSG:0", "EPSG:-4326", "EPSG:1000000", "ESRI:102025", "WGS", "2000 国家大地坐标系", "1e3"} {
		c, err := ParseCRS(s)
		var e *Error
		if c != nil || !errors.As(err, &e) || e.Text.ZH == "" || e.Text.EN == "" {
			t.Errorf("%q: %+v, %v", s, c, err)
		}
	}
}

// Old datums are recognised by code, by name and by ellipsoid, and never converted.
func TestOldDatums(t *testing.T) {
	gk := func(geogcs string) string {
		return `PROJCS["x",` + geogcs + `,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	}
	base := func(datum, spheroid string) string {
		return `GEOGCS["x",DATUM["` + datum + `",SPHEROID[` + spheroid + `]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	}
	krass, xian := base("D_Beijing_1954", `"Krasovsky_1940",6378245.0,298.3`), base("D_Xian_1980", `"Xian_1980",6378140.0,298.257`)
	for s, code := range map[string]string{
		"EPSG:4214": "EPSG:4214", "EPSG:4610": "EPSG:4610", "EPSG:2383": "EPSG:2383", "EPSG:2435": "EPSG:2435", "EPSG:21418": "EPSG:21418", "EPSG:27700": "EPSG:27700",
		krass: "EPSG:4214", xian: "EPSG:4610", gk(krass): "EPSG:2435", gk(xian): "EPSG:2383",
		gk(base("D_Krasovsky_1940", `"Krasovsky_1940",6378245.0,298.3`)): "", base("D_Deutsches_Hauptdreiecksnetz", `"Bessel_1841",6377397.155,299.1528128`): "",
	} {
		c, err := ParseCRS(s)
		if err != nil || c.Datum != OldDatum || c.Native() || c.Code != code || c.Note.ZH == "" {
			t.Errorf("%s: %+v, %v", s, c, err)
			continue
		}
		if x, _ := c.Inverse(500000, 3e6); !math.IsNaN(x) {
			t.Errorf("%s converts", s)
		}
	}
}

// What is not understood for certain is left to PROJ.
func TestForeignCRS(t *testing.T) {
	const geogcs = `GEOGCS["x",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	tm := func(rest string) string {
		return `PROJCS["x",` + geogcs + `,PROJECTION["Transverse_Mercator"],` + rest + `]`
	}
	for name, s := range map[string]string{
		"code":             "EPSG:2193",
		"method":           `PROJCS["x",` + geogcs + `,PROJECTION["Stereographic"],PARAMETER["Central_Meridian",10],UNIT["Meter",1]]`,
		"parameter":        tm(`PARAMETER["Central_Meridian",10],PARAMETER["Azimuth",10],UNIT["Meter",1]`),
		"no meridian":      tm(`PARAMETER["Scale_Factor",1],UNIT["Meter",1]`),
		"no unit":          tm(`PARAMETER["Central_Meridian",10]`),
		"axis to the west": tm(`PARAMETER["Central_Meridian",10],UNIT["Meter",1],AXIS["Y",WEST],AXIS["X",SOUTH]`),
		"no scale":         tm(`PARAMETER["Central_Meridian",10],PARAMETER["Scale_Factor",0],UNIT["Meter",1]`),
		"shifted":          `GEOGCS["x",DATUM["WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563],TOWGS84[100,0,0]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
		"unknown datum":    `GEOGCS["x",DATUM["D_Mars",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
		"wrong ellipsoid":  `GEOGCS["x",DATUM["D_WGS_1984",SPHEROID["x",6378137.0,290]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
		"geocentric":       `GEODCRS["x",DATUM["WGS_1984",ELLIPSOID["WGS 84",6378137,298.257223563]],CS[Cartesian,3],AXIS["X",geocentricX],ANGLEUNIT["degree",0.0174532925199433]]`,
		"local":            `LOCAL_CS["site grid",UNIT["metre",1]]`,
	} {
		c, err := ParseCRS(s)
		if err != nil || c.Native() || c.Datum == OldDatum {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestHostileWKT(t *testing.T) {
	for name, s := range map[string]string{
		"deep": strings.Repeat("A[", 1000), "long": "GEOGCS[" + strings.Repeat(`"x",`, 100000), "open": `GEOGCS["x"`,
		"quote": `GEOGCS["x`, "empty": "[]", "comma": "GEOGCS[,]", "brackets": `GEOGCS["x")`, "keyword": `VERTCS["x"]`,
		"binary": "\x00\x01[", "no argument": "GEOGCS[]",
	} {
		if c, err := ParseCRS(s); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if _, err := ParseWKT(`GEOGCS["say ""x""",A["b"]],VERTCS["behind"]`); err != nil {
		t.Error(err)
	}
}

func TestInverse(t *testing.T) {
	c := byEPSG(4547)
	if lon, lat := c.Inverse(463659.865155156, 3116228.4421332); !(math.Abs(lon-113.63) < 1e-10 && math.Abs(lat-28.16) < 1e-10) {
		t.Errorf("%v %v", lon, lat)
	}
	for _, xy := range [][2]float64{{38463659.87, 3116228.44}, {math.NaN(), 0}} {
		if lon, lat := c.Inverse(xy[0], xy[1]); !math.IsNaN(lon) || !math.IsNaN(lat) {
			t.Errorf("outside the domain: %v becomes %v %v", xy, lon, lat)
		}
	}
	if n := testing.AllocsPerRun(10, func() { c.Inverse(463659.87, 3116228.44) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if lon, lat := byEPSG(4490).Inverse(113.63, 28.16); lon != 113.63 || lat != 28.16 {
		t.Errorf("CGCS2000 is not left alone: %v %v", lon, lat)
	}
}

// There and back within a nanometre, for every native method and 45 degrees.
func TestRoundTrip(t *testing.T) {
	codes := []int{4547, 4526, 4497, 32650, 32750, 3857, 3395, 3826}
	rapid.Check(t, func(t *rapid.T) {
		c := byEPSG(rapid.SampledFrom(codes).Draw(t, "code"))
		lon := wrap(c.par.lon0 + rapid.Float64Range(-40, 40).Draw(t, "lon"))
		lat := rapid.Float64Range(-84, 84).Draw(t, "lat")
		x, y := c.Forward(lon, lat)
		if bLon, bLat := c.Inverse(x, y); !(metres(lon, lat, bLon, bLat) < 1e-6) {
			t.Fatalf("%s: %.12f %.12f", c.Code, bLon, bLat)
		}
	})
}

func FuzzParseCRS(f *testing.F) {
	for _, c := range wktCorpus {
		f.Add(c.wkt, 463659.87, 3116228.44)
	}
	f.Add("EPSG:4547", 463659.87, 3116228.44)
	f.Add(`PROJCRS["x",BASEGEOGCRS["x",ENSEMBLE["World Geodetic System 1984 ensemble",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]]],CONVERSION["x",METHOD["Transverse Mercator"],PARAMETER["Longitude of natural origin",9,ANGLEUNIT["degree",0.0174532925199433]]],CS[Cartesian,2],AXIS["E",east],LENGTHUNIT["metre",1]]`, 0.0, 0.0)
	f.Fuzz(func(t *testing.T, s string, x, y float64) {
		c, err := ParseCRS(s)
		if err != nil {
			var e *Error
			if c != nil || !errors.As(err, &e) {
				t.Fatalf("%v, %v", c, err)
			}
			return
		}
		c.Inverse(x, y)
		c.Forward(x, y)
		if c.Native() && c.Datum != SameAsWGS84 {
			t.Fatalf("%+v", c)
		}
	})
}

func BenchmarkInverse(b *testing.B) {
	for _, code := range []int{4547, 3857, 4490} {
		b.Run(fmt.Sprint(code), func(b *testing.B) {
			c := byEPSG(code)
			x, y := c.Forward(113.63, 28.16)
			b.ReportAllocs()
			for b.Loop() {
				c.Inverse(x, y)
			}
		})
	}
}
