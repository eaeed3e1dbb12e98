package tiles

import (
	"math/big"
	"slices"
	"testing"
)

// passedExactly follows a segment from one side of a square to the next in exact
// fractions. Square x holds x - 1/2, but not x + 1/2.
func passedExactly(low, high spot, row int32) (columns []int32) {
	dx, dy := int64(high.column()-low.column()), int64(high.row()-low.row())
	along := []*big.Rat{big.NewRat(0, 1), big.NewRat(1, 1)}
	for _, d := range []int64{max(dx, -dx), dy} {
		for i := range d { // the halves that it crosses on this axis
			along = append(along, big.NewRat(2*i+1, 2*d))
		}
	}
	slices.SortFunc(along, (*big.Rat).Cmp)
	for i := range len(along) - 1 { // and between them
		sum := new(big.Rat).Add(along[i], along[i+1])
		along = append(along, sum.Mul(sum, big.NewRat(1, 2)))
	}
	square := func(from int32, d int64, t *big.Rat) int32 {
		at := new(big.Rat).Mul(t, big.NewRat(d, 1))
		at.Add(at, big.NewRat(2*int64(from)+1, 2))
		return int32(new(big.Int).Div(at.Num(), at.Denom()).Int64()) // rounds down
	}
	for _, t := range along {
		if square(low.row(), dy, t) == row {
			columns = append(columns, square(low.column(), dx, t))
		}
	}
	return columns
}

func TestPassed(t *testing.T) {
	low := spotAt(20, 20)
	for y := int32(20); y <= 27; y++ {
		for x := int32(12); x <= 28; x++ {
			high := spotAt(x, y)
			if high <= low {
				continue
			}
			for row := low.row(); row <= high.row(); row++ {
				want := passedExactly(low, high, row)
				west, east := passed(low, high, row)
				if west != slices.Min(want) || east != slices.Max(want) {
					t.Errorf("to %d, %d: row %d is passed from %d to %d, want %v", x-20, y-20, row-low.row(), west, east, want)
				}
			}
		}
	}
}

// Edges that a knot of segments is divided into share nothing but ends.
func TestSnappedEdgesAreApart(t *testing.T) {
	var o outline
	f := middle.frame()
	for i := range 12 {
		var s shape
		for k := range 9 {
			n := float64((i*131 + k*k*37 + k*7) % 23)
			s.points = append(s.points, at(middle, n, float64((i*17+k*53+k*k*5)%19)))
		}
		o.add(&f, s.points)
	}
	o.split()
	if o.apart(false) {
		t.Fatal("the segments do not meet")
	}
	o.snap()
	for i, e := range o.edges {
		for _, g := range o.edges[i+1:] {
			a, b := turn(e.low(), e.high(), g.low()), turn(e.low(), e.high(), g.high())
			c, d := turn(g.low(), g.high(), e.low()), turn(g.low(), g.high(), e.high())
			ends := e.low() == g.low() || e.low() == g.high() || e.high() == g.low() || e.high() == g.high()
			inOneRow := e.low() <= g.high() && g.low() <= e.high()
			if inOneRow && !ends && sign(a)*sign(b) <= 0 && sign(c)*sign(d) <= 0 {
				t.Errorf("%x-%x meets %x-%x", e.low(), e.high(), g.low(), g.high())
			}
		}
	}
	if len(o.edges) < 100 {
		t.Errorf("%d edges prove little", len(o.edges))
	}
}

func sign(n int32) int {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}
