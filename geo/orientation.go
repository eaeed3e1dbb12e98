package geo

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// orientation returns the exact sign of the turn a → b → c: 1 to the left, -1 to
// the right, 0 on one line. The float filter is J. R. Shewchuk's ("Adaptive
// Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates",
// 1997); what it cannot tell is computed without rounding.
func orientation(a, b, c orb.Point) int {
	l := float64((a[0] - c[0]) * (b[1] - c[1])) // the conversions forbid fused operations
	r := float64((a[1] - c[1]) * (b[0] - c[0]))
	det := l - r
	sum := math.Abs(l) + math.Abs(r)
	// Below 1e-280 a product may have underflowed, and the bound would be wrong.
	if sum > 1e-280 && math.Abs(det) > 3.3306690738754716e-16*sum {
		return sign(det)
	}
	if a == b || b == c || a == c {
		return 0
	}
	return orientationExact(a, b, c)
}

// orientationExact computes with products of twice the precision where the
// differences are exact, as between near points, and with big numbers else.
func orientationExact(a, b, c orb.Point) int {
	acx, ok1 := exactDifference(a[0], c[0])
	bcy, ok2 := exactDifference(b[1], c[1])
	acy, ok3 := exactDifference(a[1], c[1])
	bcx, ok4 := exactDifference(b[0], c[0])
	if !(ok1 && ok2 && ok3 && ok4) {
		return orientationBig(a, b, c)
	}
	l, r := acx*bcy, acy*bcx
	if !mulIsSafe(l, acx, bcy) || !mulIsSafe(r, acy, bcx) {
		return orientationBig(a, b, c)
	}
	if l != r { // rounding keeps the order
		return sign(l - r)
	}
	return sign(math.FMA(acx, bcy, -l) - math.FMA(acy, bcx, -r))
}

// exactDifference returns a - b and whether it is free of rounding (Knuth's
// two-sum).
func exactDifference(a, b float64) (float64, bool) {
	d := a - b
	bb := a - d
	return d, (a-(d+bb))+(bb-b) == 0
}

// mulIsSafe reports whether the product p and its rounding error neither
// underflow nor overflow.
func mulIsSafe(p, x, y float64) bool {
	return x == 0 || y == 0 || math.Abs(p) > 1e-280 && math.Abs(p) < 1e300
}

// orientationBig needs no care: 4,500 bits hold the product of the differences
// of any two float64.
func orientationBig(a, b, c orb.Point) int {
	difference := func(x, y float64) *big.Float {
		return new(big.Float).SetPrec(4500).Sub(big.NewFloat(x), big.NewFloat(y))
	}
	product := func(x, y *big.Float) *big.Float { return new(big.Float).SetPrec(4500).Mul(x, y) }
	l := product(difference(a[0], c[0]), difference(b[1], c[1]))
	r := product(difference(a[1], c[1]), difference(b[0], c[0]))
	return l.Cmp(r)
}

func sign(v float64) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// touch reports whether two segments whose boxes overlap share a point.
func touch(a, b, c, d orb.Point) bool {
	if orientation(a, b, c)*orientation(a, b, d) > 0 {
		return false
	}
	return orientation(c, d, a)*orientation(c, d, b) <= 0
}

// foldsBack reports whether the segments u–v and v–w share more than v.
func foldsBack(u, v, w orb.Point) bool {
	if orientation(u, v, w) != 0 {
		return false
	}
	if u[0] != v[0] {
		return (u[0] > v[0]) == (w[0] > v[0]) && w[0] != v[0]
	}
	return (u[1] > v[1]) == (w[1] > v[1]) && w[1] != v[1]
}
