package sql

import (
	"context"

	"github.com/lintu-map/lintu"
)

type extentKey struct {
	tenant int32
	layer  lintu.Layer
}

type extent struct {
	version uint64
	box     *lintu.BBox // nil for an empty layer
}

// Extent implements lintu.FeatureStore: the box around what is there now. It is
// computed again only after the layer has changed.
func (r *Reader) Extent(ctx context.Context, tenant int32, l lintu.LayerInfo, within lintu.Territory) (lintu.BBox, error) {
	versions, err := r.LayerVersions(ctx, tenant)
	if err != nil {
		return lintu.BBox{}, err
	}
	key := extentKey{tenant, l.Name}
	r.mu.Lock()
	e, ok := r.extents[key]
	r.mu.Unlock()
	if !ok || e.version != versions[l.Name] {
		e.version = versions[l.Name]
		if e.box, err = r.extent(ctx, tenant, l); err != nil {
			return lintu.BBox{}, err
		}
		r.mu.Lock()
		r.extents[key] = e
		r.mu.Unlock()
	}
	if e.box == nil {
		return lintu.BBox{}, lintu.Errorf(lintu.CodeNotFound, "图层 %s 是空的。", "Layer %s is empty.", l.Name)
	}
	return *e.box, nil
}

func (r *Reader) extent(ctx context.Context, tenant int32, l lintu.LayerInfo) (*lintu.BBox, error) {
	var b [4]*float64
	err := r.db.pool.QueryRow(ctx, "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(r.geom) AS e FROM ("+
		relation(l, present)+") r) x", tenant).Scan(&b[0], &b[1], &b[2], &b[3])
	if err != nil || b[0] == nil {
		return nil, toError(err)
	}
	return &lintu.BBox{*b[0], *b[1], *b[2], *b[3]}, nil
}
