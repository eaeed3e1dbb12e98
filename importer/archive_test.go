package importer

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"github.com/lintu-map/lintu"
)

var onePoint = string(shpFile{1, [][]byte{pointRecord(1, 2)}}.shp())

func datasetNames(s *Source) string {
	var names []string
	for _, d := range s.Datasets() {
		names = append(names, d.Name)
	}
	return strings.Join(names, " ")
}

func TestZipNames(t *testing.T) {
	gbk := encoded(t, simplifiedchinese.GBK, "社区边界.shp")
	big5 := encoded(t, traditionalchinese.Big5, "臺南市村里界.shp")
	unicodePath := func(h *zip.FileHeader) {
		name := "\x01" + string(binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(h.Name)))) + "网格.shp"
		h.Extra = append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, unicodePathField), uint16(len(name))), name...)
	}
	flagged := func(h *zip.FileHeader) { h.NonUTF8 = false }
	for name, c := range map[string]struct {
		entry string
		spoil func(*zip.FileHeader)
		want  string
		noted string
	}{
		"UTF-8 with flag":    {"长沙市.shp", flagged, "长沙市", ""},
		"UTF-8 without flag": {"长沙市.shp", nil, "长沙市", ""},
		"GBK without flag":   {gbk, nil, "社区边界", "GBK"},
		"Big5 without flag":  {big5, nil, "臺南市村里界", "Big5"},
		"unicode path field": {"????.shp", unicodePath, "网格", ""},
		"backslashes":        {`数据\社区.shp`, nil, "社区", ""},
		"in a folder":        {"a/b/社区.shp", nil, "社区", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := openBytes(t, "a.zip", zipOf(t, c.spoil, [2]string{c.entry, onePoint}))
			if err != nil {
				t.Fatal(err)
			}
			if got := datasetNames(s); got != c.want {
				t.Errorf("dataset %q, want %q", got, c.want)
			}
			if notes := fmt.Sprint(s.Notes()); c.noted != "" && !strings.Contains(notes, c.noted) || c.noted == "" && len(s.Notes()) > 0 {
				t.Errorf("notes %s", notes)
			}
		})
	}
}

func TestZipOfLayers(t *testing.T) {
	prj := `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"]`
	s, err := openBytes(t, "浏阳.zip", zipOf(t, nil,
		[2]string{"浏阳/", ""},
		[2]string{"浏阳/社区.shp", onePoint}, [2]string{"浏阳/社区.PRJ", prj}, [2]string{"浏阳/社区.CPG", "\uFEFFUTF-8\r\n"},
		[2]string{"浏阳/网格.SHP", onePoint}, [2]string{"浏阳/网格.sbn", "x"}, [2]string{"浏阳/网格.shp.xml", "<x/>"},
		[2]string{"旧/网格.shp", onePoint},
		[2]string{"heads.geojson", `{"type":"Point","coordinates":[1,2]}`},
		[2]string{"package.json", `{"name":"x"}`}, [2]string{"说明.txt", "x"}, [2]string{"alone.dbf", "x"},
		[2]string{"__MACOSX/浏阳/._社区.shp", "x"}, [2]string{".DS_Store", "x"}, [2]string{"浏阳/Thumbs.db", "x"}))
	if err != nil {
		t.Fatal(err)
	}
	if got := datasetNames(s); got != "heads 旧/网格 浏阳/网格 社区" {
		t.Errorf("datasets %q", got)
	}
	d := s.Datasets()[3]
	if d.PRJ != prj || d.CPG != "UTF-8" {
		t.Errorf("prj %q, cpg %q", d.PRJ, d.CPG)
	}
	if notes := s.Notes(); len(notes) != 1 || !strings.Contains(notes[0].EN, "3 other files were not read: alone.dbf、package.json、说明.txt") {
		t.Errorf("notes %v", notes)
	}
}

func TestHostileZips(t *testing.T) {
	link := func(h *zip.FileHeader) { h.SetMode(0o777 | fs.ModeSymlink) }
	encrypt := func(h *zip.FileHeader) { h.Flags |= 1 }
	good := zipOf(t, nil, [2]string{"a.shp", onePoint})
	damaged := bytes.Clone(good)
	damaged[40] ^= 0xFF
	deflate64 := bytes.Clone(good)
	for _, sign := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(deflate64, []byte(sign))
		deflate64[at+8+2*strings.Index("\x03\x01", sign[2:3])] = 9
	}
	for name, c := range map[string]struct {
		zip   []byte
		code  lintu.ErrorCode
		words string
	}{
		"name with ..":     {zipOf(t, nil, [2]string{"../../etc/a.shp", onePoint}), lintu.CodeInvalid, "outside"},
		"name with \\..":   {zipOf(t, nil, [2]string{`x\..\..\a.shp`, onePoint}), lintu.CodeInvalid, "outside"},
		"absolute name":    {zipOf(t, nil, [2]string{"/etc/a.shp", onePoint}), lintu.CodeInvalid, "outside"},
		"name with drive":  {zipOf(t, nil, [2]string{`C:\a.shp`, onePoint}), lintu.CodeInvalid, "outside"},
		"link":             {zipOf(t, link, [2]string{"a.shp", "/etc/passwd"}), lintu.CodeInvalid, "link"},
		"encrypted":        {zipOf(t, encrypt, [2]string{"a.shp", onePoint}), lintu.CodeInvalid, "encrypted"},
		"zip in zip":       {zipOf(t, nil, [2]string{"b.zip", string(good)}, [2]string{"a.shp", onePoint}), lintu.CodeInvalid, "b.zip"},
		"no layer":         {zipOf(t, nil, [2]string{"a.txt", "x"}), lintu.CodeInvalid, "no layer"},
		"nothing":          {zipOf(t, nil), lintu.CodeInvalid, "no layer"},
		"one file twice":   {zipOf(t, nil, [2]string{"a.shp", onePoint}, [2]string{"A.SHP", onePoint}), lintu.CodeInvalid, "two files"},
		"cut":              {good[:len(good)-10], lintu.CodeInvalid, "damaged or incomplete"},
		"damaged":          {damaged, lintu.CodeInvalid, "damaged"},
		"another method":   {deflate64, lintu.CodeInvalid, "method 9"},
		"no zip":           {[]byte("hello"), lintu.CodeInvalid, "format"},
		"empty file":       {nil, lintu.CodeInvalid, "format"},
		"rar":              {[]byte("Rar!\x1a\x07\x00 and so on, for some bytes"), lintu.CodeInvalid, "format"},
		"too many entries": {manyEntries(t, maxEntries+1), lintu.CodeTooLarge, "Too many files"},
		"huge directory":   {manyEntries(t, 60_000), lintu.CodeTooLarge, "Too many files"},
		"too many layers":  {manyLayers(t, maxDatasets+1), lintu.CodeTooLarge, "Too many layers"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openBytes(t, "a.zip", c.zip)
			checkError(t, err, c.code, c.words)
		})
	}
}

func manyEntries(t testing.TB, n int) []byte {
	files := make([][2]string, n)
	for i := range files {
		files[i] = [2]string{fmt.Sprintf("folder with a long name to fill the directory of the zip/%d.txt", i), ""}
	}
	return zipOf(t, nil, files...)
}

func manyLayers(t testing.TB, n int) []byte {
	files := make([][2]string, n)
	for i := range files {
		files[i] = [2]string{fmt.Sprintf("%d.shp", i), onePoint}
	}
	return zipOf(t, nil, files...)
}

// TestZipBomb has one entry whose headers claim that it is small, and one whose
// headers tell the truth.
func TestZipBomb(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("a.dbf")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 2 * bombFloorBytes / len(zeros) {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if w, err = z.Create("a.shp"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(onePoint)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	honest := out.Bytes()
	lying := bytes.Clone(honest)
	size := binary.LittleEndian.AppendUint32(nil, 2*bombFloorBytes)
	lying = bytes.ReplaceAll(lying, size, []byte{100, 0, 0, 0})
	if bytes.Equal(lying, honest) {
		t.Fatal("no size found to lie about")
	}
	_, err = openBytes(t, "a.zip", honest)
	checkError(t, err, lintu.CodeTooLarge, "unpack it and import its .shp")
	_, err = openBytes(t, "a.zip", lying)
	checkError(t, err, lintu.CodeInvalid, "damaged")
}

// TestSpooledEntries reads a zip with an entry too large for memory, twice, and
// leaves nothing behind.
func TestSpooledEntries(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var f shpFile
	f.shape = 1
	for i := range 10_000 {
		f.records = append(f.records, pointRecord(float64(i), 0.5))
	}
	path := filepath.Join(folder(t, map[string][]byte{"a.zip": zipOf(t, nil, [2]string{"a.shp", string(f.shp())}, [2]string{"a.shx", string(f.shx())})}), "a.zip")
	s, err := Open(path, "a.zip")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := rows(t, s.Datasets()[0], "")
		if err != nil || len(got) != len(f.records) || got[9999] != "POINT(9999 0.5)|" {
			t.Errorf("%d rows, %v", len(got), err)
		}
	}
	left, err := os.ReadDir(temp)
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(left, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "lintu-import-") }); i >= 0 {
		t.Errorf("%s is left on disk", left[i].Name())
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestFolderAndCompanions(t *testing.T) {
	dir := folder(t, map[string][]byte{
		"poly.shp": []byte(onePoint), "poly.PRJ": []byte("GEOGCS[]"), "poly2.prj": []byte("no"),
		"sub/grid.shp": []byte(onePoint), "readme.md": []byte("x"),
	})
	if runtime.GOOS != "windows" {
		if err := os.Symlink(filepath.Join(dir, "poly.shp"), filepath.Join(dir, "link.shp")); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, "folder")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := datasetNames(s); got != "grid poly" {
		t.Errorf("datasets %q", got)
	}
	// An upload is kept under a name of the server's own.
	one, err := Open(filepath.Join(dir, "poly.shp"), "社区.shp")
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	if d := one.Datasets()[0]; d.Name != "社区" || d.PRJ != "GEOGCS[]" {
		t.Errorf("dataset %q with .prj %q", d.Name, d.PRJ)
	}
	_, err = Open(filepath.Join(dir, "absent.zip"), "absent.zip")
	checkError(t, err, lintu.CodeNotFound, "absent.zip")
}

func FuzzZip(f *testing.F) {
	f.Add(zipOf(f, nil, [2]string{"a.shp", onePoint}, [2]string{"a.dbf", string(dbfFile(0x4D, []dbfColumn{{"A", 'C', 4, 0}}, " x"))}))
	f.Add(zipOf(f, nil, [2]string{"\xc9\xe7\xc7\xf8.geojson", `{"type":"Point","coordinates":[1,2]}`}))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &Source{}
		err := s.findZip(inMemory(b), "a.zip")
		checkReads(t, s.Datasets(), err, 64*len(b))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
