package geo

import "math"

// The offset of GCJ-02, which Chinese law puts on consumer maps, has no
// official publication. The formula is the one that became public as
// EvilTransform.cs in 2010 (https://on4wp7.codeplex.com/SourceControl/changeset/view/21483#353936)
// and that every public implementation has followed since, with the Krassovsky
// 1940 ellipsoid as there. BD-09 adds the turn that Baidu's own map code makes.

const (
	gcjA  = 6378245.0
	gcjE2 = 0.00669342162296594323
	bdTau = math.Pi * 3000 / 180
)

// InChina reports whether GCJ-02 differs from WGS 84 there. It is the box of
// the formula, not the border: it holds parts of the neighbours.
func InChina(lon, lat float64) bool {
	return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271
}

// ToGCJ02 converts WGS 84 to GCJ-02. Outside China nothing changes.
func ToGCJ02(lon, lat float64) (float64, float64) {
	if !InChina(lon, lat) {
		return lon, lat
	}
	dLon, dLat := gcjOffset(lon, lat)
	return lon + dLon, lat + dLat
}

// FromGCJ02 converts GCJ-02 to WGS 84, to better than a centimetre of the
// inverse of ToGCJ02. Outside China nothing changes.
func FromGCJ02(lon, lat float64) (float64, float64) {
	if !InChina(lon, lat) {
		return lon, lat
	}
	// The offset changes by about 1 % of a step: each turn gains two digits.
	wLon, wLat := lon, lat
	for range 20 {
		dLon, dLat := gcjOffset(wLon, wLat)
		nLon, nLat := lon-dLon, lat-dLat
		moved := math.Abs(nLon-wLon) + math.Abs(nLat-wLat)
		wLon, wLat = nLon, nLat
		if moved < 1e-8 { // a millimetre, and the error is a hundredth of it
			break
		}
	}
	return wLon, wLat
}

// ToBD09 converts WGS 84 to Baidu's BD-09. Outside China nothing changes.
func ToBD09(lon, lat float64) (float64, float64) {
	if !InChina(lon, lat) {
		return lon, lat
	}
	return bdTurn(ToGCJ02(lon, lat))
}

// FromBD09 converts BD-09 to WGS 84, to better than a centimetre. Outside China
// nothing changes.
func FromBD09(lon, lat float64) (float64, float64) {
	if !InChina(lon, lat) {
		return lon, lat
	}
	gLon, gLat := lon-0.0065, lat-0.006
	for range 20 {
		bLon, bLat := bdTurn(gLon, gLat)
		dLon, dLat := lon-bLon, lat-bLat
		gLon, gLat = gLon+dLon, gLat+dLat
		if math.Abs(dLon)+math.Abs(dLat) < 1e-9 {
			break
		}
	}
	return FromGCJ02(gLon, gLat)
}

// gcjOffset returns the shift from WGS 84 to GCJ-02 in degrees.
func gcjOffset(lon, lat float64) (dLon, dLat float64) {
	x, y := lon-105, lat-35
	root := math.Sqrt(math.Abs(x))
	common := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	dLat = -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + common +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	dLon = 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + common +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	sin, cos := math.Sincos(lat * math.Pi / 180)
	magic := 1 - gcjE2*sin*sin
	root = math.Sqrt(magic)
	dLat = dLat * 180 / (gcjA * (1 - gcjE2) / (magic * root) * math.Pi)
	dLon = dLon * 180 / (gcjA / root * cos * math.Pi)
	return dLon, dLat
}

// bdTurn is Baidu's step from GCJ-02 to BD-09.
func bdTurn(lon, lat float64) (float64, float64) {
	z := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*bdTau)
	theta := math.Atan2(lat, lon) + 0.000003*math.Cos(lon*bdTau)
	sin, cos := math.Sincos(theta)
	return z*cos + 0.0065, z*sin + 0.006
}
