package sql

import (
	"fmt"
	"strings"

	"github.com/lintu-map/lintu"
)

// when is the way in which a query chooses versions by time.
type when int

const (
	present when = iota // what is there now
	instant             // what was there at the instant $2
	span                // every version valid at some time in the range $2
)

// relation returns a query that gives one row per version of a layer's features
// of tenant $1: id, code, valid, geom, for areas label and area_m2, and the
// layer's fields, absent ones null. It is made of names that this program declares;
// values come as parameters only. It keeps to what lies inside.
//
// What belongs to a feature by another table (the head of a household, the
// households of a head) is given as of the same instant; for a span as of the
// end of the version.
func relation(l lintu.LayerInfo, w when, in inside) string {
	switch l.Kind {
	case lintu.KindLink:
		return linkRelation(w, in.condition(l))
	case lintu.KindCase:
		return caseRelation(w, in)
	}
	columns := "f.tenant_id, f.id, f.code, f.valid, f.geom"
	if l.Kind == lintu.KindArea {
		columns += ", f.label, f.area_m2"
	}
	for _, f := range l.Fields {
		if f.Name != "code" {
			columns += fmt.Sprintf(", %s AS %s", fieldExpr(l, f, w), f.Name)
		}
	}
	return fmt.Sprintf("SELECT %s FROM %s f WHERE f.tenant_id = $1 AND %s%s", columns, versions(l, w), validity(w, "f.valid"), in.condition(l))
}

// versions returns what a layer's versions are read FROM: the present, what has
// gone, and superseded versions, each with an index on geometry of its own.
func versions(l lintu.LayerInfo, w when) string {
	table, only := tableOf(l).name, layerCondition(l)
	if w == present {
		return fmt.Sprintf("(SELECT * FROM %s WHERE %s upper_inf(valid))", table, only)
	}
	return fmt.Sprintf("(SELECT * FROM %[1]s WHERE %[2]s upper_inf(valid)"+
		" UNION ALL SELECT * FROM %[1]s WHERE %[2]s NOT upper_inf(valid)"+
		" UNION ALL SELECT * FROM %[1]s_history WHERE %[2]s true)", table, only)
}

// layerCondition tells the layers that share a table apart. It is a literal
// because the partial indexes ask for one.
func layerCondition(l lintu.LayerInfo) string {
	t := tableOf(l)
	if t.scope == "" {
		return ""
	}
	return fmt.Sprintf("%s = '%s' AND", t.scope, t.in)
}

func validity(w when, column string) string {
	switch w {
	case instant:
		return column + " @> $2::timestamptz"
	case span:
		return column + " && $2::tstzrange"
	}
	return fmt.Sprintf("upper_inf(%s)", column)
}

// validWith is the condition on the validity of what belongs to the version f.
func validWith(w when, column string) string {
	if w == span {
		return column + " @> coalesce(upper(f.valid) - interval '1 microsecond', now())"
	}
	return validity(w, column)
}

func fieldExpr(l lintu.LayerInfo, f lintu.Field, w when) string {
	switch {
	case l.Kind == lintu.KindHousehold && f.Name == "head":
		return "(SELECT h.code FROM assignment a JOIN head h ON h.tenant_id = a.tenant_id AND h.id = a.head_id" +
			" WHERE a.tenant_id = f.tenant_id AND a.household_id = f.id AND " + validWith(w, "a.valid") + ")"
	case l.Kind == lintu.KindHead && f.Name == "households":
		return "(SELECT count(*)::int FROM assignment a" +
			" WHERE a.tenant_id = f.tenant_id AND a.head_id = f.id AND " + validWith(w, "a.valid") + ")"
	case f.Type == lintu.Integer:
		return "f." + f.Name
	}
	return fmt.Sprintf("nullif(f.%s, '')", f.Name)
}

// linkRelation gives the lines from household to head. In a span, where a line
// may outlast versions of its ends, the ends stand where they stood last.
func linkRelation(w when, condition string) string {
	household, head := "household", "head"
	ends := fmt.Sprintf(" AND %s AND %s", validity(w, "f.valid"), validity(w, "h.valid"))
	switch w {
	case instant:
		household, head = "household_version", "head_version"
	case span:
		ends = ""
	}
	return strings.Join([]string{
		"SELECT a.tenant_id, a.household_id AS id, f.code, a.valid, ST_MakeLine(f.geom, h.geom) AS geom, h.code AS head",
		"FROM assignment a",
		"JOIN " + household + " f ON f.tenant_id = a.tenant_id AND f.id = a.household_id",
		"JOIN " + head + " h ON h.tenant_id = a.tenant_id AND h.id = a.head_id",
		"WHERE a.tenant_id = $1 AND " + validity(w, "a.valid") + ends + condition,
	}, " ")
}
