package tiles

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// Memory makes tiles of the present from layers that it keeps in memory, for those
// who are shown all of a layer; the store makes the others. It implements
// lintu.TileStore and lintu.LayerVersions and is safe for concurrent use.
type Memory struct {
	source   lintu.LayerSource
	store    lintu.TileStore
	versions lintu.LayerVersions
	tenant   int32
	layers   []lintu.LayerInfo

	turn    sync.Mutex // held by the one who reads from the source
	writers map[lintu.Layer]*pointsWriter
	cursor  string // of the state held

	held atomic.Pointer[memoryState]
}

// memoryState is what is in memory at one instant. It never changes.
type memoryState struct {
	layers   map[lintu.Layer]*points
	versions map[lintu.Layer]uint64 // that it is at least as new as
}

var (
	_ lintu.TileStore     = (*Memory)(nil)
	_ lintu.LayerVersions = (*Memory)(nil)
)

// NewMemory keeps the layers of a tenant that are declared so, from Load on.
func NewMemory(source lintu.LayerSource, store lintu.TileStore, versions lintu.LayerVersions, tenant int32) *Memory {
	m := &Memory{source: source, store: store, versions: versions, tenant: tenant, writers: map[lintu.Layer]*pointsWriter{}}
	for _, l := range lintu.Layers {
		if l.InMemory {
			m.layers = append(m.layers, l)
		}
	}
	return m
}

// Load reads the layers. Until it has returned, the store makes all tiles.
func (m *Memory) Load(ctx context.Context) error {
	m.turn.Lock()
	defer m.turn.Unlock()
	versions, err := m.versions.LayerVersions(ctx, m.tenant) // first: what is read then is no older
	if err != nil {
		return err
	}
	writers := map[lintu.Layer]*pointsWriter{}
	for _, l := range m.layers {
		writers[l.Name] = newPointsWriter(l)
	}
	cursor, err := m.source.ReadLayers(ctx, m.tenant, m.layers, func(layer lintu.Layer, r *lintu.LayerRow) error {
		return writers[layer].take(r)
	})
	if err != nil {
		return err
	}
	state := &memoryState{map[lintu.Layer]*points{}, versions}
	for name, w := range writers {
		state.layers[name] = w.load()
	}
	m.writers, m.cursor = writers, cursor
	m.held.Store(state)
	return nil
}

// LayerVersions implements lintu.LayerVersions. What it says has changed has reached
// the memory when it returns.
func (m *Memory) LayerVersions(ctx context.Context, tenant int32) (map[lintu.Layer]uint64, error) {
	versions, err := m.versions.LayerVersions(ctx, tenant)
	if err != nil || tenant != m.tenant || m.isCurrent(versions) {
		return versions, err
	}
	return versions, m.follow(ctx, versions)
}

// isCurrent reports whether what is in memory is as new as that; it is so while
// nothing is.
func (m *Memory) isCurrent(versions map[lintu.Layer]uint64) bool {
	held := m.held.Load()
	if held == nil {
		return true
	}
	for _, l := range m.layers {
		if held.versions[l.Name] < versions[l.Name] {
			return false
		}
	}
	return true
}

// follow brings the memory to a state that is at least as new as the versions. Those
// who wait for their turn find that another has done it for them, as a rule.
func (m *Memory) follow(ctx context.Context, versions map[lintu.Layer]uint64) error {
	m.turn.Lock()
	defer m.turn.Unlock()
	if m.isCurrent(versions) {
		return nil
	}
	r := rereading{memory: m, held: m.held.Load(), anew: map[lintu.Layer]*pointsWriter{}, where: map[lintu.Layer][]box{}}
	cursor, err := m.source.RereadLayers(ctx, m.tenant, m.layers, m.cursor, r.begin, r.take)
	if err != nil {
		r.forget()
		return err
	}
	m.held.Store(r.state(versions))
	m.cursor = cursor
	return nil
}

// TileLayer implements lintu.TileStore.
func (m *Memory) TileLayer(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory, z, x, y int, at *time.Time) ([]byte, error) {
	if held := m.held.Load(); held != nil && at == nil && within.Everywhere && tenant == m.tenant {
		if p := held.layers[l.Name]; p != nil {
			return p.appendTile(nil, Coord{z, x, y}), nil
		}
	}
	return m.store.TileLayer(ctx, tenant, l, within, z, x, y, at)
}

// rereading is one step of the memory to a later instant.
type rereading struct {
	memory *Memory
	held   *memoryState
	anew   map[lintu.Layer]*pointsWriter // of layers that are read as a whole
	where  map[lintu.Layer][]box         // of the others that change
}

func (r *rereading) begin(layer lintu.Layer, where []lintu.BBox) {
	var boxes []box
	for _, b := range where {
		boxes = append(boxes, boxOfDegrees(b))
	}
	if p := r.held.layers[layer]; where == nil || slices.ContainsFunc(boxes, p.isWithin) {
		r.anew[layer] = newPointsWriter(p.info)
	}
	r.where[layer] = boxes
}

func (r *rereading) take(layer lintu.Layer, row *lintu.LayerRow) error {
	if w := r.anew[layer]; w != nil {
		return w.take(row)
	}
	return r.memory.writers[layer].take(row)
}

// forget drops rows that will not be used.
func (r *rereading) forget() {
	for _, w := range r.memory.writers {
		w.taken = nil
	}
}

// state is the memory after the step.
func (r *rereading) state(versions map[lintu.Layer]uint64) *memoryState {
	next := &memoryState{map[lintu.Layer]*points{}, versions}
	for name, p := range r.held.layers {
		where, changed := r.where[name]
		w := r.anew[name]
		switch {
		case w != nil && len(where) == 0:
			p = w.load()
		case w != nil:
			p = w.replace(newPoints(p.schema, nil, nil), where)
		case changed:
			p = r.memory.writers[name].replace(p, where)
		}
		if w != nil {
			r.memory.writers[name] = w
		}
		next.layers[name] = p
	}
	return next
}

// boxOfDegrees has the positions of all places in a box, borders included, and one
// more on each side, because projecting is exact to the unit only.
func boxOfDegrees(b lintu.BBox) box {
	nw, se := positionOf(orb.Point{b[0], b[3]}), positionOf(orb.Point{b[2], b[1]})
	const last = math.MaxUint32
	return box{max(nw.x, 1) - 1, max(nw.y, 1) - 1, min(se.x, last-1) + 1, min(se.y, last-1) + 1}
}
