package tiles

import (
	"context"
	"encoding/json"
	"math"
	"strings"

	"github.com/lintu-map/lintu"
)

// tileJSON is a TileJSON 3.0.0 document.
type tileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       *lintu.BBox   `json:"bounds,omitempty"`
	Center       []float64     `json:"center,omitempty"`
	VectorLayers []vectorLayer `json:"vector_layers"`
}

type vectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// TileJSON implements lintu.TileServer. Bounds are left out while the layers are
// empty.
func (s *Server) TileJSON(ctx context.Context, v *lintu.Viewer, names, template, lang string) ([]byte, error) {
	layers, err := parseLayers(names)
	if err != nil {
		return nil, err
	}
	doc := tileJSON{TileJSON: "3.0.0", Scheme: "xyz", Tiles: []string{template},
		MinZoom: lintu.MaxZoom, MaxZoom: lintu.MaxZoom}
	parts, err := shown(v, layers)
	if err != nil {
		return nil, err
	}
	titles := make([]string, len(parts))
	for i, p := range parts {
		l := *p.layer
		titles[i] = l.Title.In(lang)
		doc.MinZoom = min(doc.MinZoom, l.MinZoom)
		doc.VectorLayers = append(doc.VectorLayers, describe(l, lang)...)
		box, err := s.features.Extent(ctx, v.Tenant, l, p.within)
		if lintu.CodeOf(err) == lintu.CodeNotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		doc.Bounds = union(doc.Bounds, box)
	}
	doc.VectorLayers = append(doc.VectorLayers, vectorLayer{ID: lintu.ReducedLayer, Description: reducedTitle.In(lang), MinZoom: doc.MinZoom, MaxZoom: lintu.MaxZoom,
		Fields: map[string]string{"layer": "String", "reduction": "String", "step": "Number", "features": "Number", "rows": "Number"}})
	doc.Name = strings.Join(titles, ", ")
	if b := doc.Bounds; b != nil {
		*b = clip(*b)
		doc.Center = []float64{(b[0] + b[2]) / 2, (b[1] + b[3]) / 2, float64(fitZoom(*b, doc.MinZoom))}
	}
	return json.Marshal(doc)
}

var reducedTitle = lintu.Text{ZH: "为控制瓦片大小而简化显示的图层", EN: "layers that are reduced to keep the tile small"}

// describe lists the tile layers that come with a layer, and their properties.
func describe(l lintu.LayerInfo, lang string) []vectorLayer {
	v := vectorLayer{ID: string(l.Name), Description: l.Title.In(lang), MinZoom: l.MinZoom, MaxZoom: lintu.MaxZoom,
		Fields: map[string]string{"id": "String"}}
	for _, f := range l.Fields {
		switch {
		case f.Tile && f.Type == lintu.Integer:
			v.Fields[f.Name] = "Number"
		case f.Tile:
			v.Fields[f.Name] = "String"
		}
	}
	if l.Reduction != lintu.Coarsen {
		v.Fields["count"] = "Number"
	}
	if l.Kind != lintu.KindArea {
		return []vectorLayer{v}
	}
	label := v
	label.ID += lintu.LabelSuffix
	return []vectorLayer{v, label}
}

func union(a *lintu.BBox, b lintu.BBox) *lintu.BBox {
	if a == nil {
		return &b
	}
	return &lintu.BBox{min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])}
}

// clip keeps the box inside the square world of Web Mercator.
func clip(b lintu.BBox) lintu.BBox {
	const edge = 85.0511287798066
	return lintu.BBox{max(b[0], -180), max(b[1], -edge), min(b[2], 180), min(b[3], edge)}
}

// fitZoom is the zoom at which the wider side of the box is about two tiles.
func fitZoom(b lintu.BBox, minZoom int) int {
	span := max(b[2]-b[0], b[3]-b[1], 360/math.Exp2(lintu.MaxZoom))
	return min(max(int(math.Log2(360/span))+1, minZoom), lintu.MaxZoom)
}
