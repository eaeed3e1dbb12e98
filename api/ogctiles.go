package api

import (
	"math"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// ogcTileSets lists the tile sets of a collection: there is one.
func (s *Server) ogcTileSets(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	layer, _, err := s.shownLayer(c)
	if err != nil {
		return err
	}
	at := s.collectionAddress(c, layer) + "/tiles"
	links := selfLinks(at, jsonType)
	return s.sendDocument(c, jsonType, layer.Title.In(lang(c)), fiber.Map{
		"links": links, "tilesets": []fiber.Map{s.tileSet(c, layer)},
	}, append(links, link{Href: at + "/" + matrixName, Rel: "item", Type: jsonType, Title: matrixName}))
}

func (s *Server) ogcTileSet(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	layer, _, err := s.shownLayer(c)
	if err != nil {
		return err
	}
	if err := knownMatrixSet(c); err != nil {
		return err
	}
	doc := s.tileSet(c, layer)
	return s.sendDocument(c, jsonType, layer.Title.In(lang(c)), doc, doc["links"].([]link))
}

func knownMatrixSet(c *fiber.Ctx) error {
	if name, err := param(c, "matrixSet"); err != nil || name != matrixName {
		return lintu.Errorf(lintu.CodeNotFound, "没有瓦片方案 %q；只有 %s。", "There is no tile matrix set %q; there is %s.", name, matrixName)
	}
	return nil
}

// tileSet describes the tiles of a collection. The limits are the whole matrix
// of each zoom: outside of them is 404, inside and empty is 204.
func (s *Server) tileSet(c *fiber.Ctx, layer lintu.LayerInfo) fiber.Map {
	at, l := s.collectionAddress(c, layer)+"/tiles/"+matrixName, lang(c)
	var limits []fiber.Map
	for z := range lintu.MaxZoom + 1 {
		last := 1<<z - 1
		limits = append(limits, fiber.Map{"tileMatrix": strconv.Itoa(z), "minTileRow": 0, "maxTileRow": last, "minTileCol": 0, "maxTileCol": last})
	}
	return fiber.Map{
		"title": layer.Title.In(l), "dataType": "vector", "crs": mercatorURI,
		"tileMatrixSetId": matrixName, "tileMatrixSetURI": matrixURI, "tileMatrixSetLimits": limits,
		"layers": []fiber.Map{{"id": layer.Name, "title": layer.Title.In(l), "dataType": "vector"}},
		"links": append(selfLinks(at, jsonType),
			link{Href: at + "/{tileMatrix}/{tileRow}/{tileCol}", Rel: "item", Type: mvtType, Templated: true, Title: layer.Title.In(l)},
			link{Href: s.base(c) + "/ogc/tileMatrixSets/" + matrixName, Rel: schemeRel, Type: jsonType},
			link{Href: s.base(c) + "/tiles/" + string(layer.Name) + ".json", Rel: "describedby", Type: jsonType, Title: "TileJSON"},
		),
	}
}

// ogcTile is a tile at its OGC address, row before column.
func (s *Server) ogcTile(c *fiber.Ctx) error {
	if err := only(c, "f", "datetime"); err != nil {
		return err
	}
	if f := c.Query("f"); f != "" && f != "mvt" && f != "json" {
		return lintu.Errorf(lintu.CodeInvalid, "参数 f=%q 无效；瓦片只有 mvt 格式。", "Parameter f=%q is not valid; tiles come as mvt.", f)
	}
	layer, _, err := s.shownLayer(c)
	if err != nil {
		return err
	}
	if err := knownMatrixSet(c); err != nil {
		return err
	}
	return s.sendTile(c, string(layer.Name), c.Params("z"), c.Params("col"), c.Params("row"))
}

func (s *Server) matrixSets(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	at := s.base(c) + "/ogc/tileMatrixSets"
	self := link{Href: at + "/" + matrixName, Rel: "self", Type: jsonType, Title: matrixName}
	links := selfLinks(at, jsonType)
	return s.sendDocument(c, jsonType, say(lang(c), "瓦片方案", "Tile matrix sets"), fiber.Map{
		"links":          links,
		"tileMatrixSets": []fiber.Map{{"id": matrixName, "title": "Google Maps Compatible", "uri": matrixURI, "crs": mercatorURI, "links": []link{self}}},
	}, append(links, self))
}

// matrixSet describes WebMercatorQuad, from OGC 17-083r4, annex D.1.
func (s *Server) matrixSet(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	if err := knownMatrixSet(c); err != nil {
		return err
	}
	const (
		edge        = 20037508.3427892  // half of the world's side, metres
		denominator = 559082264.0287178 // scale of zoom 0 at pixels of 0.28 mm
		pixels      = 256
	)
	var matrices []fiber.Map
	for z := range lintu.MaxZoom + 1 {
		scale := math.Exp2(float64(z))
		matrices = append(matrices, fiber.Map{"id": strconv.Itoa(z), "scaleDenominator": denominator / scale, "cellSize": 2 * edge / pixels / scale,
			"cornerOfOrigin": "topLeft", "pointOfOrigin": []float64{-edge, edge},
			"tileWidth": pixels, "tileHeight": pixels, "matrixWidth": 1 << z, "matrixHeight": 1 << z})
	}
	links := selfLinks(s.base(c)+"/ogc/tileMatrixSets/"+matrixName, jsonType)
	return s.sendDocument(c, jsonType, matrixName, fiber.Map{
		"id": matrixName, "title": "Google Maps Compatible", "uri": matrixURI, "crs": mercatorURI, "orderedAxes": []string{"X", "Y"},
		"wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible", "tileMatrices": matrices, "links": links,
	}, links)
}
