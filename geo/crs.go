package geo

import (
	"math"
	"strconv"
	"strings"
)

// Kind says whether coordinates are angles or lengths.
type Kind string

// The kinds.
const (
	Geographic Kind = "geographic"
	Projected  Kind = "projected"
)

// CRS is a coordinate reference system with x (longitude or easting) first.
// It is immutable and safe for concurrent use. Get one from ParseCRS or ParseWKT.
type CRS struct {
	Name  string     // as its source calls it: "CGCS2000 / 3-degree Gauss-Kruger CM 114E"
	Code  string     // "EPSG:4547"; "" where its parameters equal no code known here
	Kind  Kind       // "" where only PROJ may know
	Datum DatumClass // what stands between it and WGS 84
	Note  Text       // what the datum means for whoever imports the file

	datum  *datum
	par    parameters // of the projection
	unit   float64    // degrees or metres in one unit of the coordinates
	prime  float64    // prime meridian, degrees east of Greenwich
	proj   projection // nil for geographic and for unknown methods
	native bool
}

// projection maps radians from its own central meridian to metres from its own
// origin, and back. Outside its domain it answers NaN.
type projection interface {
	forward(lam, phi float64) (x, y float64)
	inverse(x, y float64) (lam, phi float64)
}

const degree = math.Pi / 180

// Native reports whether this package converts the CRS itself. Where it is
// false and Datum is not OldDatum, PROJ can be asked.
func (c *CRS) Native() bool { return c.native }

// Identity reports whether coordinates already are EPSG:4326 as they stand:
// degrees of a datum taken as WGS 84, counted from Greenwich.
func (c *CRS) Identity() bool {
	return c.native && c.Kind == Geographic && c.unit == 1 && c.prime == 0
}

// Forward converts EPSG:4326 degrees to the coordinates of the CRS: NaN outside
// the projection's domain or if the CRS is not native.
func (c *CRS) Forward(lon, lat float64) (x, y float64) {
	switch {
	case !c.native || !(math.Abs(lat) <= 90):
		return math.NaN(), math.NaN()
	case c.Identity():
		return lon, lat
	case c.Kind == Geographic:
		return wrap(lon-c.prime) / c.unit, lat / c.unit
	}
	x, y = c.proj.forward(wrap(lon-c.par.lon0)*degree, lat*degree)
	return (x + c.par.fe) / c.unit, (y + c.par.fn) / c.unit
}

// Inverse converts coordinates of the CRS to EPSG:4326 degrees: NaN outside the
// projection's domain or if the CRS is not native. Coordinates of an identity
// come back as they are, however absurd.
func (c *CRS) Inverse(x, y float64) (lon, lat float64) {
	switch {
	case !c.native:
		return math.NaN(), math.NaN()
	case c.Identity():
		return x, y
	case c.Kind == Geographic:
		return wrap(x*c.unit + c.prime), y * c.unit
	}
	lam, phi := c.proj.inverse(x*c.unit-c.par.fe, y*c.unit-c.par.fn)
	return wrap(lam/degree + c.par.lon0), phi / degree
}

// wrap brings a longitude that is off by up to a few turns into -180 … 180.
func wrap(lon float64) float64 {
	if lon >= -180 && lon <= 180 {
		return lon
	}
	return math.Remainder(lon, 360)
}

// ParseCRS reads EPSG:n in its usual spellings (EPSG:4547, 4547,
// urn:ogc:def:crs:EPSG::4547, http://www.opengis.net/def/crs/EPSG/0/4547),
// OGC:CRS84, or WKT. A code that is not known here gives a CRS that is not
// Native. The error is an *Error for the person who wrote s.
func ParseCRS(s string) (*CRS, error) {
	s = strings.TrimSpace(strings.TrimPrefix(s, "\ufeff"))
	if strings.ContainsAny(s, "[(") {
		return ParseWKT(s)
	}
	lower := strings.ToLower(s)
	if lower == "wgs84" || strings.HasSuffix(lower, "crs84") {
		return byEPSG(4326), nil
	}
	tail := lower
	if i := strings.LastIndexAny(lower, ":/"); i >= 0 {
		if !strings.Contains(lower, "epsg") {
			return nil, unknownCRS(s)
		}
		tail = lower[i+1:]
	}
	code, err := strconv.Atoi(tail)
	if err != nil || code < 1 || code > 999999 {
		return nil, unknownCRS(s)
	}
	return byEPSG(code), nil
}

func unknownCRS(s string) *Error {
	return errorf("“%s” 不是可识别的坐标系；请写成 EPSG:4547 这样的代码，或 WKT 文本。",
		"%q is not a coordinate system; write a code such as EPSG:4547, or WKT.", clip(s))
}
