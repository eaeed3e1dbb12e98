package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// openAPI answers with the OpenAPI 3.0 document of the OGC part. Paths are
// written out per collection, so that clients see which filters each has.
func (s *Server) openAPI(c *fiber.Ctx) error {
	if err := only(c, "f"); err != nil {
		return err
	}
	at, l := s.base(c)+"/ogc", lang(c)
	doc := s.openAPIDoc(at, l, shown(s.viewer(c)))
	doc["components"].(fiber.Map)["securitySchemes"] = s.securitySchemes(c)
	return s.sendDocument(c, openAPIType, say(l, "接口说明", "API definition"), doc, selfLinks(at+"/api", openAPIType))
}

func (s *Server) openAPIDoc(at, l string, layers []lintu.LayerInfo) fiber.Map {
	paths := fiber.Map{
		"/":                            operation("getLandingPage", say(l, "首页", "landing page"), jsonType, "landingPage", paramRef("f")),
		"/conformance":                 operation("getConformance", say(l, "所遵循的规范", "conformance classes"), jsonType, "confClasses", paramRef("f")),
		"/api":                         operation("getAPI", say(l, "接口说明", "this document"), openAPIType, "anyObject", paramRef("f")),
		"/collections":                 operation("getCollections", say(l, "图层", "collections"), jsonType, "collections", paramRef("f")),
		"/tileMatrixSets":              operation("getTileMatrixSetsList", say(l, "瓦片方案", "tile matrix sets"), jsonType, "anyObject", paramRef("f")),
		"/tileMatrixSets/{matrixName}": operation("getTileMatrixSet", say(l, "瓦片方案", "tile matrix set"), jsonType, "anyObject", pathParam("matrixName"), paramRef("f")),
	}
	for _, layer := range layers {
		for path, item := range layerPaths(layer, l) {
			paths[path] = item
		}
	}
	return fiber.Map{
		"openapi": "3.0.3",
		"info": fiber.Map{"title": say(l, "邻图地图数据", "lintu map data"), "version": s.Version,
			"description": say(l, "OGC API – Features 与 Tiles。", "OGC API – Features and Tiles.")},
		"servers":    []fiber.Map{{"url": at}},
		"tags":       []fiber.Map{{"name": "data"}},
		"paths":      paths,
		"security":   []fiber.Map{{}, {"session": []string{}}, {"token": []string{}}}, // shown is what the viewer sees
		"components": fiber.Map{"parameters": openAPIParameters(), "schemas": openAPISchemas(), "responses": openAPIResponses()},
	}
}

func layerPaths(layer lintu.LayerInfo, l string) fiber.Map {
	name, title := string(layer.Name), layer.Title.In(l)
	at := "/collections/" + name
	filters := []fiber.Map{paramRef("f"), paramRef("limit"), paramRef("offset"), paramRef("bbox"), paramRef("bbox-crs"), paramRef("crs"), paramRef("datetime"), paramRef("after")}
	for _, f := range layer.Fields {
		filters = append(filters, fiber.Map{"name": f.Name, "in": "query", "required": false, "description": f.Title.In(l),
			"schema": fiber.Map{"type": f.Type}, "style": "form", "explode": false})
	}
	return fiber.Map{
		at:                              operation("describeCollection."+name, title, jsonType, "collection", paramRef("f")),
		at + "/schema":                  operation("getSchema."+name, title, schemaType, "anyObject", paramRef("f")),
		at + "/items":                   operation("getFeatures."+name, title, geoJSONType, "featureCollectionGeoJSON", filters...),
		at + "/items/{featureId}":       operation("getFeature."+name, title, geoJSONType, "featureGeoJSON", pathParam("featureId"), paramRef("f"), paramRef("crs"), paramRef("instant")),
		at + "/tiles":                   operation(name+".getTileSetsList", title, jsonType, "anyObject", paramRef("f")),
		at + "/tiles/{tileMatrixSetId}": operation(name+".getTileSet", title, jsonType, "anyObject", pathParam("tileMatrixSetId"), paramRef("f")),
		at + "/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}": operation(name+".getTile", title, mvtType, "binary",
			pathParam("tileMatrixSetId"), pathParam("tileMatrix"), pathParam("tileRow"), pathParam("tileCol"), paramRef("instant")),
	}
}

// operation is a path item with one GET.
func operation(id, summary, contentType, schema string, parameters ...fiber.Map) fiber.Map {
	content := fiber.Map{contentType: fiber.Map{"schema": schemaRef(schema)}}
	if contentType == jsonType || contentType == geoJSONType {
		content[htmlType] = fiber.Map{"schema": fiber.Map{"type": "string"}}
	}
	return fiber.Map{"get": fiber.Map{
		"operationId": id, "summary": summary, "tags": []string{"data"}, "parameters": parameters,
		"responses": fiber.Map{
			"200":     fiber.Map{"description": summary, "content": content},
			"400":     fiber.Map{"$ref": "#/components/responses/Problem"},
			"404":     fiber.Map{"$ref": "#/components/responses/Problem"},
			"default": fiber.Map{"$ref": "#/components/responses/Problem"},
		},
	}}
}

func paramRef(name string) fiber.Map  { return fiber.Map{"$ref": "#/components/parameters/" + name} }
func schemaRef(name string) fiber.Map { return fiber.Map{"$ref": "#/components/schemas/" + name} }

func pathParam(name string) fiber.Map {
	return fiber.Map{"name": name, "in": "path", "required": true, "schema": fiber.Map{"type": "string"}}
}

func queryParam(name, description string, schema fiber.Map) fiber.Map {
	return fiber.Map{"name": name, "in": "query", "required": false, "description": description, "schema": schema, "style": "form", "explode": false}
}

func openAPIParameters() fiber.Map {
	crs := fiber.Map{"type": "string", "format": "uri", "enum": []string{crs84}, "default": crs84}
	numbers := func(n int) fiber.Map {
		return fiber.Map{"type": "array", "minItems": n, "maxItems": n, "items": fiber.Map{"type": "number"}}
	}
	return fiber.Map{
		"f":     queryParam("f", "The representation.", fiber.Map{"type": "string", "enum": []string{"json", "html"}}),
		"limit": queryParam("limit", "How many features at most; more than the maximum is clipped.", fiber.Map{"type": "integer", "minimum": 1, "maximum": maxItems, "default": defaultItems}),
		"bbox": queryParam("bbox", "West, south, east, north in degrees; west > east crosses the antimeridian.", fiber.Map{
			"type": "array", "minItems": 4, "maxItems": 6, "items": fiber.Map{"type": "number"}, "oneOf": []fiber.Map{numbers(4), numbers(6)}}),
		"datetime": queryParam("datetime", "An RFC 3339 instant, or an interval whose ends may be open (..).", fiber.Map{"type": "string"}),
		"instant":  queryParam("datetime", "An RFC 3339 instant.", fiber.Map{"type": "string"}),
		"offset":   queryParam("offset", "How many features to leave out.", fiber.Map{"type": "integer", "minimum": 0, "default": 0}),
		"after":    queryParam("after", "Only from a next link.", fiber.Map{"type": "string"}),
		"crs":      queryParam("crs", "Reference system of the answer.", crs),
		"bbox-crs": queryParam("bbox-crs", "Reference system of bbox.", crs),
	}
}

func openAPIResponses() fiber.Map {
	return fiber.Map{"Problem": fiber.Map{"description": "What went wrong, for people and programs (RFC 9457).",
		"content": fiber.Map{"application/problem+json": fiber.Map{"schema": schemaRef("problem")}}}}
}

func openAPISchemas() fiber.Map {
	text, integer, object := fiber.Map{"type": "string"}, fiber.Map{"type": "integer", "minimum": 0}, fiber.Map{"type": "object"}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	with := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	links := array(schemaRef("link"))
	return fiber.Map{
		"anyObject":   object,
		"binary":      fiber.Map{"type": "string", "format": "binary"},
		"link":        with(fiber.Map{"href": text, "rel": text, "type": text, "title": text, "templated": fiber.Map{"type": "boolean"}}, "href", "rel"),
		"landingPage": with(fiber.Map{"title": text, "description": text, "links": links}, "links"),
		"confClasses": with(fiber.Map{"conformsTo": array(text)}, "conformsTo"),
		"collections": with(fiber.Map{"links": links, "collections": array(schemaRef("collection"))}, "links", "collections"),
		"collection": with(fiber.Map{"id": text, "title": text, "description": text, "links": links, "extent": object,
			"itemType": text, "crs": array(text)}, "id", "links"),
		"featureGeoJSON": with(fiber.Map{"type": fiber.Map{"type": "string", "enum": []string{"Feature"}}, "id": text,
			"geometry": fiber.Map{"type": "object", "nullable": true}, "properties": fiber.Map{"type": "object", "nullable": true}, "links": links},
			"type", "geometry", "properties"),
		"featureCollectionGeoJSON": with(fiber.Map{"type": fiber.Map{"type": "string", "enum": []string{"FeatureCollection"}},
			"features": array(schemaRef("featureGeoJSON")), "links": links, "timeStamp": fiber.Map{"type": "string", "format": "date-time"},
			"numberMatched": integer, "numberReturned": integer}, "type", "features"),
		"text": with(fiber.Map{"zh": text, "en": text}, "zh", "en"),
		"problem": with(fiber.Map{"type": text, "title": text, "status": integer, "code": text, "detail": text,
			"text": schemaRef("text"), "instance": text, "retryAfter": integer}, "type", "title", "status", "code", "detail"),
	}
}
