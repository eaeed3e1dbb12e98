package tiles

import "slices"

// faces is what the edges of an outline enclose. A face is a part of the inside
// that hangs together; it is bounded by one shell and perhaps holes.
type faces struct {
	edges []side
	loops []loop
	spots []spot // of all loops

	status []int32 // edges that the sweep is at, from west to east
	around []int32 // edges around a node, in their order
	path   []int32 // edges that trace has followed
	at     []int32 // of each node, one more than where in the path it is
}

// side is the side of an edge on which a face lies: along it, the face lies where
// turn is positive.
type side struct {
	from int32 // the node that it leaves
	next int32 // the edge after it around the face
	left int32 // the edge that the sweep found before this one in the row, or -1
	loop int32 // that it is part of; -1 before it is traced
	up   bool  // it leads from the lower spot to the higher
}

// loop is a ring around a face, or around a hole in it.
type loop struct {
	spots span
	edge  int32 // one that leaves the lowest spot
	hole  bool
	shell int32 // of the same face; of a hole at first just some loop of it
	next  int32 // hole of the same shell, or -1
}

// assemble finds the faces that the edges enclose.
func (o *outline) assemble() {
	f := &o.faces
	f.edges = slices.Grow(f.edges[:0], len(o.edges))[:len(o.edges)]
	o.sweep()
	o.trace()
	f.gather()
}

// sweep goes through the nodes from north-west to south-east and holds the edges
// that it is at from west to east. Left of the first is outside, and every edge
// leads from outside to inside or back: so each edge learns where its face is,
// and each node which edges follow one another around a face.
func (o *outline) sweep() {
	f := &o.faces
	f.status = f.status[:0]
	begin := 0
	for n, v := range o.nodes {
		end := begin
		for end < len(o.edges) && o.edges[end].low() == v {
			end++
		}
		at := o.placeOf(v)
		gone := at
		for gone < len(f.status) && o.edges[f.status[gone]].high() == v {
			gone++
		}
		f.around = o.fan(f.around[:0], begin, end)
		for i := gone; i > at; i-- {
			f.around = append(f.around, f.status[i-1])
		}
		begins := f.around[:end-begin]
		f.status = slices.Replace(f.status, at, gone, begins...)
		for i, e := range begins {
			s := side{left: -1, loop: -1, up: (at+i)%2 == 1}
			if at+i > 0 {
				s.left = f.status[at+i-1]
			}
			f.edges[e] = s
		}
		f.link(int32(n), len(begins))
		begin = end
	}
}

// placeOf returns how many edges at the sweep lie west of a node.
func (o *outline) placeOf(v spot) int {
	low, high := 0, len(o.faces.status)
	for low < high {
		mid := (low + high) / 2
		if e := o.edges[o.faces.status[mid]]; turn(e.low(), e.high(), v) < 0 {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// fan appends the edges from begin to end, which leave one node, from west to
// east.
func (o *outline) fan(to []int32, begin, end int) []int32 {
	for i := begin; i < end; i++ {
		e, at := o.edges[i], len(to)
		for at > 0 && turn(e.low(), e.high(), o.edges[to[at-1]].high()) < 0 {
			at--
		}
		to = slices.Insert(to, at, int32(i))
	}
	return to
}

// link joins the edges around a node. They stand in their order around it, first
// those that begin at it, and by turns lead to it and from it.
func (f *faces) link(node int32, begins int) {
	for i, e := range f.around {
		s := &f.edges[e]
		if leaves := s.up == (i < begins); leaves {
			s.from = node
		} else {
			s.next = f.around[(i+1)%len(f.around)]
		}
	}
}

// trace follows the edges around the faces. Where a way comes to a node again, a
// loop is closed and stands by itself, so that no loop touches itself.
func (o *outline) trace() {
	f := &o.faces
	f.loops, f.spots = f.loops[:0], f.spots[:0]
	f.at = slices.Grow(f.at[:0], len(o.nodes))[:len(o.nodes)]
	clear(f.at)
	for first := range f.edges {
		f.path = f.path[:0]
		for e := int32(first); f.edges[e].loop < 0; e = f.edges[e].next {
			n := f.edges[e].from
			if i := f.at[n]; i > 0 {
				o.closeLoop(i - 1)
			}
			f.path = append(f.path, e)
			f.at[n] = int32(len(f.path))
			f.edges[e].loop = int32(len(f.loops))
		}
		if len(f.path) > 0 {
			o.closeLoop(0)
		}
	}
}

// closeLoop makes a loop of the path from one of its edges on.
func (o *outline) closeLoop(begin int32) {
	f := &o.faces
	edges := f.path[begin:]
	f.path = f.path[:begin]
	number := int32(len(f.loops))
	l := loop{edge: edges[0], next: -1, shell: number}
	low := 0
	o.ring = o.ring[:0]
	for i, e := range edges {
		n := f.edges[e].from
		f.at[n] = 0
		f.edges[e].loop = number
		o.ring = append(o.ring, o.nodes[n])
		if n < f.edges[l.edge].from {
			l.edge, low = e, i
		}
	}
	before, after := edges[(low+len(edges)-1)%len(edges)], edges[(low+1)%len(edges)]
	l.hole = turn(o.start(before), o.start(l.edge), o.start(after)) < 0
	if l.hole {
		l.shell = -1
	}
	first := int32(len(f.spots))
	f.spots = append(f.spots, o.ring.straight()...)
	l.spots = span{first, int32(len(f.spots))}
	f.loops = append(f.loops, l)
}

// start is the spot that an edge leaves on its way around its face.
func (o *outline) start(e int32) spot { return o.nodes[o.faces.edges[e].from] }

// gather gives each hole to the shell around it: next to its lowest spot in the
// west is an edge of the same face.
func (f *faces) gather() {
	for i := range f.loops {
		if f.loops[i].hole {
			f.shellOf(int32(i))
		}
	}
	for i := len(f.loops) - 1; i >= 0; i-- { // backwards, so that chains run forwards
		if h := &f.loops[i]; h.hole {
			shell := &f.loops[h.shell]
			h.next, shell.next = shell.next, int32(i)
		}
	}
}

// shellOf returns the shell of a loop's face, and notes it for all holes on the
// way to it.
func (f *faces) shellOf(i int32) int32 {
	shell := i
	for f.loops[shell].hole && f.loops[shell].shell < 0 {
		shell = f.edges[f.edges[f.loops[shell].edge].left].loop
	}
	shell = f.loops[shell].shell
	for f.loops[i].shell < 0 {
		next := f.edges[f.edges[f.loops[i].edge].left].loop
		f.loops[i].shell = shell
		i = next
	}
	return shell
}

// drawFaces appends the faces to a path, each shell with its holes behind it.
func (o *outline) drawFaces(p *path) {
	f := &o.faces
	for i := range f.loops {
		if f.loops[i].hole {
			continue
		}
		for l := int32(i); l >= 0; l = f.loops[l].next {
			r := f.loops[l].spots
			p.ring(f.spots[r.first:r.end])
		}
	}
}
