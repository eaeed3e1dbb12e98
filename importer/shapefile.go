package importer

import (
	"fmt"
	"strings"

	"github.com/lintu-map/lintu"
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
		d.Encoding = plain("")
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
		name := discreetNumbers(strings.TrimSpace(string(b)))
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
