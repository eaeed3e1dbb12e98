package geo

import (
	"math"
	"strings"
)

// ParseWKT reads a CRS in well-known text of ESRI (.prj), of OGC (version 1, as
// GDAL writes it) or of ISO 19162 (version 2, simple cases). The EPSG code is
// found by comparing parameters; names and authority tags are not believed. A
// CRS whose method, units or axes are not understood for certain is not Native.
// The error is an *Error.
func ParseWKT(s string) (*CRS, error) {
	n, err := parseWKT(strings.TrimPrefix(s, "\ufeff"))
	if err != nil {
		return nil, err
	}
	switch n.keyword {
	case "COMPD_CS", "COMPOUNDCRS":
		if c := n.child("PROJCS", "PROJCRS", "PROJECTEDCRS", "GEOGCS", "GEOGCRS", "GEODCRS"); c != nil {
			n = c
		}
	}
	switch n.keyword {
	case "GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS", "GEODETICCRS":
		return wktGeographic(n), nil
	case "PROJCS", "PROJCRS", "PROJECTEDCRS":
		return wktProjected(n), nil
	case "LOCAL_CS", "ENGCRS", "ENGINEERINGCRS", "BOUNDCRS", "COMPD_CS", "COMPOUNDCRS", "GEOCCS", "FITTED_CS", "DERIVEDPROJCRS":
		return wktForeign(n), nil
	}
	return nil, errorf("坐标系描述（WKT）以“%s”开头，不是平面或地理坐标系。",
		"The coordinate system's description (WKT) begins with %q, which is neither a projected nor a geographic system.", clip(n.keyword))
}

// wktForeign keeps the name of what only PROJ may understand.
func wktForeign(n *wktNode) *CRS {
	d := &datum{name: clip(n.arg(0)), class: OtherDatum}
	return &CRS{Name: n.arg(0), Datum: OtherDatum, Note: d.note(), datum: d}
}

func wktGeographic(n *wktNode) *CRS {
	d, prime, unit := wktBase(n)
	c := newGeographic(n.arg(0), d, prime, unit)
	c.native = c.native && compassAxes(n) && unit > 0 && !math.IsInf(unit, 0) && math.Abs(prime) <= 180 &&
		!(n.child("CS") != nil && !strings.EqualFold(n.child("CS").arg(0), "ellipsoidal"))
	if c.Identity() || d.class == OldDatum && unit == 1 && prime == 0 {
		if d.code != 0 {
			c.coded(d.code)
		}
	}
	return c
}

// wktBase reads datum, prime meridian and angular unit (both in degrees) of a
// geographic CRS or of the base of a projected one. What is missing is NaN.
func wktBase(n *wktNode) (d *datum, prime, unit float64) {
	dn := n.child("DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE")
	en := dn.child("SPHEROID", "ELLIPSOID")
	el := ellipsoid{en.number(1), 0}
	if u := en.child("LENGTHUNIT", "UNIT"); u != nil {
		el.a *= u.number(1)
	}
	if rf := en.number(2); rf != 0 {
		el.f = 1 / rf
	}
	d = findDatum(dn.arg(0), el, toWGS84(dn.child("TOWGS84")))
	unit = wktDegrees(n)
	pm := n.child("PRIMEM", "PRIMEMERIDIAN")
	if pm == nil || pm.number(1) == 0 {
		return d, 0, unit
	}
	primeUnit := unit
	if pm.child("ANGLEUNIT", "UNIT") != nil {
		primeUnit = wktDegrees(pm)
	}
	return d, pm.number(1) * primeUnit, unit
}

// toWGS84 returns about how many metres a TOWGS84 moves a point.
func toWGS84(n *wktNode) float64 {
	if n == nil {
		return 0
	}
	shift := 0.0
	for i := range min(len(n.args), 7) {
		metres := 1.0
		if i > 2 {
			metres = 31 // an arc second, or a part in a million times the Earth's radius over 5
		}
		shift += math.Abs(n.number(i)) * metres
	}
	if math.IsNaN(shift) {
		return math.Inf(1)
	}
	return shift
}

// wktUnit returns the size of a node's unit in metres or radians: its own, or
// its first axis's; NaN if it states none.
func wktUnit(n *wktNode, keyword string) float64 {
	u := n.child(keyword, "UNIT")
	if u == nil {
		u = n.child("AXIS").child(keyword, "UNIT")
	}
	return u.number(1)
}

// wktDegrees returns a node's angular unit in degrees. Files round π/180 in
// many ways; all of them mean the degree.
func wktDegrees(n *wktNode) float64 {
	u := wktUnit(n, "ANGLEUNIT") / degree
	if math.Abs(u-1) < 1e-6 {
		return 1
	}
	return u
}

// compassAxes reports whether the axes, where stated, point east and north.
// Their order does not matter: x is the easting in every file.
func compassAxes(n *wktNode) bool {
	for _, c := range n.nodes {
		if c.keyword != "AXIS" {
			continue
		}
		switch strings.ToUpper(c.arg(1)) {
		case "EAST", "NORTH", "UP":
		default:
			return false
		}
	}
	return true
}

func wktProjected(n *wktNode) *CRS {
	base := n.child("GEOGCS", "BASEGEOGCRS", "BASEGEODCRS")
	if base == nil {
		return wktForeign(n)
	}
	conversion, wkt2 := n, false
	if c := n.child("CONVERSION"); c != nil {
		conversion, wkt2 = c, true
	}
	d, prime, angle := wktBase(base)
	if wkt2 && math.IsNaN(angle) {
		angle = 1 // of WKT 2 only the parameters need a unit, and they state their own
	}
	unit := wktUnit(n, "LENGTHUNIT")
	v, ok := wktValues(conversion, angle, unit)
	v.name = normal(n.arg(0))
	p := v.parameters(conversion, d)
	p.lon0, p.unit = wrap(v.lon0+prime), unit
	if !ok || !compassAxes(n) || !compassAxes(base) {
		p.method = noMethod
	}
	c := newProjected(n.arg(0), d, p)
	if code, found := identify(d, p); found {
		c.coded(code)
	}
	return c
}
