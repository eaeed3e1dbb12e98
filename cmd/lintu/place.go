package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/lintu-map/lintu/importer"
	"github.com/lintu-map/lintu/sql"
)

// place is an open database with everything a command needs on top of it.
type place struct {
	cluster  *sql.Cluster // nil where LINTU_DATABASE_URL names a server
	db       *sql.DB
	accounts *sql.Accounts
	importer *importer.Service
}

// maxUploadBytes bounds one file brought in: a county's buildings fit in a tenth.
const maxUploadBytes = 4 << 30

// stopTimeout is how long the private database may take to end in good order.
const stopTimeout = 30 * time.Second

// open connects to the database, as a guest where another lintu runs the
// private one, and brings the schema to this version.
func (a *app) open(ctx context.Context) (*place, error) { return a.openWith(ctx, sql.Attach) }

// own is open for a server: nobody else may own the private database.
func (a *app) own(ctx context.Context) (*place, error) { return a.openWith(ctx, sql.StartCluster) }

func (a *app) openWith(ctx context.Context, start func(context.Context, sql.ClusterConfig) (*sql.Cluster, error)) (p *place, err error) {
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
	if p.db, err = sql.Open(ctx, url, sql.Options{Log: a.log, LoginAsApp: p.cluster != nil}); err != nil {
		return p, err
	}
	if err = p.db.Migrate(ctx); err != nil {
		return p, err
	}
	if err = p.db.EnsureTenant(ctx, a.cfg.Tenant, a.name.ZH); err != nil {
		return p, err
	}
	p.accounts = sql.NewAccounts(p.db, sql.AccountsConfig{Place: a.name})
	p.importer = importer.New(p.db, sql.NewGeodesy(p.db), filepath.Join(a.cfg.Data, "uploads"), maxUploadBytes)
	if err := p.importer.Sweep(ctx, a.cfg.Tenant); err != nil {
		a.log.Warn("uploaded files not swept", slog.Any("error", err))
	}
	return p, nil
}

// close ends the connections and, where this process owns it, the database.
func (p *place) close() {
	if p.db != nil {
		p.db.Close()
	}
	if p.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
		defer cancel()
		_ = p.cluster.Stop(ctx) // it stops the hard way if it must; nothing to add
	}
}
