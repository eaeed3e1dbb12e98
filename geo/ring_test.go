package geo

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

func TestCleanRing(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		in, want orb.Ring
		done     RingRepair
		ok       bool
	}{
		"good":       {square(0, 0, 1), square(0, 0, 1), RingRepair{}, true},
		"open":       {square(0, 0, 1)[:4], square(0, 0, 1), RingRepair{Closed: true}, true},
		"duplicates": {orb.Ring{{0, 0}, {0, 0}, {1, 0}, {1, 0}, {1, 0}, {1, 1}, {0, 0}, {0, 0}}, orb.Ring{{0, 0}, {1, 0}, {1, 1}, {0, 0}}, RingRepair{Duplicates: 4}, true},
		"nan":        {orb.Ring{{0, 0}, {1, nan}, {1, 1}, {0, 0}}, nil, RingRepair{}, false},
		"infinite":   {orb.Ring{{0, 0}, {math.Inf(-1), 0}, {1, 1}, {0, 0}}, nil, RingRepair{}, false},
		"line":       {orb.Ring{{0, 0}, {1, 0}, {0, 0}}, nil, RingRepair{}, false},
		"point":      {orb.Ring{{0, 0}, {0, 0}, {0, 0}, {0, 0}}, nil, RingRepair{}, false},
		"nothing":    {nil, nil, RingRepair{}, false},
	} {
		got, done, err := CleanRing(slices.Clone(c.in))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && (!slices.Equal(got, c.want) || done != c.done) {
			t.Errorf("%s: %v %+v", name, got, done)
		}
	}
}

// Rings often are pieces of one buffer: closing one leaves the next alone.
func TestCleanRingKeepsItsNeighbour(t *testing.T) {
	buffer := []orb.Point{{0, 0}, {1, 0}, {1, 1}, {7, 7}}
	if r, _, err := CleanRing(buffer[:3]); err != nil || len(r) != 4 || buffer[3] != (orb.Point{7, 7}) {
		t.Errorf("%v, %v, %v", r, buffer, err)
	}
}

// clockwise is a square as ESRI wants a shell.
func clockwise(x, y, side float64) orb.Ring {
	r := square(x, y, side)
	r.Reverse()
	return r
}

func TestAssembleRings(t *testing.T) {
	for name, c := range map[string]struct {
		rings  []orb.Ring
		want   [][]int // indexes of each polygon's rings
		issues map[int]string
	}{
		"one":                  {[]orb.Ring{clockwise(0, 0, 4)}, [][]int{{0}}, nil},
		"one, turned":          {[]orb.Ring{square(0, 0, 4)}, [][]int{{0}}, map[int]string{0: RuleRingDirection}},
		"hole":                 {[]orb.Ring{clockwise(0, 0, 4), square(1, 1, 1)}, [][]int{{0, 1}}, nil},
		"hole first":           {[]orb.Ring{square(1, 1, 1), clockwise(0, 0, 4)}, [][]int{{1, 0}}, nil},
		"hole turned":          {[]orb.Ring{clockwise(0, 0, 4), clockwise(1, 1, 1)}, [][]int{{0, 1}}, map[int]string{1: RuleRingDirection}},
		"all turned":           {[]orb.Ring{square(0, 0, 4), clockwise(1, 1, 1)}, [][]int{{0, 1}}, map[int]string{0: RuleRingDirection, 1: RuleRingDirection}},
		"two":                  {[]orb.Ring{clockwise(0, 0, 4), clockwise(9, 0, 4), square(10, 1, 1)}, [][]int{{0}, {1, 2}}, nil},
		"island in hole":       {[]orb.Ring{clockwise(0, 0, 9), square(1, 1, 7), clockwise(2, 2, 5), square(3, 3, 1)}, [][]int{{0, 1}, {2, 3}}, nil},
		"hole outside":         {[]orb.Ring{clockwise(0, 0, 4), square(9, 9, 1)}, [][]int{{0}, {1}}, map[int]string{1: RuleHoleOutside}},
		"hole touches a point": {[]orb.Ring{clockwise(0, 0, 4), {{0, 0}, {2, 1}, {1, 2}, {0, 0}}}, [][]int{{0, 1}}, nil},
		"diamond":              {[]orb.Ring{clockwise(0, 0, 4), {{2, 0}, {4, 2}, {2, 4}, {0, 2}, {2, 0}}}, [][]int{{0, 1}}, nil},
		"neighbours":           {[]orb.Ring{clockwise(0, 0, 4), clockwise(4, 0, 4)}, [][]int{{0}, {1}}, nil},
		"nothing":              {nil, nil, nil},
	} {
		marks := map[*orb.Point]int{}
		for i, r := range c.rings {
			marks[&r[0]] = i
		}
		got, issues := AssembleRings(c.rings)
		var shape [][]int
		for _, p := range got {
			var ring []int
			for i, r := range p {
				ring = append(ring, marks[&r[0]])
				if counterClockwise(r) != holeSign(i > 0) {
					t.Errorf("%s: ring %d runs the wrong way", name, i)
				}
			}
			shape = append(shape, ring)
		}
		if !slices.EqualFunc(shape, c.want, slices.Equal[[]int]) {
			t.Errorf("%s: %v, want %v", name, shape, c.want)
		}
		if len(issues) != len(c.issues) {
			t.Errorf("%s: issues %v", name, issues)
		}
		for _, i := range issues {
			if c.issues[i.Ring] != i.Rule || i.Text.ZH == "" || i.Text.EN == "" {
				t.Errorf("%s: issue %+v", name, i)
			}
		}
	}
}

// A thousand islands with a lake each, in any order, find together again.
func TestAssembleManyRings(t *testing.T) {
	rings := manyRings(2000)
	var c Checker
	m, issues := AssembleRings(rings)
	if len(m) != 1000 || len(issues) != 0 || !c.PlainlyValid(m) {
		t.Errorf("%d polygons, %d issues", len(m), len(issues))
	}
}

func manyRings(n int) []orb.Ring {
	rings := make([]orb.Ring, n)
	for i := range n / 2 {
		x, y := float64(i%40)*2, float64(i/40)*2
		rings[(i*7)%(n/2)] = clockwise(x, y, 1.5)
		rings[n/2+(i*11)%(n/2)] = square(x+0.5, y+0.5, 0.5)
	}
	return rings
}

func TestOrientationOfSlivers(t *testing.T) {
	// A ring 1e-15 wide: the shoelace formula sees only noise.
	up := math.Nextafter(28, 29)
	r := orb.Ring{{113, 28}, {114, 28}, {114, up}, {113, up}, {113, 28}}
	if counterClockwise(r) != 1 {
		t.Error("the sliver runs counter-clockwise")
	}
	m := orb.MultiPolygon{{r}}
	if Orient(m) {
		t.Error("a good ring was turned")
	}
	r.Reverse()
	if !Orient(m) || counterClockwise(m[0][0]) != 1 {
		t.Error("the ring was not turned")
	}
	if a := SignedArea(square(0, 0, 2)); a != 4 {
		t.Errorf("area %v", a)
	}
}

func BenchmarkAssembleRings(b *testing.B) {
	for name, n := range map[string]int{"2": 2, "2000": 2000} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				rings := manyRings(n)
				b.StartTimer()
				AssembleRings(rings)
			}
		})
	}
}
