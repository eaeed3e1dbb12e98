package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/lintu-map/lintu"
)

const tileRoute = "/tiles/:layers/:z/:x/:y.mvt"

// routes is every address of the server: what it is called, what it needs, and
// who answers. There is no address beside these.
func (s *Server) routes() []Route {
	const (
		get, post, put, del = fiber.MethodGet, fiber.MethodPost, fiber.MethodPut, fiber.MethodDelete

		imports  = Need(lintu.Import)
		accounts = Need(lintu.ManageAccounts)
		audit    = Need(lintu.ReadAudit)

		seesCases = Need(lintu.SeeCases)
		meets     = Need(lintu.HoldMeetings)
		rules     = Need(lintu.ManageRules)
	)
	return []Route{
		on(get, "/tiles/:layers.json", Anyone, s.tileJSON, away),
		on(get, tileRoute, Anyone, s.tile, away),
		on(get, "/styles/:name.json", Anyone, s.style, away),

		on(get, "/ogc", Anyone, s.landing),
		on(get, "/ogc/style.css", Page, ogcStyle),
		on(get, "/ogc/conformance", Anyone, s.conformance),
		on(get, "/ogc/api", Anyone, s.openAPI),
		on(get, "/ogc/collections", Anyone, s.collections),
		on(get, "/ogc/collections/:collection", Anyone, s.collection),
		on(get, "/ogc/collections/:collection/schema", Anyone, s.schema),
		on(get, "/ogc/collections/:collection/items", Anyone, s.items, untimed),
		on(get, "/ogc/collections/:collection/items/:id", Anyone, s.item),
		on(get, "/ogc/collections/:collection/tiles", Anyone, s.ogcTileSets),
		on(get, "/ogc/collections/:collection/tiles/:matrixSet", Anyone, s.ogcTileSet),
		on(get, "/ogc/collections/:collection/tiles/:matrixSet/:z/:row/:col", Anyone, s.ogcTile, away),
		on(get, "/ogc/tileMatrixSets", Anyone, s.matrixSets),
		on(get, "/ogc/tileMatrixSets/:matrixSet", Anyone, s.matrixSet),

		on(get, "/api/v1/openapi.json", Anyone, s.openAPIv1),
		on(get, "/api/v1/config", Anyone, s.config, away),
		on(get, "/api/v1/search", Anyone, s.search),
		on(get, "/api/v1/features/:layer/:id", Anyone, s.card),

		on(get, "/api/v1/events", Anyone, s.events),
		on(get, "/api/v1/pins", Anyone, s.pins),
		on(get, "/api/v1/figures", Anyone, s.figures),
		on(get, "/api/v1/heat", Anyone, s.heat),

		on(get, "/api/v1/me", Anyone, s.me, atFirst),
		on(post, "/api/v1/session", Anyone, s.signIn, atFirst),
		on(del, "/api/v1/session", SignedIn, s.rechecks(s.signOut), inPerson, atFirst),
		on(del, "/api/v1/sessions", SignedIn, s.rechecks(s.signOutEverywhere), inPerson, atFirst),
		on(put, "/api/v1/password", SignedIn, s.rechecks(s.changePassword), inPerson, atFirst),
		on(get, "/api/v1/tokens", SignedIn, s.tokens, inPerson),
		on(post, "/api/v1/tokens", SignedIn, s.makeToken, inPerson),
		on(del, "/api/v1/tokens/:id", SignedIn, s.rechecks(s.revokeToken), inPerson),

		on(get, "/api/v1/accounts", accounts, s.accounts),
		on(post, "/api/v1/accounts", accounts, s.addAccount, inPerson),
		on(put, "/api/v1/accounts/:login", accounts, s.rechecks(s.changeAccount), inPerson),
		on(post, "/api/v1/accounts/:login/reset", accounts, s.rechecks(s.resetPassword), inPerson),
		on(post, "/api/v1/accounts/:login/grants", accounts, s.rechecks(s.grant), inPerson),
		on(del, "/api/v1/accounts/:login/grants/:id", accounts, s.rechecks(s.revoke), inPerson),

		on(get, "/api/v1/features/:layer/:id/person", Need(lintu.SeePersons), s.person),
		on(post, "/api/v1/features/:layer/:id/person/unmask", Need(lintu.UnmaskPersons), s.unmask, inPerson),
		on(post, "/api/v1/persons/search", Need(lintu.SeePersons), s.findPersons),
		on(get, "/api/v1/purposes", SignedIn, purposes),

		on(get, "/api/v1/doors", rules, s.doors),
		on(post, "/api/v1/doors", rules, s.makeDoor),
		on(del, "/api/v1/doors/:id", rules, s.closeDoor),
		on(get, "/api/v1/door/:code", Anyone, s.door),
		on(get, "/api/v1/door/:code/qr.svg", Anyone, s.doorQR),
		on(post, "/api/v1/door/:code/cases", Anyone, s.reportAtDoor),
		on(put, "/api/v1/door/:code/photos/:id", Anyone, s.photoAtDoor, untimed), // as long as bytes come
		on(post, "/api/v1/follow", Anyone, s.follow),
		on(post, "/api/v1/follow/acts", Anyone, s.followAct),

		on(get, "/api/v1/meetings", seesCases, s.meetings),
		on(get, "/api/v1/meetings/:id", seesCases, s.meeting),
		on(put, "/api/v1/meetings/:id", meets, s.saveMeeting),
		on(post, "/api/v1/meetings/:id/rows/:row/case", meets, s.rowToCase),
		on(get, "/api/v1/meetings/:id/open", seesCases, s.openRows),

		on(get, "/api/v1/audit", audit, s.audit),
		on(get, "/api/v1/audit.csv", audit, s.auditCSV),
		on(post, "/api/v1/audit/verify", audit, s.verifyAudit),
		on(get, "/api/v1/audit/verify", audit, s.verifiedAudit),

		on(get, "/api/v1/batches", imports, s.batches),
		on(post, "/api/v1/batches", imports, s.upload, untimed), // as long as bytes come
		on(get, "/api/v1/batches/:id", imports, s.batch),
		on(del, "/api/v1/batches/:id", imports, s.discard),
		on(put, "/api/v1/batches/:id/answers", imports, s.answers, untimed), // reads the whole file again
		on(get, "/api/v1/batches/:id/preview.geojson", imports, s.preview, untimed),
		on(post, "/api/v1/batches/:id/apply", imports, s.apply),
		on(post, "/api/v1/batches/:id/undo", imports, s.undo),

		on(put, "/api/v1/photos/:id", Need(lintu.ReportCases), s.sendPhoto, untimed), // as long as bytes come

		on(get, "/api/v1/categories", Anyone, s.categories),
		on(post, "/api/v1/cases", Need(lintu.ReportCases), s.reportCase),
		on(get, "/api/v1/cases", CaseRight, s.cases),
		on(get, "/api/v1/cases.csv", CaseRight, s.casesCSV, untimed),
		on(post, "/api/v1/cases/acts", SignedIn, s.actOnCases),
		on(get, "/api/v1/cases/similar", CaseRight, s.similarCases),
		on(get, "/api/v1/cases/:id", CaseRight, s.oneCase),
		on(get, "/api/v1/cases/:id/events", CaseRight, s.caseEvents),
		on(post, "/api/v1/cases/:id/acts", SignedIn, s.actOnCase),
		on(get, "/api/v1/cases/:id/photos/:photo", CaseRight, s.photo(lintu.PhotoFull), untimed),
		on(get, "/api/v1/cases/:id/photos/:photo/thumb", CaseRight, s.photo(lintu.PhotoThumb), untimed),
		on(post, "/api/v1/cases/:id/contact/unmask", SignedIn, s.unmaskContact, inPerson),

		on(get, "/api/v1/rules", seesCases, s.rules),
		on(put, "/api/v1/rules/:id", rules, s.saveRule),
		on(del, "/api/v1/rules/:id", rules, s.removeRule),
		on(post, "/api/v1/rules/try", seesCases, s.tryRules),
		on(get, "/api/v1/settings/categories", seesCases, setting(s, lintu.Settings.Categories)),
		on(put, "/api/v1/settings/categories", rules, saveSetting(s, lintu.Settings.SaveCategories)),
		on(get, "/api/v1/settings/calendar", seesCases, s.calendar),
		on(put, "/api/v1/settings/calendar", rules, s.saveCalendar),
		on(get, "/api/v1/settings/limits", seesCases, setting(s, lintu.Settings.Limits)),
		on(put, "/api/v1/settings/limits", rules, saveSetting(s, lintu.Settings.SaveLimits)),

		on(get, "/healthz", Operation, healthy),
		on(get, "/readyz", Operation, s.ready),
		on(get, "/metrics", Need(lintu.ReadMetrics), s.metrics.handler(), untimed),

		on(get, "/login/sso", Page, s.signOn),
		on(get, "/login/sso/back", Page, s.signedOn),

		on(get, "/", Page, s.file("index.html")),
		on(get, "/wall", Page, s.file("wall.html")),
		on(get, "/console", Page, s.file("console.html")),
		on(get, "/planner", Page, s.file("planner.html")),
		on(get, "/rules", Page, s.file("rules.html")),
		on(get, "/meetings", Page, s.file("meetings.html")),
		on(get, "/doors", Page, s.file("doors.html")),
		on(get, "/field", Page, s.file("field.html")),
		on(get, "/door/:code", Page, s.file("door.html")),
		on(get, "/follow", Page, s.file("follow.html")),
		on(get, "/login", Page, s.file("login.html")),
		on(get, "/account", Page, s.file("account.html")),
		on(get, "/accounts", Page, s.file("accounts.html")),
		on(get, "/audit", Page, s.file("audit.html")),
		on(get, "/*", Page, s.anyFile),
	}
}

// register puts the routes behind what holds for all of them.
func (s *Server) register() error {
	a := s.app
	a.Use(s.received, s.logged, s.recovered, s.measured, s.tied, drained, s.pacedByAddress, s.sameOrigin, bounded)
	for _, prefix := range []string{"/tiles", "/styles", "/sprites", "/ogc"} {
		a.Use(prefix, s.open)
	}
	for _, r := range s.Routes {
		if r.Method == fiber.MethodGet {
			a.Get(r.Path, s.admitted(r))
		} else {
			a.Add(r.Method, r.Path, s.admitted(r))
		}
	}
	return undeclared(a, s.Routes)
}
