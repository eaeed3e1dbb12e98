package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

// extentKey says what an extent is of; within is the key of a territory.
type extentKey struct {
	tenant int32
	layer  lintu.Layer
	within string
}

type extent struct {
	version uint64
	box     *lintu.BBox // nil for an empty layer
}

// extentsKept bounds how many extents are remembered: there may be as many
// territories as accounts.
const extentsKept = 10000

// Extent implements lintu.FeatureStore: the box around what is there now. It is
// computed again only after the layer, or what makes the territory, has changed.
func (r *Reader) Extent(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory) (lintu.BBox, error) {
	versions, err := r.LayerVersions(ctx, tenant)
	if err != nil {
		return lintu.BBox{}, err
	}
	if l.Needs != lintu.SeeHouseholds {
		within = lintu.Jurisdiction
	}
	key, version := extentKey{tenant, l.Name, within.Key()}, extentVersion(versions, l, within)
	r.mu.Lock()
	e, ok := r.extents[key]
	r.mu.Unlock()
	if !ok || e.version != version {
		e.version = version
		if e.box, err = r.extent(ctx, tenant, l, within); err != nil {
			return lintu.BBox{}, err
		}
		r.keepExtent(key, e)
	}
	if e.box == nil {
		return lintu.BBox{}, lintu.Errorf(lintu.CodeNotFound, "图层 %s 是空的。", "Layer %s is empty.", l.Name)
	}
	return *e.box, nil
}

// extentVersion grows with each change of the layer, and of the areas where they
// bound a territory. (Assignments change together with households and heads.)
func extentVersion(versions map[lintu.Layer]uint64, l lintu.LayerInfo, within lintu.Territory) uint64 {
	version := versions[l.Name]
	for _, other := range lintu.Layers {
		if other.Kind == lintu.KindArea && !within.Everywhere {
			version += versions[other.Name]
		}
	}
	return version
}

func (r *Reader) keepExtent(key extentKey, e extent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.extents) >= extentsKept {
		clear(r.extents)
	}
	r.extents[key] = e
}

func (r *Reader) extent(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory) (*lintu.BBox, error) {
	var b [4]*float64
	args := []any{tenant}
	in := insideOf(l, within, &args)
	err := r.db.pool.QueryRow(ctx, "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(r.geom) AS e FROM ("+
		relation(l, present, in.condition(l))+") r) x", args...).Scan(&b[0], &b[1], &b[2], &b[3])
	if err != nil || b[0] == nil {
		return nil, toError(err)
	}
	return &lintu.BBox{*b[0], *b[1], *b[2], *b[3]}, nil
}
