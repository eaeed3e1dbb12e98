// Package api serves the house over HTTP: pages, vector tiles, styles, OGC API –
// Features and Tiles, and what the pages need beyond that. Every address stands
// in routes.go. It alone knows Fiber; the rest of the house reaches it through
// the interfaces of package lintu.
package api
