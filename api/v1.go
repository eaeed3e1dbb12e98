package api

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// layerFacts is a layer's declaration with what is in it now.
type layerFacts struct {
	lintu.LayerInfo
	Version string      `json:"version"` // differs from an earlier one whenever the layer has changed
	Count   int64       `json:"count"`
	Bounds  *lintu.BBox `json:"bounds"`
}

// configuration tells a page what this server serves.
type configuration struct {
	Name        lintu.Text      `json:"name"`
	Version     string          `json:"version"`
	Languages   []string        `json:"languages"`
	Center      *[2]float64     `json:"center"`
	Bounds      *lintu.BBox     `json:"bounds"`
	MaxZoom     int             `json:"maxZoom"`
	UploadBytes int64           `json:"uploadBytes"`
	Basemap     json.RawMessage `json:"basemap"`
	Layers      []layerFacts    `json:"layers"` // those that the viewer is shown
	Me          *me             `json:"me"`
	// Lag is how many seconds ago this was last known to be the present; 0 unless the
	// database is away.
	Lag int `json:"lag"`
}

func (s *Server) config(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	doc := configuration{Name: s.Name, Version: s.Version, Languages: []string{"zh", "en"}, MaxZoom: lintu.MaxZoom,
		UploadBytes: s.UploadBytes, Basemap: s.Basemap, Layers: []layerFacts{}}
	var err error
	if doc.Me, err = s.describeMe(c.UserContext(), asking(c)); err != nil {
		return err
	}
	// Taken before the facts: what changes meanwhile shows in the next answer.
	versions, lag, err := s.layerVersions(c.UserContext())
	if err != nil {
		return err
	}
	doc.Lag = int(math.Ceil(lag.Seconds()))
	for _, l := range shown(s.viewer(c)) {
		facts, err := s.facts(c, l)
		if err != nil {
			return err
		}
		facts.Version = fmt.Sprintf("%s-%d", s.start, versions[l.Name])
		doc.Layers = append(doc.Layers, facts)
		if b := facts.Bounds; b != nil && doc.Bounds == nil {
			doc.Bounds = &lintu.BBox{b[0], b[1], b[2], b[3]}
		} else if b != nil {
			d := doc.Bounds
			*d = lintu.BBox{min(d[0], b[0]), min(d[1], b[1]), max(d[2], b[2]), max(d[3], b[3])}
		}
	}
	if b := doc.Bounds; b != nil {
		doc.Center = &[2]float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2}
	}
	content, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	return sendTagged(c, jsonType, content)
}

// shown are the layers that the viewer is shown something of.
func shown(v *lintu.Viewer) []lintu.LayerInfo {
	var layers []lintu.LayerInfo
	for _, l := range lintu.Layers {
		if _, err := v.Sees(l); err == nil {
			layers = append(layers, l)
		}
	}
	return layers
}

// shownLayer finds the layer named in the path, if the viewer is shown it.
func (s *Server) shownLayer(c *fiber.Ctx) (lintu.LayerInfo, lintu.Territory, error) {
	layer, err := layerParam(c, "collection")
	if err != nil {
		return layer, lintu.Territory{}, err
	}
	within, err := s.viewer(c).Sees(layer)
	return layer, within, err
}

func (s *Server) facts(c *fiber.Ctx, l lintu.LayerInfo) (layerFacts, error) {
	f := layerFacts{LayerInfo: l}
	within, err := s.viewer(c).Sees(l)
	if err != nil {
		return f, err
	}
	if f.Count, err = s.Features.CountFeatures(c.UserContext(), lintu.FeatureQuery{Tenant: s.Tenant, Layer: l, Within: within}); err != nil {
		return f, err
	}
	box, err := s.Features.Extent(c.UserContext(), s.Tenant, l, within)
	if lintu.CodeOf(err) == lintu.CodeNotFound {
		return f, nil
	}
	f.Bounds = &box
	return f, err
}

func (s *Server) search(c *fiber.Ctx) error {
	if err := only(c, "q", "limit"); err != nil {
		return err
	}
	text := strings.TrimSpace(c.Query("q"))
	if n := utf8.RuneCountInString(text); n == 0 || n > 100 {
		return lintu.Errorf(lintu.CodeInvalid, "参数 q 应有 1 到 100 个字。", "Parameter q needs 1 to 100 characters.")
	}
	limit, err := number(c, "limit", 10, 1, 50)
	if err != nil {
		return err
	}
	hits, err := s.Finder.Search(c.UserContext(), s.viewer(c), text, limit)
	if err != nil {
		return err
	}
	if hits == nil {
		hits = []lintu.Hit{}
	}
	return c.JSON(fiber.Map{"hits": hits})
}

func (s *Server) card(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	layer, err := layerParam(c, "layer")
	if err != nil {
		return err
	}
	id, err := idParam(c)
	if err != nil {
		return err
	}
	card, err := s.Finder.Card(c.UserContext(), s.viewer(c), layer, id)
	if err != nil {
		return err
	}
	return c.JSON(card)
}

// healthy says that the process lives.
func healthy(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, noStore)
	return c.JSON(fiber.Map{"status": "ok"})
}
