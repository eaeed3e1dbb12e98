package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
)

// page is one static file with its encodings.
type page struct {
	contentType string
	etag        string // of the plain bytes, without quotes
	plain       []byte
	gzip, br    []byte // nil where there is none
	forever     bool   // the name changes with the content
}

// hashedName is how Vite names files by their content: index-B3x9_a2Q.js.
var hashedName = regexp.MustCompile(`^assets/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)

// loadPages reads all files once; they are a few megabytes. Text is compressed
// where the build has not done it.
func loadPages(files fs.FS) (map[string]*page, error) {
	pages := map[string]*page{}
	if files == nil {
		return pages, nil
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if d.Name() == "styles" && name == "styles" {
				return fs.SkipDir // served by style, with absolute addresses
			}
			return nil
		}
		if strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br") {
			return nil
		}
		pages[name], err = loadPage(files, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	return pages, nil
}

func loadPage(files fs.FS, name string) (*page, error) {
	plain, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	p := &page{contentType: typeOf(name), plain: plain, forever: hashedName.MatchString(name)}
	p.etag = strings.Trim(tagOf(plain), `"`)
	if p.br, err = readIfThere(files, name+".br"); err != nil {
		return nil, err
	}
	if p.gzip, err = readIfThere(files, name+".gz"); err != nil {
		return nil, err
	}
	if p.gzip == nil && compressible(p.contentType) {
		var buf bytes.Buffer
		w := gzip.NewWriter(&buf)
		if _, err := w.Write(plain); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		p.gzip = buf.Bytes()
	}
	return p, nil
}

func readIfThere(files fs.FS, name string) ([]byte, error) {
	b, err := fs.ReadFile(files, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return b, err
}

func typeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html":
		return fiber.MIMETextHTMLCharsetUTF8
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".map":
		return fiber.MIMEApplicationJSON
	case ".webmanifest":
		return "application/manifest+json"
	case ".woff2":
		return "font/woff2"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
	}
	return fiber.MIMEOctetStream
}

func compressible(contentType string) bool {
	return strings.HasPrefix(contentType, "text/") || strings.Contains(contentType, "json") || strings.Contains(contentType, "svg")
}

// tagOf is the strong entity tag of bytes.
func tagOf(b []byte) string {
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// file serves /wall as wall.html, / as index.html, and everything else under its
// own name.
func (s *Server) file(name string) fiber.Handler {
	return func(c *fiber.Ctx) error { return s.sendPage(c, name) }
}

func (s *Server) anyFile(c *fiber.Ctx) error {
	name, err := param(c, "*")
	if err != nil {
		return err
	}
	return s.sendPage(c, name)
}

func (s *Server) sendPage(c *fiber.Ctx, name string) error {
	p := s.pages[name]
	if p == nil {
		return fiber.ErrNotFound
	}
	c.Vary(fiber.HeaderAcceptEncoding)
	if p.forever {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	body, coding := p.plain, ""
	switch {
	case p.br != nil && takes(c, "br"):
		body, coding = p.br, "br"
	case p.gzip != nil && takes(c, "gzip"):
		body, coding = p.gzip, "gzip"
	}
	etag := `"` + p.etag + `"`
	if coding != "" {
		etag = `"` + p.etag + "-" + coding + `"`
	}
	c.Set(fiber.HeaderETag, etag)
	if matches(c.Get(fiber.HeaderIfNoneMatch), etag) != "" {
		return c.SendStatus(fiber.StatusNotModified)
	}
	if coding != "" {
		c.Set(fiber.HeaderContentEncoding, coding)
	}
	c.Set(fiber.HeaderContentType, p.contentType)
	c.Context().Response.SetBodyRaw(body)
	return nil
}
