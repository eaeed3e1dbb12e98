// Package lintu holds the nouns and rules of neighbourhood governance: areas,
// households, neighbor heads, units, the layers they are served as, and the
// batches that bring them in. It knows no database, no HTTP and no file format;
// those are its sub-packages, which meet in the interfaces declared here.
//
// Coordinates are EPSG:4326 everywhere, longitude first, in degrees.
package lintu
