package importer

import "github.com/paulmach/orb"

// eachPoint calls f with every point of a geometry whose points can be changed
// in place. A lone orb.Point is a value: f gets a copy.
func eachPoint(g orb.Geometry, f func(*orb.Point)) {
	switch g := g.(type) {
	case orb.Point:
		f(&g)
	case orb.MultiPoint:
		eachOf(g, f)
	case orb.LineString:
		eachOf(g, f)
	case orb.Ring:
		eachOf(g, f)
	case orb.MultiLineString:
		for _, l := range g {
			eachOf(l, f)
		}
	case orb.Polygon:
		for _, r := range g {
			eachOf(r, f)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			eachPoint(p, f)
		}
	case orb.Collection:
		for _, m := range g {
			eachPoint(m, f)
		}
	}
}

func eachOf(points []orb.Point, f func(*orb.Point)) {
	for i := range points {
		f(&points[i])
	}
}

// arena hands out points from blocks that are used again.
type arena struct {
	block []orb.Point
	used  int
}

// Sizes of an arena's block, in points of 16 bytes.
const (
	arenaFirst = 4096
	arenaKept  = 1 << 19
)

// take returns a copy of points.
func (a *arena) take(points []orb.Point) []orb.Point {
	n := len(points)
	if len(a.block)-a.used < n {
		a.block, a.used = make([]orb.Point, max(n, 2*len(a.block), arenaFirst)), 0
	}
	s := a.block[a.used : a.used+n : a.used+n]
	a.used += n
	copy(s, points)
	return s
}

// reset makes all points free again. A block that one huge shape asked for is
// given back.
func (a *arena) reset() {
	a.used = 0
	if len(a.block) > arenaKept {
		a.block = nil
	}
}

// clone copies a geometry into the arena. A point becomes a multipoint of one,
// whose place can be changed.
func (a *arena) clone(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return orb.MultiPoint(a.take([]orb.Point{g}))
	case orb.MultiPoint:
		return orb.MultiPoint(a.take(g))
	case orb.LineString:
		return orb.LineString(a.take(g))
	case orb.Ring:
		return orb.Polygon{orb.Ring(a.take(g))}
	case orb.MultiLineString:
		c := make(orb.MultiLineString, len(g))
		for i := range g {
			c[i] = a.take(g[i])
		}
		return c
	case orb.Polygon:
		return a.clonePolygon(g)
	case orb.MultiPolygon:
		c := make(orb.MultiPolygon, len(g))
		for i := range g {
			c[i] = a.clonePolygon(g[i])
		}
		return c
	}
	return g
}

func (a *arena) clonePolygon(p orb.Polygon) orb.Polygon {
	c := make(orb.Polygon, len(p))
	for i := range p {
		c[i] = a.take(p[i])
	}
	return c
}
