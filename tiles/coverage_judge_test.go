package tiles

import (
	"cmp"
	"maps"
	"math"
	"math/big"
	"slices"
)

// What follows judges shapes by definitions. Of the coverage's own code it uses
// no more than boxes and the order of positions.

// area2 returns twice the area of a ring that has its inside on its right, as
// seen on a map; else less than zero. Of small rings it is exact.
func area2(ring []position) float64 {
	sum, o := 0.0, ring[0]
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		px, py, qx, qy := float64(p.x)-float64(o.x), float64(p.y)-float64(o.y), float64(q.x)-float64(o.x), float64(q.y)-float64(o.y)
		sum += float64(px*qy) - float64(qx*py)
	}
	return sum
}

// sideOf returns 1 for a point inside of rings by the even-odd rule, 0 on their
// lines, -1 outside.
func sideOf(p position, rings ...[]position) int {
	inside := -1
	for _, ring := range rings {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			turn := turnOf(a, b, p)
			if turn == 0 && min(a.x, b.x) <= p.x && p.x <= max(a.x, b.x) && min(a.y, b.y) <= p.y && p.y <= max(a.y, b.y) {
				return 0
			}
			if (a.y <= p.y) != (b.y <= p.y) && (turn > 0) == (a.y < b.y) {
				inside = -inside
			}
		}
	}
	return inside
}

// turnOf returns the sign of the turn a → b → c. A product of differences has 66
// bits and more than a float64 holds without rounding.
func turnOf(a, b, c position) int {
	l := (float64(b.x) - float64(a.x)) * (float64(c.y) - float64(a.y))
	r := (float64(b.y) - float64(a.y)) * (float64(c.x) - float64(a.x))
	if l != r { // rounding keeps the order
		return cmp.Compare(l, r)
	}
	difference := func(p, q uint32) *big.Int { return big.NewInt(int64(p) - int64(q)) }
	exact := new(big.Int).Mul(difference(b.x, a.x), difference(c.y, a.y))
	return exact.Cmp(new(big.Int).Mul(difference(b.y, a.y), difference(c.x, a.x)))
}

type segment struct{ a, b position }

// segmentsOf returns the segments of shapes in the direction that the rings have.
func segmentsOf(shapes ...ringSet) []segment {
	var all []segment
	for _, s := range shapes {
		for _, ring := range ringsOf(s) {
			for k, p := range ring {
				all = append(all, segment{p, ring[(k+1)%len(ring)]})
			}
		}
	}
	return all
}

func ringsOf(s ringSet) [][]position {
	var rings [][]position
	for i := range s.ends {
		rings = append(rings, s.ring(i))
	}
	return rings
}

// meetings returns the pairs of segments that have more in common than an end:
// they cross, an end of one is inside the other, or they overlap. Equal segments
// count once.
func meetings(all []segment) [][2]segment {
	size := uint64(1)
	for i, s := range all {
		if westFirst(s.b, s.a) < 0 {
			all[i] = segment{s.b, s.a}
		}
		b := boxOf([]position{s.a, s.b})
		size += uint64(b.east-b.west) + uint64(b.south-b.north)
	}
	slices.SortFunc(all, func(s, t segment) int { return cmp.Or(westFirst(s.a, t.a), westFirst(s.b, t.b)) })
	all = slices.Compact(all)
	cell := uint32(size/uint64(len(all)+1)) + 1 // as long as a segment, so that few are in each
	type place struct{ x, y uint32 }
	at := map[place][]segment{}
	found := map[[2]segment]bool{}
	for _, s := range all {
		b := boxOf([]position{s.a, s.b})
		for y := b.north / cell; y <= b.south/cell; y++ {
			for x := b.west / cell; x <= b.east/cell; x++ {
				for _, t := range at[place{x, y}] {
					if meet(t, s) {
						found[[2]segment{t, s}] = true
					}
				}
				at[place{x, y}] = append(at[place{x, y}], s)
			}
		}
	}
	return slices.Collect(maps.Keys(found))
}

func meet(s, t segment) bool {
	if !boxOf([]position{s.a, s.b}).meets(boxOf([]position{t.a, t.b})) {
		return false
	}
	inside := func(p position, s segment) bool {
		return p != s.a && p != s.b && sideOf(p, []position{s.a, s.b}) == 0
	}
	if inside(s.a, t) || inside(s.b, t) || inside(t.a, s) || inside(t.b, s) {
		return true
	}
	if s.a == t.a || s.a == t.b || s.b == t.a || s.b == t.b {
		return false
	}
	return turnOf(s.a, s.b, t.a) != turnOf(s.a, s.b, t.b) && turnOf(t.a, t.b, s.a) != turnOf(t.a, t.b, s.b)
}

// distanceTo returns how far a point is from the nearest of some segments.
func distanceTo(p position, all []segment) float64 {
	best := math.Inf(1)
	for _, s := range all {
		dx, dy := float64(s.b.x)-float64(s.a.x), float64(s.b.y)-float64(s.a.y)
		px, py := float64(p.x)-float64(s.a.x), float64(p.y)-float64(s.a.y)
		t := 0.0
		if l := dx*dx + dy*dy; l > 0 {
			t = min(max((px*dx+py*dy)/l, 0), 1)
		}
		best = min(best, math.Hypot(px-t*dx, py-t*dy))
	}
	return best
}
