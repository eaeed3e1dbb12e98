package town

import "math"

// noise is a smooth random field in [-1, 1] that repeats itself with the plane:
// gradient noise on n × m nodes per period, n even.
type noise struct {
	seed uint64
	n, m int
}

func mix(x uint64) uint64 { // the finalizer of SplitMix64
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (f noise) node(i, j int, dx, dy float64) float64 {
	k := floorDiv(j, f.m)
	j -= k * f.m
	i -= k * f.n / 2
	i -= floorDiv(i, f.n) * f.n
	h := mix(f.seed ^ mix(uint64(j)<<32|uint64(i)))
	sin, cos := math.Sincos(float64(h>>11) / (1 << 53) * 2 * math.Pi)
	return cos*dx + sin*dy
}

func (f noise) at(p xy) float64 {
	u, v := p.x/periodX*float64(f.n), p.y/periodY*float64(f.m)
	iu, iv := math.Floor(u), math.Floor(v)
	u, v = u-iu, v-iv
	i, j := int(iu), int(iv)
	su, sv := u*u*u*(u*(u*6-15)+10), v*v*v*(v*(v*6-15)+10)
	south := f.node(i, j, u, v)*(1-su) + f.node(i+1, j, u-1, v)*su
	north := f.node(i, j+1, u, v-1)*(1-su) + f.node(i+1, j+1, u-1, v-1)*su
	return (south*(1-sv) + north*sv) * math.Sqrt2
}

// octaves sums noise of doubling frequency and halving strength.
func octaves(seed uint64, n, m, count int, p xy) float64 {
	sum, strength, total := 0.0, 1.0, 0.0
	for k := range count {
		sum += strength * noise{seed + uint64(k), n << k, m << k}.at(p)
		total += strength
		strength /= 2
	}
	return sum / total
}

// rise goes smoothly from 0 at a to 1 at b.
func rise(a, b, x float64) float64 {
	t := min(max((x-a)/(b-a), 0), 1)
	return t * t * (3 - 2*t)
}
