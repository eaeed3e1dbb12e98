package api

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/lintu-map/lintu"
)

// metrics are what /metrics shows. Labels are routes, never addresses: their
// number is known.
type metrics struct {
	registry *prometheus.Registry
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
	tileSent *prometheus.CounterVec
	tileBy   [lintu.Codings]prometheus.Counter
	// Those of seconds that tiles have which are ready.
	given, empty, unchanged prometheus.Observer
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "lintu_http_request_seconds", Help: "Time until the answer begins, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 30},
		}, []string{"route", "method", "status"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "lintu_http_requests_running", Help: "Requests being answered."}),
	}
	m.tileSent = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lintu_tile_sent_bytes_total", Help: "Bytes of tiles that were sent, by coding."}, []string{"coding"})
	for i, name := range [lintu.Codings]string{"identity", "gzip", "br", "zstd"} {
		m.tileBy[i] = m.tileSent.WithLabelValues(name)
	}
	tile := func(status int) prometheus.Observer {
		return m.seconds.WithLabelValues(tileRoute, fiber.MethodGet, strconv.Itoa(status))
	}
	m.given, m.empty, m.unchanged = tile(fiber.StatusOK), tile(fiber.StatusNoContent), tile(fiber.StatusNotModified)
	m.registry.MustRegister(m.seconds, m.running, m.tileSent, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// tileSeconds are those of a tile that is ready.
func (m *metrics) tileSeconds(status int) prometheus.Observer {
	switch status {
	case fiber.StatusNoContent:
		return m.empty
	case fiber.StatusNotModified:
		return m.unchanged
	}
	return m.given
}

func (m *metrics) handler() fiber.Handler {
	return adaptor.HTTPHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}

// streams shows how many streams are open, and returns the counter of those that were
// cut off.
func (m *metrics) streams(open func() float64) prometheus.Counter {
	cut := prometheus.NewCounter(prometheus.CounterOpts{Name: "lintu_streams_cut_total", Help: "Streams of which the client took too little."})
	m.registry.MustRegister(cut, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "lintu_streams_open", Help: "Open streams of events."}, open))
	return cut
}

// measured counts a request under the route that took it.
func (s *Server) measured(c *fiber.Ctx) error {
	s.metrics.running.Inc()
	defer s.metrics.running.Dec()
	err := c.Next()
	if err != nil {
		// Answered here, so that the status is known.
		err = s.fail(c, err)
	}
	status := c.Response().StatusCode()
	s.metrics.seconds.WithLabelValues(c.Route().Path, c.Method(), strconv.Itoa(status)).Observe(time.Since(c.Context().Time()).Seconds())
	return err
}
