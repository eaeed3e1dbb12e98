package tiles

import (
	"bytes"
	"context"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintu-map/lintu"
)

// Memory makes tiles of the present from layers that it keeps in memory, for those
// who are shown all of a layer; the store makes the others. It implements
// lintu.TileStore and lintu.LayerVersions, which belong together: after the versions
// were asked for, no tile is older than what they said. It is safe for concurrent use.
type Memory struct {
	// Limit is how many bytes the layers may take, while they are read too; 0 is any
	// number. A layer that does not fit is left to the store.
	Limit int
	// Log is told about layers that are not kept.
	Log *slog.Logger
	// Progress is told how far Load is; nil is nobody.
	Progress lintu.Progress

	source   lintu.LayerSource
	store    lintu.TileSource
	versions lintu.LayerVersions
	tenant   int32
	layers   []lintu.LayerInfo
	meters   *memoryMeters
	progress progress

	held    atomic.Pointer[memoryState] // nil until it is loaded
	looked  atomic.Pointer[look]        // the latest; nil before the first
	loading atomic.Bool                 // from the beginning of Load until it has succeeded

	born    time.Time
	current atomic.Int64 // nanoseconds since born up to when what is held is known to lack nothing

	living context.Context // ends with Stop
	end    context.CancelFunc

	mu     sync.Mutex
	known  map[lintu.Layer]uint64 // the latest versions heard of; never changed, but replaced
	moving *step                  // under way; nil if none is
	failed *step                  // the last one, where it failed

	// Of the step under way, or of who begins the next one.
	writers map[lintu.Layer]layerKeeper
	cursor  string // of what is held
}

// memoryState is what is in memory at one instant. It never changes.
type memoryState struct {
	layers   map[lintu.Layer]heldLayer
	out      map[lintu.Layer]*absence // why the others are not there
	took     map[lintu.Layer]time.Duration
	versions map[lintu.Layer]uint64 // that it is at least as new as
}

// size is about how many bytes the layers take.
func (s *memoryState) size() int {
	size := 0
	for _, p := range s.layers {
		size += p.size()
	}
	return size
}

// leaves reports whether a layer is left to the store for the time being.
func (s *memoryState) leaves(layer lintu.Layer) bool {
	return s != nil && s.out[layer] != nil && s.out[layer].reason != displaced
}

// without is the state with one layer less.
func (s *memoryState) without(layer lintu.Layer, why *absence) *memoryState {
	next := &memoryState{maps.Clone(s.layers), maps.Clone(s.out), s.took, s.versions}
	delete(next.layers, layer)
	next.out[layer] = why
	return next
}

// heldLayer is the state of a layer at one instant. It never changes.
type heldLayer interface {
	// appendTile appends the layer as it looks in a tile, at a step of its reduction, to
	// the tile's message.
	appendTile(message []byte, c Coord, step int) []byte
	// digest is a hash of what a tile is drawn from. Where it is equal, appendTile
	// gives equal bytes at each step, on every server; where it is 0, none. It does not draw, and
	// costs little of what that would.
	digest(c Coord) uint64
	// isWithin reports whether all rows are in a box.
	isWithin(b box) bool
	// size is about how many bytes it takes.
	size() int
	// count is the number of rows.
	count() int
}

// layerKeeper makes the states of a layer: the first by take and load, the others by
// take and replace. It is for one goroutine at a time.
type layerKeeper interface {
	// take notes a row.
	take(r *lintu.LayerRow) error
	// forget drops the rows taken.
	forget()
	// weight is about how many bytes making the layer of the rows taken needs, with
	// the layer.
	weight() int
	// copies is about how many bytes replace needs besides.
	copies(held heldLayer) int
	// load returns the layer of all rows taken.
	load() heldLayer
	// replace returns the layer that follows one: of what lies in some boxes it has
	// exactly the rows taken that do, and beyond them what that has.
	replace(held heldLayer, where []box) heldLayer
}

func newKeeper(l lintu.LayerInfo) layerKeeper {
	if l.Shape == lintu.Point {
		return newPointsWriter(l)
	}
	return newShapesWriter(l)
}

var (
	_ lintu.TileStore     = (*Memory)(nil)
	_ lintu.LayerVersions = (*Memory)(nil)
)

// NewMemory keeps the layers of a tenant that are declared so, from Load on.
func NewMemory(source lintu.LayerSource, store lintu.TileSource, versions lintu.LayerVersions, tenant int32) *Memory {
	m := &Memory{source: source, store: store, versions: versions, tenant: tenant, born: time.Now(), Log: slog.New(slog.DiscardHandler)}
	m.meters = newMemoryMeters(m)
	m.living, m.end = context.WithCancel(context.Background())
	for _, l := range lintu.Layers {
		if l.InMemory {
			m.layers = append(m.layers, l)
		}
	}
	return m
}

// Load reads the layers, once. From its beginning until it has succeeded, no tiles are
// made of them: those of the store would have other bytes than those that follow.
func (m *Memory) Load(ctx context.Context) error {
	m.loading.Store(true)
	begun := time.Since(m.born)
	counting, stop := context.WithCancel(ctx)
	defer stop()
	go m.countRows(counting)
	versions, err := m.versions.LayerVersions(ctx, m.tenant) // first: what is read then is no older
	if err != nil {
		return err
	}
	r := m.newReading(&memoryState{layers: map[lintu.Layer]heldLayer{}, out: map[lintu.Layer]*absence{}, took: map[lintu.Layer]time.Duration{}}, versions)
	cursor, err := m.source.ReadLayers(ctx, m.tenant, m.layers, r.take)
	if err != nil {
		return err
	}
	r.finish()
	for _, l := range m.layers {
		if r.done[l.Name] == nil && r.out[l.Name] == nil { // it has no rows
			r.begin(l.Name, nil)
		}
	}
	r.finish()
	m.writers = map[lintu.Layer]layerKeeper{}
	m.keep(r, cursor)
	m.wasCurrent(begun)
	m.loading.Store(false)
	return nil
}

// Stop ends a step under way, and waits for it. No other begins that succeeds.
func (m *Memory) Stop() {
	m.end()
	m.mu.Lock()
	s := m.moving
	m.mu.Unlock()
	if s != nil {
		<-s.done
	}
}

// GiveUp lets the store make all tiles though Load has failed.
func (m *Memory) GiveUp() { m.loading.Store(false) }

// countRows finds out how much there is to load, while that is under way.
func (m *Memory) countRows(ctx context.Context) {
	for _, l := range m.layers {
		if n, err := m.source.CountRows(ctx, m.tenant, l); err == nil {
			m.progress.total(l.Name, n)
		}
	}
}

// keep makes what was read the present.
func (m *Memory) keep(r *reading, cursor string) {
	held := r.state()
	r.tell(held)
	m.held.Store(held)
	maps.Copy(m.writers, r.keepers)
	for layer := range r.out {
		delete(m.writers, layer)
	}
	m.cursor = cursor
}

// TileLayer implements lintu.TileStore. While a layer is behind the versions that it
// was asked for, the store makes its tiles.
func (m *Memory) TileLayer(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory, z, x, y int, at *time.Time) ([]byte, error) {
	if at == nil && within.Everywhere {
		k, err := m.look(ctx, tenant)
		if err != nil {
			return nil, err
		}
		if p := k.layer(l.Name); p != nil {
			d := drafts.Get().(*draft)
			defer drafts.Put(d)
			d.bytes = p.appendTile(d.bytes[:0], Coord{z, x, y}, l.Step)
			return bytes.Clone(d.bytes), nil
		}
	}
	return m.store.TileLayer(ctx, tenant, l, within, z, x, y, at)
}

// Size is about how many bytes the layers take.
func (m *Memory) Size() int {
	if held := m.held.Load(); held != nil {
		return held.size()
	}
	return 0
}
