package api

import (
	"encoding/json"
	"io/fs"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

const mvtType = "application/vnd.mapbox-vector-tile"

func (s *Server) tile(c *fiber.Ctx) error {
	if err := only(c, "datetime"); err != nil {
		return err
	}
	names, z, x, y := tilePath(c.Path())
	layers, err := unescaped(names, "layers")
	if err != nil {
		return err
	}
	return s.sendTile(c, layers, z, x, y)
}

// tilePath takes the path of a tileRoute apart, as fiber would, which copies each part.
func tilePath(path string) (layers, z, x, y string) {
	rest := strings.TrimSuffix(strings.TrimRight(strings.TrimPrefix(path, "/tiles/"), "/"), ".mvt")
	layers, rest, _ = strings.Cut(rest, "/")
	z, rest, _ = strings.Cut(rest, "/")
	x, y, _ = strings.Cut(rest, "/")
	return layers, z, x, y
}

// sendTile answers with a tile in the coding that the client likes best.
func (s *Server) sendTile(c *fiber.Ctx, layers, z, x, y string) error {
	at, err := instantParam(c)
	if err != nil {
		return err
	}
	i := chosenCoding(c.Context())
	if i < 0 {
		return fiber.ErrNotAcceptable
	}
	q := lintu.TileQuery{Layers: layers, Z: z, X: x, Y: y, At: at, Coding: codings[i].coding}
	had := hasTile(c.Context(), i, &q)
	t, err := s.Tiles.Tile(c.UserContext(), s.viewer(c), q)
	if err != nil {
		return err
	}
	vary(c, fiber.HeaderAcceptEncoding)
	s.writeTile(c.Context(), t, i, had)
	return nil
}

// hasTile lets a query ask what the client has of the tile in a coding, an index of
// codings. The client's tag that is still good will stand in had.
func hasTile(ctx *fasthttp.RequestCtx, i int, q *lintu.TileQuery) (had *string) {
	asked := ctx.Request.Header.PeekCanonical(ifNoneMatchKey)
	if len(asked) == 0 {
		return nil
	}
	header := string(asked)
	had = new(string)
	q.Has = func(tag string) bool {
		*had = matches(header, tileTags(tag, i)...)
		return *had != ""
	}
	return had
}

// writeTile answers with a tile in a coding, or with the client's having it.
func (s *Server) writeTile(ctx *fasthttp.RequestCtx, t lintu.Tile, i int, had *string) {
	h := &ctx.Response.Header
	sayAge(h, t)
	if t.Had {
		h.Set(fiber.HeaderETag, *had)
		ctx.SetStatusCode(fiber.StatusNotModified)
		return
	}
	h.SetCanonical(etagKey, append(append(append(make([]byte, 0, 64), '"'), t.Tag...), codings[i].tagEnd...))
	if len(t.Body) == 0 {
		ctx.SetStatusCode(fiber.StatusNoContent)
		return
	}
	if codings[i].nameAsSent != nil {
		h.SetContentEncodingBytes(codings[i].nameAsSent)
	}
	h.SetContentType(mvtType)
	s.metrics.tileBy[codings[i].coding].Add(float64(len(t.Body)))
	ctx.Response.SetBodyRaw(t.Body) // shared bytes, never written to
	if cn, ok := ctx.Conn().(*conn); ok && ctx.IsGet() {
		cn.sendWhole(len(t.Body))
	}
}

// The headers that say what a tile lacks because the database is away.
const (
	lagHeader     = "Lintu-Lag"     // seconds since it was last known to be the present
	missingHeader = "Lintu-Missing" // layers
)

func sayAge(h *fasthttp.ResponseHeader, t lintu.Tile) {
	if t.Lag > 0 {
		h.Set(lagHeader, strconv.Itoa(int(math.Ceil(t.Lag.Seconds()))))
	}
	if len(t.Missing) > 0 {
		names := make([]string, len(t.Missing))
		for i, l := range t.Missing {
			names[i] = string(l)
		}
		h.Set(missingHeader, strings.Join(names, ","))
	}
}

// tileTags are the tags of a tile in all codings, the chosen one first: a client that
// kept another coding of the same bytes may keep it.
func tileTags(tag string, chosen int) []string {
	tags := []string{`"` + tag + codings[chosen].tagEnd}
	for i := range codings {
		if i != chosen {
			tags = append(tags, `"`+tag+codings[i].tagEnd)
		}
	}
	return tags
}

// matches returns the entity tag by which If-None-Match is met, "" if it is not.
// tags are those of the representations that are current, the chosen one first:
// a client that kept the other encoding of the same bytes may keep it.
func matches(header string, tags ...string) string {
	header = strings.TrimSpace(header)
	if header == "*" {
		return tags[0]
	}
	for _, item := range strings.Split(header, ",") {
		item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
		for _, tag := range tags {
			if item == tag {
				return tag
			}
		}
	}
	return ""
}

func (s *Server) tileJSON(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	layers, err := param(c, "layers")
	if err != nil {
		return err
	}
	doc, err := s.Tiles.TileJSON(c.UserContext(), s.viewer(c), layers, s.base(c)+"/tiles/"+layers+"/{z}/{x}/{y}.mvt", lang(c))
	if err != nil {
		return err
	}
	c.Vary(fiber.HeaderAcceptLanguage)
	return sendTagged(c, "application/json", doc)
}

var styleName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// style answers with a style of the pages, its addresses made absolute.
func (s *Server) style(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	name := c.Params("name")
	missing := lintu.Errorf(lintu.CodeNotFound, "没有名为 %q 的样式。", "There is no style %q.", name)
	if !styleName.MatchString(name) {
		return missing
	}
	b, err := fs.ReadFile(s.Pages, "styles/"+name+".json")
	if err != nil {
		return missing.Because(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b, &doc); err != nil {
		return err
	}
	keepShown(doc, s.viewer(c))
	absolute(doc, s.base(c))
	if b, err = json.Marshal(doc); err != nil {
		return err
	}
	return sendTagged(c, "application/json", b)
}

// keepShown leaves out of a style what the viewer is not shown. A source is one
// address for several layers; one of them that is refused would be the end of the
// others.
func keepShown(doc map[string]any, v *lintu.Viewer) {
	shown := map[string]bool{}
	for _, l := range lintu.Layers {
		if _, err := v.Sees(l); err == nil {
			shown[string(l.Name)], shown[string(l.Name)+lintu.LabelSuffix] = true, true
		}
	}
	ours := map[string]bool{} // sources of our tiles
	sources, _ := doc["sources"].(map[string]any)
	for name, x := range sources {
		source, _ := x.(map[string]any)
		address, _ := source["url"].(string)
		names, found := strings.CutPrefix(address, "/tiles/")
		if !found {
			continue
		}
		ours[name] = true
		layers := slices.DeleteFunc(strings.Split(strings.TrimSuffix(names, ".json"), ","), func(l string) bool { return !shown[l] })
		if source["url"] = "/tiles/" + strings.Join(layers, ",") + ".json"; len(layers) == 0 {
			delete(sources, name)
		}
	}
	drawn, _ := doc["layers"].([]any)
	doc["layers"] = slices.DeleteFunc(drawn, func(x any) bool {
		layer, _ := x.(map[string]any)
		source, _ := layer["source"].(string)
		name, _ := layer["source-layer"].(string)
		return ours[source] && (sources[source] == nil || name != lintu.ReducedLayer && !shown[name])
	})
}

// absolute puts the server's address before the addresses in a style that begin
// with a slash: url and tiles of sources, sprite and glyphs.
func absolute(doc map[string]any, base string) {
	fix := func(m map[string]any, key string) {
		if v, ok := m[key].(string); ok && strings.HasPrefix(v, "/") {
			m[key] = base + v
		}
	}
	fix(doc, "sprite")
	fix(doc, "glyphs")
	sources, _ := doc["sources"].(map[string]any)
	for _, v := range sources {
		source, _ := v.(map[string]any)
		for _, key := range []string{"url", "data"} {
			fix(source, key)
		}
		tiles, _ := source["tiles"].([]any)
		for i, t := range tiles {
			if text, ok := t.(string); ok && strings.HasPrefix(text, "/") {
				tiles[i] = base + text
			}
		}
	}
}

// sendTagged sends a small document with an ETag of its bytes.
func sendTagged(c *fiber.Ctx, contentType string, b []byte) error {
	return newCoded(b, answerLevels).send(c, contentType)
}
