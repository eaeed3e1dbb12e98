// Package tiles turns requests for layers and tile coordinates into vector
// tiles: it checks the coordinates, writes the layers that it keeps in memory, asks
// the store for the others, joins and compresses what there is, and remembers it
// until something that the tile shows changes.
//
// # Layers in memory
//
// Memory (memory.go) holds them, follows the change log (memory_follow.go) and
// answers as the store would. A layer of points (points.go) is a list of sorted
// blocks of columns (block.go). A layer of polygons or lines (shapes.go) has a coverage
// of their arcs (coverage.go) and an index of their boxes (box_index.go).
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
