package town

import (
	"fmt"
	"sort"
	"strconv"
)

// addresses gives every building its code, and an address by street and number,
// or by hamlet in the country.
func (p *plan) addresses() {
	s := p.site
	count := make([]int, len(communities))
	for i := range s.buildings {
		b := &s.buildings[i]
		count[b.community]++
		b.code = fmt.Sprintf("%s%05d", communities[b.community].code, count[b.community])
	}
	p.hamletAddresses()
	p.streetAddresses()
}

func (p *plan) hamletAddresses() {
	byHamlet := newLineIndex(800)
	for i, h := range p.country.hamlets {
		byHamlet.add(line{h.at, h.at, i})
	}
	count := map[string]int{}
	for i := range p.site.buildings {
		b := &p.site.buildings[i]
		if b.class != "farmhouse" {
			continue
		}
		name := "中心组"
		if l, _, ok := byHamlet.nearest(b.at, 900); ok && p.country.hamlets[l.id].community == b.community {
			name = p.country.hamlets[l.id].name + "组"
		}
		key := communities[b.community].name + " " + name
		count[key]++
		b.address = key + strconv.Itoa(count[key]) + "号"
	}
}

// frontDoor is a compound or a house of its own, on its way to a number.
type frontDoor struct {
	community, road int
	along           float64
	buildings       []int
}

func (p *plan) streetAddresses() {
	s := p.site
	byRoad := newLineIndex(120)
	for i, rd := range s.roads {
		if rd.name != "" {
			byRoad.addPath(rd.pts, i)
		}
	}
	var doors []frontDoor
	ofCompound := map[int]int{}
	for i, b := range s.buildings {
		if b.class == "farmhouse" {
			continue
		}
		if d, ok := ofCompound[b.block]; ok && b.compound {
			doors[d].buildings = append(doors[d].buildings, i)
			continue
		}
		l, _, _ := byRoad.nearest(b.at, 400)
		if b.compound {
			ofCompound[b.block] = len(doors)
		}
		doors = append(doors, frontDoor{b.community, l.id, s.along(l, b.at), []int{i}})
	}
	sort.SliceStable(doors, func(i, j int) bool {
		a, b := doors[i], doors[j]
		if a.road != b.road {
			return a.road < b.road
		}
		return a.along < b.along
	})
	count := map[int]int{}
	for _, d := range doors {
		count[d.road]++
		number := s.roads[d.road].name + strconv.Itoa(count[d.road]) + "号"
		for k, i := range d.buildings {
			b := &s.buildings[i]
			b.address = communities[b.community].name + " " + number
			if b.compound {
				b.address += " " + strconv.Itoa(k+1) + "栋"
			}
		}
	}
}

// along is how far down its road the segment lies.
func (s *site) along(l line, p xy) float64 {
	sum := 0.0
	pts := s.roads[l.id].pts
	for i := 1; i < len(pts); i++ {
		if pts[i-1] == l.a {
			return sum + l.a.dist(p)
		}
		sum += pts[i-1].dist(pts[i])
	}
	return sum
}
