package town

// partition says to whom each cell of the raster belongs. The cell at its own
// position is the label's in the copy owner of the town; labels of other copies
// come by folding.
type partition struct {
	label []int16
	owner []tile
}

// seed starts a label's growth at a cell. A delay, in cost units, makes the
// label smaller than its neighbours.
type seed struct {
	cell  int32
	owner tile
	label int16
	delay int32
}

// growth lets labels grow from their seeds at the speed that the friction of the
// ground allows, until they meet: so borders come to lie where crossing is hard,
// along rivers, streets and ridges.
type growth struct {
	friction []uint8 // 4 is plain ground
	// within, if set, is a partition whose borders are not crossed.
	within *partition
	out    *partition
	cost   []int32 // of reaching each cell; far where not reached
	queue  [buckets][]int32
}

// buckets is more than the dearest step: 7 × (255 + 255).
const buckets = 4096

const far = int32(1) << 30

// steps are the eight neighbours with the length of the step in fifths.
var steps = [8]struct{ dx, dy, length int }{
	{1, 0, 5}, {-1, 0, 5}, {0, 1, 5}, {0, -1, 5}, {1, 1, 7}, {-1, 1, 7}, {1, -1, 7}, {-1, -1, 7},
}

// run grows the seeds, by Dial's queue of buckets.
func (g *growth) run(seeds []seed) {
	pending, latest := 0, int32(0)
	for _, s := range seeds {
		latest = max(latest, s.delay)
	}
	starts := make(map[int32][]seed)
	for _, s := range seeds {
		starts[s.delay] = append(starts[s.delay], s)
		pending++
	}
	for now := int32(0); pending > 0; now++ {
		if now <= latest {
			for _, s := range starts[now] {
				pending--
				if g.cost[s.cell] > now {
					g.claim(s.cell, s.owner, s.label, now)
					pending++
				}
			}
		}
		b := now % buckets
		cells := g.queue[b]
		pending -= len(cells)
		for _, c := range cells {
			if g.cost[c] == now {
				pending += g.pass(c, now)
			}
		}
		g.queue[b] = cells[:0]
	}
}

func (g *growth) claim(c int32, owner tile, label int16, cost int32) {
	g.cost[c] = cost
	g.out.label[c] = label
	g.out.owner[c] = owner
	b := cost % buckets
	g.queue[b] = append(g.queue[b], c)
}

// pass offers the label of a cell to its neighbours and returns how many took it.
func (g *growth) pass(c, now int32) (taken int) {
	col, row := int(c)%cols, int(c)/cols
	owner, label := g.out.owner[c], g.out.label[c]
	inside := col > 0 && col < cols-1 && row > 0 && row < rows-1
	for _, s := range steps {
		n, w := c+int32(s.dy*cols+s.dx), tile{}
		if !inside {
			n, w = fold(col+s.dx, row+s.dy)
		}
		cost := now + int32(s.length)*(int32(g.friction[c])+int32(g.friction[n]))
		if cost >= g.cost[n] {
			continue
		}
		if g.within != nil && (g.within.label[n] != g.within.label[c] || g.within.owner[n] != g.within.owner[c].minus(w)) {
			continue
		}
		g.claim(n, owner.minus(w), label, cost)
		taken++
	}
	return taken
}

func newPartition() *partition {
	return &partition{label: make([]int16, cols*rows), owner: make([]tile, cols*rows)}
}

// at is the label and the copy of the town at a raster position of the endless plane.
func (p *partition) at(col, row int) (int16, tile) {
	c, w := fold(col, row)
	return p.label[c], p.owner[c].plus(w)
}

// inTown is the label at a point if that point is the town's own, else -1.
func (p *partition) inTown(q xy) int16 {
	label, owner := p.at(cellAt(q))
	if owner != (tile{}) {
		return -1
	}
	return label
}

// place is the centre of a cell in the town's own copy.
func (p *partition) place(c int32) xy {
	return middle(int(c)%cols, int(c)/cols).sub(p.owner[c].offset())
}
