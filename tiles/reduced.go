package tiles

import (
	"fmt"
	"strconv"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lintu-map/lintu"
)

var reducedKeys = []string{"layer", "reduction", "step", "features", "rows"}

// appendNotice tells, in a layer of its own, which layers are reduced: one feature for
// each, which covers the tile.
func appendNotice(message []byte, c Coord, layers []drawnLayer) ([]byte, error) {
	w := newLayerWriter()
	defer w.release()
	w.begin(message, lintu.ReducedLayer, reducedKeys, c)
	for i := range layers {
		l := &layers[i]
		if l.step == 0 {
			continue
		}
		features, rows, err := l.tally()
		if err != nil {
			return nil, err
		}
		w.newFeature(polygonType)
		w.path.ring([]spot{spotAt(0, 0), spotAt(tileExtent, 0), spotAt(tileExtent, tileExtent), spotAt(0, tileExtent)})
		w.unique(0, []byte(l.layer.Name))
		w.unique(1, []byte(l.layer.Reduction))
		w.integer(2, int64(l.step))
		w.integer(3, int64(features))
		w.integer(4, rows)
		w.feature()
	}
	return w.end(), nil
}

// tally tells how many features a layer has in the tile, and for how many rows they stand.
func (l *drawnLayer) tally() (features int, rows int64, err error) {
	found, err := mvt.Unmarshal(l.bytes)
	if err != nil {
		return 0, 0, fmt.Errorf("count the features of %s: %w", l.layer.Name, err)
	}
	for _, f := range found {
		if f.Name != string(l.layer.Name) {
			continue
		}
		for _, feature := range f.Features {
			count, _ := feature.Properties[countKey[0]].(float64)
			rows += max(int64(count), 1)
		}
		features += len(f.Features)
	}
	return features, rows, nil
}

// reductions are the metrics of what was reduced.
type reductions struct {
	steps    *prometheus.CounterVec
	tooLarge prometheus.Counter
}

func newReductions() *reductions {
	return &reductions{
		steps: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lintu_tile_reduced_total",
			Help: "Tiles drawn in which a layer was reduced so that they fit, by layer and step."}, []string{"layer", "step"}),
		tooLarge: prometheus.NewCounter(prometheus.CounterOpts{Name: "lintu_tile_too_large_total",
			Help: "Tiles drawn that are over 200 kB though everything in them is reduced as far as it can be."}),
	}
}

func (m *reductions) count(layers []drawnLayer, fits bool) {
	for i := range layers {
		if l := &layers[i]; l.step > 0 {
			m.steps.WithLabelValues(string(l.layer.Name), strconv.Itoa(l.step)).Inc()
		}
	}
	if !fits {
		m.tooLarge.Inc()
	}
}

// Describe implements prometheus.Collector.
func (m *reductions) Describe(to chan<- *prometheus.Desc) {
	m.steps.Describe(to)
	m.tooLarge.Describe(to)
}

// Collect implements prometheus.Collector.
func (m *reductions) Collect(to chan<- prometheus.Metric) {
	m.steps.Collect(to)
	m.tooLarge.Collect(to)
}
