package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// row is a feature as layers in memory will hold it.
type row struct {
	id      lintu.ID
	code    []byte
	name    uint32
	count   int64
	at      position
	outline shape
}

type table struct {
	rows  []row
	names dictionary
}

var tableKeys = []string{"id", "code", "name", "households"}

// tableOf makes rows in a tile; each polygon has 28 corners and a radius in tile
// units.
func tableOf(n int, radius float64) *table {
	r := rand.New(rand.NewPCG(1, 2))
	t := &table{}
	for i := range 200 {
		t.names.addText(fmt.Sprintf("集里街道唐家洲社区 %d", i))
	}
	for i := range n {
		x, y := r.Float64()*tileExtent, r.Float64()*tileExtent
		v := row{id: lintu.NewID(), code: fmt.Appendf(nil, "430181001%06d", i), name: uint32(r.IntN(200)), count: int64(r.IntN(20)), at: at(middle, x, y)}
		for k := range 28 {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / 28)
			d := radius * (0.8 + 0.4*r.Float64())
			v.outline.points = append(v.outline.points, at(middle, x+d*cos, y+d*sin))
		}
		v.outline.ends = []int32{28}
		t.rows = append(t.rows, v)
	}
	return t
}

func (t *table) properties(w *layerWriter, r *row) {
	w.id(0, r.id)
	w.unique(1, r.code)
	w.entry(2, &t.names, r.name)
	w.integer(3, r.count)
	w.feature()
}

func (t *table) writePoints(w *layerWriter, b []byte) []byte {
	w.begin(b, "households", tableKeys, middle)
	for i := range t.rows {
		if r := &t.rows[i]; w.point(r.at) {
			t.properties(w, r)
		}
	}
	return w.end()
}

func (t *table) writePolygons(w *layerWriter, b []byte) []byte {
	w.begin(b, "grids", tableKeys, middle)
	for i := range t.rows {
		if r := &t.rows[i]; w.polygon(r.outline.points, r.outline.ends) {
			t.properties(w, r)
		}
	}
	return w.end()
}

// cpuTime is what the process has used: on a busy machine it says more than the
// clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func benchmark(b *testing.B, t *table, write func(w *layerWriter, b []byte) []byte) {
	w := newLayerWriter()
	defer w.release()
	buf := write(w, nil)
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		buf = write(w, buf[:0])
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N)/float64(len(t.rows)), "cpu-ns/feature")
	b.ReportMetric(float64(len(buf))/float64(len(t.rows)), "bytes/feature")
}

func BenchmarkPoints(b *testing.B) {
	t := tableOf(10_000, 5)
	benchmark(b, t, t.writePoints)
}

func BenchmarkPointsWithoutProperties(b *testing.B) {
	t := tableOf(10_000, 5)
	benchmark(b, t, func(w *layerWriter, b []byte) []byte {
		w.begin(b, "households", nil, middle)
		for i := range t.rows {
			if w.point(t.rows[i].at) {
				w.feature()
			}
		}
		return w.end()
	})
}

// Corners of a parcel at zooms where it is large, as large as is drawn, and too
// small.
func BenchmarkPolygons(b *testing.B) {
	for _, radius := range []float64{200, 50, 10, 3, 0.5} {
		b.Run(fmt.Sprintf("radius=%v", radius), func(b *testing.B) {
			t := tableOf(1000, radius)
			repaired := 0
			w := newLayerWriter()
			for _, r := range t.rows {
				o := &w.outline
				o.reset()
				f := middle.frame()
				o.add(&f, r.outline.points)
				o.split()
				if !o.apart(false) {
					repaired++
				}
			}
			benchmark(b, t, t.writePolygons)
			b.ReportMetric(float64(repaired)/float64(len(t.rows)), "repaired/feature")
		})
	}
}

// Shapes of many corners: a county's border in a tile of low zoom, a comb whose
// teeth stand side by side across the whole tile, and an area with many holes.
func BenchmarkLargePolygons(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000, 400_000} {
		b.Run(fmt.Sprintf("border/corners=%d", n), func(b *testing.B) { benchmarkShape(b, border(n)) })
	}
	b.Run("comb/corners=8000", func(b *testing.B) { benchmarkShape(b, comb(2000)) })
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("holes/corners=%d", n), func(b *testing.B) { benchmarkShape(b, holes(n/4)) })
	}
}

func border(n int) (s shape) {
	r := rand.New(rand.NewPCG(1, 2))
	for k := range n {
		turn := 2 * math.Pi * float64(k) / float64(n)
		d := 1500 * (1 + 0.2*math.Sin(20*turn) + 0.001*r.Float64())
		s.points = append(s.points, at(middle, 2048+d*math.Cos(turn), 2048+d*math.Sin(turn)))
	}
	s.ends = []int32{int32(n)}
	return s
}

func comb(teeth int) (s shape) {
	var r []orb.Point
	for i := range teeth {
		x := float64(2 * i)
		r = append(r, orb.Point{x, 0}, orb.Point{x, 4000}, orb.Point{x + 1, 4000}, orb.Point{x + 1, 0})
	}
	s.add(middle, append(r, orb.Point{float64(2 * teeth), -9}, orb.Point{-5, -9})...)
	return s
}

func holes(n int) (s shape) {
	s.add(middle, square(-20, -20, 4100)...)
	side := int(math.Sqrt(float64(n)))
	for i := range side * side {
		step := 4050 / float64(side)
		s.add(middle, square(float64(i%side)*step, float64(i/side)*step, step/2)...)
	}
	return s
}

func benchmarkShape(b *testing.B, s shape) {
	w := newLayerWriter()
	defer w.release()
	var buf []byte
	before := cpuTime()
	for b.Loop() {
		w.begin(buf[:0], "counties", nil, middle)
		if w.polygon(s.points, s.ends) {
			w.feature()
		}
		buf = w.end()
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N)/float64(len(s.points)), "cpu-ns/corner")
}
