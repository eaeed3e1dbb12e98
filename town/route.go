package town

import (
	"container/heap"
	"math"
	"slices"
)

// router finds ways over the land on the coarse raster, in a window of the
// endless plane around the town.
type router struct {
	l     *land
	price []float32 // per cell of the window; 0 where not asked yet
	cost  []float32
	from  []int32
	road  []bool  // a road leads through the cell
	asked []int32 // cells whose cost the last search set
}

const (
	windowCols, windowRows = 800, 760
	windowX, windowY       = -280, -300 // the window's first cell, from the centre
)

func newRouter(l *land) *router {
	n := windowCols * windowRows
	r := &router{l: l, price: make([]float32, n), cost: make([]float32, n), from: make([]int32, n), road: make([]bool, n)}
	for i := range r.cost {
		r.cost[i] = math.MaxFloat32
	}
	return r
}

func windowCell(p xy) int32 {
	c := min(max(int(math.Floor(p.x/coarseM))-windowX, 0), windowCols-1)
	r := min(max(int(math.Floor(p.y/coarseM))-windowY, 0), windowRows-1)
	return int32(r*windowCols + c)
}

func windowPoint(c int32) xy {
	return xy{(float64(int(c)%windowCols+windowX) + 0.5) * coarseM, (float64(int(c)/windowCols+windowY) + 0.5) * coarseM}
}

// priceOf is what a metre costs in a cell: hills are dear, water dearer, and
// existing roads nearly free.
func (r *router) priceOf(c int32) float32 {
	if r.price[c] == 0 {
		p := windowPoint(c)
		h := r.l.height(p)
		v := 0.6 + 16*h*h + 2.4*(1+noise{r.l.seed + 80, 44, 38}.at(p))
		if r.l.nearBank(p) < 30 {
			v += 25
		}
		r.price[c] = float32(v)
	}
	if r.road[c] {
		return r.price[c] * 0.35
	}
	return r.price[c]
}

// lay marks the cells under a road.
func (r *router) lay(pts []xy) {
	for i := 1; i < len(pts); i++ {
		n := int(pts[i-1].dist(pts[i])/15) + 1
		for k := 0; k <= n; k++ {
			r.road[windowCell(pts[i-1].lerp(pts[i], float64(k)/float64(n)))] = true
		}
	}
}

type front struct {
	cost float32
	cell int32
}

type fronts []front

func (f fronts) Len() int { return len(f) }
func (f fronts) Less(i, j int) bool {
	return f[i].cost < f[j].cost || f[i].cost == f[j].cost && f[i].cell < f[j].cell
}
func (f fronts) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *fronts) Push(x any)   { *f = append(*f, x.(front)) }
func (f *fronts) Pop() any     { x := (*f)[len(*f)-1]; *f = (*f)[:len(*f)-1]; return x }

// find is the cheapest way from a point to the first cell that is a goal, over
// cells that are open; nil if there is none.
func (r *router) find(from xy, open, goal func(c int32) bool) []xy {
	for _, c := range r.asked {
		r.cost[c] = math.MaxFloat32
	}
	start := windowCell(from)
	r.cost[start], r.from[start], r.asked = 0, -1, append(r.asked[:0], start)
	queue := &fronts{{0, start}}
	for queue.Len() > 0 {
		f := heap.Pop(queue).(front)
		if f.cost > r.cost[f.cell] {
			continue
		}
		if goal(f.cell) {
			return r.way(f.cell, from)
		}
		for _, s := range steps {
			col, row := int(f.cell)%windowCols+s.dx, int(f.cell)/windowCols+s.dy
			if uint(col) >= windowCols || uint(row) >= windowRows {
				continue
			}
			n := int32(row*windowCols + col)
			if !open(n) {
				continue
			}
			cost := f.cost + float32(s.length)*(r.priceOf(n)+r.priceOf(f.cell))
			if cost < r.cost[n] {
				r.cost[n], r.from[n], r.asked = cost, f.cell, append(r.asked, n)
				heap.Push(queue, front{cost, n})
			}
		}
	}
	return nil
}

func (r *router) way(to int32, from xy) []xy {
	var pts []xy
	for c := to; c >= 0; c = r.from[c] {
		pts = append(pts, windowPoint(c))
	}
	slices.Reverse(pts)
	pts[0] = from
	return pts
}

// curve rounds a way of raster steps to a road, keeping its ends.
func curve(pts []xy) []xy {
	for range 4 {
		next := slices.Clone(pts)
		for i := 1; i+1 < len(pts); i++ {
			next[i] = pts[i-1].add(pts[i+1]).times(0.25).add(pts[i].times(0.5))
		}
		pts = next
	}
	pts = simplify(pts, 5)
	for range 3 { // Chaikin's corner cutting
		next := []xy{pts[0]}
		for i := 1; i < len(pts); i++ {
			a, b := pts[i-1], pts[i]
			next = append(next, a.lerp(b, 0.25), a.lerp(b, 0.75))
		}
		pts = append(next, pts[len(pts)-1])
	}
	for i := range pts {
		pts[i] = pts[i].snap()
	}
	return simplify(pts, 0.6)
}
