package tiles

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// county takes so many households of 3,227 km², in the order of their codes.
func county(b *testing.B, w *pointsWriter, n int) {
	r := rand.New(rand.NewPCG(1, 2))
	row := lintu.LayerRow{Values: make([]lintu.Value, 3)}
	for i := range n {
		row.Geometry, _ = geo.AppendEWKB(row.Geometry[:0], orb.Point{113.2 + 0.6*r.Float64(), 27.9 + 0.5*r.Float64()})
		for j := range row.ID {
			row.ID[j] = byte(r.Uint32())
		}
		row.Values[0].Text = fmt.Appendf(row.Values[0].Text[:0], "4301810010%08d", i)
		row.Values[1].Text = fmt.Appendf(row.Values[1].Text[:0], "集里街道神仙坳社区%d栋%d单元%03d室", i/200%5000, i/50%4, i%50)
		row.Values[2].Text = fmt.Appendf(row.Values[2].Text[:0], "L%06d", i/13)
		if err := w.take(&row); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkDigest(b *testing.B, held heldLayer, c Coord) {
	b.ReportAllocs()
	for b.Loop() {
		if held.digest(c) == 0 {
			b.Fatal("nothing there")
		}
	}
}

func BenchmarkPointLayer(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		w := newPointsWriter(homeLayer)
		county(b, w, n)
		p := w.load().(*points)
		runtime.GC()
		for _, z := range []int{10, 12, 14, 15, 16, 18} {
			c := coordAt(orb.Point{113.5, 28.15}, z)
			b.Run(fmt.Sprintf("rows=%d/z=%d", n, c.Z), func(b *testing.B) {
				buf := p.appendTile(nil, c, 0)
				b.ReportAllocs()
				before := cpuTime()
				for b.Loop() {
					buf = p.appendTile(buf[:0], c, 0)
				}
				layers, err := readTile(buf)
				if err != nil || len(layers) != 1 {
					b.Fatal(len(layers), err)
				}
				b.ReportMetric(float64(cpuTime()-before)/float64(b.N)/1e3, "cpu-µs/tile")
				b.ReportMetric(float64(len(layers[0].features)), "features")
				b.ReportMetric(float64(p.size())/float64(n), "B/row")
			})
			b.Run(fmt.Sprintf("rows=%d/z=%d/digest", n, c.Z), func(b *testing.B) { benchmarkDigest(b, p, c) })
		}
		b.Run(fmt.Sprintf("rows=%d/edit", n), func(b *testing.B) {
			row := lintu.LayerRow{Values: make([]lintu.Value, 3)}
			row.Geometry, _ = geo.AppendEWKB(nil, orb.Point{113.5, 28.1})
			where := []box{boxAround(orb.Point{113.5, 28.1}, 0)}
			b.ReportAllocs()
			for b.Loop() {
				if err := w.take(&row); err != nil {
					b.Fatal(err)
				}
				p = w.replace(p, where).(*points)
			}
		})
	}
}

func BenchmarkPointsLoad(b *testing.B) {
	const n = 500_000
	for b.Loop() {
		w := newPointsWriter(homeLayer)
		county(b, w, n)
		w.load()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
