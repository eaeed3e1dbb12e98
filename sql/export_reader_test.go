package sql

import (
	"time"

	"github.com/lintu-map/lintu"
)

// TileSQL shows the tests the statement of a layer at a zoom within a territory, and
// its parameters.
func TileSQL(tenant int32, l lintu.LayerInfo, within lintu.Territory, z, x, y int, at *time.Time) (string, []any) {
	b := tileBounds(z, x, y, tileBuffer+1)
	if z < l.DetailZoom {
		b = tileBounds(z, x, y, 0)
	}
	w := present
	if at != nil {
		w = instant
	}
	args := []any{tenant, at, z, x, y, b[0], b[1], b[2], b[3]}
	in := insideOf(l, within, &args)
	return tileSQL(l, w, z, in), args
}

// ItemsSQL shows the tests the statement of a query for items, and its parameters.
func ItemsSQL(q lintu.FeatureQuery) (string, []any, error) {
	s, err := newSelection(q)
	if err != nil {
		return "", nil, err
	}
	return s.sql(featureColumns(q.Layer)), s.args, nil
}

// RelationSQL is the query for the present rows of a layer.
func RelationSQL(l lintu.LayerInfo) string { return relation(l, present, inside{}) }

// FollowChanges is the statement that finds where layers have changed.
var FollowChanges = changedPlaces
