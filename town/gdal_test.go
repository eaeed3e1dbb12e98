package town

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGDALReadsEveryFile has GDAL, which did not write the files, read them.
func TestGDALReadsEveryFile(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("ogrinfo is not installed")
		}
		t.Skip("ogrinfo is not installed: the files are not checked against GDAL")
	}
	dir := t.TempDir()
	if err := Write(context.Background(), dir, Config{Seed: 1, Scale: 2}); err != nil {
		t.Fatal(err)
	}
	counts := map[string]string{"户": "94000", "邻长": "7236", "网格": "320", "社区村": "30", "街道": "2", "县区": "1", "households_people": "94000", "heads_people": "7236"}
	for _, f := range Files() {
		path := "/vsizip/" + filepath.Join(dir, f.File)
		if filepath.Ext(f.File) == ".csv" {
			path = filepath.Join(dir, f.File)
		}
		out, err := exec.Command(ogrinfo, "-ro", "-so", path, f.Dataset).CombinedOutput()
		text := string(out)
		if err != nil || strings.Contains(text, "ERROR") || strings.Contains(text, "Warning") {
			t.Errorf("%s: %v\n%s", f.Dataset, err, text)
			continue
		}
		if want := counts[f.Dataset]; want != "" && !strings.Contains(text, "Feature Count: "+want+"\n") {
			t.Errorf("%s: want %s features:\n%s", f.Dataset, want, text)
		}
		if filepath.Ext(f.File) == ".zip" && !strings.Contains(text, "4547") {
			t.Errorf("%s: GDAL does not see EPSG:4547:\n%s", f.Dataset, text)
		}
	}
	invalid, err := exec.Command(ogrinfo, "-ro", "-q", "-dialect", "sqlite", "-sql",
		`SELECT count(*) AS bad FROM "网格" WHERE NOT ST_IsValid(geometry)`, "/vsizip/"+filepath.Join(dir, "网格.zip")).CombinedOutput()
	if err != nil || !strings.Contains(string(invalid), "bad (Integer) = 0") {
		t.Errorf("validity of grids: %v\n%s", err, invalid)
	}
	names, err := exec.Command(ogrinfo, "-ro", "-q", "-where", `"区划代码"='430181002004'`, "/vsizip/"+filepath.Join(dir, "社区村.zip"), "社区村").CombinedOutput()
	if err != nil || !strings.Contains(string(names), "神仙坳社区") {
		t.Errorf("the name of 430181002004: %v\n%.500s", err, names)
	}
}
