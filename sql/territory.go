package sql

import (
	"strconv"
	"strings"

	"github.com/lintu-map/lintu"
)

// inside is how one statement keeps to a territory. The statement calls its rows
// of households or heads (for links: of their households) f.
//
// Areas and assignments count as they are now, also in statements about the
// past: a household is found at an instant if its place of then lies in the
// present boundary, or if it is now assigned to the head. What has no place is
// found through a head only. The units of a territory mean nothing here.
type inside struct {
	limited      bool
	areas, heads string // the parameters (uuid[]) that hold them; "" for none
	cases        caseSight
}

// insideOf adds to args what the territory's condition needs. Layers other than
// those of households and cases are not limited: who sees them sees all of them.
func insideOf(l lintu.LayerInfo, t lintu.Territory, args *[]any) inside {
	if l.Kind == lintu.KindCase && t.Cases != nil {
		return inside{limited: true, cases: sightOf(*t.Cases, func(v any) string {
			*args = append(*args, v)
			return "$" + strconv.Itoa(len(*args))
		})}
	}
	if l.Needs != lintu.SeeHouseholds || t.Everywhere {
		return inside{}
	}
	in := inside{limited: true}
	for _, x := range []struct {
		to  *string
		ids []lintu.ID
	}{{&in.areas, t.Areas}, {&in.heads, t.Heads}} {
		if len(x.ids) > 0 {
			*args = append(*args, x.ids)
			*x.to = "$" + strconv.Itoa(len(*args)) + "::uuid[]"
		}
	}
	return in
}

// nowhere reports whether nothing can be found.
func (in inside) nowhere() bool {
	if in.cases != (caseSight{}) {
		return in.cases.any() == "false"
	}
	return in.limited && in.areas == "" && in.heads == ""
}

// condition is " AND …" over rows of the layer, "" where nothing is limited.
func (in inside) condition(l lintu.LayerInfo) string {
	near := ""
	if in.areas != "" && in.heads == "" {
		// The box around the areas, computed once, leads into the index on geometry.
		near = " AND f.geom && (SELECT ST_SetSRID(ST_Extent(g.geom)::geometry, 4326) FROM " + in.presentAreas() + ")"
	}
	return near + in.exactly(l)
}

// exactly is condition for statements that have found their candidates by
// themselves: it offers no index on geometry. (What a box that is not known
// beforehand will find, the planner takes for next to nothing, and would begin
// with it.)
func (in inside) exactly(l lintu.LayerInfo) string {
	if !in.limited {
		return ""
	}
	var either []string
	if in.areas != "" {
		// Not their union: PostGIS prepares stored polygons once, and compares a
		// computed one byte by byte for each point.
		either = append(either, "EXISTS (SELECT FROM "+in.presentAreas()+" AND ST_Intersects(g.geom, f.geom))")
	}
	switch {
	case in.heads == "":
	case l.Kind == lintu.KindHead:
		either = append(either, "f.id = ANY ("+in.heads+")")
	default:
		either = append(either, "f.id = ANY (ARRAY(SELECT m.household_id FROM assignment m"+
			" WHERE m.tenant_id = $1 AND m.head_id = ANY ("+in.heads+") AND upper_inf(m.valid)))")
	}
	if len(either) == 0 {
		return " AND false"
	}
	return " AND (" + strings.Join(either, " OR ") + ")"
}

func (in inside) presentAreas() string {
	return "area g WHERE g.tenant_id = $1 AND g.id = ANY (" + in.areas + ") AND upper_inf(g.valid)"
}
