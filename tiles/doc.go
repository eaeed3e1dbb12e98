// Package tiles turns requests for layers and tile coordinates into vector
// tiles: it checks the coordinates, asks the store for each layer, joins and
// compresses what comes back, and remembers it until a layer changes.
//
// # Encoding
//
// layerWriter (mvt.go) writes a layer of MVT 2.1 from rows at hand. Positions
// (position.go) become spots on the grid of the buffered tile; points and lines are
// cut there (clip.go). The rings of a polygon are cut (ring.go), then seen to be
// simple (outline.go, chain.go), or else divided where they meet (snap.go) and put
// together again (faces.go). All of it is in whole numbers and exact but for the
// rounding to the grid.
package tiles
