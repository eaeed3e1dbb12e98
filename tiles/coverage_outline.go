package tiles

import "math"

// position is a place on the world of Web Mercator: 2^32 units to its side, from
// its north-west corner to the east and to the south. A unit is 9.3 mm at the
// equator. A tile of zoom z has 4096 units of 2^(20-z) of these.
type position struct{ x, y uint32 }

// outline is a multipolygon. Rings do not repeat their first point; the first
// ring of a polygon is its shell, the others are holes.
type outline struct {
	points   []position
	rings    []int32 // where each ring ends in points
	polygons []int32 // where each polygon ends in rings
}

// ring returns the points of ring i.
func (o outline) ring(i int32) []position {
	from := int32(0)
	if i > 0 {
		from = o.rings[i-1]
	}
	return o.points[from:o.rings[i]:o.rings[i]]
}

// clean returns the outline without repeated points and without the rings and
// polygons of which less than a triangle is left.
func (o outline) clean() outline {
	clean := outline{points: make([]position, 0, len(o.points))}
	ring := int32(0)
	for _, end := range o.polygons {
		for shell := ring; ring < end; ring++ {
			begin := len(clean.points)
			for _, p := range o.ring(ring) {
				if n := len(clean.points); n == begin || p != clean.points[n-1] {
					clean.points = append(clean.points, p)
				}
			}
			for n := len(clean.points); n > begin+1 && clean.points[n-1] == clean.points[begin]; n-- {
				clean.points = clean.points[:n-1]
			}
			if len(clean.points)-begin >= 3 {
				clean.rings = append(clean.rings, int32(len(clean.points)))
				continue
			}
			clean.points = clean.points[:begin]
			if ring == shell { // its holes are nothing without it
				ring = end - 1
			}
		}
		clean.endPolygon()
	}
	return clean
}

// endPolygon makes one polygon of the rings since the last one.
func (o *outline) endPolygon() {
	last := int32(0)
	if n := len(o.polygons); n > 0 {
		last = o.polygons[n-1]
	}
	if int32(len(o.rings)) > last {
		o.polygons = append(o.polygons, int32(len(o.rings)))
	}
}

// box has the bounds of something, borders included.
type box struct{ west, north, east, south uint32 }

// nowhere holds nothing; with it bounds begin.
var nowhere = box{west: math.MaxUint32, north: math.MaxUint32}

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

func (b box) meets(c box) bool {
	return b.west <= c.east && c.west <= b.east && b.north <= c.south && c.north <= b.south
}

func (b box) contains(p position) bool {
	return b.west <= p.x && p.x <= b.east && b.north <= p.y && p.y <= b.south
}

// wider returns the box and what is at most far from it.
func (b box) wider(far int64) box {
	return box{uint32(max(int64(b.west)-far, 0)), uint32(max(int64(b.north)-far, 0)),
		uint32(min(int64(b.east)+far, math.MaxUint32)), uint32(min(int64(b.south)+far, math.MaxUint32))}
}
