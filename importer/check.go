package importer

import (
	"context"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// plan is how a dataset is read once everything is answered.
type plan struct {
	dataset  *Dataset
	encoding string
	layer    lintu.LayerInfo
	frame    frame
	mapping  mapping
	// placeless says that the dataset has no places: what is there keeps its own.
	placeless bool
}

// process works on one chunk: values, finite coordinates, conversion, geometry,
// EWKB. Doubtful polygons of the chunk go to PostGIS together.
func (p *plan) process(ctx context.Context, c *chunk, j *referee) error {
	for i := range c.items {
		it := &c.items[i]
		p.checkValues(it)
		p.checkPerson(it)
		p.checkPresence(it)
	}
	if p.placeless {
		return p.encode(c)
	}
	if err := p.convert(ctx, c, j.geodesy); err != nil {
		return err
	}
	var doubtful []*item
	for i := range c.items {
		it := &c.items[i]
		if it.ok() && it.geometry != nil && p.checkGeometry(it, j) {
			doubtful = append(doubtful, it)
		}
	}
	if err := mend(ctx, doubtful, j.geodesy); err != nil {
		return err
	}
	return p.encode(c)
}

// checkValues brings the values of a row to what its fields store.
func (p *plan) checkValues(it *item) {
	for i, f := range p.mapping.fields {
		if p.mapping.column[i] == fromRow {
			it.values[i] = strconv.FormatInt(it.number, 10)
			continue
		}
		if p.mapping.column[i] == fromShape {
			continue
		}
		raw := it.values[i]
		v, ok := fieldValue(f, p.layer, raw)
		it.values[i] = v
		switch {
		case !ok:
			it.refuse(found(it.number, ruleValueNotAllowed, nil, "字段 %[1]s 的值 “%[2]s” 不在允许之列%[3]s",
				"field %[1]s does not allow the value “%[2]s”%[3]s", f.Name, presentable(raw, p.mapping.people), allowedValues(f)))
		case p.leaks(f, v):
			it.refuse(found(it.number, ruleValuePersonal, nil, "字段 %s 里像是个人信息，不能存进地图", "the field %s holds what looks like personal data, which must not be stored on the map", f.Name))
		case v == "" && f.Required:
			it.refuse(found(it.number, ruleValueMissing, nil, "缺少必填字段 %s", "the required field %s is empty", f.Name))
		}
	}
}

// leaks reports whether a value would put personal data on the map: the name of a
// person where a code should be, or a number of a telephone or person in either.
func (p *plan) leaks(f lintu.Field, v string) bool {
	switch {
	case !p.mapping.people || v == "":
		return false
	case holdsCode(f.Name):
		return valuePersonal(v, true)
	}
	return f.Name == roleName && p.layer.Personal != nil && valuePersonal(v, false)
}

// checkPerson makes the row's personal data.
func (p *plan) checkPerson(it *item) {
	if len(it.personal) == 0 {
		return
	}
	person, bad := p.mapping.person(it.number, it.personal)
	if bad != nil {
		it.refuse(*bad)
	}
	it.person = person
}

func allowedValues(f lintu.Field) string {
	if len(f.Values) == 0 {
		return ""
	}
	return " (" + strings.Join(f.Values, ", ") + ")"
}

// checkPresence refuses rows whose geometry is missing, empty or not a number.
// What is only a point may be known by its code alone.
func (p *plan) checkPresence(it *item) {
	if it.geometry == nil {
		if !it.ok() || p.placeless && p.layer.Shape == lintu.Point {
			return
		}
		f := found(it.number, ruleGeometryMissing, nil, "没有图形", "it has no geometry")
		if p.layer.Shape != lintu.Point {
			it.refuse(f)
			return
		}
		f.Text = lintu.Text{ZH: "没有位置，只存属性", EN: "it has no place; it is stored without one"}
		it.repair(f)
		return
	}
	bad, points := false, 0
	eachPoint(it.geometry, func(q *orb.Point) {
		points++
		bad = bad || !finite(q[0]) || !finite(q[1])
	})
	switch {
	case bad:
		it.geometry = nil
		it.refuse(found(it.number, ruleNotFinite, nil, "有坐标不是数（NaN 或无穷大）", "a coordinate is not a number (NaN or infinite)"))
	case points == 0:
		it.geometry = nil
		it.refuse(found(it.number, ruleGeometryMissing, nil, "图形是空的", "its geometry is empty"))
	}
}
