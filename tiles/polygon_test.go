package tiles

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// middle is a tile with all others around it.
var middle = Coord{Z: 12, X: 2048, Y: 2048}

// at is a position at tile units, which need not be whole, of a tile.
func at(c Coord, x, y float64) position {
	unit := math.Exp2(float64(positionBits - extentBits - c.Z))
	side := math.Exp2(float64(positionBits - c.Z))
	const world = 1<<positionBits - 1
	return position{
		uint32(min(max(math.Floor(float64(c.X)*side+x*unit), 0), world)),
		uint32(min(max(math.Floor(float64(c.Y)*side+y*unit), 0), world))}
}

// shape is what polygon and lines take.
type shape struct {
	points []position
	ends   []int32
}

func (s *shape) add(c Coord, units ...orb.Point) {
	for _, u := range units {
		s.points = append(s.points, at(c, u[0], u[1]))
	}
	s.ends = append(s.ends, int32(len(s.points)))
}

// polygonOf encodes a polygon, checks that what comes out is valid, and returns it.
func polygonOf(t tester, c Coord, s shape) orb.MultiPolygon {
	t.Helper()
	f := writeOne(t, c, func(w *layerWriter) bool { return w.polygon(s.points, s.ends) })
	if f == nil {
		return nil
	}
	m, err := f.multiPolygon()
	if err != nil {
		t.Fatal(err)
	}
	if what := fault(m); what != "" {
		t.Fatalf("%s: %v\nfrom %v %v", what, m, s.points, s.ends)
	}
	for _, p := range m {
		for _, r := range p {
			for _, q := range r {
				if !onGrid(int32(q[0]), int32(q[1])) {
					t.Fatalf("%v is outside of the buffered tile", q)
				}
			}
		}
	}
	return m
}

func areaOf(m orb.MultiPolygon) (area float64) {
	for _, p := range m {
		for _, r := range p {
			for i := range len(r) - 1 {
				area += (r[i][0]*r[i+1][1] - r[i][1]*r[i+1][0]) / 2
			}
		}
	}
	return area
}

func square(x, y, side float64) []orb.Point {
	return []orb.Point{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}}
}

// polygonsByHand are rings in tile units, the area that comes of them and how
// many rings each polygon has.
var polygonsByHand = []struct {
	name  string
	rings [][]orb.Point
	area  float64
	want  []int
}{
	{"inside", [][]orb.Point{square(10, 10, 20)}, 400, []int{1}},
	{"with a hole", [][]orb.Point{square(10, 10, 20), square(15, 15, 5)}, 375, []int{2}},
	{"hole first", [][]orb.Point{square(15, 15, 5), square(10, 10, 20)}, 375, []int{2}},
	{"island in a hole", [][]orb.Point{square(10, 10, 20), square(12, 12, 10), square(14, 14, 2)}, 304, []int{2, 1}},
	{"covers the tile", [][]orb.Point{square(-9000, -9000, 20000)}, 4224 * 4224, []int{1}},
	{"covers it with a hole", [][]orb.Point{square(-9000, -9000, 20000), square(15, 15, 5)}, 4224*4224 - 25, []int{2}},
	{"walks around the tile", [][]orb.Point{{{-100, 5}, {-200, -300}, {-150, -90}, {900, -70}, {5000, -80}, {4300, 9}, {4400, 4400}, {50, 4200}, {-70, 4300}, {-65, 100}, {-90, 50}}}, 4224 * 4224, []int{1}},
	{"beside the tile", [][]orb.Point{square(-90, 10, 20)}, 0, nil},
	{"around a corner, outside", [][]orb.Point{{{-80, -50}, {-80, -80}, {-50, -80}}}, 0, nil},
	{"a corner of it", [][]orb.Point{square(-164, -164, 110)}, 100, []int{1}},
	{"two teeth into the tile", [][]orb.Point{{{-100, 0}, {0, 0}, {0, 10}, {-80, 10}, {-80, 20}, {0, 20}, {0, 30}, {-100, 30}}}, 2 * 640, []int{1, 1}},
	{"bow tie", [][]orb.Point{{{0, 0}, {10, 10}, {10, 0}, {0, 10}}}, 50, []int{1, 1}},
	{"hole that touches its shell", [][]orb.Point{square(0, 0, 20), {{0, 10}, {10, 5}, {10, 15}}}, 350, []int{2}},
	{"hole that touches its shell twice", [][]orb.Point{square(0, 0, 20), {{0, 10}, {10, 5}, {20, 10}, {10, 15}}}, 300, []int{1, 1}},
	{"holes that touch", [][]orb.Point{square(0, 0, 30), {{5, 10}, {10, 5}, {10, 15}}, {{15, 10}, {10, 5}, {10, 15}}}, 850, []int{2}},
	{"a pinched ring", [][]orb.Point{{{0, 0}, {20, 0}, {20, 20}, {0, 20}, {0, 10}, {10, 5}, {10, 15}, {0, 10}}}, 350, []int{2}},
	{"a spike", [][]orb.Point{{{0, 0}, {20, 0}, {20, 10}, {90, 10}, {20, 10}, {20, 20}, {0, 20}}}, 400, []int{1}},
	{"a needle", [][]orb.Point{{{0, 0}, {20, 0}, {20, 0.4}, {0, 0.4}}}, 0, nil},
	{"a speck", [][]orb.Point{square(7.1, 7.1, 0.3)}, 0, nil},
	{"the same ring twice", [][]orb.Point{square(0, 0, 20), square(0, 0, 20)}, 0, nil},
	{"neighbours", [][]orb.Point{square(0, 0, 20), {{20, 0}, {40, 0}, {40, 20}, {20, 20}}}, 800, []int{1}},
	{"a neck that closes", [][]orb.Point{{{0, 0}, {10, 0}, {10, 9.8}, {20, 9.8}, {20, 0}, {30, 0}, {30, 20}, {20, 20}, {20, 10.2}, {10, 10.2}, {10, 20}, {0, 20}}}, 400, []int{1, 1}},
	{"empty", [][]orb.Point{{}}, 0, nil},
}

func TestPolygonsByHand(t *testing.T) {
	for _, c := range polygonsByHand {
		t.Run(c.name, func(t *testing.T) {
			var s shape
			for _, r := range c.rings {
				s.add(middle, r...)
			}
			m := polygonOf(t, middle, s)
			if got := areaOf(m); got != c.area || len(m) != len(c.want) {
				t.Fatalf("area %v, want %v, in %v", got, c.area, m)
			}
			for i, p := range m {
				if len(p) != c.want[i] {
					t.Errorf("polygon %d has %d rings: %v", i, len(p), m)
				}
			}
		})
	}
}

// covered is the area that rings, in tile units, enclose of the buffered tile by
// the rule of odd and even, summed over scan lines through the middle of each of
// so many rows per unit.
func covered(rings [][]orb.Point, perUnit int) (area float64) {
	var xs []float64
	north, south := math.Inf(1), math.Inf(-1)
	for _, r := range rings {
		for _, p := range r {
			north, south = min(north, p[1]), max(south, p[1])
		}
	}
	first := int(max(north, gridLow) * float64(perUnit))
	last := int(min(south, gridHigh) * float64(perUnit))
	for row := first - 1; row <= last; row++ {
		y := (float64(row) + 0.5) / float64(perUnit)
		if y < gridLow || y > gridHigh {
			continue
		}
		xs = xs[:0]
		for _, r := range rings {
			for i, a := range r {
				b := r[(i+1)%len(r)]
				if (a[1] > y) != (b[1] > y) {
					x := a[0] + (y-a[1])*(b[0]-a[0])/(b[1]-a[1])
					xs = append(xs, min(max(x, gridLow), gridHigh))
				}
			}
		}
		area += within(xs) / float64(perUnit)
	}
	return area
}

// within is the length between each second pair of crossings.
func within(xs []float64) (length float64) {
	for i := range xs { // insertion sort: they are few
		for j := i; j > 0 && xs[j-1] > xs[j]; j-- {
			xs[j-1], xs[j] = xs[j], xs[j-1]
		}
	}
	for i := 0; i+1 < len(xs); i += 2 {
		length += xs[i+1] - xs[i]
	}
	return length
}

func perimeter(rings [][]orb.Point) (length float64) {
	for _, r := range rings {
		for i, a := range r {
			b := r[(i+1)%len(r)]
			length += math.Hypot(b[0]-a[0], b[1]-a[1])
		}
	}
	return length
}

// nasty draws rings that meet themselves and each other, with spots on top of
// one another, thin parts, and sizes from below a unit to many tiles.
func nasty(draw func(most int) int) (rings [][]orb.Point) {
	scale := []float64{0.25, 0.5, 1, 1, 3, 40, 700}[draw(7)]
	grid := []float64{1, 1, 0.5, 0.37}[draw(4)]
	x0, y0 := float64(draw(4400)-100), float64(draw(4400)-100)
	span := 4 + draw(28)
	for range 1 + draw(4) {
		n := 3 + draw(24)
		var r []orb.Point
		for len(r) < n {
			switch k := draw(8); {
			case k == 0 && len(r) > 1: // back where it was
				r = append(r, r[draw(len(r))])
			case k == 1 && len(rings) > 0: // where another ring is
				o := rings[draw(len(rings))]
				r = append(r, o[draw(len(o))])
			case k == 2 && len(r) > 0: // a short step
				last := r[len(r)-1]
				r = append(r, orb.Point{last[0] + 0.4, last[1] - 0.3})
			default:
				r = append(r, orb.Point{
					x0 + math.Round(float64(draw(span))*scale/grid)*grid,
					y0 + math.Round(float64(draw(span))*scale/grid)*grid})
			}
		}
		rings = append(rings, r)
	}
	return rings
}

// checkNasty encodes rings given in units of the tile in the middle of a zoom.
func checkNasty(t tester, z int, rings [][]orb.Point) {
	c := Coord{Z: z, X: 1 << z / 2, Y: 1 << z / 2}
	var s shape
	for _, r := range rings {
		s.add(c, r...)
	}
	m := polygonOf(t, c, s)
	// Rounding moves the ends of a segment, snapping what is between them.
	want, got := covered(rings, 4), areaOf(m)
	if slack := 3 + perimeter(rings)/2; math.Abs(want-got) > slack {
		t.Fatalf("area %v, want %v ± %v: %v from %v", got, want, slack, m, rings)
	}
}

func TestNastyPolygons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(4, 18).Draw(t, "zoom")
		checkNasty(t, z, nasty(func(most int) int { return rapid.IntRange(0, most-1).Draw(t, "n") }))
	})
}

// More of them, without the areas.
func TestManyNastyPolygons(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 20_000 {
		var s shape
		for _, ring := range nasty(r.IntN) {
			s.add(middle, ring...)
		}
		polygonOf(t, middle, s)
	}
}
