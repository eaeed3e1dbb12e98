package town

import (
	"math"
	"slices"
)

// arc is a stretch of border between two pieces of the finest partition. Every
// border exists once; both neighbours, also those of two copies of the town, are
// drawn with the same points.
type arc struct {
	pts         []xy
	left, right key
}

// borders is the net of all arcs of one period of the plane.
type borders struct {
	p    *partition
	rank func(a, b key) int
	side []uint8 // per corner: which of its four sides are border
	move []xy    // per corner: displacement by smoothing, in cells
	done []uint8 // sides already part of an arc
	arcs []arc
}

// The four sides that meet at a corner: east, north, west, south.
var sides = [4]struct {
	dx, dy         int
	leftX, leftY   int // the cell on the left hand of who leaves along it
	rightX, rightY int
}{
	{1, 0, 0, 0, 0, -1},
	{0, 1, -1, 0, 0, 0},
	{-1, 0, -1, -1, -1, 0},
	{0, -1, 0, -1, -1, -1},
}

// drawBorders traces the borders of a partition, smooth and without a crossing.
// rank says how important a border between two different pieces is: the most
// important run smoothly past where lesser ones meet them.
func drawBorders(p *partition, rank func(a, b key) int) *borders {
	b := &borders{p: p, rank: rank, side: make([]uint8, cols*rows), done: make([]uint8, cols*rows), move: make([]xy, cols*rows)}
	b.findSides()
	b.smooth(70)
	b.trace()
	b.simplify(1.2)
	return b
}

func (b *borders) findSides() {
	for row := range rows {
		for col := range cols {
			for k, s := range sides {
				if b.p.key(col+s.leftX, row+s.leftY) != b.p.key(col+s.rightX, row+s.rightY) {
					b.side[row*cols+col] |= 1 << k
				}
			}
		}
	}
}

// smooth moves every corner towards the mean of its neighbours along the border.
// A corner stays in a square of a cell's size around its place, and so lines
// that were apart stay apart; where no other line is near the square is larger.
func (b *borders) smooth(rounds int) {
	type knot struct {
		corner, n int32
		next      [4]int32 // neighbours, as places in knots
		sum       xy       // of the steps to them
		reach     float64  // how far it may move
	}
	var knots []knot
	number := make([]int32, len(b.side))
	for c, s := range b.side {
		if s != 0 {
			number[c] = int32(len(knots))
			knots = append(knots, knot{corner: int32(c)})
		}
	}
	for i := range knots {
		k := &knots[i]
		col, row := int(k.corner)%cols, int(k.corner)/cols
		for _, d := range b.chief(col, row) {
			s := sides[d]
			o, _ := fold(col+s.dx, row+s.dy)
			k.next[k.n] = number[o]
			k.n++
			k.sum = k.sum.add(xy{float64(s.dx), float64(s.dy)})
		}
	}
	each(len(knots)/4096+1, func(part int) {
		for i := part * 4096; i < min((part+1)*4096, len(knots)); i++ {
			knots[i].reach = 0.49
			if b.alone(int(knots[i].corner)) {
				knots[i].reach = 0.95
			}
		}
	})
	now, then := make([]xy, len(knots)), make([]xy, len(knots))
	for range rounds {
		for i := range knots {
			k := &knots[i]
			to := k.sum
			for _, o := range k.next[:k.n] {
				to = to.add(now[o])
			}
			to = now[i].lerp(to.times(1/float64(k.n)), 0.6)
			then[i] = xy{min(max(to.x, -k.reach), k.reach), min(max(to.y, -k.reach), k.reach)}
		}
		now, then = then, now
	}
	for i, k := range knots {
		b.move[k.corner] = now[i]
	}
}

// chief lists the sides of a corner that draw it: all, or the two of the line
// that ranks above the others.
func (b *borders) chief(col, row int) []int {
	var byRank [4][]int
	var all []int
	c, _ := fold(col, row)
	for d, s := range sides {
		if b.side[c]>>d&1 == 1 {
			r := b.rank(b.p.key(col+s.leftX, row+s.leftY), b.p.key(col+s.rightX, row+s.rightY))
			byRank[r] = append(byRank[r], d)
			all = append(all, d)
		}
	}
	for r := 3; r >= 0; r-- {
		if len(byRank[r]) > 0 {
			if len(byRank[r]) == 2 {
				return byRank[r]
			}
			return all
		}
	}
	return all
}

// alone reports whether all border within two cells of a corner is the corner's
// own line, without a node.
func (b *borders) alone(corner int) bool {
	col, row := corner%cols, corner/cols
	total := 0
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			c, _ := fold(col+dx, row+dy)
			if s := b.side[c]; s != 0 {
				total++
				if degree(s) != 2 {
					return false
				}
			}
		}
	}
	own := 1
	for k := range sides {
		if b.side[corner]>>k&1 == 0 {
			continue
		}
		x, y, dir := col, row, k
		for range 8 {
			x, y = x+sides[dir].dx, y+sides[dir].dy
			if max(x-col, col-x, y-row, row-y) > 2 {
				break
			}
			own++
			c, _ := fold(x, y)
			dir = otherSide(b.side[c], dir)
		}
	}
	return own >= total
}

// otherSide is the way on for who came to a corner of two sides in a direction.
func otherSide(s uint8, dir int) int {
	return slices.Index([]uint8{1, 2, 4, 8}, s&^(1<<((dir+2)%4)))
}

// point is where a corner of the endless plane came to lie.
func (b *borders) point(col, row int) xy {
	c, w := fold(col, row)
	at := corner(int(c)%cols, int(c)/cols).add(b.move[c].times(cellM))
	return at.snap().add(w.offset())
}

func degree(s uint8) int { return int(s&1 + s>>1&1 + s>>2&1 + s>>3&1) }

// trace cuts the net at its nodes, then takes the closed loops that have none.
func (b *borders) trace() {
	for _, nodes := range []bool{true, false} {
		for c := range b.side {
			if nodes && degree(b.side[c]) == 2 {
				continue
			}
			for k := range sides {
				if (b.side[c]&^b.done[c])>>k&1 == 1 {
					b.walk(c%cols, c/cols, k)
				}
			}
		}
	}
}

func (b *borders) walk(col, row, k int) {
	s := sides[k]
	a := arc{
		left:  b.p.key(col+s.leftX, row+s.leftY),
		right: b.p.key(col+s.rightX, row+s.rightY),
		pts:   []xy{b.point(col, row)},
	}
	startCol, startRow := col, row
	for {
		c, _ := fold(col, row)
		b.done[c] |= 1 << k
		col, row = col+sides[k].dx, row+sides[k].dy
		c, _ = fold(col, row)
		back := (k + 2) % 4
		b.done[c] |= 1 << back
		a.pts = append(a.pts, b.point(col, row))
		if degree(b.side[c]) != 2 || col == startCol && row == startRow {
			break
		}
		k = otherSide(b.side[c], k)
	}
	b.arcs = append(b.arcs, a)
}

// simplify drops points that lie within tolerance of the line, except in arcs
// that would then cross another.
func (b *borders) simplify(toleranceM float64) {
	full := make([][]xy, len(b.arcs))
	for i := range b.arcs {
		full[i] = b.arcs[i].pts
		b.arcs[i].pts = simplify(full[i], toleranceM)
	}
	for range 10 {
		bad := b.crossing()
		if len(bad) == 0 {
			return
		}
		for _, i := range bad {
			b.arcs[i].pts = full[i]
		}
	}
}

// crossing lists the arcs that cross another, in whatever copy of the town.
func (b *borders) crossing() []int {
	h := newLineIndex(64)
	var placed []arc
	var from []int
	for i, a := range b.arcs {
		_, l := a.left.split()
		_, r := a.right.split()
		for _, t := range []tile{l, r} {
			placed = append(placed, arc{pts: shifted(a.pts, xy{}.sub(t.offset()))})
			from = append(from, i)
			if l == r {
				break
			}
		}
	}
	bad := map[int]bool{}
	for i, a := range placed {
		for k := 1; k < len(a.pts); k++ {
			p, q := a.pts[k-1], a.pts[k]
			h.near(p, q, func(s line) {
				if properCross(p, q, s.a, s.b) {
					bad[from[i]], bad[from[s.id]] = true, true
				}
			})
			h.add(line{p, q, i})
		}
	}
	var list []int
	for i := range bad {
		list = append(list, i)
	}
	slices.Sort(list)
	return list
}

func shifted(pts []xy, by xy) []xy {
	out := make([]xy, len(pts))
	for i, p := range pts {
		out[i] = p.add(by)
	}
	return out
}

// simplify is Douglas and Peucker's: it keeps the ends and every point further
// than tolerance from the simplified line. A closed line also keeps the point
// furthest from its start.
func simplify(pts []xy, tolerance float64) []xy {
	if len(pts) < 3 {
		return pts
	}
	keep := make([]bool, len(pts))
	keep[0], keep[len(pts)-1] = true, true
	var cut func(i, j int)
	cut = func(i, j int) {
		worst, at := tolerance, -1
		for k := i + 1; k < j; k++ {
			if d := fromSegment(pts[k], pts[i], pts[j]); d > worst {
				worst, at = d, k
			}
		}
		if at < 0 && pts[i] == pts[j] && j-i > 2 {
			at = (i + j) / 2
		}
		if at >= 0 {
			keep[at] = true
			cut(i, at)
			cut(at, j)
		}
	}
	cut(0, len(pts)-1)
	out := pts[:0:0]
	for i, k := range keep {
		if k {
			out = append(out, pts[i])
		}
	}
	return out
}

// fromSegment is the distance of a point from the segment ab.
func fromSegment(p, a, b xy) float64 {
	d := b.sub(a)
	t := 0.0
	if l := d.x*d.x + d.y*d.y; l > 0 {
		t = min(max(((p.x-a.x)*d.x+(p.y-a.y)*d.y)/l, 0), 1)
	}
	return p.dist(a.lerp(b, t))
}

// properCross reports whether two segments cross or overlap other than at a
// shared end.
func properCross(a, b, c, d xy) bool {
	if a == c || a == d || b == c || b == d {
		return false
	}
	o1, o2 := b.sub(a).cross(c.sub(a)), b.sub(a).cross(d.sub(a))
	o3, o4 := d.sub(c).cross(a.sub(c)), d.sub(c).cross(b.sub(c))
	return math.Signbit(o1) != math.Signbit(o2) && math.Signbit(o3) != math.Signbit(o4)
}
