package geo

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// arrangement is the map that noded rings draw on the plane: nodes, straight
// edges between them and the faces that these enclose. Half-edge 2e runs along
// edge e from its lower node to its higher one, 2e+1 back; the twin of h is h^1.
type arrangement struct {
	rings []ringSpan
	nodes []orb.Point
	node  []int32 // of each point of the rings
	from  []int32 // of each half-edge, the node it leaves
	next  []int32 // of each half-edge, the one after it around the face on its left
	face  []int32 // of each half-edge, the one on its left
	start []int32 // of each face, some half-edge around it
	uses  []use   // sorted by edge
	first []int32 // of each edge, its first use; one more for the end
	group []int32 // of each ring: rings that hang together are a group
	outer []outer // of each group

	leaving []int32 // half-edges by the node they leave, then by angle
	begin   []int32 // of each node, where its half-edges begin; one more for the end
}

// use is a ring's segment along an edge, from the lower node or to it.
type use struct {
	low, high, ring int32
	up              bool
}

// outer is the face that surrounds a group of connected rings.
type outer struct {
	west int32 // the westernmost node of the group
	face int32
}

// arrange makes the arrangement of the rings in an index, which must be noded.
func arrange(x *ringIndex) *arrangement {
	a := &arrangement{rings: x.rings}
	a.number(x.points)
	a.link()
	a.trace()
	a.connect()
	return a
}

// number gives equal points one node and equal segments one edge.
func (a *arrangement) number(points []orb.Point) {
	known := make(map[orb.Point]int32, len(points))
	a.node = make([]int32, len(points))
	for i, p := range points {
		n, ok := known[p]
		if !ok {
			n = int32(len(a.nodes))
			known[p] = n
			a.nodes = append(a.nodes, p)
		}
		a.node[i] = n
	}
	for i, r := range a.rings {
		for s := r.first; s < r.last; s++ {
			u, v := a.node[s], a.node[s+1]
			a.uses = append(a.uses, use{min(u, v), max(u, v), int32(i), u < v})
		}
	}
	slices.SortFunc(a.uses, func(u, v use) int {
		if c := cmp.Compare(u.low, v.low); c != 0 {
			return c
		}
		return cmp.Compare(u.high, v.high)
	})
	for i, u := range a.uses {
		if i == 0 || u.low != a.uses[i-1].low || u.high != a.uses[i-1].high {
			a.first = append(a.first, int32(i))
			a.from = append(a.from, u.low, u.high)
		}
	}
	a.first = append(a.first, int32(len(a.uses)))
}

// link finds what follows each half-edge: at its head, the next one clockwise.
func (a *arrangement) link() {
	a.begin = make([]int32, len(a.nodes)+1)
	for _, n := range a.from {
		a.begin[n+1]++
	}
	for i := range a.nodes {
		a.begin[i+1] += a.begin[i]
	}
	a.leaving = make([]int32, len(a.from))
	filled := slices.Clone(a.begin[:len(a.nodes)])
	for h, n := range a.from {
		a.leaving[filled[n]] = int32(h)
		filled[n]++
	}
	a.next = make([]int32, len(a.from))
	for n := range a.nodes {
		out := a.leaving[a.begin[n]:a.begin[n+1]]
		slices.SortFunc(out, func(g, h int32) int { return a.compareDirections(a.nodes[n], g, h) })
		for i, h := range out {
			a.next[h^1] = out[(i+len(out)-1)%len(out)]
		}
	}
}

// compareDirections orders half-edges that leave p by their angle, from just
// beyond west through south, east and north to west.
func (a *arrangement) compareDirections(p orb.Point, g, h int32) int {
	u, v := a.nodes[a.from[g^1]], a.nodes[a.from[h^1]]
	if c := cmp.Compare(quarter(p, u), quarter(p, v)); c != 0 {
		return c
	}
	return -orientation(p, u, v)
}

// quarter places the direction from p to q: 0 south of it, 1 east, 2 north, 3 west.
func quarter(p, q orb.Point) int {
	switch {
	case q[1] < p[1]:
		return 0
	case q[1] > p[1]:
		return 2
	case q[0] > p[0]:
		return 1
	}
	return 3
}

// trace numbers the faces.
func (a *arrangement) trace() {
	a.face = make([]int32, len(a.from))
	for h := range a.face {
		a.face[h] = -1
	}
	for h := range a.face {
		if a.face[h] >= 0 {
			continue
		}
		f := int32(len(a.start))
		a.start = append(a.start, int32(h))
		for g := int32(h); a.face[g] < 0; g = a.next[g] {
			a.face[g] = f
		}
	}
}

// connect groups the rings that hang together and finds the face around each.
func (a *arrangement) connect() {
	groups := newSets(len(a.rings))
	ringAt := make([]int32, len(a.nodes)) // one more than some ring through the node
	for i, r := range a.rings {
		for _, n := range a.node[r.first:r.last] {
			if ringAt[n] > 0 {
				groups.join(int32(i), ringAt[n]-1)
			}
			ringAt[n] = int32(i) + 1
		}
	}
	a.group = make([]int32, len(a.rings))
	for i, r := range a.rings {
		g := groups.root(int32(i))
		if int(g) == i { // the first of its group
			a.group[i] = int32(len(a.outer))
			a.outer = append(a.outer, outer{west: a.node[r.first]})
		}
		a.group[i] = a.group[g]
		o := &a.outer[a.group[i]]
		for _, n := range a.node[r.first:r.last] {
			if a.westOf(n, o.west) {
				o.west = n
			}
		}
	}
	for i, o := range a.outer { // beyond the last half-edge is west, where nothing is
		a.outer[i].face = a.face[a.leaving[a.begin[o.west+1]-1]]
	}
}

// westOf reports whether node m lies west of node n, or on its meridian south of it.
func (a *arrangement) westOf(m, n int32) bool {
	p, q := a.nodes[m], a.nodes[n]
	return p[0] < q[0] || p[0] == q[0] && p[1] < q[1]
}

// area returns the area that a face's own edges enclose in square degrees,
// negative around a group of rings.
func (a *arrangement) area(face int32) float64 {
	sum := 0.0
	o := a.nodes[a.from[a.start[face]]]
	h := a.start[face]
	for {
		p, q := a.nodes[a.from[h]], a.nodes[a.from[h^1]]
		sum += (p[0]-o[0])*(q[1]-o[1]) - (p[1]-o[1])*(q[0]-o[0])
		if h = a.next[h]; h == a.start[face] {
			return sum / 2
		}
	}
}

// sets are numbers that are joined into sets.
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// root returns the number that speaks for the set of i.
func (s sets) root(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// join unites two sets and reports false if they were one already. The lower
// number speaks for both.
func (s sets) join(i, j int32) bool {
	i, j = s.root(i), s.root(j)
	s[max(i, j)] = min(i, j)
	return i != j
}
