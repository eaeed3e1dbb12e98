package api

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"github.com/lintu-map/lintu"
)

// Config is what a Server is made of. All interfaces are required.
type Config struct {
	Tenant  int32
	Name    lintu.Text // of the jurisdiction or town, as readers see it
	Version string     // of this lintu

	Features lintu.FeatureStore
	Tiles    lintu.TileServer
	Finder   lintu.Finder
	Versions lintu.LayerVersions
	Live     lintu.LiveSource
	Figures  lintu.FigureStore
	Importer lintu.Importer
	Batches  lintu.BatchStore
	Photos   lintu.PhotoStore
	Cases    lintu.CaseStore
	Settings lintu.Settings
	Ready    func(context.Context) error // nil while the database answers
	// Layers tells where the tiles of each layer come from that should be in memory.
	Layers func() []lintu.LayerState
	// Collectors are metrics of the other parts.
	Collectors []prometheus.Collector

	Door      lintu.Doorkeeper
	Registrar lintu.Registrar
	Persons   lintu.Persons
	Audit     lintu.AuditLog
	Meetings  lintu.MeetingStore
	Doors     lintu.Doors
	Rules     lintu.RuleStore
	Public    []lintu.Layer // what visitors are shown; nothing at household level

	// Pages holds index.html, wall.html, planner.html, assets/ and styles/.
	Pages fs.FS
	// PublicURL is the address under which readers reach the server, without a
	// slash at the end. Empty: each request's own.
	PublicURL string
	// TrustedProxies are addresses or prefixes whose X-Forwarded-For,
	// X-Forwarded-Proto and X-Forwarded-Host are believed.
	TrustedProxies []string
	// TLSCert and TLSKey are the PEM files with which the server itself speaks
	// HTTPS; empty: HTTP.
	TLSCert, TLSKey string
	// SSO is the single sign-on, or nil.
	SSO *SSO
	// AllowedOrigins are other origins whose pages may read tiles, styles, sprites
	// and the OGC part.
	AllowedOrigins []string
	// Basemap is a MapLibre raster or vector source as JSON, or nil.
	Basemap json.RawMessage
	// UploadBytes is the largest file that can be sent for import.
	UploadBytes int64
	Log         *slog.Logger
}

// Limits that no reader of a map meets. Reads and writes that stand still for
// stallTimeout end the connection; how long a transfer takes as a whole is not
// limited.
const (
	requestTimeout = 30 * time.Second
	streamTimeout  = 15 * time.Minute
	stallTimeout   = 60 * time.Second
	bodyBytes      = 1 << 20 // of requests that are not uploads
)

// Server is the HTTP side of lintu.
type Server struct {
	Config
	Routes  []Route // every address and what it needs
	app     *fiber.App
	pages   map[string]*page
	scheme  string       // of the listener: http or https
	cert    *certificate // nil over HTTP
	sso     *sso         // nil where it is not configured
	proxies []netip.Prefix
	behind  behind
	origins []string
	csp     string                   // of pages
	plain   *fasthttp.ResponseHeader // what every answer over HTTP begins with
	guarded *fasthttp.ResponseHeader // likewise over HTTPS
	metrics *metrics
	limits  *limits
	start   string // tells this server's layer versions from those before a restart
	jobs    jobs
	hub     *hub
	shared  commonAnswers

	uploading  uploading
	arriving   uploading // photos
	atDoors    uploading // photos of residents
	refusals   refusals
	remembered remembered
	visitor    *lintu.Viewer // who has no session
	known      known
	verified   verification

	listener            *listener
	startOnce, stopOnce sync.Once
	served              chan struct{} // closed when serving has ended
	serveErr, stopErr   error
}

// New makes a server; CodeInvalid if the configuration makes no sense.
func New(cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	s := &Server{Config: cfg, served: make(chan struct{}), metrics: newMetrics(),
		uploading: uploading{most: maxUploads, mostOfOne: maxUploadsOfOne}, arriving: uploading{most: maxPhotos, mostOfOne: maxPhotosOfOne},
		atDoors: uploading{most: maxPictures, mostOfOne: maxPicturesOfOne},
		limits:  newLimits(), scheme: "http", start: strconv.FormatInt(time.Now().UnixNano(), 36)}
	var err error
	if s.proxies, err = parsePrefixes(cfg.TrustedProxies); err != nil {
		return nil, err
	}
	if err := lintu.CheckPublic(cfg.Public); err != nil {
		return nil, err
	}
	if s.origins, err = parseOrigins(cfg.AllowedOrigins); err != nil {
		return nil, err
	}
	if err := checkPublicURL(cfg.PublicURL); err != nil {
		return nil, err
	}
	if err := s.openTLS(); err != nil {
		return nil, err
	}
	if cfg.SSO != nil {
		if s.sso, err = newSSO(cfg.SSO, cfg.PublicURL); err != nil {
			return nil, err
		}
	}
	if s.csp, err = contentPolicy(cfg.Basemap); err != nil {
		return nil, err
	}
	s.plain, s.guarded = guard(false), guard(true)
	s.visitor = &lintu.Viewer{Tenant: s.Tenant, Public: s.Public, Name: "visitor"}
	if s.pages, err = loadPages(cfg.Pages); err != nil {
		return nil, err
	}
	for _, c := range cfg.Collectors {
		if err := s.metrics.registry.Register(c); err != nil {
			return nil, err
		}
	}
	s.jobs.init()
	s.hub = newHub(s)
	s.shared.all = map[string]*commonAnswer{}
	s.app = fiber.New(fiber.Config{
		// Strings from the request are copied: they outlive the handler in
		// streams, jobs and caches.
		Immutable:                    true,
		CaseSensitive:                true,
		DisableStartupMessage:        true,
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		BodyLimit:                    bodyBytes,
		Concurrency:                  maxConnections,
		ReadBufferSize:               16 << 10,
		WriteBufferSize:              writeBuffer,
		ReadTimeout:                  stallTimeout,
		IdleTimeout:                  2 * time.Minute,
		ErrorHandler:                 s.fail,
	})
	s.app.Server().KeepHijackedConns = true // streams outlive the function that begins them
	s.Routes = s.routes()
	if err := s.register(); err != nil {
		return nil, err
	}
	s.app.Server().Handler = s.readyFirst(s.app.Handler())
	return s, nil
}

// openTLS reads the certificate, if one is configured.
func (s *Server) openTLS() (err error) {
	if s.TLSCert == "" && s.TLSKey == "" {
		return nil
	}
	if strings.HasPrefix(s.PublicURL, "http:") {
		return lintu.Errorf(lintu.CodeInvalid, "设置了 TLS 证书，公开地址 LINTU_PUBLIC_URL 应以 https:// 开头。", "With a TLS certificate, LINTU_PUBLIC_URL must begin with https://.")
	}
	s.scheme = "https"
	s.cert, err = openCertificate(s.TLSCert, s.TLSKey, s.Log)
	return err
}

func checkPublicURL(s string) error {
	u, err := url.Parse(s)
	if s != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "") {
		return lintu.Errorf(lintu.CodeInvalid, "公开地址 %q 无效；应类似 https://map.example.cn。", "The public URL %q is not valid; it should look like https://map.example.org.", s)
	}
	return nil
}

// Start serves on the listener in the background. A second call does nothing.
func (s *Server) Start(ln net.Listener) {
	s.startOnce.Do(func() {
		ctx, stopWatch := context.WithCancel(context.Background())
		if s.cert != nil {
			ln = tls.NewListener(ln, s.cert.config())
			go s.cert.watch(ctx)
		}
		s.listener = newListener(ln, s.newClient)
		go func() {
			defer close(s.served)
			defer stopWatch()
			if err := s.app.Listener(s.listener); err != nil && !errors.Is(err, net.ErrClosed) {
				s.serveErr = err
			}
		}()
	})
}

// Served is closed when the server has ended, by Stop or by the error that Err
// then returns.
func (s *Server) Served() <-chan struct{} { return s.served }

// Err says why serving has ended; nil after Stop.
func (s *Server) Err() error { return s.serveErr }

// Stop takes no new requests, cancels running imports, waits for what is under
// way until ctx ends, and then closes what is left. A second call waits for the
// first.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() {
		s.startOnce.Do(func() { close(s.served) }) // never started
		s.jobs.stop()
		if s.listener != nil {
			_ = s.listener.Close() // Shutdown closes it too, but only one that is being served already
			s.listener.closeFresh()
		}
		s.hub.Stop(ctx)
		s.stopErr = s.app.ShutdownWithContext(ctx)
		if s.stopErr != nil && ctx.Err() != nil {
			s.stopErr = nil
			s.Log.Warn("answers were cut by the stop", slog.Int("connections", s.listener.closeRest()))
		}
		if errors.Is(s.stopErr, net.ErrClosed) {
			s.stopErr = nil
		}
		s.jobs.wait(ctx)
	})
	return s.stopErr
}
