package tiles

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// patience is how long requests wait for a step of the memory. An edit takes it
// milliseconds, a layer that must be read anew may take a minute.
const patience = time.Second

// LayerVersions implements lintu.LayerVersions. The memory catches up with what has
// changed, as a rule before this returns.
func (m *Memory) LayerVersions(ctx context.Context, tenant int32) (map[lintu.Layer]uint64, error) {
	k, err := m.look(ctx, tenant)
	if err != nil {
		return nil, err
	}
	return k.versions, nil
}

// catchUp waits until the memory is as new as the versions, as a rule. If a step
// fails or takes long, the store makes the tiles until one succeeds.
func (m *Memory) catchUp(ctx context.Context, versions map[lintu.Layer]uint64) error {
	if m.held.Load() == nil {
		return nil
	}
	for s := m.follow(ctx, versions); s != nil; s = m.follow(ctx, versions) {
		select {
		case <-s.done:
			if s.err != nil {
				return nil
			}
		case <-s.late:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// step brings the memory to a later instant.
type step struct {
	late chan struct{} // closed when it has tried the patience
	done chan struct{}
	err  error // of the step when it is done
}

func newStep() *step {
	s := &step{late: make(chan struct{}), done: make(chan struct{})}
	time.AfterFunc(patience, func() { close(s.late) })
	return s
}

// follow notes what has changed and returns the step under way, which it begins if
// none is; nil if nothing held is older than the versions.
func (m *Memory) follow(ctx context.Context, versions map[lintu.Layer]uint64) *step {
	m.mu.Lock()
	defer m.mu.Unlock()
	held, behind := m.held.Load(), false
	known := maps.Clone(m.known)
	for _, l := range m.layers {
		v := versions[l.Name]
		behind = behind || held.versions[l.Name] < v
		if v > known[l.Name] {
			if known == nil {
				known = map[lintu.Layer]uint64{}
			}
			known[l.Name] = v
		}
	}
	if !behind {
		return nil
	}
	m.known = known
	if m.moving == nil {
		m.moving = newStep()
		go m.move(context.WithoutCancel(ctx), m.moving, held, known) // others wait for it too
	}
	return m.moving
}

// move reads what has changed since the state held, which makes the memory at least
// as new as the versions.
func (m *Memory) move(ctx context.Context, s *step, held *memoryState, versions map[lintu.Layer]uint64) {
	defer close(s.done)
	err := m.reread(ctx, held, versions)
	m.mu.Lock()
	m.moving, s.err = nil, err
	m.mu.Unlock()
}

func (m *Memory) reread(ctx context.Context, held *memoryState, versions map[lintu.Layer]uint64) (err error) {
	r := rereading{memory: m, held: held, anew: map[lintu.Layer]layerKeeper{}, where: map[lintu.Layer][]box{}}
	defer func() {
		if p := recover(); p != nil { // no middleware stands above this goroutine
			err = fmt.Errorf("panic while following the change log: %v", p)
		}
		if err != nil {
			r.forget()
		}
	}()
	cursor, err := m.source.RereadLayers(ctx, m.tenant, m.layers, m.cursor, r.begin, r.take)
	if err != nil {
		return err
	}
	m.held.Store(r.state(versions))
	maps.Copy(m.writers, r.anew)
	m.cursor = cursor
	return nil
}

// rereading is what one step reads.
type rereading struct {
	memory *Memory
	held   *memoryState
	anew   map[lintu.Layer]layerKeeper // of layers that are read as a whole
	where  map[lintu.Layer][]box       // of the others that change
}

func (r *rereading) begin(layer lintu.Layer, where []lintu.BBox) {
	var boxes []box
	for _, b := range where {
		boxes = append(boxes, boxOfDegrees(b))
	}
	if where == nil || slices.ContainsFunc(boxes, r.held.layers[layer].isWithin) {
		l, _ := lintu.LayerByName(layer)
		r.anew[layer] = newKeeper(l)
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
		w.forget()
	}
}

// state is the memory after the step.
func (r *rereading) state(versions map[lintu.Layer]uint64) *memoryState {
	next := &memoryState{map[lintu.Layer]heldLayer{}, versions}
	for name, p := range r.held.layers {
		where, changed := r.where[name]
		w := r.anew[name]
		switch {
		case w != nil && len(where) == 0:
			p = w.load()
		case w != nil:
			l, _ := lintu.LayerByName(name)
			p = w.replace(newKeeper(l).load(), where) // rows may come twice
		case changed:
			p = r.memory.writers[name].replace(p, where)
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
