package api

import (
	"maps"

	"github.com/gofiber/fiber/v2"
)

// openAPIv1 describes what the pages use beyond tiles and the OGC part.
func (s *Server) openAPIv1(c *fiber.Ctx) error {
	if err := only(c); err != nil {
		return err
	}
	doc := s.openAPIv1Doc(s.base(c) + "/api/v1")
	doc["components"].(fiber.Map)["securitySchemes"] = s.securitySchemes(c)
	return c.JSON(doc, openAPIType)
}

func (s *Server) openAPIv1Doc(at string) fiber.Map {
	schemas := openAPISchemas()
	maps.Copy(schemas, v1Schemas())
	maps.Copy(schemas, doorSchemas())
	maps.Copy(schemas, caseSchemas())
	maps.Copy(schemas, meetingSchemas())
	maps.Copy(schemas, liveSchemas())
	maps.Copy(schemas, residentSchemas())
	maps.Copy(schemas, ruleSchemas())
	lang := queryParam("lang", "Language of texts.", fiber.Map{"type": "string", "enum": []string{"zh", "en"}})
	number := func(most, otherwise int) fiber.Map {
		return fiber.Map{"type": "integer", "minimum": 1, "maximum": most, "default": otherwise}
	}
	text := func(most int) fiber.Map { return fiber.Map{"type": "string", "minLength": 1, "maxLength": most} }
	file := fiber.Map{"type": "string", "format": "binary"}
	id := pathParam("id")
	paths := doorPaths(lang)
	maps.Copy(paths, casePaths(lang))
	maps.Copy(paths, meetingPaths(lang))
	maps.Copy(paths, livePaths(lang))
	maps.Copy(paths, residentPaths(lang))
	maps.Copy(paths, rulePaths(lang))
	maps.Copy(paths, map[string]fiber.Map{
		"/config":                {"get": call("getConfig", "What this server serves", "200", "config", lang)},
		"/search":                {"get": call("search", "Find features by name or code, best first", "200", "hits", required(queryParam("q", "Words that must all occur.", text(100))), queryParam("limit", "How many hits at most.", number(50, 10)), lang)},
		"/features/{layer}/{id}": {"get": call("getCard", "What the map shows about one feature", "200", "card", pathParam("layer"), id, lang)},
		"/batches": {
			"get": call("listBatches", "Import batches, newest first", "200", "batches", queryParam("limit", "How many at most.", number(500, 50)), lang),
			"post": withBody(call("receiveBatch", "Send a file: it is read and explained, nothing is stored as features", "201", "batch", queryParam("name", "The file's name, for people.", text(200)), lang),
				fiber.Map{"application/octet-stream": fiber.Map{"schema": file},
					"multipart/form-data": fiber.Map{"schema": fiber.Map{"type": "object", "properties": fiber.Map{"file": file}, "required": []string{"file"}}}}),
		},
		"/batches/{id}": {
			"get":    call("getBatch", "A batch and what runs on it", "200", "batch", id, lang),
			"delete": call("discardBatch", "Discard a draft", "204", "", id, lang),
		},
		"/batches/{id}/answers": {"put": withBody(call("answerBatch", "Explain the file anew under answers, by dataset", "200", "batch", id, lang),
			fiber.Map{jsonType: fiber.Map{"schema": fiber.Map{"type": "object", "additionalProperties": schemaRef("answers")}}})},
		"/batches/{id}/preview.geojson": {"get": call("previewBatch", "The rows that would be stored", "200", "featureCollectionGeoJSON", id, queryParam("maxVertices", "Stop after so many vertices.", number(previewVerticesMax, previewVertices)), lang)},
		"/batches/{id}/apply":           {"post": call("applyBatch", "Store the batch, all or nothing; poll the batch for its job", "202", "batch", id, lang)},
		"/batches/{id}/undo":            {"post": call("undoBatch", "Bring the state before the batch back; poll the batch for its job", "202", "batch", id, lang)},
		"/photos/{id}": {"put": withBody(createsOrFinds(call("putPhoto", "Send a picture under an id made by the sender, a UUID; it is durable when the answer comes. The same again is 200, other bytes are 409", "201", "photo", id, lang)),
			fiber.Map{"image/jpeg": fiber.Map{"schema": file}, "image/png": fiber.Map{"schema": file}, "image/webp": fiber.Map{"schema": file}})},
		"/openapi.json": {"get": call("getOpenAPI", "This document", "200", "anyObject", lang)},
	})
	s.secured("/api/v1", paths)
	return fiber.Map{
		"openapi":    "3.0.3",
		"info":       fiber.Map{"title": "lintu", "version": s.Version, "description": "What lintu's own pages use. Tiles and features are described at /ogc/api."},
		"servers":    []fiber.Map{{"url": at}},
		"paths":      paths,
		"components": fiber.Map{"schemas": schemas, "responses": openAPIResponses()},
	}
}

// call is an operation with one good answer; schema "" has no content.
func call(id, summary, status, schema string, parameters ...fiber.Map) fiber.Map {
	answer := fiber.Map{"description": summary}
	if schema != "" {
		contentType := jsonType
		if schema == "featureCollectionGeoJSON" {
			contentType = geoJSONType
		}
		answer["content"] = fiber.Map{contentType: fiber.Map{"schema": schemaRef(schema)}}
	}
	return fiber.Map{"operationId": id, "summary": summary, "parameters": parameters,
		"responses": fiber.Map{status: answer, "default": fiber.Map{"$ref": "#/components/responses/Problem"}}}
}

// createsOrFinds adds to an operation that answers 201 that it answers 200 where
// what it makes is there already.
func createsOrFinds(operation fiber.Map) fiber.Map {
	answers := operation["responses"].(fiber.Map)
	answers["200"] = answers["201"]
	return operation
}

func withBody(operation, content fiber.Map) fiber.Map {
	operation["requestBody"] = fiber.Map{"required": true, "content": content}
	return operation
}

func required(parameter fiber.Map) fiber.Map {
	parameter["required"] = true
	return parameter
}

// v1Schemas are the shapes of package lintu that the pages see.
func v1Schemas() fiber.Map {
	text, number, flag, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "number"}, fiber.Map{"type": "boolean"}, fiber.Map{"type": "string", "format": "date-time"}
	whole := fiber.Map{"type": "integer"}
	object := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	maybe := func(schema fiber.Map) fiber.Map { return fiber.Map{"nullable": true, "allOf": []fiber.Map{schema}} }
	bbox := fiber.Map{"type": "array", "items": number, "minItems": 4, "maxItems": 4}
	area := object(fiber.Map{"layer": text, "id": text, "code": text, "name": text}, "layer", "id", "code", "name")
	head := object(fiber.Map{"id": text, "code": text, "name": text, "lon": number, "lat": number}, "id", "code", "name", "lon", "lat")
	return fiber.Map{
		"hits": object(fiber.Map{"hits": array(object(fiber.Map{"layer": text, "id": text, "code": text, "name": text, "within": text, "lon": number, "lat": number, "bbox": bbox},
			"layer", "id", "code", "name", "lon", "lat"))}, "hits"),
		"card": object(fiber.Map{"layer": text, "id": text, "code": text, "name": text, "lon": maybe(number), "lat": maybe(number), "bbox": bbox, "within": array(area),
			"counts": fiber.Map{"type": "object", "additionalProperties": whole}, "properties": fiber.Map{"type": "object"}, "areaM2": number, "head": head, "since": moment},
			"layer", "id", "code", "name", "within", "counts", "properties"),
		"config": object(fiber.Map{"name": schemaRef("text"), "version": text, "languages": array(text), "center": fiber.Map{"type": "array", "items": number, "nullable": true},
			"bounds": maybe(bbox), "maxZoom": whole, "uploadBytes": whole, "basemap": fiber.Map{"type": "object", "nullable": true},
			"layers": array(fiber.Map{"type": "object"}), "me": schemaRef("me"), "lag": whole}, "name", "version", "languages", "maxZoom", "layers", "me", "lag"),
		"answers": object(fiber.Map{"skip": flag, "layer": text, "encoding": text, "crs": text, "from": text,
			"map": fiber.Map{"type": "object", "additionalProperties": text}, "skipRefused": flag, "closeMissing": flag}),
		"part": object(fiber.Map{"dataset": text, "answers": schemaRef("answers"), "report": fiber.Map{"type": "object"}}, "dataset", "answers"),
		"job": object(fiber.Map{"kind": text, "state": fiber.Map{"type": "string", "enum": []string{"running", "done", "failed"}}, "step": schemaRef("text"),
			"done": whole, "total": whole, "error": maybe(schemaRef("problem"))}, "kind", "state", "step", "done", "total"),
		"batch": object(fiber.Map{"id": text, "file": text, "sha256": text, "bytes": whole,
			"state":     fiber.Map{"type": "string", "enum": []string{"draft", "applied", "undone", "discarded"}},
			"createdAt": moment, "appliedAt": moment, "undoneAt": moment, "actor": text, "parts": array(schemaRef("part")), "job": schemaRef("job")},
			"id", "file", "sha256", "bytes", "state", "createdAt", "actor", "parts"),
		"photo": object(fiber.Map{"id": text, "sha256": text, "bytes": whole, "type": fiber.Map{"type": "string", "enum": []string{"image/jpeg", "image/png", "image/webp"}},
			"width": whole, "height": whole, "takenAt": moment, "lon": number, "lat": number}, "id", "sha256", "bytes", "type", "width", "height"),
		"batches": object(fiber.Map{"batches": array(schemaRef("batch"))}, "batches"),
	}
}
