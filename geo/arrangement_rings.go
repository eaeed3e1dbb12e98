package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// border is a simple ring between faces inside and outside.
type border struct {
	ring  orb.Ring
	face  int32 // on its left, inside
	group int32 // of the rings that it is made of
}

// assemble makes polygons of the faces inside, turned as RFC 7946 wants them:
// faces that share an edge are one polygon, faces that share a place are two. It
// returns nil if nothing is inside, and false if rounding made a knot.
func (r *reading) assemble() (orb.MultiPolygon, bool) {
	borders := r.borders()
	regions := newSets(len(r.start))
	for h := range r.face {
		if f, g := r.face[h], r.face[h^1]; r.inside[f] && r.inside[g] {
			regions.join(f, g)
		}
	}
	r.joinGroups(borders, regions)
	polygonOf := map[int32]int{}
	var m orb.MultiPolygon
	for _, b := range borders {
		if counterClockwise(b.ring) <= 0 {
			continue
		}
		region := regions.root(b.face)
		if _, twice := polygonOf[region]; twice {
			return nil, false
		}
		polygonOf[region] = len(m)
		m = append(m, orb.Polygon{b.ring})
	}
	for _, b := range borders {
		if counterClockwise(b.ring) > 0 {
			continue
		}
		p, ok := polygonOf[regions.root(b.face)]
		if !ok {
			return nil, false
		}
		m[p] = append(m[p], b.ring)
	}
	return m, true
}

// borders walks along all edges between inside and outside, the inside on the
// left, and keeps to the same face's side at every node.
func (r *reading) borders() []border {
	isBorder := func(h int32) bool { return r.inside[r.face[h]] && !r.inside[r.face[h^1]] }
	done := make([]bool, len(r.from))
	at := make([]int32, len(r.nodes)) // one more than where in the path a node is
	var all []border
	var path []int32
	for first := range r.from {
		if done[first] || !isBorder(int32(first)) {
			continue
		}
		face, group := r.face[first], r.group[r.uses[r.first[first/2]].ring]
		h := int32(first)
		path = path[:0]
		for !done[h] {
			done[h] = true
			n := r.from[h]
			if i := at[n]; i > 0 { // a loop is closed: it is a ring of its own
				all = append(all, border{r.ring(path[i-1:]), face, group})
				for _, m := range path[i-1:] {
					at[m] = 0
				}
				path = path[:i-1]
			}
			path = append(path, n)
			at[n] = int32(len(path))
			for h = r.next[h]; !isBorder(h); h = r.next[h^1] {
			}
		}
		all = append(all, border{r.ring(path), face, group})
		for _, m := range path {
			at[m] = 0
		}
	}
	return all
}

// ring closes a path of nodes.
func (a *arrangement) ring(path []int32) orb.Ring {
	ring := make(orb.Ring, 0, len(path)+1)
	for _, n := range path {
		ring = append(ring, a.nodes[n])
	}
	return append(ring, ring[0])
}

// joinGroups finds the face in which a group of rings lies, for groups that are
// surrounded by the inside.
func (r *reading) joinGroups(borders []border, regions sets) {
	var shells []border
	var x ringIndex
	for _, o := range r.outer {
		if !r.inside[o.face] {
			continue
		}
		if shells == nil {
			x.reset()
			for _, b := range borders {
				if counterClockwise(b.ring) > 0 {
					x.add(b.ring, len(shells), false)
					shells = append(shells, b)
				}
			}
			x.build()
		}
		x.ray(r.nodes[o.west], -1)
		best, bestArea := int32(-1), math.Inf(1)
		for _, t := range x.hit {
			if area := SignedArea(shells[t].ring); x.parity[t] && area < bestArea && r.outer[shells[t].group] != o {
				best, bestArea = shells[t].face, area
			}
		}
		x.forget()
		if best >= 0 {
			regions.join(best, o.face)
		}
	}
}
