package tiles

import (
	"context"
	"fmt"
	"maps"
	"math"
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
	switch {
	case err != nil:
		return nil, err
	case k.lag > 0:
		return nil, errAway
	}
	return k.versions, nil
}

// catchUp waits until the memory is as new as the versions, as a rule. If a step
// fails or takes long, the store makes the tiles until one succeeds.
func (m *Memory) catchUp(ctx context.Context, versions map[lintu.Layer]uint64) error {
	if m.held.Load() == nil {
		return nil
	}
	for s := m.follow(versions); s != nil; s = m.follow(versions) {
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
	late  chan struct{} // closed when it has tried the patience
	done  chan struct{}
	err   error     // of the step when it is done
	until time.Time // where it has failed: when the next one may begin
}

// rest is how long after a failed step the next one may begin.
const rest = time.Second

func newStep() *step {
	s := &step{late: make(chan struct{}), done: make(chan struct{})}
	time.AfterFunc(patience, func() { close(s.late) })
	return s
}

// follow notes what has changed and returns the step under way, which it begins if
// none is; nil if nothing held is older than the versions.
func (m *Memory) follow(versions map[lintu.Layer]uint64) *step {
	m.mu.Lock()
	defer m.mu.Unlock()
	held, now, behind, due := m.held.Load(), time.Now(), false, false
	known := maps.Clone(m.known)
	for _, l := range m.layers {
		v := versions[l.Name]
		if a := held.out[l.Name]; a != nil {
			due = due || a.due(v, now)
		} else {
			behind = behind || held.versions[l.Name] < v
		}
		if v > known[l.Name] {
			if known == nil {
				known = map[lintu.Layer]uint64{}
			}
			known[l.Name] = v
		}
	}
	if !behind && !due {
		return nil
	}
	m.known = known
	switch {
	case m.moving != nil:
	case m.failed != nil && now.Before(m.failed.until):
		return m.failed
	default:
		m.moving = newStep()
		go m.move(m.moving, held, known)
	}
	if !behind { // nobody waits for a layer to come back
		return nil
	}
	return m.moving
}

// move reads what has changed since the state held, which makes the memory at least
// as new as the versions.
func (m *Memory) move(s *step, held *memoryState, versions map[lintu.Layer]uint64) {
	defer close(s.done)
	begun := time.Now()
	err := m.reread(m.living, held, versions)
	m.meters.step(time.Since(begun), err)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.moving, m.failed, s.err = nil, nil, err
	if err != nil {
		m.failed, s.until = s, time.Now().Add(rest)
	}
}

func (m *Memory) reread(ctx context.Context, held *memoryState, versions map[lintu.Layer]uint64) (err error) {
	r := m.newReading(held, versions)
	defer func() {
		if p := recover(); p != nil { // no middleware stands above this goroutine
			err = fmt.Errorf("panic while following the change log: %v", p)
		}
		if err != nil {
			r.forget()
		}
	}()
	if err := r.adopt(ctx, time.Now()); err != nil {
		return err
	}
	cursor, err := m.source.RereadLayers(ctx, m.tenant, r.layers(), m.cursor, r.begin, r.take)
	if err != nil {
		return err
	}
	r.complete()
	m.keep(r, cursor)
	return nil
}

// boxOfDegrees has the positions of all places in a box, borders included, and one
// more on each side, because projecting is exact to the unit only.
func boxOfDegrees(b lintu.BBox) box {
	nw, se := positionOf(orb.Point{b[0], b[3]}), positionOf(orb.Point{b[2], b[1]})
	const last = math.MaxUint32
	return box{max(nw.x, 1) - 1, max(nw.y, 1) - 1, min(se.x, last-1) + 1, min(se.y, last-1) + 1}
}
