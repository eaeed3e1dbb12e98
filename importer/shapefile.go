package importer

import (
	"bytes"
	"fmt"
	"strings"

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

// shapefile is one layer: a main file and what goes with it.
type shapefile struct {
	shp     blob
	header  shpHeader
	index   *shpIndex // nil: read one record after the other
	table   *dbfTable // nil: no attributes
	charset charset   // the default of a pass
}

// shapefileParts are the files of one shapefile. Only shp must be there; the
// others have a nil ReaderAt if they are not.
type shapefileParts struct {
	name          string
	shp, shx, dbf blob
	prj, cpg      string
}

// newShapefile reads the headers and a sample, and describes what they claim.
func newShapefile(p shapefileParts) (*Dataset, error) {
	d := &Dataset{Name: p.name, Format: FormatShapefile, Count: -1, PRJ: p.prj, CPG: p.cpg}
	f := &shapefile{shp: p.shp}
	if err := f.readHeader(d); err != nil {
		return nil, err
	}
	if err := f.openIndex(d, p.shx); err != nil {
		return nil, err
	}
	if err := f.openTable(d, p.dbf); err != nil {
		return nil, err
	}
	d.open = f.pass
	return d, nil
}

func (f *shapefile) readHeader(d *Dataset) error {
	w := window{blob: f.shp}
	b, err := w.at(0, shpHeaderBytes)
	if err != nil {
		return err
	}
	h, ok := readSHPHeader(b)
	if !ok {
		return lintu.Errorf(lintu.CodeInvalid, "%s.shp 不是 shapefile：开头 100 字节不是它的文件头；请重新导出。",
			"%s.shp is no shapefile: its first 100 bytes are no header of one. Export it again.", d.Name)
	}
	if _, known := h.shape.flat(); !known {
		return lintu.Errorf(lintu.CodeInvalid, "%s.shp 声明的图形类型 %d 不存在；请重新导出。",
			"%s.shp announces shape type %d, which does not exist. Export it again.", d.Name, h.shape)
	}
	f.header, d.Shape, d.Bounds = h, h.shape.shape(), h.bounds
	if h.bytes != f.shp.size {
		d.note("文件头声明 .shp 有 %d 字节，实有 %d 字节", "the header says that the .shp has %d bytes; it has %d", h.bytes, f.shp.size)
	}
	return nil
}

func (d *Dataset) note(zh, en string, args ...any) {
	d.Notes = append(d.Notes, lintu.Say(zh, en, args...))
}

func (f *shapefile) openIndex(d *Dataset, shx blob) error {
	if shx.ReaderAt == nil {
		d.note("没有索引文件 .shx，按顺序读取图形", "there is no .shx; shapes are read one after the other")
		return nil
	}
	index, err := openSHX(shx, f.shp)
	if err != nil {
		return err
	}
	d.Count = max(0, (shx.size-shpHeaderBytes)/shxEntryBytes)
	if index == nil {
		d.note("索引文件 .shx 与 .shp 不符，不予采用，按顺序读取图形", "the .shx contradicts the .shp and is not used; shapes are read one after the other")
	}
	f.index = index
	return nil
}

func (f *shapefile) openTable(d *Dataset, dbf blob) error {
	if dbf.ReaderAt == nil {
		d.note("没有属性表 .dbf", "there is no .dbf: no attributes")
		d.Encoding = plain("", hints{})
		f.charset, _ = charsetOf(utf8Label)
		return nil
	}
	t, err := openDBF(dbf)
	if err != nil {
		return err
	}
	f.table, d.LDID = t, t.ldid
	if d.Count < 0 {
		d.Count = min(t.claimed, t.rows)
	}
	if t.claimed != t.rows {
		d.note("属性表声明有 %d 行，文件可容 %d 行", "the attribute table claims %d rows; the file has room for %d", t.claimed, t.rows)
	}
	return f.detect(d)
}

// detect finds the encoding and names the columns under it.
func (f *shapefile) detect(d *Dataset) error {
	h := hints{cpg: parseCPG(d.CPG), cpgText: d.CPG, ldid: d.LDID}
	if d.CPG != "" && h.cpg == "" {
		d.note("不认识 .cpg 中的编码 %q", "the encoding %q in the .cpg is not known", clipLabel(d.CPG))
	}
	sample, err := f.table.sample()
	if err != nil {
		return err
	}
	// The columns' names are for choosing what is not shown; ASCII does for it.
	d.Encoding = detect(sample, h, f.table.columns(charset{}))
	label := d.Encoding.Value
	if label == "" {
		label = d.Encoding.Candidates[0].Value
	}
	if f.charset, err = charsetOf(label); err != nil {
		return err
	}
	d.Columns = f.table.columns(f.charset)
	for i, c := range d.Columns {
		if c.Type == "" || c.Type == "memo" {
			d.note("列 %[1]s 的类型 %[2]q 不读取，其值为空", "column %[1]s of type %[2]q is not read; its values stay empty", c.Name, string(rune(f.table.fields[i].kind)))
		}
	}
	return nil
}

// columns names and types the columns. Names that are empty or occur twice are
// numbered, so that every column can be asked for.
func (t *dbfTable) columns(c charset) []SourceColumn {
	dec := newTextDecoder(c)
	cols := make([]SourceColumn, len(t.fields))
	taken := map[string]bool{}
	for i, f := range t.fields {
		b, _, _ := dec.append(nil, f.name)
		name := strings.TrimSpace(string(b))
		if name == "" {
			name = fmt.Sprintf("column_%d", i+1)
		}
		for n, base := 2, name; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		taken[name] = true
		cols[i] = SourceColumn{Name: name, Type: f.typeName(), Width: f.width}
	}
	return cols
}

// Limits of the rows that a sample looks at: blocks spread evenly over a table
// that is too long to be looked at as a whole.
const (
	sampleWhole  = 4 << 20
	sampleBlocks = 64
)

// sample collects text beyond ASCII from the column names, the first rows and
// rows all over the table.
func (t *dbfTable) sample() (*textSample, error) {
	s := &textSample{}
	for _, f := range t.fields {
		s.add(f.name, -1, len(f.name) >= dbfNameBytes-1)
	}
	if t.rows == 0 {
		return s, nil
	}
	block, stride := t.rows, t.rows
	if t.rows*int64(t.rowBytes) > sampleWhole {
		block = max(1, windowBytes/4/int64(t.rowBytes))
		stride = max(block, t.rows/sampleBlocks)
	}
	rows := dbfRows{table: t, in: window{blob: t.blob}}
	for first := int64(0); first < t.rows; first += stride {
		rows.row = first
		s.bytes = 0 // every block may add its share
		for range block {
			row, err := rows.next()
			if err != nil {
				return nil, err
			}
			if row == nil || s.bytes > textSampleBytes/sampleBlocks && stride < t.rows {
				break
			}
			s.addRow(t, row)
		}
	}
	return s, nil
}

func (s *textSample) addRow(t *dbfTable, row []byte) {
	if isASCII(row) {
		return
	}
	for i, f := range t.fields {
		if f.isText() {
			v := f.value(row)
			s.add(v, i, f.full(row))
		}
	}
}

// full reports whether a field is filled to its last byte, so that its last
// character may have been cut.
func (f dbfField) full(row []byte) bool {
	return f.width > 0 && row[f.offset+f.width-1] > ' '
}

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
