package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

// factsKey says what facts are of; within is the key of a territory.
type factsKey struct {
	tenant int32
	layer  lintu.Layer
	within string
}

// layerFacts is what is known of all that is there now of a layer.
type layerFacts struct {
	version uint64
	count   int64
	box     *lintu.BBox // nil for an empty layer
}

// factsKept bounds how many facts are remembered: there may be as many
// territories as accounts.
const factsKept = 10000

// Extent implements lintu.FeatureStore: the box around what is there now.
func (r *Reader) Extent(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory) (lintu.BBox, error) {
	f, err := r.factsOf(ctx, tenant, l, within)
	if err != nil {
		return lintu.BBox{}, err
	}
	if f.box == nil {
		return lintu.BBox{}, lintu.Errorf(lintu.CodeNotFound, "图层 %s 是空的。", "Layer %s is empty.", l.Name)
	}
	return *f.box, nil
}

// factsOf are computed again only after the layer, or what makes the territory, has
// changed: every open page asks for them every few seconds.
func (r *Reader) factsOf(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory) (layerFacts, error) {
	versions, err := r.LayerVersions(ctx, tenant)
	if err != nil && !isAway(err) {
		return layerFacts{}, err
	}
	if l.Needs != lintu.SeeHouseholds && l.Kind != lintu.KindCase {
		within = lintu.Jurisdiction
	}
	key, version := factsKey{tenant, l.Name, within.Key()}, factsVersion(versions, l, within)
	r.mu.Lock()
	f, ok := r.facts[key]
	r.mu.Unlock()
	if ok && (f.version == version || err != nil) { // what was known is better than nothing
		return f, nil
	}
	if err != nil {
		return f, err
	}
	if f, err = r.readFacts(ctx, tenant, l, within); err != nil {
		return f, err
	}
	f.version = version
	r.keepFacts(key, f)
	return f, nil
}

// factsVersion grows with each change of the layer, and of the areas where they
// bound a territory. (Assignments change together with households and heads.)
func factsVersion(versions map[lintu.Layer]uint64, l lintu.LayerInfo, within lintu.Territory) uint64 {
	version := versions[l.Name]
	for _, other := range lintu.Layers {
		if other.Kind == lintu.KindArea && !within.Everywhere {
			version += versions[other.Name]
		}
	}
	return version
}

func (r *Reader) keepFacts(key factsKey, f layerFacts) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.facts) >= factsKept {
		clear(r.facts)
	}
	r.facts[key] = f
}

func (r *Reader) readFacts(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory) (f layerFacts, err error) {
	var b [4]*float64
	args := []any{tenant}
	in := insideOf(l, within, &args)
	err = r.db.pool.QueryRow(ctx, "SELECT n, ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT count(*) AS n, ST_Extent(r.geom) AS e FROM ("+
		relation(l, present, in)+") r) x", args...).Scan(&f.count, &b[0], &b[1], &b[2], &b[3])
	f.box = box(b)
	return f, toError(err)
}
