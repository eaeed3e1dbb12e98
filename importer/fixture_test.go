package importer

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"golang.org/x/text/encoding"

	"github.com/lintu-map/lintu"
)

// shpFile writes a .shp or, of the same records, what a .shx says of them.
type shpFile struct {
	shape   shapeType
	records [][]byte
}

func (f shpFile) header(n int) []byte {
	b := make([]byte, shpHeaderBytes)
	binary.BigEndian.PutUint32(b, shpMagic)
	binary.BigEndian.PutUint32(b[24:], uint32(n/2))
	binary.LittleEndian.PutUint32(b[28:], 1000)
	binary.LittleEndian.PutUint32(b[32:], uint32(f.shape))
	return b
}

func (f shpFile) shp() []byte {
	var body []byte
	for i, r := range f.records {
		body = append(body, recordHead(i+1, len(r)/2)...)
		body = append(body, r...)
	}
	return append(f.header(shpHeaderBytes+len(body)), body...)
}

func (f shpFile) shx() []byte {
	var body []byte
	at := shpHeaderBytes
	for _, r := range f.records {
		body = append(body, recordHead(at/2, len(r)/2)...)
		at += shpRecordHead + len(r)
	}
	return append(f.header(shpHeaderBytes+len(body)), body...)
}

// recordHead is two big-endian words: a record's head or an index entry.
func recordHead(first, words int) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(int32(first)))
	return binary.BigEndian.AppendUint32(b, uint32(int32(words)))
}

func floats(b []byte, xs ...float64) []byte {
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	return b
}

func pointRecord(x, y float64) []byte {
	return floats(binary.LittleEndian.AppendUint32(nil, uint32(shapePoint)), x, y)
}

// partsRecord is a polyline or polygon with the counts it claims.
func partsRecord(t shapeType, parts, points int, firsts []int, xy ...float64) []byte {
	b := floats(binary.LittleEndian.AppendUint32(nil, uint32(t)), 0, 0, 1, 1)
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(parts)))
	b = binary.LittleEndian.AppendUint32(b, uint32(int32(points)))
	for _, f := range firsts {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(f)))
	}
	return floats(b, xy...)
}

var square = partsRecord(shapePolygon, 1, 5, []int{0}, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0)

type dbfColumn struct {
	name  string
	kind  byte
	width int
	dec   int
}

// dbfFile writes an attribute table; rows are raw, flag included.
func dbfFile(ldid byte, columns []dbfColumn, rows ...string) []byte {
	width := 1
	for _, c := range columns {
		width += c.width
	}
	b := make([]byte, dbfHeaderBytes)
	b[0] = 3
	binary.LittleEndian.PutUint32(b[4:], uint32(len(rows)))
	binary.LittleEndian.PutUint16(b[8:], uint16(dbfHeaderBytes+dbfFieldBytes*len(columns)+1))
	binary.LittleEndian.PutUint16(b[10:], uint16(width))
	b[29] = ldid
	for _, c := range columns {
		f := make([]byte, dbfFieldBytes)
		copy(f[:dbfNameBytes], c.name)
		f[11], f[16], f[17] = c.kind, byte(c.width), byte(c.dec)
		b = append(b, f...)
	}
	b = append(b, dbfEndOfFields)
	for _, r := range rows {
		b = append(b, r+strings.Repeat(" ", width-len(r))...)
	}
	return append(b, 0x1A)
}

// encoded is text in an encoding.
func encoded(t testing.TB, e encoding.Encoding, s string) string {
	t.Helper()
	out, err := e.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// zipOf packs files; a header hook may spoil an entry.
func zipOf(t testing.TB, spoil func(*zip.FileHeader), files ...[2]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		h := &zip.FileHeader{Name: f[0], Method: zip.Deflate, NonUTF8: true}
		if spoil != nil {
			spoil(h)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// folder writes files into a folder of its own and returns its path.
func folder(t testing.TB, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// openFile writes one file and opens it.
func openBytes(t testing.TB, name string, b []byte) (*Source, error) {
	t.Helper()
	s, err := Open(filepath.Join(folder(t, map[string][]byte{name: b}), name), name)
	if err == nil {
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	return s, err
}

// openFolder opens files as one folder with one dataset.
func openFolder(t testing.TB, files map[string][]byte) *Dataset {
	t.Helper()
	s, err := Open(folder(t, files), "folder")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if len(s.Datasets()) != 1 {
		t.Fatalf("%d datasets", len(s.Datasets()))
	}
	return s.Datasets()[0]
}

// rows reads a dataset into one line per row: number, geometry as WKT, values,
// rules of the issues.
func rows(t testing.TB, d *Dataset, encoding string) ([]string, error) {
	t.Helper()
	r, err := d.Read(t.Context(), encoding)
	if err != nil {
		return nil, err
	}
	var lines []string
	for r.Next() {
		rec := r.Record()
		line := []string{wktOf(rec.Geometry), strings.Join(rec.Values, ",")}
		for _, i := range rec.Issues {
			line = append(line, i.Rule)
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	return lines, r.Err()
}

func wktOf(g orb.Geometry) string {
	if g == nil {
		return ""
	}
	return wkt.MarshalString(g)
}

func checkRows(t testing.TB, d *Dataset, encoding string, want ...string) {
	t.Helper()
	got, err := rows(t, d, encoding)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("rows:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// checkError wants a sentence for people with a word in it.
func checkError(t testing.TB, err error, code lintu.ErrorCode, word string) {
	t.Helper()
	var e *lintu.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no sentence for people", err)
	}
	if e.Code != code || !strings.Contains(e.Text.EN, word) || e.Text.ZH == "" {
		t.Errorf("error %s %q / %q, want %s with %q", e.Code, e.Text.EN, e.Text.ZH, code, word)
	}
}
