// Package geo knows coordinates: reference systems and their projections, the
// offsets of Chinese consumer maps, EWKB, the validity of polygons. It
// imports nothing of the house.
//
// # Axis order
//
// Longitude before latitude, easting before northing, everywhere and whatever
// the authority's axis order says: EPSG:4326 is longitude, latitude; EPSG:4547,
// whose official first axis is the northing, is x = easting, y = northing. That
// is the order of shapefiles and of GeoJSON. Angles are degrees, positive to
// the east and north.
//
// # Accuracy
//
// The native projections agree with PROJ to less than a millimetre; Transverse
// Mercator does so within 45 degrees of its central meridian and answers NaN
// beyond. Datums that were made to coincide with WGS 84 (CGCS2000, ETRS89,
// NAD83, GDA94, JGD2011, TWD97 …) are taken as WGS 84, which is true to about
// 2 m, most of it the drift of continents. Old datums (Beijing 54, Xian 80, Pulkovo
// 1942, NAD27 …) lie tens to hundreds of metres off and need parameters that
// this package does not have: it recognises them and never converts them.
//
// GCJ-02 and BD-09 are inverted to better than a centimetre of their forward
// formulas.
package geo
