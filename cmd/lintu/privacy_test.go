package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintu-map/lintu/sql/sqltest"
)

// An operator exports, changes keys, erases, and gives everything up.
func TestPrivacy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := filepath.Join(dir, "master.key")
	env := []string{"LINTU_DATA=" + dataDir(t), "LINTU_DATABASE_URL=" + sqltest.URL(t), "LINTU_KEY_FILE=" + key}
	file := filepath.Join(dir, "households.csv")
	if err := os.WriteFile(file, []byte("户编码,地址,经度,纬度,户主,电话\nH1,一号,113.60,28.16,欧阳金丝雀,13873194407\nH2,二号,113.61,28.16,李四,13800000002\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	says := func(answers string, wantCode int, args ...string) string {
		t.Helper()
		out, errs, code := lintuAsked(t, env, answers, args...)
		if code != wantCode {
			t.Fatalf("lintu %v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out + errs
	}
	says("", 0, "import", file, "--layer", "households", "--crs", "EPSG:4326",
		"--map", "code=户编码", "--map", "name=地址", "--map", "person=户主", "--map", "phone=电话")
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v", err)
	}
	var export struct {
		Persons []struct {
			Code     string
			Versions []struct{ Person struct{ Name string } }
		}
	}
	out, _, _ := lintuRun(t, env, "privacy", "export", "--phone", "+86 138 7319 4407")
	if err := json.Unmarshal([]byte(out), &export); err != nil || len(export.Persons) != 1 || export.Persons[0].Code != "H1" || export.Persons[0].Versions[0].Person.Name != "欧阳金丝雀" {
		t.Errorf("export: %v %s", err, out)
	}
	says("", 0, "privacy", "rotate")
	says("", 0, "privacy", "rewrap")
	says("no\n", 1, "privacy", "erase", "--household", "H1")
	says("", 0, "privacy", "export", "--household", "H1")
	says("yes\n", 0, "privacy", "erase", "--household", "H1")
	if said := says("", 1, "privacy", "export", "--household", "H1"); strings.Contains(said, "欧阳") {
		t.Error("still there: " + said)
	}
	says("", 1, "privacy", "export")

	moved := key + ".away"
	if err := os.Rename(key, moved); err != nil {
		t.Fatal(err)
	}
	if said := says("", 1, "check"); !strings.Contains(said, key) || !strings.Contains(said, "missing") {
		t.Error(said)
	}
	if err := os.Rename(moved, key); err != nil {
		t.Fatal(err)
	}
	says("1\nno\n", 1, "privacy", "destroy-keys")
	says("", 0, "privacy", "export", "--household", "H2")
	says("1\ndestroy\n", 0, "privacy", "destroy-keys")
	says("", 1, "privacy", "export", "--household", "H2")
	says("", 0, "check")
}
