package sql

import (
	"context"
	_ "embed"
	"math"

	"github.com/lintu-map/lintu"
)

//go:embed queries/route.sql
var routeSQL string

// doubtMargin is by how much, in metres, a distance to an area can be another in the
// plane of degrees: the edge between two points of a border is straight there, and on the
// ground a great circle, up to 30 m beside it where the points are 50 km apart. (No degree
// has more than 111,700 m.)
const doubtMargin = 30

// route says where a pin is and who must act, as of what q sees. rung is that of the
// case. One statement: a report waits for it.
func route(ctx context.Context, q querier, tenant int32, p lintu.Place, cs lintu.Categories, category string, rung lintu.Rung) (*lintu.Routed, error) {
	doubt := min(p.Accuracy, lintu.DoubtMetres)
	var r lintu.Routed
	var rules []lintu.Rule
	var local *lintu.Handler
	path := append(cs.Path(category), "")
	err := q.QueryRow(ctx, routeSQL, tenant, p.Lon, p.Lat, doubt, degreesOf(doubt+doubtMargin), float64(lintu.NearestHousehold), degreesOf(lintu.NearestHousehold),
		stretch(p.Lat), path, string(rung), (doubt-doubtMargin)/111700).Scan(&r.Areas, &r.Doubt, &r.Head, &rules, &local)
	if err != nil {
		return nil, toError(err)
	}
	r.Decide(p, cs, rung, rules, local)
	return &r, nil
}

// degreesOf is at least that many metres as degrees of latitude. One degree is 110,574 m
// on the equator, where it is shortest.
func degreesOf(metres float64) float64 { return 1.001 * metres / 110574 }

// stretch is at least how many times as many metres a degree can have near that
// latitude as another one, in another direction: a degree of longitude has
// 111,319 m × cos φ or a little more, none has more than 111,694 m.
func stretch(lat float64) float64 {
	away := min(math.Abs(lat)+0.01, 89.9)
	return 1.01 / math.Cos(away*math.Pi/180)
}
