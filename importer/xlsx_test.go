package importer

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/lintu-map/lintu"
)

// book writes a workbook of one sheet of rows by name.
func book(t testing.TB, sheets map[string][][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	for _, name := range sortedKeys(sheets) {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range sheets[name] {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err == nil {
				err = f.SetSheetRow(name, cell, &row)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hostileBook is a workbook with one sheet of that XML.
func hostileBook(t testing.TB, sheet string, more ...[2]string) []byte {
	t.Helper()
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return zipOf(t, nil, append([][2]string{
		{"[Content_Types].xml", `<Types/>`},
		{"_rels/.rels", `<Relationships><Relationship Id="a" Type="` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook ` + ns + `><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="` + kind + `worksheet" Target="worksheets/s.xml"/><Relationship Id="r2" Type="` + kind + `sharedStrings" Target="/xl/strings.xml"/></Relationships>`},
		{"xl/worksheets/s.xml", sheet}}, more...)...)
}

// numbersSheet has cells as programs write them.
const numbersSheet = `<worksheet><sheetData>
<row r="2"><c r="A2" t="inlineStr"><is><r><t>户</t></r><r><t>编号</t></r><rPh><t>HU</t></rPh></is></c><c t="s"><v>0</v></c><c r="D2" t="str"><v>日期</v></c></row>
<row><c><v>4.30181002001E+11</v></c><c><v>1.38E+10</v></c><c t="e"><v>#REF!</v></c><c s="1"><v>45000</v></c></row>
<row r="7"><c r="A7"><v>430181002002</v></c><c r="B7"><f>B3+1</f><v>13800000001.0</v></c><c r="D7" t="d"><v>2024-01-02</v></c><c r="F7"><v>1</v></c></row>
<row r="8"/><row r="9"><c r="B9" t="b"><v>1</v></c><c r="C9" t="inlineStr"><is><t xml:space="preserve"> a &lt;b&gt; </t></is></c></row>
</sheetData></worksheet>`

const oneString = `<sst><si><t>电话</t></si></sst>`

func TestXLSXCells(t *testing.T) {
	s, err := openBytes(t, "户.xlsx", hostileBook(t, numbersSheet, [2]string{"xl/strings.xml", oneString}))
	if err != nil {
		t.Fatal(err)
	}
	d := s.Datasets()[0]
	if got := columnsNamed(d); got != "户编号|电话|column_3|日期" || d.Name != "户" {
		t.Errorf("columns %s of %s", got, d.Name)
	}
	checkRows(t, d, "",
		"|430181002001,13800000000,,45000|cell-error",
		"|430181002002,13800000001,,2024-01-02",
		"|,1,a <b>,")
}

// TestXLSXOfRealPrograms: what excelize and GDAL write, with several sheets.
func TestXLSXOfRealPrograms(t *testing.T) {
	b := book(t, map[string][][]any{
		"一村":       {{"集里街道住户表"}, {"户编号", "户主", "电话", "人数"}, {"430181002001", "李小明", 13812345678, 3}, {430181002002, "王大海", "138-1234-5679", 4.0}},
		"张小花":      {{"户编号", "户主"}, {"1", "a"}},
		"zz empty": {},
	})
	s, err := openBytes(t, "x.xlsx", b)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Datasets()) != 2 || s.Datasets()[0].Name != "***" || s.Datasets()[1].Name != "一村" {
		t.Fatalf("datasets %+v", s.Datasets())
	}
	checkRows(t, s.Datasets()[1], "", "|430181002001,李小明,13812345678,3", "|430181002002,王大海,138-1234-5679,4")

	dir := t.TempDir()
	csv := filepath.Join(dir, "户.csv")
	if err := os.WriteFile(csv, []byte(people), 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out.xlsx")
	if text, err := exec.Command("ogr2ogr", "-f", "XLSX", out, csv).CombinedOutput(); err != nil {
		t.Fatalf("ogr2ogr: %v: %s", err, text)
	}
	s, err = Open(out, "out.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	checkRows(t, s.Datasets()[0], "", "|430181002001,李小明,13812345678", "|430181002002,王大海,13912345678")
}

func TestXLSXHostile(t *testing.T) {
	deep := strings.Repeat("<a>", 2_000_000)
	for name, c := range map[string]struct {
		sheet string
		more  [][2]string
		code  lintu.ErrorCode
		word  string
	}{
		"deep":        {"<worksheet><sheetData>" + deep, nil, lintu.CodeInvalid, "no row of headings"},
		"cell":        {`<worksheet><row><c t="inlineStr"><is><t>` + strings.Repeat("x", 80<<20), nil, lintu.CodeInvalid, "longer than"},
		"tag":         {`<worksheet><row r="` + strings.Repeat("1", 1<<20) + `">`, nil, lintu.CodeTooLarge, "unpacks to too much"},
		"bomb":        {`<worksheet>` + strings.Repeat(`<row/>`, 20<<20), nil, lintu.CodeTooLarge, ""},
		"columns":     {`<worksheet><row><c r="XFE1"><v>1</v></c></row></worksheet>`, nil, lintu.CodeInvalid, "damaged"},
		"many cells":  {`<worksheet><row>` + strings.Repeat(`<c><v>1</v></c>`, 100_000), nil, lintu.CodeInvalid, "damaged"},
		"backwards":   {`<worksheet><row r="5"><c r="B5"><v>1</v></c><c r="A5"><v>1</v></c></row></worksheet>`, nil, lintu.CodeInvalid, "damaged"},
		"no string":   {`<worksheet><row><c t="s"><v>7</v></c></row></worksheet>`, nil, lintu.CodeInvalid, "damaged"},
		"broken xml":  {`<worksheet><row><c t=s`, nil, lintu.CodeInvalid, "damaged"},
		"entity":      {`<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet><row><c t="inlineStr"><is><t>&a;</t></is></c></row></worksheet>`, nil, lintu.CodeInvalid, "damaged"},
		"utf-16":      {`<?xml version="1.0" encoding="utf-16"?><worksheet/>`, nil, lintu.CodeInvalid, "damaged"},
		"wide":        {`<worksheet><row>` + wideRow(2000) + `</row></worksheet>`, nil, lintu.CodeTooLarge, "2000 columns"},
		"strings bad": {numbersSheet, [][2]string{{"xl/strings.xml", `<sst><si><t>` + strings.Repeat("y", 1<<20)}}, lintu.CodeTooLarge, "unpacks to too much"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := openBytes(t, "x.xlsx", hostileBook(t, c.sheet, c.more...))
			checkError(t, err, c.code, c.word)
		})
	}
	_, err := openBytes(t, "x.xls", []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"+strings.Repeat("\x00", 600)))
	checkError(t, err, lintu.CodeInvalid, "password")
}

func wideRow(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`<c t="inlineStr"><is><t>c` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + columnName(i) + `</t></is></c>`)
	}
	return b.String()
}

func columnName(i int) string {
	name, _ := excelize.ColumnNumberToName(i + 1)
	return name
}

func TestCSVHostile(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		code lintu.ErrorCode
		word string
	}{
		"cell":    {"code,name\n1,\"" + strings.Repeat("x", 20<<20), lintu.CodeInvalid, "quotation mark"},
		"line":    {strings.Repeat("x", 20<<20), lintu.CodeInvalid, "longer than"},
		"columns": {strings.Repeat("a,", 1_000_000), lintu.CodeInvalid, "longer than"},
		"wide":    {wideHeader(1500) + "\n1,2\n", lintu.CodeTooLarge, "1500 columns"},
		"no head": {"李小明,13812345678\n王大海,13912345678\n", lintu.CodeInvalid, "no row of headings"},
		"numbers": {"1,2,3\n4,5,6\n", lintu.CodeInvalid, "no row of headings"},
		"one":     {"code\n1\n2\n", lintu.CodeInvalid, "no row of headings"},
		"empty":   {"", lintu.CodeInvalid, "no row of headings"},
		"bytes":   {"a,b\n\x00\x01,2\n", lintu.CodeInvalid, "no text has"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := openBytes(t, "x.csv", []byte(c.text))
			if err == nil {
				_, err = rows(t, s.Datasets()[0], "")
			}
			checkError(t, err, c.code, c.word)
		})
	}
}

func wideHeader(n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = columnName(i) + "x"
	}
	return strings.Join(names, ",")
}
