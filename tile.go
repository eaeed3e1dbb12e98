package lintu

import (
	"context"
	"time"
)

// LayerVersions tells which layers have changed.
type LayerVersions interface {
	// LayerVersions returns a number for each layer of the tenant. It differs
	// from an earlier answer of the same process whenever a commit in between
	// changed what tiles or items of the layer show. Commits that this process has
	// acknowledged before the call, or was told of by LiveSource, are always seen,
	// those of others within a second. Layers that are missing have the number 0.
	LayerVersions(ctx context.Context, tenant int32) (map[Layer]uint64, error)
}

// Tile is one vector tile, ready to be sent.
type Tile struct {
	MVT  []byte // the MVT 2.1 message; empty if nothing is in the tile
	Gzip []byte // MVT compressed; nil if MVT is empty
	Hash string // of MVT, lower-case hex: equal bytes, equal hash
}

// TileServer joins layers into tiles and describes them. The layers are given as
// in the address, joined by commas: CodeInvalid for an unknown or repeated one,
// CodeUnauthenticated or CodeForbidden for one that the viewer is not shown.
type TileServer interface {
	// Tile takes zoom, column and row as they stand in the address: CodeInvalid
	// if they are no numbers, CodeNotFound outside the tile matrix. at nil is
	// now. The answer is shared and must not be changed.
	Tile(ctx context.Context, v *Viewer, layers, z, x, y string, at *time.Time) (*Tile, error)
	// TileJSON returns a TileJSON 3.0 document for tiles at the absolute address
	// template, which contains {z}, {x} and {y}.
	TileJSON(ctx context.Context, v *Viewer, layers, template, lang string) ([]byte, error)
}

// LabelSuffix makes the name of the tile layer that holds one label point per
// area: communities_label. It comes with each layer of areas.
const LabelSuffix = "_label"
