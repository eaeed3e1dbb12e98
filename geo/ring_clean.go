package geo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// RingRepair says what CleanRing did.
type RingRepair struct {
	Closed     bool // the first point was added at the end
	Duplicates int  // points dropped because they repeated the one before
}

// CleanRing makes the repairs of a ring that have one meaning, in place where it
// can: it drops points that repeat the one before, and closes the ring. The
// error, an *Error, says why the ring cannot be one: a coordinate is not a
// number, or fewer than three different points are left.
func CleanRing(r orb.Ring) (orb.Ring, RingRepair, error) {
	var done RingRepair
	for i, p := range r {
		if !finite(p) {
			return r, done, errorf("环的第 %d 个点的坐标不是有效数字。", "Point %d of the ring has a coordinate that is not a number.", i+1)
		}
	}
	before := len(r)
	r = slices.Compact(r)
	done.Duplicates = before - len(r)
	if n := len(r); n > 0 && r[0] != r[n-1] {
		r = append(r[:n:before], r[0]) // never over what follows in a shared buffer
		done.Closed = true
	}
	if len(r) < 4 {
		return r, done, errorf("环只有 %d 个不同的点，至少需要 3 个。", "The ring has only %d different points; it needs 3.", max(0, len(r)-1))
	}
	return r, done, nil
}

// SignedArea returns the area of a closed ring in the square of its units, positive
// if it runs counter-clockwise.
func SignedArea(r orb.Ring) float64 {
	area, _ := shoelace(r)
	return area
}

// shoelace returns the signed area and the sum of its terms' sizes.
func shoelace(r orb.Ring) (area, size float64) {
	if len(r) < 3 {
		return 0, 0
	}
	o := r[0] // near the others, so that little is lost to rounding
	for i := 1; i < len(r)-1; i++ {
		a := (r[i][0]-o[0])*(r[i+1][1]-o[1]) - (r[i][1]-o[1])*(r[i+1][0]-o[0])
		area += a
		size += math.Abs(a)
	}
	return area / 2, size / 2
}

// counterClockwise returns 1 for a ring that runs counter-clockwise, -1 for one
// that runs clockwise, 0 for one without area. It is exact for rings that do
// not cross themselves.
func counterClockwise(r orb.Ring) int {
	area, size := shoelace(r)
	if math.Abs(area) > 1e-10*size {
		return sign(area)
	}
	// A sliver: the turn at the lowest, then westernmost point decides.
	if len(r) < 4 {
		return 0
	}
	r = r[:len(r)-1]
	low := 0
	for i, p := range r {
		if p[1] < r[low][1] || p[1] == r[low][1] && p[0] < r[low][0] {
			low = i
		}
	}
	n := len(r)
	return orientation(r[(low+n-1)%n], r[low], r[(low+1)%n])
}

// Orient turns the rings of a polygon in place as RFC 7946 wants them: shells
// counter-clockwise, holes clockwise. It reports whether any ring was turned.
func Orient(m orb.MultiPolygon) (turned bool) {
	for _, p := range m {
		for i, r := range p {
			if want := holeSign(i > 0); counterClockwise(r) == -want {
				r.Reverse()
				turned = true
			}
		}
	}
	return turned
}

// holeSign is the direction that RFC 7946 gives a ring.
func holeSign(hole bool) int {
	if hole {
		return -1
	}
	return 1
}
