package importer

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// Sizes and limits of the main file, after "ESRI Shapefile Technical
// Description" (July 1998). Lengths in it count 16-bit words.
const (
	shpMagic       = 9994
	shpHeaderBytes = 100
	shpRecordHead  = 8
	// maxRecordBytes bounds the memory that one shape can ask for: eight
	// million vertices.
	maxRecordBytes = 128 << 20
)

// shapeType is the type code of a shapefile or of one of its records.
type shapeType int32

const (
	shapeNull       shapeType = 0
	shapePoint      shapeType = 1
	shapePolyLine   shapeType = 3
	shapePolygon    shapeType = 5
	shapeMultiPoint shapeType = 8
	shapeMultiPatch shapeType = 31
)

// flat returns the type without its Z or M, and whether it is a known type.
func (t shapeType) flat() (shapeType, bool) {
	f := t
	switch {
	case t > 20 && t < 30:
		f = t - 20
	case t > 10 && t < 20:
		f = t - 10
	}
	switch f {
	case shapeNull, shapePoint, shapePolyLine, shapePolygon, shapeMultiPoint, shapeMultiPatch:
		return f, true
	}
	return t, false
}

func (t shapeType) hasZ() bool { return t > 10 && t < 20 }
func (t shapeType) hasM() bool { return t > 20 && t < 30 }

// shape returns the class of layer that can hold the type; "" for the others.
func (t shapeType) shape() lintu.Shape {
	switch f, _ := t.flat(); f {
	case shapePoint, shapeMultiPoint:
		return lintu.Point
	case shapePolyLine:
		return lintu.Line
	case shapePolygon:
		return lintu.Polygon
	}
	return ""
}

// shpHeader is what the first 100 bytes of a .shp or .shx claim.
type shpHeader struct {
	shape  shapeType
	bytes  int64 // length of the file
	bounds *[4]float64
}

// readSHPHeader reads the header; ok is false if b is none.
func readSHPHeader(b []byte) (h shpHeader, ok bool) {
	if len(b) < shpHeaderBytes || binary.BigEndian.Uint32(b) != shpMagic {
		return h, false
	}
	h.bytes = 2 * int64(int32(binary.BigEndian.Uint32(b[24:])))
	h.shape = shapeType(int32(binary.LittleEndian.Uint32(b[32:])))
	var box [4]float64
	for i := range box {
		box[i] = float64At(b, 36+8*i)
	}
	if finite(box[0]) && finite(box[1]) && finite(box[2]) && finite(box[3]) && box[0] <= box[2] && box[1] <= box[3] {
		h.bounds = &box
	}
	return h, true
}

func float64At(b []byte, i int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(b[i:]))
}

func finite(x float64) bool { return x-x == 0 }

// shpDecoder turns the content of records into geometry. What it returns lives
// in its buffers until the next call.
type shpDecoder struct {
	points []orb.Point
	ends   []int // end of each part in points
	rings  []orb.Ring
	lines  []orb.LineString
	sawZ   bool
	sawM   bool
}

// decode returns the geometry of one record's content, nil for a null or empty
// shape. A content that contradicts itself gives a reason instead.
func (d *shpDecoder) decode(b []byte) (t shapeType, g orb.Geometry, bad *lintu.Text) {
	if len(b) < 4 {
		return 0, nil, corrupt("内容只有 %[1]d 字节", "its content is only %[1]d bytes", len(b))
	}
	t = shapeType(int32(binary.LittleEndian.Uint32(b)))
	f, known := t.flat()
	if !known {
		return t, nil, corrupt("图形类型 %d 不存在", "there is no shape type %d", t)
	}
	d.sawZ = d.sawZ || t.hasZ()
	d.sawM = d.sawM || t.hasM()
	switch f {
	case shapePoint:
		g, bad = d.point(t, b)
	case shapeMultiPoint:
		g, bad = d.multiPoint(t, b)
	case shapePolyLine, shapePolygon:
		g, bad = d.parts(t, f, b)
	}
	return t, g, bad
}

func corrupt(zh, en string, args ...any) *lintu.Text {
	t := lintu.Say(zh, en, args...)
	return &t
}

func tooShort(have, need int64) *lintu.Text {
	return corrupt("内容有 %d 字节，而其坐标需要 %d 字节", "its content has %d bytes where its coordinates need %d", have, need)
}

func (d *shpDecoder) point(t shapeType, b []byte) (orb.Geometry, *lintu.Text) {
	need := 20
	if t.hasZ() {
		need = 28
	}
	if len(b) < need {
		return nil, tooShort(int64(len(b)), int64(need))
	}
	return orb.Point{float64At(b, 4), float64At(b, 12)}, nil
}

func (d *shpDecoder) multiPoint(t shapeType, b []byte) (orb.Geometry, *lintu.Text) {
	if len(b) < 40 {
		return nil, tooShort(int64(len(b)), 40)
	}
	n := int64(int32(binary.LittleEndian.Uint32(b[36:])))
	if bad := checkCounts(t, int64(len(b)), 40, 0, n); bad != nil {
		return nil, bad
	}
	if n == 0 {
		return nil, nil
	}
	d.readPoints(b[40:], int(n))
	return orb.MultiPoint(d.points), nil
}

// checkCounts compares what the counts of a record ask for with its length.
// head is the number of bytes before the array of parts.
func checkCounts(t shapeType, have, head, parts, points int64) *lintu.Text {
	if parts < 0 || points < 0 {
		return corrupt("声明有 %d 个部分、%d 个点", "it claims %d parts and %d points", parts, points)
	}
	need := head + 4*parts + 16*points
	if t.hasZ() {
		need += 16 + 8*points
	}
	if need > have {
		return corrupt("声明有 %d 个部分、%d 个点，需要 %d 字节，而内容只有 %d 字节",
			"it claims %d parts and %d points, which need %d bytes where it has %d", parts, points, need, have)
	}
	return nil
}

func (d *shpDecoder) readPoints(b []byte, n int) {
	d.points = slices.Grow(d.points[:0], n)[:n]
	for i := range d.points {
		p := b[16*i : 16*i+16]
		d.points[i] = orb.Point{
			math.Float64frombits(binary.LittleEndian.Uint64(p)),
			math.Float64frombits(binary.LittleEndian.Uint64(p[8:])),
		}
	}
}

// parts reads a polyline or polygon.
func (d *shpDecoder) parts(t, f shapeType, b []byte) (orb.Geometry, *lintu.Text) {
	if len(b) < 44 {
		return nil, tooShort(int64(len(b)), 44)
	}
	parts := int64(int32(binary.LittleEndian.Uint32(b[36:])))
	points := int64(int32(binary.LittleEndian.Uint32(b[40:])))
	if bad := checkCounts(t, int64(len(b)), 44, parts, points); bad != nil {
		return nil, bad
	}
	if parts == 0 && points == 0 {
		return nil, nil
	}
	if bad := d.readParts(b[44:], int(parts), int(points)); bad != nil {
		return nil, bad
	}
	d.readPoints(b[44+4*parts:], int(points))
	if f == shapePolygon {
		return d.polygon(), nil
	}
	return d.line(), nil
}

// readParts fills d.ends from the array of first points.
func (d *shpDecoder) readParts(b []byte, parts, points int) *lintu.Text {
	d.ends = d.ends[:0]
	last := -1
	for i := range parts {
		first := int(int32(binary.LittleEndian.Uint32(b[4*i:])))
		if first <= last || first >= points || i == 0 && first != 0 {
			return corrupt("第 %d 个部分从第 %d 个点开始，而前一部分从第 %d 个点开始，共 %d 个点",
				"part %d begins at point %d, the part before it at %d, of %d points", i+1, first, max(last, 0), points)
		}
		if i > 0 {
			d.ends = append(d.ends, first)
		}
		last = first
	}
	if parts == 0 {
		return corrupt("有 %d 个点却没有部分", "it has %d points but no part", points)
	}
	d.ends = append(d.ends, points)
	return nil
}

func (d *shpDecoder) line() orb.Geometry {
	if len(d.ends) == 1 {
		return orb.LineString(d.points)
	}
	d.lines = d.lines[:0]
	from := 0
	for _, to := range d.ends {
		d.lines = append(d.lines, orb.LineString(d.points[from:to:to]))
		from = to
	}
	return orb.MultiLineString(d.lines)
}

// polygon returns the rings as they stand, in one orb.Polygon: in a shapefile
// nothing but orientation and position tells shells from holes.
func (d *shpDecoder) polygon() orb.Geometry {
	d.rings = d.rings[:0]
	from := 0
	for _, to := range d.ends {
		d.rings = append(d.rings, orb.Ring(d.points[from:to:to]))
		from = to
	}
	return orb.Polygon(d.rings)
}
