package tiles

import (
	"math"
	"slices"

	"github.com/lintu-map/lintu"
)

// Simplification
//
// From zoom to zoom downwards, vertices are taken out of the arcs that are left
// of the zoom above, the one of the smallest triangle with its neighbours first
// (M. Visvalingam and J. D. Whyatt, "Line generalisation by repeated
// elimination of points", 1993). A vertex stays where its going would
//
//   - lead the line farther than one tile unit of that zoom from any vertex of
//     the original (the bound of D. H. Douglas and T. K. Peucker, 1973). A tile
//     unit is an eighth of a pixel where a tile is drawn on 512, and at most half
//     a dot of a screen of double density before the next zoom takes over;
//   - sweep over another vertex of the zoom above, or a label: its triangle holds
//     one (the rule of A. Saalfeld, "Topologically consistent line simplification
//     with the Douglas-Peucker algorithm", 1999). So arcs that do not cross at one
//     zoom do not cross at the next: where the new segment of an arc crossed one
//     of another, each arc's straight line would have to leave what the other has
//     swept, and it could only by ending in it. And what is on one side of a border
//     stays there: small islands, neighbours, labels;
//   - leave a ring without area: a ring of one arc keeps three vertices, arcs that
//     end at the same two nodes keep one between these. So do lines.
//
// The obstacles of a zoom are the vertices of the zoom above, whatever else goes
// at the same zoom. So what becomes of an arc depends on it and on them, not on
// the order of the work, and all arcs of a zoom can be thinned at the same time.

// thinner takes vertices out of arcs at one zoom.
type thinner struct {
	*coverage
	zoom      int
	obstacles obstacles // the vertices of the zoom above, and the labels

	left  []uint32 // those of the arc at hand that are left: indexes of points
	areas []int64  // of each, twice its triangle's area, or stays
}

// stays is the area of what cannot go, or not before a neighbour has gone.
const stays = math.MaxInt64

// tileUnit returns how many units of position a tile unit is.
func tileUnit(zoom int) int64 { return 1 << (20 - zoom) }

// reset is the state of all vertices that the zoom above has: none has gone yet.
func (t *thinner) reset(a arc) {
	t.left = t.left[:0]
	for i := a.from; i < a.to; i++ {
		if t.zooms[i] <= int8(t.zoom+1) {
			t.zooms[i] = min(t.zooms[i], 0)
			t.left = append(t.left, i)
		}
	}
}

// thin works out which vertices of an arc are not drawn at the zoom. Of the
// vertices, ends included, at least some stay.
func (t *thinner) thin(number uint32, least int) {
	a := t.arcs[number]
	t.reset(a)
	if len(t.left) <= least || tooWide(a.box) {
		return
	}
	t.areas = append(t.areas[:0], stays)
	for i := 1; i < len(t.left)-1; i++ {
		t.areas = append(t.areas, t.area(i))
	}
	t.areas = append(t.areas, stays)
	for len(t.left) > least {
		i := smallest(t.areas)
		switch {
		case t.areas[i] == stays:
			return
		case !t.isNear(i) || t.sweeps(a, i):
			t.areas[i] = stays
			continue
		}
		t.zooms[t.left[i]] = int8(t.zoom + 1)
		t.left = slices.Delete(t.left, i, i+1)
		t.areas = slices.Delete(t.areas, i, i+1)
		for _, k := range []int{i - 1, i} {
			if k > 0 && k < len(t.left)-1 {
				t.areas[k] = t.area(k)
			}
		}
	}
}

// tooWide reports whether products of differences could overflow: an arc across
// half of the world is drawn as it is.
func tooWide(b box) bool { return b.east-b.west >= 1<<31 || b.south-b.north >= 1<<31 }

func smallest(areas []int64) int {
	best := 0
	for i, a := range areas {
		if a < areas[best] {
			best = i
		}
	}
	return best
}

// area returns twice the area of the triangle of what is left at i.
func (t *thinner) area(i int) int64 {
	d := cross(t.points[t.left[i-1]], t.points[t.left[i]], t.points[t.left[i+1]])
	return max(d, -d)
}

// isNear reports whether all vertices between the neighbours of i are within a
// tile unit of the straight line between these.
func (t *thinner) isNear(i int) bool {
	from, to := t.left[i-1], t.left[i+1]
	for k := from + 1; k < to; k++ {
		if !isWithin(tileUnit(t.zoom), t.points[k], t.points[from], t.points[to]) {
			return false
		}
	}
	return true
}

// sweeps reports whether the triangle of i holds an obstacle. Vertices of the
// arc itself that have gone at this zoom are none.
func (t *thinner) sweeps(own arc, i int) bool {
	p, q, r := t.points[t.left[i-1]], t.points[t.left[i]], t.points[t.left[i+1]]
	return t.obstacles.any(boxOf([]position{p, q, r}), func(o obstacle) bool {
		if o.at == p || o.at == r || !inTriangle(o.at, p, q, r) {
			return false
		}
		mine := o.point >= own.from && o.point < own.to
		return !mine || o.point != t.left[i] && t.zooms[o.point] <= int8(t.zoom)
	})
}

// cross returns twice the signed area of the triangle of three points, whose
// differences must be less than 2^31.
func cross(p, q, r position) int64 {
	a, b := offsetTo(p, q), offsetTo(p, r)
	return a.x*b.y - a.y*b.x
}

type offset struct{ x, y int64 }

func offsetTo(from, to position) offset {
	return offset{int64(to.x) - int64(from.x), int64(to.y) - int64(from.y)}
}

func (d offset) dot(e offset) int64 { return d.x*e.x + d.y*e.y }

// inTriangle reports whether p is in the triangle or on its border, where it may
// have no area.
func inTriangle(p, a, b, c position) bool {
	u, v, w := cross(a, b, p), cross(b, c, p), cross(c, a, p)
	return (u >= 0 && v >= 0 && w >= 0) || (u <= 0 && v <= 0 && w <= 0)
}

// isWithin reports whether p is at most far from the straight line from a to b. The
// float products, which nothing is added to, are the same on every machine.
func isWithin(far int64, p, a, b position) bool {
	ab, ap := offsetTo(a, b), offsetTo(a, p)
	length := ab.dot(ab)
	switch along := ap.dot(ab); {
	case along <= 0:
		return ap.dot(ap) <= far*far
	case along >= length:
		bp := offsetTo(b, p)
		return bp.dot(bp) <= far*far
	}
	d := float64(ab.x*ap.y - ab.y*ap.x)
	return d*d <= float64(far*far)*float64(length)
}

// topZoom is the last zoom at which vertices are left out.
const topZoom = lintu.MaxZoom - 1
