package importer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lintu-map/lintu"
)

// hintRules says which of geojsonhint's bad files are refused here, and why:
// by rule of the row, or by a word of the error. The others are bad in ways
// that hurt nobody (a bbox of strings, too many decimals) or that the check of
// geometries finds (orientation, unclosed and short rings).
var hintRules = map[string]string{
	"bad-duplicate-properties": "not the one type", "bad-featurelist": ruleGeometryInvalid, "bad-json": "malformed",
	"bad-object-type": "type is", "bad-polygonloop": ruleGeometryInvalid, "bad-properties-as-array": ruleFeatureInvalid,
	"badcoord": ruleGeometryInvalid, "badcoordtype": ruleGeometryInvalid, "badfeature": ruleFeatureInvalid,
	"expected_object": ruleFeatureInvalid, "false": ruleGeometryCollection, "feature_changed_semantics": "not the one type",
	"featurecollection": "no features", "featurecollection-obj": "one array", "featurecollection-type-case": "not the one type",
	"geometry_changed_semantics": "not the one type", "geometrycollection_nested": ruleGeometryCollection,
	"geometrycollection_single": ruleGeometryCollection, "multiple_problems": ruleGeometryInvalid,
	"multipoint-multidimension": ruleGeometryInvalid, "multipoint-nondimension": ruleGeometryInvalid,
	"nofeaturetype": ruleFeatureInvalid, "notype": "type is", "point": ruleGeometryInvalid,
	"point-labeled-as-a-multipolygon": ruleGeometryInvalid, "point-string": ruleGeometryInvalid,
	"point-toofew": ruleGeometryInvalid, "rootstring": "format", "stringcoord": ruleGeometryInvalid, "unknowntype": "type is",
}

func TestGeoJSONHint(t *testing.T) {
	dir := sharedData(t, "geojsonhint/test/data")
	for _, kind := range []string{"good", "bad"} {
		files, err := filepath.Glob(filepath.Join(dir, kind, "*.geojson"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files: %v", err)
		}
		for _, file := range files {
			name := strings.TrimSuffix(filepath.Base(file), ".geojson")
			t.Run(kind+"/"+name, func(t *testing.T) {
				want := ""
				if kind == "bad" {
					want = hintRules[name]
				}
				if name == "good-geometrycollection" {
					want = ruleGeometryCollection
				}
				if got := outcome(t, file); want == "" && got != "" || !strings.Contains(got, want) {
					t.Errorf("outcome %q, want %q", got, want)
				}
			})
		}
	}
}

// outcome is the rules and the error of a file; "" if it reads well.
func outcome(t testing.TB, file string) string {
	s, err := Open(file, filepath.Base(file))
	if err != nil {
		return err.Error()
	}
	defer s.Close()
	r, err := s.Datasets()[0].Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for r.Next() {
		for _, i := range r.Record().Issues {
			out += i.Rule + " "
		}
	}
	if r.Err() != nil {
		out += r.Err().Error()
	}
	return out
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func feature(properties, geometry string) string {
	return `{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}`
}

func point(c string) string { return `{"type":"Point","coordinates":` + c + `}` }

func TestGeoJSONRows(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"values": {collection(
			feature(`{"名称":" 长沙 ","code":430181,"ok":true,"no":null,"list":[1, {"a":"]"}]}`, point(`[1,2]`)),
			feature(`{"x":-1.5e3,"code":"430182"}`, `null`)),
			[]string{`POINT(1 2)|长沙,430181,true,,[1, {"a":"]"}]`, `|,430182,,,,-1.5e3`}},
		"geometries": {collection(
			feature(`{}`, `{"coordinates":[[1,2],[3,4]],"type":"LineString"}`),
			feature(`{}`, `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`),
			feature(`{}`, `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}`),
			feature(`{}`, `{"type":"Polygon","coordinates":[[[0,0],[0,9],[9,9],[0,0]],[[1,2],[1,3],[2,3],[1,2]]]}`),
			feature(`{}`, `{"type":"MultiPolygon","coordinates":[[[[0,0],[0,9],[9,9],[0,0]],[[1,2],[1,3],[2,3],[1,2]]],[[[20,20],[20,21],[21,21],[20,20]]]]}`),
			feature(`null`, `{"type":"Polygon","coordinates":[]}`)),
			[]string{"LINESTRING(1 2,3 4)|", "MULTIPOINT((1 2),(3 4))|", "MULTILINESTRING((1 2,3 4),(5 6,7 8))|",
				"POLYGON((0 0,0 9,9 9,0 0),(1 2,1 3,2 3,1 2))|",
				"MULTIPOLYGON(((0 0,0 9,9 9,0 0),(1 2,1 3,2 3,1 2)),((20 20,20 21,21 21,20 20)))|", "|"}},
		"bad rows between good ones": {collection(
			feature(`{"a":1}`, point(`[1,2]`)), `null`, feature(`{"a":2}`, point(`[1,1e400]`)), feature(`{"a":3}`, point(`[1,null]`)),
			feature(`{"a":4}`, point(`{"x":1}`)), feature(`{"a":5}`, point(`[[[[[[1,2]]]]]]`)),
			feature(`{"a":6}`, `{"type":"Polygon","coordinates":[[[1,2],[3,4]],[]]}`), feature(`{"a":7}`, `{"type":"Polygon","coordinates":[[[1,2],[]]]}`),
			feature(`{"a":8}`, `{"type":"MultiPolygon","coordinates":[[],[[[1,2]]]]}`), feature(`{"a":9}`, `{"type":"Polygon","coordinates":[[1,2],[[3,4]]]}`),
			feature(`{"a":10}`, point(`[3,4]`))),
			[]string{"POINT(1 2)|1", "||feature-invalid", "|2|geometry-invalid", "|3|geometry-invalid", "|4|geometry-invalid", "|5|geometry-invalid",
				"|6|geometry-invalid", "|7|geometry-invalid", "|8|geometry-invalid", "|9|geometry-invalid", "POINT(3 4)|10"}},
		"members twice": {collection(
			feature(`{"a":1,"a":2}`, point(`[1,2]`)),
			`{"type":"Feature","properties":{"a":1},"geometry":null,"geometry":`+point(`[1,2]`)+`}`,
			feature(`{"a":1}`, `{"type":"Point","coordinates":[1,2],"coordinates":[3,4]}`)),
			[]string{"POINT(1 2)|1|duplicate-key", "|1|duplicate-key", "POINT(1 2)|1|duplicate-key"}},
		"without properties": {collection(`{"type":"Feature","geometry":` + point(`[1,2]`) + `}`), []string{"POINT(1 2)|"}},
		"one feature":        {feature(`{"a":"x"}`, point(`[1,2]`)), []string{"POINT(1 2)|x"}},
		"a bare geometry":    {point(`[1,2,3]`), []string{"POINT(1 2)|"}},
		"one per line":       {feature(`{"a":1}`, point(`[1,2]`)) + "\n" + feature(`{"b":2}`, point(`[3,4]`)) + "\r\n", []string{"POINT(1 2)|1", "POINT(3 4)|,2"}},
		"text sequence":      {"\x1E" + point(`[1,2]`) + "\n\x1E" + point(`[3,4]`) + "\n", []string{"POINT(1 2)|", "POINT(3 4)|"}},
		"two collections":    {collection(point(`[1,2]`)) + collection(feature(`{}`, point(`[1,2]`))), []string{"||feature-invalid", "POINT(1 2)|"}},
		"byte order mark":    {"\xEF\xBB\xBF" + point(`[1,2]`), []string{"POINT(1 2)|"}},
		"escapes":            {feature(`{"\u540d":"\u957f\"\\\/\n\ud83d\ude00\ud83dx"}`, `null`), []string{"|长\"\\/\n😀\uFFFDx"}},
		"no rows":            {collection(), nil},
		"features first":     {`{"features":[` + feature(`{}`, `null`) + `],"name":{"x":[1]},"type":"FeatureCollection"}`, []string{"|"}},
		"deep and foreign":   {`{"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `,"type":"Point","coordinates":[1,2]}`, []string{"POINT(1 2)|"}},
		"deep coordinates":   {point(strings.Repeat("[", 100_000) + "1,2" + strings.Repeat("]", 100_000)), []string{"||geometry-invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := openBytes(t, "a.geojson", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			d := s.Datasets()[0]
			checkRows(t, d, "", c.want...)
			if d.Count != int64(len(c.want)) {
				t.Errorf("count %d", d.Count)
			}
		})
	}
}

func TestGeoJSONColumns(t *testing.T) {
	var features []string
	for range sampledFeatures {
		features = append(features, feature(`{"a":1,"b":"x","c":true,"d":1}`, point(`[1,2]`)))
	}
	features = append(features, feature(`{"late":1,"a":1.5,"d":"x"}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`))
	s, err := openBytes(t, "a.json", []byte(collection(features...)))
	if err != nil {
		t.Fatal(err)
	}
	d := s.Datasets()[0]
	if len(d.Columns) != 4 || d.Count != sampledFeatures+1 || d.Shape != lintu.Point || d.CRSHint != "EPSG:4326" {
		t.Errorf("%+v", d)
	}
	r, err := d.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
	}
	types := ""
	for _, c := range r.Columns() {
		types += c.Name + ":" + c.Type + " "
	}
	if types != "a:number b:string c:boolean d:mixed late:integer " {
		t.Errorf("columns %s", types)
	}
}

func TestGeoJSONFaults(t *testing.T) {
	good := feature(`{"a":1}`, point(`[1,2]`))
	many := make([]string, maxColumns+1)
	for i := range many {
		many[i] = `"` + strings.Repeat("k", i%200+1) + string(rune('a'+i/200)) + `":1`
	}
	for name, c := range map[string]struct {
		text  string
		rows  int // before the fault; -1: it does not open
		code  lintu.ErrorCode
		words string
	}{
		"cut in a feature":     {collection(good, good)[:150], 1, lintu.CodeInvalid, "breaks off in feature 2 at byte 150"},
		"cut behind a feature": {collection(good)[:len(collection(good))-2], 1, lintu.CodeInvalid, "breaks off in feature 2"},
		"comma too many":       {collection(good, good, ""), 2, lintu.CodeInvalid, "malformed in feature 3 at byte"},
		"comma missing":        {collection(good + good), 1, lintu.CodeInvalid, "malformed in feature 2 at byte"},
		"not a number":         {collection(good, feature(`{}`, point(`[NaN,1]`))), 1, lintu.CodeInvalid, "feature 2 at byte"},
		"leading zero":         {collection(good, feature(`{}`, point(`[01,1]`))), 1, lintu.CodeInvalid, "malformed in feature 2"},
		"line feed in text":    {collection(good, feature("{\"a\":\"x\ny\"}", `null`)), 1, lintu.CodeInvalid, "malformed in feature 2"},
		"no such escape":       {collection(good, feature(`{"a":"\x"}`, `null`)), 1, lintu.CodeInvalid, "malformed in feature 2"},
		"half an escape":       {collection(good, feature(`{"a":"\u12`, `null`)), 1, lintu.CodeInvalid, "malformed in feature 2"},
		"text behind it":       {collection(good) + "x", 1, lintu.CodeInvalid, "object should stand outermost"},
		"features twice":       {`{"type":"FeatureCollection","features":[` + good + `],"features":[]}`, 1, lintu.CodeInvalid, "one array"},
		"too long a text":      {collection(good, feature(`{"a":"`+strings.Repeat("x", maxJSONString+1)+`"}`, `null`)), 1, lintu.CodeTooLarge, "string of more than"},
		"too long a number":    {collection(good, feature(`{"a":`+strings.Repeat("1", maxJSONNumber+1)+`}`, `null`)), 1, lintu.CodeTooLarge, "number of more than"},
		"too many properties":  {collection(good, feature(`{`+strings.Join(many, ",")+`}`, `null`)), 1, lintu.CodeTooLarge, "different properties"},
		"array of features":    {`[` + good + `]`, -1, lintu.CodeInvalid, "outermost"},
		"TopoJSON":             {`{"type":"Topology","objects":{}}`, -1, lintu.CodeInvalid, `"Topology"`},
		"style":                {`{"version":8,"layers":[]}`, -1, lintu.CodeInvalid, "no GeoJSON"},
		"only a mark":          {"\xFF\xFE", -1, lintu.CodeInvalid, "breaks off in feature 1"},
		"depth bomb":           {strings.Repeat(`{"x":`, 1_000_000), -1, lintu.CodeInvalid, "breaks off"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := openBytes(t, "a.geojson", []byte(c.text))
			if c.rows < 0 {
				checkError(t, err, c.code, c.words)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := rows(t, s.Datasets()[0], "")
			checkError(t, err, c.code, c.words)
			if len(got) != c.rows {
				t.Errorf("%d rows before it, want %d", len(got), c.rows)
			}
		})
	}
}

func TestGeoJSONCRS(t *testing.T) {
	for crs, want := range map[string]string{
		``: "EPSG:4326",
		`,"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4547"}}`: "urn:ogc:def:crs:EPSG::4547",
		`,"crs":{"type":"EPSG","properties":{"code":4490}}`:                         "EPSG:4490",
		`,"crs":{"type":"link","properties":{"href":"http://x"}}`:                   "",
		`,"crs":null`: "",
		`,"crs":7`:    "",
	} {
		for _, text := range []string{
			`{"type":"FeatureCollection"` + crs + `,"features":[]}`,
			`{"type":"FeatureCollection","features":[` + feature(`{}`, `null`) + `]` + crs + `}`,
		} {
			s, err := openBytes(t, "a.json", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Datasets()[0].CRSHint; got != want {
				t.Errorf("%s: %q", text, got)
			}
		}
	}
}

func TestGeoJSONEncodings(t *testing.T) {
	var features []string
	for _, name := range simplified {
		features = append(features, feature(`{"名称":"`+name+`"}`, `null`))
	}
	text := collection(features...)
	var utf16le []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + text)) {
		utf16le = append(utf16le, byte(u), byte(u>>8))
	}
	for encoding, b := range map[string][]byte{
		"utf-8": []byte(text), "gbk": []byte(encoded(t, simplifiedchinese.GBK, text)), "utf-16le": utf16le,
	} {
		s, err := openBytes(t, "a.json", b)
		if err != nil {
			t.Fatal(err)
		}
		d := s.Datasets()[0]
		got, err := rows(t, d, "")
		if d.Encoding.Value != encoding || err != nil || strings.Join(got, "") != "|"+strings.Join(simplified, "|") {
			t.Errorf("%s: %+v %v %v", encoding, d.Encoding, got, err)
		}
	}
	s, err := openBytes(t, "a.json", []byte(collection(feature("{\"a\":\"x\xffy\"}", `null`))))
	if err != nil {
		t.Fatal(err)
	}
	checkRows(t, s.Datasets()[0], "utf-8", "|x\uFFFDy|text-undecodable")
}

// TestGeoJSONAcrossWindows shifts a file byte by byte over the border of what
// is read at once, so that every token is cut there once.
func TestGeoJSONAcrossWindows(t *testing.T) {
	text := collection(feature(`{"名":"\ud83d\ude00\\","b":-12.5e1,"c":[{"\"":"\\"}]}`, point(`[113.63,28.16]`)))
	want := `POINT(113.63 28.16)|😀\,-12.5e1,[{"\"":"\\"}]`
	for shift := range len(text) + 2 {
		b := append([]byte(strings.Repeat(" ", windowBytes-shift)), text...)
		b[0] = '\n'
		path := filepath.Join(t.TempDir(), "a.json")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		d, err := newGeoJSON("a", blob{f, int64(len(b))})
		if err != nil {
			t.Fatal(err)
		}
		checkRows(t, d, "", want)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
