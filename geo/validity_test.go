package geo

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// The oracle: the definition of PlainlyValid, written as plainly as can be, with
// rational numbers and every segment against every other.

func oracleTurn(a, b, c orb.Point) int {
	r := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	sub := func(x, y float64) *big.Rat { return new(big.Rat).Sub(r(x), r(y)) }
	l := new(big.Rat).Mul(sub(b[0], a[0]), sub(c[1], a[1]))
	return l.Cmp(new(big.Rat).Mul(sub(b[1], a[1]), sub(c[0], a[0])))
}

// oracleOn reports whether p lies on the segment a–b.
func oracleOn(p, a, b orb.Point) bool {
	return oracleTurn(a, b, p) == 0 && min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) &&
		min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1])
}

func oracleTouch(a, b, c, d orb.Point) bool {
	if oracleOn(a, c, d) || oracleOn(b, c, d) || oracleOn(c, a, b) || oracleOn(d, a, b) {
		return true
	}
	return oracleTurn(a, b, c)*oracleTurn(a, b, d) < 0 && oracleTurn(c, d, a)*oracleTurn(c, d, b) < 0
}

// oracleInside reports whether p, not on the ring, is inside it.
func oracleInside(p orb.Point, r orb.Ring) bool {
	in := false
	for i := range len(r) - 1 {
		a, b := r[i], r[i+1]
		if a[1] > b[1] {
			a, b = b, a
		}
		if a[1] <= p[1] && p[1] < b[1] && oracleTurn(a, b, p) > 0 {
			in = !in
		}
	}
	return in
}

// oracleRingsMeet reports whether two rings, or one with itself, touch where
// they must not.
func oracleRingsMeet(q, r orb.Ring, same bool) bool {
	n := len(q) - 1
	for i := range n {
		for j := range len(r) - 1 {
			switch {
			case same && i >= j:
			case same && j == i+1:
				if oracleOn(q[i], r[j], r[j+1]) || oracleOn(r[j+1], q[i], q[i+1]) {
					return true
				}
			case same && i == 0 && j == n-1:
				if oracleOn(q[1], r[j], r[j+1]) || oracleOn(r[j], q[0], q[1]) {
					return true
				}
			case oracleTouch(q[i], q[i+1], r[j], r[j+1]):
				return true
			}
		}
	}
	return false
}

func oracleValid(m orb.MultiPolygon) bool {
	type place struct {
		ring    orb.Ring
		polygon int
		hole    bool
	}
	var all []place
	for i, p := range m {
		for j, r := range p {
			if len(r) < 4 || r[0] != r[len(r)-1] {
				return false
			}
			for k, c := range r {
				if math.Abs(c[0]) > 180 || math.Abs(c[1]) > 90 || c != c || k > 0 && c == r[k-1] {
					return false
				}
			}
			all = append(all, place{r, i, j > 0})
		}
		if len(p) == 0 {
			return false
		}
	}
	for i, q := range all {
		for j := i; j < len(all); j++ {
			if oracleRingsMeet(q.ring, all[j].ring, i == j) {
				return false
			}
		}
	}
	for _, q := range all {
		for i, p := range m {
			in := oracleInside(q.ring[0], p[0]) && &q.ring[0] != &p[0][0]
			holes := 0
			for _, h := range p[1:] {
				if &h[0] != &q.ring[0] && oracleInside(q.ring[0], h) {
					holes++
				}
			}
			switch {
			case i == q.polygon && (in != q.hole || holes > 0), i != q.polygon && in && holes == 0:
				return false
			}
		}
	}
	return len(m) > 0
}

// drawRing makes rings that are often, but not always, simple: points around a
// centre, on a coarse lattice so that they touch, or not.
func drawRing(t *rapid.T, cx, cy, radius float64) orb.Ring {
	n := rapid.IntRange(3, 24).Draw(t, "n")
	lattice := rapid.Bool().Draw(t, "lattice")
	var r orb.Ring
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		d := radius * rapid.Float64Range(0.3, 1).Draw(t, "d")
		p := orb.Point{cx + d*math.Cos(angle), cy + d*math.Sin(angle)}
		if lattice {
			p = orb.Point{math.Round(p[0]), math.Round(p[1])}
		}
		if len(r) == 0 || r[len(r)-1] != p {
			r = append(r, p)
		}
	}
	if n > 4 && rapid.IntRange(0, 3).Draw(t, "swap") == 0 {
		i, j := rapid.IntRange(0, len(r)-1).Draw(t, "i"), rapid.IntRange(0, len(r)-1).Draw(t, "j")
		r[i], r[j] = r[j], r[i]
	}
	return append(r, r[0])
}

func drawMultiPolygon(t *rapid.T) orb.MultiPolygon {
	var m orb.MultiPolygon
	for range rapid.IntRange(1, 3).Draw(t, "polygons") {
		cx, cy := rapid.Float64Range(-30, 30).Draw(t, "cx"), rapid.Float64Range(-30, 30).Draw(t, "cy")
		size := rapid.Float64Range(3, 30).Draw(t, "size")
		p := orb.Polygon{drawRing(t, cx, cy, size)}
		for range rapid.IntRange(0, 3).Draw(t, "holes") {
			hx, hy := cx+rapid.Float64Range(-size, size).Draw(t, "hx")/3, cy+rapid.Float64Range(-size, size).Draw(t, "hy")/3
			p = append(p, drawRing(t, hx, hy, size/6))
		}
		m = append(m, p)
	}
	return m
}

func TestPlainlyValidAgainstOracle(t *testing.T) {
	var c Checker
	yes, no := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		m := drawMultiPolygon(t)
		got, want := c.PlainlyValid(m), oracleValid(m)
		if got != want {
			t.Fatalf("%v for %v", got, m)
		}
		if got {
			yes++
		} else {
			no++
		}
	})
	if yes < 5 || no < 5 {
		t.Errorf("%d valid and %d doubtful polygons prove little", yes, no)
	}
}

func square(x, y, side float64) orb.Ring {
	return orb.Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
}

func TestPlainlyValidCases(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		m    orb.MultiPolygon
		want bool
	}{
		"square":             {orb.MultiPolygon{{square(0, 0, 4)}}, true},
		"with hole":          {orb.MultiPolygon{{square(0, 0, 4), square(1, 1, 1)}}, true},
		"island in a hole":   {orb.MultiPolygon{{square(0, 0, 9), square(1, 1, 7)}, {square(2, 2, 5)}}, true},
		"island before":      {orb.MultiPolygon{{square(2, 2, 5)}, {square(0, 0, 9), square(1, 1, 7)}}, true},
		"two":                {orb.MultiPolygon{{square(0, 0, 4)}, {square(5, 0, 4)}}, true},
		"straight neighbour": {orb.MultiPolygon{{{{0, 0}, {1, 0}, {2, 0}, {2, 2}, {0, 0}}}}, true},
		"straight at start":  {orb.MultiPolygon{{{{1, 0}, {2, 0}, {2, 2}, {0, 0}, {1, 0}}}}, true},
		"nothing":            {nil, false},
		"no rings":           {orb.MultiPolygon{{}}, false},
		"empty ring":         {orb.MultiPolygon{{{}}}, false},
		"one inside other":   {orb.MultiPolygon{{square(0, 0, 9)}, {square(2, 2, 5)}}, false},
		"same twice":         {orb.MultiPolygon{{square(0, 0, 9)}, {square(0, 0, 9)}}, false},
		"hole outside":       {orb.MultiPolygon{{square(0, 0, 4), square(6, 6, 1)}}, false},
		"hole around":        {orb.MultiPolygon{{square(1, 1, 2), square(0, 0, 9)}}, false},
		"hole in hole":       {orb.MultiPolygon{{square(0, 0, 9), square(1, 1, 7), square(2, 2, 2)}}, false},
		"hole touches":       {orb.MultiPolygon{{square(0, 0, 4), square(0, 1, 1)}}, false},
		"hole in other":      {orb.MultiPolygon{{square(0, 0, 4)}, {square(10, 0, 4), square(1, 1, 1)}}, false},
		"bow tie":            {orb.MultiPolygon{{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}}, false},
		"spike":              {orb.MultiPolygon{{{{0, 0}, {2, 0}, {1, 0}, {1, 2}, {0, 0}}}}, false},
		"spike at start":     {orb.MultiPolygon{{{{2, 0}, {1, 0}, {1, 2}, {0, 0}, {2, 0}}}}, false},
		"there and back":     {orb.MultiPolygon{{{{0, 0}, {1, 1}, {0, 0}, {0, 0}}}}, false},
		"flat":               {orb.MultiPolygon{{{{0, 0}, {1, 1}, {2, 2}, {0, 0}}}}, false},
		"eight":              {orb.MultiPolygon{{{{0, 0}, {1, 1}, {2, 0}, {2, 2}, {1, 1}, {0, 2}, {0, 0}}}}, false},
		"open":               {orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}}, false},
		"duplicate":          {orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 0}, {1, 1}, {0, 0}}}}, false},
		"not a number":       {orb.MultiPolygon{{{{0, 0}, {1, nan}, {1, 1}, {0, 0}}}}, false},
		"infinite":           {orb.MultiPolygon{{{{0, 0}, {math.Inf(1), 0}, {1, 1}, {0, 0}}}}, false},
		"off the earth":      {orb.MultiPolygon{{square(176, 0, 9)}}, false},
	} {
		var k Checker
		if got := k.PlainlyValid(c.m); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
		if oracleValid(c.m) != c.want {
			t.Errorf("%s: the oracle disagrees", name)
		}
	}
}

// Points a rounding error away from a line, tiny and huge ones: the sign is exact.
func TestOrientationIsExact(t *testing.T) {
	value := rapid.OneOf(rapid.Float64Range(-180, 180), rapid.Float64(),
		rapid.Map(rapid.IntRange(-4, 4), func(i int) float64 { return 113.5 + float64(i)*1e-14 }),
		rapid.SampledFrom([]float64{0, 5e-324, -5e-324, 1e-160, 1e-200, math.MaxFloat64, -math.MaxFloat64, 0.1, 0.2, 0.3}))
	point := rapid.Custom(func(t *rapid.T) orb.Point { return orb.Point{value.Draw(t, "x"), value.Draw(t, "y")} })
	rapid.Check(t, func(t *rapid.T) {
		a, b := point.Draw(t, "a"), point.Draw(t, "b")
		c := point.Draw(t, "c")
		if f := rapid.Float64Range(0, 1).Draw(t, "f"); rapid.Bool().Draw(t, "near") {
			c = orb.Point{a[0] + f*(b[0]-a[0]), a[1] + f*(b[1]-a[1])}
			if !finite(c) {
				return
			}
		}
		if got, want := orientation(a, b, c), oracleTurn(a, b, c); got != want {
			t.Fatalf("%d, want %d", got, want)
		}
	})
}

// star is a ring of n points whose radius wavers: a coast line.
func star(n int, seed uint64) orb.Ring {
	r := rand.New(rand.NewPCG(seed, 0))
	ring := make(orb.Ring, 0, n+1)
	radius := 1.0
	for i := range n {
		radius *= 1 + (r.Float64()-0.5)*math.Min(0.02, 20/float64(n))
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		ring = append(ring, orb.Point{113 + radius*cos, 28 + radius*sin})
	}
	return append(ring, ring[0])
}

func TestPlainlyValidLarge(t *testing.T) {
	var c Checker
	for _, n := range []int{5, 9, 17, 100, 1000, 119275} {
		ring := star(n, 7)
		if !c.PlainlyValid(orb.MultiPolygon{{ring}}) {
			t.Errorf("a star of %d points is doubtful", n)
		}
		// One point that stands on another must be found.
		ring[n/3] = ring[n/3+2]
		if c.PlainlyValid(orb.MultiPolygon{{ring}}) {
			t.Errorf("a touch among %d points was missed", n)
		}
	}
}

// Segments that all overlap with their boxes would take quadratic time: the
// checker gives up instead.
func TestPlainlyValidGivesUp(t *testing.T) {
	const n = 5000
	var comb orb.Ring
	for i := range n {
		d := float64(i) / n
		if i%2 == 0 {
			comb = append(comb, orb.Point{d - 40, d + 40}, orb.Point{d + 40, d - 40})
		} else {
			comb = append(comb, orb.Point{d + 40, d - 40}, orb.Point{d - 40, d + 40})
		}
	}
	comb = append(comb, orb.Point{-60, -60}, comb[0])
	var c Checker
	c.PlainlyValid(orb.MultiPolygon{{comb}})
	if c.budget >= 0 {
		t.Errorf("the comb was cheap: %d of the budget left", c.budget)
	}
}

func TestPlainlyValidAllocatesNothing(t *testing.T) {
	var c Checker
	m := orb.MultiPolygon{{square(0, 0, 9), square(1, 1, 7)}, {square(2, 2, 5)}}
	c.PlainlyValid(m)
	if n := testing.AllocsPerRun(100, func() { c.PlainlyValid(m) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzPlainlyValid(f *testing.F) {
	f.Add([]byte{0, 0, 4, 0, 4, 4, 0, 4, 0, 0, 255, 1, 1, 2, 1, 2, 2, 1, 1})
	f.Add([]byte{0, 0, 4, 0, 4, 4, 0, 0, 254, 5, 5, 6, 6, 6, 5, 5, 5})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 200 {
			return
		}
		m := orb.MultiPolygon{{{}}}
		for i := 0; i < len(b); i++ {
			last := len(m) - 1
			switch {
			case b[i] == 255:
				m[last] = append(m[last], orb.Ring{})
			case b[i] == 254:
				m = append(m, orb.Polygon{{}})
			case i+1 < len(b):
				hole := len(m[last]) - 1
				m[last][hole] = append(m[last][hole], orb.Point{float64(b[i]) / 3, float64(b[i+1]%64) / 7})
				i++
			}
		}
		var c Checker
		if got, want := c.PlainlyValid(m), oracleValid(m); got != want {
			t.Fatalf("%v for %v", got, m)
		}
	})
}

func BenchmarkPlainlyValid(b *testing.B) {
	for name, m := range map[string]orb.MultiPolygon{
		"5":      {{square(0, 0, 4)}},
		"20":     {{star(20, 1)}},
		"100":    {{star(100, 1)}},
		"119275": {{star(119275, 1)}},
	} {
		b.Run(name, func(b *testing.B) {
			var c Checker
			b.ReportAllocs()
			for b.Loop() {
				if !c.PlainlyValid(m) {
					b.Fatal("doubtful")
				}
			}
		})
	}
}
