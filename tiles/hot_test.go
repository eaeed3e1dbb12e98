package tiles

import (
	"bytes"
	"log/slog"
	"strconv"
	"testing"

	"github.com/lintu-map/lintu"
)

// kept is the version of a tile that the cache has.
func kept(t *testing.T, s *Server, q lintu.TileQuery) *entry {
	t.Helper()
	at, err := addressOf(dispatcher, &q)
	if err != nil {
		t.Fatal(err)
	}
	e := s.cache.get(at)
	if e == nil {
		t.Fatalf("%s %s/%s/%s is not kept", q.Layers, q.Z, q.X, q.Y)
	}
	return e
}

// After an edit the tiles that show it are ready before anybody asks, in the codings in
// which they were asked for, and the others stay.
func TestHotTilesAreMadeReady(t *testing.T) {
	t.Parallel()
	db, s := setup(t)
	here, there := atH11, atH21
	here.Coding, there.Coding = lintu.Brotli, lintu.Gzip
	before, beside := ask(t, s, here), ask(t, s, there)
	rename(t, db, "H11", "新街 2 号")
	if err := s.makeReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	e := kept(t, s, here)
	ready, ok := e.body(lintu.Brotli)
	if !ok || e.tag == before.Tag || bytes.Equal(ready, before.Body) {
		t.Errorf("the tile of the edit is not ready")
	}
	for _, c := range []lintu.Coding{lintu.Gzip, lintu.Zstd} {
		if _, ok := e.body(c); ok {
			t.Errorf("coding %d was made, and nobody had asked for it", c)
		}
	}
	if after := ask(t, s, here); after.Tag != e.tag || &after.Body[0] != &ready[0] {
		t.Error("what was made ready is not what is given")
	}
	if !shared(ask(t, s, there), beside) {
		t.Error("a tile beside the edit is drawn again")
	}
}

// Tiles that nobody has asked for any more are not made ready, and of the others those
// come first that are asked for most.
func TestHotTilesAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	_, s := setup(t)
	for x := range hotMost + 10 {
		q := lintu.TileQuery{Layers: "grids", Z: "12", X: strconv.Itoa(x), Y: "0"}
		for range 1 + x%2 {
			ask(t, s, q)
		}
	}
	hot := s.cache.hot()
	if len(hot) != hotMost {
		t.Fatalf("%d tiles are hot, want %d", len(hot), hotMost)
	}
	for i, e := range hot[:hotMost/2] {
		if e.address.X%2 == 0 {
			t.Errorf("the tile asked for once in column %d comes %d-th", e.address.X, i)
		}
	}
	s.cache.forget()
	if hot := s.cache.hot(); len(hot) != hotMost/2+5 {
		t.Errorf("%d tiles are hot, want those asked for twice", len(hot))
	}
	s.cache.forget()
	if hot := s.cache.hot(); len(hot) > 0 {
		t.Errorf("%d tiles are hot for ever", len(hot))
	}
}

// The server looks for changes by itself, and ends when it is told to.
func TestHotTilesInTheBackground(t *testing.T) {
	t.Parallel()
	db, s := setup(t)
	before := ask(t, s, atH11)
	s.Start(slog.New(slog.DiscardHandler))
	s.Start(slog.New(slog.DiscardHandler))
	rename(t, db, "H11", "新街 3 号")
	for kept(t, s, atH11).tag == before.Tag && t.Context().Err() == nil { // a test that hangs is ended from outside
	}
	s.Stop()
	s.Stop()
	select {
	case <-s.hot.done:
	default:
		t.Error("it goes on after Stop")
	}
	_, other := setup(t)
	other.Stop()
	other.Start(slog.New(slog.DiscardHandler))
	if other.hot.done != nil {
		t.Error("it begins after Stop")
	}
}
