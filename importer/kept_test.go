package importer

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

func TestDiscardRemovesTheFile(t *testing.T) {
	w := newTown(t)
	b := w.upload(t, geojson(t, "communities.geojson", squareFeature(113.6, 28.1, `{"code":"430181001001","name":"集里社区"}`)))
	for range 2 {
		if err := w.Discard(t.Context(), tenant, b.ID, everywhere); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(w.kept(b.ID)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if _, err := w.Explain(t.Context(), tenant, b.ID, everywhere, nil, nil); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("explained after it was discarded: %v", err)
	}
	if err := w.Discard(t.Context(), tenant, lintu.NewID(), everywhere); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("discarded what is not there: %v", err)
	}
}

// TestSweep: what a draft or a running upload may need stays, the rest goes.
func TestSweep(t *testing.T) {
	w := newTown(t)
	feature := squareFeature(113.6, 28.1, `{"code":"430181001001","name":"集里社区"}`)
	draft := w.upload(t, geojson(t, "a.geojson", feature))
	settled := w.upload(t, geojson(t, "b.geojson", feature))
	if err := w.db.DiscardBatch(t.Context(), tenant, settled.ID); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-2 * orphanAge)
	put := func(name string, at time.Time) string {
		path := filepath.Join(w.dir, name)
		if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
		return name
	}
	if err := os.Chtimes(w.kept(draft.ID), old, old); err != nil {
		t.Fatal(err)
	}
	stays := map[string]bool{
		draft.ID.String():                       true,
		settled.ID.String():                     false,
		put("upload-1", time.Now()):             true,
		put("upload-2", old):                    false,
		put(lintu.NewID().String(), time.Now()): true,
		put(lintu.NewID().String(), old):        false,
		put("notes.txt", old):                   true,
	}
	if err := w.Sweep(t.Context(), tenant); err != nil {
		t.Fatal(err)
	}
	for name, stay := range stays {
		if _, err := os.Stat(filepath.Join(w.dir, name)); (err == nil) != stay {
			t.Errorf("%s: stays %v, want %v", name, err == nil, stay)
		}
	}
}
