package tiles

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lintu-map/lintu"
)

// memoryMeters are the metrics of a memory.
type memoryMeters struct {
	memory  *Memory
	reads   *prometheus.CounterVec
	steps   prometheus.Histogram
	failed  prometheus.Counter
	fromSQL *prometheus.CounterVec
}

var (
	layerBytes   = prometheus.NewDesc("lintu_memory_layer_bytes", "Bytes that a layer takes in memory.", []string{"layer"}, nil)
	layerRows    = prometheus.NewDesc("lintu_memory_layer_rows", "Rows of a layer in memory.", []string{"layer"}, nil)
	layerSeconds = prometheus.NewDesc("lintu_memory_layer_load_seconds", "How long the last reading of a whole layer took.", []string{"layer"}, nil)
	layerOut     = prometheus.NewDesc("lintu_memory_layer_out", "1 for a layer that should be in memory and is not, by reason.", []string{"layer", "reason"}, nil)
	limitBytes   = prometheus.NewDesc("lintu_memory_limit_bytes", "Bytes that the layers in memory may take; 0 is any number.", nil, nil)
	lagSeconds   = prometheus.NewDesc("lintu_memory_lag_seconds", "Seconds since the layers in memory were last known to be current.", nil, nil)
)

func newMemoryMeters(m *Memory) *memoryMeters {
	return &memoryMeters{memory: m,
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lintu_memory_reads_total",
			Help: "Times that rows of a layer were read: the places that had changed, or all of it."}, []string{"layer", "what"}),
		steps: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "lintu_memory_step_seconds",
			Help: "How long the memory took to follow what had changed.", Buckets: []float64{.002, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30, 120}}),
		failed: prometheus.NewCounter(prometheus.CounterOpts{Name: "lintu_memory_steps_failed_total", Help: "Times that following failed."}),
		fromSQL: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lintu_tile_fallbacks_total",
			Help: "Layers of tiles that the database made, by reason."}, []string{"reason"}),
	}
}

// read counts a reading of a layer.
func (m *memoryMeters) read(layer lintu.Layer, whole bool) {
	what := "places"
	if whole {
		what = "whole"
	}
	m.reads.WithLabelValues(string(layer), what).Inc()
}

// step counts a step.
func (m *memoryMeters) step(took time.Duration, err error) {
	m.steps.Observe(took.Seconds())
	if err != nil {
		m.failed.Inc()
	}
}

// fallback counts a part that the store makes.
func (m *memoryMeters) fallback(reason string) { m.fromSQL.WithLabelValues(reason).Inc() }

// Describe implements prometheus.Collector: what Collect gives is not known before.
func (m *memoryMeters) Describe(chan<- *prometheus.Desc) {}

// Collect implements prometheus.Collector.
func (m *memoryMeters) Collect(to chan<- prometheus.Metric) {
	for _, c := range []prometheus.Collector{m.reads, m.steps, m.failed, m.fromSQL} {
		c.Collect(to)
	}
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(limitBytes, float64(m.memory.Limit))
	held := m.memory.held.Load()
	if held == nil {
		return
	}
	gauge(lagSeconds, m.memory.age().Seconds())
	for layer, p := range held.layers {
		gauge(layerBytes, float64(p.size()), string(layer))
		gauge(layerRows, float64(p.count()), string(layer))
		gauge(layerSeconds, held.took[layer].Seconds(), string(layer))
	}
	for layer, a := range held.out {
		gauge(layerOut, 1, string(layer), a.reason)
	}
}

// Collector returns the metrics of the memory.
func (m *Memory) Collector() prometheus.Collector { return m.meters }

// progress is how far a memory is with loading.
type progress struct {
	mu   sync.Mutex
	rows map[lintu.Layer]int
	of   map[lintu.Layer]int64 // rows that there are, about
}

// note returns how many rows the layer has; 0 if that is not known.
func (p *progress) note(layer lintu.Layer, rows int) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rows == nil {
		p.rows = map[lintu.Layer]int{}
	}
	p.rows[layer] = rows
	return p.of[layer]
}

// total notes how many rows a layer has.
func (p *progress) total(layer lintu.Layer, rows int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil {
		p.of = map[lintu.Layer]int64{}
	}
	p.of[layer] = rows
}

// share is how much of a layer has been read.
func (p *progress) share(layer lintu.Layer) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of[layer] == 0 {
		return 0
	}
	return min(1, float64(p.rows[layer])/float64(p.of[layer]))
}

// States tells where the tiles of the layers come from that should be in memory.
func (m *Memory) States() []lintu.LayerState {
	held := m.held.Load()
	states := make([]lintu.LayerState, len(m.layers))
	for i, l := range m.layers {
		s := lintu.LayerState{Layer: l.Name, From: lintu.FromDatabase, Share: 1}
		switch {
		case held == nil && m.loading.Load():
			s.From, s.Share = lintu.FromNowhere, m.progress.share(l.Name)
		case held == nil:
		case held.layers[l.Name] != nil:
			s.From = lintu.FromMemory
		default:
			s.Reason = &held.out[l.Name].text
		}
		states[i] = s
	}
	return states
}
