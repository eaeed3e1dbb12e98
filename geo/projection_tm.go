package geo

import "math"

// transverseMercator is the ellipsoidal Transverse Mercator (Gauss-Krüger)
// projection by Krüger's series to order n⁶. Source: C. F. F. Karney,
// "Transverse Mercator with an accuracy of a few nanometers", Journal of
// Geodesy 85 (2011) 475–485, eq. 7–11, 14, 35, 36.
type transverseMercator struct {
	e      float64    // first eccentricity
	scale  float64    // k0 times the rectifying radius, metres
	y0     float64    // northing of the latitude of origin, metres
	alpha  [6]float64 // rectifying from conformal
	beta   [6]float64 // conformal from rectifying
	series [6]float64 // geodetic from conformal latitude
}

// tmLimit bounds η, the easting over the radius: about 45 degrees of longitude
// at the equator. Coordinates beyond it are a mistake (a zone prefix read as
// metres, say) and the series is no longer exact.
const tmLimit = 0.9

func newTransverseMercator(el ellipsoid, lat0, k0 float64) *transverseMercator {
	n := el.n()
	t := &transverseMercator{
		e:     math.Sqrt(el.e2()),
		scale: k0 * el.a / (1 + n) * poly(n*n, 1, 1./4, 1./64, 1./256),
		alpha: [6]float64{
			poly(n, 0, 1./2, -2./3, 5./16, 41./180, -127./288, 7891./37800),
			poly(n, 0, 0, 13./48, -3./5, 557./1440, 281./630, -1983433./1935360),
			poly(n, 0, 0, 0, 61./240, -103./140, 15061./26880, 167603./181440),
			poly(n, 0, 0, 0, 0, 49561./161280, -179./168, 6601661./7257600),
			poly(n, 0, 0, 0, 0, 0, 34729./80640, -3418889./1995840),
			poly(n, 0, 0, 0, 0, 0, 0, 212378941./319334400),
		},
		beta: [6]float64{
			poly(n, 0, -1./2, 2./3, -37./96, 1./360, 81./512, -96199./604800),
			poly(n, 0, 0, -1./48, -1./15, 437./1440, -46./105, 1118711./3870720),
			poly(n, 0, 0, 0, -17./480, 37./840, 209./4480, -5569./90720),
			poly(n, 0, 0, 0, 0, -4397./161280, 11./504, 830251./7257600),
			poly(n, 0, 0, 0, 0, 0, -4583./161280, 108847./3991680),
			poly(n, 0, 0, 0, 0, 0, 0, -20648693./638668800),
		},
		series: geodeticSeries(n),
	}
	_, t.y0 = t.forward(0, lat0)
	return t
}

func (t *transverseMercator) forward(lam, phi float64) (x, y float64) {
	tan := conformal(math.Tan(phi), t.e)
	sin, cos := math.Sincos(lam)
	h := math.Hypot(tan, cos)
	xi, sinh := math.Atan2(tan, cos), sin/h
	eta := math.Asinh(sinh)
	if !(math.Abs(eta) <= tmLimit) {
		return math.NaN(), math.NaN()
	}
	dxi, deta := clenshawComplex(&t.alpha, tan/h, cos/h, sinh, math.Sqrt(1+sinh*sinh))
	return t.scale * (eta + deta), t.scale*(xi+dxi) - t.y0
}

func (t *transverseMercator) inverse(x, y float64) (lam, phi float64) {
	xi, eta := (y+t.y0)/t.scale, x/t.scale
	if !(math.Abs(eta) <= tmLimit && math.Abs(xi) <= math.Pi) {
		return math.NaN(), math.NaN()
	}
	sin, cos := math.Sincos(xi)
	e := math.Exp(eta)
	sinh, cosh := (e-1/e)/2, (e+1/e)/2
	dxi, deta := clenshawComplex(&t.beta, sin, cos, sinh, cosh)
	// The corrections are below 0.01: four terms of each series are exact.
	s2, h2 := dxi*dxi, deta*deta
	sd, cd := dxi*(1-s2/6*(1-s2/20)), 1-s2/2*(1-s2/12*(1-s2/30))
	hd, kd := deta*(1+h2/6*(1+h2/20)), 1+h2/2*(1+h2/12*(1+h2/30))
	sin, cos, sinh = sin*cd+cos*sd, cos*cd-sin*sd, sinh*kd+cosh*hd
	return math.Atan2(sinh, cos), geodetic(&t.series, sin/math.Sqrt(sinh*sinh+cos*cos))
}

// clenshawComplex sums c[0] sin 2ζ + c[1] sin 4ζ … for ζ = ξ + iη, given the
// functions of ξ and η, and returns the real and imaginary parts.
func clenshawComplex(c *[6]float64, sin, cos, sinh, cosh float64) (re, im float64) {
	sin, cos = 2*sin*cos, cos*cos-sin*sin // of 2ξ
	sinh, cosh = 2*sinh*cosh, cosh*cosh+sinh*sinh
	r, s := 2*cos*cosh, -2*sin*sinh // 2 cos 2ζ
	var a1, b1, a2, b2 float64
	for i := 5; i >= 0; i-- {
		a1, b1, a2, b2 = c[i]+r*a1-s*b1-a2, r*b1+s*a1-b2, a1, b1
	}
	p, q := sin*cosh, cos*sinh // sin 2ζ
	return p*a1 - q*b1, p*b1 + q*a1
}
