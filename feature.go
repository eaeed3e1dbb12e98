package lintu

import (
	"context"
	"encoding/json"
	"time"
)

// BBox is west, south, east, north in EPSG:4326 degrees. West > east means it
// crosses the antimeridian.
type BBox [4]float64

// Feature is one row of a layer as GeoJSON parts.
type Feature struct {
	ID         string          // UUID
	Geometry   json.RawMessage // GeoJSON with at most 7 decimals, or null
	Properties json.RawMessage // a JSON object: the layer's fields, valid_from, valid_to
}

// Interval is a span of time, open-ended where a bound is nil. From == To is an
// instant.
type Interval struct{ From, To *time.Time }

// FeatureQuery selects features of one layer.
type FeatureQuery struct {
	Tenant int32
	Layer  LayerInfo
	BBox   *BBox             // intersecting; features without geometry match every box
	Within Territory         // nothing outside of it is found; zero finds nothing
	Time   *Interval         // versions valid then; nil is now
	Where  map[string]string // field → exact value
	Limit  int               // 0 is no limit
	After  string            // continue after this cursor of the previous page
	Offset int
}

// FeatureStore reads features. Order is by code, then start of validity: stable
// while a client pages.
type FeatureStore interface {
	CountFeatures(ctx context.Context, q FeatureQuery) (int64, error)
	// EachFeature streams features and the cursor of each to yield.
	EachFeature(ctx context.Context, q FeatureQuery, yield func(f Feature, cursor string) error) error
	// Feature is CodeNotFound if there is none of that id at that time within the
	// territory, in the same words whether or not there is one outside.
	Feature(ctx context.Context, tenant int32, layer LayerInfo, within Territory, id ID, at *time.Time) (Feature, error)
	// Extent is CodeNotFound where the layer is empty within the territory.
	Extent(ctx context.Context, tenant int32, layer LayerInfo, within Territory) (BBox, error)
}

// TileStore encodes one layer of one tile.
type TileStore interface {
	// TileLayer returns the bytes of one MVT 2.1 layer (a complete tile message
	// with a single layer, for areas a second one with their label points, named
	// with LabelSuffix), empty if nothing is in it. Equal state gives equal
	// bytes. at nil is now.
	TileLayer(ctx context.Context, tenant int32, layer LayerInfo, within Territory, z, x, y int, at *time.Time) ([]byte, error)
}

// ShownLayer is what is shown of a layer.
type ShownLayer struct {
	LayerInfo
	Within Territory
}

// TileSource is a TileStore that can encode several layers of a tile as they were at
// one instant, so that none shows what an edit did and another what was before it.
type TileSource interface {
	TileStore
	// TileLayers is TileLayer for each of the layers, now.
	TileLayers(ctx context.Context, tenant int32, layers []ShownLayer, z, x, y int) ([][]byte, error)
}

// Hit is one result of a search.
type Hit struct {
	Layer  Layer   `json:"layer"`
	ID     string  `json:"id"`
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Within string  `json:"within,omitempty"` // names of the areas around it, wide to narrow
	Lon    float64 `json:"lon"`
	Lat    float64 `json:"lat"`
	BBox   *BBox   `json:"bbox,omitempty"` // of areas
}

// AreaRef names an area around or under something.
type AreaRef struct {
	Layer Layer  `json:"layer"`
	ID    string `json:"id"`
	Code  string `json:"code"`
	Name  string `json:"name"`
}

// Card is what the map shows about one feature when it is chosen.
type Card struct {
	Layer      Layer            `json:"layer"`
	ID         string           `json:"id"`
	Code       string           `json:"code"`
	Name       string           `json:"name"`
	Lon        *float64         `json:"lon"` // null for what has no place yet
	Lat        *float64         `json:"lat"`
	BBox       *BBox            `json:"bbox,omitempty"`
	Within     []AreaRef        `json:"within"` // wide to narrow
	Counts     map[string]int64 `json:"counts"` // by layer name: what the area holds
	Properties map[string]any   `json:"properties"`
	AreaM2     float64          `json:"areaM2,omitempty"`
	Head       *HeadRef         `json:"head,omitempty"` // of a household: who looks after it, and since when
	Since      *time.Time       `json:"since,omitempty"`
}

// HeadRef names a neighbor head.
type HeadRef struct {
	ID   string  `json:"id"`
	Code string  `json:"code"`
	Name string  `json:"name"`
	Lon  float64 `json:"lon"`
	Lat  float64 `json:"lat"`
}

// Finder answers the map's questions by word and by id. It looks only through the
// layers that the viewer is shown, and there within the viewer's territory.
type Finder interface {
	// Search finds present features by name or code, best first: exact, then
	// prefix, then anywhere; wide areas before narrow ones. Words separated by
	// blanks must all occur; the first may instead name an area around the feature.
	// What has no place on the map is not found.
	Search(ctx context.Context, v *Viewer, text string, limit int) ([]Hit, error)
	// Card is CodeNotFound for what is not there or not the viewer's to see.
	Card(ctx context.Context, v *Viewer, layer LayerInfo, id ID) (*Card, error)
}

// Assigner changes who looks after whom.
type Assigner interface {
	// Assign makes the head of that code responsible for the household of that
	// code from now on, ending the present assignment. CodeNotFound names what
	// is missing, or outside the actor's territory.
	Assign(ctx context.Context, tenant int32, household, head string, by Actor) error
}
