package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// meeting is two segments that share more than neighbours must.
type meeting struct{ s, t int32 }

// cut is a place where a segment is to be divided.
type cut struct {
	segment int32
	at      orb.Point
}

// noding is what cutting the loaded rings at all their meetings found.
type noding struct {
	cuts    []cut
	crossed bool      // segments cross, or share more than a point
	at      orb.Point // the first place of that
}

// noded cuts the loaded rings wherever their segments meet, so that afterwards
// segments share nothing but ends, or are the same. Crossings fall on no double
// and are rounded, which may make new ones: it is done again until none is left.
// It reports false if that takes too long.
func (c *Checker) noded() (noding, bool) {
	const rounds = 6
	var first noding
	for round := range rounds {
		c.met, c.collect = c.met[:0], true
		c.budget = 10_000 + 64*len(c.index.points)
		ok := c.simple(c.index.top(), 0)
		c.collect = false
		if !ok {
			return first, false
		}
		n := c.meet()
		if round == 0 {
			first.crossed, first.at = n.crossed, n.at
		}
		if len(n.cuts) == 0 {
			return first, true
		}
		c.divide(n.cuts)
	}
	return first, false
}

// meet turns meetings into cuts.
func (c *Checker) meet() (n noding) {
	p := c.index.points
	for _, m := range c.met {
		a, b, u, v := p[m.s], p[m.s+1], p[m.t], p[m.t+1]
		shared := make([]orb.Point, 0, 4)
		for _, q := range [2]orb.Point{u, v} {
			if within(q, a, b) {
				shared = append(shared, q)
				n.cut(m.s, a, b, q)
			}
		}
		for _, q := range [2]orb.Point{a, b} {
			if within(q, u, v) {
				shared = append(shared, q)
				n.cut(m.t, u, v, q)
			}
		}
		switch {
		case len(shared) == 0:
			q := crossing(a, b, u, v)
			n.cut(m.s, a, b, q)
			n.cut(m.t, u, v, q)
			n.cross(q)
		case slices.ContainsFunc(shared, func(q orb.Point) bool { return q != shared[0] }):
			n.cross(shared[0])
		}
	}
	return n
}

func (n *noding) cross(at orb.Point) {
	if !n.crossed {
		n.crossed, n.at = true, at
	}
}

func (n *noding) cut(segment int32, a, b, at orb.Point) {
	if at != a && at != b {
		n.cuts = append(n.cuts, cut{segment, at})
	}
}

// within reports whether q lies on the segment a–b.
func within(q, a, b orb.Point) bool {
	return boxOf(a, b).overlaps(boxOf(q, q)) && orientation(a, b, q) == 0
}

// crossing returns where two segments that cross do so, rounded, and never
// outside of their boxes. It may be one of their ends.
func crossing(a, b, u, v orb.Point) orb.Point {
	dx, dy := b[0]-a[0], b[1]-a[1]
	ex, ey := v[0]-u[0], v[1]-u[1]
	t := ((u[0]-a[0])*ey - (u[1]-a[1])*ex) / (dx*ey - dy*ex)
	if !(t >= 0) { // NaN too, of segments that are parallel but for rounding
		t = 0
	}
	t = min(t, 1)
	q := orb.Point{a[0] + t*dx, a[1] + t*dy}
	if t > 0.5 { // from the nearer end less is lost
		q = orb.Point{b[0] - (1-t)*dx, b[1] - (1-t)*dy}
	}
	x, y := boxOf(a, b), boxOf(u, v)
	return orb.Point{
		min(max(q[0], x.west, y.west), x.east, y.east),
		min(max(q[1], x.south, y.south), x.north, y.north)}
}

// divide loads the rings again with the cuts made.
func (c *Checker) divide(cuts []cut) {
	x := &c.index
	along := func(q cut) float64 {
		a := x.points[q.segment]
		return math.Abs(q.at[0]-a[0]) + math.Abs(q.at[1]-a[1])
	}
	slices.SortFunc(cuts, func(q, r cut) int {
		if d := cmp.Compare(q.segment, r.segment); d != 0 {
			return d
		}
		return cmp.Compare(along(q), along(r))
	})
	rings := slices.Clone(x.rings)
	points := make([]orb.Point, 0, len(x.points)+len(cuts))
	for i := range rings {
		r := &rings[i]
		first := int32(len(points))
		for s := r.first; s <= r.last; s++ {
			points = append(points, x.points[s])
			for len(cuts) > 0 && cuts[0].segment == s {
				if cuts[0].at != points[len(points)-1] {
					points = append(points, cuts[0].at)
				}
				cuts = cuts[1:]
			}
		}
		r.first, r.last = first, int32(len(points))-1
	}
	x.reset()
	x.points, x.rings = append(x.points, points...), append(x.rings, rings...)
	x.build()
}
