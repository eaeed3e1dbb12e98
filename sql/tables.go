package sql

import (
	"strings"

	"github.com/lintu-map/lintu"
)

// table says where the features of a layer are kept. The names in it come from
// this file alone; values only ever travel as parameters.
type table struct {
	name    string   // its history is name_history
	scope   string   // the column that tells the layers of one table apart, or ""
	in      string   // the layer's value there
	content []string // what a file brings, besides code and geometry: import fields of the same names
}

func tableOf(l lintu.LayerInfo) table {
	switch l.Kind {
	case lintu.KindArea:
		return table{"area", "level", string(l.Level), []string{"name", "parent"}}
	case lintu.KindHousehold:
		return table{"household", "", "", []string{"name", "building"}}
	case lintu.KindHead:
		return table{"head", "", "", []string{"name"}}
	case lintu.KindUnit:
		return table{"unit", "", "", []string{"name", "class", "stationing"}}
	}
	content := []string{"name", "class"}
	if _, ok := l.Field("floors"); ok {
		content = append(content, "floors")
	}
	return table{"base", "layer", string(l.Name), content}
}

// tables lists one layer of each table: what an undo must walk through. Where a
// table holds several layers, its content is that of the richest.
var tables = []table{
	{"area", "level", "", []string{"name", "parent"}},
	{"household", "", "", []string{"name", "building"}},
	{"head", "", "", []string{"name"}},
	{"unit", "", "", []string{"name", "class", "stationing"}},
	{"base", "layer", "", []string{"name", "class", "floors"}},
}

// derived are the columns that follow from the geometry.
func (t table) derived() []string {
	if t.name == "area" {
		return []string{"label", "area_m2"}
	}
	return nil
}

// scoped is the condition that keeps to the layer, with alias before the column
// and the layer's value in the parameter: " AND t.level = $2".
func (t table) scoped(alias, parameter string) string {
	if t.scope == "" {
		// The parameter is named all the same, so that every statement takes
		// the same ones.
		return " AND " + parameter + "::text IS NOT NULL"
	}
	return " AND " + alias + "." + t.scope + " = " + parameter
}

// layerOf is the layer's name as an expression over a row of the table.
func (t table) layerOf(alias string) string {
	switch t.name {
	case "area":
		return "CASE " + alias + ".level WHEN 'county' THEN 'counties' WHEN 'street' THEN 'streets'" +
			" WHEN 'community' THEN 'communities' WHEN 'group' THEN 'groups' WHEN 'grid' THEN 'grids' ELSE 'cells' END"
	case "base":
		return alias + ".layer"
	}
	return "'" + t.name + "s'"
}

// list joins names, each after the prefix: "s.name, s.parent".
func list(prefix string, names ...string) string {
	return prefix + strings.Join(names, ", "+prefix)
}
