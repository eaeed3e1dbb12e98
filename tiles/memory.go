package tiles

import (
	"context"
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
	source   lintu.LayerSource
	store    lintu.TileSource
	versions lintu.LayerVersions
	tenant   int32
	layers   []lintu.LayerInfo

	held   atomic.Pointer[memoryState] // nil until it is loaded
	looked atomic.Pointer[look]        // the latest; nil before the first

	mu     sync.Mutex
	known  map[lintu.Layer]uint64 // the latest versions heard of; never changed, but replaced
	moving *step                  // under way; nil if none is

	// Of the step under way, or of who begins the next one.
	writers map[lintu.Layer]layerKeeper
	cursor  string // of what is held
}

// memoryState is what is in memory at one instant. It never changes.
type memoryState struct {
	layers   map[lintu.Layer]heldLayer
	versions map[lintu.Layer]uint64 // that it is at least as new as
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
}

// layerKeeper makes the states of a layer: the first by take and load, the others by
// take and replace. It is for one goroutine at a time.
type layerKeeper interface {
	// take notes a row.
	take(r *lintu.LayerRow) error
	// forget drops the rows taken.
	forget()
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
	m := &Memory{source: source, store: store, versions: versions, tenant: tenant}
	for _, l := range lintu.Layers {
		if l.InMemory {
			m.layers = append(m.layers, l)
		}
	}
	return m
}

// Load reads the layers, once. Until it has returned, the store makes all tiles.
func (m *Memory) Load(ctx context.Context) error {
	versions, err := m.versions.LayerVersions(ctx, m.tenant) // first: what is read then is no older
	if err != nil {
		return err
	}
	writers := map[lintu.Layer]layerKeeper{}
	for _, l := range m.layers {
		writers[l.Name] = newKeeper(l)
	}
	cursor, err := m.source.ReadLayers(ctx, m.tenant, m.layers, func(layer lintu.Layer, r *lintu.LayerRow) error {
		return writers[layer].take(r)
	})
	if err != nil {
		return err
	}
	state := &memoryState{map[lintu.Layer]heldLayer{}, versions}
	for name, w := range writers {
		state.layers[name] = w.load()
	}
	m.writers, m.cursor = writers, cursor
	m.held.Store(state)
	return nil
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
			return p.appendTile(nil, Coord{z, x, y}, l.Step), nil
		}
	}
	return m.store.TileLayer(ctx, tenant, l, within, z, x, y, at)
}

// Size is about how many bytes the layers take.
func (m *Memory) Size() int {
	size := 0
	if held := m.held.Load(); held != nil {
		for _, p := range held.layers {
			size += p.size()
		}
	}
	return size
}
