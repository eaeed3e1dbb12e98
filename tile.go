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
	// The answer is shared and must not be changed.
	LayerVersions(ctx context.Context, tenant int32) (map[Layer]uint64, error)
}

// Coding is how a tile is packed for its way: a content coding of HTTP.
type Coding uint8

// The codings.
const (
	Plain Coding = iota // not packed
	Gzip
	Brotli
	Zstd

	Codings = 4 // how many there are
)

// TileQuery asks for a tile.
type TileQuery struct {
	// Layers, zoom, column and row are as in the address. Layers are joined by commas.
	Layers, Z, X, Y string
	At              *time.Time // nil is now
	Coding          Coding
	// Has reports whether the client has the tile of a tag, so that its bytes need
	// not be made; nil: it has none.
	Has func(tag string) bool
}

// Tile is one vector tile, ready to be sent.
type Tile struct {
	Tag  string // lower-case hex: equal tags, equal MVT
	Had  bool   // Has said so; there are no bytes then
	Body []byte // an MVT 2.1 message in the coding asked for; empty if nothing is in the tile
	// Lag is how long ago this was last known to be the present, which cannot be asked
	// for now; 0 as a rule.
	Lag time.Duration
	// Missing are layers that cannot be made now.
	Missing []Layer
}

// TileServer joins layers into tiles and describes them. It is CodeInvalid for an
// unknown or repeated layer, CodeUnauthenticated or CodeForbidden for one that the
// viewer is not shown.
type TileServer interface {
	// Tile is CodeInvalid if zoom, column or row are no numbers, CodeNotFound outside
	// the tile matrix. The answer's bytes are shared and must not be changed.
	Tile(ctx context.Context, v *Viewer, q TileQuery) (Tile, error)
	// Ready is Tile where its answer is at hand; ok is false if anything is to be drawn,
	// packed, looked up, waited for or refused.
	Ready(v *Viewer, q *TileQuery) (t Tile, ok bool)
	// TileJSON returns a TileJSON 3.0 document for tiles at the absolute address
	// template, which contains {z}, {x} and {y}.
	TileJSON(ctx context.Context, v *Viewer, layers, template, lang string) ([]byte, error)
}

// LabelSuffix makes the name of the tile layer that holds one label point per
// area: communities_label. It comes with each layer of areas.
const LabelSuffix = "_label"

// ReducedLayer is the name of the tile layer that stands in tiles in which a layer had to
// be reduced: one feature for each such layer, which covers the tile. Its properties are
// the layer's name, its reduction and the step of it, how many features the layer has in
// the tile, and for how many rows they stand.
const ReducedLayer = "reduced"
