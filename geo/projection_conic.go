package geo

import "math"

// lambert is the Lambert conformal conic projection with one standard parallel
// (both equal) or two. Formulas: Snyder, USGS Professional Paper 1395, p. 107.
type lambert struct {
	e, n, scale, rho0 float64
	series            [6]float64
}

func newLambert(el ellipsoid, lat0, lat1, lat2, k0 float64) *lambert {
	l := &lambert{e: math.Sqrt(el.e2()), n: math.Sin(lat1), series: geodeticSeries(el.n())}
	m1, psi1 := parallelRadius(el, lat1), l.isometric(lat1)
	if math.Abs(lat1-lat2) > 1e-10 {
		l.n = math.Log(m1/parallelRadius(el, lat2)) / (l.isometric(lat2) - psi1)
	}
	l.scale = el.a * k0 * m1 / l.n * math.Exp(l.n*psi1)
	_, y := l.forward(0, lat0)
	l.rho0 = -y
	return l
}

func (l *lambert) isometric(lat float64) float64 {
	return math.Asinh(conformal(math.Tan(lat), l.e))
}

func (l *lambert) forward(lam, phi float64) (x, y float64) {
	rho := l.scale * math.Exp(-l.n*l.isometric(phi))
	sin, cos := math.Sincos(l.n * lam)
	return rho * sin, l.rho0 - rho*cos
}

func (l *lambert) inverse(x, y float64) (lam, phi float64) {
	theta, rho := polar(x, l.rho0-y, l.n)
	return inTurn(theta / l.n), geodetic(&l.series, math.Sinh(-math.Log(rho/l.scale)/l.n))
}

// polar returns the angle and the radius, which bears the sign of the cone's n.
func polar(x, y, n float64) (theta, rho float64) {
	if n < 0 {
		return math.Atan2(-x, -y), -math.Hypot(x, y)
	}
	return math.Atan2(x, y), math.Hypot(x, y)
}

// inTurn is NaN for a longitude that no point of the cone has.
func inTurn(lam float64) float64 {
	if math.Abs(lam) > math.Pi*(1+1e-12) {
		return math.NaN()
	}
	return lam
}

// albers is the Albers equal-area conic projection. Formulas: Snyder, USGS
// Professional Paper 1395, p. 101, 3-12 and 3-16.
type albers struct {
	e, e2, a, n, c, rho0 float64
}

func newAlbers(el ellipsoid, lat0, lat1, lat2 float64) *albers {
	p := &albers{e: math.Sqrt(el.e2()), e2: el.e2(), a: el.a, n: math.Sin(lat1)}
	m1, q1 := parallelRadius(el, lat1), p.q(math.Sin(lat1))
	if math.Abs(lat1-lat2) > 1e-10 {
		m2 := parallelRadius(el, lat2)
		p.n = (m1*m1 - m2*m2) / (p.q(math.Sin(lat2)) - q1)
	}
	p.c = m1*m1 + p.n*q1
	_, y := p.forward(0, lat0)
	p.rho0 = -y
	return p
}

// q grows with the area between the equator and a parallel.
func (p *albers) q(sin float64) float64 {
	return (1 - p.e2) * (sin/(1-p.e2*sin*sin) + p.atanh(sin))
}

// atanh is atanh(e sin φ) / e, which is sin φ for a sphere.
func (p *albers) atanh(sin float64) float64 {
	if p.e == 0 {
		return sin
	}
	return math.Atanh(p.e*sin) / p.e
}

func (p *albers) forward(lam, phi float64) (x, y float64) {
	rho := p.a * math.Sqrt(p.c-p.n*p.q(math.Sin(phi))) / p.n
	sin, cos := math.Sincos(p.n * lam)
	return rho * sin, p.rho0 - rho*cos
}

func (p *albers) inverse(x, y float64) (lam, phi float64) {
	theta, rho := polar(x, p.rho0-y, p.n)
	r := rho * p.n / p.a
	q := (p.c - r*r) / p.n
	return inTurn(theta / p.n), p.latitude(q)
}

// latitude inverts q by Newton's method from the authalic latitude.
func (p *albers) latitude(q float64) float64 {
	phi := math.Asin(q / p.q(1)) // NaN beyond the poles
	for range 8 {
		sin, cos := math.Sincos(phi)
		if cos < 1e-9 {
			break
		}
		w := 1 - p.e2*sin*sin
		step := w * w / (2 * cos) * (q/(1-p.e2) - sin/w - p.atanh(sin))
		phi += step
		if math.Abs(step) < 1e-13 {
			break
		}
	}
	return phi
}
