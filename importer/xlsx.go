package importer

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/lintu-map/lintu"
)

// A workbook is a zip of XML after ECMA-376. What is read of it: the list of
// sheets, the strings that they share, and the rows. Styles, formulas, macros and
// what links elsewhere are not looked at.

// workbook is an XLSX file.
type workbook struct {
	file   blob
	title  string
	sheets []sheetPart
	shared string // the part of the shared strings

	once    sync.Once
	strings *sharedStrings
	failed  error
}

// sheetPart is where a sheet stands in the zip.
type sheetPart struct {
	name, part string
	hidden     bool
}

// isWorkbook reports whether a zip's entries are those of a workbook.
func isWorkbook(names []string) bool {
	types, book := false, false
	for _, n := range names {
		types = types || n == "[Content_Types].xml"
		book = book || strings.HasSuffix(strings.ToLower(n), "workbook.xml")
	}
	return types && book
}

// openWorkbook reads the list of sheets.
func openWorkbook(title string, b blob) (*workbook, error) {
	w := &workbook{file: b, title: title}
	book := "xl/workbook.xml"
	root, err := w.relations("_rels/.rels", "")
	if err != nil {
		return nil, err
	}
	for _, r := range root {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			book = r.target
		}
	}
	rels, err := w.relations(path.Join(path.Dir(book), "_rels", path.Base(book)+".rels"), path.Dir(book))
	if err != nil {
		return nil, err
	}
	for _, r := range rels {
		if strings.HasSuffix(r.kind, "/sharedStrings") {
			w.shared = r.target
		}
	}
	if err := w.listSheets(book, rels); err != nil {
		return nil, err
	}
	return w, nil
}

// relation is a line of a .rels part.
type relation struct{ kind, target string }

func (w *workbook) relations(part, base string) (map[string]relation, error) {
	rels := map[string]relation{}
	x, err := w.open(part)
	if err != nil || x == nil {
		return rels, err
	}
	defer x.close()
	for {
		e, err := x.element()
		if errors.Is(err, io.EOF) {
			return rels, nil
		}
		if err != nil {
			return nil, err
		}
		if !e.start || e.name != "Relationship" || e.attr("TargetMode") == "External" {
			continue
		}
		if len(rels) >= maxEntries {
			return nil, tooManyEntries()
		}
		target := e.attr("Target")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(base, target)
		}
		rels[e.attr("Id")] = relation{e.attr("Type"), target}
	}
}

func (w *workbook) listSheets(book string, rels map[string]relation) error {
	x, err := w.open(book)
	if err != nil {
		return err
	}
	if x == nil {
		return w.damaged(errors.New("no workbook part"))
	}
	defer x.close()
	for {
		e, err := x.element()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !e.start || e.name != "sheet" {
			continue
		}
		r, ok := rels[e.attr("id")]
		if !ok || !strings.HasSuffix(r.kind, "/worksheet") {
			continue // a chart or a dialogue
		}
		if len(w.sheets) >= maxDatasets {
			return lintu.Errorf(lintu.CodeTooLarge, "工作表过多：一次最多 %d 个；请分批导入。", "Too many sheets: %d at most at once. Import them in parts.", maxDatasets)
		}
		w.sheets = append(w.sheets, sheetPart{e.attr("name"), r.target, e.attr("state") != "" && e.attr("state") != "visible"})
	}
}

// open begins to read a part; nil if there is none. Every reading has its own view
// of the zip and counts what comes out of it.
func (w *workbook) open(part string) (*xmlReader, error) {
	in := &countingReaderAt{in: w.file, limit: maxDirBytes}
	z, err := zip.NewReader(in, w.file.size)
	if err != nil {
		return nil, w.damaged(err)
	}
	in.limit = 0
	if len(z.File) > maxEntries {
		return nil, tooManyEntries()
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	for _, f := range z.File {
		if !strings.EqualFold(f.Name, part) {
			continue
		}
		rc, err := f.Open()
		if err != nil {
			return nil, w.damaged(err)
		}
		return newXMLReader(rc, &meteredReader{in: rc, zip: &zipReader{in: in}}, w), nil
	}
	return nil, nil
}

// damaged is what is said about a workbook that cannot be read.
func (w *workbook) damaged(cause error) error {
	var known *lintu.Error
	if errors.As(cause, &known) && known.Code == lintu.CodeTooLarge {
		return lintu.Errorf(lintu.CodeTooLarge, "工作簿 %s 解开后过大或过深，不予读取；若来源可靠，请另存为 CSV 再导入。",
			"The workbook %s unpacks to too much and is not read. If you trust it, save it as CSV and import that.", w.title).Because(cause)
	}
	if errors.As(cause, &known) {
		return cause
	}
	return lintu.Errorf(lintu.CodeInvalid, "工作簿 %s 已损坏，或不是 XLSX；请用表格软件打开后另存为 XLSX 或 CSV。",
		"The workbook %s is damaged or no XLSX. Open it in a spreadsheet program and save it as XLSX or CSV.", w.title).Because(cause)
}

// datasets describes the sheets that can be seen and have a table in them; notes
// say what else there is.
func (w *workbook) datasets() (ds []*Dataset, notes []lintu.Text, err error) {
	hidden, empty := 0, 0
	var first error
	for _, s := range w.sheets {
		if s.hidden {
			hidden++
			continue
		}
		d := &Dataset{Name: discreet(s.name), Format: FormatXLSX, Encoding: lintu.Detection{Value: utf8Label, Title: charsetTitles[utf8Label],
			Confidence: 1, Reason: lintu.Text{ZH: "XLSX 的文字都是 Unicode", EN: "text in XLSX is Unicode"}}}
		err := newTable(d, &xlsxSheet{w, s.part}, charset{label: utf8Label})
		if lintu.CodeOf(err) == lintu.CodeInvalid {
			empty++
			if first == nil {
				first = err
			}
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		ds = append(ds, d)
	}
	if len(ds) == 0 && first != nil {
		return nil, nil, first
	}
	if len(ds) == 1 {
		ds[0].Name = w.title
	}
	if hidden > 0 {
		notes = append(notes, lintu.Say("没有读取 %d 个隐藏的工作表", "%d hidden sheets were not read", hidden))
	}
	if empty > 0 {
		notes = append(notes, lintu.Say("没有读取 %d 个没有表头的工作表", "%d sheets without a row of headings were not read", empty))
	}
	return ds, notes, nil
}

// xlsxSheet is one sheet of a workbook.
type xlsxSheet struct {
	book *workbook
	part string
}

// strict implements tableFile: sheets leave out the empty cells at a row's end.
func (s *xlsxSheet) strict() bool { return false }

// rows implements tableFile.
func (s *xlsxSheet) rows(charset) (cells, error) {
	s.book.once.Do(func() { s.book.strings, s.book.failed = s.book.readStrings() })
	if s.book.failed != nil {
		return nil, s.book.failed
	}
	x, err := s.book.open(s.part)
	if err != nil {
		return nil, err
	}
	if x == nil {
		return nil, s.book.damaged(errors.New("a sheet's part is missing"))
	}
	return &xlsxRows{in: x, strings: s.book.strings}, nil
}
