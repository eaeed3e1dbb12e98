package importer

import (
	"bytes"
	"encoding/json"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// Limits of the properties of features.
const (
	maxColumns     = 1000
	maxColumnBytes = 256
	maxRawBytes    = 64 << 10 // of a property that is a list or an object
	maxCRSBytes    = 4 << 10
	maxIssues      = 8 // of one row
)

// defaultCRS is the only one that RFC 7946 knows: longitude, latitude.
const defaultCRS = "EPSG:4326"

// where a pass stands in the file.
type place int

const (
	betweenTexts place = iota
	inMembers          // of the outermost object
	inFeatures         // of its array of features
)

// geoJSONPass is one reading of a GeoJSON file.
type geoJSONPass struct {
	lex      *jsonLexer
	place    place
	first    bool // of the members or features
	top      object
	coords   coordinates
	label    string
	crs      string
	row      int64
	texts    int  // outermost objects begun
	counting bool // do not read features, only count them
	cols     []SourceColumn
	byName   map[string]int
	seen     []int64 // row in which a column was last filled
	spans    [][2]int
	line     []byte // values of one row
	ofRow    []int  // columns filled in this row
}

// member is a member of an object that means something here; 0 is any other.
type member uint8

const (
	typeMember member = 1 << iota
	geometryMember
	propertiesMember
	coordinatesMember
	featuresMember
	crsMember
)

func memberOf(key []byte) member {
	switch string(key) {
	case "type":
		return typeMember
	case "geometry":
		return geometryMember
	case "properties":
		return propertiesMember
	case "coordinates":
		return coordinatesMember
	case "features":
		return featuresMember
	case "crs":
		return crsMember
	}
	return 0
}

func (m member) String() string {
	return map[member]string{typeMember: "type", geometryMember: "geometry", propertiesMember: "properties", coordinatesMember: "coordinates"}[m]
}

// object is what is known of a feature or geometry while its members pass.
type object struct {
	seen     member // set
	repeated bool   // had a member twice
	unusable bool   // has coordinates that are none
	kind     string
	geometry orb.Geometry
}

func (o *object) has(m member) bool { return o.seen&m != 0 }

// kinds are the types of RFC 7946, so that reading one allocates nothing.
var kinds = map[string]string{"Feature": "Feature", "FeatureCollection": "FeatureCollection", "GeometryCollection": "GeometryCollection",
	"Point": "Point", "MultiPoint": "MultiPoint", "LineString": "LineString", "MultiLineString": "MultiLineString",
	"Polygon": "Polygon", "MultiPolygon": "MultiPolygon"}

func kindOf(b []byte) string {
	if kind, ok := kinds[string(b)]; ok {
		return kind
	}
	return clipLabel(string(b[:min(len(b), maxColumnBytes)]))
}

func (p *geoJSONPass) columns() []SourceColumn { return p.cols }

func (p *geoJSONPass) notes() []lintu.Text {
	if p.coords.sawZ {
		return []lintu.Text{{ZH: "高程（第三个坐标值）已略去", EN: "heights (third coordinates) were dropped"}}
	}
	return nil
}

// next reads on until there is a row.
func (p *geoJSONPass) next(rec *Record) (bool, error) {
	for {
		row, more, err := p.step(rec)
		if err != nil || !more {
			return false, err
		}
		if row {
			p.row++
			p.lex.row = p.row
			rec.Number = p.row
			p.values(rec)
			return true, nil
		}
	}
}

// step goes to the next place; row is whether it left a row in rec.
func (p *geoJSONPass) step(rec *Record) (row, more bool, err error) {
	switch p.place {
	case betweenTexts:
		return p.text(rec)
	case inMembers:
		return p.members(rec)
	}
	return p.feature(rec)
}

// text goes into the next outermost object. Texts may be separated by the RS of
// RFC 8142.
func (p *geoJSONPass) text(rec *Record) (row, more bool, err error) {
	c, err := p.lex.peek()
	for err == nil && c == 0x1E {
		p.lex.pos++
		c, err = p.lex.peek()
	}
	if err != nil {
		if p.lex.ended && p.lex.pos == len(p.lex.buf) && p.texts > 0 {
			return false, false, nil
		}
		return false, false, err
	}
	if c != '{' {
		return false, false, p.notGeoJSON(lintu.Text{ZH: "最外层应是对象", EN: "an object should stand outermost"})
	}
	p.lex.pos++
	p.texts++
	p.place, p.first = inMembers, true
	p.top = object{}
	p.clear(rec)
	return false, true, nil
}

func (p *geoJSONPass) clear(rec *Record) {
	rec.Geometry, rec.LooseRings, rec.Issues = nil, false, rec.Issues[:0]
	p.line, p.ofRow = p.line[:0], p.ofRow[:0]
}

func (p *geoJSONPass) notGeoJSON(why lintu.Text) error {
	return lintu.Errorf(lintu.CodeInvalid, "这不是 GeoJSON：在第 %[1]d 个要素之后（第 %[2]d 字节），%[3]s。",
		"This is no GeoJSON: behind feature %[1]d, at byte %[2]d, %[4]s.", p.row, p.lex.offset(), why.ZH, why.EN)
}

// members reads members of the outermost object up to its features or its end.
func (p *geoJSONPass) members(rec *Record) (row, more bool, err error) {
	for {
		ok, err := p.lex.member(p.first)
		p.first = false
		if err != nil {
			return false, false, err
		}
		if !ok {
			p.place = betweenTexts
			return p.finishText(rec)
		}
		switch m := memberOf(p.lex.text); m {
		case featuresMember:
			into, err := p.enter()
			if err != nil || into {
				return false, true, err
			}
		case crsMember:
			err = p.readCRS()
		default:
			err = p.member(rec, &p.top, m)
		}
		if err != nil {
			return false, false, err
		}
	}
}

// enter goes into the array of features.
func (p *geoJSONPass) enter() (bool, error) {
	c, err := p.lex.peek()
	if err != nil {
		return false, err
	}
	if c != '[' || p.top.has(featuresMember) {
		return false, p.notGeoJSON(lintu.Text{ZH: "features 应是唯一的一个数组", EN: "features should be one array"})
	}
	p.lex.pos++
	p.top.seen |= featuresMember
	p.place, p.first = inFeatures, true
	return true, nil
}

// finishText judges the outermost object at its end.
func (p *geoJSONPass) finishText(rec *Record) (row, more bool, err error) {
	o := &p.top
	switch {
	case o.kind == "FeatureCollection" && o.has(featuresMember) && !o.repeated:
		return false, true, nil
	case o.kind == "FeatureCollection" && !o.has(featuresMember):
		err = p.notGeoJSON(lintu.Text{ZH: "FeatureCollection 没有 features", EN: "the FeatureCollection has no features"})
	case o.has(featuresMember):
		err = p.notGeoJSON(lintu.Text{ZH: "有 features 的对象没有唯一的类型 FeatureCollection", EN: "an object has features and not the one type FeatureCollection"})
	case p.row == 0 && !known7946(o.kind):
		err = p.notGeoJSON(lintu.Say("对象的类型 %q 不在 GeoJSON 之列", "an object's type is %q, which GeoJSON does not have", o.kind))
	default:
		p.finish(rec, o)
		return true, true, nil
	}
	return false, false, err
}

func known7946(kind string) bool {
	_, simple := nesting[kind]
	return simple || kind == "Feature" || kind == "GeometryCollection"
}

// feature reads the next element of the array of features.
func (p *geoJSONPass) feature(rec *Record) (row, more bool, err error) {
	c, err := p.lex.peek()
	if err != nil {
		return false, false, err
	}
	if c == ']' {
		p.lex.pos++
		p.place, p.first = inMembers, false
		p.clear(rec)
		return false, true, nil
	}
	if !p.first {
		if err := p.lex.expect(','); err != nil {
			return false, false, err
		}
		if c, err = p.lex.peek(); err != nil {
			return false, false, err
		}
	}
	p.first = false
	p.clear(rec)
	if p.counting || c != '{' {
		if c != '{' {
			p.bad(rec, ruleFeatureInvalid, corrupt("要素不是对象", "the feature is no object"))
		}
		return true, true, p.lex.skip()
	}
	var o object
	if err := p.object(rec, &o); err != nil {
		return false, false, err
	}
	p.finish(rec, &o)
	return true, true, nil
}

// object reads a feature.
func (p *geoJSONPass) object(rec *Record, o *object) error {
	if err := p.lex.expect('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		ok, err := p.lex.member(first)
		if err != nil || !ok {
			return err
		}
		if err := p.member(rec, o, memberOf(p.lex.text)); err != nil {
			return err
		}
	}
}

// member reads the value of one member of a feature or bare geometry.
func (p *geoJSONPass) member(rec *Record, o *object, m member) error {
	switch {
	case m == 0 || m == featuresMember || m == crsMember:
		return p.lex.skip()
	case o.has(m):
		o.repeated = true
		p.bad(rec, ruleDuplicateKey, corrupt("成员 %s 出现了两次", "it has the member %s twice", m))
		return p.lex.skip()
	}
	o.seen |= m
	c, err := p.lex.peek()
	if err != nil {
		return err
	}
	switch {
	case m == coordinatesMember:
		return p.readCoordinates(rec, o)
	case c == 'n' && m != typeMember:
		return p.lex.literal("null")
	case m == typeMember && c == '"':
		err = p.lex.string()
		o.kind = kindOf(p.lex.text)
		return err
	case m == geometryMember && c == '{':
		return p.geometry(rec, o)
	case m == propertiesMember && c == '{':
		return p.properties(rec)
	}
	p.bad(rec, ruleFeatureInvalid, corrupt("成员 %s 的内容不合规定", "its member %s is of the wrong type", m))
	return p.lex.skip()
}

func (p *geoJSONPass) readCoordinates(rec *Record, o *object) error {
	bad, err := p.coords.read(p.lex)
	if bad != nil {
		o.unusable = true
		p.bad(rec, ruleGeometryInvalid, bad)
	}
	return err
}

// geometry reads the object under "geometry".
func (p *geoJSONPass) geometry(rec *Record, o *object) error {
	var g object
	if err := p.object(rec, &g); err != nil {
		return err
	}
	o.geometry = p.build(rec, &g)
	return nil
}

// build makes a geometry of what a geometry object had.
func (p *geoJSONPass) build(rec *Record, o *object) orb.Geometry {
	_, simple := nesting[o.kind]
	switch {
	case o.kind == "GeometryCollection":
		p.bad(rec, ruleGeometryCollection, corrupt("图形是 GeometryCollection；一行只能有一个图形，请拆分",
			"its geometry is a GeometryCollection; a row has one geometry. Split it"))
	case !simple:
		p.bad(rec, ruleGeometryInvalid, corrupt("图形类型 %q 不在 GeoJSON 之列", "GeoJSON has no geometry type %q", o.kind))
	case !o.has(coordinatesMember):
		p.bad(rec, ruleGeometryInvalid, corrupt("图形没有坐标", "its geometry has no coordinates"))
	case !o.unusable:
		g, bad := p.coords.geometry(o.kind)
		if bad != nil {
			p.bad(rec, ruleGeometryInvalid, bad)
		}
		return g
	}
	return nil
}

// finish makes a row of a feature or bare geometry.
func (p *geoJSONPass) finish(rec *Record, o *object) {
	switch {
	case p.counting:
	case o.kind == "Feature":
		rec.Geometry = o.geometry
	case known7946(o.kind) && p.place == betweenTexts:
		rec.Geometry = p.build(rec, o)
	default:
		p.bad(rec, ruleFeatureInvalid, corrupt("要素的类型是 %q，应为 Feature", "the feature's type is %q where it should be Feature", o.kind))
	}
}

func (p *geoJSONPass) bad(rec *Record, rule string, why *lintu.Text) {
	if len(rec.Issues) < maxIssues {
		rec.Issues = append(rec.Issues, Issue{Rule: rule, Text: *why})
	}
}

// properties reads the object under "properties" into the values of the row.
func (p *geoJSONPass) properties(rec *Record) error {
	p.lex.pos++
	for first := true; ; first = false {
		ok, err := p.lex.member(first)
		if err != nil || !ok {
			return err
		}
		column, err := p.column(rec)
		if err == nil && column >= 0 {
			err = p.property(rec, column)
		} else if err == nil {
			err = p.lex.skip()
		}
		if err != nil {
			return err
		}
	}
}

// column finds or adds the column of the key in the lexer; -1 if its value is
// to be left out.
func (p *geoJSONPass) column(rec *Record) (int, error) {
	key := p.lex.text
	if len(key) > maxColumnBytes {
		p.bad(rec, ruleFeatureInvalid, corrupt("属性名超过 %d 字节", "a property's name is longer than %d bytes", maxColumnBytes))
		return -1, nil
	}
	i, ok := p.byName[string(key)]
	if !ok {
		if len(p.cols) == maxColumns {
			return -1, lintu.Errorf(lintu.CodeTooLarge, "GeoJSON 的属性超过 %d 种；请只保留需要的。",
				"The GeoJSON has more than %d different properties. Keep those that are needed.", maxColumns)
		}
		i = len(p.cols)
		p.byName[string(key)] = i
		p.cols = append(p.cols, SourceColumn{Name: string(key)})
		p.seen, p.spans = append(p.seen, 0), append(p.spans, [2]int{})
	}
	if p.seen[i] == p.row+1 {
		p.bad(rec, ruleDuplicateKey, corrupt("属性 %s 出现了两次", "it has the property %s twice", p.cols[i].Name))
		return -1, nil
	}
	p.seen[i] = p.row + 1
	return i, nil
}

// property reads the value of a column.
func (p *geoJSONPass) property(rec *Record, column int) error {
	c, err := p.lex.peek()
	if err != nil {
		return err
	}
	kind := ""
	switch {
	case c == 'n':
		return p.lex.literal("null")
	case c == 't' || c == 'f':
		word := map[byte]string{'t': "true", 'f': "false"}[c]
		p.lex.text = append(p.lex.text[:0], word...)
		kind, err = "boolean", p.lex.literal(word)
	case c == '"':
		kind, err = "string", p.lex.string()
		if p.lex.bad {
			rec.Issues = append(rec.Issues, Issue{Rule: ruleTextUndecodable, Column: p.cols[column].Name, Text: lintu.Say(
				"属性 %s 的值不是合法的 %s 文字", "the value of the property %s is not valid %s", p.cols[column].Name, p.label)})
		}
	case startsNumber(c):
		kind, err = "integer", p.lex.number()
		if bytes.ContainsAny(p.lex.text, ".eE") {
			kind = "number"
		}
	default:
		if err = p.lex.raw(maxRawBytes); err == nil && len(p.lex.text) > maxRawBytes {
			p.bad(rec, ruleFeatureInvalid, corrupt("属性 %s 的值超过 %d 字节", "the value of the property %s is longer than %d bytes", p.cols[column].Name, maxRawBytes))
			return nil
		}
	}
	if err != nil {
		return err
	}
	p.typed(column, kind)
	from := len(p.line)
	p.line = append(p.line, bytes.TrimSpace(p.lex.text)...)
	p.spans[column] = [2]int{from, len(p.line)}
	p.ofRow = append(p.ofRow, column)
	return nil
}

// mixedType marks a column whose values differ in type while it is being read.
const mixedType = "mixed"

// typed widens a column's type by one more value.
func (p *geoJSONPass) typed(column int, kind string) {
	t := &p.cols[column].Type
	numbers := (*t == "integer" || *t == "number") && (kind == "integer" || kind == "number")
	switch {
	case kind == "" || *t == mixedType:
		*t = mixedType
	case *t == "" || *t == kind:
		*t = kind
	case numbers:
		*t = "number"
	default:
		*t = mixedType
	}
}

// values puts the row's values in the order of the columns; they share one
// string.
func (p *geoJSONPass) values(rec *Record) {
	rec.Values = rec.Values[:0]
	for range p.cols {
		rec.Values = append(rec.Values, "")
	}
	all := string(p.line)
	for _, i := range p.ofRow {
		rec.Values[i] = all[p.spans[i][0]:p.spans[i][1]]
	}
}

// readCRS reads the member "crs" of the GeoJSON of 2008. What does not name a
// CRS, as null, says that none is known.
func (p *geoJSONPass) readCRS() error {
	p.crs = ""
	c, err := p.lex.peek()
	if err != nil {
		return err
	}
	if c != '{' {
		return p.lex.skip()
	}
	if err := p.lex.raw(maxCRSBytes); err != nil {
		return err
	}
	var crs struct {
		Properties struct {
			Name string
			Code json.Number
		}
	}
	if json.Unmarshal(p.lex.text, &crs) != nil {
		return nil // not of the form that names one
	}
	switch {
	case crs.Properties.Name != "":
		p.crs = crs.Properties.Name
	case crs.Properties.Code != "":
		p.crs = "EPSG:" + crs.Properties.Code.String()
	}
	return nil
}
