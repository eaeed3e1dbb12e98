package importer

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// textDecoder turns bytes of one encoding into UTF-8.
type textDecoder struct {
	dec *encoding.Decoder // nil: the bytes are UTF-8 already
}

func newTextDecoder(c charset) textDecoder {
	if c.enc == nil {
		return textDecoder{}
	}
	return textDecoder{dec: c.enc.NewDecoder()}
}

// append decodes v behind dst. cut is the number of bytes at the end of v that
// begin a character and do not complete it; they are left out. damaged is
// whether other bytes are no characters; they become U+FFFD.
func (d textDecoder) append(dst, v []byte) (out []byte, cut int, damaged bool) {
	if isASCII(v) {
		return append(dst, v...), 0, false
	}
	if d.dec == nil {
		return appendUTF8(dst, v)
	}
	d.dec.Reset()
	from := len(dst)
	for {
		if cap(dst)-len(dst) < 3*len(v)+utf8.UTFMax {
			dst = append(make([]byte, 0, 2*cap(dst)+3*len(v)+64), dst...)
		}
		n, used, err := d.dec.Transform(dst[len(dst):cap(dst)], v, false)
		dst, v = dst[:len(dst)+n], v[used:]
		if err != transform.ErrShortDst || used == 0 && n == 0 {
			break
		}
	}
	return dst, len(v), hasReplacement(dst[from:])
}

func appendUTF8(dst, v []byte) (out []byte, cut int, damaged bool) {
	for len(v) > 0 {
		r, n := utf8.DecodeRune(v)
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(v) {
				return dst, len(v), damaged
			}
			damaged = true
			dst = utf8.AppendRune(dst, utf8.RuneError)
		} else {
			damaged = damaged || r == utf8.RuneError
			dst = append(dst, v[:n]...)
		}
		v = v[n:]
	}
	return dst, 0, damaged
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func hasReplacement(b []byte) bool {
	for i := 0; i+2 < len(b); i++ {
		if b[i] == 0xEF && b[i+1] == 0xBF && b[i+2] == 0xBD {
			return true
		}
	}
	return false
}
