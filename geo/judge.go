package geo

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Fault is the rule of OGC Simple Features that a polygon breaks, in the words of
// GEOS; "" is none.
type Fault string

// The faults that Judge finds.
const (
	FaultCrossing     Fault = "Self-intersection"
	FaultTouching     Fault = "Ring Self-intersection"
	FaultHoleOutside  Fault = "Hole lies outside shell"
	FaultHolesNested  Fault = "Holes are nested"
	FaultShellsNested Fault = "Nested shells"
	FaultSplit        Fault = "Interior is disconnected"
)

// Verdict is what Judge finds.
type Verdict struct {
	Fault Fault     // "" if the polygon is valid
	At    orb.Point // a place of the fault
	// Mended is a valid polygon that covers the same area; nil if the polygon has
	// more than one meaning, or no area.
	Mended orb.MultiPolygon
	// ApartM2 is by how many square metres the readings of a polygon with more
	// than one meaning differ; 0 if it has one.
	ApartM2 float64
}

// An invalid polygon has one meaning where both of its readings agree within the
// size of a playing card, which no survey resolves, or a billionth of its area:
// crossings are rounded.
const (
	agreeM2    = 0.01
	agreeShare = 1e-9
)

// nothingM2 is an area that rounding makes out of nothing: a square millimetre.
const nothingM2 = 1e-6

// Judge decides whether a polygon is valid (OGC Simple Features, as PostGIS's
// ST_IsValid) and mends it where that has one meaning: where the faces inside of
// its polygons, a face counting as inside of a ring that winds around it, are
// those that an odd number of rings winds around. What was drawn twice counts once.
// Rings are cut where they meet,
// the faces between them taken together, and the result is judged again, so that
// nothing is called valid that is not.
//
// It reports false if it cannot tell: the rings are malformed (see PlainlyValid),
// too many segments meet, or rounding got in the way. Only PostGIS should judge
// these. Time grows with n log n.
func (c *Checker) Judge(m orb.MultiPolygon) (Verdict, bool) {
	v, r, ok := c.examine(m)
	if !ok || v.Fault == "" {
		return v, ok
	}
	apart, area := 0.0, 0.0
	for f := range r.start {
		if r.apart[f] {
			apart += r.area(int32(f))
		}
		if r.inside[f] {
			area += r.area(int32(f))
		}
	}
	scale := squareDegree(m.Bound().Center()[1])
	if !(apart*scale <= max(agreeM2, agreeShare*area*scale)) {
		v.ApartM2 = apart * scale
		return v, true
	}
	if area*scale <= nothingM2 {
		return v, true
	}
	if v.Mended, ok = r.assemble(); !ok || v.Mended == nil {
		return v, ok
	}
	if c.PlainlyValid(v.Mended) {
		return v, true
	}
	again, _, ok := c.examine(v.Mended)
	return v, ok && again.Fault == ""
}

// squareDegree returns how many square metres a square degree has at a latitude:
// M·N·cos(lat)·(π/180)² with the radii of curvature of WGS 84, M = a(1-e²)/w³ and
// N = a/w, where w² = 1 - e²·sin²(lat).
func squareDegree(lat float64) float64 {
	const a, e2 = 6378137.0, 0.00669437999014
	sin, cos := math.Sincos(lat * math.Pi / 180)
	w2 := 1 - e2*sin*sin
	return a * a * (1 - e2) / (w2 * w2) * cos * (math.Pi / 180) * (math.Pi / 180)
}

// examine finds the fault of a polygon, if any, and reads its faces.
func (c *Checker) examine(m orb.MultiPolygon) (v Verdict, r *reading, ok bool) {
	if !c.load(m) {
		return v, nil, false
	}
	once, twice, where := drawnOnce(m)
	if twice != "" && !c.load(once) {
		return v, nil, false
	}
	n, ok := c.noded()
	if !ok {
		return v, nil, false
	}
	r = arrange(&c.index).read(&c.index)
	switch at, touches := r.touching(); {
	case n.crossed:
		v.Fault, v.At = FaultCrossing, n.at
	case twice != "":
		v.Fault, v.At = twice, where
	case touches:
		v.Fault, v.At = FaultTouching, at
	default:
		v.Fault, v.At = r.misplaced()
	}
	if v.Fault == "" {
		v.Fault, v.At = r.split()
	}
	return v, r, true
}

// touching reports whether a ring passes through a place twice.
func (a *arrangement) touching() (orb.Point, bool) {
	last := make([]int32, len(a.nodes)) // one more than the last ring there
	for i, r := range a.rings {
		for _, n := range a.node[r.first:r.last] {
			if last[n] == int32(i)+1 {
				return a.nodes[n], true
			}
			last[n] = int32(i) + 1
		}
	}
	return orb.Point{}, false
}

// misplaced finds a face where rings lie in each other as they must not.
func (r *reading) misplaced() (Fault, orb.Point) {
	for f, fault := range r.broken {
		if fault != "" {
			return fault, r.nodes[r.from[r.start[f]]]
		}
	}
	return "", orb.Point{}
}

// split finds out whether rings that are known to touch in places only part the
// interior of a polygon: whether one can walk along them in a circle from one
// ring to others and back.
func (a *arrangement) split() (Fault, orb.Point) {
	type visit struct{ node, polygon, ring int32 }
	times := make([]uint8, len(a.nodes))
	for _, n := range a.node {
		times[n] = min(times[n]+1, 3) // the end of a ring repeats its beginning
	}
	var visits []visit
	for i, r := range a.rings {
		for _, n := range a.node[r.first:r.last] {
			if times[n] > 1 {
				visits = append(visits, visit{n, r.polygon, int32(i)})
			}
		}
	}
	slices.SortFunc(visits, func(v, w visit) int {
		return cmp.Or(cmp.Compare(v.node, w.node), cmp.Compare(v.polygon, w.polygon), cmp.Compare(v.ring, w.ring))
	})
	joined := newSets(len(a.rings))
	for i := 1; i < len(visits); i++ {
		v, w := visits[i-1], visits[i]
		if v.node == w.node && v.polygon == w.polygon && !joined.join(v.ring, w.ring) {
			return FaultSplit, a.nodes[v.node]
		}
	}
	return "", orb.Point{}
}
