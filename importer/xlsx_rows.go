package importer

import (
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/lintu-map/lintu"
)

// The size of a sheet, as Excel has it.
const (
	maxSheetRows    = 1 << 20
	maxSheetColumns = 1 << 14
)

// xlsxRows reads the rows of a sheet.
type xlsxRows struct {
	in      *xmlReader
	strings *sharedStrings
	row     cellRow
	number  int64
	value   []byte
	kind    string // of the present cell
	inValue bool
	text    textRun
}

// next implements cells.
func (r *xlsxRows) next() (*cellRow, error) {
	for {
		e, err := r.in.element()
		if err != nil {
			r.in.close()
			return nil, err
		}
		if e.start && e.name == "row" {
			if err := r.begin(&e); err != nil {
				return nil, err
			}
			return &r.row, r.cells()
		}
	}
}

// begin numbers a row. Numbers ascend, and rows without one follow the last.
func (r *xlsxRows) begin(e *element) error {
	n := r.number + 1
	if s := e.attr("r"); s != "" {
		var err error
		if n, err = strconv.ParseInt(s, 10, 64); err != nil || n <= r.number {
			return r.in.book.damaged(errors.New("row numbers do not ascend"))
		}
	}
	if n > maxSheetRows {
		return lintu.Errorf(lintu.CodeTooLarge, "工作表超过 %d 行；请另存为 CSV 再导入。", "A sheet has more than %d rows. Save it as CSV and import that.", maxSheetRows)
	}
	r.number = n
	r.row.reset(n)
	return nil
}

// cells reads to the end of the row.
func (r *xlsxRows) cells() error {
	for {
		e, err := r.in.element()
		if errors.Is(err, io.EOF) {
			return r.in.book.damaged(io.ErrUnexpectedEOF)
		}
		if err != nil {
			return err
		}
		switch {
		case e.name == "row" && !e.start:
			return nil
		case e.name == "c" && e.start:
			if err := r.beginCell(&e); err != nil {
				return err
			}
		case e.name == "c":
			if err := r.endCell(); err != nil {
				return err
			}
		case e.name == "v":
			r.inValue = e.start
		case e.name == "" && r.inValue:
			r.value = append(r.value, e.text...)
		default:
			r.value = r.text.take(r.value, &e)
		}
		if len(r.value)+len(r.row.line) > maxTableRowBytes {
			return lintu.Errorf(lintu.CodeInvalid, "第 %[1]d 行超过 %[2]d KB，不像表格的一行；它之前的行已读。",
				"Row %[1]d is longer than %[2]d KB, which no row of a table is. The rows before it were read.", r.number, maxTableRowBytes>>10)
		}
	}
}

// beginCell fills up to the cell's column, which may have been left out.
func (r *xlsxRows) beginCell(e *element) error {
	r.value, r.kind, r.inValue, r.text = r.value[:0], e.attr("t"), false, textRun{}
	column := len(r.row.ends)
	if ref := e.attr("r"); ref != "" {
		column = columnOf(ref)
	}
	if column < len(r.row.ends) || column >= maxSheetColumns {
		return r.in.book.damaged(errors.New("cells are out of order"))
	}
	for len(r.row.ends) < column {
		r.row.ends = append(r.row.ends, len(r.row.line))
	}
	return nil
}

func (r *xlsxRows) endCell() error {
	switch r.kind {
	case "s":
		n, err := strconv.Atoi(string(r.value))
		text, ok := r.strings.get(n)
		if len(r.value) > 0 && (err != nil || !ok) {
			return r.in.book.damaged(errors.New("a cell's text is missing"))
		}
		r.value = append(r.value[:0], text...)
	case "", "n":
		r.value = appendNumber(r.value)
	case "e":
		r.row.fault(len(r.row.ends), ruleCellError)
		r.value = r.value[:0]
	}
	r.row.add(r.value)
	r.value = r.value[:0]
	return nil
}

// columnOf reads the letters of a reference such as AB12, from 0; -1 if it has
// none.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		n = 26*n + int(c-'A') + 1
	}
	return n - 1
}

// appendNumber writes the number in b in place without an exponent, as short as
// reads the same: 1.38E+10 is 13800000000, so that telephones and codes stay what
// they are. Integers stay as they stand.
func appendNumber(b []byte) []byte {
	v := string(b)
	if !strings.ContainsAny(v, ".eE") {
		return b
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.Abs(f) >= 1e21 || f != 0 && math.Abs(f) < 1e-15 {
		return b
	}
	return strconv.AppendFloat(b[:0], f, 'f', -1, 64)
}
