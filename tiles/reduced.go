package tiles

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lintu-map/lintu"
)

var reducedKeys = []string{"layer", "reduction", "step", "features", "rows"}

// told appends a layer that tells which layers of a message are reduced, one feature for
// each, which covers the tile; and counts them.
func (m *reductions) told(message []byte, c Coord, layers []drawnLayer) ([]byte, error) {
	isReduced := func(l drawnLayer) bool { return l.step > 0 }
	if !slices.ContainsFunc(layers, isReduced) {
		return message, nil
	}
	w := newLayerWriter()
	defer w.release()
	w.begin(message, lintu.ReducedLayer, reducedKeys, c)
	for i := range layers {
		l := &layers[i]
		if !isReduced(*l) {
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
		m.steps.WithLabelValues(string(l.layer.Name), strconv.Itoa(l.step)).Inc()
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
