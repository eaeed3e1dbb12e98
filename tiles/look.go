package tiles

import (
	"context"

	"github.com/lintu-map/lintu"
)

// look is what the tiles of one request are drawn from: one state of the layers in
// memory, beside the store.
type look struct {
	versions map[lintu.Layer]uint64 // that its tiles are at least as new as
	state    *memoryState           // nil if nothing of the tenant is in memory
}

// look returns the present. The memory has caught up with it as a rule.
func (m *Memory) look(ctx context.Context, tenant int32) (look, error) {
	versions, err := m.LayerVersions(ctx, tenant)
	if err != nil {
		return look{}, err
	}
	k := look{versions: versions}
	if tenant == m.tenant {
		k.state = m.held.Load()
	}
	return k, nil
}

// layer returns a layer as it is in memory; nil if it is not there, or behind.
func (k look) layer(name lintu.Layer) heldLayer {
	if k.state == nil || k.state.versions[name] < k.versions[name] {
		return nil
	}
	return k.state.layers[name]
}

// held returns what memory has for a part; nil where the store makes it.
func (k look) held(p part) heldLayer {
	if !p.within.Everywhere {
		return nil
	}
	return k.layer(p.layer.Name)
}

// misses reports whether memory should have a part, and has not.
func (k look) misses(p part) bool {
	return p.layer.InMemory && p.within.Everywhere && k.held(p) == nil
}
