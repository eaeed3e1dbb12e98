package importer

import (
	"bytes"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// The rules by which rows of a shapefile are refused or repaired.
const (
	ruleRecordCorrupt     = "record-corrupt"     // the shape's counts and lengths contradict each other
	ruleShapeMixed        = "shape-type-mixed"   // another type than the file announces
	ruleShapeMultiPatch   = "shape-multipatch"   // a 3D surface
	ruleShapeMissing      = "shape-missing"      // attributes without a shape
	ruleAttributesMissing = "attributes-missing" // a shape without attributes
	ruleTextUndecodable   = "text-undecodable"   // bytes that are no text in the encoding
	ruleTextCut           = "text-cut"           // half a character at the end of a full field
)

// shapefilePass is one reading of a shapefile.
type shapefilePass struct {
	file    *shapefile
	shapes  shpRows
	shape   shpDecoder
	table   *dbfRows // nil: no attributes
	text    textDecoder
	label   string
	cols    []SourceColumn
	expect  shapeType // flat; null until known
	row     int64
	deleted int64
	line    []byte // decoded values of one row, one after the other
	ends    []int  // where each ends in line
}

// pass starts to read under an encoding; "" is the default.
func (f *shapefile) pass(encoding string) (pass, error) {
	c := f.charset
	if encoding != "" {
		var err error
		if c, err = charsetOf(encoding); err != nil {
			return nil, err
		}
	}
	p := &shapefilePass{file: f, text: newTextDecoder(c), label: c.label}
	p.expect, _ = f.header.shape.flat()
	p.shapes = shpRows{in: window{blob: f.shp}, pos: shpHeaderBytes, claimed: f.header.bytes}
	if f.index != nil {
		p.shapes.index = f.index.again()
	}
	if f.table != nil {
		p.table = &dbfRows{table: f.table, in: window{blob: f.table.blob}}
		p.cols = f.table.columns(c)
	}
	return p, nil
}

func (p *shapefilePass) columns() []SourceColumn { return p.cols }

// next pairs the next shape with the next row of attributes.
func (p *shapefilePass) next(rec *Record) (bool, error) {
	for {
		shape, more, err := p.shapes.next()
		if err != nil {
			return false, err
		}
		if !more && !p.surplus() {
			return false, nil
		}
		var row []byte
		if p.table != nil {
			if row, err = p.table.next(); err != nil {
				return false, err
			}
		}
		p.row++
		if row != nil && row[0] == dbfDeleted {
			p.deleted++
			continue
		}
		rec.Number, rec.Geometry, rec.LooseRings, rec.Issues = p.row, nil, false, rec.Issues[:0]
		p.readShape(rec, shape, more)
		p.readValues(rec, row)
		return true, nil
	}
}

// surplus reports whether the table claims a row behind the last shape.
func (p *shapefilePass) surplus() bool {
	return p.table != nil && p.row < min(p.table.table.rows, p.table.table.claimed)
}

func (p *shapefilePass) readShape(rec *Record, shape shpRow, more bool) {
	if !more {
		rec.refuse(ruleShapeMissing, nil, "属性表的这一行没有对应的图形", "this row of the attribute table has no shape")
		return
	}
	bad := shape.bad
	var t shapeType
	var g orb.Geometry
	if bad == nil {
		t, g, bad = p.shape.decode(shape.content)
	}
	if bad != nil {
		rec.Issues = append(rec.Issues, Issue{Rule: ruleRecordCorrupt, Text: lintu.Text{
			ZH: "图形记录已损坏：" + bad.ZH, EN: "its shape is damaged: " + bad.EN}})
		return
	}
	flat, _ := t.flat()
	switch {
	case flat == shapeNull:
		return
	case flat == shapeMultiPatch:
		rec.refuse(ruleShapeMultiPatch, nil, "图形是三维多面体（MultiPatch），不能用作平面区域；请先转为面",
			"its shape is a MultiPatch, a surface in space; convert it to polygons first")
		return
	case p.expect == shapeNull:
		p.expect = flat
	case p.expect != flat:
		rec.refuse(ruleShapeMixed, nil, "图形类型 %d 与文件声明的类型 %d 不同", "its shape has type %d where the file announces %d", t, p.expect)
		return
	}
	rec.Geometry = g
	poly, ok := g.(orb.Polygon)
	rec.LooseRings = ok && len(poly) > 1
}

func (rec *Record) refuse(rule string, at *orb.Point, zh, en string, args ...any) {
	rec.Issues = append(rec.Issues, Issue{Rule: rule, Text: lintu.Say(zh, en, args...), At: at})
}

// readValues decodes the attributes of a row. All values of a row share one
// string.
func (p *shapefilePass) readValues(rec *Record, row []byte) {
	rec.Values = rec.Values[:0]
	if p.table == nil {
		return
	}
	p.line, p.ends = p.line[:0], p.ends[:0]
	for i := range p.cols {
		if row != nil {
			p.readValue(rec, i, row)
		}
		p.ends = append(p.ends, len(p.line))
	}
	all, from := string(p.line), 0
	for _, to := range p.ends {
		rec.Values = append(rec.Values, all[from:to])
		from = to
	}
	if row == nil {
		rec.refuse(ruleAttributesMissing, nil, "这个图形在属性表中没有对应的行", "its shape has no row in the attribute table")
	}
}

func (p *shapefilePass) readValue(rec *Record, i int, row []byte) {
	f := &p.file.table.fields[i]
	v := f.value(row)
	from := len(p.line)
	if !f.isText() {
		if isASCII(v) {
			p.line = append(p.line, v...)
			return
		}
		rec.Issues = append(rec.Issues, Issue{Rule: ruleTextUndecodable, Column: p.cols[i].Name, Text: lintu.Say(
			"列 %s 的值不是数、日期或真假", "the value of column %s is no number, date or truth value", p.cols[i].Name)})
		return
	}
	var cut int
	var damaged bool
	p.line, cut, damaged = p.text.append(p.line, v)
	switch {
	case cut > 0 && f.full(row):
		rec.Issues = append(rec.Issues, Issue{Rule: ruleTextCut, Column: p.cols[i].Name, Repaired: true, Text: lintu.Say(
			"列 %s 的值写满了 %d 字节，末尾的半个字已去掉", "the value of column %s fills its %d bytes; half a character at its end was dropped", p.cols[i].Name, f.width)})
	case cut > 0 || damaged:
		rec.Issues = append(rec.Issues, Issue{Rule: ruleTextUndecodable, Column: p.cols[i].Name, Text: lintu.Say(
			"列 %s 的值不是合法的 %s 文字", "the value of column %s is not valid %s", p.cols[i].Name, p.label)})
	}
	if kept := bytes.TrimSpace(p.line[from:]); len(kept) < len(p.line)-from {
		p.line = append(p.line[:from], kept...)
	}
}

// notes says what was done to the whole.
func (p *shapefilePass) notes() []lintu.Text {
	var notes []lintu.Text
	say := func(zh, en string, args ...any) { notes = append(notes, lintu.Say(zh, en, args...)) }
	switch {
	case p.shape.sawZ:
		say("高程（Z）已略去", "heights (Z) were dropped")
	case p.shape.sawM:
		say("量测值（M）已略去", "measures (M) were dropped")
	}
	if p.deleted > 0 {
		say("跳过属性表中已标记删除的 %d 行", "%d rows marked as deleted in the attribute table were skipped", p.deleted)
	}
	if p.shapes.strange > 0 {
		say("图形的记录号自第 %d 行起不连续；图形与属性按先后次序配对", "record numbers of shapes are out of order from row %d on; shapes and attributes were paired by position", p.shapes.strange)
	}
	if p.shapes.tail > 0 {
		say(".shp 末尾有 %d 字节不属于任何图形，已略去", "%d bytes at the end of the .shp belong to no shape and were left out", p.shapes.tail)
	}
	return notes
}
