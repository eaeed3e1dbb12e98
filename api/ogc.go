package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

const (
	jsonType    = "application/json"
	geoJSONType = "application/geo+json"
	schemaType  = "application/schema+json"
	openAPIType = "application/vnd.oai.openapi+json;version=3.0"
	htmlType    = "text/html"
	crs84       = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
	mercatorURI = "http://www.opengis.net/def/crs/EPSG/0/3857"
	matrixName  = "WebMercatorQuad"
	matrixURI   = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
	tilesetsRel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
	schemesRel  = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"
	schemeRel   = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
)

// conformsTo lists what the OGC part keeps to, in the spelling of version 1.0
// that clients look for.
var conformsTo = []string{
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
	"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
	"http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
	"http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
	"http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
}

// link is a web link in a document.
type link struct {
	Href      string `json:"href"`
	Rel       string `json:"rel"`
	Type      string `json:"type,omitempty"`
	Title     string `json:"title,omitempty"`
	Templated bool   `json:"templated,omitempty"`
}

// selfLinks points to a document itself and to its HTML rendition.
func selfLinks(address, contentType string) []link {
	return []link{
		{Href: address, Rel: "self", Type: contentType},
		{Href: address + "?f=html", Rel: "alternate", Type: htmlType},
	}
}

// wantsHTML reports whether to answer with a page for people: f decides, then
// what Accept prefers. Nothing is ever refused for its Accept.
func wantsHTML(c *fiber.Ctx) (bool, error) {
	switch f := c.Query("f"); f {
	case "html":
		return true, nil
	case "json":
		return false, nil
	case "":
		c.Vary(fiber.HeaderAccept)
		return c.Accepts("application/json", "application/geo+json", "text/html") == "text/html", nil
	default:
		return false, lintu.Errorf(lintu.CodeInvalid, "参数 f=%q 无效；只能是 json 或 html。", "Parameter f=%q is not valid; it is json or html.", f)
	}
}

// sendDocument answers with a document as JSON or as a page.
func (s *Server) sendDocument(c *fiber.Ctx, contentType, title string, doc any, links []link) error {
	html, err := wantsHTML(c)
	if err != nil {
		return err
	}
	c.Vary(fiber.HeaderAcceptLanguage)
	if html {
		return s.sendHTML(c, title, doc, links)
	}
	return c.JSON(doc, contentType)
}

func (s *Server) landing(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	at, l := s.base(c)+"/ogc", lang(c)
	title := say(l, "邻图地图数据", "lintu map data") + " · " + s.Name.In(l)
	links := append(selfLinks(at, jsonType),
		link{Href: at + "/api", Rel: "service-desc", Type: openAPIType, Title: say(l, "接口说明 (OpenAPI 3.0)", "API definition (OpenAPI 3.0)")},
		link{Href: at + "/api?f=html", Rel: "service-doc", Type: htmlType, Title: say(l, "接口说明", "API documentation")},
		link{Href: at + "/conformance", Rel: "conformance", Type: jsonType, Title: say(l, "所遵循的规范", "conformance classes")},
		link{Href: at + "/collections", Rel: "data", Type: jsonType, Title: say(l, "图层", "collections")},
		link{Href: at + "/tileMatrixSets", Rel: schemesRel, Type: jsonType, Title: say(l, "瓦片方案", "tile matrix sets")},
	)
	return s.sendDocument(c, jsonType, title, fiber.Map{
		"title":       title,
		"description": say(l, "区域、网格、户、邻长和底图，GeoJSON 与矢量瓦片。", "Areas, grids, households, neighbor heads and base map as GeoJSON and vector tiles."),
		"links":       links,
	}, links)
}

func say(lang, zh, en string) string { return lintu.Text{ZH: zh, EN: en}.In(lang) }

func (s *Server) conformance(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	return s.sendDocument(c, jsonType, say(lang(c), "所遵循的规范", "Conformance"), fiber.Map{"conformsTo": conformsTo},
		selfLinks(s.base(c)+"/ogc/conformance", jsonType))
}

func (s *Server) collections(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	l := lang(c)
	list := []fiber.Map{}
	links := selfLinks(s.base(c)+"/ogc/collections", jsonType)
	pages := links
	for _, layer := range shown(s.viewer(c)) {
		doc, _, err := s.describe(c, layer)
		if err != nil {
			return err
		}
		list = append(list, doc)
		pages = append(pages, link{Href: s.collectionAddress(c, layer), Rel: "item", Type: jsonType, Title: layer.Title.In(l)})
	}
	return s.sendDocument(c, jsonType, say(l, "图层", "Collections"), fiber.Map{"links": links, "collections": list}, pages)
}

func (s *Server) collection(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	layer, err := layerParam(c, "collection")
	if err != nil {
		return err
	}
	doc, links, err := s.describe(c, layer)
	if err != nil {
		return err
	}
	return s.sendDocument(c, jsonType, layer.Title.In(lang(c)), doc, links)
}

func (s *Server) collectionAddress(c *fiber.Ctx, l lintu.LayerInfo) string {
	return s.base(c) + "/ogc/collections/" + string(l.Name)
}

// describe makes the document of a collection. An empty one has no extent.
func (s *Server) describe(c *fiber.Ctx, layer lintu.LayerInfo) (fiber.Map, []link, error) {
	at, l := s.collectionAddress(c, layer), lang(c)
	links := append(selfLinks(at, jsonType),
		link{Href: at + "/items", Rel: "items", Type: geoJSONType, Title: layer.Title.In(l)},
		link{Href: at + "/items?f=html", Rel: "items", Type: htmlType, Title: layer.Title.In(l)},
		link{Href: at + "/schema", Rel: "describedby", Type: schemaType},
		link{Href: at + "/schema", Rel: "describedBy", Type: schemaType},
		link{Href: at + "/tiles", Rel: tilesetsRel, Type: jsonType},
	)
	doc := fiber.Map{
		"id": layer.Name, "title": layer.Title.In(l), "description": layer.Title.EN + " · " + layer.Title.ZH,
		"itemType": "feature", "crs": []string{crs84}, "storageCrs": crs84, "links": links,
	}
	within, err := s.viewer(c).Sees(layer)
	if err != nil {
		return nil, nil, err
	}
	box, err := s.Features.Extent(c.UserContext(), s.Tenant, layer, within)
	switch lintu.CodeOf(err) {
	case "":
		doc["extent"] = fiber.Map{
			"spatial":  fiber.Map{"bbox": []lintu.BBox{box}, "crs": crs84},
			"temporal": fiber.Map{"interval": [][]any{{nil, nil}}},
		}
	case lintu.CodeNotFound:
	default:
		return nil, nil, err
	}
	return doc, links, nil
}

// schema is the JSON Schema of a collection's features.
func (s *Server) schema(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	layer, _, err := s.shownLayer(c)
	if err != nil {
		return err
	}
	l := lang(c)
	properties := fiber.Map{"geometry": fiber.Map{"$ref": geometrySchemas[layer.Shape], "x-ogc-role": "primary-geometry"}}
	for name, p := range propertySchemas(layer, l) {
		properties[name] = p
	}
	c.Vary(fiber.HeaderAcceptLanguage)
	return c.JSON(fiber.Map{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": s.collectionAddress(c, layer) + "/schema",
		"type": "object", "title": layer.Title.In(l), "properties": properties,
	}, schemaType)
}

var geometrySchemas = map[lintu.Shape]string{
	lintu.Point: "https://geojson.org/schema/Point.json", lintu.Line: "https://geojson.org/schema/Geometry.json", lintu.Polygon: "https://geojson.org/schema/MultiPolygon.json",
}

// propertySchemas describe the properties of a layer's features.
func propertySchemas(layer lintu.LayerInfo, l string) fiber.Map {
	properties := fiber.Map{}
	for _, f := range layer.Fields {
		p := fiber.Map{"type": f.Type, "title": f.Title.In(l)}
		if len(f.Values) > 0 {
			p["enum"] = f.Values
		}
		properties[f.Name] = p
	}
	for name, title := range map[string]lintu.Text{"valid_from": {ZH: "生效时间", EN: "valid from"}, "valid_to": {ZH: "失效时间", EN: "valid until"}} {
		properties[name] = fiber.Map{"type": "string", "format": "date-time", "title": title.In(l)}
	}
	return properties
}
