package api

import (
	"maps"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// casePaths describe cases.
func casePaths(lang fiber.Map) map[string]fiber.Map {
	id, number := pathParam("id"), fiber.Map{"type": "number"}
	after := queryParam("after", "Only from next.", fiber.Map{"type": "string"})
	limit := queryParam("limit", "How many cases at most.", fiber.Map{"type": "integer", "minimum": 1, "maximum": maxCases, "default": defaultCases})
	return map[string]fiber.Map{
		"/categories": {"get": call("getCategories", "The class tree, and every word of cases with its title", "200", "categories", lang)},
		"/cases": {
			"get": call("listCases", "Cases that the viewer sees, the newest first", "200", "cases", append(caseQueryParams(), limit, after, lang)...),
			"post": withJSON(createsOrFinds(call("reportCase", "Report a case under an id made by the sender; it is durable when the answer comes. The same again is 200, something else under the id is 409",
				"201", "durableCase", lang)), "newCase"),
		},
		"/cases.csv":         {"get": callFor("exportCases", "The same as CSV, all of it; audited", csvType, append(caseQueryParams(), lang)...)},
		"/cases/{id}":        {"get": call("getCase", "A case", "200", "case", id, lang)},
		"/cases/{id}/events": {"get": call("getCaseHistory", "What has happened to a case, the first event first", "200", "caseEvents", id, lang)},
		"/cases/{id}/acts":   {"post": withJSON(call("actOnCase", "Do something to a case under an id made by the sender; the same again is answered alike", "200", "durableCase", id, lang), "action")},
		"/cases/acts":        {"post": withJSON(call("actOnCases", "The same act on up to 200 cases, each by itself", "200", "actResults", lang), "manyActs")},
		"/cases/similar": {"get": call("listSimilarCases", "Cases near by that may be the same, the likeliest first", "200", "similarCases",
			required(queryParam("lon", "Longitude in degrees.", number)), required(queryParam("lat", "Latitude in degrees.", number)),
			queryParam("category", "Code of the category.", fiber.Map{"type": "string"}), queryParam("but", "Id of a case to leave out.", fiber.Map{"type": "string"}), lang)},
		"/cases/{id}/photos/{photo}":       {"get": callForPhoto("getPhoto", "A picture of a case, without what its camera wrote beside it", []string{"image/jpeg", "image/png", "image/webp"}, id, pathParam("photo"), lang)},
		"/cases/{id}/photos/{photo}/thumb": {"get": callForPhoto("getThumbnail", "The same, of at most 320 pixels", []string{"image/jpeg"}, id, pathParam("photo"), lang)},
		"/cases/{id}/contact/unmask":       {"post": withJSON(call("unmaskContact", "How to reach who reported the case, for a purpose; audited, with a daily quota", "200", "contact", id, lang), "purposeOf")},
	}
}

// callForPhoto is an operation that answers with a picture of one of the types.
func callForPhoto(id, summary string, types []string, parameters ...fiber.Map) fiber.Map {
	operation := call(id, summary, "200", "", parameters...)
	content := fiber.Map{}
	for _, t := range types {
		content[t] = fiber.Map{"schema": fiber.Map{"type": "string", "format": "binary"}}
	}
	operation["responses"].(fiber.Map)["200"].(fiber.Map)["content"] = content
	return operation
}

func caseQueryParams() []fiber.Map {
	text, flag, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "boolean"}, fiber.Map{"type": "string", "format": "date-time"}
	return []fiber.Map{
		queryParam("open", "Only those where somebody still has to act.", flag),
		queryParam("mine", "Only those that the viewer has to act on, or has reported.", flag),
		queryParam("state", "States, joined by commas.", text), queryParam("category", "A category and those below it.", text),
		queryParam("area", "Id of an area that it fell in.", text), queryParam("unit", "Id of a unit that handles or helps.", text),
		queryParam("head", "Id of the neighbor head of the nearest household.", text), queryParam("urgency", "Urgency.", oneOf("urgency")),
		queryParam("rung", "Rung of the ladder.", oneOf("rung")), queryParam("source", "How it has come.", oneOf("source")),
		queryParam("late", "Only those whose time limit was missed.", flag), queryParam("bbox", "West, south, east, north in degrees.", text),
		queryParam("from", "Reported not before this time.", moment), queryParam("to", "Reported before this time.", moment),
		queryParam("text", "In the number or the note.", text),
		queryParam("order", "The newest first, or the first due.", fiber.Map{"type": "string", "enum": []string{"new", "due"}, "default": "new"}),
	}
}

// oneOf is the schema of a word of cases.
func oneOf(of string) fiber.Map {
	return fiber.Map{"type": "string", "enum": slices.Sorted(maps.Keys(vocabulary[of]))}
}

// caseSchemas are the shapes of what casePaths take and answer.
func caseSchemas() fiber.Map {
	text, whole, flag, number := fiber.Map{"type": "string"}, fiber.Map{"type": "integer"}, fiber.Map{"type": "boolean"}, fiber.Map{"type": "number"}
	moment, any := fiber.Map{"type": "string", "format": "date-time"}, fiber.Map{"type": "object"}
	object := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	act := fiber.Map{"type": "string", "enum": actNames()}
	handler := object(fiber.Map{"kind": fiber.Map{"type": "string", "enum": []lintu.HandlerKind{lintu.UnitHandles, lintu.HeadHandles, lintu.WorkerHandles}},
		"id": text, "code": text, "name": text}, "kind")
	phase := object(fiber.Map{"title": text, "unit": handler, "until": moment, "doneAt": moment}, "title")
	place := object(fiber.Map{"lon": number, "lat": number, "accuracy": number, "placed": fiber.Map{"type": "string", "enum": []lintu.Placed{lintu.ByGPS, lintu.ByMap, lintu.ByPhoto}}}, "lon", "lat", "placed")
	area := object(fiber.Map{"layer": text, "id": text, "code": text, "name": text, "version": whole}, "layer", "id", "code", "name")
	contact := object(fiber.Map{"name": text, "phone": text})
	told := fiber.Map{"note": fiber.Map{"type": "string", "maxLength": lintu.NoteRunes}, "photos": fiber.Map{"type": "array", "items": text, "maxItems": lintu.PhotosAtOnce},
		"urgency": oneOf("urgency"), "visibility": oneOf("visibility"), "category": text}
	action, report := maps.Clone(told), maps.Clone(told)
	maps.Copy(action, fiber.Map{"id": text, "act": act, "seq": whole, "handler": handler, "helpers": array(handler), "phases": array(phase), "phase": whole,
		"until": moment, "place": place, "mode": oneOf("mode"), "outcome": fiber.Map{"type": "string", "enum": []string{lintu.Agreed, lintu.NotAgreed}}, "yes": flag,
		"satisfaction": fiber.Map{"type": "integer", "minimum": 1, "maximum": 5}, "case": text,
		"link": fiber.Map{"type": "string", "enum": []lintu.LinkKind{lintu.CausedBy, lintu.PartOf}}})
	maps.Copy(report, place["properties"].(fiber.Map))
	maps.Copy(report, fiber.Map{"id": text, "at": moment, "source": oneOf("source"), "contact": contact})
	return fiber.Map{
		"case": object(fiber.Map{"id": text, "number": text, "seq": whole, "state": oneOf("state"), "category": text, "source": oneOf("source"), "urgency": oneOf("urgency"),
			"rung": oneOf("rung"), "mode": oneOf("mode"), "visibility": oneOf("visibility"), "note": text, "place": place, "areas": array(area), "doubt": array(area), "head": any,
			"handler": handler, "why": schemaRef("text"), "helpers": array(handler), "phases": array(phase), "clock": any, "photos": array(any), "links": array(any),
			"waitsFor": text, "waitUntil": moment, "since": moment, "reportedAt": moment, "changedAt": moment, "doneAt": moment, "closedAt": moment, "onTime": flag,
			"confirmed": flag, "satisfaction": whole, "outcome": text, "acts": array(act), "contact": flag, "unanswered": schemaRef("text")}, "id", "number", "state", "category", "place", "areas", "clock", "reportedAt", "since"),
		"durableCase": object(fiber.Map{"case": schemaRef("case"), "durable": flag}, "case", "durable"),
		"cases":       object(fiber.Map{"cases": array(schemaRef("case")), "asOf": moment, "next": fiber.Map{"type": "string", "nullable": true}, "total": whole}, "cases", "asOf", "next", "total"),
		"newCase":     object(report, "id", "category", "lon", "lat", "placed", "source"),
		"action":      object(action, "id", "act"),
		"manyActs":    object(fiber.Map{"cases": fiber.Map{"type": "array", "items": text, "minItems": 1, "maxItems": maxActs}, "action": schemaRef("action")}, "cases", "action"),
		"actResults":  object(fiber.Map{"results": array(object(fiber.Map{"case": text, "ok": flag, "error": schemaRef("problem")}, "case"))}, "results"),
		"caseEvents": object(fiber.Map{"events": array(object(fiber.Map{"id": text, "case": text, "seq": whole, "at": moment, "by": text, "account": text, "as": text,
			"act": act, "from": text, "to": oneOf("state"), "note": text, "photos": array(text), "set": any}, "id", "case", "seq", "at", "by", "as", "act", "to", "set"))}, "events"),
		"similarCases": object(fiber.Map{"similar": array(object(fiber.Map{"case": schemaRef("case"), "metres": number, "sameCategory": flag}, "case", "metres", "sameCategory"))}, "similar"),
		"contact":      object(fiber.Map{"contact": contact}, "contact"),
		"categories": object(fiber.Map{"categories": array(any), "sources": array(any), "urgencies": array(any), "rungs": array(any), "states": array(any), "stages": array(any),
			"acts": array(any), "limits": any, "calendarWarning": schemaRef("text"), "version": text}, "categories", "sources", "urgencies", "rungs", "states", "stages", "acts", "limits", "version"),
	}
}

func actNames() (names []lintu.Act) {
	for _, a := range lintu.Acts {
		names = append(names, a.Act)
	}
	return names
}
