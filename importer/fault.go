package importer

import (
	"math"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// fault is a rule of the OGC that GEOS found broken. Its text takes the number
// of the ring and the place.
type fault struct {
	reason string // how GEOS's sentence begins
	rule   string
	text   lintu.Text
}

var faults = []fault{
	{"Self-intersection", ruleSelfCrossing, lintu.Text{ZH: "第 %d 个环在 %s 自相交", EN: "ring %d crosses itself at %s"}},
	{"Ring Self-intersection", "ring-self-touching", lintu.Text{ZH: "第 %d 个环在 %s 与自身相接", EN: "ring %d touches itself at %s"}},
	{"Hole lies outside shell", "hole-outside-shell", lintu.Text{ZH: "第 %d 个环是洞，但不在外环之内（%s）", EN: "ring %d is a hole outside its shell at %s"}},
	{"Holes are nested", "holes-nested", lintu.Text{ZH: "第 %d 个环是洞中之洞（%s）", EN: "ring %d is a hole in a hole at %s"}},
	{"Nested shells", "shells-nested", lintu.Text{ZH: "第 %d 个环是外环中的外环（%s）", EN: "ring %d is a shell in a shell at %s"}},
	{"Interior is disconnected", "interior-split", lintu.Text{ZH: "第 %d 个环把内部分成了几块（%s）", EN: "ring %d splits the interior at %s"}},
	{"Duplicate Rings", "ring-twice", lintu.Text{ZH: "第 %d 个环出现了两次（%s）", EN: "ring %d occurs twice at %s"}},
	{"Too few points", ruleTooFewPoints, lintu.Text{ZH: "第 %d 个环的点太少（%s）", EN: "ring %d has too few points at %s"}},
}

var otherFault = fault{"", ruleInvalid, lintu.Text{ZH: "第 %d 个环在 %s 无效", EN: "ring %d is invalid at %s"}}

// faultOf translates GEOS's reason.
func faultOf(reason string) fault {
	for _, f := range faults {
		if strings.HasPrefix(strings.ToLower(reason), strings.ToLower(f.reason)) {
			return f
		}
	}
	return otherFault
}

// ringAt returns the number, from 1, of the ring that passes nearest a place.
func ringAt(g orb.Geometry, p orb.Point) int {
	polygons, ok := g.(orb.MultiPolygon)
	if !ok {
		return 1
	}
	best, bestDistance, n := 1, math.Inf(1), 0
	for _, poly := range polygons {
		for _, r := range poly {
			n++
			for i := 1; i < len(r); i++ {
				if d := squareDistance(p, r[i-1], r[i]); d < bestDistance {
					best, bestDistance = n, d
				}
			}
		}
	}
	return best
}

// squareDistance is the square of the distance of p from the segment a b, in
// square degrees: good for telling which is nearest, not how near.
func squareDistance(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = min(1, max(0, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/l))
	}
	x, y := a[0]+t*dx-p[0], a[1]+t*dy-p[1]
	return x*x + y*y
}
