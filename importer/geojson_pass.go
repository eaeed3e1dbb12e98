package importer

import (
	"encoding/json"

	"github.com/lintu-map/lintu"
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
