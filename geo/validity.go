package geo

import "github.com/paulmach/orb"

// Checker finds polygons that are valid beyond doubt. Its zero value is ready;
// its memory is reused, so that checking small polygons allocates nothing. It
// is not safe for concurrent use.
type Checker struct {
	index   ringIndex
	budget  int       // comparisons left
	collect bool      // note in met what touches, and go on
	met     []meeting // see collect
}

// PlainlyValid reports whether a polygon is certainly valid (OGC Simple Features,
// as PostGIS's ST_IsValid): coordinates finite and in the range of EPSG:4326,
// rings closed with four points or more and none repeated, no two segments
// touching but neighbours at the point they share, holes inside their shells
// and not inside each other, interiors of polygons disjoint. All comparisons
// are exact.
//
// False means doubtful, not invalid: rings may touch in a point, for example.
// Judge looks closer. Time grows with n log n on real shapes; where
// it would grow worse, the answer is doubtful.
func (c *Checker) PlainlyValid(m orb.MultiPolygon) bool {
	if !c.load(m) {
		return false
	}
	c.collect = false
	c.budget = 1000 + 16*len(c.index.points) // real shapes need less than one per point
	x := &c.index
	return c.simple(x.top(), 0) && (len(x.rings) == 1 || c.nested())
}

// load puts the rings into the index, unless one is malformed.
func (c *Checker) load(m orb.MultiPolygon) bool {
	c.index.reset()
	for i, p := range m {
		if len(p) == 0 {
			return false
		}
		for j, r := range p {
			if !wellFormed(r) {
				return false
			}
			c.index.add(r, i, j > 0)
		}
	}
	if len(m) == 0 {
		return false
	}
	c.index.build()
	return true
}

func wellFormed(r orb.Ring) bool {
	if len(r) < 4 || r[0] != r[len(r)-1] {
		return false
	}
	for i, p := range r {
		// NaN fails every comparison.
		if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90) || i > 0 && p == r[i-1] {
			return false
		}
	}
	return true
}

// spend takes one from the budget and reports whether any was left.
func (c *Checker) spend() bool {
	c.budget--
	return c.budget >= 0
}

// simple reports whether no two segments below a node touch.
func (c *Checker) simple(level, i int) bool {
	if level == 0 {
		return c.simpleLeaf(c.index.leaves[i])
	}
	a, b := 2*i, 2*i+1
	if !c.simple(level-1, a) {
		return false
	}
	return b >= c.index.count(level-1) || c.simple(level-1, b) && c.apart(level-1, a, b)
}

// apart reports whether no segment below node i touches one below node j of the
// same level; i < j.
func (c *Checker) apart(level, i, j int) bool {
	x := &c.index
	if !x.box(level, i).overlaps(x.box(level, j)) {
		return true
	}
	if !c.spend() {
		return false
	}
	if level == 0 {
		return c.leavesApart(i, j)
	}
	n := x.count(level - 1)
	for a := 2 * i; a <= 2*i+1; a++ { // i is not the last: both its children exist
		for b := 2 * j; b <= 2*j+1 && b < n; b++ {
			if !c.apart(level-1, a, b) {
				return false
			}
		}
	}
	return true
}

func (c *Checker) simpleLeaf(l leaf) bool {
	for i := l.first; i < l.end; i++ {
		for j := i + 1; j < l.end; j++ {
			if !c.segmentsApart(l.ring, l.ring, i, j) {
				return false
			}
		}
	}
	return true
}

func (c *Checker) leavesApart(i, j int) bool {
	x := &c.index
	l, m := x.leaves[i], x.leaves[j]
	other := x.box(0, j)
	for s := l.first; s < l.end; s++ {
		if !boxOf(x.points[s], x.points[s+1]).overlaps(other) {
			continue
		}
		for t := m.first; t < m.end; t++ {
			if !c.segmentsApart(l.ring, m.ring, s, t) {
				return false
			}
		}
	}
	return true
}

// segmentsApart reports whether segment s of ring q and segment t of ring r
// share no point but the one that neighbours must.
func (c *Checker) segmentsApart(q, r, s, t int32) bool {
	if c.apartOrNeighbours(q, r, s, t) {
		return true
	}
	if c.collect && c.spend() {
		c.met = append(c.met, meeting{s, t})
		return true
	}
	return false
}

func (c *Checker) apartOrNeighbours(q, r, s, t int32) bool {
	p := c.index.points
	if q == r {
		if s > t {
			s, t = t, s
		}
		ring := c.index.rings[q]
		switch {
		case t == s+1:
			return !foldsBack(p[s], p[t], p[t+1])
		case s == ring.first && t == ring.last-1:
			return !foldsBack(p[t], p[s], p[s+1])
		}
	}
	return !boxOf(p[s], p[s+1]).overlaps(boxOf(p[t], p[t+1])) || !touch(p[s], p[s+1], p[t], p[t+1])
}

// nested reports whether rings that are known not to touch lie inside each
// other as they must. Since they do not touch, one point speaks for its ring.
func (c *Checker) nested() bool {
	for i := range c.index.rings {
		clear := c.index.ray(c.index.points[c.index.rings[i].first], i)
		ok := clear && c.wellPlaced(i)
		c.index.forget()
		if !ok {
			return false
		}
	}
	return true
}

// wellPlaced judges ring i by the rings around it: a hole lies in its own shell
// and in no other hole of it; and whatever lies in the shell of another polygon
// lies in a hole of that too.
func (c *Checker) wellPlaced(i int) bool {
	x, ring := &c.index, c.index.rings[i]
	inOwnShell := false
	for _, t := range x.hit {
		around := x.rings[t]
		switch {
		case !c.spend():
			return false
		case !x.parity[t]:
		case around.polygon != ring.polygon:
			if !around.hole && !c.inHoleOf(around.polygon) {
				return false
			}
		case around.hole:
			return false
		default:
			inOwnShell = true
		}
	}
	return inOwnShell == ring.hole
}

// inHoleOf reports whether the last ray began inside a hole of a polygon.
func (c *Checker) inHoleOf(polygon int32) bool {
	for _, t := range c.index.hit {
		c.budget--
		if r := c.index.rings[t]; r.hole && r.polygon == polygon && c.index.parity[t] {
			return true
		}
	}
	return false
}
