package lintu

import "strings"

// Layer is the name that a collection, a tile layer and an import target share.
type Layer string

// The layers, from the widest area to the base map.
const (
	Counties    Layer = "counties"
	Streets     Layer = "streets"
	Communities Layer = "communities"
	Groups      Layer = "groups"
	Grids       Layer = "grids"
	Cells       Layer = "cells"
	Households  Layer = "households"
	Heads       Layer = "heads"
	Links       Layer = "links"
	Units       Layer = "units"
	Cases       Layer = "cases"
	Buildings   Layer = "buildings"
	Roads       Layer = "roads"
	Water       Layer = "water"
	Green       Layer = "green"
)

// Kind says which noun of the domain a layer's features are.
type Kind string

// The kinds.
const (
	KindArea      Kind = "area"
	KindHousehold Kind = "household"
	KindHead      Kind = "head"
	KindLink      Kind = "link"
	KindUnit      Kind = "unit"
	KindCase      Kind = "case"
	KindBase      Kind = "base"
)

// Shape is the class of geometry that a layer holds, single or multi.
type Shape string

// The shapes.
const (
	Point   Shape = "point"
	Line    Shape = "line"
	Polygon Shape = "polygon"
)

// FieldType is the type of a property in tiles, items and imports.
type FieldType string

// The field types.
const (
	String  FieldType = "string"
	Integer FieldType = "integer"
)

// Field is one property of a layer's features.
type Field struct {
	Name     string    `json:"name"`
	Type     FieldType `json:"type"`
	Title    Text      `json:"title"`
	Required bool      `json:"required,omitempty"` // an import must map or derive it
	Import   bool      `json:"import,omitempty"`   // a file may bring it
	Tile     bool      `json:"tile,omitempty"`     // tiles carry it
	Values   []string  `json:"values,omitempty"`   // the allowed values, if they are few
	Repeats  bool      `json:"-"`                  // many features share a value; memory holds it once
	Drawn    bool      `json:"-"`                  // maps draw by it: bare tiles carry it still
}

// LayerInfo is the one declaration of a layer. Tiles, collections, the OpenAPI
// document and the importer's field mapping are all derived from it.
type LayerInfo struct {
	Name  Layer `json:"name"`
	Kind  Kind  `json:"kind"`
	Level Level `json:"level,omitempty"` // for areas
	Title Text  `json:"title"`
	Shape Shape `json:"shape"`
	// Needs is the right to see the layer where it is not public; "" asks only for
	// being signed in. What needs SeeHouseholds is shown within a territory and can
	// never be public; of cases, visitors are shown the outlines of public ones.
	Needs Right `json:"needs,omitempty"`
	// MinZoom is the first zoom at which tiles carry the layer; below it the
	// layer is empty.
	MinZoom int `json:"minZoom"`
	// DetailZoom is the first zoom with one feature per row. From MinZoom to
	// DetailZoom-1 a point layer is drawn as clusters with a property "count"
	// whose sum over all tiles of one zoom equals the number of rows. Equal to
	// MinZoom for layers that do not cluster.
	DetailZoom int `json:"detailZoom"`
	// CellShift says how large the cells are in which features are counted: 2^CellShift
	// tile units a side.
	CellShift int `json:"-"`
	// Reduction says how the layer gives way in a tile that would be too large.
	Reduction Reduction `json:"-"`
	// InMemory layers are kept in memory with the fields that tiles carry. Their tiles
	// of the present are made from there, for those who are shown all of the layer.
	InMemory bool    `json:"-"`
	Fields   []Field `json:"fields"`
	// Step is that of the reduction at which the layer is drawn, and these are what it does to
	// shapes, where Reduced says so: they are drawn as so many zooms further out; of their
	// fields with those only that are Drawn, and without id but for areas; and those whose
	// box has sides of less than CountBelow tile units are counted.
	Step       int  `json:"-"`
	Coarser    int  `json:"-"`
	Bare       bool `json:"-"`
	CountBelow int  `json:"-"`
	// Personal are the fields of Person that a file may bring. They are no part of
	// the layer: nothing but Persons gives them out.
	Personal []Field `json:"personal,omitempty"`
}

// MaxZoom is the last zoom at which tiles are served; clients overzoom beyond.
const MaxZoom = 18

// Imports reports whether files can be imported into the layer.
func (l LayerInfo) Imports() bool { return l.Kind != KindLink && l.Kind != KindCase }

// Field returns the field of that name.
func (l LayerInfo) Field(name string) (Field, bool) {
	for _, f := range l.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// TileFields returns the fields that tiles carry, in declared order.
func (l LayerInfo) TileFields() []Field {
	var fs []Field
	for _, f := range l.Fields {
		if f.Tile && (f.Drawn || !l.Bare) {
			fs = append(fs, f)
		}
	}
	return fs
}

// ImportFields returns the fields that a file may bring, in declared order:
// the order of Row.Values.
func (l LayerInfo) ImportFields() []Field {
	var fs []Field
	for _, f := range l.Fields {
		if f.Import {
			fs = append(fs, f)
		}
	}
	return fs
}

// PublicByDefault lists what visitors see where the tenant does not say
// otherwise: boundaries with their counts, and the base map. Grid cells are not
// among them: many hold a single household, so that their counts say who lives
// where.
func PublicByDefault() []Layer {
	var public []Layer
	for _, l := range Layers {
		if l.Needs == "" && l.Name != Cells {
			public = append(public, l.Name)
		}
	}
	return public
}

// TileID reports whether the features of the layer in tiles have their id.
func (l LayerInfo) TileID() bool { return !l.Bare || l.Kind == KindArea }

// CheckPublic refuses what can never be shown to visitors: an unknown layer, or
// one at household level.
func CheckPublic(public []Layer) error {
	for _, name := range public {
		l, ok := LayerByName(name)
		if !ok {
			return Errorf(CodeInvalid, "公开图层中的 %[1]q 不存在；可以公开的有：%[2]s。", "The public layer %[1]q does not exist; these can be public: %[2]s.", name, canBePublic())
		}
		if l.Needs == SeeHouseholds {
			return Errorf(CodeInvalid, "图层 %[1]s 涉及住户，不能向未登录者公开；可以公开的有：%[2]s。", "Layer %[1]s is at household level and cannot be public; these can: %[2]s.", name, canBePublic())
		}
	}
	return nil
}

func canBePublic() string {
	var names []string
	for _, l := range Layers {
		if l.Needs != SeeHouseholds {
			names = append(names, string(l.Name))
		}
	}
	return strings.Join(names, ", ")
}

// LayerByName returns the declaration of a layer.
func LayerByName(name Layer) (LayerInfo, bool) {
	for _, l := range Layers {
		if l.Name == name {
			return l, true
		}
	}
	return LayerInfo{}, false
}

var (
	fieldCode   = Field{Name: "code", Type: String, Title: Text{"代码", "code"}, Required: true, Import: true, Tile: true}
	fieldName   = Field{Name: "name", Type: String, Title: Text{"名称", "name"}, Import: true, Tile: true}
	fieldParent = Field{Name: "parent", Type: String, Title: Text{"上级代码", "parent's code"}, Import: true, Tile: true, Repeats: true}
	fieldClass  = Field{Name: "class", Type: String, Title: Text{"类型", "class"}, Import: true, Tile: true, Repeats: true}
)

// counted are the properties of areas that the server keeps up to date itself.
var counted = []Field{
	{Name: "households", Type: Integer, Title: Text{"户数", "households"}, Tile: true},
	{Name: "heads", Type: Integer, Title: Text{"邻长数", "neighbor heads"}, Tile: true},
}

func areaLayer(name Layer, level Level, minZoom int, nameRequired bool) LayerInfo {
	title := level.Title()
	code, n := fieldCode, fieldName
	code.Drawn, n.Required = true, nameRequired
	return LayerInfo{Name: name, Kind: KindArea, Level: level, Title: title, Shape: Polygon,
		MinZoom: minZoom, DetailZoom: minZoom, Reduction: Coarsen, InMemory: true,
		Fields: append([]Field{code, n, fieldParent}, counted...)}
}

func baseLayer(layer Layer, title Text, shape Shape, minZoom int, extra ...Field) LayerInfo {
	code := fieldCode
	code.Required, code.Tile = false, false // derived from the shape where the file has none
	name, class := fieldName, fieldClass
	name.Drawn, class.Drawn = layer != Buildings, layer == Roads
	return LayerInfo{Name: layer, Kind: KindBase, Title: title, Shape: shape,
		MinZoom: minZoom, DetailZoom: minZoom, CellShift: 8, Reduction: CountSmall, InMemory: true,
		Fields: append([]Field{code, name, class}, extra...)}
}

// Layers declares every layer, in drawing order of an atlas: areas from wide to
// narrow, people, units, base map.
var Layers = []LayerInfo{
	areaLayer(Counties, LevelCounty, 0, true),
	areaLayer(Streets, LevelStreet, 6, true),
	areaLayer(Communities, LevelCommunity, 8, true),
	areaLayer(Groups, LevelGroup, 11, true),
	areaLayer(Grids, LevelGrid, 11, false),
	areaLayer(Cells, LevelCell, 14, false),
	{Name: Households, Kind: KindHousehold, Title: Text{"户", "households"}, Shape: Point, Needs: SeeHouseholds, MinZoom: 10, DetailZoom: 15,
		CellShift: 6, Reduction: CountAll, InMemory: true, // they glow: as fine as the eye tells apart
		Fields: []Field{
			fieldCode,
			{Name: "name", Type: String, Title: Text{"地址", "address"}, Import: true, Tile: true},
			{Name: "building", Type: String, Title: Text{"楼栋代码", "building's code"}, Import: true},
			{Name: "head", Type: String, Title: Text{"邻长代码", "neighbor head's code"}, Import: true, Tile: true, Repeats: true},
		},
		Personal: []Field{
			{Name: "person", Type: String, Title: Text{"户主", "householder"}},
			{Name: "phone", Type: String, Title: Text{"电话", "phone"}},
			{Name: "members", Type: Integer, Title: Text{"人数", "members"}},
			{Name: "needs", Type: String, Title: Text{"需求", "needs"}},
			{Name: "note", Type: String, Title: Text{"备注", "note"}},
		}},
	{Name: Heads, Kind: KindHead, Title: Text{"邻长", "neighbor heads"}, Shape: Point, Needs: SeeHouseholds, MinZoom: 8, DetailZoom: 13,
		CellShift: 9, Reduction: CountAll, InMemory: true, // a number needs room
		Fields: []Field{
			fieldCode,
			// The public name of the post, not of the person: names of persons
			// are personal data and live elsewhere.
			{Name: "name", Type: String, Title: Text{"邻名", "post"}, Import: true, Tile: true},
			{Name: "households", Type: Integer, Title: Text{"联户数", "households in care"}, Tile: true},
		},
		Personal: []Field{
			{Name: "person", Type: String, Title: Text{"邻长姓名", "neighbor head's name"}},
			{Name: "phone", Type: String, Title: Text{"电话", "phone"}},
			{Name: "note", Type: String, Title: Text{"备注", "note"}},
		}},
	{Name: Links, Kind: KindLink, Title: Text{"联户", "assignments"}, Shape: Line, Needs: SeeHouseholds, MinZoom: 15, DetailZoom: 15,
		CellShift: 8, Reduction: CountSmall,
		Fields: []Field{
			{Name: "code", Type: String, Title: Text{"户代码", "household's code"}, Tile: true},
			{Name: "head", Type: String, Title: Text{"邻长代码", "neighbor head's code"}, Tile: true},
		}},
	{Name: Units, Kind: KindUnit, Title: Text{"责任单位", "responsible units"}, Shape: Point, Needs: SeeUnits, MinZoom: 10, DetailZoom: 10,
		CellShift: 9, Reduction: CountAll, InMemory: true,
		Fields: []Field{
			fieldCode,
			{Name: "name", Type: String, Title: Text{"名称", "name"}, Required: true, Import: true, Tile: true},
			{Name: "class", Type: String, Title: Text{"类型", "class"}, Import: true, Tile: true, Values: UnitClasses, Repeats: true},
			{Name: "stationing", Type: String, Title: Text{"入驻方式", "stationing"}, Import: true, Tile: true, Values: Stationings, Repeats: true},
		}},
	// Open cases; in the past, those that were open then, as they are now. Of those
	// that the viewer sees the outline of only, what is no part of it is null.
	{Name: Cases, Kind: KindCase, Title: Text{"案卷", "cases"}, Shape: Point, Needs: SeeCases, MinZoom: 8, DetailZoom: 13,
		CellShift: 9, Reduction: CountAll, InMemory: true,
		Fields: []Field{
			{Name: "code", Type: String, Title: Text{"案卷号", "number"}, Tile: true},
			{Name: "category", Type: String, Title: Text{"类别", "category"}, Tile: true, Repeats: true},
			{Name: "state", Type: String, Title: Text{"状态", "state"}, Tile: true, Repeats: true},
			{Name: "urgency", Type: String, Title: Text{"紧急程度", "urgency"}, Tile: true, Values: []string{string(Urgent), string(Hard), string(Worrying), string(HopedFor)}, Repeats: true},
			{Name: "rung", Type: String, Title: Text{"层级", "rung"}},
			{Name: "source", Type: String, Title: Text{"来源", "source"}},
			{Name: "reported_at", Type: String, Title: Text{"上报时间", "reported at"}},
			{Name: "due", Type: String, Title: Text{"时限", "due"}, Tile: true},
		}},
	baseLayer(Buildings, Text{"建筑", "buildings"}, Polygon, 13,
		Field{Name: "floors", Type: Integer, Title: Text{"层数", "floors"}, Import: true, Tile: true}),
	baseLayer(Roads, Text{"道路", "roads"}, Line, 9),
	baseLayer(Water, Text{"水系", "water"}, Polygon, 8),
	baseLayer(Green, Text{"绿地", "green"}, Polygon, 9),
}
