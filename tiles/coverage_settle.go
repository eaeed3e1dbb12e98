package tiles

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/lintu-map/lintu"
)

// settleAll works out the zooms of all vertices.
func (c *coverage) settleAll() {
	arcs := c.allArcs()
	var labels []position
	for _, r := range c.rows {
		if r.label != (position{}) {
			labels = append(labels, r.label)
		}
	}
	least := c.leasts(arcs)
	obstacles := c.obstaclesOf(arcs, labels, lintu.MaxZoom)
	for zoom := topZoom; zoom >= 0; zoom-- {
		c.thinAll(arcs, least, zoom, obstacles)
		obstacles = obstacles.thin(c.zooms, zoom)
	}
}

func (c *coverage) allArcs() []uint32 {
	arcs := make([]uint32, len(c.arcs))
	for i := range arcs {
		arcs[i] = uint32(i)
	}
	return arcs
}

// thinAll thins arcs at one zoom, on all processors.
func (c *coverage) thinAll(arcs []uint32, least []int, zoom int, o obstacles) {
	const share = 1000
	var taken atomic.Int64
	var work sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		work.Go(func() {
			t := thinner{coverage: c, zoom: zoom, obstacles: o}
			for {
				end := int(taken.Add(share))
				for i := end - share; i < min(end, len(arcs)); i++ {
					t.thin(arcs[i], least[i])
				}
				if end >= len(arcs) {
					return
				}
			}
		})
	}
	work.Wait()
}

// leasts returns of each arc how many points must stay, so that no ring loses
// its area. Arcs that end where an arc does must all be given.
func (c *coverage) leasts(arcs []uint32) []int {
	count := make(map[[2]position]int, len(arcs))
	for _, a := range arcs {
		count[c.ends(a)]++
	}
	least := make([]int, len(arcs))
	for i, a := range arcs {
		switch ends := c.ends(a); {
		case ends[0] == ends[1]:
			least[i] = 4 // the first is the last
		case count[ends] > 1:
			least[i] = 3
		default:
			least[i] = 2
		}
	}
	return least
}

// ends returns where an arc ends, the lower place first.
func (c *coverage) ends(number uint32) [2]position {
	p := c.line(number)
	first, last := p[0], p[len(p)-1]
	if westFirst(last, first) < 0 {
		first, last = last, first
	}
	return [2]position{first, last}
}

// settling works out the zooms around a change. Zoom by zoom downwards it thins
// the arcs that may come out differently, and sees from what did come out
// differently which others may at the next zoom.
type settling struct {
	thinner
	gone   []uint32          // arcs that are no longer used, their points still there
	before map[uint32][]int8 // of each arc to thin, its zooms before the change; nil if it is new
	labels []position        // that came or went
	region box               // holds all of these
	around []uint32          // the arcs that meet the region
	least  map[uint32]int    // of these
}

func (s *settling) settle(added []uint32) {
	s.region = boxOf(s.labels)
	for _, a := range s.gone {
		s.region = s.region.union(s.arcs[a].box)
	}
	s.before = map[uint32][]int8{}
	for _, a := range added {
		s.before[a] = nil
		s.region = s.region.union(s.arcs[a].box)
	}
	s.zoom = topZoom
	s.look(lintu.MaxZoom)
	s.meet(s.twinsOf(slices.Concat(s.gone, added)))
	for ; s.zoom >= 0; s.zoom-- {
		s.meet(s.reached(s.moved()))
		for a := range s.before {
			s.thin(a, s.least[a])
		}
		s.obstacles = s.obstacles.thin(s.zooms, s.zoom)
	}
}

// look finds the arcs in the region and the obstacles that a zoom leaves there.
func (s *settling) look(zoom int) {
	var labels []position
	var rows []uint32
	for i, r := range s.rows {
		if r.label != (position{}) && s.region.contains(r.label) {
			labels = append(labels, r.label)
		}
		if r.box.meets(s.region) {
			rows = append(rows, uint32(i))
		}
	}
	s.around = s.arcsOf(slices.Values(rows))
	s.around = slices.DeleteFunc(s.around, func(a uint32) bool { return !s.arcs[a].box.meets(s.region) })
	s.least = make(map[uint32]int, len(s.around))
	least := s.leasts(s.around)
	for i, a := range s.around {
		s.least[a] = least[i]
	}
	s.obstacles = s.obstaclesOf(s.around, labels, zoom)
}

// twinsOf returns the arcs that end where an arc does that came or went: of them,
// more points must stay than before, or fewer.
func (s *settling) twinsOf(changed []uint32) []uint32 {
	ends := map[[2]position]bool{}
	for _, a := range changed {
		ends[s.ends(a)] = true
	}
	var twins []uint32
	for _, a := range s.around {
		if ends[s.ends(a)] {
			twins = append(twins, a)
		}
	}
	return twins
}

// meet adds arcs to those to be thinned, if they are not among them. The zooms
// above have been worked out.
func (s *settling) meet(arcs []uint32) {
	region := s.region
	for _, number := range arcs {
		if _, known := s.before[number]; !known {
			a := s.arcs[number]
			s.before[number] = slices.Clone(s.zooms[a.from:a.to])
			region = region.union(a.box)
		}
	}
	if region != s.region {
		s.region = region
		s.look(s.zoom + 1)
	}
}

// moved returns the places where the zoom above has an obstacle that it had not
// before, or no longer has one.
func (s *settling) moved() []position {
	const was, is = 1, 2
	state, above := map[position]int{}, int8(s.zoom+1)
	for _, number := range s.gone {
		a := s.arcs[number]
		for i := a.from; i < a.to; i++ {
			if s.zooms[i] <= above {
				state[s.points[i]] |= was
			}
		}
	}
	for number, before := range s.before {
		a := s.arcs[number]
		for i := a.from; i < a.to; i++ {
			if before != nil && before[i-a.from] <= above {
				state[s.points[i]] |= was
			}
			if s.zooms[i] <= above {
				state[s.points[i]] |= is
			}
		}
	}
	moved := slices.Clone(s.labels)
	for p, when := range state {
		if when != was|is {
			moved = append(moved, p)
		}
	}
	return moved
}

// reached returns the arcs around of which a triangle that is looked into when
// they are thinned may hold one of some places.
func (s *settling) reached(places []position) []uint32 {
	var arcs []uint32
	for _, a := range s.around {
		if slices.ContainsFunc(places, func(p position) bool { return s.arcs[a].box.contains(p) && s.reaches(s.line(a), p) }) {
			arcs = append(arcs, a)
		}
	}
	return arcs
}

// reaches reports whether a place is near enough to an arc: no farther from the
// long side of a triangle than a tile unit, which is no farther than that from
// the arc.
func (s *settling) reaches(arc []position, p position) bool {
	far := 2 * tileUnit(s.zoom)
	for i := range arc[1:] {
		if boxOf(arc[i : i+2]).wider(far).contains(p) {
			return true
		}
	}
	return false
}
