package tiles

import "math"

// ringSet is what some rings enclose: the places around which they wind so that a
// way out crosses them an odd number of times. Rings do not repeat their first
// point.
type ringSet struct {
	points []position
	ends   []int32 // ring i ends before points[ends[i]], where the next one begins
}

// ring returns the points of ring i.
func (s ringSet) ring(i int) []position {
	from := int32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.points[from:s.ends[i]:s.ends[i]]
}

// clean returns the rings without repeated points, and without the rings of which
// less than a triangle is left. Of open ones, which are lines, two points do, and the
// last may be the first again.
func (s ringSet) clean(open bool) ringSet {
	least := 3
	if open {
		least = 2
	}
	clean := ringSet{points: make([]position, 0, len(s.points)), ends: make([]int32, 0, len(s.ends))}
	for i := range s.ends {
		begin := len(clean.points)
		for _, p := range s.ring(i) {
			if n := len(clean.points); n == begin || p != clean.points[n-1] {
				clean.points = append(clean.points, p)
			}
		}
		for n := len(clean.points); !open && n > begin+1 && clean.points[n-1] == clean.points[begin]; n-- {
			clean.points = clean.points[:n-1]
		}
		if len(clean.points)-begin < least {
			clean.points = clean.points[:begin]
			continue
		}
		clean.ends = append(clean.ends, int32(len(clean.points)))
	}
	return clean
}

// box has the bounds of something, borders included.
type box struct{ west, north, east, south uint32 }

// nowhere holds nothing; with it bounds begin. everywhere is the world.
var (
	nowhere    = box{west: math.MaxUint32, north: math.MaxUint32}
	everywhere = box{east: math.MaxUint32, south: math.MaxUint32}
)

func boxOf(points []position) box {
	b := nowhere
	for _, p := range points {
		b = b.with(p)
	}
	return b
}

func (b box) with(p position) box {
	return box{min(b.west, p.x), min(b.north, p.y), max(b.east, p.x), max(b.south, p.y)}
}

func (b box) union(c box) box {
	return box{min(b.west, c.west), min(b.north, c.north), max(b.east, c.east), max(b.south, c.south)}
}

func (b box) meets(c box) bool { return !b.beyond(c) }

func (b box) contains(p position) bool {
	return b.west <= p.x && p.x <= b.east && b.north <= p.y && p.y <= b.south
}

// beyond reports whether the box is on the far side of one side of another.
func (b box) beyond(c box) bool {
	return b.east < c.west || c.east < b.west || b.south < c.north || c.south < b.north
}

// wider returns the box and what is at most far from it.
func (b box) wider(far int64) box {
	return box{uint32(max(int64(b.west)-far, 0)), uint32(max(int64(b.north)-far, 0)),
		uint32(min(int64(b.east)+far, math.MaxUint32)), uint32(min(int64(b.south)+far, math.MaxUint32))}
}
