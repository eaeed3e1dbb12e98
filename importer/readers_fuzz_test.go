package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lintu-map/lintu"
)

// checkReads holds what must be true of any bytes: reading ends, without more
// rows than bytes; failures are sentences for people; text is text.
func checkReads(t *testing.T, datasets []*Dataset, err error, size int) {
	t.Helper()
	var e *lintu.Error
	if err != nil {
		if !errors.As(err, &e) || e.Text.ZH == "" || e.Code == lintu.CodeInternal {
			t.Fatalf("not a sentence for people: %v", err)
		}
		return
	}
	for _, d := range datasets {
		r, err := d.Read(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for r.Next() {
			if n++; n > size {
				t.Fatalf("%d rows of %d bytes", n, size)
			}
			for _, v := range r.Record().Values {
				if !utf8.ValidString(v) {
					t.Fatalf("value %q is no UTF-8", v)
				}
			}
			if len(r.Record().Values) != len(r.Columns()) {
				t.Fatalf("%d values for %d columns", len(r.Record().Values), len(r.Columns()))
			}
			wktOf(r.Record().Geometry)
		}
		if r.Err() != nil && !errors.As(r.Err(), &e) {
			t.Fatalf("not a sentence for people: %v", r.Err())
		}
		r.Notes()
	}
}

func inMemory(b []byte) blob { return blob{bytes.NewReader(b), int64(len(b))} }

func FuzzShapefile(f *testing.F) {
	two := shpFile{5, [][]byte{square, partsRecord(5, 2, 8, []int{0, 4}, 0, 0, 0, 9, 9, 9, 0, 0, 1, 1, 2, 2, 2, 1, 1, 1)}}
	dbf := dbfFile(0x4D, []dbfColumn{{"A", 'C', 4, 0}, {"N", 'N', 3, 1}}, " x", "*y", " \xb3\xa4\xc9\xb3")
	f.Add(two.shp(), two.shx(), dbf)
	f.Add(shpFile{1, [][]byte{pointRecord(1, 2)}}.shp(), []byte{}, []byte{})
	f.Add(shpFile{13, [][]byte{partsRecord(13, 1, 2, []int{0}, 1, 2, 3, 4, 5, 6, 7, 8)}}.shp(), []byte{}, dbf)
	f.Fuzz(func(t *testing.T, shp, shx, dbf []byte) {
		p := shapefileParts{name: "a", shp: inMemory(shp)}
		if len(shx) > 0 {
			p.shx = inMemory(shx)
		}
		if len(dbf) > 0 {
			p.dbf = inMemory(dbf)
		}
		d, err := newShapefile(p)
		checkReads(t, []*Dataset{d}, err, len(shp)+len(dbf))
	})
}

// FuzzGeoJSON also wants that no well-formed JSON is called malformed.
func FuzzGeoJSON(f *testing.F) {
	for _, s := range []string{
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"名称":"长沙","n":1.5,"x":[1,{"a":null}]},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[0,1],[1,1],[0,0]]]]}}],"crs":{"type":"name","properties":{"name":"EPSG:4490"}}}`,
		"\x1e{\"type\":\"Point\",\"coordinates\":[1,2,3]}\n\x1e{\"coordinates\":[[1,2],[3,4]],\"type\":\"LineString\"}\n",
		`{"type":"Feature","geometry":null,"properties":{"a":"\u0031\ud83d\ude00\udc00\ud83dx\\"}}`,
		"\xEF\xBB\xBF" + `{"type":"GeometryCollection","geometries":[]}`,
		`{"features":[{"type":"Feature"},7,null],"type":"FeatureCollection"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := newGeoJSON("a", inMemory(b))
		if err == nil {
			var e *lintu.Error
			_, rerr := rows(t, d, "")
			if errors.As(rerr, &e) && json.Valid(b) && strings.Contains(e.Text.EN, "malformed") {
				t.Fatalf("%s: %q", e.Text.EN, b)
			}
		}
		checkReads(t, []*Dataset{d}, err, len(b))
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		people, "a,b\n1,\"x\"\"y\"\r\n\"\",\n", "sep=;\na;b\n1;2\n", "\xFF\xFEa\x00,\x00b\x00\n\x001\x00,\x002\x00",
		"经度,纬度\n113.6,28.1\nx,\n", "户编号\t户主\n1\t\xb3\xa4\xc9\xb3\n", "title\n\na,b,c\n1\n\"", "x,y,编号\n3116228,463659,1\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := newCSV("a", inMemory(b))
		checkReads(t, []*Dataset{d}, err, len(b))
	})
}

func FuzzXLSX(f *testing.F) {
	f.Add([]byte(numbersSheet), []byte(oneString))
	f.Add([]byte(`<worksheet><row r="1"><c r="A1" t="s"><v>0</v></c><c t="str"><v>b</v></c></row><row><c r="B2"><v>1e400</v></c></row></worksheet>`), []byte(`<sst><si><t/></si><si><r><t>x</t></r></si></sst>`))
	f.Fuzz(func(t *testing.T, sheet, texts []byte) {
		b := hostileBook(t, string(sheet), [2]string{"xl/strings.xml", string(texts)})
		w, err := openWorkbook("a", inMemory(b))
		var ds []*Dataset
		if err == nil {
			ds, _, err = w.datasets()
		}
		checkReads(t, ds, err, len(sheet))
	})
}

func FuzzEncoding(f *testing.F) {
	f.Add([]byte("\xb3\xa4\xc9\xb3\xca\xd0"), "GBK", byte(0))
	f.Add([]byte("長沙市"), "ISO 8859-1", byte(0x57))
	f.Add([]byte("Citt\xe0"), "", byte(0x4F))
	f.Fuzz(func(t *testing.T, text []byte, cpg string, ldid byte) {
		s := &textSample{}
		for len(text) > 0 {
			n := min(len(text), 10)
			s.add(text[:n], 0, n == 10)
			text = text[n:]
		}
		d := detect(s, hints{cpg: parseCPG(cpg), cpgText: cpg, ldid: ldid}, nil)
		if (d.Value == "") == (len(d.Candidates) == 0) {
			t.Fatalf("neither certain nor a question: %+v", d)
		}
		if d.Confidence < 0 || d.Confidence > 1 || !utf8.ValidString(d.Reason.ZH) {
			t.Fatalf("detection %+v", d)
		}
		for _, c := range d.Candidates {
			if _, err := charsetOf(c.Value); err != nil || !utf8.ValidString(c.Reason.ZH) {
				t.Fatalf("candidate %+v: %v", c, err)
			}
		}
	})
}
