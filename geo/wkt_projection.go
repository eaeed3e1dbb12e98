package geo

import (
	"math"
	"strings"
)

// wktParameters are the values that a projection's description states, in
// degrees and metres; NaN where it does not.
type wktParameters struct {
	name                   string // normalised name of the CRS
	lat0, lon0, lat1, lat2 float64
	k0, fe, fn, sphere     float64
}

// slot returns where the parameter of a normalised name is kept and its
// dimension: 'a' angle, 'l' length, 's' scale. It is nil for an unknown one.
func (v *wktParameters) slot(name string) (*float64, byte) {
	switch name {
	case "latitudeoforigin", "latitudeofcenter", "latitudeofcentre", "latitudeofnaturalorigin", "latitudeoffalseorigin":
		return &v.lat0, 'a'
	case "centralmeridian", "longitudeofcenter", "longitudeofcentre", "longitudeoforigin", "longitudeofnaturalorigin", "longitudeoffalseorigin":
		return &v.lon0, 'a'
	case "standardparallel1", "latitudeof1ststandardparallel":
		return &v.lat1, 'a'
	case "standardparallel2", "latitudeof2ndstandardparallel":
		return &v.lat2, 'a'
	case "scalefactor", "scalefactoratnaturalorigin":
		return &v.k0, 's'
	case "falseeasting", "eastingatfalseorigin":
		return &v.fe, 'l'
	case "falsenorthing", "northingatfalseorigin":
		return &v.fn, 'l'
	case "auxiliaryspheretype":
		return &v.sphere, 's'
	}
	return nil, 0
}

// wktValues reads the PARAMETERs of a projection under the angular unit in
// degrees and the linear one in metres. It reports false if one is unknown.
func wktValues(n *wktNode, angle, length float64) (wktParameters, bool) {
	nan := math.NaN()
	v := wktParameters{lat0: nan, lon0: nan, lat1: nan, lat2: nan, k0: nan, fe: 0, fn: 0, sphere: 0}
	for _, c := range n.nodes {
		if c.keyword != "PARAMETER" {
			continue
		}
		slot, dimension := v.slot(normal(c.arg(0)))
		if slot == nil {
			return v, false
		}
		unit := 1.0
		switch own := c.child("ANGLEUNIT", "LENGTHUNIT", "SCALEUNIT", "UNIT"); {
		case dimension == 'a' && own != nil:
			unit = wktDegrees(c)
		case dimension == 'a':
			unit = angle
		case own != nil:
			unit = own.number(1)
		case dimension == 'l':
			unit = length
		}
		*slot = c.number(1) * unit
	}
	return v, true
}

// parameters interprets the values for the projection's method, all but lon0
// and unit. The method is noMethod where one is missing or contradicts another.
func (v wktParameters) parameters(n *wktNode, d *datum) parameters {
	p := parameters{method: wktMethods[normal(n.child("PROJECTION", "METHOD").arg(0))], fe: v.fe, fn: v.fn,
		lat0: or(v.lat0, 0), k0: or(v.k0, 1)}
	if x := n.child("EXTENSION"); x != nil || math.IsNaN(v.lon0) {
		if p.method != methodMercator || !strings.Contains(x.arg(1), "+nadgrids=@null") {
			return parameters{}
		}
		p.method = methodWebMercator
	}
	if p.method == methodMercator && saysWeb(v.name) {
		p.method = methodWebMercator
	}
	ok := true
	switch p.method {
	case methodMercator:
		p.lat1, ok = or(v.lat1, 0), p.lat0 == 0
	case methodWebMercator:
		ok = p.lat0 == 0 && or(v.lat1, 0) == 0 && v.sphere == 0 && p.k0 == 1 && d.class == SameAsWGS84
	case methodLambert:
		ok = v.lambert(&p)
	case methodAlbers:
		p.lat1, p.lat2 = v.lat1, or(v.lat2, v.lat1)
		ok = p.k0 == 1
	}
	if !ok {
		p.method = noMethod
	}
	return p
}

// lambert tells the two variants apart by the parallels that are stated: with
// one, it is the latitude of origin and may have a scale.
func (v wktParameters) lambert(p *parameters) bool {
	if math.IsNaN(v.lat2) {
		p.lat1 = or(v.lat1, p.lat0)
		p.lat2 = p.lat1
		return p.lat1 == p.lat0
	}
	p.lat1, p.lat2 = v.lat1, v.lat2
	return p.k0 == 1
}

// saysWeb recognises Web Mercator under the method's name of the ellipsoidal
// Mercator, as GDAL, GeoServer and PostGIS wrote it for years.
func saysWeb(name string) bool {
	for _, s := range []string{"pseudomercator", "webmercator", "googlemercator", "googlemapsglobalmercator", "popularvisualisation"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return false
}

// or replaces a missing value.
func or(v, instead float64) float64 {
	if math.IsNaN(v) {
		return instead
	}
	return v
}

// wktMethods maps the normalised names of the three flavours to our methods.
var wktMethods = map[string]method{
	"transversemercator": methodTM, "gausskruger": methodTM, "gausskrueger": methodTM, "transversemercatorcomplex": methodTM,
	"mercatorauxiliarysphere": methodWebMercator, "popularvisualisationpseudomercator": methodWebMercator,
	"mercator": methodMercator, "mercator1sp": methodMercator, "mercator2sp": methodMercator,
	"mercatorvarianta": methodMercator, "mercatorvariantb": methodMercator,
	"lambertconformalconic": methodLambert, "lambertconformalconic1sp": methodLambert, "lambertconformalconic2sp": methodLambert,
	"lambertconicconformal1sp": methodLambert, "lambertconicconformal2sp": methodLambert,
	"albers": methodAlbers, "albersequalarea": methodAlbers, "albersconicequalarea": methodAlbers, "albersequalareaconic": methodAlbers,
}
