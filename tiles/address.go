package tiles

import (
	"iter"
	"math/bits"

	"github.com/lintu-map/lintu"
)

// layerSet is a set of layers: bit i is the i-th of lintu.Layers.
type layerSet uint32

// address is which tile is asked for, and what of it a viewer is shown. Equal addresses
// share their tiles.
type address struct {
	tenant int32
	Coord
	layers layerSet
	within string // the territories of the layers that are not shown everywhere
}

// part is what one viewer is shown of a layer.
type part struct {
	layer  *lintu.LayerInfo
	within lintu.Territory
}

// each gives the layers in their order, each beside the set of it alone.
func (s layerSet) each() iter.Seq2[layerSet, *lintu.LayerInfo] {
	return func(yield func(layerSet, *lintu.LayerInfo) bool) {
		for ; s != 0; s &= s - 1 {
			i := bits.TrailingZeros32(uint32(s))
			if !yield(1<<i, &lintu.Layers[i]) {
				return
			}
		}
	}
}

// addressOf reads what is asked for. It fails if one of the layers is not shown at all.
// Layers that tiles of that zoom never carry are left out.
func addressOf(v *lintu.Viewer, q *lintu.TileQuery) (address, error) {
	layers, err := parseLayers(q.Layers)
	if err != nil {
		return address{}, err
	}
	c, err := ParseCoord(q.Z, q.X, q.Y)
	if err != nil {
		return address{}, err
	}
	p := address{tenant: v.Tenant, Coord: c}
	for layer, l := range layers.each() {
		within, err := v.Sees(*l)
		if err != nil {
			return address{}, err
		}
		if c.Z < l.MinZoom {
			continue
		}
		p.layers |= layer
		if !within.Everywhere {
			p.within += "/" + string(l.Name) + ":" + within.Key()
		}
	}
	return p, nil
}

// shown lists layers with where the viewer sees them; it fails if one of them is not
// shown at all.
func shown(v *lintu.Viewer, layers layerSet) ([]part, error) {
	var parts []part
	for _, l := range layers.each() {
		within, err := v.Sees(*l)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{l, within})
	}
	return parts, nil
}
