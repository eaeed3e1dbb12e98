package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

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

// residentPaths describe doors and what residents do there without an account.
func residentPaths(lang fiber.Map) map[string]fiber.Map {
	id, code := pathParam("id"), pathParam("code")
	file := fiber.Map{"schema": fiber.Map{"type": "string", "format": "binary"}}
	return map[string]fiber.Map{
		"/doors": {
			"get":  call("listDoors", "Where residents report without an account", "200", "doors", lang),
			"post": withJSON(call("makeDoor", "Make the door of a neighbor head, area or unit, or find it", "201", "door", lang), "wantedDoor"),
		},
		"/doors/{id}":         {"delete": call("closeDoor", "Close a door: its QR code leads nowhere any more", "204", "", id, lang)},
		"/door/{code}":        {"get": call("getDoor", "Whose door it is", "200", "doorPlate", code, lang)},
		"/door/{code}/qr.svg": {"get": callFor("drawDoor", "The QR code of the door's page", "image/svg+xml", code, lang)},
		"/door/{code}/cases":  {"post": withJSON(createsOrFinds(call("reportAtDoor", "Report as a resident; the answer has the code to follow it by", "201", "followCode", code, lang)), "newCase")},
		"/door/{code}/photos/{id}": {"put": withBody(createsOrFinds(call("putPhotoAtDoor", "Send a picture that a report at this door can take", "201", "photo", code, id, lang)),
			fiber.Map{"image/jpeg": file, "image/png": file, "image/webp": file})},
		"/follow":      {"post": withJSON(call("follow", "How the case of a code stands", "200", "followed", lang), "onlyCode")},
		"/follow/acts": {"post": withJSON(call("followAct", "Confirm, evaluate, reopen, withdraw or comment as the resident", "200", "followed", lang), "codeAndAction")},
	}
}

// residentSchemas are the shapes of what residentPaths take and answer.
func residentSchemas() fiber.Map {
	text, flag, whole, number, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "boolean"}, fiber.Map{"type": "integer"}, fiber.Map{"type": "number"}, fiber.Map{"type": "string", "format": "date-time"}
	object := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	kind := fiber.Map{"type": "string", "enum": []lintu.DoorKind{lintu.HeadDoor, lintu.GridDoor, lintu.HallDoor}}
	step := object(fiber.Map{"stage": text, "state": text, "at": moment, "text": schemaRef("text")}, "stage", "state", "at", "text")
	return fiber.Map{
		"door": object(fiber.Map{"id": text, "code": text, "kind": kind, "subject": text, "title": text, "lon": number, "lat": number, "closed": flag, "createdAt": moment},
			"id", "code", "kind", "subject", "title", "lon", "lat", "createdAt"),
		"doors":         object(fiber.Map{"doors": array(schemaRef("door"))}, "doors"),
		"wantedDoor":    object(fiber.Map{"kind": kind, "subject": text}, "kind", "subject"),
		"doorPlate":     object(fiber.Map{"title": text, "kind": kind, "lon": number, "lat": number}, "title", "kind", "lon", "lat"),
		"followCode":    object(fiber.Map{"number": text, "follow": text, "durable": flag}, "number", "follow", "durable"),
		"onlyCode":      object(fiber.Map{"code": text}, "code"),
		"codeAndAction": object(fiber.Map{"code": text, "action": schemaRef("action")}, "code", "action"),
		"followed": object(fiber.Map{"number": text, "state": text, "category": text, "title": schemaRef("text"), "reportedAt": moment, "due": moment, "unit": text,
			"steps": array(step), "acts": array(text), "mergedInto": text, "mergedState": text, "satisfaction": whole}, "number", "state", "category", "title", "reportedAt", "due", "steps", "acts"),
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
