package tiles

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lintu-map/lintu"
)

// meters are the metrics of a server.
type meters struct {
	*reductions
	cache *cache
	all   *prometheus.CounterVec
	// Those of all, by how a tile was answered: it was ready; the client had it, so that
	// no bytes were needed; it was drawn, or packed, for this answer.
	ready, had, made prometheus.Counter
	drawn            prometheus.Counter
	packed           [lintu.Codings]prometheus.Counter
	packs            *prometheus.CounterVec
}

var keptBytes = prometheus.NewDesc("lintu_tile_kept_bytes", "Bytes of the tiles that are kept.", nil, nil)

// codingNames are those of lintu.Coding, in their order.
var codingNames = [lintu.Codings]string{"identity", "gzip", "br", "zstd"}

func newMeters(c *cache) *meters {
	m := &meters{reductions: newReductions(), cache: c,
		all: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lintu_tile_answers_total",
			Help: "Tiles that were asked for, by how: ready; had by the client, so that nothing was drawn or packed; or made for it."}, []string{"how"}),
		drawn: prometheus.NewCounter(prometheus.CounterOpts{Name: "lintu_tile_draws_total", Help: "Tiles that were drawn."}),
		packs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lintu_tile_packs_total", Help: "Tiles that were packed, by coding."}, []string{"coding"}),
	}
	m.ready, m.had, m.made = m.all.WithLabelValues("ready"), m.all.WithLabelValues("had"), m.all.WithLabelValues("made")
	for i, name := range codingNames {
		m.packed[i] = m.packs.WithLabelValues(name)
	}
	return m
}

// count counts an answer, which was had or else what it is said to be.
func (m *meters) count(t lintu.Tile, how prometheus.Counter) {
	if t.Had {
		how = m.had
	}
	how.Inc()
}

// Describe implements prometheus.Collector.
func (m *meters) Describe(to chan<- *prometheus.Desc) {
	for _, c := range []prometheus.Collector{m.reductions, m.all, m.drawn, m.packs} {
		c.Describe(to)
	}
	to <- keptBytes
}

// Collect implements prometheus.Collector.
func (m *meters) Collect(to chan<- prometheus.Metric) {
	for _, c := range []prometheus.Collector{m.reductions, m.all, m.drawn, m.packs} {
		c.Collect(to)
	}
	to <- prometheus.MustNewConstMetric(keptBytes, prometheus.GaugeValue, float64(m.cache.size()))
}

// size is how many bytes are kept.
func (c *cache) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.used
}

// Collector returns the metrics of the server.
func (s *Server) Collector() prometheus.Collector { return s.meters }
