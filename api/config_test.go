package api_test

import (
	"testing"

	"github.com/lintu-map/lintu"
)

// A layer's version moves with the layer, and with the server.
func TestConfigVersions(t *testing.T) {
	t.Parallel()
	b := setup(t, 10)
	before := versionsAt(t, b)
	if again := versionsAt(t, b); again[lintu.Grids] != before[lintu.Grids] {
		t.Errorf("version %s, then %s, with no change between", before[lintu.Grids], again[lintu.Grids])
	}
	b.exec("INSERT INTO change (tenant_id, kind) VALUES ($1, 'grids')", tenant)
	after := versionsAt(t, b)
	restarted := versionsAt(t, b.again())
	for _, l := range lintu.Layers {
		if moved := after[l.Name] != before[l.Name]; before[l.Name] == "" || moved != (l.Name == lintu.Grids) {
			t.Errorf("%s: version %q, then %q after a change of grids", l.Name, before[l.Name], after[l.Name])
		}
		if restarted[l.Name] == after[l.Name] {
			t.Errorf("%s: still version %s after a restart", l.Name, after[l.Name])
		}
	}
}

func versionsAt(t *testing.T, b *bundle) map[lintu.Layer]string {
	t.Helper()
	var config struct {
		Layers []struct {
			Name    lintu.Layer
			Version string
		}
	}
	b.get("/api/v1/config").json(t, &config)
	versions := map[lintu.Layer]string{}
	for _, l := range config.Layers {
		versions[l.Name] = l.Version
	}
	return versions
}
