package importer

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/lintu-map/lintu"
)

// Limits of single tokens. Nesting has none: nothing here recurses.
const (
	maxJSONString = 1 << 20
	maxJSONNumber = 512
)

// jsonLexer reads JSON (RFC 8259) from a stream without holding more of it than
// a window and one token. encoding/json would hold a whole value of whatever
// size, and takes the last of two equal keys without a word.
type jsonLexer struct {
	in    io.Reader
	buf   []byte
	pos   int
	base  int64 // offset of buf[0] in the stream
	ended bool
	text  []byte // the last string or number, decoded
	bad   bool   // the last string held bytes that are no UTF-8
	row   int64  // for messages
}

func newJSONLexer(in io.Reader) *jsonLexer {
	return &jsonLexer{in: in, buf: make([]byte, 0, windowBytes)}
}

// offset is how many bytes have been consumed.
func (l *jsonLexer) offset() int64 { return l.base + int64(l.pos) }

// more makes at least one byte available; io.EOF at the end.
func (l *jsonLexer) more() error {
	for l.pos == len(l.buf) {
		if l.ended {
			return io.EOF
		}
		l.base += int64(len(l.buf))
		n, err := l.in.Read(l.buf[:cap(l.buf)])
		l.buf, l.pos = l.buf[:n], 0
		if errors.Is(err, io.EOF) {
			l.ended = true
		} else if err != nil {
			return unreadable(err)
		}
	}
	return nil
}

// peek skips white space, and a byte order mark before everything, and returns the next byte without consuming it.
func (l *jsonLexer) peek() (byte, error) {
	for {
		for l.pos < len(l.buf) {
			switch c := l.buf[l.pos]; c {
			case ' ', '\t', '\r', '\n':
				l.pos++
			case 0xEF:
				if l.offset() != 0 || !bytes.HasPrefix(l.buf, []byte("\xEF\xBB\xBF")) {
					return c, nil
				}
				l.pos = 3
			default:
				return c, nil
			}
		}
		if err := l.more(); err != nil {
			return 0, l.cut(err)
		}
	}
}

// cut turns an end of the data inside a value into a sentence.
func (l *jsonLexer) cut(err error) error {
	if !errors.Is(err, io.EOF) {
		return err
	}
	return lintu.Errorf(lintu.CodeInvalid, "GeoJSON 在第 %d 个要素（第 %d 字节）处中断，文件不完整；请重新导出或重新传送。",
		"The GeoJSON breaks off in feature %d at byte %d: the file is incomplete. Export or transfer it again.", l.row+1, l.offset())
}

// syntax is a fault of the JSON itself at the present place.
func (l *jsonLexer) syntax(want string) error {
	return lintu.Errorf(lintu.CodeInvalid, "GeoJSON 在第 %d 个要素（第 %d 字节）处语法有误：此处应为 %s；请重新导出。",
		"The GeoJSON is malformed in feature %d at byte %d, where %s should stand. Export it again.", l.row+1, l.offset(), want)
}

func (l *jsonLexer) tooLong(what lintu.Text, limit int) error {
	return lintu.Errorf(lintu.CodeTooLarge, "GeoJSON 第 %[1]d 个要素（第 %[2]d 字节）处的%[3]s超过 %[5]d 字节。",
		"The GeoJSON has a %[4]s of more than %[5]d bytes in feature %[1]d at byte %[2]d.", l.row+1, l.offset(), what.ZH, what.EN, limit)
}

// expect consumes one byte that must be c.
func (l *jsonLexer) expect(c byte) error {
	got, err := l.peek()
	if err != nil {
		return err
	}
	if got != c {
		return l.syntax(string(rune(c)))
	}
	l.pos++
	return nil
}

// member goes to the next member of an object whose brace is consumed: it reads
// the key and the colon. The key is in text.
func (l *jsonLexer) member(first bool) (ok bool, err error) {
	c, err := l.peek()
	switch {
	case err != nil:
		return false, err
	case c == '}':
		l.pos++
		return false, nil
	case !first:
		if err := l.expect(','); err != nil {
			return false, err
		}
	}
	if err := l.string(); err != nil {
		return false, err
	}
	return true, l.expect(':')
}

// string reads a string into text.
func (l *jsonLexer) string() error {
	if err := l.expect('"'); err != nil {
		return err
	}
	l.text, l.bad = l.text[:0], false
	for {
		if err := l.more(); err != nil {
			return l.cut(err)
		}
		from := l.pos
		for l.pos < len(l.buf) && l.buf[l.pos] != '"' && l.buf[l.pos] != '\\' && l.buf[l.pos] >= ' ' {
			l.pos++
		}
		l.text = append(l.text, l.buf[from:l.pos]...)
		if len(l.text) > maxJSONString {
			return l.tooLong(lintu.Text{ZH: "字符串", EN: "string"}, maxJSONString)
		}
		if l.pos == len(l.buf) {
			continue
		}
		switch l.buf[l.pos] {
		case '"':
			l.pos++
			l.repair()
			return nil
		case '\\':
			l.pos++
			if err := l.escape(); err != nil {
				return err
			}
		default:
			return l.syntax(`"`)
		}
	}
}

// repair makes text valid UTF-8.
func (l *jsonLexer) repair() {
	if isASCII(l.text) || utf8.Valid(l.text) {
		return
	}
	l.bad = true
	l.text = []byte(string([]rune(string(l.text))))
}

// byte consumes one byte of whatever kind.
func (l *jsonLexer) byte() (byte, error) {
	if err := l.more(); err != nil {
		return 0, l.cut(err)
	}
	l.pos++
	return l.buf[l.pos-1], nil
}

// escape reads what follows a backslash.
func (l *jsonLexer) escape() error {
	c, err := l.byte()
	if err != nil {
		return err
	}
	switch c {
	case '"', '\\', '/':
		l.text = append(l.text, c)
	case 'b':
		l.text = append(l.text, '\b')
	case 'f':
		l.text = append(l.text, '\f')
	case 'n':
		l.text = append(l.text, '\n')
	case 'r':
		l.text = append(l.text, '\r')
	case 't':
		l.text = append(l.text, '\t')
	case 'u':
		return l.unicode()
	default:
		l.pos--
		return l.syntax(`\u`)
	}
	return nil
}

// unicode reads the digits of \u and, after a high surrogate, its other half.
// Half a pair becomes U+FFFD.
func (l *jsonLexer) unicode() error {
	r, err := l.hex()
	if err != nil {
		return err
	}
	for utf16.IsSurrogate(r) {
		second, err := l.byte()
		if err != nil {
			return err
		}
		if second != '\\' {
			l.pos--
			break
		}
		if second, err = l.byte(); err != nil {
			return err
		}
		if second != 'u' {
			l.text = utf8.AppendRune(l.text, utf8.RuneError)
			l.pos--
			return l.escape()
		}
		low, err := l.hex()
		if err != nil {
			return err
		}
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			r = pair
			break
		}
		l.text = utf8.AppendRune(l.text, utf8.RuneError)
		r = low
	}
	l.text = utf8.AppendRune(l.text, r)
	return nil
}

func (l *jsonLexer) hex() (rune, error) {
	var r rune
	for range 4 {
		c, err := l.byte()
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseUint(string(rune(c)), 16, 8)
		if err != nil {
			l.pos--
			return 0, l.syntax("0–9, a–f")
		}
		r = r<<4 | rune(n)
	}
	return r, nil
}

// literal consumes true, false or null.
func (l *jsonLexer) literal(word string) error {
	for i := range len(word) {
		if err := l.more(); err != nil {
			return l.cut(err)
		}
		if l.buf[l.pos] != word[i] {
			return l.syntax(word)
		}
		l.pos++
	}
	return nil
}

// skip consumes one value of any kind.
func (l *jsonLexer) skip() error { return l.raw(0) }

// raw consumes one value and leaves its bytes in text, as far as they are not
// more than limit.
func (l *jsonLexer) raw(limit int) error {
	c, err := l.peek()
	if err != nil {
		return err
	}
	switch {
	case c == '{' || c == '[':
		return l.nested(limit)
	case c == '"':
		return l.string()
	case c == 't':
		return l.literal("true")
	case c == 'f':
		return l.literal("false")
	case c == 'n':
		return l.literal("null")
	case startsNumber(c):
		return l.number()
	}
	return l.syntax("JSON")
}

// nested consumes an object or array by its brackets.
func (l *jsonLexer) nested(limit int) error {
	l.text = l.text[:0]
	depth, quoted := 0, false
	for {
		if err := l.more(); err != nil {
			return l.cut(err)
		}
		from := l.pos
		for l.pos < len(l.buf) {
			c := l.buf[l.pos]
			l.pos++
			switch {
			case quoted && c == '\\':
				if l.pos == len(l.buf) {
					l.keep(from, limit)
					if err := l.more(); err != nil {
						return l.cut(err)
					}
					from = l.pos
				}
				l.pos++
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == '{' || c == '[':
				depth++
			case c == '}' || c == ']':
				if depth--; depth == 0 {
					l.keep(from, limit)
					return nil
				}
			}
		}
		l.keep(from, limit)
	}
}

// keep adds what was consumed since from to text, up to one byte over limit, so
// that a caller sees that there was more.
func (l *jsonLexer) keep(from, limit int) {
	if limit == 0 {
		return
	}
	b := l.buf[from:l.pos]
	l.text = append(l.text, b[:min(len(b), limit+1-len(l.text))]...)
}
