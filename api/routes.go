package api

// routes is every address of the server. GET answers HEAD too.
func (s *Server) routes() {
	a := s.app
	a.Use(s.recovered, s.measured, s.tied, drained, s.guarded, s.sameOrigin)

	a.Use("/tiles", open)
	a.Get("/tiles/:layers.json", timed(s.tileJSON))
	a.Get("/tiles/:layers/:z/:x/:y.mvt", timed(s.tile))
	a.Use("/styles", open)
	a.Use("/sprites", open)
	a.Get("/styles/:name.json", timed(s.style))

	ogc := a.Group("/ogc", open)
	ogc.Get("/", timed(s.landing))
	ogc.Get("/style.css", ogcStyle)
	ogc.Get("/conformance", timed(s.conformance))
	ogc.Get("/api", timed(s.openAPI))
	ogc.Get("/collections", timed(s.collections))
	ogc.Get("/collections/:collection", timed(s.collection))
	ogc.Get("/collections/:collection/schema", timed(s.schema))
	ogc.Get("/collections/:collection/items", s.items) // streamed: has its own time limit
	ogc.Get("/collections/:collection/items/:id", timed(s.item))
	ogc.Get("/collections/:collection/tiles", timed(s.ogcTileSets))
	ogc.Get("/collections/:collection/tiles/:matrixSet", timed(s.ogcTileSet))
	ogc.Get("/collections/:collection/tiles/:matrixSet/:z/:row/:col", timed(s.ogcTile))
	ogc.Get("/tileMatrixSets", timed(s.matrixSets))
	ogc.Get("/tileMatrixSets/:matrixSet", timed(s.matrixSet))

	v1 := a.Group("/api/v1")
	v1.Get("/openapi.json", timed(s.openAPIv1))
	v1.Get("/config", timed(s.config))
	v1.Get("/search", timed(s.search))
	v1.Get("/features/:layer/:id", timed(s.card))
	v1.Get("/batches", timed(s.batches))
	v1.Post("/batches", s.upload) // as long as bytes come
	v1.Get("/batches/:id", timed(s.batch))
	v1.Delete("/batches/:id", timed(s.discard))
	v1.Put("/batches/:id/answers", s.answers) // reads the whole file again
	v1.Get("/batches/:id/preview.geojson", s.preview)
	v1.Post("/batches/:id/apply", timed(s.apply))
	v1.Post("/batches/:id/undo", timed(s.undo))

	a.Get("/healthz", healthy)
	a.Get("/readyz", timed(s.ready))
	a.Get("/metrics", s.metrics.handler())

	a.Get("/", s.file("index.html"))
	a.Get("/wall", s.file("wall.html"))
	a.Get("/planner", s.file("planner.html"))
	a.Get("/*", s.anyFile)
}
