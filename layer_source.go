package lintu

import "context"

// LayerRow is a present feature as tiles show it. It is lent for one call: its
// bytes are used again.
type LayerRow struct {
	ID       ID
	Geometry []byte  // EWKB, EPSG:4326
	Label    []byte  // likewise, of areas: the point where the name stands
	Values   []Value // of LayerInfo.TileFields
}

// Value is the value of one field: Text where the field is a String, Number where
// it is an Integer.
type Value struct {
	Null   bool
	Text   []byte
	Number int64
}

// LayerState says where the tiles of a layer come from that is declared to be in
// memory.
type LayerState struct {
	Layer Layer      `json:"layer"`
	From  LayerPlace `json:"from"`
	// Share is how much of the layer has been read while it is loading, 0 to 1.
	Share float64 `json:"share"`
	// Reason is why they come from the database.
	Reason *Text `json:"reason,omitempty"`
}

// LayerPlace is where the tiles of a layer come from.
type LayerPlace string

// The places.
const (
	FromMemory   LayerPlace = "memory"
	FromDatabase LayerPlace = "database"
	FromNowhere  LayerPlace = "loading" // nowhere yet
)

// LayerSource reads whole layers, for those who keep them in memory. Its cursors are
// instants, as those of LiveSource. Features that have no place are left out.
type LayerSource interface {
	// ReadLayers reads layers, one after the other, as they were at one instant, and
	// returns its cursor. Rows come in no order.
	ReadLayers(ctx context.Context, tenant int32, layers []LayerInfo, take func(layer Layer, r *LayerRow) error) (cursor string, err error)
	// CountRows returns about how many rows ReadLayers gives of a layer.
	CountRows(ctx context.Context, tenant int32, layer LayerInfo) (int64, error)
	// RereadLayers reads again, as of one later instant, what may look different from
	// what was to be seen at after. For each layer where there is something it calls
	// begin with the places, then take with all that lies in one of them; take may be
	// given rows that lie a little outside of them, too. No places means all of the
	// layer. A cursor that is none, is from the future, or is too long ago means all of
	// every layer.
	RereadLayers(ctx context.Context, tenant int32, layers []LayerInfo, after string, begin func(layer Layer, where []BBox), take func(layer Layer, r *LayerRow) error) (cursor string, err error)
}
