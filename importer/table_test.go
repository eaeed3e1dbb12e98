package importer

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// openTable opens a CSV given as text.
func openTable(t testing.TB, text string) *Dataset {
	t.Helper()
	s, err := openBytes(t, "户.csv", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Datasets()[0]
}

func columnsNamed(d *Dataset) string {
	var names []string
	for _, c := range d.Columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, "|")
}

const people = "户编号,户主,电话\n430181002001,李小明,13812345678\n430181002002,王大海,13912345678\n"

func TestCSVEncodings(t *testing.T) {
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	for name, c := range map[string]struct{ text, label string }{
		"utf-8":    {people, "utf-8"},
		"bom":      {"\xEF\xBB\xBF" + people, "utf-8"},
		"gbk":      {encoded(t, simplifiedchinese.GBK, people), "gbk"},
		"big5":     {encoded(t, traditionalchinese.Big5, strings.Repeat("戶編號,戶主,電話\n1,陳大文,2\n臺北市,區公所,地址\n", 3)), "big5"},
		"utf-16":   {encoded(t, utf16, people), "utf-16le"},
		"crlf":     {strings.ReplaceAll(people, "\n", "\r\n"), "utf-8"},
		"cr":       {strings.ReplaceAll(people, "\n", "\r"), "utf-8"},
		"semi":     {strings.ReplaceAll(people, ",", ";"), "utf-8"},
		"tab":      {strings.ReplaceAll(people, ",", "\t"), "utf-8"},
		"sep":      {"sep=;\r\n" + strings.ReplaceAll(people, ",", ";"), "utf-8"},
		"title":    {"集里街道住户表,,\n\n" + people, "utf-8"},
		"no end":   {strings.TrimSuffix(people, "\n"), "utf-8"},
		"quoted":   {`"户编号","户主","电话"` + "\n" + `"430181002001","李小明","13812345678"` + "\n430181002002,王大海,13912345678", "utf-8"},
		"trailing": {"户编号,户主,电话,\n430181002001,李小明,13812345678,\n430181002002,王大海,13912345678,,\n", "utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			d := openTable(t, c.text)
			if d.Encoding.Value != c.label || d.Format != FormatCSV {
				t.Errorf("encoding %+v", d.Encoding)
			}
			got, err := rows(t, d, "")
			if err != nil {
				t.Fatal(err)
			}
			if name == "big5" {
				if columnsNamed(d) != "戶編號|戶主|電話" {
					t.Errorf("columns %s", columnsNamed(d))
				}
				return
			}
			if !strings.HasPrefix(columnsNamed(d), "户编号|户主|电话") || len(got) != 2 || !strings.Contains(got[0], "430181002001,李小明,13812345678") {
				t.Errorf("columns %s, rows %q", columnsNamed(d), got)
			}
		})
	}
}

func TestCSVCells(t *testing.T) {
	d := openTable(t, "code,note\n1,\"a, \"\"b\"\"\n第二行\"\n2,=cmd|' /C calc'!A0\n3,x\"y\n4,\"x\"y\n5\n6,a,b\n\n7,ok\n")
	checkRows(t, d, "",
		"|1,a, \"b\"\n第二行",
		"|2,=cmd|' /C calc'!A0",
		"|3,x\"y|cell-quoting",
		"|4,xy|cell-quoting",
		"|5,|row-ragged",
		"|6,a|row-ragged",
		"|7,ok")
	if r, err := d.Read(t.Context(), ""); err != nil || !r.Next() || r.Record().Number != 2 {
		t.Errorf("the first row below the headings is not row 2: %v", err)
	}
}
