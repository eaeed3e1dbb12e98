package geo

import (
	"math"
	"strings"
)

// DatumClass says what stands between a CRS and WGS 84.
type DatumClass string

// The classes.
const (
	// SameAsWGS84 is equal to WGS 84 within about 2 m: no shift is applied.
	SameAsWGS84 DatumClass = "same"
	// OldDatum lies tens to hundreds of metres off and needs parameters that a
	// person must bring. This package never converts it.
	OldDatum DatumClass = "old"
	// OtherDatum is not known here; PROJ may know it.
	OtherDatum DatumClass = "other"
)

// datum is a geodetic datum that is recognised by name.
type datum struct {
	name  string // as people know it
	zh    string // Chinese name where it has one
	code  int    // EPSG code of its geographic CRS
	class DatumClass
	el    ellipsoid
	names string // comma-separated normalised names in WKT of any flavour
}

var (
	krassovsky = ellipsoid{6378245, 1 / 298.3}
	iag75      = ellipsoid{6378140, 1 / 298.257}
	bessel     = ellipsoid{6377397.155, 1 / 299.1528128}
	clarke1866 = ellipsoid{6378206.4, 1 / 294.978698213898}
	airy       = ellipsoid{6377563.396, 1 / 299.3249646}
	intl1924   = ellipsoid{6378388, 1 / 297.0}
	grs67mod   = ellipsoid{6378160, 1 / 298.25}
)

// datums lists the datums by name. Names are normalised by normal, without a
// leading D_.
var datums = []*datum{
	{"WGS 84", "", 4326, SameAsWGS84, wgs84, "wgs84,wgs1984,worldgeodeticsystem1984,worldgeodeticsystem1984ensemble"},
	{"CGCS2000", "2000 国家大地坐标系", 4490, SameAsWGS84, grs80, "china2000,cgcs2000,chinageodeticcoordinatesystem2000,china2000geodeticcoordinatesystem,chinesegeodeticcoordinatesystem2000"},
	{"NAD83", "", 4269, SameAsWGS84, grs80, "northamerican1983,northamericandatum1983,nad83"},
	{"ETRS89", "", 4258, SameAsWGS84, grs80, "etrs1989,etrs89,europeanterrestrialreferencesystem1989,europeanterrestrialreferencesystem1989ensemble"},
	{"TWD97", "TWD97", 3824, SameAsWGS84, grs80, "twd1997,twd97,taiwandatum1997"},
	{"GRS 1980", "", 4019, SameAsWGS84, grs80, "grs1980,grs80,notspecifiedbasedongrs1980ellipsoid,unknownbasedongrs80ellipsoid,unknownbasedongrs1980ellipsoid"},
	{"WGS 84 ellipsoid", "", 4030, SameAsWGS84, wgs84, "notspecifiedbasedonwgs84ellipsoid,unknownbasedonwgs84ellipsoid"},
	{"GDA94", "", 4283, SameAsWGS84, grs80, "gda1994,gda94,geocentricdatumofaustralia1994"},
	{"GDA2020", "", 7844, SameAsWGS84, grs80, "gda2020,geocentricdatumofaustralia2020"},
	{"JGD2000", "", 4612, SameAsWGS84, grs80, "jgd2000,japanesegeodeticdatum2000"},
	{"JGD2011", "", 6668, SameAsWGS84, grs80, "jgd2011,japanesegeodeticdatum2011"},
	{"Korea 2000", "", 4737, SameAsWGS84, grs80, "korea2000,geocentricdatumofkorea,korea2000geocentricdatum"},
	{"SIRGAS 2000", "", 4674, SameAsWGS84, grs80, "sirgas2000,sistemadereferenciageocentricoparalasamericas2000"},
	{"NZGD2000", "", 4167, SameAsWGS84, grs80, "nzgd2000,newzealandgeodeticdatum2000"},
	{"RGF93", "", 4171, SameAsWGS84, grs80, "rgf1993,rgf93,reseaugeodesiquefrancais1993,reseaugeodesiquefrancais1993v1"},
	{"NAD83(HARN)", "", 4152, SameAsWGS84, grs80, "northamerican1983harn,nad83highaccuracyreferencenetwork"},
	{"NAD83(NSRS2007)", "", 4759, SameAsWGS84, grs80, "nad1983nsrs2007,nad83nationalspatialreferencesystem2007"},
	{"NAD83(CSRS)", "", 4617, SameAsWGS84, grs80, "northamerican1983csrs,nad83canadianspatialreferencesystem"},
	{"NAD83(2011)", "", 6318, SameAsWGS84, grs80, "nad19832011,nad83nationalspatialreferencesystem2011"},

	{"Beijing 1954", "1954 北京坐标系", 4214, OldDatum, krassovsky, "beijing1954,beijing54"},
	{"Xian 1980", "1980 西安坐标系", 4610, OldDatum, iag75, "xian1980,xian80"},
	{"New Beijing", "新 1954 北京坐标系", 4555, OldDatum, krassovsky, "newbeijing"},
	{"Pulkovo 1942", "", 4284, OldDatum, krassovsky, "pulkovo1942"},
	{"Pulkovo 1995", "", 4200, OldDatum, krassovsky, "pulkovo1995"},
	{"Tokyo", "", 4301, OldDatum, bessel, "tokyo"},
	{"NAD27", "", 4267, OldDatum, clarke1866, "northamerican1927,northamericandatum1927,nad27"},
	{"OSGB36", "", 4277, OldDatum, airy, "osgb1936,osgb36,ordnancesurveyofgreatbritain1936"},
	{"TWD67", "TWD67", 3821, OldDatum, grs67mod, "twd1967,twd67,taiwandatum1967"},
	{"Hu Tzu Shan 1950", "虎子山坐标系", 4236, OldDatum, intl1924, "hutzushan,hutzushan1950"},
	{"ED50", "", 4230, OldDatum, intl1924, "european1950,europeandatum1950,ed50"},
	{"Hong Kong 1980", "香港 1980 坐标系", 4611, OldDatum, intl1924, "hongkong1980"},
}

// sameFamilies are the beginnings of datum names that are realisations of
// WGS 84's companions without an entry of their own.
var sameFamilies = []string{"wgs1984", "worldgeodeticsystem1984", "northamerican1983", "nad1983", "nad83",
	"etrs", "itrf", "igs", "rgf93", "rgf1993", "sirgas", "jgd2", "nzgd2", "gda2"}

var datumsByName = indexDatums()

func indexDatums() map[string]*datum {
	m := map[string]*datum{}
	for _, d := range datums {
		for name := range strings.SplitSeq(d.names, ",") {
			m[name] = d
		}
	}
	return m
}

func datumByCode(code int) *datum {
	for _, d := range datums {
		if d.code == code {
			return d
		}
	}
	return nil
}

// normal reduces a name in WKT to lower-case letters and digits.
func normal(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// findDatum recognises a datum by its name and ellipsoid. shift is the length
// of the translation to WGS 84 that the file itself states, in metres.
func findDatum(name string, el ellipsoid, shift float64) *datum {
	key := normal(strings.TrimPrefix(strings.TrimPrefix(name, "D_"), "d_"))
	if d := datumsByName[key]; d != nil && (d.el.near(el) || d.class == OldDatum) {
		if d.class == SameAsWGS84 && shift > 2 {
			return &datum{name: clip(name), class: OtherDatum, el: el}
		}
		return d
	}
	return &datum{name: clip(name), class: classify(key, el, shift), el: el}
}

// classify judges a datum that has no entry.
func classify(key string, el ellipsoid, shift float64) DatumClass {
	modern := el.near(grs80) || el.near(wgs84)
	switch {
	case el.near(auxSphere) && strings.HasSuffix(key, "majorauxiliarysphere"):
		return SameAsWGS84
	case el.f > 1./310 && el.f < 1./290 && math.Abs(el.a-wgs84.a) > 1.5:
		return OldDatum // no datum of the satellite age uses such an ellipsoid
	case !modern || shift > 2:
		return OtherDatum
	}
	for _, family := range sameFamilies {
		if strings.HasPrefix(key, family) {
			return SameAsWGS84
		}
	}
	return OtherDatum
}

// note explains to a planner what the datum means for the import.
func (d *datum) note() Text {
	zh := d.zh
	if zh == "" {
		zh = d.name
	}
	switch {
	case d.class == OldDatum:
		return say("坐标系基于旧基准“%s”，与 WGS 84 相差几十到几百米；没有当地的转换参数就不能准确换算，系统不会擅自转换。请先转换为 2000 国家大地坐标系（CGCS2000）再导入。",
			"This coordinate system uses the old datum %[2]s, tens to hundreds of metres off WGS 84. It cannot be converted accurately without local parameters, so it is not converted. Convert the file to CGCS2000 first.", zh, d.name)
	case d.class == OtherDatum:
		return say("大地基准“%s”不在内置之列，由 PROJ 判断和换算。",
			"The datum %[2]s is not built in; PROJ decides on it and converts it.", zh, d.name)
	case d.code == 4326:
		return say("坐标基于 WGS 84，无需基准转换。", "The coordinates are on WGS 84; no datum shift is needed.")
	case d.code == 4490:
		return say("2000 国家大地坐标系（CGCS2000）与 WGS 84 相差在厘米级，无需基准转换。",
			"CGCS2000 agrees with WGS 84 within centimetres; no datum shift is needed.")
	}
	return say("“%s”与 WGS 84 相差不超过约 2 米，按一致处理，不做基准转换。",
		"%[2]s agrees with WGS 84 within about 2 m and is taken as equal; no datum shift is applied.", zh, d.name)
}
