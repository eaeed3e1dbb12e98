package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

//go:embed ogc.css
var ogcCSS []byte

//go:embed ogc.html
var ogcHTML string

var ogcTemplate = newTemplate("ogc", ogcHTML)

func newTemplate(name, text string) *template.Template {
	return template.Must(template.New(name).Parse(text))
}

// ogcPage is what the one template of the OGC part shows.
type ogcPage struct {
	Lang, Title, Name, Document, Summary string
	Links                                []link
	Columns                              []string
	Rows                                 []ogcRow
}

type ogcRow struct {
	Href  string
	Cells []string
}

func (s *Server) sendHTML(c *fiber.Ctx, title string, doc any, links []link) error {
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	return s.render(c, ogcPage{Title: title, Links: links, Document: string(text)})
}

func (s *Server) sendTable(c *fiber.Ctx, layer lintu.LayerInfo, w *itemWriter, features []lintu.Feature) error {
	l := lang(c)
	page := ogcPage{Title: layer.Title.In(l), Links: w.links,
		Summary: fmt.Sprintf(say(l, "共 %d 个，本页 %d 个", "%d in all, %d on this page"), w.matched, len(features))}
	for _, f := range layer.Fields {
		page.Columns = append(page.Columns, f.Title.In(l))
	}
	for _, f := range features {
		var properties map[string]any
		if err := json.Unmarshal(f.Properties, &properties); err != nil {
			return err
		}
		row := ogcRow{Href: s.collectionAddress(c, layer) + "/items/" + f.ID + "?f=html"}
		for _, field := range layer.Fields {
			cell := ""
			if v := properties[field.Name]; v != nil {
				cell = fmt.Sprint(v)
			}
			row.Cells = append(row.Cells, cell)
		}
		page.Rows = append(page.Rows, row)
	}
	return s.render(c, page)
}

func (s *Server) render(c *fiber.Ctx, p ogcPage) error {
	p.Lang, p.Name = lang(c), s.Name.In(lang(c))
	return s.sendTemplate(c, ogcTemplate, p)
}

func (s *Server) sendTemplate(c *fiber.Ctx, t *template.Template, page any) error {
	var buf bytes.Buffer
	if err := t.Execute(&buf, page); err != nil {
		return err
	}
	s.guardPage(c)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(buf.Bytes())
}

func ogcStyle(c *fiber.Ctx) error { return sendTagged(c, "text/css; charset=utf-8", ogcCSS) }
