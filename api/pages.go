package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// page is one static file.
type page struct {
	contentType string
	body        *coded
	forever     bool // the name changes with the content
}

// hashedName is how Vite names files by their content: index-B3x9_a2Q.js.
var hashedName = regexp.MustCompile(`^assets/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$`)

// loadPages reads all files once; they are a few megabytes.
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
		plain, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		pages[name] = &page{contentType: typeOf(name), body: newCoded(plain, pageLevels), forever: hashedName.MatchString(name)}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read pages: %w", err)
	}
	return pages, nil
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
	if mayRun(p.contentType) {
		s.guardPage(c)
	}
	if p.forever {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	return p.body.send(c, p.contentType)
}

// mayRun reports whether a browser runs what has that type: a page, or a script, which may
// be a worker.
func mayRun(contentType string) bool {
	return strings.HasPrefix(contentType, fiber.MIMETextHTML) || strings.HasPrefix(contentType, "text/javascript")
}
