package town

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// The dense core is laid out in its own coordinates: p runs with the river,
// q across it, both in metres and 0 at the river's middle line. Streets are
// straight there, and bend on the map as the river does.
const (
	minP, maxP = -6720, 6720
	minQ, maxQ = -2600, 3200
	warpStep   = 40
	warpCols   = (maxP-minP)/warpStep + 1
	warpRows   = (maxQ-minQ)/warpStep + 1
	// bendM is how far from the river its bends fade out of the streets.
	bendM = 700
)

// warp carries the core's coordinates to the map.
type warp struct{ knots []xy }

func newWarp(l *land) *warp {
	w := &warp{make([]xy, warpCols*warpRows)}
	zero := -minQ / warpStep
	for i := range warpCols {
		p := float64(minP + i*warpStep)
		b := l.river(p)
		angle := math.Atan(b.slope)
		for _, dir := range []int{1, -1} {
			at := xy{p, b.y}
			for j := zero; j >= 0 && j < warpRows; j += dir {
				w.knots[j*warpCols+i] = at
				q := math.Abs(float64((j-zero)*warpStep)) + warpStep/2
				sin, cos := math.Sincos(angle * math.Exp(-q/bendM))
				at = at.add(xy{-sin, cos}.times(float64(dir) * warpStep))
			}
		}
	}
	for k, at := range w.knots {
		q := math.Abs(float64((k/warpCols - zero) * warpStep))
		away := rise(0, 900, q)
		w.knots[k] = at.add(xy{
			70 * away * noise{l.seed + 60, 10, 8}.at(at),
			90 * away * noise{l.seed + 61, 10, 8}.at(at),
		})
	}
	return w
}

func (w *warp) at(p, q float64) xy {
	u, v := (p-minP)/warpStep, (q-minQ)/warpStep
	i := min(max(int(u), 0), warpCols-2)
	j := min(max(int(v), 0), warpRows-2)
	u, v = u-float64(i), v-float64(j)
	k := j*warpCols + i
	return w.knots[k].lerp(w.knots[k+1], u).lerp(w.knots[k+warpCols].lerp(w.knots[k+warpCols+1], u), v)
}

// path is the way on the map of a straight line in the core.
func (w *warp) path(p0, q0, p1, q1 float64) []xy {
	n := max(int(math.Hypot(p1-p0, q1-q0)/20), 1)
	pts := make([]xy, n+1)
	for i := range pts {
		t := float64(i) / float64(n)
		pts[i] = w.at(p0+(p1-p0)*t, q0+(q1-q0)*t).snap()
	}
	return simplify(pts, 0.4)
}

// road is a line that people move along.
type road struct {
	pts         []xy
	class, name string
	widthM      float64
}

// block is a piece of the core between the middle lines of streets, in the
// core's coordinates.
type block struct {
	p0, p1, q0, q1 float64
	half           [4]float64 // half widths of the streets at p0, p1, q0, q1
	density        float64    // 1 in the middle of the core, 0 where it ends
}

// inner is the block without its streets.
func (b block) inner() block {
	b.p0, b.p1, b.q0, b.q1 = b.p0+b.half[0], b.p1-b.half[1], b.q0+b.half[2], b.q1-b.half[3]
	return b
}

// core is the dense part of the town: its streets and blocks.
type core struct {
	*warp
	blocks  []block // the densest first
	streets []road
	// avenueP and avenueQ are the two axes of the town: the street over the
	// river and the street along it, which lead on to the neighbouring towns.
	avenueP, avenueQ float64
	minQ, maxQ       float64 // where the street over the river leaves the core
}

const (
	mainWidthM  = 26
	localWidthM = 13
	quayM       = 112 // of the riverside roads from the river's middle line
	coreP       = 3900
)

func drawCore(l *land) *core {
	c := &core{warp: newWarp(l)}
	r := rand.New(rand.NewPCG(l.seed, 2))
	ps := stations(r, -coreP, coreP, 560)
	south := mirror(stations(r, quayM, -minQ-60, 430))
	north := stations(r, quayM, maxQ-60, 440)
	var supers [][]*super
	for _, qs := range [][]float64{south, north} {
		for j := 0; j+1 < len(qs); j++ {
			var line []*super
			for i := 0; i+1 < len(ps); i++ {
				line = append(line, c.divide(l, r, ps[i], ps[i+1], qs[j], qs[j+1]))
			}
			supers = append(supers, line)
		}
	}
	c.avenueQ, c.avenueP = north[1], ps[0]
	for _, p := range ps {
		if math.Abs(p) < math.Abs(c.avenueP) {
			c.avenueP = p
		}
	}
	c.mainStreets(ps, south, north, supers)
	sort.SliceStable(c.blocks, func(i, j int) bool { return c.blocks[i].density > c.blocks[j].density })
	return c
}

// stations are the places of main streets along an axis, unevenly spaced.
func stations(r *rand.Rand, from, to, spacing float64) []float64 {
	out := []float64{from}
	for at := from; at < to; {
		at += spacing * (0.78 + 0.44*r.Float64())
		out = append(out, min(at, to))
	}
	return out
}

func mirror(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[len(v)-1-i] = -x
	}
	return out
}

// super is a superblock between main streets.
type super struct {
	p0, p1, q0, q1 float64
	used           int // blocks of it that the town fills
}

// coreDensity falls from 1 in the middle to 0 at the ragged end of the core.
func coreDensity(l *land, at xy) float64 {
	n := octaves(l.seed+70, 14, 12, 3, at)
	return 1 - fromCore(at) + 0.30*n - 0.7*max(l.height(at)-0.25, 0)
}

// divide cuts a superblock into blocks, and draws the streets between them.
func (c *core) divide(l *land, r *rand.Rand, p0, p1, q0, q1 float64) *super {
	s := &super{p0: p0, p1: p1, q0: q0, q1: q1}
	var cut func(b block) int
	cut = func(b block) int {
		lenP, lenQ := b.p1-b.p0, b.q1-b.q0
		middle := c.at((b.p0+b.p1)/2, (b.q0+b.q1)/2)
		b.density = coreDensity(l, middle)
		limit := 150 + 90*(1-min(max(b.density, 0), 1)) + 40*r.Float64()
		if max(lenP, lenQ) < limit {
			if b.density < 0 || l.onBank(middle) < 40 {
				return 0
			}
			c.blocks = append(c.blocks, b)
			return 1
		}
		at := 0.38 + 0.24*r.Float64()
		left, right := b, b
		if lenP > lenQ {
			m := b.p0 + lenP*at
			left.p1, right.p0, left.half[1], right.half[0] = m, m, localWidthM/2, localWidthM/2
		} else {
			m := b.q0 + lenQ*at
			left.q1, right.q0, left.half[3], right.half[2] = m, m, localWidthM/2, localWidthM/2
		}
		n, k := cut(left), cut(right)
		if n > 0 && k > 0 {
			c.local(c.path(right.p0, right.q0, left.p1, left.q1))
		}
		return n + k
	}
	half := float64(mainWidthM) / 2
	s.used = cut(block{p0: p0, p1: p1, q0: q0, q1: q1, half: [4]float64{half, half, half, half}})
	return s
}

func (c *core) local(pts []xy) {
	c.streets = append(c.streets, road{pts: pts, class: "residential", widthM: localWidthM})
}

// mainStreets draws the streets around every superblock that is in use, and
// bridges where the same street goes on beyond the river.
func (c *core) mainStreets(ps, south, north []float64, supers [][]*super) {
	type edge struct{ p0, q0, p1, q1 float64 }
	runs := map[edge]bool{}
	var bridges []float64
	banks := map[float64]int{}
	for _, line := range supers {
		for _, s := range line {
			if s.used < 2 {
				continue
			}
			runs[edge{s.p0, s.q0, s.p1, s.q0}] = true
			runs[edge{s.p0, s.q1, s.p1, s.q1}] = true
			runs[edge{s.p0, s.q0, s.p0, s.q1}] = true
			runs[edge{s.p1, s.q0, s.p1, s.q1}] = true
			if s.q0 == north[0] {
				banks[s.p0] |= 1
			}
			if s.q1 == south[len(south)-1] {
				banks[s.p0] |= 2
			}
		}
	}
	for i, p := range ps {
		if banks[p] == 3 && i%2 == 0 && p != c.avenueP {
			bridges = append(bridges, p)
		}
	}
	c.drawRuns(ps, slices.Concat(south, north), func(p0, q0, p1, q1 float64) bool {
		return runs[edge{p0, q0, p1, q1}]
	})
	for _, p := range bridges {
		c.streets = append(c.streets, road{pts: c.path(p, -quayM, p, quayM), class: "secondary", widthM: mainWidthM})
	}
}

// drawRuns joins the used pieces of each main street to long lines.
func (c *core) drawRuns(ps, qs []float64, used func(p0, q0, p1, q1 float64) bool) {
	main := func(p0, q0, p1, q1 float64) {
		c.streets = append(c.streets, road{pts: c.path(p0, q0, p1, q1), class: "secondary", widthM: mainWidthM})
	}
	for _, q := range qs {
		if q == c.avenueQ {
			continue
		}
		joined(len(ps)-1, func(i int) bool { return used(ps[i], q, ps[i+1], q) }, func(i, j int) { main(ps[i], q, ps[j], q) })
	}
	for _, p := range ps {
		if p == c.avenueP {
			joined(len(qs)-1, func(i int) bool { return used(p, qs[i], p, qs[i+1]) }, func(i, j int) {
				c.minQ, c.maxQ = min(c.minQ, qs[i]), max(c.maxQ, qs[j])
			})
			continue
		}
		joined(len(qs)-1, func(i int) bool { return used(p, qs[i], p, qs[i+1]) }, func(i, j int) { main(p, qs[i], p, qs[j]) })
	}
}

// joined calls run for every longest stretch i to j of used pieces.
func joined(n int, used func(int) bool, run func(i, j int)) {
	for i := 0; i < n; i++ {
		if !used(i) {
			continue
		}
		j := i
		for j < n && used(j) {
			j++
		}
		run(i, j)
		i = j
	}
}
