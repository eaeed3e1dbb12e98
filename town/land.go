package town

import (
	"math"
	"math/rand/v2"
)

// land is the ground before people came: a river in its valley, and hills.
type land struct {
	seed  uint64
	waves [4]wave   // the river's bends
	hill  []float32 // height 0 to 1 on the coarse raster
}

type wave struct{ turns, amplitude, phase float64 }

// The coarse raster, for hills and for the routes of roads.
const (
	coarse     = 4
	coarseCols = cols / coarse
	coarseRows = rows / coarse
	coarseM    = cellM * coarse
)

const riverNorthing = -1500 // of the valley's middle line

func newLand(seed uint64) *land {
	r := rand.New(rand.NewPCG(seed, 1))
	vary := func(x, by float64) float64 { return x + by*(2*r.Float64()-1) }
	l := &land{seed: mix(seed), waves: [4]wave{
		{1, vary(950, 80), vary(0.9, 0.15)},
		{2, vary(520, 40), vary(2.3, 0.2)},
		{3, vary(150, 30), vary(0.4, 0.5)},
		{5, vary(55, 10), vary(0, 3)},
	}}
	l.hill = make([]float32, coarseCols*coarseRows)
	for row := range coarseRows {
		for col := range coarseCols {
			p := middle(col*coarse+coarse/2, row*coarse+coarse/2)
			l.hill[row*coarseCols+col] = float32(l.rawHeight(p))
		}
	}
	return l
}

// river is the northing of the river's middle line and its slope at an easting,
// for the river of the town itself.
func (l *land) river(x float64) (y, slope float64) {
	y = riverNorthing
	for _, w := range l.waves {
		k := 2 * math.Pi * w.turns / periodX
		sin, cos := math.Sincos(k*x + w.phase)
		y += w.amplitude * sin
		slope += w.amplitude * k * cos
	}
	return y, slope
}

// halfWidth is half the river's width at an easting, in metres.
func (l *land) halfWidth(x float64) float64 {
	k := 2 * math.Pi / periodX
	return 66 + 12*math.Sin(3*k*x+1) + 7*math.Sin(8*k*x)
}

// fromRiver is the distance in metres from a point to the middle line of the
// nearest river, exact close by and fair far off, and the easting of its foot.
func (l *land) fromRiver(p xy) (distM, foot float64) {
	distM = math.Inf(1)
	for j := -1; j <= 2; j++ {
		q := p.sub(tile{0, int8(j)}.offset())
		x := q.x
		for range 6 {
			y, s := l.river(x)
			x += 0.7 * ((q.x - x) + (q.y-y)*s) / (1 + s*s)
		}
		y, _ := l.river(x)
		if d := math.Hypot(q.x-x, q.y-y); d < distM {
			distM, foot = d, x
		}
	}
	return distM, foot
}

// onBank is the distance from a point to the nearest bank, negative in water.
func (l *land) onBank(p xy) float64 {
	d, foot := l.fromRiver(p)
	return d - l.halfWidth(foot)
}

func (l *land) rawHeight(p xy) float64 {
	warp := xy{
		260 * noise{l.seed + 50, 10, 8}.at(p),
		260 * noise{l.seed + 51, 10, 8}.at(p),
	}
	p = p.add(warp)
	ridges := 1 - math.Abs(octaves(l.seed, 8, 7, 4, p))*2.1
	broad := 0.5 + 0.9*noise{l.seed + 40, 4, 4}.at(p)
	d, _ := l.fromRiver(p)
	h := (0.62*ridges + 0.38*broad) * (0.15 + 0.85*rise(300, 2600, d))
	return min(max(h*(0.25+0.75*rise(0.55, 1.3, fromCore(p))), 0), 1)
}

// fromCore is 0 in the middle of the dense core and 1 about where it ends.
func fromCore(p xy) float64 {
	best := math.Inf(1)
	for _, t := range around {
		q := p.sub(t.offset())
		best = min(best, math.Hypot(q.x/3100, (q.y+500)/2300))
	}
	return best
}

// around lists a tile and its neighbours.
var around = []tile{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {-1, 1}, {0, -1}, {1, -1}, {1, 1}, {-1, -1}}

// height is the hills' height from 0 to 1 anywhere on the endless plane.
func (l *land) height(p xy) float64 {
	u := p.x/coarseM + float64(centreCol)/coarse - 0.5
	v := p.y/coarseM + float64(centreRow)/coarse - 0.5
	iu, iv := math.Floor(u), math.Floor(v)
	u, v = u-iu, v-iv
	i, j := int(iu), int(iv)
	return (l.knot(i, j)*(1-u)+l.knot(i+1, j)*u)*(1-v) + (l.knot(i, j+1)*(1-u)+l.knot(i+1, j+1)*u)*v
}

func (l *land) knot(i, j int) float64 {
	k := floorDiv(j, coarseRows)
	j -= k * coarseRows
	i -= k * coarseCols / 2
	i -= floorDiv(i, coarseCols) * coarseCols
	return float64(l.hill[j*coarseCols+i])
}
