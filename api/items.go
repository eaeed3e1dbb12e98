package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

const (
	defaultItems = 10
	maxItems     = 10000
)

// itemParams are the parameters of items beside the layer's fields.
var itemParams = []string{"f", "bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "after"}

func (s *Server) items(c *fiber.Ctx) error {
	layer, within, err := s.shownLayer(c)
	if err != nil {
		return err
	}
	q, err := s.itemQuery(c, layer, within)
	if err != nil {
		return err
	}
	html, err := wantsHTML(c)
	if err != nil {
		return err
	}
	all := q
	all.Limit, all.Offset, all.After = 0, 0, ""
	matched, err := s.Features.CountFeatures(c.UserContext(), all)
	if err != nil {
		return err
	}
	links := s.itemsLinks(c, layer)
	w := &itemWriter{matched: matched, limit: q.Limit, links: links, next: withParam(links[0].Href, "offset", "")}
	q.Limit++ // one more tells whether there is a next page
	c.Set("Content-Crs", "<"+crs84+">")
	if html {
		return s.itemsHTML(c, layer, q, w)
	}
	if c.Method() == fiber.MethodHead {
		c.Set(fiber.HeaderContentType, geoJSONType)
		return nil
	}
	return s.stream(c, geoJSONType, func(ctx context.Context, out io.Writer, begun func()) error {
		return w.writeAll(ctx, s.Features, q, out, begun)
	})
}

func (s *Server) itemQuery(c *fiber.Ctx, layer lintu.LayerInfo, within lintu.Territory) (q lintu.FeatureQuery, err error) {
	names := append([]string{}, itemParams...)
	for _, f := range layer.Fields {
		names = append(names, f.Name)
	}
	if err := only(c, names...); err != nil {
		return q, err
	}
	if err := onlyCRS84(c); err != nil {
		return q, err
	}
	q = lintu.FeatureQuery{Tenant: s.Tenant, Layer: layer, Within: within, Where: map[string]string{}, After: c.Query("after")}
	if q.Limit, err = number(c, "limit", defaultItems, 1, maxItems); err != nil {
		return q, err
	}
	if q.Offset, err = number(c, "offset", 0, 0, math.MaxInt32); err != nil {
		return q, err
	}
	if text := c.Query("bbox"); text != "" || c.Context().QueryArgs().Has("bbox") {
		if q.BBox, err = parseBBox(text); err != nil {
			return q, err
		}
	}
	if text := c.Query("datetime"); text != "" {
		if q.Time, err = parseInterval(text); err != nil {
			return q, err
		}
	}
	for _, f := range layer.Fields {
		if c.Context().QueryArgs().Has(f.Name) {
			q.Where[f.Name] = c.Query(f.Name)
		}
	}
	return q, nil
}

// onlyCRS84 refuses every reference system but the one that is advertised.
func onlyCRS84(c *fiber.Ctx) error {
	for _, name := range []string{"crs", "bbox-crs"} {
		if v := c.Query(name); v != "" && v != crs84 || v == "" && c.Context().QueryArgs().Has(name) {
			return lintu.Errorf(lintu.CodeInvalid, "参数 %[1]s=%[2]q 无效；只支持 %[3]s。", "Parameter %[1]s=%[2]q is not valid; only %[3]s works.", name, v, crs84)
		}
	}
	return nil
}

// parseBBox reads 4 numbers, or 6 with heights, which are left aside: west,
// south, east, north in degrees.
func parseBBox(text string) (*lintu.BBox, error) {
	bad := lintu.Errorf(lintu.CodeInvalid, "参数 bbox=%q 无效；应为 西,南,东,北（度），例如 113.5,28.0,113.7,28.3。",
		"Parameter bbox=%q is not valid; it is west,south,east,north in degrees, e.g. 113.5,28.0,113.7,28.3.", text)
	parts := strings.Split(text, ",")
	var v []float64
	for _, p := range parts {
		x, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, bad
		}
		v = append(v, x)
	}
	switch len(v) {
	case 4:
	case 6:
		v = []float64{v[0], v[1], v[3], v[4]}
	default:
		return nil, bad
	}
	if v[1] > v[3] || math.Abs(v[0]) > 180 || math.Abs(v[2]) > 180 || math.Abs(v[1]) > 90 || math.Abs(v[3]) > 90 {
		return nil, bad
	}
	return &lintu.BBox{v[0], v[1], v[2], v[3]}, nil
}

// parseInterval reads an instant, or two with a slash between them, of which one
// may be open (.. or nothing).
func parseInterval(text string) (*lintu.Interval, error) {
	from, to, isSpan := strings.Cut(text, "/")
	if !isSpan {
		t, err := parseInstant(text)
		return &lintu.Interval{From: &t, To: &t}, err
	}
	var span lintu.Interval
	for _, bound := range []struct {
		text string
		at   **time.Time
	}{{from, &span.From}, {to, &span.To}} {
		if bound.text == "" || bound.text == ".." {
			continue
		}
		t, err := parseInstant(bound.text)
		if err != nil {
			return nil, err
		}
		*bound.at = &t
	}
	if span.From != nil && span.To != nil && span.From.After(*span.To) {
		return nil, lintu.Errorf(lintu.CodeInvalid, "参数 datetime=%q 的开始晚于结束。", "Parameter datetime=%q begins after it ends.", text)
	}
	return &span, nil
}

func (s *Server) itemsLinks(c *fiber.Ctx, layer lintu.LayerInfo) []link {
	at := s.collectionAddress(c, layer)
	self := at + "/items"
	if query := string(c.Context().QueryArgs().QueryString()); query != "" {
		self += "?" + query
	}
	return []link{
		{Href: self, Rel: "self", Type: geoJSONType},
		{Href: withParam(self, "f", "html"), Rel: "alternate", Type: htmlType},
		{Href: at, Rel: "collection", Type: jsonType},
	}
}

// withParam returns the address with one parameter set, or removed if value is "".
func withParam(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// itemWriter writes one feature collection. Links come last, because only then
// is it known whether there is a next page.
type itemWriter struct {
	matched  int64
	limit    int
	returned int
	links    []link
	next     string // address of the next page, but for the cursor
	last     string // cursor
}

// errEnough ends a query after the page is full.
var errEnough = errors.New("page is full")

// chunkBytes is about how much of a collection is read at a time. A chunk is
// read whole before it is sent, so that a client that reads slowly, or not at
// all, holds memory of this size and no connection to the database.
const chunkBytes = 1 << 20

func (w *itemWriter) writeAll(ctx context.Context, store lintu.FeatureStore, q lintu.FeatureQuery, out io.Writer, begun func()) error {
	var chunk bytes.Buffer
	fmt.Fprintf(&chunk, `{"type":"FeatureCollection","timeStamp":"%s","numberMatched":%d,"features":[`, time.Now().UTC().Format(time.RFC3339), w.matched)
	for more := true; more; {
		var err error
		if more, err = w.readChunk(ctx, store, q, &chunk); err != nil {
			return err
		}
		begun()
		if _, err := chunk.WriteTo(out); err != nil {
			return err
		}
		q.After, q.Offset, q.Limit = w.last, 0, w.limit+1-w.returned
	}
	links, err := json.Marshal(w.links)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, `],"numberReturned":%d,"links":%s}`, w.returned, links)
	return err
}

// errChunk ends a query that goes on in the next chunk.
var errChunk = errors.New("chunk is full")

// readChunk appends features to the chunk and reports whether there may be more
// of this page.
func (w *itemWriter) readChunk(ctx context.Context, store lintu.FeatureStore, q lintu.FeatureQuery, chunk *bytes.Buffer) (more bool, err error) {
	err = store.EachFeature(ctx, q, func(f lintu.Feature, cursor string) error {
		if w.returned == w.limit {
			w.links = append(w.links, link{Href: withParam(w.next, "after", w.last), Rel: "next", Type: geoJSONType})
			return errEnough
		}
		if w.returned > 0 {
			chunk.WriteByte(',')
		}
		writeFeature(chunk, f)
		chunk.WriteByte('}')
		w.returned, w.last = w.returned+1, cursor
		if chunk.Len() >= chunkBytes {
			return errChunk
		}
		return nil
	})
	switch {
	case errors.Is(err, errChunk):
		return true, nil
	case errors.Is(err, errEnough):
		return false, nil
	}
	return false, err
}

// writeFeature writes a feature without its closing brace.
func writeFeature(w *bytes.Buffer, f lintu.Feature) {
	w.WriteString(`{"type":"Feature","id":"` + f.ID + `","geometry":`)
	w.Write(f.Geometry)
	w.WriteString(`,"properties":`)
	w.Write(f.Properties)
}

// item answers with one feature, as of now or of an instant.
func (s *Server) item(c *fiber.Ctx) error {
	if err := only(c, "f", "crs", "datetime"); err != nil {
		return err
	}
	if err := onlyCRS84(c); err != nil {
		return err
	}
	layer, within, err := s.shownLayer(c)
	if err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	at, err := instantParam(c)
	if err != nil {
		return err
	}
	f, err := s.Features.Feature(c.UserContext(), s.Tenant, layer, within, id, at)
	if err != nil {
		return err
	}
	address := s.collectionAddress(c, layer)
	links := append(selfLinks(address+"/items/"+f.ID, geoJSONType), link{Href: address, Rel: "collection", Type: jsonType})
	c.Set("Content-Crs", "<"+crs84+">")
	return s.sendDocument(c, geoJSONType, layer.Title.In(lang(c)), fiber.Map{
		"type": "Feature", "id": f.ID, "geometry": f.Geometry, "properties": f.Properties, "links": links,
	}, links)
}

// itemsHTML shows a page of features as a table.
func (s *Server) itemsHTML(c *fiber.Ctx, layer lintu.LayerInfo, q lintu.FeatureQuery, w *itemWriter) error {
	var rows []lintu.Feature
	err := s.Features.EachFeature(c.UserContext(), q, func(f lintu.Feature, cursor string) error {
		if len(rows) == w.limit {
			w.links = append(w.links, link{Href: withParam(w.next, "after", w.last), Rel: "next", Type: htmlType})
			return errEnough
		}
		rows, w.last = append(rows, f), cursor
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	return s.sendTable(c, layer, w, rows)
}
