package town

import (
	"math"
	"math/rand/v2"
	"sort"
	"strconv"
)

// home is one household's place.
type home struct {
	at       xy
	building int32
	head     int32
	code     string
	address  string
}

// head is the post of one neighbor head.
type head struct {
	at   xy
	grid int
	code string
	name string
}

// Sizes of what one neighbor head looks after.
const (
	fewestHomes = 7
	mostHomes   = 15
	usualHomes  = 13
)

// rooms gives each household of a building a place of its own inside it, and its
// address behind the building's.
func (b *building) rooms(n int32, r *rand.Rand) []home {
	total := b.capacity()
	taken := r.Perm(max(total, b.homes))[:b.homes]
	sort.Ints(taken)
	perEntrance := max(b.floors*b.perFloor, 1)
	var out []home
	for k, slot := range taken {
		if b.class == "farmhouse" {
			h := home{at: b.at.frame(b.u, (float64(k)-float64(b.homes-1)/2)*b.lengthM*0.4, 0).snap(), building: n, address: b.address}
			if k > 0 {
				h.address += "之" + strconv.Itoa(k+1)
			}
			out = append(out, h)
			continue
		}
		entrance, rest := slot/perEntrance, slot%perEntrance
		floor, room := rest/b.perFloor, rest%b.perFloor
		s := (float64(entrance) + (float64(room)+0.5)/float64(b.perFloor)) / float64(b.entrances)
		t := (float64(floor) + 0.5) / float64(b.floors)
		address := b.address
		if b.entrances*b.perFloor > 1 {
			address += strconv.Itoa(entrance+1) + "单元"
		}
		address += strconv.Itoa(floor+1) + "0" + strconv.Itoa(room+1)
		out = append(out, home{at: b.at.frame(b.u, (s-0.5)*b.lengthM*0.86, (t-0.5)*b.depthM*0.8).snap(), building: n, address: address})
	}
	return out
}

// tour orders places to a short walk past all of them: the nearest next, then
// loops straightened as long as that shortens the way.
func tour(at []xy) []int {
	n := len(at)
	order := make([]int, 0, n)
	used := make([]bool, n)
	here := 0
	for i := range at {
		if at[i].x+at[i].y < at[here].x+at[here].y {
			here = i
		}
	}
	for {
		used[here] = true
		order = append(order, here)
		if len(order) == n {
			break
		}
		best, next := math.Inf(1), -1
		for i := range at {
			if d := at[i].dist(at[here]); !used[i] && d < best {
				best, next = d, i
			}
		}
		here = next
	}
	for range 12 {
		if !straighten(at, order) {
			break
		}
	}
	return order
}

// straighten is one round of 2-opt.
func straighten(at []xy, order []int) (shorter bool) {
	n := len(order)
	for i := 0; i+2 < n; i++ {
		a, b := at[order[i]], at[order[i+1]]
		ab := a.dist(b)
		for j := i + 2; j < n; j++ {
			c := at[order[j]]
			gain := ab - a.dist(c)
			if gain <= 0 {
				continue
			}
			if j+1 < n {
				d := at[order[j+1]]
				gain += c.dist(d) - b.dist(d)
			}
			if gain > 1e-6 {
				for x, y := i+1, j; x < y; x, y = x+1, y-1 {
					order[x], order[y] = order[y], order[x]
				}
				b = at[order[i+1]]
				ab = a.dist(b)
				shorter = true
			}
		}
	}
	return shorter
}

// cut splits a walk past homes into count stretches of fewest to most homes, so
// that little way lies inside the stretches and their sizes are near usual. It
// returns where each stretch ends.
func cut(walk []xy, count int) []int {
	n := len(walk)
	low, high := min(fewestHomes, n/count), max(mostHomes, (n+count-1)/count)
	const dear = math.MaxFloat32
	cost := make([][]float64, count+1)
	from := make([][]int, count+1)
	for k := range cost {
		cost[k], from[k] = make([]float64, n+1), make([]int, n+1)
		for i := range cost[k] {
			cost[k][i] = dear
		}
	}
	walked := make([]float64, n)
	for i := 1; i < n; i++ {
		walked[i] = walked[i-1] + walk[i].dist(walk[i-1])
	}
	cost[0][0] = 0
	for k := 1; k <= count; k++ {
		for i := k * low; i <= min(n, k*high); i++ {
			for size := low; size <= min(high, i); size++ {
				j := i - size
				off := float64(size - usualHomes)
				c := cost[k-1][j] + walked[i-1] - walked[j] + 4*off*off
				if c < cost[k][i] {
					cost[k][i], from[k][i] = c, j
				}
			}
		}
	}
	ends := make([]int, count)
	for k, i := count, n; k > 0; k-- {
		ends[k-1] = i
		i = from[k][i]
	}
	return ends
}

// median is the number of the home nearest to the middle of all.
func median(homes []home) int {
	sum := xy{}
	for _, h := range homes {
		sum = sum.add(h.at)
	}
	mid := sum.times(1 / float64(len(homes)))
	best, k := math.Inf(1), 0
	for i, h := range homes {
		if d := h.at.dist(mid); d < best {
			best, k = d, i
		}
	}
	return k
}
