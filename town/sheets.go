package town

import (
	"fmt"
	"slices"
	"sort"
)

func codeColumn(name string, width int) column {
	return column{name: name, width: width, recoded: true}
}
func nameColumn(name string, width int) column { return column{name: name, width: width, named: true} }

// sheets draws up every shapefile of the town, by name.
func (p *plan) sheets(copies []copyOf, tiles []tile) (map[string]*sheet, error) {
	all := map[string]*sheet{}
	for _, draw := range []func() (*sheet, error){
		func() (*sheet, error) { return p.countySheet(tiles) },
		p.streetSheet, p.communitySheet, p.groupSheet, p.gridSheet, p.cellSheet,
		p.unitSheet, p.headSheet, p.homeSheet,
		p.buildingSheet, p.roadSheet, p.waterSheet, p.greenSheet,
	} {
		s, err := draw()
		if err != nil {
			return nil, err
		}
		all[s.name] = s
	}
	return all, nil
}

func (p *plan) countySheet(tiles []tile) (*sheet, error) {
	s := &sheet{name: "县区", shape: shapePolygon, once: true, columns: []column{{name: "区划代码", width: 12}, {name: "名称", width: 40}}}
	in := map[tile]bool{}
	for _, t := range tiles {
		in[t] = true
	}
	rings := p.borders.outline(func(_ int16, t tile) bool { return in[t] }, tiles)
	return s, s.add(rings, "430181", "浏阳市（演示）")
}

func (p *plan) gridOf(piece int16) *grid { return &p.grids[p.pieceGrid[piece]] }

func (p *plan) streetSheet() (*sheet, error) {
	s := &sheet{name: "街道", shape: shapePolygon, columns: []column{codeColumn("区划代码", 12), nameColumn("名称", 40), {name: "上级代码", width: 12}}}
	rings := p.borders.outlines(1, func(int16) int { return 0 })
	return s, s.add(rings[0], "430181002", "集里街道", "430181")
}

func (p *plan) communitySheet() (*sheet, error) {
	s := &sheet{name: "社区村", shape: shapePolygon, columns: []column{codeColumn("区划代码", 12), nameColumn("名称", 40), codeColumn("上级代码", 12)}}
	rings := p.borders.outlines(len(communities), func(n int16) int { return p.gridOf(n).community })
	for i, m := range communities {
		if err := s.add(rings[i], m.code, m.name, m.code[:9]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *plan) groupSheet() (*sheet, error) {
	s := &sheet{name: "片组", shape: shapePolygon, columns: []column{codeColumn("片组代码", 16), nameColumn("片组名称", 48), codeColumn("上级代码", 12)}}
	rings := p.borders.outlines(len(p.groups), func(n int16) int { return p.gridOf(n).group })
	for i, g := range p.groups {
		if err := s.add(rings[i], g.code, g.name, communities[g.community].code); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *plan) gridSheet() (*sheet, error) {
	s := &sheet{name: "网格", shape: shapePolygon, columns: []column{codeColumn("网格代码", 16), nameColumn("网格名称", 48), codeColumn("上级代码", 12), codeColumn("片组代码", 16)}}
	for i, g := range p.grids {
		if err := s.add(p.gridRings[i], g.code, g.name, communities[g.community].code, p.groups[g.group].code); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *plan) cellSheet() (*sheet, error) {
	s := &sheet{name: "单元网格", shape: shapePolygon, columns: []column{codeColumn("单元代码", 16), codeColumn("上级代码", 16)}}
	rings := p.borders.outlines(len(p.pieceGrid), func(n int16) int { return int(n) })
	for _, c := range p.cells {
		if err := s.add(rings[c.piece], c.code, c.parent); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *plan) unitSheet() (*sheet, error) {
	s := &sheet{name: "责任单位", shape: shapePoint, columns: []column{codeColumn("单位代码", 16), nameColumn("单位名称", 60), {name: "类型", width: 16}, {name: "入驻方式", width: 12}}}
	for _, u := range p.units {
		if err := s.add([][]xy{{u.at}}, u.code, u.name, unitWords[u.class], unitWords[u.stationing]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *plan) headSheet() (*sheet, error) {
	s := &sheet{name: "邻长", shape: shapePoint, columns: []column{codeColumn("邻长编号", 20), nameColumn("邻名", 60), codeColumn("网格代码", 16)}}
	for _, h := range p.heads {
		if err := s.add([][]xy{{h.at}}, h.code, h.name, p.grids[h.grid].code); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *plan) homeSheet() (*sheet, error) {
	s := &sheet{name: "户", shape: shapePoint, columns: []column{codeColumn("户编号", 20), {name: "地址", width: 64}, codeColumn("楼栋代码", 20), codeColumn("邻长编号", 20)}}
	for _, h := range p.homes {
		if err := s.add([][]xy{{h.at}}, h.code, h.address, p.site.buildings[h.building].code, p.heads[h.head].code); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (p *plan) buildingSheet() (*sheet, error) {
	s := &sheet{name: "建筑", shape: shapePolygon, columns: []column{codeColumn("楼栋代码", 20), {name: "名称", width: 60}, {name: "类型", width: 16}, {name: "层数", width: 4, number: true}}}
	for i := range p.site.buildings {
		b := &p.site.buildings[i]
		if err := s.add([][]xy{b.ring()}, b.code, b.address, b.class, b.floors); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func baseColumns() []column {
	return []column{codeColumn("代码", 16), {name: "名称", width: 40}, {name: "类型", width: 16}}
}

func (p *plan) roadSheet() (*sheet, error) {
	s := &sheet{name: "道路", shape: shapeLine, columns: baseColumns()}
	n := 0
	put := func(rd road) error {
		for _, t := range around {
			for _, part := range p.clip(shifted(rd.pts, t.offset())) {
				n++
				if err := s.add([][]xy{part}, fmt.Sprintf("430181002R%05d", n), rd.name, rd.class); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, rd := range slices.Concat(p.country.roads, p.core.streets) {
		if err := put(rd); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// clip keeps the parts of a line that lie in the town.
func (p *plan) clip(pts []xy) [][]xy {
	var out [][]xy
	var run []xy
	flush := func() {
		if len(run) > 1 {
			out = append(out, simplify(run, 0.3))
		}
		run = nil
	}
	for i, q := range pts {
		if i > 0 {
			n := int(pts[i-1].dist(q) / 8)
			for k := 1; k < n; k++ {
				m := pts[i-1].lerp(q, float64(k)/float64(n)).snap()
				if p.site.areas.inTown(m) < 0 {
					flush()
				} else {
					run = append(run, m)
				}
			}
		}
		if p.site.areas.inTown(q) < 0 {
			flush()
		} else {
			run = append(run, q)
		}
	}
	flush()
	return out
}

func (p *plan) waterSheet() (*sheet, error) {
	s := &sheet{name: "水系", shape: shapePolygon, columns: baseColumns()}
	if err := s.add([][]xy{p.river()}, "430181002W00001", "浏阳河", "river"); err != nil {
		return nil, err
	}
	for i, d := range p.site.ponds {
		if err := s.add([][]xy{d.ring}, fmt.Sprintf("430181002W%05d", i+2), "", "pond"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// river is the water from where its middle line enters the town to where it
// leaves: one period, so that copies join.
func (p *plan) river() []xy {
	x := 0.0
	for {
		if p.site.areas.inTown(xy{x, p.land.river(x).y}) < 0 {
			break
		}
		x -= cellM / 2
	}
	const n = 700
	var north, south []xy
	for k := range n + 1 {
		at := x + periodX*float64(k)/n
		if k == n {
			north = append(north, north[0].add(tile{1, 0}.offset()))
			south = append(south, south[0].add(tile{1, 0}.offset()))
			break
		}
		b := p.land.river(at)
		side := xy{-b.slope, 1}.unit().times(b.half)
		north = append(north, xy{at, b.y}.add(side).snap())
		south = append(south, xy{at, b.y}.sub(side).snap())
	}
	slices.Reverse(south)
	ring := append(north, south...)
	return simplify(append(ring, ring[0]), 0.3)
}

func (p *plan) greenSheet() (*sheet, error) {
	s := &sheet{name: "绿地", shape: shapePolygon, columns: baseColumns()}
	n := 0
	put := func(rings [][]xy, name, class string) error {
		n++
		return s.add(rings, fmt.Sprintf("430181002G%05d", n), name, class)
	}
	for _, g := range p.site.parks {
		if err := put([][]xy{g.ring}, g.name, "park"); err != nil {
			return nil, err
		}
	}
	for i, rings := range p.forests() {
		name := ""
		if i == 0 {
			name = "道吾山森林公园"
		}
		if err := put(rings, name, "forest"); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// woodsHeight is where the trees begin.
const woodsHeight = 0.3

// forests are the hills above a height, the largest first.
func (p *plan) forests() [][][]xy {
	woods := newPartition()
	for c := range woods.label {
		q := p.site.areas.place(int32(c))
		woods.owner[c] = p.site.areas.owner[c]
		if p.land.height(q) > woodsHeight {
			woods.label[c] = 1
		}
	}
	b := drawBorders(woods, func(_, _ key) int { return 0 })
	rings := b.outline(func(label int16, t tile) bool { return label == 1 && t == tile{} }, around[:1])
	var out [][][]xy
	for _, r := range rings {
		if area(r) < -8000 {
			out = append(out, [][]xy{r})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return area(out[i][0]) < area(out[j][0]) })
	for _, r := range rings {
		if area(r) < 4000 {
			continue
		}
		for i := len(out) - 1; i >= 0; i-- {
			if contains(out[i][0], r[0]) {
				out[i] = append(out[i], r)
				break
			}
		}
	}
	return out
}
