package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/tiles"
	"github.com/lintu-map/lintu/web"
)

// Where a server for measuring takes tiles from.
const (
	fromDatabase = "database"
	fromMemory   = "memory"
)

// serveTiles is lintu's HTTP server in a process of its own, which keeps no tile: each
// is made anew. It serves the database of LINTU_DATABASE_URL, and makes the tiles that it is
// told to by its input, until that ends.
func serveTiles(ctx context.Context, source, drawing string) error {
	if drawing == plainly {
		drawPlainly()
	}
	for i := range lintu.Layers { // others would only be read
		l := &lintu.Layers[i]
		l.InMemory = l.InMemory && (l.Name == lintu.Households || l.Name == parcelLayer)
	}
	db, err := sql.Open(ctx, os.Getenv("LINTU_DATABASE_URL"), sql.Options{AppName: "lintu bench"})
	if err != nil {
		return err
	}
	defer db.Close()
	reader, live, doors := sql.NewReader(db), sql.NewLive(db), sql.NewAccounts(db, sql.AccountsConfig{})
	defer live.Close()
	memory := tiles.NewMemory(reader, reader, reader, reportsTenant)
	if source == fromMemory {
		if err := memory.Load(ctx); err != nil {
			return err
		}
		for _, l := range memory.States() {
			if l.From != lintu.FromMemory {
				return fmt.Errorf("%s did not come into memory", l.Layer)
			}
		}
		memory.TuneCollector()
	}
	server, err := api.New(api.Config{
		Tenant: reportsTenant, Name: lintu.Text{ZH: "测量", EN: "measurement"}, Version: "bench",
		Features: reader, Tiles: tiles.New(memory, reader, 0), Finder: reader, Versions: reader, Live: live, Figures: db,
		Batches: db, Cases: db, Settings: db, Ready: db.Ping, Door: doors, Registrar: doors, Persons: db, Audit: db,
		Meetings: db, Doors: db, Rules: db, Public: lintu.PublicByDefault(), Pages: web.Pages(), TrustedProxies: []string{"127.0.0.1"},
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server.Start(listener)
	fmt.Printf("%s\n%d\n", listener.Addr(), memory.Size())
	return errors.Join(drawOrders(ctx, memory, os.Stdin, os.Stdout), server.Stop(context.WithoutCancel(ctx)))
}

// drawer is a running serveTiles.
type drawer struct {
	cmd      *exec.Cmd
	in       io.WriteCloser // which ends it when it is closed
	out      *bufio.Reader
	address  string
	log      string // what it says is written there
	accounts accounts
	idle     cpu // used in a second without requests
}

// idleSample is for how long a server is looked at that does nothing.
const idleSample = 2 * time.Second

func (m *tileMeasure) startDrawer(ctx context.Context, source, drawing string) (d *drawer, err error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	d = &drawer{log: m.house.log.Name(), cmd: exec.CommandContext(ctx, self, "-serve-tiles", source, "-drawing", drawing)}
	d.cmd.Env = append(os.Environ(), "LINTU_DATABASE_URL="+m.house.cluster.URL())
	d.cmd.Stderr = m.house.log
	if d.in, err = d.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := d.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	d.out = bufio.NewReader(out)
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	size := 0
	if _, err := fmt.Fscan(d.out, &d.address, &size); err != nil {
		return nil, fmt.Errorf("the server of tiles ended: %w: %s", d.stop(), d.last())
	}
	_, _ = d.out.ReadBytes('\n')
	if source == fromMemory {
		fmt.Printf("memory, %-16s %6.1f s, %.0f MB\n", drawing, time.Since(start).Seconds(), float64(size)/1e6)
	}
	d.accounts.server = d.cmd.Process.Pid
	if d.accounts.postmaster, err = m.house.postmaster(); err == nil {
		d.idle, err = d.accounts.idle(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

// idle is what the processes use in a second of doing nothing.
func (a accounts) idle(ctx context.Context) (cpu, error) {
	before, err := a.used()
	if err != nil {
		return cpu{}, err
	}
	start := time.Now()
	if err := wait(ctx, idleSample); err != nil {
		return cpu{}, err
	}
	after, err := a.used()
	return after.sub(before).scaled(1 / time.Since(start).Seconds()), err
}

// last is the end of what the process has said.
func (d *drawer) last() []byte {
	said, _ := os.ReadFile(d.log) // it stands in an error, beside which this is only help
	return said[max(0, len(said)-1000):]
}

// stop ends the process.
func (d *drawer) stop() error { return errors.Join(d.in.Close(), d.cmd.Wait()) }
