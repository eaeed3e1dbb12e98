package sql_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	lintu "github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func failToStart(t *testing.T, cfg sql.ClusterConfig) error {
	t.Helper()
	cfg.Throwaway, cfg.Log = true, testLog(t)
	c, err := sql.StartCluster(t.Context(), cfg)
	if err == nil {
		stopCluster(t, c)
		t.Fatal("the cluster started")
	}
	return err
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can try this")
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o711))
	must(t, os.WriteFile(path, []byte(text), 0o600))
}

// A directory that another version made is left alone, and one is told what to run.
func TestClusterOtherVersion(t *testing.T) {
	t.Parallel()
	for version, says := range map[string]string{"13": "pg_upgrade", "9.6": "pg_upgrade", "99": "postgresql-99", "garbage": "PG_VERSION"} {
		dir := clusterDir(t)
		write(t, filepath.Join(dir, "pg", "PG_VERSION"), version+"\n")
		err := failToStart(t, sql.ClusterConfig{Dir: dir})
		wantSentence(t, err, lintu.CodeInvalid, filepath.Join(dir, "pg"), says)
	}
}

func TestClusterForeignFiles(t *testing.T) {
	t.Parallel()
	dir := clusterDir(t)
	write(t, filepath.Join(dir, "pg", "thesis.doc"), "years of work")
	err := failToStart(t, sql.ClusterConfig{Dir: dir})
	wantSentence(t, err, lintu.CodeInvalid, filepath.Join(dir, "pg"), "LINTU_DATA")
	if _, err := os.Stat(filepath.Join(dir, "pg", "thesis.doc")); err != nil {
		t.Error(err)
	}
}

func TestClusterDirectoryIsFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(openDir(t), "var")
	write(t, file, "")
	wantSentence(t, failToStart(t, sql.ClusterConfig{Dir: file}), lintu.CodeInvalid, file, "LINTU_DATA")
}

// PostgreSQL finds its extensions relative to itself, so a copy without PostGIS
// is an installation without PostGIS.
func TestClusterWithoutPostGIS(t *testing.T) {
	t.Parallel()
	bin := pgBin(t)
	copied := filepath.Join(openDir(t), "lib", "postgresql", "15", "bin")
	must(t, os.MkdirAll(copied, 0o755))
	for _, name := range []string{"postgres", "initdb", "pg_config"} {
		copyProgram(t, filepath.Join(bin, name), filepath.Join(copied, name))
	}
	err := failToStart(t, sql.ClusterConfig{Dir: clusterDir(t), BinDir: copied})
	wantSentence(t, err, lintu.CodeInvalid, copied, "PostGIS", "sudo apt-get install")
}

func TestClusterWithoutPostgres(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	err := failToStart(t, sql.ClusterConfig{Dir: clusterDir(t), BinDir: empty})
	wantSentence(t, err, lintu.CodeInvalid, "LINTU_PG_BIN="+empty)
}

func TestClusterOldPostgres(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	must(t, os.WriteFile(filepath.Join(bin, "postgres"), []byte("#!/bin/sh\necho 'postgres (PostgreSQL) 12.4'\n"), 0o755))
	must(t, os.WriteFile(filepath.Join(bin, "initdb"), nil, 0o755))
	err := failToStart(t, sql.ClusterConfig{Dir: clusterDir(t), BinDir: bin})
	wantSentence(t, err, lintu.CodeInvalid, "PostgreSQL 12", "postgresql-15-postgis-3")
}

// pgBin is where the PostgreSQL of this machine is.
func pgBin(t *testing.T) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/15/bin")
	must(t, err)
	if len(found) == 0 {
		t.Skip("no PostgreSQL 15 in Debian's place to copy")
	}
	return found[0]
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	must(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, errors.Join(err, out.Close()))
}

// Root's server runs as somebody who cannot enter a closed directory.
func TestClusterUnreachable(t *testing.T) {
	t.Parallel()
	needRoot(t)
	closed := filepath.Join(openDir(t), "home")
	must(t, os.Mkdir(closed, 0o700))
	err := failToStart(t, sql.ClusterConfig{Dir: filepath.Join(closed, "var")})
	wantSentence(t, err, lintu.CodeInvalid, closed, "LINTU_DATA=/var/lib/lintu", "chmod o+x")
}

// asNobody runs this test binary as the owner of a cluster in dir, as an
// ordinary user, and returns it and its user.
func asNobody(t *testing.T, dir string) (*owner, *syscall.Credential) {
	t.Helper()
	needRoot(t)
	u, err := user.Lookup("nobody")
	must(t, err)
	uid, err := strconv.Atoi(u.Uid)
	must(t, err)
	gid, err := strconv.Atoi(u.Gid)
	must(t, err)
	who := &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	binary := filepath.Join(openDir(t), "owner") // go's own is in a closed directory
	copyProgram(t, os.Args[0], binary)
	return startOwner(t, dir, binary, who), who
}

func TestClusterNotRoot(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := filepath.Join(openDir(t), "open")
	must(t, os.Mkdir(dir, 0o777))
	must(t, os.Chmod(dir, 0o777))
	dir = filepath.Join(dir, "var")
	o, who := asNobody(t, dir)
	url := o.line(t)
	if got := query[int](t, url, "select 1"); got != 1 {
		t.Error(got)
	}
	o.end(t, syscall.SIGTERM)
	if n := postmasters(t, dir); n != 0 {
		t.Errorf("%d servers left", n)
	}
	// Root runs it on as the user whose data it is.
	c := startCluster(t, dir)
	if got := query[int](t, c.URL(), "select 1"); got != 1 {
		t.Error(got)
	}
	info, err := os.Stat(filepath.Join(dir, "pg"))
	must(t, err)
	if st := info.Sys().(*syscall.Stat_t); st.Uid != who.Uid {
		t.Errorf("the data belongs to user %d now", st.Uid)
	}
}

func TestClusterNoPermission(t *testing.T) {
	t.Parallel()
	needRoot(t)
	dir := openDir(t) // root's
	o, _ := asNobody(t, dir)
	if got, want := o.line(t), "No permission to write "+dir; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("the owner says %q", got)
	}
}

// smallDisk mounts a file system of so many megabytes.
func smallDisk(t *testing.T, megabytes int) string {
	t.Helper()
	needRoot(t)
	dir := filepath.Join(openDir(t), "disk")
	must(t, os.Mkdir(dir, 0o711))
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm,mode=711", megabytes), "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small disk here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	return dir
}

func TestClusterNoSpaceToBegin(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(smallDisk(t, 20), "var")
	err := failToStart(t, sql.ClusterConfig{Dir: dir})
	wantSentence(t, err, lintu.CodeUnavailable, dir, "LINTU_DATA", "300 MB")
	left, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range left {
		if e.Name() == "pg" || e.Name() == "pg.new" {
			t.Errorf("%s is left, half made", e.Name())
		}
	}
}

// A disk that fills while the server runs costs the change that filled it, and
// nothing once there is space again.
func TestClusterDiskFills(t *testing.T) {
	t.Parallel()
	disk := smallDisk(t, 220)
	c := startCluster(t, filepath.Join(disk, "var"))
	db, err := sql.Open(t.Context(), c.URL(), sql.Options{Conns: 2})
	must(t, err)
	defer db.Close()
	execute(t, c.URL(), "create table heap (t text)")
	fill(t, filepath.Join(disk, "ballast"))
	insert := func(ctx context.Context, rows int) error {
		_, err := db.Owner().Exec(ctx, `insert into heap select repeat(md5(i::text), 20) from generate_series(1, $1::int) i`, rows)
		return sql.ToError(err)
	}
	err = insert(t.Context(), 100_000)
	wantSentence(t, err, lintu.CodeUnavailable)
	must(t, os.Remove(filepath.Join(disk, "ballast")))
	eventually(t, "the server to take rows again", func() bool { return insert(t.Context(), 1) == nil })
	if n := query[int](t, c.URL(), "select count(*)::int from heap"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// fill leaves less than two megabytes.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	block := make([]byte, 1<<20)
	for {
		if _, err := f.Write(block); errors.Is(err, syscall.ENOSPC) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	info, err := f.Stat()
	must(t, err)
	must(t, f.Truncate(info.Size()-1<<20))
}
