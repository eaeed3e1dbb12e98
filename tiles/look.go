package tiles

import (
	"context"
	"reflect"
	"time"

	"github.com/lintu-map/lintu"
)

// look is what the tiles of one request are drawn from: one state of the layers in
// memory, beside the store. It never changes, and requests share it until something
// has changed.
type look struct {
	serial   uint64                 // grows from look to look; 0 is of a tenant that is not in memory
	versions map[lintu.Layer]uint64 // that its tiles are at least as new as
	state    *memoryState           // nil if nothing is in memory
	behind   bool                   // a layer that should be in memory is not, or is older than its version
	lag      time.Duration          // how long ago the state was last known to be the present; 0 if it is
}

// look returns the present. The memory has caught up with it as a rule.
func (m *Memory) look(ctx context.Context, tenant int32) (*look, error) {
	begun := time.Since(m.born)
	versions, err := m.versions.LayerVersions(ctx, tenant)
	switch {
	case tenant != m.tenant:
		return &look{versions: versions}, err
	case err != nil:
		return m.lookBack(err)
	}
	if k := m.looked.Load(); k != nil && !k.behind && k.state == m.held.Load() && unchanged(k.versions, versions) {
		m.wasCurrent(begun)
		return k, nil
	}
	if err := m.catchUp(ctx, versions); err != nil {
		return nil, err
	}
	k := m.lookAnew(versions)
	if !k.behind {
		m.wasCurrent(begun)
	}
	return k, nil
}

// lookBack returns what is held while nobody can say whether it is the present.
func (m *Memory) lookBack(err error) (*look, error) {
	held, last := m.held.Load(), m.looked.Load()
	if held == nil || lintu.CodeOf(err) != lintu.CodeUnavailable {
		return nil, err
	}
	k := &look{versions: held.versions, state: held, lag: m.age()}
	if last != nil {
		k.serial, k.versions, k.behind = last.serial, last.versions, last.behind
	}
	return k, nil
}

// wasCurrent notes that what is held lacked nothing at that time.
func (m *Memory) wasCurrent(at time.Duration) {
	if known := m.current.Load(); int64(at) > known {
		m.current.CompareAndSwap(known, int64(at))
	}
}

// age is how long ago what is held was last known to be the present.
func (m *Memory) age() time.Duration { return time.Since(m.born) - time.Duration(m.current.Load()) }

// unchanged reports whether two answers of lintu.LayerVersions are one, which is never changed.
func unchanged(a, b map[lintu.Layer]uint64) bool {
	return reflect.ValueOf(a).UnsafePointer() == reflect.ValueOf(b).UnsafePointer()
}

// lookAnew returns a look at what is held now, no older than the versions and than any
// look before.
func (m *Memory) lookAnew(versions map[lintu.Layer]uint64) *look {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := &look{serial: 1, versions: versions, state: m.held.Load()}
	if last := m.looked.Load(); last != nil {
		if !newer(versions, last.versions) {
			if next.state == last.state {
				return last
			}
			next.versions = last.versions
		}
		next.serial = last.serial + 1
	}
	for _, l := range m.layers {
		next.behind = next.behind || !next.state.leaves(l.Name) && next.layer(l.Name) == nil
	}
	m.looked.Store(next)
	return next
}

// newer reports whether a layer has changed between two answers of
// lintu.LayerVersions, of which b came first if they differ.
func newer(a, b map[lintu.Layer]uint64) bool {
	for layer, version := range a {
		if version > b[layer] {
			return true
		}
	}
	return false
}

// layer returns a layer as it is in memory; nil if it is not there, or behind.
func (k *look) layer(name lintu.Layer) heldLayer {
	if k.state == nil || k.lag == 0 && k.state.versions[name] < k.versions[name] {
		return nil
	}
	return k.state.layers[name]
}

// held returns what memory has for a part; nil where the store makes it.
func (k *look) held(p part) heldLayer {
	if !p.within.Everywhere {
		return nil
	}
	return k.layer(p.layer.Name)
}

// misses reports whether memory should have a part, and has not.
func (k *look) misses(p part) bool {
	return p.layer.InMemory && p.within.Everywhere && k.held(p) == nil && !k.state.leaves(p.layer.Name)
}

// reason is why the store makes a part: a word for metrics.
func (k *look) reason(p part) string {
	switch {
	case !p.layer.InMemory:
		return "never_in_memory"
	case !p.within.Everywhere:
		return "territory"
	case k.state == nil:
		return "not_loaded"
	case k.state.out[p.layer.Name] != nil:
		return k.state.out[p.layer.Name].reason
	}
	return "behind"
}

// withoutMemory is the look where the store makes everything: while one layer is behind,
// the others would show another instant than it.
func (k *look) withoutMemory() *look {
	bare := *k
	bare.state = nil
	return &bare
}

// version is a number of what the store makes of a part. It grows whenever that may
// have changed: a territory follows the areas and assignments that make it.
func (k *look) version(p part) uint64 {
	sum := k.versions[p.layer.Name]
	if p.within.Everywhere {
		return sum
	}
	for _, l := range lintu.Layers {
		if l.Kind == lintu.KindArea || l.Kind == lintu.KindLink {
			sum += k.versions[l.Name]
		}
	}
	return sum
}
