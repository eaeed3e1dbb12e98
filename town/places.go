package town

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
)

// community is one of the fifteen communities and villages.
type community struct {
	code, name string
	at         xy // where its office stands: in core coordinates if urban
	urban      bool
}

// communities are the real ones, with places that are not.
var communities = []community{
	{"430181002001", "集里桥社区", xy{100, 560}, true},
	{"430181002004", "神仙坳社区", xy{1750, 1950}, true},
	{"430181002006", "百宜社区", xy{1700, 650}, true},
	{"430181002007", "禧和社区", xy{-1500, 750}, true},
	{"430181002008", "龚家桥社区", xy{-1250, -850}, true},
	{"430181002011", "北城社区", xy{-350, 1900}, true},
	{"430181002013", "新屋岭社区", xy{1150, -850}, true},
	{"430181002204", "道吾村", xy{500, 4500}, false},
	{"430181002211", "西湖村", xy{-3700, 3300}, false},
	{"430181002212", "唐家园村", xy{-5000, 100}, false},
	{"430181002213", "宏源村", xy{-3900, -3700}, false},
	{"430181002214", "星镇村", xy{-200, -4800}, false},
	{"430181002215", "合盛村", xy{3500, -4000}, false},
	{"430181002216", "太平桥村", xy{5100, -400}, false},
	{"430181002217", "锦美村", xy{4000, 3300}, false},
}

// hamlet is a handful of farmhouses with a name.
type hamlet struct {
	at        xy
	name      string
	community int
}

// country is everything outside the core's streets.
type country struct {
	l       *land
	c       *core
	route   *router
	seats   []xy // of each community's office
	areas   *partition
	roads   []road
	hamlets []hamlet
}

// highways draws the two main roads that lead through the town to its neighbours.
func (t *country) highways() {
	c := t.c
	along := c.path(-periodX/2, c.avenueQ, periodX/2, c.avenueQ)
	along[len(along)-1] = along[0].add(tile{1, 0}.offset())
	across := c.path(c.avenueP, c.minQ, c.avenueP, c.maxQ)
	south := c.at(c.avenueP, c.minQ).snap().add(tile{0, 1}.offset())
	goal := windowCell(south)
	open := func(n int32) bool {
		p := windowPoint(n)
		return n == goal || fromCore(p) > 0.9 || p.dist(across[len(across)-1]) < 200 || p.dist(south) < 200
	}
	north := t.route.find(across[len(across)-1], open, func(n int32) bool { return n == goal })
	north[len(north)-1] = south
	north = curve(north)
	across = append(across, north[1:]...)
	t.roads = append(t.roads,
		road{pts: along, class: "primary", name: "浏阳大道", widthM: 34},
		road{pts: across, class: "primary", name: "道吾大道", widthM: 30})
	for _, rd := range t.roads {
		for _, w := range around {
			t.route.lay(shifted(rd.pts, w.offset()))
		}
	}
	for _, rd := range c.streets {
		t.route.lay(rd.pts)
	}
}

// seat finds low ground for a village's office near the place meant for it.
func (t *country) seat(m community) xy {
	if m.urban {
		return t.c.at(m.at.x, m.at.y)
	}
	best, low := m.at, math.Inf(1)
	for dx := -800.0; dx <= 800; dx += 80 {
		for dy := -800.0; dy <= 800; dy += 80 {
			p := m.at.add(xy{dx, dy})
			v := t.l.height(p) + p.dist(m.at)/6000
			if t.l.nearBank(p) > 80 && v < low {
				best, low = p, v
			}
		}
	}
	return best
}

// divide gives every place to a community: borders follow river, main streets
// and ridges.
func (t *country) divide(friction []uint8, blocks *parcels) {
	t.areas = newPartition()
	g := &growth{friction: friction, out: t.areas, cost: make([]int32, cols*rows)}
	for i := range g.cost {
		g.cost[i] = far
	}
	var seeds []seed
	for i, m := range communities {
		t.seats = append(t.seats, t.seat(m))
		col, row := cellAt(t.seats[i])
		cell, w := fold(col, row)
		s := seed{cell: cell, owner: tile{}.minus(w), label: int16(i)}
		if m.urban {
			s.delay = 6000
		}
		seeds = append(seeds, s)
	}
	g.run(seeds)
	blocks.settle(t.areas, nil, 0, 0, 0)
	settleRiver(t.l, t.areas, nil)
	clean(t.areas, nil)
}

// settle finds the hamlets of the villages and leads a road to each.
func (t *country) settle() {
	r := rand.New(rand.NewPCG(t.l.seed, 3))
	for i, m := range communities {
		if !m.urban {
			t.lead(t.seats[i], "secondary", m.name[:len(m.name)-3]+"公路", 11)
		}
	}
	names := rand.New(rand.NewPCG(t.l.seed, 4))
	for i := range communities {
		found := t.hamletsOf(i, r)
		sort.Slice(found, func(a, b int) bool { return found[a].dist(t.seats[i]) < found[b].dist(t.seats[i]) })
		used := map[string]bool{}
		for _, p := range found {
			n := hamletName(names, used)
			if t.lead(p, "residential", n+"路", 7) {
				t.hamlets = append(t.hamlets, hamlet{p, n, i})
				t.spurs(p, r)
			}
		}
	}
}

// hamletsOf scatters places over the lower ground of a community.
func (t *country) hamletsOf(i int, r *rand.Rand) []xy {
	want, gap := 46, 330.0
	if communities[i].urban {
		want, gap = 8, 330
	}
	var found []xy
	for range 2500 {
		p := t.seats[i].add(xy{(2*r.Float64() - 1) * 4200, (2*r.Float64() - 1) * 4200})
		if len(found) == want || t.areas.inTown(p) != int16(i) {
			continue
		}
		if t.l.height(p) > 0.12+0.14*r.Float64()*r.Float64() || t.l.nearBank(p) < 90 || coreDensity(t.l, p) > -0.06 {
			continue
		}
		if slices.ContainsFunc(found, func(q xy) bool { return q.dist(p) < gap }) {
			continue
		}
		found = append(found, p)
	}
	return found
}

// lead draws a road from a place to the nearest road there is.
func (t *country) lead(from xy, class, name string, widthM float64) bool {
	open := func(c int32) bool { return t.areas.inTown(windowPoint(c)) >= 0 }
	way := t.route.find(from, open, func(c int32) bool { return t.route.road[c] })
	if way == nil {
		return false
	}
	if len(way) > 1 {
		end := way[len(way)-1]
		if at, ok := t.onRoad(end); ok {
			way[len(way)-1] = at
		}
		way = curve(way)
		t.route.lay(way)
		t.roads = append(t.roads, road{pts: way, class: class, name: name, widthM: widthM})
	}
	return true
}

// onRoad is the place on a road nearest to a point.
func (t *country) onRoad(p xy) (at xy, ok bool) {
	best := 4 * coarseM
	for _, set := range [][]road{t.roads, t.c.streets} {
		for _, rd := range set {
			for i := 1; i < len(rd.pts); i++ {
				a, b := rd.pts[i-1], rd.pts[i]
				if d := fromSegment(p, a, b); d < best {
					best, ok = d, true
					u := b.sub(a)
					k := min(max(((p.x-a.x)*u.x+(p.y-a.y)*u.y)/(u.x*u.x+u.y*u.y), 0), 1)
					at = a.lerp(b, k).snap()
				}
			}
		}
	}
	return at, ok
}

// spurs draws short paths around a hamlet, down its side valleys.
func (t *country) spurs(p xy, r *rand.Rand) {
	for range 3 + r.IntN(3) {
		start := p
		if at, ok := t.onRoad(p.add(xy{r.Float64() - 0.5, r.Float64() - 0.5}.times(360))); ok {
			start = at
		}
		angle := r.Float64() * 2 * math.Pi
		way := []xy{start}
		for range 3 + r.IntN(6) {
			angle += 1.1 * (r.Float64() - 0.5)
			next := t.downhill(way[len(way)-1], angle)
			if t.areas.inTown(next) < 0 || t.l.nearBank(next) < 40 || t.l.height(next) > 0.35 {
				break
			}
			way = append(way, next)
		}
		if len(way) > 2 {
			t.roads = append(t.roads, road{pts: curve(way), class: "path", widthM: 4})
		}
	}
}

// downhill is 45 m further, bent a little to the lower side.
func (t *country) downhill(p xy, angle float64) xy {
	best, low := xy{}, math.Inf(1)
	for _, turn := range []float64{-0.35, 0, 0.35} {
		sin, cos := math.Sincos(angle + turn)
		q := p.add(xy{45 * cos, 45 * sin})
		if h := t.l.height(q) + 0.02*math.Abs(turn); h < low {
			best, low = q, h
		}
	}
	return best
}
