package importer

import (
	"github.com/paulmach/orb"
)

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
