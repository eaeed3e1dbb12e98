package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// rulePaths describe the routing rules and the settings about cases.
func rulePaths(lang fiber.Map) map[string]fiber.Map {
	id := pathParam("id")
	settingOf := func(name, what string) fiber.Map {
		return fiber.Map{
			"get": call("getSetting"+name, what, "200", "setting"+name, lang),
			"put": withJSON(call("saveSetting"+name, what+": replace; for those who may everywhere", "200", "setting"+name, lang), "setting"+name),
		}
	}
	return map[string]fiber.Map{
		"/rules": {"get": call("listRules", "The rules by number, and pairs of category and community that no rule is for", "200", "rules", lang)},
		"/rules/{id}": {
			"put":    withJSON(call("saveRule", "Add a rule under an id made by the sender, or change the one of that id", "200", "rule", id, lang), "wantedRule"),
			"delete": call("removeRule", "Remove a rule; its number is not used again", "204", "", id, lang),
		},
		"/rules/try":           {"post": withJSON(call("tryRules", "Where a pin here would go, and why", "200", "tried", lang), "pinTried")},
		"/settings/categories": settingOf("Categories", "The class tree"),
		"/settings/calendar":   settingOf("Calendar", "The working calendar"),
		"/settings/limits":     settingOf("Limits", "How long those a case waits for may take"),
	}
}

// ruleSchemas are the shapes of what rulePaths take and answer.
func ruleSchemas() fiber.Map {
	text, flag, whole, number, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "boolean"}, fiber.Map{"type": "integer"}, fiber.Map{"type": "number"}, fiber.Map{"type": "string", "format": "date-time"}
	object := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	rung := fiber.Map{"type": "string", "enum": rungNames(true)}
	area := object(fiber.Map{"layer": text, "id": text, "code": text, "name": text, "version": whole}, "layer", "id", "code", "name")
	handler := object(fiber.Map{"kind": text, "id": text, "code": text, "name": text}, "kind", "id")
	head := object(fiber.Map{"id": text, "code": text, "name": text, "lon": number, "lat": number}, "id", "code", "name", "lon", "lat")
	note := fiber.Map{"type": "string", "maxLength": lintu.RuleNoteRunes}
	limit := object(fiber.Map{"n": whole, "unit": text}, "n", "unit")
	limits := fiber.Map{}
	for _, name := range []string{"verify", "dispatch", "accept", "decide", "check", "evaluate", "reopen", "escalate"} {
		limits[name] = limit
	}
	return fiber.Map{
		"ruleArea": area, "ruleHandler": handler,
		"rule": object(fiber.Map{"id": text, "number": whole, "category": text, "area": schemaRef("ruleArea"), "rung": rung, "unit": schemaRef("ruleHandler"),
			"note": note, "changedAt": moment, "gone": flag}, "id", "number", "unit", "changedAt"),
		"wantedRule": object(fiber.Map{"category": text, "area": fiber.Map{"nullable": true, "allOf": []fiber.Map{object(fiber.Map{"layer": text, "code": text}, "layer", "code")}},
			"rung": rung, "unit": object(fiber.Map{"code": text}, "code"), "note": note}, "unit"),
		"rules": object(fiber.Map{"rules": array(schemaRef("rule")), "uncovered": array(object(fiber.Map{"category": text, "area": schemaRef("ruleArea"), "fallback": flag},
			"category", "area", "fallback"))}, "rules", "uncovered"),
		"pinTried": object(fiber.Map{"lon": number, "lat": number, "accuracy": number, "category": text, "rung": rung}, "lon", "lat", "category"),
		"tried": object(fiber.Map{"routed": object(fiber.Map{"areas": array(schemaRef("ruleArea")), "doubt": array(schemaRef("ruleArea")), "head": head,
			"handler": schemaRef("ruleHandler"), "rule": schemaRef("rule"), "why": schemaRef("text")}, "areas", "why")}, "routed"),
		"settingCategories": array(object(fiber.Map{"code": text, "parent": text, "class": text, "title": schemaRef("text"), "icon": text, "urgency": text,
			"rung": fiber.Map{"type": "string", "enum": rungNames(false)}, "mode": text, "visibility": text, "limit": limit, "usual": flag, "retired": flag},
			"code", "parent", "class", "title", "icon", "urgency", "rung", "mode", "visibility", "limit")),
		"settingCalendar": object(fiber.Map{"zone": text, "hours": array(object(fiber.Map{"from": whole, "to": whole}, "from", "to")), "weekdays": array(flag),
			"days": fiber.Map{"type": "object", "additionalProperties": flag}, "through": whole}, "zone", "hours", "weekdays", "days", "through"),
		"settingLimits": object(limits),
	}
}

// rungNames are the rungs, with "" first where it stands for all of them.
func rungNames(orAll bool) []lintu.Rung {
	var names []lintu.Rung
	if orAll {
		names = append(names, "")
	}
	for _, r := range lintu.Rungs {
		names = append(names, r.Rung)
	}
	return names
}
