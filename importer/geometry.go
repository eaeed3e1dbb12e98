package importer

import (
	"fmt"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// checkGeometry brings a row's geometry, now in EPSG:4326, to the type that its
// layer stores: Point, MultiLineString or MultiPolygon. It reports whether a
// polygon is so doubtful that PostGIS must judge it.
func (p *plan) checkGeometry(it *item, j *referee) (doubtful bool) {
	switch p.layer.Shape {
	case lintu.Point:
		p.checkPoint(it)
	case lintu.Line:
		p.checkLine(it)
	case lintu.Polygon:
		return p.checkPolygon(it, j)
	}
	return false
}

var shapeTitles = map[lintu.Shape]lintu.Text{
	lintu.Point: {ZH: "点", EN: "points"}, lintu.Line: {ZH: "线", EN: "lines"}, lintu.Polygon: {ZH: "面", EN: "polygons"},
}

// wrongType refuses a row whose geometry the layer cannot hold.
func (p *plan) wrongType(it *item) {
	want := shapeTitles[p.layer.Shape]
	f := found(it.number, ruleGeometryType, firstPoint(it.geometry), "", "")
	f.Text = lintu.Text{
		ZH: fmt.Sprintf("图形是 %s，而图层 %s 只存%s", it.geometry.GeoJSONType(), p.layer.Name, want.ZH),
		EN: fmt.Sprintf("its geometry is a %s, and the layer %s holds %s", it.geometry.GeoJSONType(), p.layer.Name, want.EN)}
	it.refuse(f)
}

// firstPoint is some place of a geometry; nil for an empty one.
func firstPoint(g orb.Geometry) *orb.Point {
	var first *orb.Point
	eachPoint(g, func(q *orb.Point) {
		if first == nil {
			c := *q
			first = &c
		}
	})
	return first
}

// checkPoint takes a point, and a multipoint whose points are all the same.
func (p *plan) checkPoint(it *item) {
	points, ok := it.geometry.(orb.MultiPoint)
	if !ok {
		p.wrongType(it)
		return
	}
	for _, q := range points[1:] {
		if q != points[0] {
			it.refuse(found(it.number, ruleSeveralPoints, &points[0], "有 %[1]d 个点，而这里只存一个位置，首点在 %[2]s",
				"it has %[1]d points where one place is stored, the first at %[2]s", len(points), at(points[0])))
			return
		}
	}
	it.geometry = points[0]
}

// checkLine takes lines; they may cross, but every part needs two places.
func (p *plan) checkLine(it *item) {
	var lines orb.MultiLineString
	switch g := it.geometry.(type) {
	case orb.LineString:
		lines = orb.MultiLineString{g}
	case orb.MultiLineString:
		lines = g
	default:
		p.wrongType(it)
		return
	}
	kept := lines[:0]
	for _, l := range lines {
		clean := withoutRepeats(l)
		if len(clean) < len(l) {
			it.repair(found(it.number, ruleRepeatedPoint, &l[0], "去掉了 %[1]d 个重复的点，在 %[2]s 开始的线上", "%[1]d repeated points were taken out of the line that begins at %[2]s", len(l)-len(clean), at(l[0])))
		}
		if len(clean) >= 2 {
			kept = append(kept, clean)
		}
	}
	if len(kept) == 0 {
		it.refuse(found(it.number, ruleTooFewPoints, firstPoint(it.geometry), "线上只有一个点", "the line has only one place"))
		return
	}
	it.geometry = kept
}

// withoutRepeats drops points that are equal to the one before, in place.
func withoutRepeats(line orb.LineString) orb.LineString {
	n := 0
	for i, q := range line {
		if i == 0 || q != line[n-1] {
			line[n] = q
			n++
		}
	}
	return line[:n]
}

// encode writes the EWKB of every row that stands, and codes made from shapes.
func (p *plan) encode(c *chunk) error {
	code := p.mapping.codeField()
	for i := range c.items {
		it := &c.items[i]
		if !it.ok() || it.geometry == nil {
			continue
		}
		if p.mapping.column[code] == fromShape {
			it.values[code] = shapeCode(it.geometry)
		}
		it.bounds = it.geometry.Bound()
		room := c.grown(ewkbRoom(it.geometry))
		wkb, err := geo.AppendEWKB(room, it.geometry)
		if err != nil {
			return fmt.Errorf("encode row %d: %w", it.number, err)
		}
		it.wkb = wkb[len(room):len(wkb):len(wkb)]
		c.wkb = wkb
	}
	return nil
}

// ewkbRoom is at least as many bytes as the geometry's EWKB takes.
func ewkbRoom(g orb.Geometry) int {
	n, parts := 0, 2
	eachPoint(g, func(*orb.Point) { n++ })
	switch g := g.(type) {
	case orb.MultiLineString:
		parts += len(g)
	case orb.MultiPolygon:
		for _, poly := range g {
			parts += 1 + len(poly)
		}
	}
	return 16*n + 9*parts + 9
}
