package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lintu-map/lintu/sql"
)

// house is a lintu process on its database, both of which can be killed.
type house struct {
	lintu   string // the program
	dir     string
	addr    string // that every lintu listens on
	log     *os.File
	cluster *sql.Cluster // of which lintu is a guest; nil where lintu runs its own
	url     string       // by which it reaches that
	cmd     *exec.Cmd
	drained chan struct{} // closed when the process's output has ended
}

// newHouse makes a database, lintu's own or one beside it, and runs lintu on it.
func newHouse(ctx context.Context, lintu, dir string, private bool) (*house, error) {
	return newHouseBehind(ctx, lintu, dir, private, func(url string) (string, error) { return url, nil })
}

// newHouseBehind is newHouse with something between lintu and the database beside it:
// behind is given the database's URL and returns the one that lintu is to use.
func newHouseBehind(ctx context.Context, lintu, dir string, private bool, behind func(url string) (string, error)) (h *house, err error) {
	h = &house{lintu: lintu, dir: dir}
	if h.log, err = os.Create(filepath.Join(dir, "lintu.log")); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0") // a free port, which stays the same
	if err != nil {
		return nil, err
	}
	h.addr = ln.Addr().String()
	if err := ln.Close(); err != nil {
		return nil, err
	}
	if !private {
		if err := h.startCluster(ctx); err != nil {
			return nil, err
		}
		if h.url, err = behind(h.cluster.URL()); err != nil {
			return nil, errors.Join(err, h.stop())
		}
	}
	if err := h.start(ctx); err != nil {
		return nil, errors.Join(err, h.stop())
	}
	return h, nil
}

func (h *house) startCluster(ctx context.Context) (err error) {
	h.cluster, err = sql.StartCluster(ctx, sql.ClusterConfig{Dir: filepath.Join(h.dir, "database"), BinDir: os.Getenv("LINTU_PG_BIN")})
	return err
}

// databaseDir is where the database's own files are.
func (h *house) databaseDir() string {
	if h.cluster != nil {
		return filepath.Join(h.dir, "database")
	}
	return filepath.Join(h.dir, "data")
}

func (h *house) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, h.lintu, args...)
	cmd.Env = append(os.Environ(), "LINTU_LANG=en", "LINTU_DATA="+filepath.Join(h.dir, "data"), "LINTU_ADDR="+h.addr, "LINTU_TRUSTED_PROXIES=127.0.0.1")
	if h.cluster != nil {
		cmd.Env = append(cmd.Env, "LINTU_DATABASE_URL="+h.url)
	}
	return cmd
}

// run runs a command of lintu to its end.
func (h *house) run(ctx context.Context, args ...string) (string, error) {
	var out, errs bytes.Buffer
	cmd := h.command(ctx, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String(), fmt.Errorf("lintu %s: %w: %s%s", strings.Join(args, " "), err, out.Bytes(), errs.Bytes())
	}
	return out.String(), nil
}

// startsMost is how often in a row lintu may end before it is ready.
const startsMost = 20

// start runs `lintu serve` until it says that it is ready, again where it ends
// before, as a service manager does.
func (h *house) start(ctx context.Context) error {
	for range startsMost {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		cmd := h.command(context.WithoutCancel(ctx), "serve")
		cmd.Stderr = h.log
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		h.cmd, h.drained = cmd, make(chan struct{})
		ready := false
		for lines := bufio.NewScanner(out); !ready && lines.Scan(); {
			ready = strings.Contains(lines.Text(), "http://"+h.addr)
		}
		drained := h.drained
		go func() {
			_, _ = io.Copy(io.Discard, out) // ends with the process
			close(drained)
		}()
		if ready {
			return nil
		}
		<-h.drained
		_ = cmd.Wait() // it stands in the log why
	}
	log, err := os.ReadFile(h.log.Name())
	return errors.Join(fmt.Errorf("lintu ended %d times before it was ready: %s", startsMost, log[max(0, len(log)-1000):]), err)
}

// killLintu ends the process without a word.
func (h *house) killLintu() error {
	if err := h.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		return err
	}
	<-h.drained
	var exit *exec.ExitError
	if err := h.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

// hitDatabase sends the database's first process a signal: SIGKILL, or SIGQUIT,
// after which it stops at once and recovers at the next start.
func (h *house) hitDatabase(signal syscall.Signal) error {
	pid, err := h.postmaster()
	if err != nil {
		return err
	}
	return syscall.Kill(pid, signal)
}

func (h *house) postmaster() (int, error) {
	content, err := os.ReadFile(filepath.Join(h.databaseDir(), "pg", "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(content), "\n")
	return strconv.Atoi(strings.TrimSpace(first))
}

// mendDatabase brings a database back that was hit: at once where it is beside
// lintu, and where it is lintu's own, it sees to that by itself.
func (h *house) mendDatabase(ctx context.Context, before int) error {
	if h.cluster != nil {
		if err := h.cluster.Stop(ctx); err != nil {
			return err
		}
		return h.startCluster(ctx)
	}
	for ctx.Err() == nil {
		if pid, err := h.postmaster(); err == nil && pid != before {
			return nil
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	return ctx.Err()
}

// stop ends lintu and the database in good order.
func (h *house) stop() error {
	var err error
	if h.cmd != nil && h.cmd.ProcessState == nil {
		err = h.cmd.Process.Signal(syscall.SIGTERM)
		<-h.drained
		err = errors.Join(err, h.cmd.Wait())
	}
	if h.cluster != nil {
		err = errors.Join(err, h.cluster.Stop(context.Background()))
	}
	return errors.Join(err, h.log.Close())
}

// open connects to the database beside lintu.
func (h *house) open(ctx context.Context) (*sql.DB, error) {
	cluster := h.cluster
	if cluster == nil {
		var err error
		if cluster, err = sql.Attach(ctx, sql.ClusterConfig{Dir: h.databaseDir()}); err != nil {
			return nil, err
		}
	}
	return sql.Open(ctx, cluster.URL(), sql.Options{AppName: "lintu bench", Conns: 16, LoginAsApp: h.cluster == nil})
}
