package api

import "github.com/gofiber/fiber/v2"

// meetingPaths describe bench meetings and their ledgers.
func meetingPaths(lang fiber.Map) map[string]fiber.Map {
	id, row := pathParam("id"), pathParam("row")
	return map[string]fiber.Map{
		"/meetings": {"get": call("listMeetings", "Bench meetings, the newest first, without their rows", "200", "meetings",
			queryParam("limit", "How many at most.", fiber.Map{"type": "integer", "minimum": 1, "maximum": 500, "default": 50}), lang)},
		"/meetings/{id}": {
			"get": call("getMeeting", "A meeting with its ledger", "200", "meeting", id, lang),
			"put": withJSON(call("saveMeeting", "Make or change a meeting; seq is the one that the change stands on, 0 for a new one; rows are never removed", "200", "meeting", id, lang), "meeting"),
		},
		"/meetings/{id}/rows/{row}/case": {"post": call("makeCaseOfRow", "Make a case of a row, once", "201", "durableCase", id, row, lang)},
		"/meetings/{id}/open":            {"get": call("listOpenRows", "What earlier meetings left open, to be read out", "200", "ledgerRows", id, lang)},
	}
}

// meetingSchemas are the shapes of what meetingPaths take and answer.
func meetingSchemas() fiber.Map {
	text, whole, number, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "integer"}, fiber.Map{"type": "number"}, fiber.Map{"type": "string", "format": "date-time"}
	object := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	area := object(fiber.Map{"layer": text, "id": text, "code": text, "name": text}, "layer", "id", "code", "name")
	place := object(fiber.Map{"lon": number, "lat": number, "accuracy": number, "placed": text}, "lon", "lat", "placed")
	option := object(fiber.Map{"text": text, "votes": whole, "agreed": fiber.Map{"type": "boolean"}}, "text")
	row := object(fiber.Map{"id": text, "number": whole, "at": moment, "urgency": text, "text": text, "category": text, "place": place, "options": array(option),
		"answer": text, "case": text, "from": text, "feedback": text, "state": text, "caseNumber": text}, "id", "at", "urgency", "text")
	return fiber.Map{
		"meetings": object(fiber.Map{"meetings": array(schemaRef("meeting"))}, "meetings"),
		"meeting": object(fiber.Map{"id": text, "title": text, "lon": number, "lat": number, "venue": text, "areas": array(area), "startsAt": moment, "endedAt": moment,
			"host": text, "attendees": whole, "units": array(text), "rows": array(schemaRef("ledgerRow")), "seq": whole}, "id", "title", "lon", "lat", "startsAt", "rows", "seq"),
		"ledgerRow":  row,
		"ledgerRows": object(fiber.Map{"rows": array(schemaRef("ledgerRow"))}, "rows"),
	}
}
