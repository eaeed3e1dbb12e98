package town

import (
	"math"
	"math/rand/v2"
)

// land is the ground before people came: a river in its valley, and hills.
type land struct {
	seed  uint64
	bends []bend    // of the river, evenly along one period
	hill  []float32 // height 0 to 1 on the coarse raster
	bank  []float32 // metres from the bank on the coarse raster, negative in water
	rough []float32 // how unevenly borders find their way, on the coarse raster
}

// bend is the river at one easting: its northing, its slope, half its width.
type bend struct{ y, slope, half float64 }

// The coarse raster, for hills and for the routes of roads.
const (
	coarse     = 4
	coarseCols = cols / coarse
	coarseRows = rows / coarse
	coarseM    = cellM * coarse
)

const (
	riverNorthing = -1450 // of the valley's middle line
	riverSamples  = 4096
)

func newLand(seed uint64) *land {
	l := &land{seed: mix(seed)}
	l.drawRiver(rand.New(rand.NewPCG(seed, 1)))
	l.hill = make([]float32, coarseCols*coarseRows)
	l.bank = make([]float32, coarseCols*coarseRows)
	l.rough = make([]float32, coarseCols*coarseRows)
	each(coarseRows, func(row int) {
		for col := range coarseCols {
			p := middle(col*coarse+coarse/2, row*coarse+coarse/2).sub(xy{cellM / 2, cellM / 2})
			l.hill[row*coarseCols+col] = float32(l.rawHeight(p))
			l.bank[row*coarseCols+col] = float32(l.onBank(p))
			l.rough[row*coarseCols+col] = float32(max(0.3+octaves(l.seed+85, 40, 34, 2, p), 0))
		}
	})
	return l
}

// drawRiver sums waves: long ones everywhere, and tighter bends away from the
// core.
func (l *land) drawRiver(r *rand.Rand) {
	vary := func(x, by float64) float64 { return x + by*(2*r.Float64()-1) }
	waves := []struct{ turns, amplitude, phase, outside float64 }{
		{1, vary(780, 80), vary(0.9, 0.15), 0},
		{2, vary(500, 40), vary(2.3, 0.2), 0},
		{3, vary(150, 30), vary(0.4, 0.5), 0},
		{5, vary(330, 40), vary(1.2, 0.5), 1},
		{8, vary(70, 15), vary(0, 3), 1},
	}
	l.bends = make([]bend, riverSamples)
	for i := range l.bends {
		x := (float64(i)/riverSamples - 0.5) * periodX
		k := 2 * math.Pi * x / periodX
		b := bend{y: riverNorthing, half: 66 + 12*math.Sin(3*k+1) + 7*math.Sin(8*k)}
		for _, w := range waves {
			v := w.amplitude * math.Sin(w.turns*k+w.phase)
			b.y += v * (1 - w.outside*(1-rise(2600, 4600, math.Abs(x))))
		}
		l.bends[i] = b
	}
	for i := range l.bends {
		next, last := l.bends[(i+1)%riverSamples].y, l.bends[(i+riverSamples-1)%riverSamples].y
		l.bends[i].slope = (next - last) * riverSamples / (2 * periodX)
	}
}

// river is the river of the town itself at an easting.
func (l *land) river(x float64) bend {
	u := (x/periodX + 0.5) * riverSamples
	f := math.Floor(u)
	u -= f
	a, b := l.bends[int(f)&(riverSamples-1)], l.bends[int(f+1)&(riverSamples-1)]
	return bend{a.y + (b.y-a.y)*u, a.slope + (b.slope-a.slope)*u, a.half + (b.half-a.half)*u}
}

// fromRiver is the distance in metres from a point to the middle line of the
// nearest river, exact close by and fair far off, and the foot of the way there.
func (l *land) fromRiver(p xy) (distM float64, foot xy) {
	distM = math.Inf(1)
	for j := -1; j <= 2; j++ {
		off := tile{0, int8(j)}.offset()
		q := p.sub(off)
		if math.Abs(q.y-riverNorthing) > periodY*0.75 {
			continue
		}
		x := q.x
		for range 7 {
			b := l.river(x)
			x += 0.7 * ((q.x - x) + (q.y-b.y)*b.slope) / (1 + b.slope*b.slope)
		}
		at := xy{x, l.river(x).y}
		if d := q.dist(at); d < distM {
			distM, foot = d, at.add(off)
		}
	}
	return distM, foot
}

// onBank is the distance from a point to the nearest bank, negative in water.
func (l *land) onBank(p xy) float64 {
	d, foot := l.fromRiver(p)
	j := math.Round((foot.y - riverNorthing) / periodY)
	return d - l.river(foot.x-j*shiftX).half
}

func (l *land) rawHeight(p xy) float64 {
	p = p.add(xy{
		240 * noise{l.seed + 50, 12, 10}.at(p),
		240 * noise{l.seed + 51, 12, 10}.at(p),
	})
	// Where the noise is near zero a valley runs; its side valleys come from
	// finer noise.
	trunk := math.Abs(octaves(l.seed, 8, 7, 2, p)) * 2.4
	branch := math.Abs(octaves(l.seed+20, 18, 16, 2, p)) * 2.2
	broad := 0.55 + 0.9*noise{l.seed + 40, 4, 4}.at(p)
	h := math.Min(trunk, 1.2) * (0.45 + 0.55*math.Min(branch, 1.2)) * (0.5 + broad)
	d, _ := l.fromRiver(p)
	h *= 0.12 + 0.88*rise(250, 2300, d)
	return min(max(h*(0.2+0.8*rise(0.6, 1.25, fromCore(p))), 0), 1)
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
func (l *land) height(p xy) float64 { return knots(l.hill, p) }

// nearBank is about onBank, faster.
func (l *land) nearBank(p xy) float64 { return knots(l.bank, p) }

// knots interpolates a coarse raster.
func knots(v []float32, p xy) float64 {
	u := p.x/coarseM + float64(centreCol)/coarse - 0.5
	w := p.y/coarseM + float64(centreRow)/coarse - 0.5
	iu, iw := math.Floor(u), math.Floor(w)
	u, w = u-iu, w-iw
	i, j := int(iu), int(iw)
	south := knot(v, i, j)*(1-u) + knot(v, i+1, j)*u
	north := knot(v, i, j+1)*(1-u) + knot(v, i+1, j+1)*u
	return south*(1-w) + north*w
}

func knot(v []float32, i, j int) float64 {
	if uint(i) >= coarseCols || uint(j) >= coarseRows {
		k := floorDiv(j, coarseRows)
		j -= k * coarseRows
		i -= k * coarseCols / 2
		i -= floorDiv(i, coarseCols) * coarseCols
	}
	return float64(v[j*coarseCols+i])
}
