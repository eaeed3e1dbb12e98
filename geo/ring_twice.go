package geo

import (
	"slices"

	"github.com/paulmach/orb"
)

// drawnOnce leaves out what was drawn more than once: a ring walked around again,
// a hole that repeats one of its polygon, a polygon that repeats another. m stays
// as it is. The fault is that of the first repetition, if there was one.
func drawnOnce(m orb.MultiPolygon) (once orb.MultiPolygon, fault Fault, at orb.Point) {
	note := func(f Fault, r orb.Ring) {
		if fault == "" {
			fault, at = f, r[0]
		}
	}
	for _, p := range m {
		var rings orb.Polygon
		for i, r := range p {
			if n := period(r); n < len(r)-1 {
				note(FaultTouching, r)
				r = r[:n+1]
			}
			if i > 1 && slices.ContainsFunc(rings[1:], func(q orb.Ring) bool { return sameRing(q, r) }) {
				note(FaultCrossing, r)
				continue
			}
			rings = append(rings, r)
		}
		if slices.ContainsFunc(once, func(q orb.Polygon) bool { return slices.EqualFunc(q, rings, sameRing) }) {
			note(FaultCrossing, rings[0])
			continue
		}
		once = append(once, rings)
	}
	return once, fault, at
}

// period returns after how many points a closed ring repeats itself.
func period(r orb.Ring) int {
	n := len(r) - 1
	for p := 3; p <= n/2; p++ {
		if n%p == 0 && r[p] == r[0] && slices.Equal(r[p:], r[:len(r)-p]) {
			return p
		}
	}
	return n
}

// sameRing reports whether two closed rings have the same points in the same
// order, wherever they begin and whichever way they run.
func sameRing(q, r orb.Ring) bool {
	n := len(q) - 1
	if len(r) != len(q) {
		return false
	}
	for k := range n {
		if r[k] != q[0] {
			continue
		}
		forth, back := true, true
		for i := 0; i < n && (forth || back); i++ {
			forth = forth && q[i] == r[(k+i)%n]
			back = back && q[i] == r[(k+n-i)%n]
		}
		if forth || back {
			return true
		}
	}
	return false
}
