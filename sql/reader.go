package sql

import (
	"sync"

	"github.com/lintu-map/lintu"
)

// Reader is the reading side of the house: features, tiles, search, and which
// layers have changed. It implements lintu.FeatureStore, lintu.TileSource,
// lintu.Finder and lintu.LayerVersions and is safe for concurrent use.
type Reader struct {
	db *DB

	mu      sync.Mutex
	watches map[int32]*watch        // by tenant
	facts   map[factsKey]layerFacts // computed ones, with the version they are of
}

// NewReader returns a reader of db.
func NewReader(db *DB) *Reader {
	return &Reader{db: db, watches: map[int32]*watch{}, facts: map[factsKey]layerFacts{}}
}

var (
	_ lintu.FeatureStore  = (*Reader)(nil)
	_ lintu.TileSource    = (*Reader)(nil)
	_ lintu.Finder        = (*Reader)(nil)
	_ lintu.LayerVersions = (*Reader)(nil)
)
