// Package tiles turns requests for layers and tile coordinates into vector
// tiles: it checks the coordinates, asks the store for each layer, joins and
// compresses what comes back, and remembers it until a layer changes.
package tiles
