package tiles

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/lintu-map/lintu"
)

// content describes all that a coverage holds, whatever the numbers of its arcs
// and their places in memory: its arcs with the zooms of their points, and of
// each row the arcs that it is made of.
func content(c *coverage) []string {
	text := func(number uint32) string {
		a := c.arcs[number]
		return fmt.Sprint(a.box, a.mark, c.points[a.from:a.to], c.zooms[a.from:a.to])
	}
	var arcs []string
	for number, a := range c.arcs {
		if a.to > a.from {
			arcs = append(arcs, text(uint32(number)))
		}
	}
	slices.Sort(arcs)
	rows := []string{}
	for row, r := range c.rows {
		rows = append(rows, fmt.Sprint("row ", r.box, r.label, r.mark))
		for ring := range c.rowRings(uint32(row)) {
			rows = append(rows, "ring")
			for _, ref := range ring {
				rows = append(rows, fmt.Sprint(ref%2, text(ref/2)))
			}
		}
	}
	return append(arcs, rows...)
}

// drawing is all that a coverage shows.
func drawing(c *coverage) string {
	all := ""
	for zoom := range lintu.MaxZoom + 1 {
		all += fmt.Sprintln(zoom, drawAll(c, zoom))
	}
	return all
}

// The order of the rows decides nothing, nor does where a ring begins.
func TestTheOrderOfRowsDecidesNothing(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 3))
		rows, labels := randomRows(r)
		order := r.Perm(len(rows))
		shuffled, shuffledLabels := make([]ringSet, len(rows)), make([]position, len(rows))
		for i, k := range order {
			shuffled[i], shuffledLabels[i] = turned(r, rows[k]), labels[k]
		}
		a, b := newCoverage(rows, labels), newCoverage(shuffled, shuffledLabels)
		for zoom := range lintu.MaxZoom + 1 {
			one, other := drawAll(a, zoom), drawAll(b, zoom)
			for i, k := range order {
				if fmt.Sprint(one[k]) != fmt.Sprint(other[i]) {
					t.Fatalf("seed %d, zoom %d: %v, in another order %v", seed, zoom, one[k], other[i])
				}
			}
		}
	}
}

// turned is a row whose rings begin elsewhere.
func turned(r *rand.Rand, o ringSet) ringSet {
	c := ringSet{ends: o.ends}
	for _, ring := range ringsOf(o) {
		if len(ring) > 0 {
			n := r.IntN(len(ring))
			ring = slices.Concat(ring[n:], ring[:n])
		}
		c.points = append(c.points, ring...)
	}
	return c
}

// randomRows is a patchwork with some of its rows replaced by nasty ones.
func randomRows(r *rand.Rand) ([]ringSet, []position) {
	cell := cells[r.IntN(len(cells))]
	p := planarPatchwork(r, 1+r.IntN(5), cell, 5)
	rows := p.rows()
	labels := labelsIn(r, rows)
	for i := range rows {
		if r.IntN(6) == 0 {
			rows[i] = p.nastyRow()
		}
	}
	return rows, labels
}

// nasty is a polygon of the patchwork's own points and some others.
func (p *patchwork) nastyRow() ringSet {
	o := nastyRings(p.Rand, p.corners[p.IntN(p.size+1)][p.IntN(p.size+1)], 2+p.Uint32N(12))
	for i := range o.points {
		if p.IntN(2) == 0 {
			x, y := p.IntN(p.size), p.IntN(p.size+1)
			side := p.sides[[4]int{x, y, x + 1, y}]
			o.points[i] = side[p.IntN(len(side))]
		}
	}
	return o
}

// After any edits a coverage holds what one holds that is made at once.
func TestEditsEqualBuildingAnew(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 4))
		p := planarPatchwork(r, 1+r.IntN(6), cells[r.IntN(len(cells))], 5)
		rows := p.rows()
		labels := make([]position, len(rows))
		c := newCoverage(rows, labels)
		for step := range 12 {
			i := r.IntN(len(rows))
			rows[i], labels[i] = p.edited(rows, i)
			c.put(uint32(i), rows[i], labels[i])
			anew := newCoverage(rows, labels)
			if is, want := content(c), content(anew); !slices.Equal(is, want) {
				t.Fatalf("seed %d, step %d: putting row %d gives\n%v\ninstead of\n%v", seed, step, i, without(is, want), without(want, content(c)))
			}
			if drawing(c) != drawing(anew) {
				t.Fatalf("seed %d, step %d: the same arcs are drawn differently", seed, step)
			}
		}
	}
}

// edited is something else for a row: of a cell or more, of another row with some
// points shifted, nothing, or nasty.
func (p *patchwork) edited(rows []ringSet, i int) (ringSet, position) {
	switch p.IntN(6) {
	case 0:
		return ringSet{}, position{}
	case 1:
		return p.nastyRow(), p.corners[p.IntN(p.size+1)][p.IntN(p.size+1)]
	case 2:
		for k := range p.size * p.size {
			if p.IntN(4) == 0 {
				p.owner[[2]int{k % p.size, k / p.size}] = i
			}
		}
		return p.shape(i), position{}
	case 3:
		o := rows[i]
		if len(o.points) == 0 {
			return p.shape(i), position{}
		}
		o.points = slices.Clone(o.points)
		k := p.IntN(len(o.points))
		o.points[k] = p.shifted(o.points[k], p.cell/20)
		return o, p.anywhere()
	default:
		return p.shape(i), p.corners[p.IntN(p.size+1)][p.IntN(p.size+1)]
	}
}
