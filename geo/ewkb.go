package geo

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
)

// SRID is the spatial reference of everything the house stores.
const SRID = 4326

// The types of WKB, and EWKB's flag for an SRID.
const (
	wkbPoint = iota + 1
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon

	ewkbSRID = 0x20000000
)

// AppendEWKB appends g as little-endian, two-dimensional EWKB with SRID 4326 to
// dst. It allocates only where dst is too short. Points, lines, polygons and
// their collections of one kind are encoded; rings are written as they are.
// The error says that g is of another type.
func AppendEWKB(dst []byte, g orb.Geometry) ([]byte, error) {
	switch g := g.(type) {
	case orb.Point:
		return appendXY(appendHead(dst, wkbPoint, true), g), nil
	case orb.LineString:
		return appendPoints(appendHead(dst, wkbLineString, true), g), nil
	case orb.Polygon:
		return appendRings(appendHead(dst, wkbPolygon, true), g), nil
	case orb.MultiPoint:
		dst = appendCount(appendHead(dst, wkbMultiPoint, true), len(g))
		for _, p := range g {
			dst = appendXY(appendHead(dst, wkbPoint, false), p)
		}
		return dst, nil
	case orb.MultiLineString:
		dst = appendCount(appendHead(dst, wkbMultiLineString, true), len(g))
		for _, l := range g {
			dst = appendPoints(appendHead(dst, wkbLineString, false), l)
		}
		return dst, nil
	case orb.MultiPolygon:
		dst = appendCount(appendHead(dst, wkbMultiPolygon, true), len(g))
		for _, p := range g {
			dst = appendRings(appendHead(dst, wkbPolygon, false), p)
		}
		return dst, nil
	}
	kind := "nil"
	if g != nil {
		kind = g.GeoJSONType()
	}
	return dst, errorf("几何类型 %s 不能存储。", "Geometries of type %s cannot be stored.", kind)
}

func appendHead(dst []byte, kind uint32, outer bool) []byte {
	dst = append(dst, 1) // little endian
	if outer {
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(dst, kind|ewkbSRID), SRID)
	}
	return binary.LittleEndian.AppendUint32(dst, kind)
}

func appendCount(dst []byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(dst, uint32(n))
}

func appendXY(dst []byte, p orb.Point) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[1]))
}

func appendPoints(dst []byte, points []orb.Point) []byte {
	dst = appendCount(dst, len(points))
	for _, p := range points {
		dst = appendXY(dst, p)
	}
	return dst
}

func appendRings(dst []byte, rings []orb.Ring) []byte {
	dst = appendCount(dst, len(rings))
	for _, r := range rings {
		dst = appendPoints(dst, r)
	}
	return dst
}

// DecodeEWKB reads EWKB or WKB of the types that AppendEWKB writes, in either
// byte order. Further dimensions are dropped. Any SRID but 4326 or none is an
// error. Counts that the bytes cannot hold are an error before anything is
// allocated for them.
func DecodeEWKB(b []byte) (orb.Geometry, error) {
	if err := boundEWKB(b); err != nil {
		return nil, err
	}
	g, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, badEWKB(err.Error())
	}
	if s := g.SRID(); s != 0 && s != SRID {
		return nil, errorf("几何的 SRID 为 %d，应为 4326。", "The geometry's SRID is %d; it must be 4326.", s)
	}
	return fromGeom(g)
}

func badEWKB(why string) *Error {
	return errorf("几何数据（EWKB）无效：%s。", "The geometry (EWKB) is invalid: %s.", why)
}

func fromGeom(g geom.T) (orb.Geometry, error) {
	flat, stride := g.FlatCoords(), g.Stride()
	switch g := g.(type) {
	case *geom.Point:
		if g.Empty() || math.IsNaN(flat[0]) && math.IsNaN(flat[1]) { // as PostGIS writes it
			return nil, badEWKB("empty point")
		}
		return orb.Point{flat[0], flat[1]}, nil
	case *geom.LineString:
		return orb.LineString(points(flat, stride)), nil
	case *geom.Polygon:
		return polygon(flat, g.Ends(), 0, stride), nil
	case *geom.MultiPoint:
		if len(flat) != g.NumPoints()*stride {
			return nil, badEWKB("empty point")
		}
		return orb.MultiPoint(points(flat, stride)), nil
	case *geom.MultiLineString:
		m := make(orb.MultiLineString, 0, g.NumLineStrings())
		for start, i := 0, 0; i < len(g.Ends()); i++ {
			m = append(m, points(flat[start:g.Ends()[i]], stride))
			start = g.Ends()[i]
		}
		return m, nil
	case *geom.MultiPolygon:
		m, start := make(orb.MultiPolygon, 0, g.NumPolygons()), 0
		for _, ends := range g.Endss() {
			m = append(m, polygon(flat, ends, start, stride))
			if len(ends) > 0 {
				start = ends[len(ends)-1]
			}
		}
		return m, nil
	}
	return nil, badEWKB("unknown type")
}

func polygon(flat []float64, ends []int, start, stride int) orb.Polygon {
	p := make(orb.Polygon, 0, len(ends))
	for _, end := range ends {
		p = append(p, points(flat[start:end], stride))
		start = end
	}
	return p
}

// points takes x and y of every coordinate.
func points(flat []float64, stride int) []orb.Point {
	ps := make([]orb.Point, len(flat)/stride)
	for i := range ps {
		ps[i] = orb.Point{flat[i*stride], flat[i*stride+1]}
	}
	return ps
}
