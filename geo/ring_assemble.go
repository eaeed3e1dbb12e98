package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The rules of a RingIssue.
const (
	// RuleRingDirection: the ring lies as a shell but runs like a hole, or the
	// other way round. It was turned.
	RuleRingDirection = "ring-direction"
	// RuleHoleOutside: the ring runs like a hole, but no shell is around it,
	// although other rings run as shells do. It was taken as a shell; whether
	// that is meant only a person can say.
	RuleHoleOutside = "hole-outside"
)

// RingIssue is something that AssembleRings found wrong and what it made of it.
type RingIssue struct {
	Ring int // index in the rings given
	Rule string
	At   orb.Point // the ring's first point, in the coordinates given
	Text Text
}

// AssembleRings builds polygons from the loose rings of a shapefile's record,
// given closed and finite (see CleanRing). What lies inside what decides: a ring
// within an even number of others is a shell, one within an odd number a hole
// of the smallest around it. Where a ring's direction (ESRI: shells clockwise)
// says otherwise, the issue is reported. Shells come in the order of the file,
// and all rings are turned in place as RFC 7946 wants them. The result need not
// be valid: rings that cross each other are put together all the same.
func AssembleRings(rings []orb.Ring) (orb.MultiPolygon, []RingIssue) {
	if len(rings) == 0 {
		return nil, nil
	}
	a := newAssembly(rings)
	var issues []RingIssue
	polygonOf := make([]int, len(rings))
	var m orb.MultiPolygon
	for i, r := range rings {
		if a.hole(i) {
			continue
		}
		polygonOf[i] = len(m)
		m = append(m, orb.Polygon{r})
	}
	for i, r := range rings {
		if a.hole(i) {
			p := polygonOf[a.shell(i)]
			m[p] = append(m[p], r)
		}
		if rule := a.issue(i); rule != "" {
			issues = append(issues, RingIssue{i, rule, r[0], issueText(rule, i)})
		}
	}
	Orient(m)
	return m, issues
}

// assembly knows for each ring how many others are around it.
type assembly struct {
	depth  []int32
	parent []int32 // the smallest ring around, or -1
	turn   []int   // counterClockwise
	esri   bool    // an outermost ring runs clockwise, as ESRI wants it
}

func newAssembly(rings []orb.Ring) *assembly {
	n := len(rings)
	a := &assembly{depth: make([]int32, n), parent: make([]int32, n), turn: make([]int, n)}
	for i, r := range rings {
		a.parent[i] = -1
		a.turn[i] = counterClockwise(r)
	}
	if n > 1 {
		a.nest(rings)
	}
	for i := range rings {
		a.esri = a.esri || a.depth[i] == 0 && a.turn[i] < 0
	}
	return a
}

// nest finds depths and parents.
func (a *assembly) nest(rings []orb.Ring) {
	var x ringIndex
	x.reset()
	area := make([]float64, len(rings))
	for i, r := range rings {
		x.add(r, i, false)
		area[i] = math.Abs(SignedArea(r))
	}
	x.build()
	for i, r := range rings {
		x.probe(r, i)
		for _, t := range x.hit {
			if !x.parity[t] {
				continue
			}
			x.parity[t] = false // a ring may have been hit more than once
			// A ring cannot lie in a smaller one; where they cross, a point can.
			if area[t] < area[i] || area[t] == area[i] && int(t) > i {
				continue
			}
			a.depth[i]++
			if p := a.parent[i]; p < 0 || area[t] < area[p] {
				a.parent[i] = t
			}
		}
		x.forget()
	}
}

// probe sends a ray from a point of ring i that lies on no other ring: one of
// its points, or the middle of one of its segments. If all that were tried
// touch another ring, the last one has to do.
func (x *ringIndex) probe(r orb.Ring, i int) {
	const tries = 8
	step := max(1, (len(r)-1)/tries)
	for s := 0; s < len(r)-1; s += step {
		if x.ray(r[s], i) {
			return
		}
		x.forget()
	}
	for s := 0; s < len(r)-1; s += step {
		x.forget()
		middle := orb.Point{r[s][0] + (r[s+1][0]-r[s][0])/2, r[s][1] + (r[s+1][1]-r[s][1])/2}
		if x.ray(middle, i) {
			return
		}
	}
}

// hole reports whether ring i is a hole of the shell around it.
func (a *assembly) hole(i int) bool { return a.depth[i]%2 == 1 && a.shell(i) >= 0 }

// shell returns the smallest ring around ring i that is a shell, or -1.
func (a *assembly) shell(i int) int {
	p := a.parent[i]
	for p >= 0 && a.depth[p]%2 == 1 {
		p = a.parent[p]
	}
	return int(p)
}

// issue returns the rule that ring i's direction breaks, or "".
func (a *assembly) issue(i int) string {
	hole := a.hole(i)
	switch {
	case a.turn[i] == holeSign(hole) && a.esri && a.depth[i] == 0:
		return RuleHoleOutside
	case a.turn[i] == holeSign(hole): // ESRI's direction is the opposite
		return RuleRingDirection
	}
	return ""
}

func issueText(rule string, ring int) Text {
	if rule == RuleHoleOutside {
		return say("第 %d 个环按方向是洞，但它不在任何外环之内，已按外环处理，请核对。",
			"Ring %d runs like a hole but lies in no shell; it was taken as a shell. Please check.", ring+1)
	}
	return say("第 %d 个环的方向与它的位置不符，已按位置更正。",
		"Ring %d runs the wrong way for its place; it was turned.", ring+1)
}
