package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

func TestMain(m *testing.M) { sqltest.Main(m) }

// tenant is the jurisdiction of all tests: Liuyang.
const tenant = 430181

// sharedData returns the path of a file of real data, or skips aloud where it
// is not at hand (and fails on CI, where it must be).
func sharedData(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("LINTU_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join(repositoryRoot(t), "..", "shared", "data")
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no shared data: %v", err)
		}
		t.Skipf("no shared data (set LINTU_SHARED_DATA): %v", err)
	}
	return path
}

func repositoryRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("go.mod not found above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// town is a service on a database of its own.
type town struct {
	*Service
	db *sql.DB
}

func newTown(t testing.TB) *town {
	t.Helper()
	db := sqltest.New(t)
	if err := db.EnsureTenant(t.Context(), tenant, "浏阳市"); err != nil {
		t.Fatal(err)
	}
	return &town{New(db, sql.NewGeodesy(db), t.TempDir(), 64<<20), db}
}

// do imports a file of this machine.
func (w *town) do(t testing.TB, path string, a lintu.Answers) (*lintu.Batch, error) {
	t.Helper()
	return w.ImportFile(t.Context(), tenant, path, everywhere, map[string]lintu.Answers{"": a}, false, nil)
}

// must imports a file and fails the test if that fails.
func (w *town) must(t testing.TB, path string, a lintu.Answers) *lintu.Batch {
	t.Helper()
	b, err := w.do(t, path, a)
	if err != nil {
		t.Fatalf("%s: %v", filepath.Base(path), err)
	}
	return b
}

// count asks PostGIS.
func (w *town) count(t testing.TB, query string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := w.db.Owner().QueryRow(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// sums writes findings as rule:count.
func sums(f lintu.Findings) string {
	var out []string
	for _, rule := range sortedKeys(f.ByRule) {
		out = append(out, fmt.Sprintf("%s:%d", rule, f.ByRule[rule]))
	}
	return strings.Join(out, " ")
}

// everywhere is who may change everything.
var everywhere = lintu.Actor{Name: "planner", Within: lintu.Jurisdiction}
