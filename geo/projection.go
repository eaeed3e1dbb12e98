package geo

import "math"

// newProjection builds the projection of p on an ellipsoid, or returns nil if
// the method is not ours or the parameters make no sense.
func newProjection(el ellipsoid, p parameters) projection {
	if !p.sane() {
		return nil
	}
	lat0, lat1, lat2 := p.lat0*degree, p.lat1*degree, p.lat2*degree
	switch p.method {
	case methodTM:
		return newTransverseMercator(el, lat0, p.k0)
	case methodWebMercator:
		return newMercator(ellipsoid{el.a, 0}, 0, 1)
	case methodMercator:
		return newMercator(el, lat1, p.k0)
	case methodLambert:
		if math.Abs(lat1+lat2) > 1e-6 {
			return newLambert(el, lat0, lat1, lat2, p.k0)
		}
	case methodAlbers:
		if math.Abs(lat1+lat2) > 1e-6 {
			return newAlbers(el, lat0, lat1, lat2)
		}
	}
	return nil
}

// sane reports whether the numbers can be those of a projection of the Earth.
// NaN is not.
func (p parameters) sane() bool {
	within := func(v, limit float64) bool { return math.Abs(v) <= limit }
	return within(p.lat0, 90) && within(p.lat1, 89.9) && within(p.lat2, 89.9) && within(p.lon0, 360) &&
		within(p.fe, 1e9) && within(p.fn, 1e9) && p.k0 > 0.1 && p.k0 < 10 && p.unit > 1e-6 && p.unit < 1e6
}
