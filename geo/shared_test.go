package geo

import (
	"os"
	"path/filepath"
	"testing"
)

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
