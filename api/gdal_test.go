package api_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ogrinfo runs GDAL's ogrinfo, as a GIS user would.
func (b *bundle) ogrinfo(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("ogrinfo"); err != nil {
		skip(t, "needs ogrinfo (package gdal-bin): "+err.Error())
	}
	headers := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(headers, []byte("Authorization: Bearer "+b.token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "ogrinfo", args...)
	cmd.Env = append(cmd.Environ(), "CPL_DEBUG=OFF", "GDAL_HTTP_TIMEOUT=20", "GDAL_HTTP_HEADER_FILE="+headers, "no_proxy=127.0.0.1", "NO_PROXY=127.0.0.1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "ERROR") {
		t.Fatalf("ogrinfo %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestGDALReadsCollections(t *testing.T) {
	t.Parallel()
	b := setup(t, 1500)
	all := b.ogrinfo(t, "OAPIF:"+b.base+"/ogc")
	for _, name := range []string{"communities", "households", "links", "green"} {
		if !strings.Contains(all, name) {
			t.Errorf("GDAL does not list %s:\n%s", name, all)
		}
	}
	households := b.ogrinfo(t, "-so", "OAPIF:"+b.base+"/ogc", "households")
	for _, want := range []string{"Feature Count: 1500", "Geometry: Point", "head: String", "valid_from: DateTime"} {
		if !strings.Contains(households, want) {
			t.Errorf("no %q in\n%s", want, households)
		}
	}
	of := b.ogrinfo(t, "-where", "head = 'L000003'", "OAPIF:"+b.base+"/ogc", "households")
	if n := strings.Count(of, "OGRFeature("); n != 13 {
		t.Errorf("GDAL filters %d households of a head, want 13", n)
	}
	if n := strings.Count(b.ogrinfo(t, "-al", "OAPIF:"+b.base+"/ogc/collections/communities"), "神仙坳社区"); n != 1 {
		t.Errorf("the community occurs %d times", n)
	}
}

func TestGDALReadsTiles(t *testing.T) {
	t.Parallel()
	b := setup(t, 500)
	out := b.ogrinfo(t, "-so", "-al", "MVT:"+b.base+"/tiles/communities,households/12",
		"-oo", "METADATA_FILE="+b.base+"/tiles/communities,households.json", "-oo", "TILE_EXTENSION=mvt")
	for _, want := range []string{"Layer name: communities\n", "communities_label", "Layer name: households\n", "count: "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
