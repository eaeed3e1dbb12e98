package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
	"github.com/lintu-map/lintu/photos"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/tiles"
	"github.com/lintu-map/lintu/web"
)

// serveCmd runs the server until it is told to stop.
type serveCmd struct{}

// Run serves.
func (c *serveCmd) Run(ctx context.Context, a *app) error {
	return a.serve(ctx, func(ctx context.Context, p *place) error { return a.firstStart(ctx, p) })
}

// drainTimeout is how long answers under way may take after the signal to stop.
const drainTimeout = 10 * time.Second

// serve opens the place, lets prepare bring it into the state to be shown, and
// answers requests until ctx ends.
func (a *app) serve(ctx context.Context, prepare func(context.Context, *place) error) error {
	if err := api.CheckTLS(a.cfg.TLSCert, a.cfg.TLSKey); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.cfg.Addr)
	if err != nil {
		return lintu.Errorf(lintu.CodeUnavailable,
			"无法监听 %[1]s：%[2]s。请停止占用它的程序，或用 LINTU_ADDR 另选地址。",
			"Cannot listen on %[1]s: %[2]s. Stop what uses it, or choose another address with LINTU_ADDR.",
			a.cfg.Addr, cause(err))
	}
	defer listener.Close()
	a.log.Info("starting", "version", version, "config", a.cfg)
	p, err := a.own(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	if err := prepare(ctx, p); err != nil {
		return err
	}
	if err := a.warnOfCalendar(ctx, p); err != nil {
		return err
	}
	reader := sql.NewReader(p.db)
	memory, kept, err := a.memory(reader)
	if err != nil {
		return err
	}
	tileServer := tiles.New(memory, reader, kept)
	server, err := a.server(p, reader, memory, tileServer)
	if err != nil {
		return err
	}
	timers := a.timers(p)
	timers.Start()
	defer timers.Stop()
	sweeper := photos.NewSweeper(a.cfg.Tenant, p.db, p.photos, a.log)
	sweeper.Start()
	defer sweeper.Stop()
	server.Start(listener)
	a.loadTiles(ctx, memory)
	defer memory.Stop()
	tileServer.Start(a.log)
	defer tileServer.Stop()
	a.warnOfPlainHTTP(listener.Addr())
	a.announce(listener.Addr())
	select {
	case <-ctx.Done():
	case <-server.Served():
		return errors.Join(server.Err(), server.Stop(context.WithoutCancel(ctx)))
	}
	a.say("正在停止 …", "Stopping …")
	drain, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	return server.Stop(drain)
}

// memory is made for the memory that there is. kept is how much of it tiles have.
func (a *app) memory(reader *sql.Reader) (m *tiles.Memory, kept int, err error) {
	total, err := a.cfg.tileBytes()
	m = tiles.NewMemory(reader, reader, reader, a.cfg.Tenant)
	m.Limit, kept = tiles.Shares(total)
	m.Log = a.log
	return m, kept, err
}

// loadTiles reads the layers that are kept in memory, while the server says that it
// is not ready. A database that is away is waited for.
func (a *app) loadTiles(ctx context.Context, memory *tiles.Memory) {
	start := time.Now()
	progress := newMeter(a.stderr, a.cfg.Lang, false)
	memory.Progress = progress.show
	err := memory.Load(ctx)
	for ; lintu.CodeOf(err) == lintu.CodeUnavailable && ctx.Err() == nil; err = memory.Load(ctx) {
		a.log.Warn("layers cannot be loaded yet", "error", err)
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
		}
	}
	progress.end()
	if err != nil {
		memory.GiveUp()
		a.log.Error("layers not in memory; the database makes all tiles", "error", err)
		return
	}
	memory.TuneCollector()
	a.log.Info("layers in memory", "bytes", memory.Size(), "limit", memory.Limit, "took", time.Since(start))
}

// firstStart makes the first administrator where there is no account yet.
func (a *app) firstStart(ctx context.Context, p *place) error {
	password, err := p.accounts.FirstAccount(ctx, a.cfg.Tenant, operator())
	if err != nil || password == "" {
		return err
	}
	a.printOneTime("admin", password)
	a.say("管理员账号只显示这一次；忘记时运行 lintu user reset admin。\n下一步，为同事建账号：lintu user add LOGIN --role dispatcher --for streets/CODE",
		"This is shown once; if it gets lost, run lintu user reset admin.\nNext, make accounts for the others: lintu user add LOGIN --role dispatcher --for streets/CODE")
	return nil
}

// warnOfPlainHTTP tells that passwords travel readably: beyond this machine, with
// neither TLS of our own nor a proxy that could have it.
func (a *app) warnOfPlainHTTP(addr net.Addr) {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() || a.cfg.TLSCert != "" || len(a.cfg.TrustedProxies) > 0 {
		return
	}
	fmt.Fprintln(a.stderr, lintu.Say("注意：服务器在 %s 上不加密地监听，密码和个人信息可被窃听。请设置 LINTU_TLS_CERT 和 LINTU_TLS_KEY，或放在加密的代理之后并设置 LINTU_TRUSTED_PROXIES。",
		"Warning: the server listens on %s without encryption, so passwords and personal data can be overheard. Set LINTU_TLS_CERT and LINTU_TLS_KEY, or put it behind a proxy with TLS and set LINTU_TRUSTED_PROXIES.", addr).In(a.cfg.Lang))
}

// warnOfCalendar tells the log of years whose public holidays are not known and that
// time limits reach.
func (a *app) warnOfCalendar(ctx context.Context, p *place) error {
	calendar, err := p.db.Calendar(ctx, a.cfg.Tenant)
	if err != nil {
		return err
	}
	categories, err := p.db.Categories(ctx, a.cfg.Tenant)
	if warning := calendar.WarnAhead(time.Now(), categories); !warning.IsZero() {
		a.log.Warn("the calendar lacks public holidays", "warning", warning.In(a.cfg.Lang))
	}
	return err
}

// server wires the house together.
func (a *app) server(p *place, reader *sql.Reader, memory *tiles.Memory, tileServer *tiles.Server) (*api.Server, error) {
	basemap, err := basemapSource(a.cfg.Basemap)
	if err != nil {
		return nil, err
	}
	sso, err := a.cfg.sso()
	if err != nil {
		return nil, err
	}
	return api.New(api.Config{
		Tenant: a.cfg.Tenant, Name: a.name, Version: version,
		Features: reader, Tiles: tileServer, Finder: reader,
		Layers: memory.States, Collectors: []prometheus.Collector{memory.Collector(), tileServer.Collector()},
		Versions: reader, Live: p.live, Figures: p.db,
		Importer: p.importer, Batches: p.db, Photos: p.photos, Cases: p.db, Settings: p.db, Ready: p.db.Ping,
		Door: p.accounts, Registrar: p.accounts, Persons: p.db, Audit: p.db, Meetings: p.db, Doors: p.db, Rules: p.db,
		Pages: web.Pages(), PublicURL: a.cfg.PublicURL, TrustedProxies: a.cfg.TrustedProxies, AllowedOrigins: a.cfg.AllowedOrigins,
		TLSCert: a.cfg.TLSCert, TLSKey: a.cfg.TLSKey, SSO: sso,
		Public: a.cfg.public(), Basemap: basemap, UploadBytes: maxUploadBytes, Log: a.log,
	})
}

// basemapSource turns the configured URL into a MapLibre source: raster tiles
// where it has {z}, and a vector TileJSON otherwise.
func basemapSource(url string) (json.RawMessage, error) {
	switch {
	case url == "":
		return nil, nil
	case strings.Contains(url, "{z}"):
		return json.Marshal(map[string]any{"type": "raster", "tiles": []string{url}, "tileSize": 256})
	default:
		return json.Marshal(map[string]any{"type": "vector", "url": url})
	}
}

// announce says where to look.
func (a *app) announce(addr net.Addr) {
	at := "http://" + addr.String()
	if a.cfg.TLSCert != "" {
		at = "https://" + addr.String()
	}
	a.say("地图已就绪：%[1]s/wall   规划：%[1]s/planner   接口：%[1]s/ogc   停止：Ctrl-C",
		"The map is ready: %[1]s/wall   planner: %[1]s/planner   OGC API: %[1]s/ogc   stop: Ctrl-C", at)
}

func cause(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error()
	}
	return err.Error()
}
