package tiles

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// road is a line along sides of a patchwork, from crossing to crossing; it may end
// between them, and pass a crossing twice.
func (p *patchwork) road() []position {
	x, y := p.IntN(p.size+1), p.IntN(p.size+1)
	line := []position{p.corners[y][x]}
	for range 1 + p.IntN(6) {
		tox, toy := x, y
		if p.IntN(2) == 0 {
			tox = min(max(x+2*p.IntN(2)-1, 0), p.size)
		} else {
			toy = min(max(y+2*p.IntN(2)-1, 0), p.size)
		}
		side := slices.Clone(p.sides[[4]int{min(x, tox), min(y, toy), max(x, tox), max(y, toy)}])
		if tox < x || toy < y {
			slices.Reverse(side)
		}
		if len(side) > 0 {
			line = append(line, side[1:]...)
		}
		x, y = tox, toy
	}
	return line[:len(line)-p.IntN(2)*p.IntN(len(line))]
}

// roads are rows of one line or two.
func (p *patchwork) roads(n int) []ringSet {
	rows := make([]ringSet, n)
	for i := range rows {
		for range 1 + p.IntN(2) {
			rows[i].points = append(rows[i].points, p.road()...)
			rows[i].ends = append(rows[i].ends, int32(len(rows[i].points)))
		}
	}
	return rows
}

// planarRoads tries until none cross but at a point that they share.
func planarRoads(r *rand.Rand, cell int) []ringSet {
	for {
		rows := planarPatchwork(r, 1+r.IntN(5), cell, 5).roads(1 + r.IntN(12))
		if len(meetings(lineSegments(rows))) == 0 {
			return rows
		}
	}
}

// lineSegments are those of lines, each once whatever its direction.
func lineSegments(rows []ringSet) []segment {
	seen := map[segment]bool{}
	var all []segment
	for _, s := range rows {
		for _, line := range ringsOf(s) {
			for i := range line[1:] {
				g := segment{line[i], line[i+1]}
				if !seen[g] && !seen[segment{g.b, g.a}] {
					seen[g] = true
					all = append(all, g)
				}
			}
		}
	}
	return all
}

// Roads that share a point draw it at the same zooms, keep their ends, come no
// nearer than they were to crossing, and stay within a tile unit of where they are.
func TestRoadsMeetAtEveryZoom(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 11))
		rows := planarRoads(r, cells[seed%uint64(len(cells))])
		c := newNetwork(rows)
		for i := range rows {
			rows[i] = rows[i].clean(true)
		}
		for zoom := range lintu.MaxZoom + 1 {
			checkRoads(t, rows, drawAll(c, zoom), zoom)
			if t.Failed() {
				t.Fatalf("seed %d, zoom %d", seed, zoom)
			}
		}
	}
}

func checkRoads(t *testing.T, rows, drawn []ringSet, zoom int) {
	t.Helper()
	for _, m := range meetings(lineSegments(drawn)) {
		t.Errorf("%v and %v meet", m[0], m[1])
	}
	shown := map[position]bool{}
	for i := range drawn {
		for _, p := range drawn[i].points {
			shown[p] = true
		}
	}
	for i, row := range rows {
		if len(row.ends) != len(drawn[i].ends) {
			t.Fatalf("%d lines, want %d", len(drawn[i].ends), len(row.ends))
		}
		for k := range row.ends {
			checkRoad(t, row.ring(k), drawn[i].ring(k), shown, zoom)
		}
	}
}

func checkRoad(t *testing.T, was, is []position, shown map[position]bool, zoom int) {
	t.Helper()
	if is[0] != was[0] || is[len(is)-1] != was[len(was)-1] {
		t.Errorf("%v ends elsewhere than %v", is, was)
	}
	line, k := lineSegments([]ringSet{{is, []int32{int32(len(is))}}}), 0
	for _, p := range was {
		if k < len(is) && is[k] == p {
			k++
		} else if shown[p] {
			t.Errorf("%v is drawn of another road only", p)
		}
		if d := distanceTo(p, line); d > float64(int64(1)<<(20-zoom)) {
			t.Errorf("the line is %.1f units from %v", d, p)
		}
	}
	if k < len(is) || zoom == lintu.MaxZoom && len(is) != len(was) {
		t.Errorf("zoom %d draws %v of %v", zoom, is, was)
	}
}

// After any edits a network holds what one holds that is made at once, whatever lines
// it is given.
func TestNetworkEditsEqualBuildingAnew(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 12))
		p := planarPatchwork(r, 1+r.IntN(5), cells[r.IntN(len(cells))], 5)
		rows := p.roads(12)
		c := newNetwork(rows)
		for step := range 12 {
			i := r.IntN(len(rows))
			switch r.IntN(4) {
			case 0:
				rows[i] = ringSet{}
			case 1:
				rows[i] = p.nastyRow()
			default:
				rows[i] = p.roads(1)[0]
			}
			c.put(uint32(i), rows[i], position{})
			anew := newNetwork(rows)
			if is, want := content(c), content(anew); !slices.Equal(is, want) {
				t.Fatalf("seed %d, step %d: putting row %d gives\n%v\ninstead of\n%v", seed, step, i, without(is, want), without(want, content(c)))
			}
			if drawing(c) != drawing(anew) {
				t.Fatalf("seed %d, step %d: the same arcs are drawn differently", seed, step)
			}
			for i, s := range drawAll(c, lintu.MaxZoom) {
				want := rows[i].clean(true)
				if !slices.Equal(s.points, want.points) || !slices.Equal(s.ends, want.ends) {
					t.Fatalf("seed %d: row %d is drawn as %v, want %v", seed, i, s, want)
				}
			}
		}
	}
}

// lane is a road of a layer: a walk from corner to corner of plots.
type lane struct {
	id     lintu.ID
	walk   []plot
	absent bool
}

func newLane(r *rand.Rand) lane {
	l := lane{id: lintu.NewID()}
	for x, y := r.IntN(5), r.IntN(5); len(l.walk) < 2+r.IntN(6); x, y = x+r.IntN(2), y+r.IntN(2) {
		l.walk = append(l.walk, plot{x: x, y: y})
	}
	return l
}

func (l *lane) line() (line orb.LineString) {
	for _, p := range l.walk {
		line = append(line, p.rings()[0][0][0])
	}
	return line
}

func (l *lane) bounds() box {
	var points []position
	for _, p := range l.line() {
		points = append(points, positionOf(p))
	}
	return boxOf(points)
}

// A layer of roads follows edits as one of polygons does, and digests stand for its
// tiles.
func TestRoadLayerEditsEqualLoadingAnew(t *testing.T) {
	l, _ := lintu.LayerByName(lintu.Roads)
	l.MinZoom = 0
	r := rand.New(rand.NewPCG(1, 13))
	var lanes []lane
	for range 30 {
		lanes = append(lanes, newLane(r))
	}
	take := func(f *lane, w layerKeeper) {
		shape, err := geo.AppendEWKB(nil, orb.MultiLineString{f.line()})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.take(&lintu.LayerRow{ID: f.id, Geometry: shape, Values: []lintu.Value{{Text: fmt.Appendf(nil, "第%d路", len(f.walk))}, {Null: true}}}); err != nil {
			t.Fatal(err)
		}
	}
	w, h := newKeeper(l), newHistory()
	held := w.load()
	for round := range 200 {
		f := &lanes[r.IntN(len(lanes))]
		where := []box{f.bounds()}
		if r.IntN(3) == 0 {
			f.walk = newLane(r).walk
		} else {
			f.absent = !f.absent
		}
		if where = append(where, f.bounds()); round == 0 {
			where = []box{everywhere}
		}
		anew := newKeeper(l)
		for _, i := range r.Perm(len(lanes)) {
			if !lanes[i].absent {
				take(&lanes[i], w)
				take(&lanes[i], anew)
			}
		}
		held = w.replace(held, where)
		fresh := anew.load()
		for z := range lintu.MaxZoom + 1 {
			for i := range 4 {
				c := coordAt(orb.Point{113.5 + plotSide*float64(2*i), 28.1 + plotSide*float64(2*i)}, z)
				h.note(t, c, held.digest(c), checkTile(t, held, fresh, c))
			}
		}
	}
	h.check(t)
}
