package sqltest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/lintu-map/lintu/sql"
)

// Alone is a PostgreSQL for one test, which may take it away.
type Alone struct {
	t       testing.TB
	dir     string
	cluster *sql.Cluster // nil while it is stopped
}

// NewAlone starts one, with an empty database of lintu.
func NewAlone(t testing.TB) *Alone {
	t.Helper()
	dir, err := os.MkdirTemp("", "lintu-sqltest-")
	if err == nil {
		err = os.Chmod(dir, 0o711) // the unprivileged server passes through it
	}
	if err != nil {
		t.Fatal(err)
	}
	a := &Alone{t: t, dir: dir}
	t.Cleanup(func() {
		if a.cluster != nil {
			a.Thaw()
			a.Stop()
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	a.Start()
	return a
}

// URL is where the database is, also while nobody answers there.
func (a *Alone) URL() string { return a.cluster.URL() }

// Start starts the server.
func (a *Alone) Start() {
	a.t.Helper()
	var err error
	if a.cluster, err = sql.StartCluster(context.Background(), sql.ClusterConfig{Dir: a.dir, BinDir: os.Getenv("LINTU_PG_BIN"), Throwaway: true}); err != nil {
		a.t.Fatal(err)
	}
}

// Stop stops the server: connections are refused.
func (a *Alone) Stop() {
	a.t.Helper()
	if err := a.cluster.Stop(context.Background()); err != nil {
		a.t.Fatal(err)
	}
	a.cluster = nil
}

// Freeze lets the server hang: it takes connections, and says nothing more.
func (a *Alone) Freeze() { a.signal(syscall.SIGSTOP) }

// Thaw ends that.
func (a *Alone) Thaw() { a.signal(syscall.SIGCONT) }

func (a *Alone) signal(s syscall.Signal) {
	a.t.Helper()
	if err := Signal(a.dir, s); err != nil {
		a.t.Fatal(err)
	}
}

// Signal sends a signal to each process of the private server of a data directory.
func Signal(dir string, s syscall.Signal) error {
	b, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	parent, err := strconv.Atoi(first)
	if err != nil || parent <= 1 {
		return fmt.Errorf("postmaster.pid begins with %q", first)
	}
	if err := syscall.Kill(parent, s); err != nil { // first: it makes no more children
		return err
	}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(parent) {
			_ = syscall.Kill(pid, s) // likewise
		}
	}
	return err
}
