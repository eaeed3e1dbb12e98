package geo

import "math"

// mercator is the Mercator projection of an ellipsoid, or of a sphere where its
// flattening is 0 (Web Mercator: EPSG method 1024). Formulas: J. P. Snyder, "Map
// Projections – A Working Manual", USGS Professional Paper 1395, p. 44, in the
// form of tan χ.
type mercator struct {
	e, scale float64
	series   [6]float64
}

func newMercator(el ellipsoid, lat1, k0 float64) *mercator {
	return &mercator{math.Sqrt(el.e2()), el.a * k0 * parallelRadius(el, lat1), geodeticSeries(el.n())}
}

func (m *mercator) forward(lam, phi float64) (x, y float64) {
	if math.Abs(phi) > math.Pi/2-1e-10 {
		return math.NaN(), math.NaN()
	}
	return m.scale * lam, m.scale * math.Asinh(conformal(math.Tan(phi), m.e))
}

func (m *mercator) inverse(x, y float64) (lam, phi float64) {
	lam = x / m.scale
	if !(math.Abs(lam) <= 2*math.Pi) {
		return math.NaN(), math.NaN()
	}
	return lam, geodetic(&m.series, math.Sinh(y/m.scale))
}

// parallelRadius is the radius of a parallel over the semi-major axis: Snyder's m.
func parallelRadius(el ellipsoid, lat float64) float64 {
	sin, cos := math.Sincos(lat)
	return cos / math.Sqrt(1-el.e2()*sin*sin)
}
