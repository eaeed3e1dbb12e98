package sql_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	lintu "github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func clusterDir(t *testing.T) string {
	t.Helper()
	return filepath.Join(openDir(t), "var")
}

// openDir is a temporary directory that the server's user may pass through.
func openDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func startCluster(t *testing.T, dir string) *sql.Cluster {
	t.Helper()
	c, err := sql.StartCluster(t.Context(), sql.ClusterConfig{Dir: dir, Throwaway: true, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopCluster(t, c) })
	return c
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func stopCluster(t *testing.T, c *sql.Cluster) {
	t.Helper()
	if err := c.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func query[T any](t *testing.T, url, statement string) T {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	var v T
	if err := conn.QueryRow(t.Context(), statement).Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func execute(t *testing.T, url, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// eventually asks again and again until ok says yes.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	give := time.After(time.Minute)
	for !ok() {
		select {
		case <-tick.C:
		case <-give:
			t.Fatal("waited in vain for " + what)
		}
	}
}

// postmasters counts the servers whose working directory is the cluster's.
func postmasters(t *testing.T, dir string) int {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil || len(links) == 0 {
		t.Skip("no /proc here to count servers in")
	}
	here := map[int]bool{}
	for _, link := range links {
		if cwd, err := os.Readlink(link); err == nil && cwd == filepath.Join(dir, "pg") {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			if err != nil {
				t.Fatal(err)
			}
			here[pid] = true
		}
	}
	n := 0
	for pid := range here { // a backend's parent is a server here, a postmaster's is not
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		parent, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatal(err)
		}
		if fields[0] != "Z" && !here[parent] {
			n++
		}
	}
	return n
}

func wantSentence(t *testing.T, err error, code lintu.ErrorCode, parts ...string) {
	t.Helper()
	if lintu.CodeOf(err) != code {
		t.Fatalf("got %v, want code %s", err, code)
	}
	text := lintu.AsError(err).Text
	if text.ZH == "" {
		t.Error("no Chinese sentence")
	}
	for _, part := range parts {
		if !strings.Contains(text.EN, part) || !strings.Contains(text.ZH, part) {
			t.Errorf("%q not in both of\n%s\n%s", part, text.ZH, text.EN)
		}
	}
}

// A cluster is made, keeps what it is told, and is closed to the network.
func TestClusterLife(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	cfg := sql.ClusterConfig{Dir: dir, Log: testLog(t)} // as in production, flushing and all
	c, err := sql.StartCluster(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopCluster(t, c) })
	for name, want := range map[string]string{"data_checksums": "on", "fsync": "on", "full_page_writes": "on",
		"listen_addresses": "", "server_encoding": "UTF8", "is_superuser": "off", "jit": "off", "cluster_name": "lintu"} {
		if got := query[string](t, c.URL(), "select current_setting('"+name+"')"); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	admin, err := c.AdminURL("lintu")
	if err != nil {
		t.Fatal(err)
	}
	if n := query[int](t, admin, "select count(*)::int from pg_file_settings where error is not null"); n != 0 {
		t.Errorf("%d settings have errors", n)
	}
	execute(t, c.URL(), "create table kept as select st_setsrid(st_point(113.63, 28.16), 4326) as geom")
	stopCluster(t, c)
	stopCluster(t, c)
	if n := postmasters(t, dir); n != 0 {
		t.Errorf("%d servers left", n)
	}
	c = startCluster(t, dir)
	if n := query[int](t, c.URL(), "select count(*)::int from kept"); n != 1 {
		t.Errorf("%d rows kept, want 1", n)
	}
}

// The directory's path may be longer than a socket's may.
func TestClusterInLongPath(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(openDir(t), strings.Repeat("邻图", 30))
	c := startCluster(t, dir)
	if got := query[int](t, c.URL(), "select 1"); got != 1 {
		t.Error(got)
	}
}

// Nobody has to start a server that died.
func TestClusterRestartsByItself(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	c := startCluster(t, dir)
	db, err := sql.Open(t.Context(), c.URL(), sql.Options{Conns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for range 2 {
		pid := serverPID(t, dir)
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "another server", func() bool {
			return db.Ping(t.Context()) == nil && serverPID(t, dir) != pid
		})
	}
	if n := postmasters(t, dir); n != 1 {
		t.Errorf("%d servers, want 1", n)
	}
}

func serverPID(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return 0
	}
	return pid
}

// One directory, one owner; others are told who, or come as guests.
func TestClusterSecondOwner(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	first := startOwner(t, dir, os.Args[0], nil)
	url := first.line(t)

	_, err := sql.StartCluster(t.Context(), sql.ClusterConfig{Dir: dir})
	wantSentence(t, err, lintu.CodeConflict, strconv.Itoa(first.cmd.Process.Pid), dir, "LINTU_DATA")

	guest, err := sql.Attach(t.Context(), sql.ClusterConfig{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if guest.Owned() || guest.URL() != url {
		t.Errorf("guest owns %v, url %s, want %s", guest.Owned(), guest.URL(), url)
	}
	stopCluster(t, guest)
	if got := query[int](t, url, "select 1"); got != 1 {
		t.Error("the guest stopped its host")
	}

	first.end(t, syscall.SIGTERM)
	if n := postmasters(t, dir); n != 0 {
		t.Errorf("%d servers left after SIGTERM", n)
	}
	heir, err := sql.Attach(t.Context(), sql.ClusterConfig{Dir: dir, Throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	defer stopCluster(t, heir)
	if !heir.Owned() {
		t.Error("nobody owns the cluster")
	}
}

// A lintu that is killed takes its server along, and whenever it was killed the
// next one starts, with all that was committed.
func TestClusterKilledOwner(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	committed := 0
	for i := range 10 {
		o := startOwner(t, dir, os.Args[0], nil)
		if i%3 != 0 { // every third is killed while it starts
			url := o.line(t)
			execute(t, url, "create table if not exists kept (n int)")
			execute(t, url, fmt.Sprintf("insert into kept values (%d)", i))
			committed++
		}
		o.end(t, syscall.SIGKILL)
		if i == 5 {
			eventually(t, "the orphan's end", func() bool { return postmasters(t, dir) == 0 })
		}
		if n := postmasters(t, dir); n > 1 {
			t.Fatalf("%d servers on one directory", n)
		}
	}
	c := startCluster(t, dir)
	if n := query[int](t, c.URL(), "select count(*)::int from kept"); n != committed {
		t.Errorf("%d rows kept, want %d", n, committed)
	}
	if n := postmasters(t, dir); n != 1 {
		t.Errorf("%d servers, want 1", n)
	}
}

// The pid in a stale file may meanwhile be somebody else's.
func TestClusterStalePID(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	stopCluster(t, startCluster(t, dir))
	stale := fmt.Sprintf("%d\n%s\n1700000000\n5432\n%s\n\n  1 2\nready\n", os.Getppid(), filepath.Join(dir, "pg"), filepath.Join(dir, "run"))
	for _, name := range []string{"pg/postmaster.pid", "run/.s.PGSQL.5432.lock", "run/.s.PGSQL.5432"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(stale), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := startCluster(t, dir)
	if got := query[int](t, c.URL(), "select 1"); got != 1 {
		t.Error(got)
	}
}
