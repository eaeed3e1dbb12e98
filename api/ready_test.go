package api_test

import (
	"bytes"
	"net/http"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/tiles"
)

// While layers are read into memory, the server tells how far each is, and tiles of
// them come later, with the bytes that they have everywhere.
func TestReadyWhileLoading(t *testing.T) {
	t.Parallel()
	b := setup(t, 20000)
	reader := sql.NewReader(b.db)
	memory := tiles.NewMemory(reader, reader, reader, tenant)
	loading := b.again(func(c *apiConfig) { c.Tiles, c.Layers = tiles.New(memory, reader, 1<<20), memory.States })
	unlock := b.lock("head") // which is read after others
	loaded := make(chan error)
	go func() { loaded <- memory.Load(t.Context()) }()

	var doc struct {
		Status string
		Layers []struct {
			Layer lintu.Layer
			From  lintu.LayerPlace
			Share float64
		}
	}
	some := func() (some, all bool) {
		all = true
		for _, l := range doc.Layers {
			some = some || l.Share > 0
			all = all && l.Share == 1
		}
		return some, all
	}
	loading.until("some layers are read, and heads are waited for", func() bool {
		a := loading.get("/readyz")
		a.json(t, &doc)
		part, whole := some()
		if a.StatusCode == http.StatusServiceUnavailable && (a.Header.Get("Retry-After") == "" || doc.Status != "loading" || whole) {
			t.Fatalf("while loading: %s %s", a.Status, a.body)
		}
		return a.StatusCode == http.StatusServiceUnavailable && part
	})
	for _, path := range []string{peopleTile, "/tiles/grids/12/3340/1713.mvt"} {
		a := loading.get(path)
		var said struct{ RetryAfter int }
		a.json(t, &said)
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") != "2" || said.RetryAfter != 2 {
			t.Errorf("%s while loading: %s, Retry-After %q, %s", path, a.Status, a.Header.Get("Retry-After"), a.body)
		}
	}
	unlock()
	if err := <-loaded; err != nil {
		t.Fatal(err)
	}
	a := loading.get("/readyz")
	a.json(t, &doc)
	if _, whole := some(); a.StatusCode != http.StatusOK || doc.Status != "ok" || !whole {
		t.Errorf("after loading: %s %s", a.Status, a.body)
	}
	if one, other := loading.get(peopleTile), b.get(peopleTile); one.StatusCode != http.StatusOK || !bytes.Equal(one.body, other.body) || one.Header.Get("ETag") != other.Header.Get("ETag") {
		t.Errorf("after loading the tile is %s with %d bytes, of the other server %d", one.Status, len(one.body), len(other.body))
	}
}
