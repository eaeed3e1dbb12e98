package sql

import (
	"slices"
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

// tables declares the tables, each named after its kind of layer. Where a table
// holds several layers, its content is that of the richest.
var tables = []table{
	{"area", "level", "", []string{"name", "parent"}},
	{"household", "", "", []string{"name", "building"}},
	{"head", "", "", []string{"name"}},
	{"unit", "", "", []string{"name", "class", "stationing"}},
	{"base", "layer", "", []string{"name", "class", "floors"}},
}

// tableOf is the table of a layer, with the content that the layer has. The zero
// table is that of a layer that has none of its own.
func tableOf(l lintu.LayerInfo) table {
	i := slices.IndexFunc(tables, func(t table) bool { return t.name == string(l.Kind) })
	if i < 0 {
		return table{}
	}
	t := tables[i]
	switch l.Kind {
	case lintu.KindArea:
		t.in = string(l.Level)
	case lintu.KindBase:
		t.in = string(l.Name)
	}
	t.content = slices.DeleteFunc(slices.Clone(t.content), func(name string) bool {
		_, has := l.Field(name)
		return !has
	})
	return t
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
