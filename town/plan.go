package town

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
)

// The size of the town.
const (
	totalHomes = 47000
	totalHeads = 3618
	totalGrids = 160
	coreHomes  = 34600
)

// plan is the whole town in memory, in metres from its centre.
type plan struct {
	land      *land
	core      *core
	parcels   *parcels
	country   *country
	site      *site
	grids     []grid
	groups    []group
	homes     []home
	heads     []head
	units     []unit
	cells     []cell
	borders   *borders
	pieceGrid []int16 // the grid of each piece of the borders' partition
	gridRings [][][]xy
}

type group struct {
	community  int
	code, name string
}

// cell is a grid cell: one piece of the finest partition.
type cell struct {
	piece  int16
	code   string
	parent string
}

func draw(seed uint64, tell func(string)) (*plan, error) {
	p := &plan{}
	tell("land")
	p.land = newLand(seed)
	p.core = drawCore(p.land)
	p.country = &country{l: p.land, c: p.core, route: newRouter(p.land)}
	p.country.highways()
	tell("areas")
	p.parcels = newParcels(p.core)
	p.country.divide(p.friction(false), p.parcels)
	p.country.settle()
	p.nameStreets()
	tell("buildings")
	if err := p.build(); err != nil {
		return nil, err
	}
	tell("grids")
	p.divideGrids()
	tell("heads")
	p.appoint()
	p.units = p.placeUnits()
	return p, nil
}

// friction is how hard each cell of the raster is to cross for a border on its
// search: easy inside a neighbourhood, hard over water, streets and ridges.
func (p *plan) friction(local bool) []uint8 {
	f := make([]uint8, cols*rows)
	each(rows, func(row int) {
		for col := range cols {
			at := middle(col, row)
			h := p.land.height(at)
			v := 4 + 60*h*h + 15*knots(p.land.rough, at)
			if p.land.nearBank(at) < 0 {
				v = 4 + 216*rise(1.9, 1.2, fromCore(at)) // open to all far from town
			}
			f[row*cols+col] = uint8(v)
		}
	})
	for _, rd := range slices.Concat(p.core.streets, p.country.roads[:2]) {
		v := uint8(120)
		switch {
		case rd.class == "residential" && !local:
			continue
		case rd.class == "residential":
			v = 60
		case rd.class == "primary":
			v = 250
		}
		for i := 1; i < len(rd.pts); i++ {
			pave(f, rd.pts[i-1], rd.pts[i], v)
		}
	}
	return f
}

func pave(f []uint8, a, b xy, v uint8) {
	n := int(a.dist(b)/3) + 1
	for k := 0; k <= n; k++ {
		q := a.lerp(b, float64(k)/float64(n))
		for _, d := range []xy{{0, 0}, {4, 0}, {0, 4}} {
			c, _ := fold(cellAt(q.add(d)))
			f[c] = max(f[c], v)
		}
	}
}

// nameStreets gives a name to every street of the core.
func (p *plan) nameStreets() {
	n := &streetNames{rand.New(rand.NewPCG(p.land.seed, 5)), map[string]bool{}}
	for i := range p.core.streets {
		s := &p.core.streets[i]
		s.name = n.next(s.class)
	}
}

// build fills the core's blocks from the densest outwards, then the country, and
// says how many live in each house.
func (p *plan) build() error {
	roads := slices.Concat(p.country.roads, p.core.streets)
	s := newSite(p.land, p.country.areas, roads)
	p.site = s
	r := rand.New(rand.NewPCG(p.land.seed, 6))
	for k, b := range p.core.blocks {
		s.block = k
		s.fill(p.core, b, r)
	}
	s.digPonds(p.country.hamlets, r)
	var room []int
	total := 0
	for _, b := range s.buildings {
		room = append(room, b.capacity())
		total += b.capacity()
	}
	inCore := min(coreHomes, total*94/100)
	missing := s.farmhouses(p.country.roads, p.country.hamlets, totalHomes-inCore, r)
	inCore += missing
	if inCore > total {
		return fmt.Errorf("town: there is room for %d homes in the core, not for %d", total, inCore)
	}
	for i, n := range share(inCore, room) {
		s.buildings[i].homes = n
		p.parcels.homes[s.buildings[i].block] += n
	}
	return nil
}

// gridAt is the grid whose outline holds a point, and whether the point is near
// another grid: there outline and raster may differ.
func (p *plan) gridAt(parts *partition, at xy) (grid int, edge bool) {
	col, row := cellAt(at)
	own, _ := parts.at(col, row)
	for dy := -4; dy <= 4; dy++ {
		for dx := -4; dx <= 4; dx++ {
			label, owner := parts.at(col+dx, row+dy)
			if label == own || owner != (tile{}) {
				continue
			}
			edge = true
			if contained(p.gridRings[label], at) {
				return int(label), true
			}
		}
	}
	return int(own), edge
}

func (p *plan) divideGrids() {
	s := p.site
	sums := make([]int, len(communities))
	for _, b := range s.buildings {
		sums[b.community] += b.homes
	}
	counts := share(totalGrids, sums)
	friction := p.friction(true)
	parts := p.split(friction, counts)
	var gridCommunity []int
	for i, n := range counts {
		for range n {
			gridCommunity = append(gridCommunity, i)
		}
	}
	pieces, pieceGrid := splitCells(p.land, parts, p.parcels, gridCommunity, friction)
	p.pieceGrid = pieceGrid
	p.borders = drawBorders(pieces, func(a, b key) int {
		la, ta := a.split()
		lb, tb := b.split()
		ga, gb := pieceGrid[la], pieceGrid[lb]
		switch {
		case ta != tb || gridCommunity[ga] != gridCommunity[gb]:
			return 3
		case ga != gb:
			return 2
		}
		return 1
	})
	p.gridRings = p.borders.outlines(len(gridCommunity), func(n int16) int { return int(pieceGrid[n]) })
	p.grids = make([]grid, len(gridCommunity))
	for i := range s.buildings {
		b := &s.buildings[i]
		b.grid, b.edge = p.gridAt(parts, b.at)
		b.community = gridCommunity[b.grid]
		g := &p.grids[b.grid]
		g.homes += b.homes
		g.buildings = append(g.buildings, int32(i))
	}
	p.addresses()
	groupOf, groupCommunity := bundle(parts, gridCommunity)
	p.nameAreas(gridCommunity, groupOf, groupCommunity)
	p.numberCells()
}

// nameAreas numbers grids and groups within their community, from north to south.
func (p *plan) nameAreas(gridCommunity, groupOf, groupCommunity []int) {
	order := make([]int, len(p.grids))
	at := make([]xy, len(p.grids))
	for i := range p.grids {
		order[i] = i
		p.grids[i].community, p.grids[i].group = gridCommunity[i], groupOf[i]
		for _, b := range p.grids[i].buildings {
			at[i] = at[i].add(p.site.buildings[b].at.times(1 / float64(len(p.grids[i].buildings))))
		}
	}
	sort.SliceStable(order, func(a, b int) bool {
		return at[order[a]].x*0.4-at[order[a]].y < at[order[b]].x*0.4-at[order[b]].y
	})
	p.groups = make([]group, len(groupCommunity))
	gridNumber, groupNumber := make([]int, len(communities)), make([]int, len(communities))
	for _, i := range order {
		g := &p.grids[i]
		m := communities[g.community]
		gridNumber[g.community]++
		n := gridNumber[g.community]
		g.code, g.name = fmt.Sprintf("%s%03d", m.code, n), m.name+"第"+ordinal(n)+"网格"
		if q := &p.groups[g.group]; q.code == "" {
			groupNumber[g.community]++
			n := groupNumber[g.community]
			*q = group{g.community, fmt.Sprintf("%s%02d", m.code, n), m.name + "第" + ordinal(n) + "片组"}
		}
	}
}

// numberCells gives the cells of each urban community their codes, in rows of
// 100 m from north to south, each from west to east.
func (p *plan) numberCells() {
	sum, n := make([]xy, len(p.pieceGrid)), make([]float64, len(p.pieceGrid))
	for c, piece := range p.borders.p.label {
		sum[piece] = sum[piece].add(p.borders.p.place(int32(c)))
		n[piece]++
	}
	byCommunity := make([][]int, len(communities))
	for piece, g := range p.pieceGrid {
		if m := p.grids[g].community; communities[m].urban && n[piece] > 0 {
			sum[piece] = sum[piece].times(1 / n[piece])
			byCommunity[m] = append(byCommunity[m], piece)
		}
	}
	for m, list := range byCommunity {
		sort.Slice(list, func(i, j int) bool {
			a, b := sum[list[i]], sum[list[j]]
			ra, rb := int(100-a.y/100+1000), int(100-b.y/100+1000)
			return ra < rb || ra == rb && a.x < b.x
		})
		for k, piece := range list {
			p.cells = append(p.cells, cell{int16(piece), fmt.Sprintf("%s%03d", communities[m].code, k+1), p.grids[p.pieceGrid[piece]].code})
		}
	}
}

// appoint lists the homes of every grid, and gives each to a neighbor head.
func (p *plan) appoint() {
	weights := make([]int, len(p.grids))
	for i, g := range p.grids {
		weights[i] = g.homes
	}
	counts := share(totalHeads, weights)
	homes, heads := make([][]home, len(p.grids)), make([][]head, len(p.grids))
	each(len(p.grids), func(i int) { homes[i], heads[i] = p.appointIn(i, counts[i]) })
	for i := range p.grids {
		for _, h := range homes[i] {
			h.head += int32(len(p.heads))
			p.homes = append(p.homes, h)
		}
		p.heads = append(p.heads, heads[i]...)
	}
}

// rooms are the homes of a building; those of a house on a border stay on the
// side of its middle.
func (p *plan) rooms(n int32, r *rand.Rand) []home {
	b := &p.site.buildings[n]
	homes := b.rooms(n, r)
	for i := range homes {
		for pull := 0.25; b.edge && pull <= 1 && !contained(p.gridRings[b.grid], homes[i].at); pull += 0.25 {
			homes[i].at = homes[i].at.lerp(b.at, pull).snap()
		}
	}
	return homes
}

func (p *plan) appointIn(i, count int) ([]home, []head) {
	g := p.grids[i]
	r := rand.New(rand.NewPCG(p.land.seed, 1000+uint64(i)))
	var lived []int32
	var at []xy
	for _, b := range g.buildings {
		if p.site.buildings[b].homes > 0 {
			lived = append(lived, b)
			at = append(at, p.site.buildings[b].at)
		}
	}
	var homes []home
	for _, k := range tour(at) {
		homes = append(homes, p.rooms(lived[k], r)...)
	}
	walk := make([]xy, len(homes))
	for k := range homes {
		walk[k] = homes[k].at
		homes[k].code = fmt.Sprintf("%s%04d", g.code, k+1)
	}
	var heads []head
	start := 0
	for k, end := range cut(walk, count) {
		own := homes[start:end]
		for n := range own {
			own[n].head = int32(k)
		}
		heads = append(heads, head{own[median(own)].at, i, fmt.Sprintf("%s%03d", g.code, k+1), g.name + "第" + strconv.Itoa(k+1) + "邻"})
		start = end
	}
	return homes, heads
}
