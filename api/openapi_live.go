package api

import "github.com/gofiber/fiber/v2"

// livePaths are the operations of what the wall shows.
func livePaths(lang fiber.Map) map[string]fiber.Map {
	after := queryParam("after", "The cursor of pins, or the id of the last event: from where on to tell.", fiber.Map{"type": "string"})
	last := fiber.Map{"name": "Last-Event-ID", "in": "header", "description": "Likewise; browsers send it by themselves.", "schema": fiber.Map{"type": "string"}}
	days := queryParam("days", "How many days back.", fiber.Map{"type": "integer", "minimum": 1, "maximum": heatDays, "default": 30})
	stream := call("streamEvents", "What happens, as Server-Sent Events: hello, case, gone, layer, reset, bye", "200", "", after, last, lang)
	stream["responses"].(fiber.Map)["200"].(fiber.Map)["content"] = fiber.Map{"text/event-stream": fiber.Map{"schema": fiber.Map{"type": "string"}}}
	return map[string]fiber.Map{
		"/events":  {"get": stream},
		"/pins":    {"get": call("listPins", "The open cases, and from where on the stream tells what changes", "200", "pins", lang)},
		"/figures": {"get": call("getFigures", "The numbers of the wall", "200", "figures", lang)},
		"/heat":    {"get": call("getHeat", "Where cases came from", "200", "heat", days, lang)},
	}
}

func liveSchemas() fiber.Map {
	text, number, whole, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "number"}, fiber.Map{"type": "integer"}, fiber.Map{"type": "string", "format": "date-time"}
	object := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	counts := fiber.Map{"type": "object", "additionalProperties": whole}
	return fiber.Map{
		"pin": object(fiber.Map{"id": text, "number": text, "seq": whole, "lon": number, "lat": number, "category": text, "state": text,
			"urgency": text, "rung": text, "areas": array(text), "unit": text, "reportedAt": moment, "since": moment, "due": moment,
			"late": fiber.Map{"type": "boolean"}, "act": text, "at": moment, "unanswered": fiber.Map{"type": "boolean"}},
			"id", "number", "seq", "lon", "lat", "category", "state", "areas", "reportedAt", "since", "at"),
		"pins": object(fiber.Map{"pins": array(schemaRef("pin")), "cursor": text, "asOf": moment}, "pins", "cursor", "asOf"),
		"figures": object(fiber.Map{"asOf": moment, "open": whole, "late": whole, "byState": counts, "byUrgency": counts, "byCategory": counts,
			"byArea": array(object(fiber.Map{"layer": text, "id": text, "code": text, "name": text, "open": whole, "late": whole, "today": whole, "onTime": number},
				"layer", "id", "code", "name", "open", "late", "today", "onTime")),
			"closed": whole, "onTime": number, "satisfaction": number, "answers": whole, "today": whole, "todayClosed": whole, "usual": number},
			"asOf", "open", "late", "byState", "byUrgency", "byCategory", "byArea", "closed", "onTime", "satisfaction", "answers", "today", "todayClosed", "usual"),
		"heat": object(fiber.Map{"cells": array(fiber.Map{"type": "array", "items": number, "minItems": 3, "maxItems": 3}), "size": number}, "cells", "size"),
	}
}
