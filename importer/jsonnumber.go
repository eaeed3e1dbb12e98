package importer

import (
	"errors"
	"io"

	"github.com/lintu-map/lintu"
)

// number reads a number into text and checks its grammar.
func (l *jsonLexer) number() error {
	l.text = l.text[:0]
	for {
		if l.pos == len(l.buf) {
			if err := l.more(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return err
			}
		}
		c := l.buf[l.pos]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		if len(l.text) == maxJSONNumber {
			return l.tooLong(lintu.Text{ZH: "数", EN: "number"}, maxJSONNumber)
		}
		l.text = append(l.text, c)
		l.pos++
	}
	if !validNumber(l.text) {
		return l.syntax("0–9")
	}
	return nil
}

// validNumber checks -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?
func validNumber(b []byte) bool {
	digits := func() bool {
		n := 0
		for n < len(b) && b[n] >= '0' && b[n] <= '9' {
			n++
		}
		b = b[n:]
		return n > 0
	}
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	if len(b) > 1 && b[0] == '0' && b[1] >= '0' && b[1] <= '9' || !digits() {
		return false
	}
	if len(b) > 0 && b[0] == '.' {
		if b = b[1:]; !digits() {
			return false
		}
	}
	if len(b) > 0 && b[0]|0x20 == 'e' {
		if b = b[1:]; len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		if !digits() {
			return false
		}
	}
	return len(b) == 0
}

// startsNumber reports whether a value that begins with c is a number.
func startsNumber(c byte) bool { return c == '-' || c >= '0' && c <= '9' }
