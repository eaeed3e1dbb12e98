package geo

// reading says of each face of an arrangement what the rings make of it.
type reading struct {
	*arrangement
	inside []bool  // in a shell of some polygon and in no hole of it
	apart  []bool  // the parity of all rings around it says otherwise
	broken []Fault // the worst rule about rings in rings that is broken there

	// The face at hand.
	turns    []int32 // how often each ring winds around it
	polygons []place // where it is in each polygon
	in       int     // how many polygons it is inside of
	stray    int     // in how many polygons it is in a hole and not in the shell
	nested   int     // in how many polygons it is in several holes
	odd      bool    // the parity of all rings around it
	seen     []bool
}

// place is where a face is in a polygon.
type place struct {
	shell bool
	holes int32
}

// read walks through all faces. x is the index of the rings.
func (a *arrangement) read(x *ringIndex) *reading {
	n := len(a.start)
	r := &reading{arrangement: a, inside: make([]bool, n), apart: make([]bool, n), broken: make([]Fault, n),
		turns: make([]int32, len(a.rings)), polygons: make([]place, a.rings[len(a.rings)-1].polygon+1), seen: make([]bool, n)}
	for g, o := range a.outer {
		if len(a.outer) > 1 {
			x.ray(a.nodes[o.west], -1)
		}
		around := make([]int32, 0, len(x.hit))
		for _, t := range x.hit {
			if x.turns[t] != 0 && a.group[t] != int32(g) {
				around = append(around, t, x.turns[t])
			}
			x.turns[t] = 0 // a ring may have been hit more than once
		}
		x.forget()
		for i := 0; i < len(around); i += 2 {
			r.turn(around[i], around[i+1])
		}
		r.walk(o.face)
		for i := 0; i < len(around); i += 2 {
			r.turn(around[i], -around[i+1])
		}
	}
	return r
}

// turn winds a ring more often around the face at hand.
func (r *reading) turn(ring, by int32) {
	was := r.turns[ring] != 0
	r.turns[ring] += by
	is := r.turns[ring] != 0
	r.odd = r.odd != (by%2 != 0)
	if was == is {
		return
	}
	p := &r.polygons[r.rings[ring].polygon]
	r.count(*p, -1)
	switch {
	case !r.rings[ring].hole:
		p.shell = is
	case is:
		p.holes++
	default:
		p.holes--
	}
	r.count(*p, 1)
}

func (r *reading) count(p place, by int) {
	switch {
	case p.shell && p.holes == 0:
		r.in += by
	case !p.shell && p.holes > 0:
		r.stray += by
	case p.holes > 1:
		r.nested += by
	}
}

// cross goes from the face on the left of a half-edge to that on its right.
func (r *reading) cross(h int32) {
	e := h / 2
	for _, u := range r.uses[r.first[e]:r.first[e+1]] {
		if u.up == (h%2 == 0) { // a ring that runs along h winds around its left
			r.turn(u.ring, -1)
		} else {
			r.turn(u.ring, 1)
		}
	}
}

// walk visits all faces of a group of rings, beginning with the one around it.
func (r *reading) walk(outer int32) {
	type step struct {
		edge, first int32
		entered     int32 // the half-edge that was crossed to get here; -1 at the beginning
	}
	r.note(outer)
	path := []step{{r.start[outer], r.start[outer], -1}}
	for len(path) > 0 {
		s := &path[len(path)-1]
		if s.edge < 0 {
			if s.entered >= 0 {
				r.cross(s.entered ^ 1)
			}
			path = path[:len(path)-1]
			continue
		}
		h := s.edge
		if s.edge = r.next[h]; s.edge == s.first {
			s.edge = -1
		}
		if f := r.face[h^1]; !r.seen[f] {
			r.cross(h)
			r.note(f)
			path = append(path, step{r.start[f], r.start[f], h})
		}
	}
}

// note writes down what holds for the face at hand.
func (r *reading) note(face int32) {
	r.seen[face] = true
	r.inside[face] = r.in > 0
	r.apart[face] = (r.in > 0) != r.odd
	switch {
	case r.stray > 0:
		r.broken[face] = FaultHoleOutside
	case r.nested > 0:
		r.broken[face] = FaultHolesNested
	case r.in > 1:
		r.broken[face] = FaultShellsNested
	}
}
