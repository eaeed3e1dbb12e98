package tiles

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lintu-map/lintu"
)

// drawAll returns what a zoom shows of every row.
func drawAll(c *coverage, zoom int) []ringSet {
	all := make([]ringSet, len(c.rows))
	for i := range all {
		c.draw(&all[i], uint32(i), zoom, everywhere)
	}
	return all
}

// Sizes of cells so that zooms find them large, small and smaller than a unit.
// With the last, an arc can be wider than half of the world.
var cells = []int{40, 300, 4000, 100_000, 5_000_000, 500_000_000}

func TestNeighboursShareTheirBorders(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		rows := planarPatchwork(r, 1+r.IntN(6), cells[seed%uint64(len(cells))], 5).rows()
		var labels []position // which are obstacles, and could hide that another rule is broken
		if seed%2 == 0 {
			labels = labelsIn(r, rows)
		}
		c := newCoverage(rows, labels)
		for zoom := range lintu.MaxZoom + 1 {
			checkZoom(t, rows, drawAll(c, zoom), labels, zoom)
			if t.Failed() {
				t.Fatalf("seed %d, zoom %d", seed, zoom)
			}
		}
	}
}

// labelsIn picks a point inside each row.
func labelsIn(r *rand.Rand, rows []ringSet) []position {
	labels := make([]position, len(rows))
	for i, o := range rows {
		if len(o.ends) == 0 {
			continue
		}
		b := boxOf(o.points)
		for sideOf(labels[i], ringsOf(o)...) <= 0 {
			labels[i] = position{b.west + r.Uint32N(b.east-b.west), b.north + r.Uint32N(b.south-b.north)}
		}
	}
	return labels
}

// checkZoom checks what a zoom draws of rows without gaps and overlaps.
func checkZoom(t *testing.T, rows, drawn []ringSet, labels []position, zoom int) {
	t.Helper()
	for _, m := range meetings(segmentsOf(drawn...)) {
		t.Errorf("%v and %v meet", m[0], m[1])
	}
	count := map[segment]int{}
	for _, s := range segmentsOf(drawn...) {
		count[s]++
	}
	checkBorder(t, rows, count)
	for i, o := range drawn {
		checkRow(t, rows[i], o, zoom)
		if labels != nil && len(o.ends) > 0 && sideOf(labels[i], ringsOf(o)...) <= 0 {
			t.Errorf("row %d: its label %v is not inside", i, labels[i])
		}
	}
}

// checkBorder checks that every segment is drawn once, and once by the neighbour
// in the other direction unless it is on the rim of the whole.
func checkBorder(t *testing.T, rows []ringSet, drawn map[segment]int) {
	t.Helper()
	rim := map[position]bool{} // every point on it
	all := map[segment]bool{}
	for _, s := range segmentsOf(rows...) {
		all[s] = true
	}
	for s := range all {
		if !all[segment{s.b, s.a}] {
			rim[s.a], rim[s.b] = true, true
		}
	}
	for s, n := range drawn {
		if n != 1 {
			t.Errorf("%v is drawn %d times", s, n)
		}
		if drawn[segment{s.b, s.a}] != 1 && (!rim[s.a] || !rim[s.b]) {
			t.Errorf("%v has no neighbour", s)
		}
	}
}

// checkRow checks that a row keeps its rings, the side of their insides, and its
// place to a tile unit.
func checkRow(t *testing.T, row, drawn ringSet, zoom int) {
	t.Helper()
	if len(row.ends) != len(drawn.ends) {
		t.Fatalf("%d rings, want %d", len(drawn.ends), len(row.ends))
	}
	checkAreas(t, row, drawn)
	for i := range row.ends {
		was, is := row.ring(i), drawn.ring(i)
		if unturned(is, was) == nil {
			t.Errorf("ring %d is not a part of what it was", i)
		}
		line := segmentsOf(ringSet{is, []int32{int32(len(is))}})
		for _, p := range was {
			if d := distanceTo(p, line); d > float64(int64(1)<<(20-zoom)) {
				t.Errorf("ring %d is %.1f units from %v", i, d, p)
			}
		}
	}
}

// unturned returns ring from where it begins to be a part of another in the same
// order, or nil.
func unturned(ring, of []position) []position {
	at := slices.Index(of, ring[0])
	if at < 0 {
		return nil
	}
	turned, k := slices.Concat(of[at:], of[:at]), 0
	for _, p := range turned {
		if k < len(ring) && p == ring[k] {
			k++
		}
	}
	if k < len(ring) {
		return nil
	}
	return turned
}

// At the last zoom, and whatever the input, every vertex is drawn.
func TestTheLastZoomDrawsAll(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 2))
		var rows []ringSet
		for range 1 + r.IntN(8) {
			rows = append(rows, nastyRings(r, position{1 << 30, 1 << 30}, 2+r.Uint32N(12)))
		}
		for i, o := range drawAll(newCoverage(rows, nil), lintu.MaxZoom) {
			want := rows[i].clean(false)
			if !slices.Equal(o.ends, want.ends) {
				t.Fatalf("seed %d: row %d has other rings", seed, i)
			}
			for k := range o.ends {
				is, was := o.ring(k), want.ring(k)
				if !slices.Contains(turnings(was), fmt.Sprint(is)) {
					t.Fatalf("seed %d: ring %v came back as %v", seed, was, is)
				}
			}
		}
	}
}

func turnings(ring []position) []string {
	var all []string
	for i := range ring {
		all = append(all, fmt.Sprint(slices.Concat(ring[i:], ring[:i])))
	}
	return all
}

// Two patchworks on one another cross everywhere, but no row crosses itself, and
// no two rows do that did not before.
func TestOverlapsBringNoNewCrossings(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 5))
		rows := overlay(r)
		c := newCoverage(rows, nil)
		before := crossingRows(rows)
		for zoom := range lintu.MaxZoom {
			for pair := range crossingRows(drawAll(c, zoom)) {
				if !before[pair] {
					t.Fatalf("seed %d, zoom %d: rows %v cross", seed, zoom, pair)
				}
			}
		}
	}
}

// overlay is two patchworks on one another, a little shifted.
func overlay(r *rand.Rand) []ringSet {
	size, cell := 2+r.IntN(3), cells[r.IntN(5)]
	a, b := planarPatchwork(r, size, cell, 4), planarPatchwork(r, size, cell, 4)
	rows, from, to := a.rows(), b.corners[0][0], a.corners[0][0]
	for _, s := range b.rows() {
		for i, p := range s.points {
			s.points[i] = position{p.x - from.x + to.x, p.y - from.y + to.y}
		}
		rows = append(rows, s)
	}
	return rows
}

// crossingRows returns the pairs of rows of which segments meet; a row with
// itself too.
func crossingRows(rows []ringSet) map[[2]int]bool {
	of := map[segment][]int{}
	for i, s := range rows {
		for _, s := range segmentsOf(s) {
			if westFirst(s.b, s.a) < 0 {
				s = segment{s.b, s.a}
			}
			of[s] = append(of[s], i)
		}
	}
	pairs := map[[2]int]bool{}
	for _, m := range meetings(segmentsOf(rows...)) {
		for _, i := range of[m[0]] {
			for _, k := range of[m[1]] {
				pairs[[2]int{min(i, k), max(i, k)}] = true
			}
		}
	}
	return pairs
}

// What is left out beyond a view changes nothing in it.
func TestDrawingForAView(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 6))
		p := planarPatchwork(r, 2+r.IntN(4), cells[r.IntN(5)], 5)
		c := newCoverage(p.rows(), nil)
		a, b := p.anywhere(), p.anywhere()
		view := boxOf([]position{a, b})
		for row := range c.rows {
			zoom := r.IntN(lintu.MaxZoom + 1)
			var all, part ringSet
			c.draw(&all, uint32(row), zoom, everywhere)
			c.draw(&part, uint32(row), zoom, view)
			for range 50 {
				place := position{anyBetween(r, view.west, view.east), anyBetween(r, view.north, view.south)}
				if sideOf(place, ringsOf(all)...) != sideOf(place, ringsOf(part)...) {
					t.Fatalf("seed %d, row %d, zoom %d: %v has changed sides", seed, row, zoom, place)
				}
			}
		}
	}
}

// Of a border that winds by less than a tile unit one vertex is left, which keeps
// apart the three lines between its ends.
func TestWhatTheEyeCannotTellApart(t *testing.T) {
	const zoom, corner, side = 12, 1 << 31, 1 << 20
	unit := uint32(tileUnit(zoom))
	west := ringSet{points: []position{{corner, corner}}}
	east := ringSet{points: []position{{corner + 2*side, corner + side}, {corner + 2*side, corner}}}
	var border []position
	for y := uint32(0); y <= side; y += side / 16 {
		border = append(border, position{corner + side + unit*(y/(side/16)%2)*9/10, corner + y})
	}
	west.points = append(append(west.points, border...), position{corner, corner + side})
	east.points = append(east.points, border...)
	west.ends, east.ends = []int32{int32(len(west.points))}, []int32{int32(len(east.points))}
	slices.Reverse(west.points)
	c := newCoverage([]ringSet{west, east}, nil)
	for z, want := range map[int]int{zoom: 5, zoom + 1: len(border) + 2} {
		for row, s := range drawAll(c, z) {
			if len(s.points) != want {
				t.Errorf("zoom %d: row %d has %d vertices, want %d: %v", z, row, len(s.points), want, s.points)
			}
		}
	}
}

// A spike narrower than the eye can tell goes, unless a label is in it: then it
// stays as wide as holds the label.
func TestLabelsStayInside(t *testing.T) {
	const zoom, x, y = 10, 1 << 31, 1 << 30
	unit := uint32(tileUnit(zoom))
	corners := []position{{x, y}, {x + 10*unit, y}, {x + 10*unit, y + 9*unit}, {x, y + 9*unit}}
	tip := position{x + 10*unit + unit*9/10, y + 4*unit + unit/4}
	spike := []position{{x + 10*unit, y + 4*unit}, tip, {x + 10*unit, y + 4*unit + unit/2}}
	row := ringSet{points: slices.Insert(corners, 2, spike...), ends: []int32{7}}
	label := position{tip.x - unit/10, tip.y}
	for _, c := range []struct {
		labels []position
		want   bool
	}{{nil, false}, {[]position{label}, true}} {
		s := drawAll(newCoverage([]ringSet{row}, c.labels), zoom)[0]
		if inside := sideOf(label, s.points) > 0; inside != c.want {
			t.Errorf("label given: %v, inside: %v of %v", c.labels != nil, inside, s.points)
		}
	}
}

// A vertex takes 9 bytes, a row and its arc 72.
func TestMemory(t *testing.T) {
	const n = 5000
	c := newCoverage(buildings(n, 28), nil)
	for row, s := range buildings(n, 29) {
		c.put(uint32(row), s, position{})
	}
	if perRow := c.bytes() / n; perRow > 375 {
		t.Errorf("a building of 29 vertices takes %d bytes", perRow)
	}
}
