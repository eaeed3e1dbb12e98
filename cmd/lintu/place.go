package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/lintu-map/lintu/importer"
	"github.com/lintu-map/lintu/photos"
	"github.com/lintu-map/lintu/sql"
)

// place is an open database with everything a command needs on top of it.
type place struct {
	cluster  *sql.Cluster // nil where LINTU_DATABASE_URL names a server
	db       *sql.DB
	accounts *sql.Accounts
	live     *sql.Live
	keys     *sql.KeyFile // of personal data
	importer *importer.Service
	photos   *photos.Store
	stopDay  func() // of a demo; nil where none is played
}

// maxUploadBytes bounds one file brought in: a county's buildings fit in a tenth.
const maxUploadBytes = 4 << 30

// stopTimeout is how long the private database may take to end in good order.
const stopTimeout = 30 * time.Second

// open connects to the database, as a guest where another lintu runs the
// private one, and brings the schema to this version.
func (a *app) open(ctx context.Context) (*place, error) { return a.openKeyed(ctx, sql.Attach) }

// with lends work the open database.
func (a *app) with(ctx context.Context, work func(*place) error) error {
	p, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	return work(p)
}

// own is open for a server: nobody else may own the private database.
func (a *app) own(ctx context.Context) (*place, error) { return a.openKeyed(ctx, sql.StartCluster) }

// starter begins to use the private database, as its owner or as a guest.
type starter func(context.Context, sql.ClusterConfig) (*sql.Cluster, error)

// openKeyed is openWith, and then has the keys of personal data at hand.
func (a *app) openKeyed(ctx context.Context, start starter) (*place, error) {
	p, err := a.openWith(ctx, start)
	if err != nil {
		return nil, err
	}
	if err := p.useKeys(ctx, a.cfg); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// useKeys opens the key file, or makes it where nothing has been encrypted yet.
func (p *place) useKeys(ctx context.Context, cfg config) error {
	has, err := p.db.HoldsKeys(ctx)
	if err != nil {
		return err
	}
	if p.keys, err = sql.OpenKeyFile(cfg.KeyFile, !has); err != nil {
		return err
	}
	return p.db.UseKeys(ctx, cfg.Tenant, p.keys)
}

// noFile reports whether there is no such file.
func noFile(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func (a *app) openWith(ctx context.Context, start starter) (p *place, err error) {
	p = &place{}
	defer func() {
		if err != nil {
			p.close()
			p = nil
		}
	}()
	url := a.cfg.DatabaseURL
	if url == "" {
		if p.cluster, err = start(ctx, sql.ClusterConfig{Dir: a.cfg.Data, BinDir: a.cfg.PGBin, Log: a.log}); err != nil {
			return p, err
		}
		url = p.cluster.URL()
	}
	if p.db, err = sql.Open(ctx, url, sql.Options{Log: a.log, LoginAsApp: p.cluster != nil, UnmaskPerDay: a.cfg.UnmaskPerDay}); err != nil {
		return p, err
	}
	if err = p.db.Migrate(ctx); err != nil {
		return p, err
	}
	if err = p.db.EnsureTenant(ctx, a.cfg.Tenant, a.name.ZH); err != nil {
		return p, err
	}
	p.accounts = sql.NewAccounts(p.db, sql.AccountsConfig{Place: a.name})
	p.live = sql.NewLive(p.db)
	p.importer = importer.New(p.db, sql.NewGeodesy(p.db), filepath.Join(a.cfg.Data, "uploads"), maxUploadBytes)
	if p.photos, err = a.openPhotos(ctx); err != nil {
		return p, err
	}
	if err := p.importer.Sweep(ctx, a.cfg.Tenant); err != nil {
		a.log.Warn("uploaded files not swept", slog.Any("error", err))
	}
	return p, nil
}

// openPhotos opens the store of photos where it is configured to be.
func (a *app) openPhotos(ctx context.Context) (*photos.Store, error) {
	dir := filepath.Join(a.cfg.Data, "photos")
	if a.cfg.Photos != "" {
		return photos.OpenS3(ctx, a.cfg.Photos, filepath.Join(dir, "tmp"))
	}
	return photos.OpenFiles(dir)
}

// close ends the connections and, where this process owns it, the database.
func (p *place) close() {
	if p.stopDay != nil {
		p.stopDay()
	}
	if p.live != nil {
		p.live.Close()
	}
	if p.db != nil {
		p.db.Close()
	}
	if p.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		_ = p.cluster.Stop(ctx) // it stops the hard way if it must; nothing to add
	}
}
