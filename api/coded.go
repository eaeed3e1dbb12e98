package api

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
)

// levels say how much work compression is worth.
type levels struct{ gzip, br int }

// pageLevels are for what is compressed once and sent for long, answerLevels for what is
// soon made anew. Brotli at 11 would need 7 s for all pages, and save a tenth.
var (
	pageLevels   = levels{gzip: 9, br: 9}
	answerLevels = levels{gzip: 6, br: 5}
)

// coded is a content with its codings, each made when it is first asked for.
//
// Nothing is compressed in which what a client says stands beside a secret of another:
// by the length of such an answer it could be guessed.
type coded struct {
	etag     string // of the plain bytes, without quotes
	plain    []byte
	gzip, br func() []byte
}

func newCoded(plain []byte, l levels) *coded {
	return &coded{
		etag:  strings.Trim(tagOf(plain), `"`),
		plain: plain,
		gzip: sync.OnceValue(func() []byte {
			return packed(plain, func(w io.Writer) io.WriteCloser { zw, _ := gzip.NewWriterLevel(w, l.gzip); return zw })
		}),
		br: sync.OnceValue(func() []byte {
			return packed(plain, func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, l.br) })
		}),
	}
}

// packed compresses, and returns nil where that is of little use, as for pictures that
// are compressed already.
func packed(plain []byte, through func(io.Writer) io.WriteCloser) []byte {
	var buf bytes.Buffer
	w := through(&buf)
	_, _ = w.Write(plain) // a buffer takes everything
	_ = w.Close()         // likewise
	if buf.Len() > len(plain)*9/10 {
		return nil
	}
	return buf.Bytes()
}

// send answers with the shortest coding that the client takes. Each coding has its own
// strong ETag, as RFC 9110 wants it.
func (b *coded) send(c *fiber.Ctx, contentType string) error {
	c.Vary(fiber.HeaderAcceptEncoding)
	body, coding := b.plain, ""
	for _, other := range []struct {
		name string
		make func() []byte
	}{{"br", b.br}, {"gzip", b.gzip}} {
		if !takes(c, other.name) {
			continue
		}
		if p := other.make(); p != nil {
			body, coding = p, other.name
			break
		}
	}
	etag := `"` + b.etag + `"`
	if coding != "" {
		etag = `"` + b.etag + "-" + coding + `"`
	}
	c.Set(fiber.HeaderETag, etag)
	if matches(c.Get(fiber.HeaderIfNoneMatch), etag) != "" {
		return c.SendStatus(fiber.StatusNotModified)
	}
	if coding != "" {
		c.Set(fiber.HeaderContentEncoding, coding)
	}
	c.Set(fiber.HeaderContentType, contentType)
	c.Context().Response.SetBodyRaw(body) // shared bytes, never written to
	return nil
}
