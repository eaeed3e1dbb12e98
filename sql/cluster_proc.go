package sql

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	lintu "github.com/lintu-map/lintu"
)

// server is one postmaster, our child.
type server struct {
	proc    *os.Process
	started time.Time
	log     *boundedLog
	done    chan struct{} // closed when it has ended
	err     error         // how, once done
	home    layout
}

// dress makes cmd run as the cluster's user, outside our process group (so that
// an interrupt typed at a terminal reaches lintu alone), without our
// environment (which holds secrets), and ending with lintu where the operating
// system can arrange it.
func (l layout) dress(cmd *exec.Cmd) {
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=" + l.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if l.runAs != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: l.runAs.uid, Gid: l.runAs.gid, Groups: l.runAs.groups}
	}
	dieWithParent(cmd.SysProcAttr)
}

// startServer launches the postmaster and returns at once.
func startServer(inst installation, home layout) (*server, error) {
	log, err := openLog(filepath.Join(home.logs, logName))
	if err != nil {
		return nil, dirError(home.logs, err)
	}
	s := &server{log: log, done: make(chan struct{}), home: home, started: time.Now()}
	cmd := exec.Command(filepath.Join(inst.bin, "postgres"), "-D", home.pg,
		"-c", "config_file="+filepath.Join(home.conf, "postgresql.conf"))
	home.dress(cmd)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.WaitDelay = 2 * time.Second // for a straggler that holds the pipe
	begun := make(chan error)
	go func() {
		// The death signal is sent when the thread that forked ends, not the
		// process; so this thread stays with the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err == nil {
			s.proc = cmd.Process
		}
		begun <- err
		if err == nil {
			s.err = cmd.Wait()
		}
		log.Close()
		close(s.done)
	}()
	if err := <-begun; err != nil {
		return nil, failure(home, err.Error(), err)
	}
	return s, nil
}

// reason says how the server ended, with its last words.
func (s *server) reason() string {
	how := "exit status 0"
	if s.err != nil {
		how = s.err.Error()
	}
	return how + ": " + lastLines(s.log.tail(), 2)
}

// waitReady returns when the server takes connections.
func (s *server) waitReady(ctx context.Context, url string, log *slog.Logger) error {
	said := time.Now()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code != "57P03" {
			return toError(err) // it answers, and says no
		}
		if time.Since(said) > 5*time.Second {
			said = time.Now()
			log.Info("the private database is still recovering", "since", s.started)
		}
		select {
		case <-s.done:
			return failure(s.home, s.log.tail(), s.err)
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stopSteps are PostgreSQL's ways to shut down: fast (roll back and write a
// checkpoint), immediate (recover at the next start), and none at all.
var stopSteps = []struct {
	signal syscall.Signal
	wait   time.Duration
}{{syscall.SIGINT, time.Minute}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}}

// stop ends the server and waits until it is gone, the harder way when the
// gentler one takes too long or ctx ends.
func (s *server) stop(ctx context.Context, log *slog.Logger) {
	for _, step := range stopSteps {
		_ = s.proc.Signal(step.signal) // an error means it is gone
		if s.gone(ctx, step.wait) {
			return
		}
		log.Warn("the private database does not stop; trying harder", "signal", step.signal.String())
		ctx = context.WithoutCancel(ctx)
	}
}

func (s *server) gone(ctx context.Context, wait time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	select {
	case <-s.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// endOrphans ends what a killed lintu left: we hold the lock, so a server on
// this directory is nobody's. It is stopped rather than adopted, so that the
// one that follows is our child, ends with us, and has the present settings.
// Then it clears the pid files that would keep a server from starting: only
// once nothing runs, since they guard against two servers on one directory.
func endOrphans(ctx context.Context, home layout, log *slog.Logger) error {
	for _, step := range stopSteps {
		pids := processesOf(home.pg)
		if len(pids) == 0 {
			break
		}
		log.Warn("ending the database that a killed lintu left", "pids", pids, "signal", step.signal.String())
		if step.signal == syscall.SIGINT {
			pids = postmasters(home.pg, pids) // it ends its own children
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, step.signal)
		}
		if err := waitNone(ctx, home.pg, step.wait); err != nil {
			return err
		}
	}
	if pids := processesOf(home.pg); len(pids) > 0 {
		return lintu.Errorf(lintu.CodeConflict,
			"数据目录 %[1]s 上仍有数据库进程（%[2]s）无法结束；请手工结束后再试：kill -9 %[2]s",
			"A database process (%[2]s) on the data directory %[1]s cannot be ended; please end it and try again: kill -9 %[2]s",
			home.pg, strings.Trim(fmt.Sprint(pids), "[]"))
	}
	for _, path := range []string{filepath.Join(home.pg, "postmaster.pid"),
		filepath.Join(home.socket, socketName), filepath.Join(home.socket, socketName+".lock")} {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return dirError(path, err)
		}
	}
	return nil
}

func waitNone(ctx context.Context, pg string, wait time.Duration) error {
	deadline := time.Now().Add(wait)
	for len(processesOf(pg)) > 0 && time.Now().Before(deadline) {
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

// postmasters picks the parent among the pids: the one in postmaster.pid. If it
// is dead, its children are on their own and all are returned.
func postmasters(pg string, pids []int) []int {
	if parent := pidFile(pg); parent != 0 {
		for _, pid := range pids {
			if pid == parent {
				return []int{pid}
			}
		}
	}
	return pids
}

// pidFile reads the first line of postmaster.pid; 0 if there is none.
func pidFile(pg string) int {
	f, err := os.Open(filepath.Join(pg, "postmaster.pid"))
	if err != nil {
		return 0
	}
	defer f.Close()
	line := bufio.NewScanner(f)
	if !line.Scan() {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line.Text()))
	if err != nil || pid <= 1 {
		return 0
	}
	return pid
}
