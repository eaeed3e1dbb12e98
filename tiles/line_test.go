package tiles

import (
	"math"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// linesByHand are lines in tile units and the parts of them that are drawn.
var linesByHand = []struct {
	name        string
	lines, want [][]orb.Point
}{
	{"inside", [][]orb.Point{{{1, 1}, {5, 9}, {7, 2}}}, [][]orb.Point{{{1, 1}, {5, 9}, {7, 2}}}},
	{"two", [][]orb.Point{{{1, 1}, {5, 9}}, {{8, 9}, {3, 3}}}, [][]orb.Point{{{1, 1}, {5, 9}}, {{8, 9}, {3, 3}}}},
	{"straight on", [][]orb.Point{{{1, 1}, {2, 2}, {5, 5}, {6, 7}}}, [][]orb.Point{{{1, 1}, {5, 5}, {6, 7}}}},
	{"there and back", [][]orb.Point{{{1, 1}, {5, 5}, {3, 3}}}, [][]orb.Point{{{1, 1}, {5, 5}, {3, 3}}}},
	{"a speck", [][]orb.Point{{{1.1, 1}, {1.2, 1.1}, {1, 1.3}}}, nil},
	{"one point", [][]orb.Point{{{1, 1}}}, nil},
	{"outside", [][]orb.Point{{{-80, 3}, {-70, 90}, {-99, 900}}}, nil},
	{"around a corner", [][]orb.Point{{{-80, -60}, {-60, -80}}}, nil},
	{"right through", [][]orb.Point{{{-100, 10}, {5000, 10}}}, [][]orb.Point{{{-64, 10}, {4160, 10}}}},
	{"out and in", [][]orb.Point{{{0, 0}, {-128, 0}, {-128, 64}, {0, 64}}}, [][]orb.Point{{{0, 0}, {-64, 0}}, {{-64, 64}, {0, 64}}}},
	{"out and in at one spot", [][]orb.Point{{{0, 0}, {-128, 0}, {0, 0}, {0, 9}}}, [][]orb.Point{{{0, 0}, {-64, 0}, {0, 0}, {0, 9}}}},
	{"from corner to corner", [][]orb.Point{{{-1000, -1000}, {6000, 6000}}}, [][]orb.Point{{{-64, -64}, {4160, 4160}}}},
	{"along the side", [][]orb.Point{{{-64, 5}, {-64, 9}}}, [][]orb.Point{{{-64, 5}, {-64, 9}}}},
	{"nothing", [][]orb.Point{{}}, nil},
}

func linesOf(t tester, c Coord, lines [][]orb.Point) [][]orb.Point {
	t.Helper()
	var s shape
	for _, l := range lines {
		s.add(c, l...)
	}
	f := writeOne(t, c, func(w *layerWriter) bool { return w.lines(s.points, s.ends) })
	if f == nil {
		return nil
	}
	return f.parts
}

func TestLinesByHand(t *testing.T) {
	for _, c := range linesByHand {
		if got := linesOf(t, middle, c.lines); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// checkLines encodes lines in tile units: what comes out lies on them, and they
// are covered by it as far as they are in the tile.
func checkLines(t tester, c Coord, lines [][]orb.Point) {
	t.Helper()
	parts := linesOf(t, c, lines)
	const within = 0.5*math.Sqrt2 + 0.5*math.Sqrt2 // of the grid, and of the crossing of a side
	if far := reachOf(parts, lines); far > within {
		t.Fatalf("%v goes %v away from %v", parts, far, lines)
	}
	for _, l := range lines {
		for i := range max(len(l)-1, 0) {
			for k := range 9 {
				share := float64(k) / 8
				p := orb.Point{l[i][0] + share*(l[i+1][0]-l[i][0]), l[i][1] + share*(l[i+1][1]-l[i][1])}
				inside := min(p[0]-gridLow, p[1]-gridLow, gridHigh-p[0], gridHigh-p[1])
				if far := reachOf([][]orb.Point{{p}}, parts); inside > 2 && far > within && length(l) > 2 {
					t.Fatalf("%v is %v away from %v, which is drawn of %v", p, far, parts, lines)
				}
			}
		}
	}
}

func length(l []orb.Point) (sum float64) {
	for i := range len(l) - 1 {
		sum += math.Hypot(l[i+1][0]-l[i][0], l[i+1][1]-l[i][1])
	}
	return sum
}

func TestNastyLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(5, 18).Draw(t, "zoom")
		c := Coord{Z: z, X: 1 << z / 2, Y: 1 << z / 2}
		checkLines(t, c, nasty(func(most int) int { return rapid.IntRange(0, most-1).Draw(t, "n") }))
	})
}
