package tiles

import (
	"context"
	"fmt"
	"slices"

	"github.com/lintu-map/lintu"
)

// Server joins layers into tiles. It implements lintu.TileServer.
type Server struct {
	memory   *Memory
	features lintu.FeatureStore
	cache    *cache
	drawings flights[drawingKey, *entry]
	packings flights[packingKey, []byte]
	hot      hot

	mostBytes int // of a tile, by gzip
	meters    *meters
}

// drawingKey and packingKey are what those share who ask at once.
type drawingKey struct {
	address
	serial uint64
	lags   bool
}

type packingKey struct {
	address
	tag    string
	coding lintu.Coding
}

// New makes a tile server that remembers up to cacheBytes of tiles.
func New(memory *Memory, features lintu.FeatureStore, cacheBytes int) *Server {
	kept := newCache(cacheBytes)
	return &Server{memory: memory, features: features, cache: kept, mostBytes: mostBytes, meters: newMeters(kept)}
}

// Tile implements lintu.TileServer. All layers of a tile come from one look at the
// present. A tile that is kept is found to be current by what its layers are drawn
// from, without drawing.
func (s *Server) Tile(ctx context.Context, v *lintu.Viewer, q lintu.TileQuery) (lintu.Tile, error) {
	p, err := addressOf(v, &q)
	if err != nil {
		return lintu.Tile{}, err
	}
	var seen *look
	if q.At == nil {
		if seen, err = s.memory.look(ctx, v.Tenant); err != nil {
			return lintu.Tile{}, fmt.Errorf("look at the layers: %w", err)
		}
		if t, ok := s.finished(p, seen, &q); ok {
			return t, nil
		}
	}
	return s.prepare(ctx, v, p, seen, q)
}

// atOnce is the context of what must not wait.
var atOnce = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// Ready implements lintu.TileServer.
func (s *Server) Ready(v *lintu.Viewer, q *lintu.TileQuery) (t lintu.Tile, ok bool) {
	p, err := addressOf(v, q)
	if err != nil || q.At != nil {
		return t, false
	}
	seen, err := s.memory.look(atOnce, v.Tenant)
	if err != nil {
		return t, false
	}
	return s.finished(p, seen, q)
}

// finished answers with a tile that is kept and current, and packed if the client has
// not got it.
func (s *Server) finished(p address, seen *look, q *lintu.TileQuery) (t lintu.Tile, ok bool) {
	e := s.cache.get(p)
	if e == nil || !e.currentAt(seen) {
		return t, false
	}
	b, ok := e.body(q.Coding)
	if !ok && (q.Has == nil || !q.Has(e.tag)) {
		return t, false
	}
	t = hit(e, q, b)
	t.Lag = seen.lag
	s.meters.count(t, s.meters.ready)
	return t, true
}

// hit answers with bytes that are there.
func hit(e *entry, q *lintu.TileQuery, body []byte) lintu.Tile {
	e.asked[q.Coding].Add(1)
	if q.Has != nil && q.Has(e.tag) {
		return lintu.Tile{Tag: e.tag, Had: true}
	}
	return lintu.Tile{Tag: e.tag, Body: body, Missing: e.missing}
}

// prepare answers with a tile that is not ready.
func (s *Server) prepare(ctx context.Context, v *lintu.Viewer, p address, seen *look, q lintu.TileQuery) (lintu.Tile, error) {
	s.hot.waiting.Add(1)
	defer s.hot.waiting.Add(-1)
	parts, err := shown(v, p.layers)
	if err != nil {
		return lintu.Tile{}, err
	}
	if q.At != nil {
		seen = &look{}
	}
	if slices.ContainsFunc(parts, seen.misses) {
		seen = seen.withoutMemory()
	}
	r := &request{address: p, parts: parts, seen: seen, at: q.At}
	e := s.current(r, q.Has != nil)
	if e != nil && q.Has != nil && q.Has(e.tag) {
		e.asked[q.Coding].Add(1)
		s.meters.had.Inc()
		return lintu.Tile{Tag: e.tag, Had: true, Lag: seen.lag}, nil
	}
	if e, err = s.drawn(ctx, r, e); err != nil {
		return lintu.Tile{}, err
	}
	b, err := s.packed(ctx, e, q.Coding)
	if err != nil {
		return lintu.Tile{}, err
	}
	t := hit(e, &q, b)
	if t.Lag = seen.lag; e.lags {
		t.Lag = max(t.Lag, s.memory.age())
	}
	s.meters.count(t, s.meters.made)
	return t, nil
}

// current returns the tile's version at the look, perhaps without bytes; nil if only
// drawing can tell, or has to be done anyway because all that is asked for is the bytes.
func (s *Server) current(r *request, tagAsked bool) *entry {
	if !r.kept() {
		return nil
	}
	old := s.cache.get(r.address)
	if old != nil && old.currentAt(r.seen) {
		return old
	}
	if old == nil && !tagAsked {
		return nil
	}
	marks, ok := marksAt(r.parts, r.Coord, r.seen, old)
	if !ok {
		return nil
	}
	return s.cache.put(&entry{address: r.address, tag: tagOf(r.parts, marks), marks: marks}, r.seen.serial)
}

// drawn returns the tile with its message: what is known of it, or of another version
// no older than the look.
func (s *Server) drawn(ctx context.Context, r *request, known *entry) (*entry, error) {
	if known != nil {
		if _, ok := known.body(lintu.Plain); ok {
			return known, nil
		}
	}
	if r.at != nil {
		return s.draw(ctx, r)
	}
	return s.drawings.do(ctx, drawingKey{r.address, r.seen.serial, r.seen.lag > 0}, func(ctx context.Context) (*entry, error) {
		return s.draw(ctx, r)
	})
}

// packed returns the tile in a coding.
func (s *Server) packed(ctx context.Context, e *entry, c lintu.Coding) ([]byte, error) {
	if b, ok := e.body(c); ok {
		return b, nil
	}
	return s.packings.do(ctx, packingKey{e.address, e.tag, c}, func(context.Context) ([]byte, error) {
		if b, ok := e.body(c); ok { // made since the look above
			return b, nil
		}
		message, _ := e.body(lintu.Plain)
		s.meters.packed[c].Inc()
		b, err := Compress(message, c)
		if err == nil {
			s.cache.add(e, c, b)
		}
		return b, err
	})
}
