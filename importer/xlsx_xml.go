package importer

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"

	"github.com/lintu-map/lintu"
)

// maxTokenBytes bounds one tag or one run of text. A cell of Excel holds at most
// 32,767 characters.
const maxTokenBytes = 512 << 10

// xmlReader reads XML token by token. It keeps no stack, so that depth costs
// nothing, and bounds every token.
type xmlReader struct {
	book *workbook
	body io.Closer
	in   *tokenBytes
	dec  *xml.Decoder
}

// tokenBytes counts the bytes of the present token.
type tokenBytes struct {
	*bufio.Reader
	n int
}

var errTokenTooLong = lintu.Errorf(lintu.CodeTooLarge, "一个格子的内容超过 %d KB。", "A cell holds more than %d KB.", maxTokenBytes>>10)

// ReadByte implements io.ByteReader, which is all that encoding/xml uses.
func (t *tokenBytes) ReadByte() (byte, error) {
	if t.n++; t.n > maxTokenBytes {
		return 0, errTokenTooLong
	}
	return t.Reader.ReadByte()
}

func newXMLReader(body io.Closer, in io.Reader, book *workbook) *xmlReader {
	t := &tokenBytes{Reader: bufio.NewReaderSize(in, 64<<10)}
	return &xmlReader{book: book, body: body, in: t, dec: xml.NewDecoder(t)}
}

func (x *xmlReader) close() { _ = x.body.Close() }

// element is the beginning or end of an element, without its namespace.
type element struct {
	start bool
	name  string
	attrs []xml.Attr
	text  []byte // of a run of text, where name is ""
}

func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// element returns the next tag or run of text; io.EOF at the end.
func (x *xmlReader) element() (element, error) {
	for {
		x.in.n = 0
		t, err := x.dec.RawToken()
		if errors.Is(err, io.EOF) {
			return element{}, io.EOF
		}
		if err != nil {
			return element{}, x.book.damaged(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return element{start: true, name: t.Name.Local, attrs: t.Attr}, nil
		case xml.EndElement:
			return element{name: t.Name.Local}, nil
		case xml.CharData:
			return element{text: t}, nil
		}
	}
}

// maxSharedBytes bounds the strings that the sheets of a workbook share; they are
// kept in memory.
const maxSharedBytes = 256 << 20

// sharedStrings are texts that cells refer to by number.
type sharedStrings struct {
	text []byte
	ends []uint32
}

func (s *sharedStrings) get(n int) ([]byte, bool) {
	if s == nil || n < 0 || n >= len(s.ends) {
		return nil, false
	}
	from := uint32(0)
	if n > 0 {
		from = s.ends[n-1]
	}
	return s.text[from:s.ends[n]], true
}

// readStrings reads the shared strings; nil if the workbook has none.
func (w *workbook) readStrings() (*sharedStrings, error) {
	x, err := w.open(w.shared)
	if err != nil || x == nil {
		return nil, err
	}
	defer x.close()
	s := &sharedStrings{}
	var t textRun
	for {
		e, err := x.element()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		s.text = t.take(s.text, &e)
		if e.name == "si" && !e.start {
			s.ends = append(s.ends, uint32(len(s.text)))
		}
		if len(s.text)+8*len(s.ends) > maxSharedBytes {
			return nil, w.damaged(lintu.Errorf(lintu.CodeTooLarge, "工作簿的文字超过 %d MB。", "The workbook has more than %d MB of text.", maxSharedBytes>>20))
		}
	}
}

// textRun collects the text of <t> elements but not of the readings beside them
// (<rPh>).
type textRun struct{ in, reading bool }

func (t *textRun) take(dst []byte, e *element) []byte {
	switch e.name {
	case "t":
		t.in = e.start
	case "rPh":
		t.reading = e.start
	case "":
		if t.in && !t.reading {
			return append(dst, e.text...)
		}
	}
	return dst
}
