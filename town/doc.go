// Package town draws the demo town: a street office of the size of 集里街道 with
// its communities, villages, grids, buildings, households, neighbor heads and
// responsible units, and writes it as the zipped shapefiles a planner would
// have. Everything in it is synthetic; only the names and codes of the street
// office and of its fifteen communities and villages are real.
//
// The town is drawn on a plane that repeats itself: what leaves at one side
// comes back at the other. So its outline fits its own copies without gap or
// overlap, and a larger Scale is a mosaic of them, each under new codes, with
// the density of the first. Coordinates inside the package are metres east and
// north of the town's centre, along the axes of EPSG:4547.
package town
