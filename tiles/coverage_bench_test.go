package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"
)

// buildings are n polygons of some vertices that touch no other, 20 m apart.
func buildings(n, vertices int) []ringSet {
	r := rand.New(rand.NewPCG(1, 1))
	side := int(math.Sqrt(float64(n)))
	rows := make([]ringSet, n)
	for i := range rows {
		o := ringSet{ends: []int32{int32(vertices)}}
		for k := range vertices {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(vertices))
			d := 400 + 300*r.Float64()
			o.points = append(o.points, position{1<<31 + uint32(i%side*2200) + uint32(1000+d*cos), 1<<30 + uint32(i/side*2200) + uint32(1000+d*sin)})
		}
		rows[i] = o
	}
	return rows
}

func BenchmarkCoverageBuild(b *testing.B) {
	for name, make := range map[string]func(int, int) []ringSet{"buildings": buildings} {
		b.Run(name, func(b *testing.B) {
			rows := make(100_000, 28)
			b.ResetTimer()
			var c *coverage
			for b.Loop() {
				c = newCoverage(rows, nil)
			}
			report(b, c)
		})
	}
}

// report adds the memory that a coverage takes, and its vertices.
func report(b *testing.B, c *coverage) {
	before := heap()
	bytes, points := c.bytes(), len(c.points)
	*c = coverage{}
	b.ReportMetric(float64(bytes)/1e6, "MB")
	b.ReportMetric(float64(before-heap())/1e6, "MB-heap")
	b.ReportMetric(float64(points), "points")
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkCoverageReal(b *testing.B) {
	for _, l := range realLayers {
		b.Run(l.name, func(b *testing.B) {
			rows := l.read(b)
			var c *coverage
			for b.Loop() {
				c = newCoverage(rows, nil)
			}
			report(b, c)
		})
	}
}

// BenchmarkCoveragePut shifts a vertex of some row and shifts it back.
func BenchmarkCoveragePut(b *testing.B) {
	put := func(name string, read func(testing.TB) []ringSet) {
		b.Run(name, func(b *testing.B) {
			rows := read(b)
			c := newCoverage(rows, nil)
			r := rand.New(rand.NewPCG(9, 9))
			var slowest time.Duration
			b.ResetTimer()
			for b.Loop() {
				row := r.IntN(len(rows))
				s := rows[row].clean(false)
				if len(s.points) == 0 {
					continue
				}
				s.points[r.IntN(len(s.points))].x += 20
				begin := time.Now()
				c.put(uint32(row), s, position{})
				slowest = max(slowest, time.Since(begin))
				c.put(uint32(row), rows[row], position{})
			}
			b.ReportMetric(slowest.Seconds()*1e3, "ms-slowest")
		})
	}
	put("buildings", func(testing.TB) []ringSet { return buildings(100_000, 28) })
	for _, l := range realLayers {
		put(l.name, l.read)
	}
}

// BenchmarkCoverageDraw draws all rows that a tile around the middle of the first
// one shows.
func BenchmarkCoverageDraw(b *testing.B) {
	for _, l := range realLayers {
		rows := l.read(b)
		c := newCoverage(rows, nil)
		first := c.box(0)
		x, y := first.west/2+first.east/2, first.north/2+first.south/2
		for _, zoom := range []int{8, 11, 14} {
			half := uint32(1) << (31 - zoom)
			view := box{x - half, y - half, x + half, y + half}
			b.Run(fmt.Sprint(l.name, "/", zoom), func(b *testing.B) {
				var s ringSet
				for b.Loop() {
					s.points, s.ends = s.points[:0], s.ends[:0]
					for row := range c.rows {
						if c.box(uint32(row)).meets(view) {
							c.draw(&s, uint32(row), zoom, view)
						}
					}
				}
				b.ReportMetric(float64(len(s.points)), "vertices")
				b.ReportMetric(float64(len(s.ends)), "rings")
			})
		}
	}
}
