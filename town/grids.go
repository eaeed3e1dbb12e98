package town

import (
	"math"
	"runtime"
	"slices"
	"sort"
	"sync"
)

// grid is the beat of one grid worker.
type grid struct {
	community int
	group     int // number over the whole town
	homes     int
	code      string
	name      string
	buildings []int32
}

// each runs f for 0 to n-1, a few at a time. f must touch only what is i's own,
// so that the outcome does not depend on the order.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// share splits total among weights in proportion, whole numbers, exactly.
func share(total int, weights []int) []int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	out, acc, given := make([]int, len(weights)), 0, 0
	for i, w := range weights {
		acc += w
		upTo := (acc*total*2 + sum) / (2 * sum)
		out[i] = upTo - given
		given = upTo
	}
	return out
}

// splitter cuts the communities into grids of about equally many homes.
type splitter struct {
	parcels   *parcels
	areas     *partition
	grids     *partition
	friction  []uint8
	cost      []int32
	buildings []building
}

// split returns the partition into grids; labels count from 0 through the
// communities in order, and counts[i] is the number of grids of community i.
func (p *plan) split(friction []uint8, counts []int) *partition {
	areas, buildings := p.country.areas, p.site.buildings
	s := &splitter{parcels: p.parcels, areas: areas, friction: friction, buildings: buildings,
		grids: &partition{label: make([]int16, cols*rows), owner: areas.owner},
		cost:  make([]int32, cols*rows)}
	cells := make([][]int32, len(counts))
	for c, label := range areas.label {
		cells[label] = append(cells[label], int32(c))
	}
	homes := make([][]int32, len(counts))
	for i, b := range buildings {
		if b.homes > 0 {
			homes[b.community] = append(homes[b.community], int32(i))
		}
	}
	first := make([]int16, len(counts))
	for i := 1; i < len(counts); i++ {
		first[i] = first[i-1] + int16(counts[i-1])
	}
	each(len(counts), func(i int) { s.community(cells[i], homes[i], first[i], counts[i]) })
	settleRiver(p.land, s.grids, areas)
	clean(s.grids, areas)
	return s.grids
}

// community balances one community: seeds move to the middle of their homes, and
// a grid with too many homes starts later in the next round.
func (s *splitter) community(cells, homes []int32, first int16, count int) {
	g := &growth{friction: s.friction, within: s.areas, cost: s.cost,
		out: &partition{label: s.grids.label, owner: s.areas.owner}}
	at := s.means(homes, count)
	delay := make([]float64, count)
	target := 0
	for _, h := range homes {
		target += s.buildings[h].homes
	}
	reach := 22 * math.Sqrt(float64(len(cells)/count)) // the cost of crossing half a grid
	best, bestLabels := math.Inf(1), make([]int16, len(cells))
	rounds := 24
	if !communities[s.areas.label[cells[0]]].urban {
		rounds = 7 // large, and even enough by the middles alone
	}
	for round := range rounds {
		s.grow(g, cells, at, delay, first)
		sums, uneven := s.weigh(homes, first, count, float64(target)/float64(count))
		if uneven < best {
			best = uneven
			for k, c := range cells {
				bestLabels[k] = s.grids.label[c]
			}
		}
		crowded := slices.IndexFunc(sums, func(p pile) bool { return p.homes == mostOf(sums) })
		for i := range at {
			switch {
			case sums[i].homes == 0: // start again beside where most live
				at[i], delay[i] = s.furthest(homes, first+int16(crowded), sums[crowded].at), delay[crowded]
				continue
			case round < 5:
				at[i] = at[i].lerp(sums[i].at, 0.7)
			}
			excess := sums[i].homes*float64(count)/float64(target) - 1
			delay[i] += 0.6 * reach / (1 + 0.08*float64(round)) * min(max(excess, -0.7), 0.7)
		}
	}
	for k, c := range cells {
		s.grids.label[c] = bestLabels[k]
	}
}

func mostOf(sums []pile) float64 {
	most := 0.0
	for _, p := range sums {
		most = max(most, p.homes)
	}
	return most
}

// furthest is the inhabited house of a grid that is furthest from a place.
func (s *splitter) furthest(homes []int32, label int16, from xy) xy {
	best, at := -1.0, from
	for _, h := range homes {
		b := &s.buildings[h]
		c, _ := fold(cellAt(b.at))
		if d := b.at.dist(from); s.grids.label[c] == label && d > best {
			best, at = d, b.at
		}
	}
	return at
}

func (s *splitter) grow(g *growth, cells []int32, at []xy, delay []float64, first int16) {
	for _, c := range cells {
		s.cost[c] = far
	}
	label := s.areas.label[cells[0]]
	earliest := slices.Min(delay)
	var seeds []seed
	for i, p := range at {
		c := s.ownCell(p, label, cells)
		seeds = append(seeds, seed{c, s.areas.owner[c], first + int16(i), int32(delay[i] - earliest)})
	}
	g.run(seeds)
	if communities[label].urban {
		s.parcels.settle(g.out, s.areas, label, 0.6, 120)
	}
}

// ownCell is the cell at a place, or the nearest one of the label.
func (s *splitter) ownCell(p xy, label int16, cells []int32) int32 {
	if s.areas.inTown(p) == label {
		c, _ := fold(cellAt(p))
		return c
	}
	best, at := math.Inf(1), cells[0]
	for _, c := range cells {
		if d := s.areas.place(c).dist(p); d < best {
			best, at = d, c
		}
	}
	return at
}

type pile struct {
	at    xy
	homes float64
}

// weigh returns the homes of each grid with their middle, and how uneven they are.
func (s *splitter) weigh(homes []int32, first int16, count int, target float64) ([]pile, float64) {
	sums := make([]pile, count)
	for _, h := range homes {
		b := &s.buildings[h]
		c, _ := fold(cellAt(b.at))
		k := &sums[s.grids.label[c]-first]
		k.at = k.at.add(b.at.times(float64(b.homes)))
		k.homes += float64(b.homes)
	}
	uneven := 0.0
	for i := range sums {
		sums[i].at = sums[i].at.times(1 / max(sums[i].homes, 1))
		d := sums[i].homes/target - 1
		uneven += d * d
		switch {
		case d < -0.95:
			uneven += 1000
		case d < -0.5 || d > 0.6:
			uneven += 10
		}
	}
	return sums, uneven
}

// means spreads count places over the homes: each next one where the last ones
// are furthest, then Lloyd's rounds.
func (s *splitter) means(homes []int32, count int) []xy {
	at := []xy{s.buildings[homes[0]].at}
	for len(at) < count {
		worst, place := -1.0, xy{}
		for _, h := range homes {
			b := &s.buildings[h]
			_, d := nearestOf(at, b.at)
			if v := d * math.Sqrt(float64(b.homes)); v > worst {
				worst, place = v, b.at
			}
		}
		at = append(at, place)
	}
	for range 10 {
		sums := make([]pile, count)
		for _, h := range homes {
			b := &s.buildings[h]
			i, _ := nearestOf(at, b.at)
			w := float64(b.homes)
			sums[i].at, sums[i].homes = sums[i].at.add(b.at.times(w)), sums[i].homes+w
		}
		for i := range at {
			if sums[i].homes > 0 {
				at[i] = sums[i].at.times(1 / sums[i].homes)
			}
		}
	}
	return at
}

func nearestOf(at []xy, p xy) (int, float64) {
	best, k := math.Inf(1), 0
	for i, q := range at {
		if d := q.dist(p); d < best {
			best, k = d, i
		}
	}
	return k, best
}

// bundle joins neighbouring grids of a community to groups of two or three, and
// returns the number of the group of each grid, counted over the whole town.
func bundle(grids *partition, gridCommunity []int) (groupOf []int, groupCommunity []int) {
	touch := neighbours(grids, len(gridCommunity))
	groupOf = make([]int, len(gridCommunity))
	for i := range groupOf {
		groupOf[i] = -1
	}
	size := []int{}
	for i := range groupOf {
		if groupOf[i] >= 0 {
			continue
		}
		n := len(size)
		groupOf[i], size = n, append(size, 1)
		groupCommunity = append(groupCommunity, gridCommunity[i])
		for _, k := range touch[i] {
			if size[n] < 3 && groupOf[k] < 0 && gridCommunity[k] == gridCommunity[i] {
				groupOf[k] = n
				size[n]++
			}
		}
	}
	return groupOf, groupCommunity
}

// neighbours lists for each label those that share most border with it first.
func neighbours(p *partition, n int) [][]int {
	shared := make([]map[int]int, n)
	for i := range shared {
		shared[i] = map[int]int{}
	}
	for row := range rows {
		for col := range cols {
			a, ta := p.at(col, row)
			for _, s := range [][2]int{{1, 0}, {0, 1}} {
				b, tb := p.at(col+s[0], row+s[1])
				if a != b && ta == tb {
					shared[a][int(b)]++
					shared[b][int(a)]++
				}
			}
		}
	}
	out := make([][]int, n)
	for i, m := range shared {
		for k := range m {
			out[i] = append(out[i], k)
		}
		sort.Slice(out[i], func(a, b int) bool {
			x, y := out[i][a], out[i][b]
			return m[x] > m[y] || m[x] == m[y] && x < y
		})
	}
	return out
}
