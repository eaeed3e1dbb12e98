// Package web holds the pages: the built TypeScript under dist, embedded.
//
// The source is under src; `npm run build` writes dist, byte for byte the same
// from the same source, so that a build needs neither Node nor a network.
package web

import (
	"embed"
	"io/fs"
)

//go:generate go test -count=1 -run TestTables -update .

//go:embed all:dist
var dist embed.FS

// Pages returns the root of the built pages: index.html, wall.html, planner.html, console.html, field.html,
// login.html, account.html, accounts.html, audit.html, assets/ whose names carry a hash of their content (cacheable
// for ever), styles/ with MapLibre styles whose URLs are relative to the
// server's root, and sprites/ with the icons they draw.
func Pages() fs.FS {
	pages, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // only for an invalid path, and "dist" is valid
	}
	return pages
}
