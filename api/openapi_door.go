package api

import (
	"maps"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

// doorPaths describe sessions, accounts, persons and the audit.
func doorPaths(lang fiber.Map) map[string]fiber.Map {
	id, login, layer := pathParam("id"), pathParam("login"), fiber.Map{"name": "layer", "in": "path", "required": true,
		"schema": fiber.Map{"type": "string", "enum": []lintu.Layer{lintu.Households, lintu.Heads}}}
	post := func(op fiber.Map, schema string) fiber.Map { return fiber.Map{"post": withJSON(op, schema)} }
	return map[string]fiber.Map{
		"/me": {"get": call("getMe", "Who is asking", "200", "me", lang)},
		"/session": {
			"post":   withJSON(call("signIn", "Sign in; the answer sets the session's cookie", "200", "me", lang), "signIn"),
			"delete": call("signOut", "Sign out", "204", "", lang),
		},
		"/sessions": {"delete": call("signOutEverywhere", "End all sessions of the account", "204", "", lang)},
		"/password": {"put": withJSON(call("changePassword", "Change the password; all other sessions end", "200", "me", lang), "newPassword")},
		"/tokens": {
			"get":  call("listTokens", "The account's tokens, without their secrets", "200", "tokens", lang),
			"post": withJSON(call("makeToken", "Make a token; its secret is shown this once", "201", "newToken", lang), "wantedToken"),
		},
		"/tokens/{id}": {"delete": call("revokeToken", "Revoke a token", "204", "", id, lang)},

		"/accounts": {
			"get":  call("listAccounts", "All accounts", "200", "accounts", lang),
			"post": withJSON(call("addAccount", "Make an account; its one-time password is shown this once", "201", "account", lang), "wantedAccount"),
		},
		"/accounts/{login}":             {"put": withJSON(call("changeAccount", "Disable or enable an account", "200", "account", login, lang), "accountState")},
		"/accounts/{login}/reset":       {"post": call("resetPassword", "Give a one-time password; all sessions of the account end", "200", "onePassword", login, lang)},
		"/accounts/{login}/grants":      post(call("grantRole", "Give a role", "201", "account", login, lang), "wantedGrant"),
		"/accounts/{login}/grants/{id}": {"delete": call("revokeRole", "Take a role back", "200", "account", login, id, lang)},

		"/features/{layer}/{id}/person":        {"get": call("getPerson", "A person, masked", "200", "maskedPerson", layer, id, lang)},
		"/features/{layer}/{id}/person/unmask": post(call("unmaskPerson", "A person in full, for a purpose; audited, with a daily quota", "200", "unmasked", layer, id, lang), "purposeOf"),
		"/persons/search":                      post(call("findPersons", "Persons of exactly that name or phone, masked", "200", "persons", lang), "personSought"),
		"/purposes":                            {"get": call("listPurposes", "What a person can be unmasked for", "200", "purposes", lang)},

		"/audit": {"get": call("listAudit", "Entries of the audit, newest first", "200", "auditEntries", append(auditQueryParams(),
			queryParam("before", "Only older ones than this number: the next page.", fiber.Map{"type": "integer", "minimum": 1}),
			queryParam("limit", "How many at most.", fiber.Map{"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}), lang)...)},
		"/audit.csv": {"get": callFor("exportAudit", "The same as CSV, all of it", csvType, append(auditQueryParams(), lang)...)},
		"/audit/verify": {
			"get":  call("getAuditVerification", "How the verification goes, and the end of the chain if it is whole", "200", "verification", lang),
			"post": call("verifyAudit", "Recompute the chain of the audit", "202", "verification", lang),
		},
	}
}

func auditQueryParams() []fiber.Map {
	text, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "string", "format": "date-time"}
	return []fiber.Map{
		queryParam("from", "Not before this time.", moment), queryParam("to", "Before this time.", moment),
		queryParam("actor", "Who, as the audit says it, or a login.", text), queryParam("act", "What was done.", text),
		queryParam("kind", "To what kind of thing.", text), queryParam("address", "From where.", text),
		queryParam("alerts", "Only what wants an auditor's eye.", fiber.Map{"type": "boolean"}),
	}
}

func withJSON(operation fiber.Map, schema string) fiber.Map {
	return withBody(operation, fiber.Map{jsonType: fiber.Map{"schema": schemaRef(schema)}})
}

// callFor is call with a text of that type as the answer.
func callFor(id, summary, contentType string, parameters ...fiber.Map) fiber.Map {
	op := call(id, summary, "200", "", parameters...)
	op["responses"].(fiber.Map)["200"] = fiber.Map{"description": summary,
		"content": fiber.Map{contentType: fiber.Map{"schema": fiber.Map{"type": "string"}}}}
	return op
}

// doorSchemas are the shapes of what doorPaths take and answer.
func doorSchemas() fiber.Map {
	text, flag, whole, moment := fiber.Map{"type": "string"}, fiber.Map{"type": "boolean"}, fiber.Map{"type": "integer"}, fiber.Map{"type": "string", "format": "date-time"}
	maybeMoment := fiber.Map{"type": "string", "format": "date-time", "nullable": true}
	object := func(properties fiber.Map, required ...string) fiber.Map {
		return fiber.Map{"type": "object", "properties": properties, "required": required}
	}
	array := func(of fiber.Map) fiber.Map { return fiber.Map{"type": "array", "items": of} }
	maybe := func(schema fiber.Map) fiber.Map { return fiber.Map{"nullable": true, "allOf": []fiber.Map{schema}} }
	scope := object(fiber.Map{"kind": text, "id": text}, "kind", "id")
	held := fiber.Map{"role": schemaRef("role"), "title": schemaRef("text"), "for": schemaRef("text"), "scope": scope, "from": moment, "to": maybeMoment}
	token := fiber.Map{"id": text, "title": text, "only": array(schemaRef("right")), "createdAt": moment, "expiresAt": moment, "usedAt": moment}
	secretToken := maps.Clone(token)
	secretToken["secret"] = text
	return fiber.Map{
		"role":  fiber.Map{"type": "string", "enum": roleNames()},
		"right": fiber.Map{"type": "string", "enum": rightNames()},
		"me": object(fiber.Map{"signedIn": flag, "login": text, "mustChange": flag, "sso": flag, "rights": array(schemaRef("right")),
			"roles": array(object(held, "role", "title", "for", "scope", "from", "to")), "pages": array(text)}, "signedIn", "mustChange", "sso", "rights", "roles", "pages"),
		"signIn":      object(fiber.Map{"login": text, "password": text}, "login", "password"),
		"newPassword": object(fiber.Map{"old": text, "new": text}, "old", "new"),
		"tokens":      object(fiber.Map{"tokens": array(object(token, "id", "title", "only", "createdAt", "expiresAt"))}, "tokens"),
		"newToken":    object(secretToken, "id", "title", "only", "createdAt", "expiresAt", "secret"),
		"wantedToken": object(fiber.Map{"title": text, "only": array(schemaRef("right")), "days": fiber.Map{"type": "integer", "minimum": 1, "maximum": 365}}, "title", "only", "days"),
		"account": object(fiber.Map{"id": text, "login": text, "disabled": flag, "mustChange": flag, "createdAt": moment, "seenAt": moment, "password": text,
			"grants": array(object(fiber.Map{"id": text, "role": schemaRef("role"), "scope": scope,
				"for": schemaRef("text"), "from": moment, "to": maybeMoment}, "id", "role", "scope", "for", "from", "to"))},
			"id", "login", "disabled", "mustChange", "createdAt", "grants"),
		"accounts":      object(fiber.Map{"accounts": array(schemaRef("account"))}, "accounts"),
		"wantedAccount": object(fiber.Map{"login": text}, "login"),
		"accountState":  object(fiber.Map{"disabled": flag}, "disabled"),
		"onePassword":   object(fiber.Map{"password": text}, "password"),
		"wantedGrant":   object(fiber.Map{"role": schemaRef("role"), "for": text, "from": maybeMoment, "to": maybeMoment}, "role", "for"),
		"maskedPerson": object(fiber.Map{"layer": text, "id": text, "code": text, "title": text, "since": moment,
			"person": object(fiber.Map{"name": text, "phone": text, "members": whole, "needs": whole, "note": flag}, "needs", "note")}, "layer", "id", "code", "title", "person", "since"),
		"unmasked": object(fiber.Map{"left": whole,
			"person": object(fiber.Map{"name": text, "phone": text, "members": whole, "needs": array(text), "note": text})}, "person", "left"),
		"purposeOf":    object(fiber.Map{"purpose": text, "why": text}, "purpose"),
		"personSought": object(fiber.Map{"name": text, "phone": text}),
		"persons":      object(fiber.Map{"persons": array(schemaRef("maskedPerson"))}, "persons"),
		"purposes":     object(fiber.Map{"purposes": array(object(fiber.Map{"purpose": text, "title": schemaRef("text")}, "purpose", "title"))}, "purposes"),
		"auditEntries": object(fiber.Map{"next": fiber.Map{"type": "integer", "nullable": true}, "entries": array(object(fiber.Map{"seq": whole, "at": moment, "actor": text,
			"login": text, "from": text, "act": text, "kind": text, "id": text, "why": text, "detail": fiber.Map{"type": "object"}, "hash": text},
			"seq", "at", "actor", "act", "kind", "hash"))}, "entries", "next"),
		"verification": object(fiber.Map{"job": maybe(schemaRef("job")), "head": maybe(object(fiber.Map{"seq": whole, "hash": text}, "seq", "hash"))}, "job"),
	}
}

func roleNames() (names []lintu.Role) {
	for _, r := range lintu.Roles {
		names = append(names, r.Role)
	}
	return names
}

func rightNames() (names []lintu.Right) {
	for _, r := range lintu.Rights {
		names = append(names, r.Right)
	}
	return names
}

// secured writes into each operation who may call it, as the routes declare it.
// Paths are those of routes below prefix.
func (s *Server) secured(prefix string, paths map[string]fiber.Map) {
	session, token := fiber.Map{"session": []string{}}, fiber.Map{"token": []string{}}
	for _, r := range s.Routes {
		path, below := strings.CutPrefix(r.Path, prefix)
		if path == "" {
			path = "/"
		}
		op, described := paths[openAPIPath(path)][strings.ToLower(r.Method)].(fiber.Map)
		if !below || !described {
			continue
		}
		op["x-lintu-need"] = r.Need
		switch {
		case r.Need == Anyone:
			op["security"] = []fiber.Map{{}, session, token}
		case r.InPerson:
			op["security"] = []fiber.Map{session}
		default:
			op["security"] = []fiber.Map{session, token}
		}
	}
}

// openAPIPath writes a path of Fiber as OpenAPI does: /a/:id is /a/{id}.
func openAPIPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, is := strings.CutPrefix(p, ":"); is {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// securitySchemes are the two ways of saying who asks.
func (s *Server) securitySchemes(c *fiber.Ctx) fiber.Map {
	return fiber.Map{
		"session": fiber.Map{"type": "apiKey", "in": "cookie", "name": s.cookieName(c.Context())},
		"token":   fiber.Map{"type": "http", "scheme": "bearer"},
	}
}
