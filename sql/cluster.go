package sql

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	lintu "github.com/lintu-map/lintu"
)

// ClusterConfig says where the private PostgreSQL lives.
type ClusterConfig struct {
	Dir    string       // the data directory of lintu; made if missing
	BinDir string       // of initdb and postgres; "" looks in PATH and the distribution's places
	Log    *slog.Logger // nil is silence
	// Throwaway is for tests: nothing is ever flushed to the disk, so a crash of
	// the machine loses everything. Never for data that somebody wants.
	Throwaway bool
}

// Cluster is the private PostgreSQL of one data directory:
//
//	Dir/lintu.lock     locked by the lintu that owns the cluster; its pid and, once it serves, its URL
//	Dir/pg/            PostgreSQL's own directory
//	Dir/conf/          generated at every start; what an administrator sets by ALTER SYSTEM wins over it
//	Dir/log/           PostgreSQL's messages, bounded
//	Dir/run/           the Unix socket, the only way in (elsewhere if the path is too long for one)
//
// The owner starts the server as its child, restarts it when it dies, and stops
// it. When the owner is killed the server shuts down with it, and where the
// operating system cannot arrange that, the next owner does it first.
type Cluster struct {
	cfg  ClusterConfig
	log  *slog.Logger
	home layout
	inst installation
	lock *os.File // nil for a guest of another lintu's cluster
	url  string

	stopOnce sync.Once
	stopping chan struct{} // closed when Stop begins
	stopped  chan struct{} // closed when the server has ended for good

	mu     sync.Mutex
	server *server
}

// StartCluster makes the cluster if there is none yet, takes it over from a
// lintu that was killed, starts it and waits until it answers. ctx bounds the
// start only. Every error a person can do something about is a *lintu.Error
// that says what.
func StartCluster(ctx context.Context, cfg ClusterConfig) (*Cluster, error) {
	home, err := newLayout(cfg.Dir)
	if err != nil {
		return nil, err
	}
	lock, owner, err := takeLock(ctx, home)
	if err != nil {
		return nil, err
	}
	if lock == nil {
		return nil, errSecondOwner(home, owner)
	}
	return startOwned(ctx, cfg, home, lock)
}

// Attach connects to the cluster of a lintu that is running, as its guest, or
// owns the cluster like StartCluster when nobody does. Stop does nothing to a
// cluster one is a guest of.
func Attach(ctx context.Context, cfg ClusterConfig) (*Cluster, error) {
	home, err := newLayout(cfg.Dir)
	if err != nil {
		return nil, err
	}
	for {
		lock, owner, err := takeLock(ctx, home)
		if err != nil {
			return nil, err
		}
		if lock != nil {
			return startOwned(ctx, cfg, home, lock)
		}
		if owner.url != "" {
			c := newCluster(cfg, home, nil)
			c.url = owner.url
			close(c.stopped)
			return c, nil
		}
		// The owner is still starting the server.
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func newCluster(cfg ClusterConfig, home layout, lock *os.File) *Cluster {
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Cluster{cfg: cfg, log: log, home: home, lock: lock,
		stopping: make(chan struct{}), stopped: make(chan struct{})}
}

func startOwned(ctx context.Context, cfg ClusterConfig, home layout, lock *os.File) (c *Cluster, err error) {
	c = newCluster(cfg, home, lock)
	defer func() {
		if err != nil {
			releaseLock(lock)
		}
	}()
	if err := c.prepare(ctx); err != nil {
		return nil, err
	}
	if err := c.launch(ctx); err != nil {
		return nil, err
	}
	if err := c.furnish(ctx); err != nil {
		c.server.stop(context.WithoutCancel(ctx), c.log)
		return nil, err
	}
	c.url = c.home.url(roleName, databaseName)
	if err := writeLock(lock, c.url); err != nil {
		c.server.stop(context.WithoutCancel(ctx), c.log)
		return nil, err
	}
	go c.supervise()
	return c, nil
}

// prepare brings everything into the state in which a server can be launched.
func (c *Cluster) prepare(ctx context.Context) error {
	inst, err := findInstallation(c.cfg.BinDir, c.home.pg)
	if err != nil {
		return err
	}
	c.inst = inst
	if err := c.home.furnish(); err != nil {
		return err
	}
	if err := endOrphans(ctx, c.home, c.log); err != nil {
		return err
	}
	if !exists(filepath.Join(c.home.pg, "PG_VERSION")) {
		c.log.Info("making the private database", "dir", c.home.pg, "postgres", inst.version)
		if err := initdb(ctx, inst, c.home, c.cfg.Throwaway); err != nil {
			return err
		}
	}
	return writeConf(c.home, sizeOf(c.home.pg), inst, c.cfg.Throwaway)
}

// launch starts the server and waits until it takes connections, which after a
// crash is when it has replayed its log.
func (c *Cluster) launch(ctx context.Context) error {
	s, err := startServer(c.inst, c.home)
	if err != nil {
		return err
	}
	if err := s.waitReady(ctx, c.home.url(adminRole, "postgres"), c.log); err != nil {
		s.stop(context.WithoutCancel(ctx), c.log)
		return err
	}
	c.mu.Lock()
	c.server = s
	c.mu.Unlock()
	c.log.Info("the private database is ready", "pid", s.proc.Pid, "postgres", c.inst.version, "dir", c.home.pg)
	return nil
}

// restartPauseMax bounds the wait before a server that keeps dying is started
// again.
const restartPauseMax = 30 * time.Second

// supervise starts the server again whenever it ends by itself: a command
// center needs the map back without anybody's hand. It never gives up, since
// what stops a server for long (a full disk) is cured from outside.
func (c *Cluster) supervise() {
	defer close(c.stopped)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { <-c.stopping; cancel() }()
	wait := 100 * time.Millisecond
	for {
		s := c.current()
		select {
		case <-c.stopping:
			return
		case <-s.done:
		}
		if lived := time.Since(s.started); lived > time.Minute {
			wait = 100 * time.Millisecond
		}
		c.log.Error("the private database ended by itself and is started again", "reason", s.reason(), "in", wait)
		for pause(ctx, wait) == nil {
			err := c.relaunch(ctx)
			if err == nil {
				break
			}
			wait = min(2*wait, restartPauseMax)
			c.log.Error("the private database does not start", "error", err, "nextTry", wait)
		}
		wait = min(2*wait, restartPauseMax)
	}
}

func (c *Cluster) relaunch(ctx context.Context) error {
	if err := endOrphans(ctx, c.home, c.log); err != nil {
		return err
	}
	if err := writeConf(c.home, sizeOf(c.home.pg), c.inst, c.cfg.Throwaway); err != nil {
		return err
	}
	return c.launch(ctx)
}

func (c *Cluster) current() *server {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server
}

// URL is where the database lintu is, for Open: a Unix socket, and a role that
// owns the database but is no superuser, so that row-level security holds.
func (c *Cluster) URL() string { return c.url }

// AdminURL is the same for the superuser and the given database: to make and
// drop databases, and for backups.
func (c *Cluster) AdminURL(database string) (string, error) {
	u, err := url.Parse(c.url)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("user", adminRole)
	u.RawQuery = q.Encode()
	u.Path = "/" + database
	return u.String(), nil
}

// Owned reports whether Stop will stop the server, or another lintu owns it.
func (c *Cluster) Owned() bool { return c.lock != nil }

// Stop shuts the server down, ending its connections and open transactions, and
// waits until it is gone. When ctx ends first, the server is stopped the hard
// way; it then replays its log at the next start and loses nothing. Stopping
// twice is safe; stopping as a guest does nothing.
func (c *Cluster) Stop(ctx context.Context) error {
	if !c.Owned() {
		return nil
	}
	c.stopOnce.Do(func() {
		close(c.stopping)
		<-c.stopped
		c.current().stop(ctx, c.log)
		c.home.removeSocketDir()
		releaseLock(c.lock)
	})
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}

func errSecondOwner(home layout, owner lockOwner) error {
	return lintu.Errorf(lintu.CodeConflict,
		"数据目录 %[1]s 正由另一个 lintu（进程 %[2]s）使用；请先停止它（kill %[2]s），或用 LINTU_DATA 指定别的目录。",
		"Another lintu (process %[2]s) is using the data directory %[1]s; please stop it first (kill %[2]s), or name another directory with LINTU_DATA.",
		home.dir, owner.pid)
}
