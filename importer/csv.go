package importer

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/lintu-map/lintu"
)

// maxTableRowBytes bounds one row of a table as it stands in the file: a
// quotation mark without its twin would swallow the rest of it.
const maxTableRowBytes = 256 << 10

// The rules by which rows of a table are refused.
const (
	ruleRowRagged   = "row-ragged"   // more or fewer cells than headings
	ruleCellQuoting = "cell-quoting" // a quotation mark where none can stand
	ruleCellError   = "cell-error"   // a formula that Excel could not work out
)

// csvFile is a text of rows of cells (RFC 4180), whose separator may also be a
// semicolon or a tab.
type csvFile struct {
	file      blob
	from      int64 // where the first row begins, behind marks
	utf16     *charset
	separator byte
}

// newCSV looks at the beginning of a file that is called a table.
func newCSV(name string, b blob) (*Dataset, error) {
	f := &csvFile{file: b}
	head, err := (&window{blob: b}).at(0, 64<<10)
	if err != nil {
		return nil, err
	}
	if err := f.marks(head); err != nil {
		return nil, err
	}
	if f.utf16 == nil && bytes.IndexByte(head, 0) >= 0 {
		return nil, lintu.Errorf(lintu.CodeInvalid, "%s 不是文本表格：里面有文字中不会有的字节；请从表格软件另存为 CSV 或 XLSX。",
			"%s is no table of text: it has bytes that no text has. Save it from the spreadsheet program as CSV or XLSX.", name)
	}
	if f.separator == 0 {
		if f.separator, err = f.guessSeparator(); err != nil {
			return nil, err
		}
	}
	return f.dataset(name)
}

// marks reads what may stand before the first row: a byte order mark, and the
// line "sep=;" that Excel understands.
func (f *csvFile) marks(head []byte) error {
	label := ""
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		f.from = 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		label = "utf-16le"
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		label = "utf-16be"
	}
	if label != "" {
		c, err := charsetOf(label)
		f.utf16 = &c
		return err
	}
	line := head[min(f.from, int64(len(head))):]
	if len(line) > 5 && string(line[:4]) == "sep=" && (line[5] == '\r' || line[5] == '\n') && bytes.IndexByte([]byte(",;\t"), line[4]) >= 0 {
		f.separator = line[4]
		f.from += 6
	}
	return nil
}

// dataset detects the encoding and describes the table.
func (f *csvFile) dataset(name string) (*Dataset, error) {
	d := &Dataset{Name: discreet(name), Format: FormatCSV}
	label := utf8Label
	if f.utf16 != nil {
		d.Encoding = lintu.Detection{Value: f.utf16.label, Title: f.utf16.title, Confidence: 1,
			Reason: lintu.Text{ZH: "文件开头的字节序标记说明", EN: "the byte order mark says so"}}
	} else {
		s, err := f.sample()
		if err != nil {
			return nil, err
		}
		d.Encoding = detect(s, hints{}, nil)
		if label = d.Encoding.Value; label == "" {
			label = d.Encoding.Candidates[0].Value
		}
	}
	c, err := charsetOf(label)
	if err != nil {
		return nil, err
	}
	return d, newTable(d, f, c)
}

// guessSeparator takes the one that cuts the first rows most evenly.
func (f *csvFile) guessSeparator() (byte, error) {
	best, most := byte(','), 0
	for _, sep := range []byte{',', ';', '\t'} {
		rows := f.scan(sep, textDecoder{})
		counts := map[int]int{}
		for range 30 {
			row, err := rows.next()
			if err != nil && !isData(err) {
				return 0, err
			}
			if err != nil {
				break
			}
			if !row.blank() {
				counts[len(row.ends)]++
			}
		}
		for cells, n := range counts {
			if score := n*100*min(cells-1, 1) + min(cells, 99); cells > 1 && score > most {
				best, most = sep, score
			}
		}
	}
	return best, nil
}

// isData reports whether a reader ended by what the data is: its end, or a fault
// of it.
func isData(err error) bool {
	var mine *lintu.Error
	return errors.Is(err, io.EOF) || errors.As(err, &mine) && mine.Code == lintu.CodeInvalid
}

// sample collects cells beyond ASCII from blocks all over the file. Only headings
// are ever shown of a table: most tables are about people.
func (f *csvFile) sample() (*textSample, error) {
	s := &textSample{namesOnly: true}
	f.sampleHeadings(s)
	w := window{blob: f.file}
	block, stride := int64(windowBytes/4), int64(windowBytes/4)
	if f.file.size > sampleWhole {
		stride = f.file.size / sampleBlocks
	}
	for off := f.from; off < f.file.size; off += stride {
		b, err := w.at(off, int(block))
		if err != nil {
			return nil, err
		}
		if i := bytes.IndexByte(b, '\n'); i >= 0 && off > f.from {
			b = b[i+1:] // it may begin in the middle of a character
		}
		s.bytes = 0 // every block may add its share
		for _, line := range bytes.Split(b[:bytes.LastIndexAny(b, "\r\n")+1], []byte{'\n'}) {
			for _, cell := range bytes.FieldsFunc(line, func(r rune) bool { return r == rune(f.separator) || r == '"' || r == '\r' }) {
				if s.bytes <= textSampleBytes/sampleBlocks && len(cell) < windowBytes/64 {
					s.add(cell, 0, false)
				}
			}
		}
	}
	return s, nil
}

// sampleHeadings adds the headings as names.
func (f *csvFile) sampleHeadings(s *textSample) {
	rows := f.scan(f.separator, textDecoder{})
	rows.raw = true
	top, err := readTop(rows)
	if err != nil {
		return // whoever reads the table will say why
	}
	head := top.head()
	for i := range head.ends {
		s.add(head.cell(i), -1, false)
	}
}

// rows implements tableFile.
func (f *csvFile) rows(c charset) (cells, error) { return f.scan(f.separator, newTextDecoder(c)), nil }

// strict implements tableFile.
func (f *csvFile) strict() bool { return true }

func (f *csvFile) scan(separator byte, text textDecoder) *csvRows {
	var in io.Reader = io.NewSectionReader(f.file, f.from, f.file.size-f.from)
	if f.utf16 != nil {
		in, text = transform.NewReader(in, unicode.BOMOverride(f.utf16.enc.NewDecoder())), textDecoder{}
	}
	return &csvRows{in: in, buf: make([]byte, 0, 64<<10), separator: separator, text: text}
}

// csvRows reads rows, byte by byte: in none of the encodings of tables is a
// separator or quotation mark a part of another character.
type csvRows struct {
	in        io.Reader
	buf       []byte
	pos       int
	separator byte
	text      textDecoder
	raw       bool // leave the bytes as they are
	row       cellRow
	cell      []byte
	number    int64
	size      int // of the present row
	lastCR    bool
	ended     bool
}

// Places in a row.
const (
	cellStart = iota
	cellPlain
	cellQuoted
	cellClosed // behind a closing quotation mark
)

// next implements cells.
func (c *csvRows) next() (*cellRow, error) {
	c.number++
	c.row.reset(c.number)
	c.cell, c.size = c.cell[:0], 0
	state := cellStart
	for {
		b, ok, err := c.byte()
		if err != nil {
			return nil, err
		}
		if !ok {
			return c.last(state)
		}
		if state != cellQuoted && (b == '\n' || b == '\r') {
			if b == '\n' && c.lastCR && c.size == 1 {
				c.lastCR, c.size = false, 0
				continue // the second half of a CRLF
			}
			c.lastCR = b == '\r'
			c.endCell()
			return &c.row, nil
		}
		c.lastCR = false
		if c.size > maxTableRowBytes {
			return nil, c.tooLong(state)
		}
		state = c.take(state, b)
	}
}

// take puts one byte where it belongs and returns the new place.
func (c *csvRows) take(state int, b byte) int {
	switch {
	case b == '"' && state == cellStart:
		return cellQuoted
	case b == '"' && state == cellQuoted:
		return cellClosed
	case b == '"' && state == cellClosed:
		c.cell = append(c.cell, b)
		return cellQuoted
	case b == c.separator && state != cellQuoted:
		c.endCell()
		return cellStart
	case b == '"' || state == cellClosed:
		c.row.fault(-1, ruleCellQuoting)
		state = cellPlain
	case state == cellStart:
		state = cellPlain
	}
	c.cell = append(c.cell, b)
	return state
}

// last ends the text; a row need not end in a line's end.
func (c *csvRows) last(state int) (*cellRow, error) {
	if c.size == 0 {
		return nil, io.EOF
	}
	if state == cellQuoted {
		c.row.fault(-1, ruleCellQuoting)
	}
	c.endCell()
	return &c.row, nil
}

func (c *csvRows) endCell() {
	if c.raw {
		c.row.add(c.cell)
	} else {
		var damaged bool
		var cut int
		from := len(c.row.line)
		c.row.line, cut, damaged = c.text.append(c.row.line, c.cell)
		if cut > 0 || damaged {
			c.row.fault(len(c.row.ends), ruleTextUndecodable)
		}
		c.row.close(from)
	}
	c.cell = c.cell[:0]
}

func (c *csvRows) tooLong(state int) error {
	if state == cellQuoted {
		return lintu.Errorf(lintu.CodeInvalid, "第 %[1]d 行超过 %[2]d KB：多半是有一个引号没有配对；它之前的行已读。",
			"Row %[1]d is longer than %[2]d KB: a quotation mark probably lacks its twin. The rows before it were read.", c.number, maxTableRowBytes>>10)
	}
	return lintu.Errorf(lintu.CodeInvalid, "第 %[1]d 行超过 %[2]d KB，不像表格的一行；它之前的行已读。",
		"Row %[1]d is longer than %[2]d KB, which no row of a table is. The rows before it were read.", c.number, maxTableRowBytes>>10)
}

// byte returns the next byte of the text; false at its end.
func (c *csvRows) byte() (byte, bool, error) {
	for c.pos == len(c.buf) {
		if c.ended {
			return 0, false, nil
		}
		n, err := c.in.Read(c.buf[:cap(c.buf)])
		c.buf, c.pos = c.buf[:n], 0
		if errors.Is(err, io.EOF) {
			c.ended = true
		} else if err != nil {
			return 0, false, unreadable(err)
		}
	}
	c.pos++
	c.size++
	return c.buf[c.pos-1], true, nil
}
