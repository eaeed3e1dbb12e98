package importer

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

const (
	wktCGCS2000 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	wktBeijing  = `GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	wktWGS84    = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
)

// gaussKruger is a .prj of a transverse Mercator.
func gaussKruger(name, geographic string, easting, meridian float64) string {
	return `PROJCS["` + name + `",` + geographic + `,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",` + decimal(easting) +
		`],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",` + decimal(meridian) +
		`],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// pointFiles is a folder with one point.
func pointFiles(x, y float64, prj string) map[string][]byte {
	f := shpFile{shapePoint, [][]byte{pointRecord(x, y)}}
	files := map[string][]byte{"households.shp": f.shp(), "households.shx": f.shx(),
		"households.dbf": dbfFile(0, []dbfColumn{{"CODE", 'C', 8, 0}, {"ADDRESS", 'C', 20, 0}}, " H1      Jili Road 1")}
	if prj != "" {
		files["households.prj"] = []byte(prj)
	}
	return files
}

// The place with known coordinates in many systems: 113.63 E, 28.16 N.
const (
	knownLon, knownLat = 113.63, 28.16
	knownX, knownY     = 463659.87, 3116228.44
)

func TestCRS(t *testing.T) {
	w := newTown(t)
	for _, tc := range []struct {
		what    string
		x, y    float64
		prj     string
		answers lintu.Answers
		asks    string // a word of the question; "" if it is stored at the known place
		first   string // value of the likeliest candidate
		withinM float64
	}{
		{what: "CGCS2000 / 114E", x: knownX, y: knownY, prj: gaussKruger("CGCS2000_3_Degree_GK_CM_114E", wktCGCS2000, 500000, 114), withinM: 0.02},
		{what: "CGCS2000 zone 38", x: 38e6 + knownX, y: knownY, prj: gaussKruger("CGCS2000_3_Degree_GK_Zone_38", wktCGCS2000, 38500000, 114), withinM: 0.02},
		{what: "CGCS2000 degrees", x: knownLon, y: knownLat, prj: wktCGCS2000, withinM: 0.02},
		{what: "zone prefix in a .prj without", x: 38e6 + knownX, y: knownY, prj: gaussKruger("CGCS2000_3_Degree_GK_CM_114E", wktCGCS2000, 500000, 114), asks: "no place", first: "EPSG:4526"},
		{what: "degrees under a projected .prj", x: knownLon, y: knownLat, prj: gaussKruger("CGCS2000_3_Degree_GK_CM_114E", wktCGCS2000, 500000, 114), asks: "degrees", first: "gcj02"},
		{what: "metres under a geographic .prj", x: knownX, y: knownY, prj: wktWGS84, asks: "no place"},
		{what: "Beijing 54 is never converted silently", x: knownX, y: knownY, prj: gaussKruger("Beijing_1954_3_Degree_GK_CM_114E", wktBeijing, 500000, 114), asks: "old datum"},
		{what: "Beijing 54 said aloud", x: knownX, y: knownY, prj: gaussKruger("Beijing_1954_3_Degree_GK_CM_114E", wktBeijing, 500000, 114), answers: lintu.Answers{CRS: "EPSG:2435"}, withinM: 200},
		{what: "Xian 80 said aloud", x: knownX, y: knownY, answers: lintu.Answers{CRS: "EPSG:2383"}, withinM: 200},
		{what: "no .prj, degrees", x: knownLon, y: knownLat, asks: "no .prj", first: "gcj02"},
		{what: "no .prj, metres", x: knownX, y: knownY, asks: "no .prj", first: "EPSG:4547"},
		{what: "no .prj, said EPSG:4547", x: knownX, y: knownY, answers: lintu.Answers{CRS: "EPSG:4547"}, withinM: 0.02},
		{what: "said a system in which it is nowhere", x: knownX, y: knownY, answers: lintu.Answers{CRS: "EPSG:4326"}, asks: "does not fit"},
		{what: "BD-09", x: 113.641995, y: 28.162796, answers: lintu.Answers{From: "bd09"}, withinM: 150},
		{what: "nonsense in the .prj", x: knownLon, y: knownLat, prj: "PROJCS[", asks: "cannot be understood"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			path := folder(t, pointFiles(tc.x, tc.y, tc.prj))
			b, err := w.ImportFile(t.Context(), tenant, path, everywhere, map[string]lintu.Answers{"": tc.answers}, true, nil)
			if tc.asks == "" {
				if err != nil {
					t.Fatal(err)
				}
				got := b.Parts[0].Report.Bounds
				if d := metres([2]float64{got[0], got[1]}, [2]float64{knownLon, knownLat}); !(d <= tc.withinM) {
					t.Errorf("%.3f m off, at %v", d, got)
				}
				return
			}
			if lintu.CodeOf(err) != lintu.CodeConflict {
				t.Fatalf("got %v, want a question", err)
			}
			q := b.Parts[0].Report.Questions[0]
			if q.Key != "crs" || !strings.Contains(q.Text.EN, tc.asks) || q.Text.ZH == "" {
				t.Errorf("question %q: %s", q.Key, q.Text.EN)
			}
			if tc.first != "" && (len(q.Candidates) == 0 || q.Candidates[0].Value != tc.first) {
				t.Errorf("candidates %v, want %s first", q.Candidates, tc.first)
			}
		})
	}
}

// TestGeoJSONFromWebMaps: GeoJSON is WGS 84 by its rules, and the boundaries
// that people download are not.
func TestGeoJSONFromWebMaps(t *testing.T) {
	w := newTown(t)
	path := geojson(t, "counties.geojson", squareFeature(113.6, 28.1, `{"adcode":430181,"name":"浏阳市","center":"x","childrenNum":0,"level":"district","acroutes":"y"}`))
	b, err := w.do(t, path, lintu.Answers{})
	if lintu.CodeOf(err) != lintu.CodeConflict || b.Parts[0].Report.Questions[0].Candidates[0].Value != "gcj02" {
		t.Fatalf("got %v", err)
	}
	b = w.must(t, path, lintu.Answers{From: "gcj02"})
	lon, lat := toGCJ02(b.Parts[0].Report.Bounds[0], b.Parts[0].Report.Bounds[1])
	if metres([2]float64{lon, lat}, [2]float64{113.6, 28.1}) > 2 || math.IsNaN(lon) {
		t.Errorf("at %v", b.Parts[0].Report.Bounds)
	}
}
