package tiles

import "slices"

// outline makes the polygons of one feature on the grid of the buffered tile
// from its rings. Most are a single ring that is simple on the grid as it was in
// the world, which outline finds out and draws at once. The others are divided
// where their segments meet (snap.go), and put together anew (faces.go).
//
// Package geo mends polygons too, but answers other questions: it works on
// floating point, says what is wrong and where, and gives up rather than change
// what somebody drew. Here all numbers have 13 bits, so that products are exact,
// and half a tile unit may always be given up; nothing is allocated.
type outline struct {
	spots  []spot // of all rings, each with its lowest first and repeated at its end
	rings  []span
	chains []chain
	order  []uint64  // of the chains, by their lowest spots
	strips [][]int32 // chains that the sweep is at, by their columns

	nodes []spot  // in order, each once: where edges may begin and end
	rows  []int32 // where in the nodes each row begins, from that of the first; one more for the end
	edges []edge  // in order, each once: the borders between inside and outside
	faces faces

	ring ring // the one under way
}

// span is a part of a slice.
type span struct{ first, end int32 }

func (o *outline) reset() { o.spots, o.rings = o.spots[:0], o.rings[:0] }

// add clips a ring and keeps what is left of it.
func (o *outline) add(f *frame, points []position) {
	o.ring = o.ring[:0].clip(f, points)
	r := o.ring
	low, bent := r.lowest()
	if !bent {
		if r = r.straight(); r == nil {
			return
		}
		low, _ = r.lowest() // which bends everywhere now
	}
	first := int32(len(o.spots))
	o.spots = append(append(o.spots, r[low:]...), r[:low+1]...)
	o.rings = append(o.rings, span{first, int32(len(o.spots))})
}

// draw appends what the rings enclose to a path, if they enclose anything.
func (o *outline) draw(p *path) {
	if len(o.rings) == 0 {
		return
	}
	if len(o.rings) == 1 && starShaped(o.spots) {
		o.drawRing(p)
		return
	}
	o.split()
	switch apart := o.apart(false); {
	case !apart:
		o.snap()
	case len(o.rings) == 1:
		o.drawRing(p)
		return
	default:
		o.keepEdges()
	}
	o.assemble()
	o.drawFaces(p)
}

// starShaped reports whether all of a closed ring is seen from its middle, as it is
// of most parcels and buildings: it goes around the middle once, and never back.
// Such a ring is simple.
func starShaped(spots []spot) bool {
	var x, y int
	for _, s := range spots[1:] {
		x, y = x+int(s.column()), y+int(s.row())
	}
	n := len(spots) - 1
	middle := spot(y/n<<16 | x/n)
	if turn(middle, spots[0], spots[1]) < 0 {
		return goesAround(middle, spots, -1)
	}
	return goesAround(middle, spots, 1)
}

// goesAround reports whether a closed ring turns around a spot in one direction
// only, and once: whether it comes from its row or above to below one time.
func goesAround(middle spot, spots []spot, direction int32) bool {
	times := uint32(0)
	x, y := spots[0].column()-middle.column(), spots[0].row()-middle.row()
	for _, s := range spots[1:] {
		toX, toY := s.column()-middle.column(), s.row()-middle.row()
		if (x*toY-y*toX)*direction <= 0 {
			return false
		}
		times += uint32(-toY&^-y) >> 31 // 1 where it comes to below, else 0
		x, y = toX, toY
	}
	return times == 1
}

// drawRing appends the only ring to a path.
func (o *outline) drawRing(p *path) {
	spots := o.spots[:len(o.spots)-1]
	if turn(spots[len(spots)-1], spots[0], spots[1]) < 0 {
		slices.Reverse(spots)
	}
	p.ring(spots)
}
