package tiles

import (
	"context"
	"reflect"

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
}

// look returns the present. The memory has caught up with it as a rule.
func (m *Memory) look(ctx context.Context, tenant int32) (*look, error) {
	versions, err := m.versions.LayerVersions(ctx, tenant)
	if err != nil {
		return nil, err
	}
	if tenant != m.tenant {
		return &look{versions: versions}, nil
	}
	if k := m.looked.Load(); k != nil && !k.behind && k.state == m.held.Load() && unchanged(k.versions, versions) {
		return k, nil
	}
	if err := m.catchUp(ctx, versions); err != nil {
		return nil, err
	}
	return m.lookAnew(versions), nil
}

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
		next.behind = next.behind || next.layer(l.Name) == nil
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
	if k.state == nil || k.state.versions[name] < k.versions[name] {
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
	return p.layer.InMemory && p.within.Everywhere && k.held(p) == nil
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
