package tiles

import (
	"cmp"
	"slices"
)

// chain is a run of a ring that climbs all the way, from its lowest spot to its
// highest in the order of spots. It cannot meet itself, and two chains are
// compared in one walk along both.
type chain struct {
	low, high  int32 // places in the spots
	step       int32 // from one to the next on the way up: 1 or -1
	bottom     int32 // low, but for the ring's end its begin, which is the same spot
	west, east int32 // columns
}

// split cuts the rings into chains, sorted by their lowest spot.
func (o *outline) split() {
	o.chains = o.chains[:0]
	for _, r := range o.rings {
		last := r.end - 1
		for i := r.first; i < last; {
			begin, up := i, o.spots[i+1] > o.spots[i]
			c := chain{step: -1, west: o.spots[i].column(), east: o.spots[i].column()}
			for i < last && (o.spots[i+1] > o.spots[i]) == up {
				i++
				x := o.spots[i].column()
				c.west, c.east = min(c.west, x), max(c.east, x)
			}
			c.low, c.high = i, begin
			if up {
				c.low, c.high, c.step = begin, i, 1
			}
			if c.bottom = c.low; c.low == last {
				c.bottom = r.first
			}
			o.chains = append(o.chains, c)
		}
	}
	if len(o.chains) > 2 { // the two of a convex ring begin together
		slices.SortFunc(o.chains, func(c, d chain) int {
			if n := cmp.Compare(o.spots[c.low], o.spots[d.low]); n != 0 {
				return n
			}
			return cmp.Compare(c.low, d.low)
		})
	}
}

// apart reports whether no two segments share a spot but neighbours in a ring the
// one between them.
func (o *outline) apart() bool {
	return o.pairs(func(c, d *chain) bool { return o.walk(c, d, nil) })
}

// pairs calls meet for all pairs of chains whose boxes touch, the lower one
// first, until it says false. It reports whether it never did.
func (o *outline) pairs(meet func(c, d *chain) bool) bool {
	active := o.active[:0]
	for i := range o.chains {
		d := &o.chains[i]
		bottom := o.spots[d.low]
		kept := active[:0]
		for _, a := range active {
			c := &o.chains[a]
			if o.spots[c.high] < bottom {
				continue
			}
			kept = append(kept, a)
			if c.west <= d.east && d.west <= c.east && !meet(c, d) {
				return false
			}
		}
		active = append(kept, int32(i))
	}
	o.active = active
	return true
}

// walk goes up two chains side by side, c from where d begins, and asks at each
// spot of one on which side of the other it is. They are apart if the answer
// stays the same. If cross is given, walk goes on when they meet, and calls it
// for each pair of segments that cross between their ends.
func (o *outline) walk(c, d *chain, cross func(a, b, u, v spot)) (apart bool) {
	i, j := o.reach(c, o.spots[d.low]), d.low
	side, apart := int32(0), true
	if a := o.spots[i]; a == o.spots[j] {
		apart = c.bottom == d.bottom
	} else if i != c.high {
		side = turn(a, o.spots[i+c.step], o.spots[j])
		apart = side != 0
	}
	for i != c.high && j != d.high && (apart || cross != nil) {
		a, b, u, v := o.spots[i], o.spots[i+c.step], o.spots[j], o.spots[j+d.step]
		now := int32(0)
		switch {
		case b < v:
			now = -turn(u, v, b)
			i += c.step
		case b > v:
			now = turn(a, b, v)
			j += d.step
		default:
			i, j = i+c.step, j+d.step
			if i == c.high && j == d.high && i == j { // the one that joins them
				return apart
			}
		}
		if side < 0 && now > 0 || side > 0 && now < 0 {
			apart = false
			if cross != nil {
				cross(a, b, u, v)
			}
		}
		apart = apart && now != 0
		side = now
	}
	return apart
}

// reach returns the place of the last spot of a chain that is not above s, which
// is not below its first.
func (o *outline) reach(c *chain, s spot) int32 {
	low, high := int32(0), (c.high-c.low)*c.step
	for low < high {
		if mid := (low + high + 1) / 2; o.spots[c.low+mid*c.step] <= s {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return c.low + low*c.step
}
