package api_test

// matrixColumns are who asks:
//
//	vis  nobody: without a cookie, with the cookie of a disabled account, with one of another tenant
//	bad  a token never given, of a disabled account, of another tenant
//	1st  every role, but a one-time password that has not been changed
//	non  an account without roles
//	vw   viewer        di dispatcher   pl planner      gw grid worker   nh neighbor head
//	um   unit member   ch checker      au auditor      ad administrator
//	tok  a token of an account with every role, limited to see_households
//
// and @ is who holds the role for the own territory only.
var matrixColumns = []string{"vis", "bad", "1st", "non", "vw", "vw@", "di", "di@", "pl", "pl@", "gw@", "nh@", "um@", "ch", "ch@", "au", "ad", "tok"}

// Lines that many routes share.
const (
	//            vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	everybody = " 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200"
	nowhere   = " 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404"
	known     = " 200 401 403 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200"

	seesCases = " 401 401 403 403 200 200 200 200 200 200 200 200 200 200 200 403 403 403"

	// households, heads and links
	homes       = " 401 401 403 403 200 200 200 200 200 200 200 200 403 200 200 403 403 200"
	homesFar    = " 401 401 403 403 200 404 200 404 200 404 404 404 403 200 404 403 403 200"
	homesAbsent = " 401 401 403 403 404 404 404 404 404 404 404 404 403 404 404 403 403 404"
)

// oneDayEach are limits of a day for everything.
const oneDayEach = `{"verify":{"n":1,"unit":"days"},"dispatch":{"n":1,"unit":"days"},"accept":{"n":1,"unit":"days"},"decide":{"n":1,"unit":"days"},` +
	`"check":{"n":1,"unit":"days"},"evaluate":{"n":1,"unit":"days"},"reopen":{"n":1,"unit":"days"},"escalate":{"n":1,"unit":"days"}}`

// matrixRows are all routes, in the order in which they are asked.
var matrixRows = []matrixRow{
	//                                                                                              vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	{route: "GET /tiles/:layers.json", path: "/tiles/communities,households.json", lines: map[string]string{only: homes}},
	{route: "GET /tiles/:layers/:z/:x/:y.mvt", path: "/tiles/households,heads,links/16/{tile}.mvt", lines: map[string]string{
		own:  homes,
		far:  " 401 401 403 403 200 204 200 204 200 204 204 204 403 200 204 403 403 200",
		none: " 401 401 403 403 204 204 204 204 204 204 204 204 403 204 204 403 403 204"}},
	{route: "GET /styles/:name.json", path: "/styles/night.json", lines: map[string]string{only: known}},

	{route: "GET /ogc", path: "/ogc", lines: map[string]string{only: known}},
	{route: "GET /ogc/style.css", path: "/ogc/style.css", lines: map[string]string{only: everybody}},
	{route: "GET /ogc/conformance", path: "/ogc/conformance", lines: map[string]string{only: known}},
	{route: "GET /ogc/api", path: "/ogc/api", lines: map[string]string{only: known}},
	{route: "GET /ogc/collections", path: "/ogc/collections", lines: map[string]string{only: known}},
	{route: "GET /ogc/collections/:collection", path: "/ogc/collections/households", lines: map[string]string{only: homes}},
	{route: "GET /ogc/collections/:collection/schema", path: "/ogc/collections/heads/schema", lines: map[string]string{only: homes}},
	{route: "GET /ogc/collections/:collection/items", path: "/ogc/collections/households/items", lines: map[string]string{only: homes}},
	{route: "GET /ogc/collections/:collection/items/:id", path: "/ogc/collections/households/items/{household}", lines: map[string]string{own: homes, far: homesFar, none: homesAbsent}},
	{route: "GET /ogc/collections/:collection/tiles", path: "/ogc/collections/links/tiles", lines: map[string]string{only: homes}},
	{route: "GET /ogc/collections/:collection/tiles/:matrixSet", path: "/ogc/collections/households/tiles/WebMercatorQuad", lines: map[string]string{only: homes}},
	{route: "GET /ogc/collections/:collection/tiles/:matrixSet/:z/:row/:col", path: "/ogc/collections/households/tiles/WebMercatorQuad/16/{rowcol}", lines: map[string]string{
		own:  homes,
		far:  " 401 401 403 403 200 204 200 204 200 204 204 204 403 200 204 403 403 200",
		none: " 401 401 403 403 204 204 204 204 204 204 204 204 403 204 204 403 403 204"}},
	{route: "GET /ogc/tileMatrixSets", path: "/ogc/tileMatrixSets", lines: map[string]string{only: known}},
	{route: "GET /ogc/tileMatrixSets/:matrixSet", path: "/ogc/tileMatrixSets/WebMercatorQuad", lines: map[string]string{only: known}},

	{route: "GET /api/v1/openapi.json", path: "/api/v1/openapi.json", lines: map[string]string{only: known}},
	{route: "GET /api/v1/config", path: "/api/v1/config", lines: map[string]string{only: known}},
	{route: "GET /api/v1/search", path: "/api/v1/search?q=1&limit=50", lines: map[string]string{only: known}},
	{route: "GET /api/v1/features/:layer/:id", path: "/api/v1/features/households/{household}", lines: map[string]string{own: homes, far: homesFar, none: homesAbsent}},

	{route: "GET /api/v1/events", path: "/api/v1/events", lines: map[string]string{only: casesSeen}},
	{route: "GET /api/v1/pins", path: "/api/v1/pins", lines: map[string]string{only: casesSeen}},
	{route: "GET /api/v1/figures", path: "/api/v1/figures", lines: map[string]string{only: casesSeen}},
	{route: "GET /api/v1/heat", path: "/api/v1/heat?days=7", lines: map[string]string{only: casesSeen}},

	//                                                                                              vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	{route: "GET /api/v1/me", path: "/api/v1/me", lines: map[string]string{only: "                      200 401 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200"}},
	{route: "POST /api/v1/session", path: "/api/v1/session", body: `{"login":1}`, lines: map[string]string{only: "400 401 400 400 400 400 400 400 400 400 400 400 400 400 400 400 400 400"}},
	{route: "DELETE /api/v1/session", path: "/api/v1/session", fresh: true, lines: map[string]string{only: "401 401 204 204 204 204 204 204 204 204 204 204 204 204 204 204 204 403"}},
	{route: "DELETE /api/v1/sessions", path: "/api/v1/sessions", fresh: true, lines: map[string]string{only: "401 401 204 204 204 204 204 204 204 204 204 204 204 204 204 204 204 403"}},
	{route: "PUT /api/v1/password", path: "/api/v1/password", body: `{"old":1}`, lines: map[string]string{only: "401 401 400 400 400 400 400 400 400 400 400 400 400 400 400 400 400 403"}},
	{route: "GET /api/v1/tokens", path: "/api/v1/tokens", lines: map[string]string{only: "             401 401 403 200 200 200 200 200 200 200 200 200 200 200 200 200 200 403"}},
	{route: "POST /api/v1/tokens", path: "/api/v1/tokens", body: `{"days":0}`, lines: map[string]string{only: "401 401 403 400 400 400 400 400 400 400 400 400 400 400 400 400 400 403"}},
	{route: "DELETE /api/v1/tokens/:id", path: "/api/v1/tokens/{token}", lines: map[string]string{
		// Tokens of other accounts are not there, for nobody.
		far:  " 401 401 403 404 404 404 404 404 404 404 404 404 404 404 404 404 404 403",
		none: " 401 401 403 404 404 404 404 404 404 404 404 404 404 404 404 404 404 403"}},

	{route: "GET /api/v1/accounts", path: "/api/v1/accounts", lines: map[string]string{only: "         401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403"}},
	{route: "POST /api/v1/accounts", path: "/api/v1/accounts", body: `{"login":"?"}`, lines: map[string]string{only: "401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 400 403"}},
	{route: "PUT /api/v1/accounts/:login", path: "/api/v1/accounts/{login}", body: `{"disabled":false}`, lines: map[string]string{
		own:  " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403",
		none: " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 403"}},
	{route: "POST /api/v1/accounts/:login/reset", path: "/api/v1/accounts/{login}/reset", lines: map[string]string{
		own:  " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403",
		none: " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 403"}},
	{route: "POST /api/v1/accounts/:login/grants", path: "/api/v1/accounts/victim/grants", body: `{"role":"grid_worker","for":"grids/{grid}"}`, lines: map[string]string{
		own:  " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 201 403",
		none: " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 403"}},
	{route: "DELETE /api/v1/accounts/:login/grants/:id", path: "/api/v1/accounts/victim/grants/{grant}", lines: map[string]string{
		own:  " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403",
		none: " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 404 403"}},

	//            vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	{route: "GET /api/v1/features/:layer/:id/person", path: "/api/v1/features/households/{household}/person", lines: map[string]string{
		own:  " 401 401 403 403 403 403 200 200 200 200 200 200 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 200 404 200 404 404 404 403 403 403 403 403 403",
		none: " 401 401 403 403 403 403 404 404 404 404 404 404 403 403 403 403 403 403"}},
	{route: "POST /api/v1/features/:layer/:id/person/unmask", path: "/api/v1/features/households/{household}/person/unmask", body: `{"purpose":"visit","why":"入户走访"}`, lines: map[string]string{
		own:  " 401 401 403 403 403 403 200 200 403 403 200 200 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 200 404 403 403 404 404 403 403 403 403 403 403",
		none: " 401 401 403 403 403 403 404 404 403 403 404 404 403 403 403 403 403 403"}},
	{route: "POST /api/v1/persons/search", path: "/api/v1/persons/search", body: `{"name":"{person}"}`, lines: map[string]string{
		own:  " 401 401 403 403 403 403 200+ 200+ 200+ 200+ 200+ 200+ 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 200+ 200 200+ 200 200 200 403 403 403 403 403 403",
		none: " 401 401 403 403 403 403 200 200 200 200 200 200 403 403 403 403 403 403"}},
	{route: "GET /api/v1/purposes", path: "/api/v1/purposes", lines: map[string]string{only: "         401 401 403 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200"}},

	{route: "GET /api/v1/audit", path: "/api/v1/audit?limit=1000", lines: map[string]string{only: "    401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403 403"}},
	{route: "GET /api/v1/audit.csv", path: "/api/v1/audit.csv", lines: map[string]string{only: "       401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403 403"}},
	{route: "POST /api/v1/audit/verify", path: "/api/v1/audit/verify", lines: map[string]string{only: "401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 202 403 403"}},
	{route: "GET /api/v1/audit/verify", path: "/api/v1/audit/verify", lines: map[string]string{only: " 401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403 403"}},

	//            vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	{route: "GET /api/v1/rules", path: "/api/v1/rules", lines: map[string]string{only: seesCases}},
	{route: "PUT /api/v1/rules/:id", path: "/api/v1/rules/{rule}", body: `{"category":"B0501","area":{"layer":"communities","code":"{community}"},"unit":{"code":"{unit}"}}`, lines: map[string]string{
		own:  " 401 401 403 403 403 403 200 200 200 200 403 403 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 200 403 200 403 403 403 403 403 403 403 403 403",
		none: " 401 401 403 403 403 403 404 404 404 404 403 403 403 403 403 403 403 403"}},
	{route: "DELETE /api/v1/rules/:id", path: "/api/v1/rules/{rule}", lines: map[string]string{
		none: " 401 401 403 403 403 403 404 404 404 404 403 403 403 403 403 403 403 403"}},
	{route: "POST /api/v1/rules/try", path: "/api/v1/rules/try", body: `{"lon":113.52,"lat":28.12,"category":"B0501"}`, lines: map[string]string{only: seesCases}},
	{route: "GET /api/v1/settings/categories", path: "/api/v1/settings/categories", lines: map[string]string{only: seesCases}},
	{route: "GET /api/v1/settings/calendar", path: "/api/v1/settings/calendar", lines: map[string]string{only: seesCases}},
	{route: "GET /api/v1/settings/limits", path: "/api/v1/settings/limits", lines: map[string]string{only: seesCases}},
	{route: "PUT /api/v1/settings/categories", path: "/api/v1/settings/categories", body: `[]`, lines: map[string]string{only: "401 401 403 403 403 403 400 400 400 400 403 403 403 403 403 403 403 403"}},
	{route: "PUT /api/v1/settings/calendar", path: "/api/v1/settings/calendar", body: `{}`, lines: map[string]string{only: "    401 401 403 403 403 403 400 400 400 400 403 403 403 403 403 403 403 403"}},
	{route: "PUT /api/v1/settings/limits", path: "/api/v1/settings/limits", body: oneDayEach, lines: map[string]string{only: "      401 401 403 403 403 403 200 403 200 403 403 403 403 403 403 403 403 403"}},

	//            vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	{route: "GET /api/v1/batches", path: "/api/v1/batches?limit=500", lines: map[string]string{only: " 401 401 403 403 403 403 403 403 200 200 403 403 403 403 403 403 403 403"}},
	{route: "POST /api/v1/batches", path: "/api/v1/batches?name=x.geojson", body: twoUnits, lines: map[string]string{only: "401 401 403 403 403 403 403 403 201 201 403 403 403 403 403 403 403 403"}},
	{route: "GET /api/v1/batches/:id", path: "/api/v1/batches/{batch}", lines: map[string]string{own: batchOwn, far: batchFar, none: batchAbsent}},
	{route: "GET /api/v1/batches/:id/preview.geojson", path: "/api/v1/batches/{batch}/preview.geojson", lines: map[string]string{own: batchOwn, far: batchFar, none: batchAbsent}},
	{route: "PUT /api/v1/batches/:id/answers", path: "/api/v1/batches/{batch}/answers", body: `{}`, lines: map[string]string{own: batchOwn, far: batchFar, none: batchAbsent}},
	{route: "POST /api/v1/batches/:id/apply", path: "/api/v1/batches/{batch}/apply", lines: map[string]string{ // it has open questions
		own:  " 401 401 403 403 403 403 403 403 409 409 403 403 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 403 403 409 404 403 403 403 403 403 403 403 403",
		none: batchAbsent}},
	{route: "POST /api/v1/batches/:id/undo", path: "/api/v1/batches/{batch}/undo", settle: true, lines: map[string]string{ // its job says that it is a draft
		own:  " 401 401 403 403 403 403 403 403 202 202 403 403 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 403 403 202 404 403 403 403 403 403 403 403 403",
		none: batchAbsent}},
	{route: "DELETE /api/v1/batches/:id", path: "/api/v1/batches/{batch}", lines: map[string]string{
		own:  " 401 401 403 403 403 403 403 403 204 204 403 403 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 403 403 204 404 403 403 403 403 403 403 403 403",
		none: batchAbsent}},

	{route: "PUT /api/v1/photos/:id", path: "/api/v1/photos/01980000-0000-7000-8000-000000000000", body: "no picture", lines: map[string]string{
		only: " 401 401 403 403 403 403 400 400 403 403 400 400 400 400 400 403 403 403"}},

	//                                                                                              vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	{route: "GET /api/v1/categories", path: "/api/v1/categories", lines: map[string]string{only: known}},
	{route: "POST /api/v1/cases", path: "/api/v1/cases", body: `{"id":"01980000-0000-7000-8000-000000000000","source":"patrol"}`, lines: map[string]string{ // it has no place
		only: " 401 401 403 403 403 403 400 400 403 403 400 400 400 400 400 403 403 403"}},
	{route: "GET /api/v1/cases", path: "/api/v1/cases?limit=1000", lines: map[string]string{only: casesSeen}},
	{route: "GET /api/v1/cases.csv", path: "/api/v1/cases.csv", lines: map[string]string{only: casesSeen}},
	{route: "GET /api/v1/cases/similar", path: "/api/v1/cases/similar?{at}&category=B0101", lines: map[string]string{
		own:  " 401 401 403 403 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 403 403 403",
		far:  " 401 401 403 403 200+ 200 200+ 200 200+ 200 200 200 200 200+ 200 403 403 403",
		none: casesSeen}},
	{route: "GET /api/v1/cases/:id", path: "/api/v1/cases/{case}", lines: map[string]string{own: casesSeen, far: casesFar, none: casesAbsent}},
	{route: "GET /api/v1/cases/:id", path: "/api/v1/cases/{dispute}", lines: map[string]string{
		own:  " 401 401 403 403 404 404 200 200 404 404 200 404 404 200 200 403 403 403",
		far:  " 401 401 403 403 404 404 200 404 404 404 404 404 404 200 404 403 403 403",
		none: casesAbsent}},
	{route: "GET /api/v1/cases/:id/events", path: "/api/v1/cases/{case}/events", lines: map[string]string{own: casesSeen, far: casesFar, none: casesAbsent}},
	{route: "GET /api/v1/cases/:id/events", path: "/api/v1/cases/{dispute}/events", lines: map[string]string{
		own:  " 401 401 403 403 404 404 200 200 404 404 200 404 404 200 200 403 403 403",
		far:  " 401 401 403 403 404 404 200 404 404 404 404 404 404 200 404 403 403 403",
		none: casesAbsent}},
	{route: "GET /api/v1/cases/:id/photos/:photo", path: "/api/v1/cases/{case}/photos/{photo}", lines: map[string]string{own: casesSeen, far: casesFar, none: casesAbsent}},
	{route: "GET /api/v1/cases/:id/photos/:photo/thumb", path: "/api/v1/cases/{case}/photos/{photo}/thumb", lines: map[string]string{own: casesSeen, far: casesFar, none: casesAbsent}},
	{route: "GET /api/v1/cases/:id/photos/:photo", path: "/api/v1/cases/{dispute}/photos/{photo}", lines: map[string]string{only: casesAbsent}}, // which has none
	{route: "POST /api/v1/cases/:id/acts", path: "/api/v1/cases/{case}/acts", body: `{"id":"01980000-0000-7000-8000-000000000001","act":"comment"}`, lines: map[string]string{ // it says nothing
		own:  " 401 401 403 404 403 403 400 400 403 403 400 400 400 400 400 404 404 404",
		far:  " 401 401 403 404 403 404 400 404 403 404 404 404 404 400 404 404 404 404",
		none: " 401 401 403 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404"}},
	{route: "POST /api/v1/cases/acts", path: "/api/v1/cases/acts", body: `{"cases":["{case}","{dispute}"],"action":{"id":"01980000-0000-7000-8000-000000000002","act":"comment"}}`, lines: map[string]string{ // each has its own answer
		own:  " 401 401 403 200 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200+ 200 200 200",
		far:  " 401 401 403 200 200+ 200 200+ 200 200+ 200 200 200 200 200+ 200 200 200 200",
		none: " 401 401 403 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200"}},
	{route: "POST /api/v1/cases/:id/contact/unmask", path: "/api/v1/cases/{case}/contact/unmask", body: `{"purpose":"case","why":"回访"}`, lines: map[string]string{
		own:  " 401 401 403 404 403 403 200 200 403 403 200 200 200 403 403 404 404 403",
		far:  " 401 401 403 404 403 404 200 404 403 404 404 404 404 403 404 404 404 403",
		none: " 401 401 403 404 404 404 404 404 404 404 404 404 404 404 404 404 404 403"}},

	{route: "GET /api/v1/doors", path: "/api/v1/doors", lines: map[string]string{only: rulers}},
	{route: "POST /api/v1/doors", path: "/api/v1/doors", body: `{"kind":"head","subject":"{doorless}"}`, lines: map[string]string{
		own:  " 401 401 403 403 403 403 201 201 201 201 403 403 403 403 403 403 403 403",
		far:  " 401 401 403 403 403 403 201 404 201 404 403 403 403 403 403 403 403 403",
		none: " 401 401 403 403 403 403 404 404 404 404 403 403 403 403 403 403 403 403"}},
	{route: "DELETE /api/v1/doors/:id", path: "/api/v1/doors/01980000-0000-7000-8000-000000000004", lines: map[string]string{
		only: " 401 401 403 403 403 403 404 404 404 404 403 403 403 403 403 403 403 403"}},
	{route: "GET /api/v1/door/:code", path: "/api/v1/door/{door}", lines: map[string]string{own: known, far: known, none: missing}},
	{route: "GET /api/v1/door/:code/qr.svg", path: "/api/v1/door/{door}/qr.svg", lines: map[string]string{own: known, far: known, none: missing}},
	{route: "POST /api/v1/door/:code/cases", path: "/api/v1/door/{door}/cases", body: `{"id":"01980000-0000-7000-8000-000000000005"}`, lines: map[string]string{ // it has no place
		own: wrong, far: wrong, none: missing}},
	{route: "PUT /api/v1/door/:code/photos/:id", path: "/api/v1/door/{door}/photos/01980000-0000-7000-8000-000000000006", body: "no picture", lines: map[string]string{
		own: wrong, far: wrong, none: missing}},
	{route: "POST /api/v1/follow", path: "/api/v1/follow", body: `{"code":"ABCDE-FGHJK"}`, lines: map[string]string{only: missing}},
	{route: "POST /api/v1/follow/acts", path: "/api/v1/follow/acts", body: `{"code":"ABCDE-FGHJK","action":{"id":"01980000-0000-7000-8000-000000000007","act":"confirm","yes":true}}`, lines: map[string]string{only: missing}},

	{route: "GET /api/v1/meetings", path: "/api/v1/meetings", lines: map[string]string{only: casesSeen}},
	{route: "GET /api/v1/meetings/:id", path: "/api/v1/meetings/{meeting}", lines: map[string]string{own: meetingOwn, far: meetingFar, none: casesAbsent}},
	{route: "GET /api/v1/meetings/:id/open", path: "/api/v1/meetings/{meeting}/open", lines: map[string]string{own: meetingOwn, far: meetingFar, none: casesAbsent}},
	{route: "PUT /api/v1/meetings/:id", path: "/api/v1/meetings/{meeting}", body: `{"title":"议事会","lon":113.52,"lat":28.12,"startsAt":"2026-11-20T10:00:00+08:00","rows":[],"seq":7}`, lines: map[string]string{
		own: meetingStale, far: meetingBeyond, none: meetingNone}},
	{route: "POST /api/v1/meetings/:id/rows/:row/case", path: "/api/v1/meetings/{meeting}/rows/01980000-0000-7000-8000-000000000003/case", lines: map[string]string{
		own: meetingNone, far: meetingNone, none: meetingNone}},

	{route: "GET /healthz", path: "/healthz", lines: map[string]string{only: everybody}},
	{route: "GET /readyz", path: "/readyz", lines: map[string]string{only: everybody}},
	{route: "GET /metrics", path: "/metrics", lines: map[string]string{only: "                            401 401 403 403 403 403 403 403 403 403 403 403 403 403 403 403 200 403"}},

	// Single sign-on is not configured here; who it knows is not known before.
	{route: "GET /login/sso", path: "/login/sso", lines: map[string]string{only: nowhere}},
	{route: "GET /login/sso/back", path: "/login/sso/back?code=x&state=y", lines: map[string]string{only: nowhere}},
	{route: "GET /", path: "/", lines: map[string]string{only: everybody}},
	{route: "GET /wall", path: "/wall", lines: map[string]string{only: everybody}},
	{route: "GET /rules", path: "/rules", lines: map[string]string{only: everybody}},
	{route: "GET /meetings", path: "/meetings", lines: map[string]string{only: everybody}},
	{route: "GET /doors", path: "/doors", lines: map[string]string{only: everybody}},
	{route: "GET /planner", path: "/planner", lines: map[string]string{only: everybody}},
	{route: "GET /field", path: "/field", lines: map[string]string{only: everybody}},
	{route: "GET /door/:code", path: "/door/ZZZZZZZZ", lines: map[string]string{only: everybody}},
	{route: "GET /follow", path: "/follow", lines: map[string]string{only: everybody}},
	{route: "GET /console", path: "/console", lines: map[string]string{only: everybody}},
	{route: "GET /login", path: "/login", lines: map[string]string{only: everybody}},
	{route: "GET /account", path: "/account", lines: map[string]string{only: everybody}},
	{route: "GET /accounts", path: "/accounts", lines: map[string]string{only: everybody}},
	{route: "GET /audit", path: "/audit", lines: map[string]string{only: everybody}},
	{route: "GET /*", path: "/assets/wall-B3x9_a2Q.js", lines: map[string]string{only: everybody}},
}

const (
	//             vis bad 1st non vw  vw@ di  di@ pl  pl@ gw@ nh@ um@ ch  ch@ au  ad  tok
	batchOwn    = " 401 401 403 403 403 403 403 403 200 200 403 403 403 403 403 403 403 403"
	batchFar    = " 401 401 403 403 403 403 403 403 200 404 403 403 403 403 403 403 403 403"
	batchAbsent = " 401 401 403 403 403 403 403 403 404 404 403 403 403 403 403 403 403 403"

	// cases that are not restricted; the unit has the own one
	casesSeen   = " 401 401 403 403 200 200 200 200 200 200 200 200 200 200 200 403 403 403"
	casesFar    = " 401 401 403 403 200 404 200 404 200 404 404 404 404 200 404 403 403 403"
	casesAbsent = " 401 401 403 403 404 404 404 404 404 404 404 404 404 404 404 403 403 403"

	rulers  = " 401 401 403 403 403 403 200 200 200 200 403 403 403 403 403 403 403 403"
	missing = " 404 401 403 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404"
	wrong   = " 400 401 403 400 400 400 400 400 400 400 400 400 400 400 400 400 400 400"

	// bench meetings, and changes of them that stand on what is not there any more
	meetingOwn    = " 401 401 403 403 200 200 200 200 200 200 200 404 404 200 200 403 403 403"
	meetingFar    = " 401 401 403 403 200 404 200 404 200 404 404 404 404 200 404 403 403 403"
	meetingStale  = " 401 401 403 403 403 403 409 409 403 403 409 404 404 403 403 403 403 403"
	meetingBeyond = " 401 401 403 403 403 403 409 404 403 403 404 404 404 403 403 403 403 403"
	meetingNone   = " 401 401 403 403 403 403 404 404 403 403 404 404 404 403 403 403 403 403"
)
