package importer

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lintu-map/lintu"
)

// TestReadNastyShapefiles walks what the test suites of other readers keep and
// compares rows and vertices with the index that stands beside them.
func TestReadNastyShapefiles(t *testing.T) {
	dir := sharedData(t, "nasty_shapefiles")
	index, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(index)), "\n")[1:] {
		f := strings.Split(line, "\t")
		t.Run(f[0], func(t *testing.T) {
			s, err := Open(filepath.Join(dir, f[0]), filepath.Base(f[0]))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			wantRows, _ := strconv.Atoi(f[2])
			wantPoints, _ := strconv.Atoi(f[3])
			d := s.Datasets()[0]
			r, err := d.Read(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			n, points, issues := 0, 0, 0
			for r.Next() {
				n++
				rec := r.Record()
				issues += len(rec.Issues)
				if _, multi := rec.Geometry.(orb.MultiPoint); rec.Geometry != nil && !multi {
					eachPoint(rec.Geometry, func(*orb.Point) { points++ })
				}
			}
			if r.Err() != nil || n != wantRows {
				t.Errorf("%d rows, want %d: %v", n, wantRows, r.Err())
			}
			if issues == 0 && points != wantPoints {
				t.Errorf("%d vertices, want %d", points, wantPoints)
			}
		})
	}
}

func TestShapes(t *testing.T) {
	z := partsRecord(15, 1, 4, []int{0}, 0, 0, 0, 1, 1, 1, 0, 0 /* z: */, 5, 9, 5, 6, 7, 5)
	for name, c := range map[string]struct {
		shape  shapeType
		record []byte
		want   string
	}{
		"point":          {1, pointRecord(113.63, 28.16), "POINT(113.63 28.16)|"},
		"null":           {5, []byte{0, 0, 0, 0}, "|"},
		"polygon":        {5, square, "POLYGON((0 0,0 1,1 1,1 0,0 0))|"},
		"polygon Z":      {15, z, "POLYGON((0 0,0 1,1 1,0 0))|"},
		"Z in flat file": {5, z, "POLYGON((0 0,0 1,1 1,0 0))|"},
		"line":           {3, partsRecord(3, 1, 2, []int{0}, 1, 2, 3, 4), "LINESTRING(1 2,3 4)|"},
		"lines":          {3, partsRecord(3, 2, 4, []int{0, 2}, 1, 2, 3, 4, 5, 6, 7, 8), "MULTILINESTRING((1 2,3 4),(5 6,7 8))|"},
		"multipoint": {8, floats(binary.LittleEndian.AppendUint32(floats([]byte{8, 0, 0, 0}, 0, 0, 1, 1), 2), 1, 2, 3, 4),
			"MULTIPOINT((1 2),(3 4))|"},
		"no parts":             {5, partsRecord(5, 0, 0, nil), "|"},
		"points but no parts":  {5, partsRecord(5, 0, 1, nil, 1, 2), "||record-corrupt"},
		"a billion parts":      {5, partsRecord(5, 1e9, 1e9, []int{0}, 1, 2), "||record-corrupt"},
		"a billion points":     {5, partsRecord(5, 1, 1e9, []int{0}, 1, 2), "||record-corrupt"},
		"negative counts":      {5, partsRecord(5, -1, -1, []int{0}, 1, 2), "||record-corrupt"},
		"counts that overflow": {15, partsRecord(15, 0x7fffffff, 0x7fffffff, []int{0}, 1, 2), "||record-corrupt"},
		"parts out of order":   {5, partsRecord(5, 2, 4, []int{2, 0}, 1, 2, 3, 4, 5, 6, 7, 8), "||record-corrupt"},
		"empty part":           {5, partsRecord(5, 2, 4, []int{0, 0}, 1, 2, 3, 4, 5, 6, 7, 8), "||record-corrupt"},
		"part behind the end":  {5, partsRecord(5, 2, 4, []int{0, 4}, 1, 2, 3, 4, 5, 6, 7, 8), "||record-corrupt"},
		"half a point":         {1, pointRecord(1, 2)[:18], "||record-corrupt"},
		"unknown type":         {1, []byte{99, 0, 0, 0}, "||record-corrupt"},
		"another type":         {5, pointRecord(1, 2), "||shape-type-mixed"},
		"multipatch":           {31, partsRecord(31, 0, 0, nil), "||shape-multipatch"},
	} {
		t.Run(name, func(t *testing.T) {
			f := shpFile{c.shape, [][]byte{c.record}}
			checkRows(t, openFolder(t, map[string][]byte{"a.shp": f.shp(), "a.shx": f.shx()}), "", c.want)
			checkRows(t, openFolder(t, map[string][]byte{"a.shp": f.shp()}), "", c.want)
		})
	}
}

func TestLooseRings(t *testing.T) {
	two := partsRecord(5, 2, 8, []int{0, 4}, 0, 0, 0, 9, 9, 9, 0, 0, 1, 1, 2, 2, 2, 1, 1, 1)
	d := openFolder(t, map[string][]byte{"a.shp": shpFile{5, [][]byte{square, two}}.shp()})
	r, err := d.Read(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var loose []bool
	for r.Next() {
		loose = append(loose, r.Record().LooseRings)
	}
	if len(loose) != 2 || loose[0] || !loose[1] {
		t.Errorf("loose rings: %v", loose)
	}
}

func TestFileThatBreaksOff(t *testing.T) {
	whole := shpFile{1, [][]byte{pointRecord(1, 2), pointRecord(3, 4), pointRecord(5, 6)}}
	lying := func(words int) []byte {
		b := whole.shp()
		copy(b[shpHeaderBytes+28:], recordHead(2, words))
		return b
	}
	negative := int64(-5)
	for name, c := range map[string]struct {
		shp   []byte
		rows  int
		words string
	}{
		"cut in a record":       {whole.shp()[:150], 1, "truncated: it should have 184 bytes and has 150; it breaks off in row 2 at byte 128"},
		"cut in a head":         {whole.shp()[:160], 2, "row 3 at byte 156"},
		"cut between records":   {whole.shp()[:156], 2, "truncated"},
		"cut behind the header": {whole.shp()[:100], 0, "row 1 at byte 100"},
		"length of 2 GB":        {lying(0x3fffffff), 1, "Row 2 of the .shp (byte 128) claims a length of 2147483646 bytes"},
		"negative length":       {lying(int(negative)), 1, "claims a length of -10 bytes"},
		"no length":             {lying(0), 1, "claims a length of 0 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, files := range []map[string][]byte{{"a.shp": c.shp}, {"a.shp": c.shp, "a.shx": whole.shx()}} {
				got, err := rows(t, openFolder(t, files), "")
				if len(files) == 2 && err == nil {
					continue // the index finds the rows behind the damage
				}
				checkError(t, err, lintu.CodeInvalid, c.words)
				if len(got) != c.rows {
					t.Errorf("%d rows before it breaks off, want %d", len(got), c.rows)
				}
			}
		})
	}
}

// TestIndexDecides reads a file that was edited in place: a record grew and was
// moved to the end, its old place is a hole.
func TestIndexDecides(t *testing.T) {
	f := shpFile{1, [][]byte{pointRecord(1, 1), pointRecord(2, 2), pointRecord(3, 3)}}
	moved := append(f.header(shpHeaderBytes), recordHead((100+56)/2, 10)...)
	moved = append(moved, recordHead((100+28)/2, 10)...)
	d := openFolder(t, map[string][]byte{"a.shp": f.shp(), "a.shx": moved})
	checkRows(t, d, "", "POINT(3 3)|", "POINT(2 2)|")
	if d.Count != 2 {
		t.Errorf("count %d", d.Count)
	}
}

func TestIndexNotTrusted(t *testing.T) {
	f := shpFile{1, [][]byte{pointRecord(1, 1), pointRecord(2, 2)}}
	for name, entries := range map[string][][2]int{
		"behind the end":         {{50, 10}, {-50, 10}},
		"into a record":          {{50, 10}, {55, 10}},
		"before the records":     {{0, 10}, {50, 10}},
		"negative length":        {{50, 10}, {64, -10}},
		"the same row for ever":  {{50, 10}, {50, 10}, {50, 10}, {50, 10}, {50, 10}, {50, 10}, {50, 10}},
		"another length":         {{64, 12}, {50, 10}},
		"length beyond the file": {{50, 0x3fffffff}},
	} {
		t.Run(name, func(t *testing.T) {
			shx := f.header(shpHeaderBytes)
			for _, e := range entries {
				shx = append(shx, recordHead(e[0], e[1])...)
			}
			d := openFolder(t, map[string][]byte{"a.shp": f.shp(), "a.shx": shx})
			checkRows(t, d, "", "POINT(1 1)|", "POINT(2 2)|")
			if len(d.Notes) == 0 || !strings.Contains(d.Notes[0].EN, "not used") {
				t.Errorf("notes %v", d.Notes)
			}
		})
	}
}

// TestIndexCutShort has an index that ends before the shapes do.
func TestIndexCutShort(t *testing.T) {
	f := shpFile{1, [][]byte{pointRecord(1, 1), pointRecord(2, 2)}}
	for _, shx := range [][]byte{f.shx()[:108], f.header(shpHeaderBytes)} {
		d := openFolder(t, map[string][]byte{"a.shp": f.shp(), "a.shx": shx})
		checkRows(t, d, "", "POINT(1 1)|", "POINT(2 2)|")
	}
}

// TestIndexBackwards reads many rows in the opposite order of the file.
func TestIndexBackwards(t *testing.T) {
	const n = 50_000
	var f shpFile
	f.shape = 1
	for i := range n {
		f.records = append(f.records, pointRecord(float64(i), 0))
	}
	shx := f.header(shpHeaderBytes + n*shxEntryBytes)
	for i := range n {
		shx = append(shx, recordHead((shpHeaderBytes+28*(n-1-i))/2, 10)...)
	}
	got, err := rows(t, openFolder(t, map[string][]byte{"a.shp": f.shp(), "a.shx": shx}), "")
	if err != nil || len(got) != n || got[0] != "POINT(49999 0)|" || got[n-1] != "POINT(0 0)|" {
		t.Errorf("%d rows, %v", len(got), err)
	}
}

func TestTrailingBytes(t *testing.T) {
	f := shpFile{1, [][]byte{pointRecord(1, 1)}}
	d := openFolder(t, map[string][]byte{"a.shp": append(f.shp(), bytes.Repeat([]byte{0}, 40)...)})
	checkRows(t, d, "", "POINT(1 1)|")
}

func TestAttributes(t *testing.T) {
	columns := []dbfColumn{{"MC", 'C', 8, 0}, {"N", 'N', 4, 0}, {"F", 'F', 6, 2}, {"D", 'D', 8, 0}, {"L", 'L', 1, 0}, {"M", 'M', 10, 0}}
	dbf := dbfFile(0, columns,
		" 长沙    12  1.5020260401T        77", // 长沙 takes six bytes of eight
		" a\x00junk  ****      00000000?          ",
		"*gone       1",
		" "+"岳麓"+"\xe5\x8c", // cut after two bytes of 区
		" x",
	)
	f := shpFile{1, [][]byte{pointRecord(1, 1), pointRecord(2, 2), pointRecord(3, 3), pointRecord(4, 4)}}
	d := openFolder(t, map[string][]byte{"a.shp": f.shp(), "a.shx": f.shx(), "a.dbf": dbf, "a.cpg": []byte("UTF-8")})
	got, err := rows(t, d, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POINT(1 1)|长沙,12,1.50,20260401,T,",
		"POINT(2 2)|a,,,,,",
		"POINT(4 4)|岳麓,,,,,|text-cut",
		"|x,,,,,|shape-missing",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("rows:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var types []string
	for _, c := range d.Columns {
		types = append(types, c.Type)
	}
	if s := strings.Join(types, " "); s != "string integer number date boolean memo" {
		t.Errorf("types %s", s)
	}
	if d.Encoding.Value != "utf-8" {
		t.Errorf("encoding %v", d.Encoding)
	}
}

func TestShapeWithoutAttributes(t *testing.T) {
	f := shpFile{1, [][]byte{pointRecord(1, 1), pointRecord(2, 2)}}
	d := openFolder(t, map[string][]byte{"a.shp": f.shp(), "a.dbf": dbfFile(0, []dbfColumn{{"A", 'C', 1, 0}}, " x")})
	checkRows(t, d, "", "POINT(1 1)|x", "POINT(2 2)||attributes-missing")
}

func TestColumnNames(t *testing.T) {
	gbk := func(s string) string { return encoded(t, simplifiedchinese.GBK, s) }
	dbf := dbfFile(0x4D, []dbfColumn{{gbk("行政区划代码")[:11], 'C', 12, 0}, {gbk("名称"), 'C', 10, 0}, {gbk("名称"), 'C', 1, 0}, {"", 'C', 1, 0}},
		" 430181      "+gbk("浏阳市"))
	d := openFolder(t, map[string][]byte{"a.shp": shpFile{1, [][]byte{pointRecord(1, 1)}}.shp(), "a.dbf": dbf})
	var names []string
	for _, c := range d.Columns {
		names = append(names, c.Name)
	}
	if s := strings.Join(names, " "); s != "行政区划代 名称 名称_2 column_4" {
		t.Errorf("columns %s", s)
	}
	checkRows(t, d, "", "POINT(1 1)|430181,浏阳市,,")
	checkRows(t, d, "utf-8", "POINT(1 1)|430181,"+strings.Repeat("\uFFFD", 5)+",,|text-undecodable")
	_, err := d.Read(t.Context(), "klingon")
	checkError(t, err, lintu.CodeInvalid, "klingon")
}

func TestWideTextColumn(t *testing.T) {
	dbf := dbfFile(0, []dbfColumn{{"A", 'C', 300, 1}}, " "+strings.Repeat("x", 300))
	d := openFolder(t, map[string][]byte{"a.shp": shpFile{1, [][]byte{pointRecord(1, 1)}}.shp(), "a.dbf": dbf})
	checkRows(t, d, "", "POINT(1 1)|"+strings.Repeat("x", 300))
}

func TestDamagedTables(t *testing.T) {
	good := dbfFile(0, []dbfColumn{{"A", 'C', 10, 0}}, " x")
	spoil := func(f func(b []byte)) []byte {
		b := bytes.Clone(good)
		f(b)
		return b
	}
	shp := shpFile{1, [][]byte{pointRecord(1, 1)}}.shp()
	for name, c := range map[string]struct {
		dbf   []byte
		words string
	}{
		"nothing":               {nil, "only 0 bytes"},
		"half a header":         {good[:20], "only 20 bytes"},
		"header behind the end": {spoil(func(b []byte) { b[9] = 0xFF }), "header claims"},
		"header too short":      {spoil(func(b []byte) { b[8], b[9] = 3, 0 }), "header claims"},
		"fields over the row":   {spoil(func(b []byte) { b[48] = 255 }), "256 bytes wide"},
		"rows of no length":     {spoil(func(b []byte) { b[10] = 0 }), "where a row has 0"},
		"dBASE 7":               {spoil(func(b []byte) { b[0] = 4 }), "dBASE 7"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(folder(t, map[string][]byte{"a.shp": shp, "a.dbf": c.dbf}), "a")
			checkError(t, err, lintu.CodeInvalid, c.words)
		})
	}
	for _, count := range []uint32{0, 0xFFFFFFFF} {
		b := spoil(func(b []byte) { binary.LittleEndian.PutUint32(b[4:], count) })
		d := openFolder(t, map[string][]byte{"a.shp": shp, "a.dbf": b})
		checkRows(t, d, "", "POINT(1 1)|x")
		if !strings.Contains(d.Notes[len(d.Notes)-1].EN, "room for 1") {
			t.Errorf("notes %v", d.Notes)
		}
	}
}

func TestShapefileThatIsNone(t *testing.T) {
	_, err := openBytes(t, "a.shp", append([]byte{0, 0, 0x27, 0x0A}, make([]byte, 20)...))
	checkError(t, err, lintu.CodeInvalid, "a.shp is no shapefile")
	_, err = openBytes(t, "a.shp", shpFile{77, nil}.shp())
	checkError(t, err, lintu.CodeInvalid, "shape type 77")
}

func TestReadIsCancelled(t *testing.T) {
	d := openFolder(t, map[string][]byte{"a.shp": shpFile{1, [][]byte{pointRecord(1, 1)}}.shp()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := d.Read(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	if r.Next() || !errors.Is(r.Err(), context.Canceled) {
		t.Errorf("err %v", r.Err())
	}
}
