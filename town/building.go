package town

import (
	"math"
	"math/rand/v2"
	"sort"
)

// building is a rectangle of lengthM along the unit vector u by depthM across.
type building struct {
	at              xy
	u               xy
	lengthM, depthM float64
	floors          int
	entrances       int // 单元; side by side along the length
	perFloor        int // homes of an entrance on one floor
	class           string
	homes           int // homes somebody lives in
	community       int
	grid            int  // number of the grid, over the whole town
	edge            bool // near another grid
	block           int  // of the core's blocks; -1 in the country
	compound        bool // shares a number with the other houses of its block
	address         string
	code            string
}

// capacity is how many homes there are, lived in or not.
func (b *building) capacity() int { return b.floors * b.entrances * b.perFloor }

// ring is the closed outline, clockwise.
func (b *building) ring() []xy {
	l, d := b.lengthM/2, b.depthM/2
	p := b.at.frame(b.u, -l, -d).snap()
	return []xy{p, b.at.frame(b.u, -l, d).snap(), b.at.frame(b.u, l, d).snap(), b.at.frame(b.u, l, -d).snap(), p}
}

func (b *building) radius() float64 { return math.Hypot(b.lengthM, b.depthM) / 2 }

// overlaps reports whether two buildings come closer than gap, by the axes that
// could separate them.
func (b *building) overlaps(o *building, gap float64) bool {
	d := o.at.sub(b.at)
	if d.length() > b.radius()+o.radius()+gap {
		return false
	}
	for _, axis := range []xy{b.u, b.u.left(), o.u, o.u.left()} {
		if math.Abs(dot(d, axis)) > b.reach(axis)+o.reach(axis)+gap {
			return false
		}
	}
	return true
}

func dot(a, b xy) float64 { return a.x*b.x + a.y*b.y }

// reach is half the building's extent along an axis.
func (b *building) reach(axis xy) float64 {
	return math.Abs(dot(b.u, axis))*b.lengthM/2 + math.Abs(dot(b.u.left(), axis))*b.depthM/2
}

// site is all that is built, and what must not be built upon.
type site struct {
	l         *land
	areas     *partition
	roads     []road
	byRoad    *lineIndex
	buildings []building
	bins      map[[2]int][]int32
	ponds     []pond
	parks     []park
	block     int // being built
}

type pond struct {
	ring []xy
	at   xy
	r    float64
}

type park struct {
	ring []xy
	name string
}

const binM = 80

func newSite(l *land, areas *partition, roads []road) *site {
	s := &site{l: l, areas: areas, roads: roads, byRoad: newLineIndex(60), bins: map[[2]int][]int32{}}
	for i, rd := range roads {
		s.byRoad.addPath(rd.pts, i)
	}
	return s
}

func bin(p xy) [2]int { return [2]int{int(math.Floor(p.x / binM)), int(math.Floor(p.y / binM))} }

// put builds if there is room: own ground, off the river, roads, ponds and
// other buildings.
func (s *site) put(b building, gap float64) bool {
	label := s.areas.inTown(b.at)
	if label < 0 || s.nearOutside(b.at) || !s.free(&b, gap) {
		return false
	}
	b.community = int(label)
	b.block = s.block
	k := bin(b.at)
	s.bins[k] = append(s.bins[k], int32(len(s.buildings)))
	s.buildings = append(s.buildings, b)
	return true
}

// nearOutside reports whether the town ends within 30 m.
func (s *site) nearOutside(p xy) bool {
	for _, d := range []xy{{30, 0}, {-30, 0}, {0, 30}, {0, -30}} {
		if s.areas.inTown(p.add(d)) < 0 {
			return true
		}
	}
	return false
}

func (s *site) free(b *building, gap float64) bool {
	k := bin(b.at)
	for i := k[0] - 1; i <= k[0]+1; i++ {
		for j := k[1] - 1; j <= k[1]+1; j++ {
			for _, n := range s.bins[[2]int{i, j}] {
				if s.buildings[n].overlaps(b, gap) {
					return false
				}
			}
		}
	}
	for _, p := range s.ponds {
		if p.at.dist(b.at) < p.r+b.radius()+3 {
			return false
		}
	}
	return s.l.onBank(b.at) > b.radius()+12 && s.offRoads(b)
}

// offRoads reports whether a building keeps clear of every road.
func (s *site) offRoads(b *building) bool {
	clear := true
	r := xy{b.radius() + 20, b.radius() + 20}
	s.byRoad.near(b.at.sub(r), b.at.add(r), func(l line) {
		if !clear {
			return
		}
		u := l.b.sub(l.a)
		lane := building{at: l.a.lerp(l.b, 0.5), u: u.unit(), lengthM: u.length(), depthM: s.roads[l.id].widthM}
		clear = !lane.overlaps(b, 1)
	})
	return clear
}

// fill builds one block of the core.
func (s *site) fill(c *core, b block, r *rand.Rand) {
	b = b.inner()
	if b.p1-b.p0 < 24 || b.q1-b.q0 < 24 {
		return
	}
	g := newGround(c, b)
	newTown := octaves(s.l.seed+75, 12, 10, 2, g.at(0.5, 0.5))
	switch k := r.Float64(); {
	case k < 0.055 && b.density > 0.1:
		s.parks = append(s.parks, park{ring: g.outline()})
	case k < 0.15:
		s.public(g, r)
	case b.density > 0.25 && k < 0.32+0.5*newTown || b.density > 0.1 && newTown > 0.35:
		s.rows(g, r, building{lengthM: 27, depthM: 21, floors: 16 + r.IntN(3), entrances: 1 + r.IntN(2), perFloor: 4, class: "residential"}, 20, 26)
	case b.density > 0.16 && k < 0.68:
		s.rows(g, r, building{lengthM: 46 + 4*float64(r.IntN(4)), depthM: 12, floors: 6 + r.IntN(2)*r.IntN(6), entrances: 3, perFloor: 2, class: "residential"}, 9, 15)
	default:
		s.frontage(g, r, b.density)
	}
}

// ground is a block in metres: s along the river's direction, t across.
type ground struct {
	c          *core
	b          block
	sLen, tLen float64
}

func newGround(c *core, b block) *ground {
	g := &ground{c: c, b: b}
	g.sLen = g.at(0, 0.5).dist(g.at(1, 0.5))
	g.tLen = g.at(0.5, 0).dist(g.at(0.5, 1))
	return g
}

func (g *ground) at(s, t float64) xy {
	return g.c.at(g.b.p0+(g.b.p1-g.b.p0)*s, g.b.q0+(g.b.q1-g.b.q0)*t)
}

// pose puts a building with its middle at s, t metres from the block's corner.
func (g *ground) pose(b building, s, t float64) building {
	const eps = 0.02
	fs, ft := s/g.sLen, t/g.tLen
	b.at = g.at(fs, ft)
	b.u = g.at(fs+eps, ft).sub(g.at(fs-eps, ft)).unit()
	return b
}

func (g *ground) outline() []xy {
	var ring []xy
	for k := range 40 {
		t := float64(k%10) / 10
		p := [4]xy{{0, t}, {t, 1}, {1, 1 - t}, {1 - t, 0}}[k/10]
		ring = append(ring, g.at(0.02+0.96*p.x, 0.02+0.96*p.y).snap())
	}
	return append(ring, ring[0])
}

// rows builds equal houses in rows that face south, with yards between.
func (s *site) rows(g *ground, r *rand.Rand, b building, gapS, gapT float64) {
	nS := int((g.sLen - 6 + gapS) / (b.lengthM + gapS))
	nT := int((g.tLen - 6 + gapT) / (b.depthM + gapT))
	if nS == 0 || nT == 0 {
		s.frontage(g, r, 0.2)
		return
	}
	for j := range nT {
		for i := range nS {
			if r.Float64() < 0.06 {
				continue
			}
			x := (float64(i) + 0.5) * g.sLen / float64(nS)
			y := (float64(j) + 0.5) * g.tLen / float64(nT)
			b.compound = true
			s.put(g.pose(b, x, y), 4)
		}
	}
}

// frontage lines the four sides of a block with small houses, and fills its
// yards where the town is old and dense.
func (s *site) frontage(g *ground, r *rand.Rand, density float64) {
	house := func(turn bool) building {
		b := building{lengthM: 9 + 5*r.Float64(), depthM: 11 + 4*r.Float64(), class: "residential",
			floors: 2 + r.IntN(2+int(3*max(density, 0))), entrances: 1, perFloor: 1}
		if turn {
			b.lengthM, b.depthM = b.depthM, b.lengthM
		}
		return b
	}
	keep := 0.55 + 0.6*max(density, 0)
	for _, t := range []float64{9, g.tLen - 9} {
		for x := 8.0; x < g.sLen-6; x += 12.5 + 3*r.Float64() {
			if r.Float64() < keep {
				s.put(g.pose(house(false), x, t), 0.6)
			}
		}
	}
	for _, x := range []float64{9, g.sLen - 9} {
		for t := 24.0; t < g.tLen-20; t += 12.5 + 3*r.Float64() {
			if r.Float64() < keep {
				s.put(g.pose(house(true), x, t), 0.6)
			}
		}
	}
	for t := 31.0; t < g.tLen-28; t += 22 {
		for x := 31.0; x < g.sLen-28; x += 15 {
			if r.Float64() < density+0.1 {
				s.put(g.pose(house(false), x+3*r.Float64(), t+3*r.Float64()), 0.6)
			}
		}
	}
}

// public builds a school, an office or a market: nobody lives there.
func (s *site) public(g *ground, r *rand.Rand) {
	class := []string{"school", "office", "commercial"}[r.IntN(3)]
	n := 1 + r.IntN(3)
	for k := range n {
		b := building{lengthM: min(40+40*r.Float64(), g.sLen-14), depthM: min(16+18*r.Float64(), g.tLen/float64(n)-10), class: class, floors: 3 + r.IntN(5)}
		if b.lengthM > 10 && b.depthM > 8 {
			s.put(g.pose(b, g.sLen/2, (float64(k)+0.5)*g.tLen/float64(n)), 4)
		}
	}
}

// plot is a place at a road where a farmhouse may stand.
type plot struct {
	b     building
	score float64
}

// farmhouses builds along the roads outside the core, near the hamlets first,
// until that many homes are there; it returns how many are missing.
func (s *site) farmhouses(roads []road, hamlets []hamlet, homes int, r *rand.Rand) int {
	s.block = -1
	byHamlet := newLineIndex(800)
	for i, h := range hamlets {
		byHamlet.add(line{h.at, h.at, i})
	}
	var plots []plot
	for _, rd := range roads {
		plots = append(plots, s.plots(rd, byHamlet, r)...)
	}
	sort.SliceStable(plots, func(i, j int) bool { return plots[i].score < plots[j].score })
	for _, p := range plots {
		if homes == 0 {
			break
		}
		p.b.homes = min(p.b.homes, homes)
		if s.put(p.b, 3) {
			homes -= p.b.homes
		}
	}
	return homes
}

func (s *site) plots(rd road, byHamlet *lineIndex, r *rand.Rand) []plot {
	var out []plot
	walked, next := 0.0, 10.0
	for i := 1; i < len(rd.pts); i++ {
		a, b := rd.pts[i-1], rd.pts[i]
		u, length := b.sub(a).unit(), a.dist(b)
		for next < walked+length {
			at := a.lerp(b, (next-walked)/length)
			for _, side := range []float64{1, -1} {
				out = append(out, s.plot(rd, at, u, side, byHamlet, r))
			}
			next += 15 + 9*r.Float64()
		}
		walked += length
	}
	return out
}

func (s *site) plot(rd road, at, u xy, side float64, byHamlet *lineIndex, r *rand.Rand) plot {
	b := building{lengthM: 10 + 4*r.Float64(), depthM: 8 + 3*r.Float64(), floors: 2 + r.IntN(2), entrances: 1, perFloor: 1, homes: 1, class: "farmhouse"}
	if r.Float64() < 0.12 {
		b.homes = 2 // a son's family
	}
	back := rd.widthM/2 + b.depthM/2 + 4 + 9*r.Float64()
	if r.Float64() < 0.18 {
		back += 18 // a house behind the first row
	}
	sin, cos := math.Sincos(0.25 * (r.Float64() - 0.5))
	b.u = xy{u.x*cos - u.y*sin, u.x*sin + u.y*cos}
	b.at = at.add(u.left().times(side * back))
	_, d, ok := byHamlet.nearest(at, 900)
	if !ok {
		d = 900
	}
	h := s.l.height(b.at)
	score := d/420 + 0.9*r.Float64() + 1.1*octaves(s.l.seed+90, 40, 34, 2, at) + 4*max(h-0.2, 0)
	return plot{b, score}
}

// digPonds puts ponds on the low ground of the villages.
func (s *site) digPonds(hamlets []hamlet, r *rand.Rand) {
	for _, h := range hamlets {
		for range 1 + r.IntN(3) {
			radius := 14 + 30*r.Float64()*r.Float64()
			angle := 2 * math.Pi * r.Float64()
			sin, cos := math.Sincos(angle)
			at := h.at.add(xy{cos, sin}.times(40 + 220*r.Float64()))
			_, _, close := s.byRoad.nearest(at, radius*1.25+9)
			if close || s.areas.inTown(at) < 0 || s.l.onBank(at) < 60 {
				continue
			}
			s.ponds = append(s.ponds, pond{blob(at, radius, r), at, radius * 1.25})
		}
	}
}

// blob is a closed, clockwise, uneven round.
func blob(at xy, radius float64, r *rand.Rand) []xy {
	a, b, c := r.Float64()*6, r.Float64()*6, 0.6+0.4*r.Float64()
	var ring []xy
	for k := range 22 {
		f := -2 * math.Pi * float64(k) / 22
		d := radius * (1 + 0.14*math.Sin(2*f+a) + 0.08*math.Sin(3*f+b))
		sin, cos := math.Sincos(f)
		ring = append(ring, at.add(xy{d * cos, d * sin * c}).snap())
	}
	return append(ring, ring[0])
}
