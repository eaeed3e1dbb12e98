package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
	"github.com/lintu-map/lintu/importer"
	"github.com/lintu-map/lintu/photos"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/tiles"
)

// desk is a database with two servers on it: one in this process, so that what is
// written straight to its stores is its own writing, and one as a process, behind a
// proxy that can cut it off.
type desk struct {
	house *house // the process
	proxy *cutter
	db    *sql.DB
	admin *sql.DB // as the superuser
	live  *sql.Live
	here  *api.Server

	near, far string // addresses of the server here and of the process
	cookies   []string
}

// scribblers is how many accounts share the requests, since each has its limit.
const scribblers = 24

func openDesk(ctx context.Context, lintuBin, dir string) (d *desk, err error) {
	d = &desk{}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
			d = nil
		}
	}()
	if d.house, err = newHouseBehind(ctx, lintuBin, dir, false, func(url string) (string, error) {
		d.proxy, err = startCutter(url)
		if err != nil {
			return "", err
		}
		return d.proxy.url, nil
	}); err != nil {
		return d, err
	}
	d.far = "http://" + d.house.addr
	for i := range scribblers {
		cookie, err := enrol(ctx, d.house, fmt.Sprint("eye-", i), "dispatcher everywhere")
		if err != nil {
			return d, err
		}
		d.cookies = append(d.cookies, cookie)
	}
	return d, d.serveHere(ctx, dir)
}

// serveHere starts the server of this process.
func (d *desk) serveHere(ctx context.Context, dir string) (err error) {
	if d.db, err = sql.Open(ctx, d.house.cluster.URL(), sql.Options{AppName: "lintu bench", Conns: 24, LoginAsApp: true}); err != nil {
		return err
	}
	url, err := d.house.cluster.AdminURL("lintu")
	if err != nil {
		return err
	}
	if d.admin, err = sql.Open(ctx, url, sql.Options{AppName: "lintu bench admin", LoginAsApp: true}); err != nil {
		return err
	}
	d.live = sql.NewLive(d.db)
	reader := sql.NewReader(d.db)
	memory := tiles.NewMemory(reader, reader, reader, scribbleTenant)
	if err := memory.Load(ctx); err != nil {
		return err
	}
	pictures, err := photos.OpenFiles(filepath.Join(dir, "photos"))
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(dir, "here.log"))
	if err != nil {
		return err
	}
	accounts := sql.NewAccounts(d.db, sql.AccountsConfig{})
	d.here, err = api.New(api.Config{
		Tenant: scribbleTenant, Name: lintu.Text{ZH: "测试", EN: "trial"}, Version: "trial",
		Features: reader, Tiles: tiles.New(memory, reader, 64<<20), Finder: reader, Versions: reader, Live: d.live, Figures: d.db,
		Importer: importer.New(d.db, sql.NewGeodesy(d.db), filepath.Join(dir, "uploads"), 1<<30), Batches: d.db, Photos: pictures, Cases: d.db, Settings: d.db, Ready: d.db.Ping,
		Door: accounts, Registrar: accounts, Persons: d.db, Audit: d.db, Meetings: d.db, Doors: d.db, Rules: d.db,
		Public: lintu.PublicByDefault(), Pages: noPages, TrustedProxies: []string{"127.0.0.1"}, UploadBytes: 1 << 20,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.near = "http://" + listener.Addr().String()
	d.here.Start(listener)
	return nil
}

// noPages is what a server without pages serves.
var noPages fs.FS = fstest.MapFS{}

func (d *desk) close() error {
	var err error
	if d.here != nil {
		err = d.here.Stop(context.Background())
	}
	if d.live != nil {
		d.live.Close()
	}
	for _, db := range []*sql.DB{d.db, d.admin} {
		if db != nil {
			db.Close()
		}
	}
	if d.house != nil {
		err = errors.Join(err, d.house.stop())
	}
	if d.proxy != nil {
		err = errors.Join(err, d.proxy.close())
	}
	return err
}
