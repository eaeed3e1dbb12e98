package geo

import (
	"fmt"
	"math"
	"strconv"
)

// method is a map projection method.
type method int

const (
	noMethod method = iota
	methodTM
	methodMercator
	methodWebMercator
	methodLambert
	methodAlbers
)

// parameters define a projection: degrees (longitudes from Greenwich) and
// metres, whatever the units of the source.
type parameters struct {
	method     method
	lat0, lon0 float64 // origin
	lat1, lat2 float64 // standard parallels
	k0         float64
	fe, fn     float64
	unit       float64 // metres in one unit of the coordinates
}

// near reports whether two definitions give the same coordinates to a tenth of
// a millimetre, allowing for the rounding of files.
func (p parameters) near(q parameters) bool {
	close := func(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }
	return p.method == q.method && close(p.lat0, q.lat0, 1e-9) && close(p.lon0, q.lon0, 1e-9) &&
		close(p.lat1, q.lat1, 1e-9) && close(p.lat2, q.lat2, 1e-9) && close(p.k0, q.k0, 1e-11) &&
		close(p.fe, q.fe, 1e-4) && close(p.fn, q.fn, 1e-4) && close(p.unit, q.unit, 1e-12)
}

// series is a run of EPSG codes of Transverse Mercator zones, one after another.
type series struct {
	first, count int
	datum        int    // EPSG code of the geographic CRS
	name         string // with %d for the zone or the central meridian
	number       int    // what %d is for the first zone
	step         int    // of that number
	lon0, width  float64
	k0, fe, fn   float64
	prefix       int // zone number before the easting of the first zone, or 0
}

// epsgSeries holds what the EPSG registry (version 10) calls zones. The test
// compares each with PROJ's database.
var epsgSeries = append(chineseSeries(),
	series{32601, 60, 4326, "WGS 84 / UTM zone %dN", 1, 1, -177, 6, 0.9996, 500000, 0, 0},
	series{32701, 60, 4326, "WGS 84 / UTM zone %dS", 1, 1, -177, 6, 0.9996, 500000, 1e7, 0},
	series{25828, 11, 4258, "ETRS89 / UTM zone %dN", 28, 1, -15, 6, 0.9996, 500000, 0, 0},
	series{26901, 23, 4269, "NAD83 / UTM zone %dN", 1, 1, -177, 6, 0.9996, 500000, 0, 0},
	series{28348, 11, 4283, "GDA94 / MGA zone %d", 48, 1, 105, 6, 0.9996, 500000, 1e7, 0},
	series{7846, 14, 7844, "GDA2020 / MGA zone %d", 46, 1, 93, 6, 0.9996, 500000, 1e7, 0},
	series{3825, 2, 3824, "TWD97 / TM2 zone %d", 119, 2, 119, 2, 0.9999, 250000, 0, 0},
	series{3827, 2, 3821, "TWD67 / TM2 zone %d", 119, 2, 119, 2, 0.9999, 250000, 0, 0},
)

// chineseSeries are the Gauss-Kruger zones of China's three datums: of three
// and of six degrees, with the zone before the easting and without.
func chineseSeries() []series {
	var all []series
	for _, d := range []struct {
		datum          int
		name           string
		six, sixCM     int // first codes
		three, threeCM int
	}{
		{4490, "CGCS2000", 4491, 4502, 4513, 4534},
		{4610, "Xian 1980", 2327, 2338, 2349, 2370},
		{4214, "Beijing 1954", 21413, 21453, 2401, 2422},
	} {
		all = append(all,
			series{d.three, 21, d.datum, d.name + " / 3-degree Gauss-Kruger zone %d", 25, 1, 75, 3, 1, 500000, 0, 25},
			series{d.threeCM, 21, d.datum, d.name + " / 3-degree Gauss-Kruger CM %dE", 75, 3, 75, 3, 1, 500000, 0, 0},
			series{d.six, 11, d.datum, d.name + " / Gauss-Kruger zone %d", 13, 1, 75, 6, 1, 500000, 0, 13},
			series{d.sixCM, 11, d.datum, d.name + " / Gauss-Kruger CM %dE", 75, 6, 75, 6, 1, 500000, 0, 0},
		)
	}
	return all
}

// epsgSingles are the projected codes that stand alone.
var epsgSingles = []struct {
	code, datum int
	name        string
	par         parameters
}{
	{3857, 4326, "WGS 84 / Pseudo-Mercator", parameters{method: methodWebMercator, k0: 1}},
	{3395, 4326, "WGS 84 / World Mercator", parameters{method: methodMercator, k0: 1}},
	{27700, 4277, "OSGB36 / British National Grid", parameters{method: methodTM, lat0: 49, lon0: -2, k0: 0.9996012717, fe: 400000, fn: -100000}},
}

// zone returns the parameters of the i-th zone of a series.
func (s series) zone(i int) (string, parameters) {
	p := parameters{method: methodTM, lon0: s.lon0 + float64(i)*s.width, k0: s.k0, fe: s.fe, fn: s.fn, unit: 1}
	if s.prefix != 0 {
		p.fe += float64(s.prefix+i) * 1e6
	}
	return fmt.Sprintf(s.name, s.number+i*s.step), p
}

// byEPSG returns the CRS of a code, one that is not native if it is not known.
func byEPSG(code int) *CRS {
	if code == 900913 || code == 102100 { // what Web Mercator was called before it had a code
		code = 3857
	}
	if d := datumByCode(code); d != nil {
		return newGeographic(d.name, d, 0, 1).coded(code)
	}
	for _, s := range epsgSingles {
		if s.code == code {
			p := s.par
			p.unit = 1
			return newProjected(s.name, datumByCode(s.datum), p).coded(code)
		}
	}
	for _, s := range epsgSeries {
		if i := code - s.first; i >= 0 && i < s.count {
			name, p := s.zone(i)
			return newProjected(name, datumByCode(s.datum), p).coded(code)
		}
	}
	d := &datum{name: "EPSG:" + strconv.Itoa(code), class: OtherDatum}
	return (&CRS{Name: d.name, Datum: OtherDatum, Note: d.note(), datum: d}).coded(code)
}

// identify returns the EPSG code whose datum and parameters a projected CRS has.
func identify(d *datum, p parameters) (code int, found bool) {
	if d.code == 0 || p.method == noMethod {
		return 0, false
	}
	for _, s := range epsgSingles {
		q := s.par
		q.unit = 1
		if s.datum == d.code && p.near(q) {
			return s.code, true
		}
	}
	for _, s := range epsgSeries {
		for i := 0; s.datum == d.code && i < s.count; i++ {
			if _, q := s.zone(i); p.near(q) {
				return s.first + i, true
			}
		}
	}
	return 0, false
}

func (c *CRS) coded(code int) *CRS {
	c.Code = "EPSG:" + strconv.Itoa(code)
	return c
}

// newGeographic makes a geographic CRS: prime meridian and unit in degrees.
func newGeographic(name string, d *datum, prime, unit float64) *CRS {
	return &CRS{Name: name, Kind: Geographic, Datum: d.class, Note: d.note(), datum: d,
		unit: unit, prime: prime, native: d.class == SameAsWGS84}
}

// newProjected makes a projected CRS; it is native if its datum is WGS 84's and
// its method is one of ours with parameters that make sense.
func newProjected(name string, d *datum, p parameters) *CRS {
	c := &CRS{Name: name, Kind: Projected, Datum: d.class, Note: d.note(), datum: d,
		par: p, unit: p.unit, proj: newProjection(d.el, p)}
	c.native = d.class == SameAsWGS84 && c.proj != nil
	return c
}
