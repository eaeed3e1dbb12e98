package tiles

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// parcels takes n × n plots of 28 corners on 3,227 km², which share their borders.
func parcels(b *testing.B, w layerKeeper, n int) {
	const corners = 7                // of a side
	at := func(x, y int) orb.Point { // in sevenths of a plot
		r := rand.New(rand.NewPCG(uint64(x), uint64(y)))
		side := corners * float64(n)
		return orb.Point{113.2 + 0.6*(float64(x)+0.6*r.Float64())/side, 27.9 + 0.5*(float64(y)+0.6*r.Float64())/side}
	}
	var shape []byte
	for i := range n * n {
		x, y := i%n*corners, i/n*corners
		var ring orb.Ring
		for k := range corners {
			ring = append(ring, at(x+k, y))
		}
		for k := range corners {
			ring = append(ring, at(x+corners, y+k))
		}
		for k := range corners {
			ring = append(ring, at(x+corners-k, y+corners))
		}
		for k := range corners {
			ring = append(ring, at(x, y+corners-k))
		}
		ring = append(ring, ring[0])
		shape, _ = geo.AppendEWKB(shape[:0], orb.MultiPolygon{{ring}})
		label, _ := geo.AppendEWKB(nil, at(x+corners/2, y+corners/2))
		values := []lintu.Value{{Text: fmt.Appendf(nil, "430181001%06d", i)}, {Text: fmt.Appendf(nil, "第%d宗地", i)}, {Text: fmt.Appendf(nil, "430181%03d", i%200)}, {Number: int64(i % 40)}, {Number: int64(i % 5)}}
		if err := w.take(&lintu.LayerRow{ID: lintu.NewID(), Geometry: shape, Label: label, Values: values}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkShapeLayer(b *testing.B) {
	l, _ := lintu.LayerByName(lintu.Grids)
	l.MinZoom = 0
	const n = 316
	w := newShapesWriter(l)
	start := cpuTime()
	parcels(b, w, n)
	p := w.load()
	took := cpuTime() - start
	for _, z := range []int{10, 12, 14, 16, 18} {
		c := coordAt(orb.Point{113.5, 28.15}, z)
		b.Run(fmt.Sprintf("z=%d", z), func(b *testing.B) {
			buf := p.appendTile(nil, c, 0)
			b.ReportAllocs()
			before := cpuTime()
			for b.Loop() {
				buf = p.appendTile(buf[:0], c, 0)
			}
			b.ReportMetric(float64(cpuTime()-before)/float64(b.N)/1e3, "cpu-µs/tile")
			layers, err := readTile(buf)
			if err != nil || len(layers) == 0 {
				b.Fatal(len(layers), err)
			}
			b.ReportMetric(float64(len(layers[0].features)), "features")
			b.ReportMetric(float64(len(buf)), "bytes")
			b.ReportMetric(float64(p.size())/(n*n), "B/row")
			b.ReportMetric(took.Seconds(), "cpu-s/load")
		})
		b.Run(fmt.Sprintf("z=%d/digest", z), func(b *testing.B) { benchmarkDigest(b, p, c) })
	}
	b.Run("edit", func(b *testing.B) {
		where := []box{boxAround(orb.Point{113.5, 28.15}, 0)}
		b.ReportAllocs()
		before := cpuTime()
		for i := range b.N {
			shape, _ := geo.AppendEWKB(nil, orb.MultiPolygon{{{{113.5, 28.15}, {113.501, 28.15}, {113.5, 28.151 + math.Mod(float64(i), 9)*1e-5}, {113.5, 28.15}}}})
			if err := w.take(&lintu.LayerRow{ID: lintu.ID{1}, Geometry: shape, Values: make([]lintu.Value, 5)}); err != nil {
				b.Fatal(err)
			}
			p = w.replace(p, where)
		}
		b.ReportMetric(float64(cpuTime()-before)/float64(b.N)/1e3, "cpu-µs/edit")
	})
}

// Cambridge's polygons lie close together: at low zooms most are specks.
func BenchmarkSpecks(b *testing.B) {
	l, _ := lintu.LayerByName(lintu.Buildings)
	l.MinZoom = 0
	w := newShapesWriter(l)
	middle := nowhere
	for i, s := range realLayers[2].read(b) {
		w.shapes = append(w.shapes, shaped{rings: s})
		w.note(w.taken, lintu.NewID(), 0, []lintu.Value{{Text: fmt.Appendf(nil, "第%d栋", i)}, {Text: []byte("住宅")}, {Number: int64(i % 30)}})
		middle = middle.union(boxOf(s.points))
	}
	p := w.load()
	at := position{middle.west + (middle.east-middle.west)/2, middle.north + (middle.south-middle.north)/2}
	for _, z := range []int{6, 8, 10, 12, 14, 16} {
		c := Coord{z, int(at.x >> (positionBits - z)), int(at.y >> (positionBits - z))}
		b.Run(fmt.Sprintf("z=%d", z), func(b *testing.B) {
			buf := p.appendTile(nil, c, 0)
			before := cpuTime()
			for b.Loop() {
				buf = p.appendTile(buf[:0], c, 0)
			}
			b.ReportMetric(float64(cpuTime()-before)/float64(b.N)/1e3, "cpu-µs/tile")
			if layers, err := readTile(buf); err != nil {
				b.Fatal(err)
			} else if len(layers) > 0 {
				b.ReportMetric(float64(len(layers[0].features)), "features")
			}
			b.ReportMetric(float64(len(buf)), "bytes")
		})
	}
}
