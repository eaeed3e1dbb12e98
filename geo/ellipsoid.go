package geo

import "math"

// ellipsoid is a reference ellipsoid: semi-major axis in metres, flattening.
type ellipsoid struct{ a, f float64 }

var (
	wgs84 = ellipsoid{6378137, 1 / 298.257223563}
	grs80 = ellipsoid{6378137, 1 / 298.257222101}
	// auxSphere is what ESRI calls the major auxiliary sphere of WGS 84.
	auxSphere = ellipsoid{6378137, 0}
)

// e2 is the square of the first eccentricity.
func (e ellipsoid) e2() float64 { return e.f * (2 - e.f) }

// n is the third flattening.
func (e ellipsoid) n() float64 { return e.f / (2 - e.f) }

// near reports whether two ellipsoids differ by less than a tenth of a
// millimetre anywhere, as rounded parameters in files do.
func (e ellipsoid) near(o ellipsoid) bool {
	return math.Abs(e.a-o.a) < 1e-4 && math.Abs(e.f-o.f)*e.a < 1e-5
}

// conformal returns tan χ, the tangent of the conformal latitude, for tan φ.
// Karney 2011, eq. 7–9.
func conformal(tan, e float64) float64 {
	sec := math.Hypot(1, tan)
	s := math.Sinh(e * math.Atanh(e*tan/sec))
	return tan*math.Hypot(1, s) - s*sec
}

// geodeticSeries returns the coefficients δ of φ = χ + Σ δ_j sin 2jχ, which
// gives the geodetic from the conformal latitude: to order n⁶ an error below
// a nanometre for the Earth. Source: C. F. F. Karney, "On auxiliary latitudes",
// Survey Review 56 (2024), and Kawase, Bulletin of GSI 59 (2011), eq. A.
func geodeticSeries(n float64) [6]float64 {
	return [6]float64{
		poly(n, 0, 2, -2./3, -2, 116./45, 26./45, -2854./675),
		poly(n, 0, 0, 7./3, -8./5, -227./45, 2704./315, 2323./945),
		poly(n, 0, 0, 0, 56./15, -136./35, -1262./105, 73814./2835),
		poly(n, 0, 0, 0, 0, 4279./630, -332./35, -399572./14175),
		poly(n, 0, 0, 0, 0, 0, 4174./315, -144838./6237),
		poly(n, 0, 0, 0, 0, 0, 0, 601676./22275),
	}
}

// geodetic returns the geodetic latitude for the tangent of the conformal one.
func geodetic(series *[6]float64, tan float64) float64 {
	chi := math.Atan(tan)
	if math.Abs(tan) > 1e8 { // within 0.06 m of a pole: φ and χ agree
		return chi
	}
	d := 1 / (1 + tan*tan)
	return chi + clenshaw(series, 2*tan*d, (1-tan*tan)*d)
}

// poly evaluates c[0] + c[1] x + c[2] x² …
func poly(x float64, c ...float64) float64 {
	v := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		v = v*x + c[i]
	}
	return v
}

// clenshaw sums c[0] sin θ + c[1] sin 2θ … given sin θ and cos θ.
func clenshaw(c *[6]float64, sin, cos float64) float64 {
	r := 2 * cos
	var u1, u2 float64
	for i := 5; i >= 0; i-- {
		u1, u2 = c[i]+r*u1-u2, u1
	}
	return sin * u1
}
