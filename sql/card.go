package sql

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

//go:embed queries/area_counts.sql
var areaCounts string

//go:embed queries/household_head.sql
var householdHead string

// Card implements lintu.Finder. CodeInvalid for links, which have no card. The
// head of a household is part of its card, wherever the head lives.
func (r *Reader) Card(ctx context.Context, v *lintu.Viewer, l lintu.LayerInfo, id lintu.ID) (*lintu.Card, error) {
	within, err := v.Sees(l)
	if err != nil {
		return nil, err
	}
	if l.Kind == lintu.KindLink {
		return nil, lintu.Errorf(lintu.CodeInvalid, "图层 %s 没有卡片；请打开户或邻长的卡片。", "Layer %s has no cards; please open the card of the household or the head.", l.Name)
	}
	tenant := v.Tenant
	c := &lintu.Card{Layer: l.Name, ID: id.String(), Within: []lintu.AreaRef{}, Counts: map[string]int64{}}
	var box [4]*float64
	args := []any{tenant, c.ID}
	err = r.db.pool.QueryRow(ctx, cardSQL(l, insideOf(l, within, &args)), args...).
		Scan(&c.Code, &c.Name, &c.Lon, &c.Lat, &box[0], &box[1], &box[2], &box[3], &c.AreaM2, &c.Properties)
	if err == pgx.ErrNoRows {
		return nil, noFeature(l, id)
	}
	if err != nil {
		return nil, toError(err)
	}
	if l.Shape != lintu.Point && box[0] != nil {
		c.BBox = &lintu.BBox{*box[0], *box[1], *box[2], *box[3]}
	}
	if err := r.cardAround(ctx, v, l, c); err != nil {
		return nil, toError(err)
	}
	switch l.Kind {
	case lintu.KindArea:
		err = r.cardCounts(ctx, v, l, c)
	case lintu.KindHousehold:
		err = r.cardHead(ctx, tenant, c)
	case lintu.KindHead:
		if n, ok := c.Properties["households"].(float64); ok {
			c.Counts[string(lintu.Households)] = int64(n)
		}
	}
	return c, toError(err)
}

func cardSQL(l lintu.LayerInfo, in inside) string {
	point, area := "r.geom", "0::float8"
	switch {
	case l.Kind == lintu.KindArea:
		point, area = "r.label", "r.area_m2"
	case l.Shape != lintu.Point:
		point = "ST_PointOnSurface(r.geom)"
	}
	name := "''"
	var properties []string
	for _, f := range l.Fields {
		properties = append(properties, fmt.Sprintf("'%[1]s', r.%[1]s", f.Name))
		if f.Name == "name" {
			name = "coalesce(r.name, '')"
		}
	}
	return fmt.Sprintf("SELECT code, name, ST_X(point), ST_Y(point), ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box), area_m2, properties FROM ("+
		"SELECT r.code, %s AS name, %s AS point, Box3D(r.geom) AS box, %s AS area_m2, json_strip_nulls(json_build_object(%s)) AS properties"+
		" FROM (%s) r WHERE r.id = $2::uuid) x", name, point, area, strings.Join(properties, ", "), relation(l, present, in))
}

// cardAround finds the areas around the feature's point that the viewer is shown,
// wide to narrow.
func (r *Reader) cardAround(ctx context.Context, v *lintu.Viewer, l lintu.LayerInfo, c *lintu.Card) error {
	if c.Lon == nil || c.Lat == nil {
		return nil
	}
	rows, err := r.db.pool.Query(ctx, "SELECT level, id::text, code, name FROM ("+
		aroundSQL("ST_SetSRID(ST_Point($2::float8, $3::float8), 4326)", "$4::int", areasShown(v))+") a ORDER BY level, code", v.Tenant, *c.Lon, *c.Lat, levelRank(l))
	if err != nil {
		return err
	}
	var level int
	var ref lintu.AreaRef
	_, err = pgx.ForEachRow(rows, []any{&level, &ref.ID, &ref.Code, &ref.Name}, func() error {
		ref.Layer = areaLayers[level]
		c.Within = append(c.Within, ref)
		return nil
	})
	return err
}

// areaLayers are the layers of areas by the rank of their level.
var areaLayers = func() []lintu.Layer {
	layers := make([]lintu.Layer, len(lintu.Levels))
	for _, l := range lintu.Layers {
		if l.Kind == lintu.KindArea {
			layers[levelRank(l)] = l.Name
		}
	}
	return layers
}()

// cardCounts counts what lies in the area: the areas of narrower levels and the
// units, if the viewer is shown them, and the households and heads that the
// area's own row has counted, which are as public as the area.
func (r *Reader) cardCounts(ctx context.Context, v *lintu.Viewer, l lintu.LayerInfo, c *lintu.Card) error {
	narrower := []string{}
	for _, level := range areasShown(v) {
		if slices.Index(lintu.Levels, level) > levelRank(l) {
			narrower = append(narrower, string(level))
		}
	}
	units, _ := lintu.LayerByName(lintu.Units)
	_, hidden := v.Sees(units)
	rows, err := r.db.pool.Query(ctx, areaCounts, v.Tenant, c.ID, narrower, hidden == nil)
	if err != nil {
		return err
	}
	var what string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&what, &n}, func() error {
		for _, layer := range lintu.Layers {
			if what == string(layer.Level) {
				what = string(layer.Name)
			}
		}
		c.Counts[what] = n
		return nil
	})
	return err
}

func (r *Reader) cardHead(ctx context.Context, tenant int32, c *lintu.Card) error {
	var h lintu.HeadRef
	var lon, lat *float64
	var since time.Time
	err := r.db.pool.QueryRow(ctx, householdHead, tenant, c.ID).Scan(&h.ID, &h.Code, &h.Name, &lon, &lat, &since)
	if err == pgx.ErrNoRows {
		return nil
	}
	if lon != nil && lat != nil {
		h.Lon, h.Lat = *lon, *lat
	}
	c.Head, c.Since = &h, &since
	return err
}
