package tiles

import "slices"

// chain is a run of a ring that climbs all the way, from its lowest spot to its
// highest in the order of spots. It cannot meet itself, and two chains are
// compared in one walk along both.
type chain struct {
	low, high  int32 // places in the spots
	step       int32 // from one to the next on the way up: 1 or -1
	begin      int32 // low, but for the ring's end its begin, which is the same spot
	west, east int32 // columns
	top        spot
}

// split cuts the rings into chains.
func (o *outline) split() {
	o.chains, o.order = o.chains[:0], o.order[:0]
	for _, r := range o.rings {
		spots, last := o.spots, r.end-1
		for i := r.first; i < last; {
			c := chain{low: i, begin: i, step: 1, west: spots[i].column(), east: spots[i].column()}
			up := spots[i+1] > spots[i]
			for i < last && (spots[i+1] > spots[i]) == up {
				i++
				x := spots[i].column()
				c.west, c.east = min(c.west, x), max(c.east, x)
			}
			if c.high = i; !up {
				c.low, c.high, c.begin, c.step = i, c.low, i, -1
			}
			if c.begin == last {
				c.begin = r.first
			}
			c.top = spots[c.high]
			o.order = append(o.order, uint64(spots[c.low])<<32|uint64(len(o.chains)))
			o.chains = append(o.chains, c)
		}
	}
	slices.Sort(o.order)
}

// apart reports whether no two segments share a spot but neighbours in a ring the
// one between them. If all is set, it does not stop where two do, and appends the
// grid squares in which segments cross to the nodes.
//
// It sweeps from north to south. The chains that it is at stand in strips of
// 2^shift columns, so that each is compared with those near it.
func (o *outline) apart(all bool) bool {
	shift := o.clearStrips()
	apart := true
	for _, i := range o.order {
		bottom, d := spot(i>>32), int32(uint32(i))
		c := &o.chains[d]
		for k := c.west >> shift; k <= c.east>>shift; k++ {
			if !o.apartInStrip(k, shift, c, bottom, all) {
				if apart = false; !all {
					return false
				}
			}
			o.strips[k] = append(o.strips[k], d)
		}
	}
	return apart
}

// clearStrips makes the more strips the more chains there are.
func (o *outline) clearStrips() (shift int) {
	shift = 13 // one strip
	for n := len(o.chains) / 32; n > 1 && shift > 6; n /= 2 {
		shift--
	}
	n := (gridHigh-gridLow)>>shift + 1
	for len(o.strips) < n {
		o.strips = append(o.strips, nil)
	}
	for k := range o.strips[:n] {
		o.strips[k] = o.strips[k][:0]
	}
	return shift
}

// apartInStrip compares a chain with those in a strip whose boxes touch its own,
// in the first strip that they share.
func (o *outline) apartInStrip(k int32, shift int, d *chain, bottom spot, all bool) bool {
	apart := true
	strip := o.strips[k]
	kept := strip[:0]
	for _, a := range strip {
		c := &o.chains[a]
		if c.top < bottom {
			continue
		}
		kept = append(kept, a)
		if c.west <= d.east && d.west <= c.east && max(c.west, d.west)>>shift == k && !o.walk(c, d, all) {
			if apart = false; !all {
				break
			}
		}
	}
	o.strips[k] = kept
	return apart
}

// walk goes up two chains side by side, c from where d begins, and asks at each
// spot of one on which side of the other it is. They are apart if the answer
// stays the same. See apart for all.
func (o *outline) walk(c, d *chain, all bool) (apart bool) {
	i, j := o.reach(c, o.spots[d.low]), d.low
	side, apart := int32(0), true
	if a := o.spots[i]; a == o.spots[j] {
		apart = c.begin == d.begin
	} else if i != c.high {
		side = turn(a, o.spots[i+c.step], o.spots[j])
		apart = side != 0
	}
	for i != c.high && j != d.high && (apart || all) {
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
			if all {
				o.nodes = append(o.nodes, meeting(a, b, u, v))
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
