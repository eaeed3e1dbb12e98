// Package sqltest gives every test a database of its own: real PostGIS, with the
// migrations applied, gone when the test ends. A package that uses it has
//
//	func TestMain(m *testing.M) { sqltest.Main(m) }
//
// and calls New in its tests, which may all run in parallel. Tests of package
// sql itself are in package sql_test, since this package imports sql.
package sqltest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu/sql"
)

// EnvURL names a server to test on instead of a private one. Its user must be
// allowed to create databases and roles, and PostGIS in them.
const EnvURL = "LINTU_TEST_DATABASE_URL"

// connsPerTest keeps a test's pools small: many tests run at once.
const connsPerTest = 8

var house struct {
	running  bool // Main runs the tests
	once     sync.Once
	err      error
	dir      string
	cluster  *sql.Cluster
	admin    func(database string) (string, error) // URL of one who may create databases
	client   func(database string) (string, error) // URL as lintu would use
	template string
	owner    string // " owner lintu" where the one who creates is not the one who uses
	made     atomic.Int64
}

// Main runs the tests of a package and then stops the private server, if one
// was needed. It does not return.
func Main(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	house.running = true
	defer tearDown()
	return m.Run()
}

// New returns an empty, migrated database for one test, with a master key of its
// own.
func New(t testing.TB) *sql.DB {
	t.Helper()
	u := URL(t) // it starts the server
	db, err := sql.Open(t.Context(), u, sql.Options{AppName: "lintu test", Conns: connsPerTest, LoginAsApp: house.cluster != nil})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	keys, err := sql.OpenKeyFile(filepath.Join(t.TempDir(), "master.key"), true)
	if err == nil {
		err = db.UseKeys(t.Context(), 0, keys) // no tenant has any yet
	}
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// URL is New for those who connect by themselves, or start lintu itself on it.
func URL(t testing.TB) string {
	t.Helper()
	if !house.running {
		t.Fatal("sqltest: the package needs func TestMain(m *testing.M) { sqltest.Main(m) }")
	}
	house.once.Do(func() { house.err = setUp() })
	if house.err != nil {
		t.Fatal(house.err)
	}
	name := fmt.Sprintf("%s_%d", house.template, house.made.Add(1))
	if err := adminExec(fmt.Sprintf("create database %s template %s%s", name, house.template, house.owner)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := adminExec(fmt.Sprintf("drop database if exists %s with (force)", name)); err != nil {
			t.Error(err)
		}
	})
	u, err := house.client(name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// setUp finds or starts the server and migrates the template, once per process.
func setUp() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if given := os.Getenv(EnvURL); given != "" {
		house.admin = func(database string) (string, error) { return withDatabase(given, database) }
		house.client = house.admin
	} else if err := startPrivate(ctx); err != nil {
		return err
	}
	house.template = fmt.Sprintf("lintu_test_%d", os.Getpid())
	if err := makeTemplate(ctx); err != nil {
		return err
	}
	return adminExec(fmt.Sprintf("alter database %s with is_template true allow_connections false", house.template))
}

func startPrivate(ctx context.Context) error {
	sweep()
	dir, err := os.MkdirTemp("", "lintu-sqltest-")
	if err != nil {
		return err
	}
	house.dir = dir
	// Root makes this directory, and the unprivileged server passes through it.
	if err := os.Chmod(dir, 0o711); err != nil {
		return err
	}
	c, err := sql.StartCluster(ctx, sql.ClusterConfig{Dir: dir, BinDir: os.Getenv("LINTU_PG_BIN"), Throwaway: true,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	if err != nil {
		return err
	}
	house.cluster, house.owner = c, " owner lintu"
	house.admin = c.AdminURL
	house.client = func(database string) (string, error) { return withDatabase(c.URL(), database) }
	return nil
}

// makeTemplate migrates the database that the tests' are copied from.
func makeTemplate(ctx context.Context) error {
	if err := adminExec("create database " + house.template + house.owner); err != nil {
		return err
	}
	if house.cluster != nil { // as the private cluster does it for lintu's own database
		u, err := house.admin(house.template)
		if err != nil {
			return err
		}
		if err := exec(ctx, u, "create extension postgis"); err != nil {
			return err
		}
	}
	u, err := house.client(house.template)
	if err != nil {
		return err
	}
	db, err := sql.Open(ctx, u, sql.Options{AppName: "lintu test", Conns: 1})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Migrate(ctx)
}

func tearDown() {
	if house.template != "" && house.cluster == nil {
		err := errors.Join(adminExec(fmt.Sprintf("alter database %s with is_template false", house.template)),
			adminExec(fmt.Sprintf("drop database if exists %s with (force)", house.template)))
		if err != nil {
			fmt.Fprintln(os.Stderr, "sqltest:", err)
		}
	}
	if house.cluster != nil {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := house.cluster.Stop(ctx); err != nil {
			fmt.Fprintln(os.Stderr, "sqltest:", err)
		}
	}
	if house.dir != "" {
		if err := os.RemoveAll(house.dir); err != nil {
			fmt.Fprintln(os.Stderr, "sqltest:", err)
		}
	}
}

// sweep removes what killed test runs left: directories whose lock nobody holds
// and that are old enough not to be just beginning.
func sweep() {
	dirs, err := filepath.Glob(filepath.Join(os.TempDir(), "lintu-sqltest-*"))
	if err != nil {
		return
	}
	for _, dir := range dirs {
		f, err := os.Open(filepath.Join(dir, "lintu.lock"))
		if err != nil {
			continue
		}
		info, err := f.Stat()
		old := err == nil && time.Since(info.ModTime()) > time.Minute
		if old && syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		f.Close()
	}
}

// adminMu makes copies of the template one at a time: PostgreSQL refuses to copy
// a database that somebody is connected to.
var adminMu sync.Mutex

func adminExec(statement string) error {
	adminMu.Lock()
	defer adminMu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	u, err := house.admin("postgres")
	if err != nil {
		return err
	}
	return exec(ctx, u, statement)
}

func exec(ctx context.Context, url, statement string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, statement)
	return err
}

func withDatabase(raw, database string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("sqltest: " + EnvURL + " must be a URL: postgres://…")
	}
	u.Path = "/" + database
	return u.String(), nil
}
