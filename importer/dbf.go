package importer

import (
	"bytes"
	"encoding/binary"

	"github.com/lintu-map/lintu"
)

// Sizes of an attribute table, after the description of dBASE III and IV.
const (
	dbfHeaderBytes = 32
	dbfFieldBytes  = 32
	dbfNameBytes   = 11
	dbfEndOfFields = 0x0D
	dbfDeleted     = '*'
)

// dbfField is one column as the header describes it.
type dbfField struct {
	name     []byte // raw, up to 11 bytes
	kind     byte   // C, N, F, L, D, M …
	offset   int    // in a row, behind the deletion flag
	width    int
	decimals int
}

// dbfTable is the header of a DBF, checked against the file.
type dbfTable struct {
	blob     blob
	fields   []dbfField
	ldid     byte
	header   int64 // bytes before the first row
	rowBytes int
	claimed  int64 // rows the header claims
	rows     int64 // rows the file has room for
}

// openDBF reads and checks the header.
func openDBF(b blob) (*dbfTable, error) {
	w := window{blob: b}
	head, err := w.at(0, dbfHeaderBytes)
	if err != nil {
		return nil, err
	}
	if len(head) < dbfHeaderBytes {
		return nil, badDBF(corrupt("只有 %d 字节，不足一个文件头", "it has only %d bytes, less than a header", len(head)))
	}
	if head[0]&7 == 4 {
		return nil, badDBF(corrupt("它是 dBASE 7 格式，shapefile 不用这种格式", "it is of dBASE 7, which shapefiles do not use"))
	}
	t := &dbfTable{
		blob:     b,
		ldid:     head[29],
		claimed:  int64(binary.LittleEndian.Uint32(head[4:])),
		header:   int64(binary.LittleEndian.Uint16(head[8:])),
		rowBytes: int(binary.LittleEndian.Uint16(head[10:])),
	}
	if t.header < dbfHeaderBytes || t.header > b.size {
		return nil, badDBF(corrupt("文件头声明长度为 %d 字节，而文件有 %d 字节", "its header claims %d bytes where the file has %d", t.header, b.size))
	}
	all, err := w.at(0, int(t.header))
	if err != nil {
		return nil, err
	}
	if bad := t.readFields(all[dbfHeaderBytes:]); bad != nil {
		return nil, badDBF(bad)
	}
	if t.rowBytes > 0 {
		t.rows = (b.size - t.header) / int64(t.rowBytes)
	}
	return t, nil
}

func badDBF(why *lintu.Text) error {
	return lintu.Errorf(lintu.CodeInvalid, "属性表 .dbf 已损坏：%[1]s；请重新导出。",
		"The attribute table (.dbf) is damaged: %[2]s. Export it again.", why.ZH, why.EN)
}

// readFields reads the descriptors, which end at a carriage return or with the
// header.
func (t *dbfTable) readFields(b []byte) *lintu.Text {
	for len(b) >= dbfFieldBytes && b[0] != dbfEndOfFields {
		f := dbfField{kind: b[11], width: int(b[16]), decimals: int(b[17])}
		f.name, _, _ = bytes.Cut(b[:dbfNameBytes], []byte{0})
		f.name = bytes.Clone(f.name)
		t.fields = append(t.fields, f)
		b = b[dbfFieldBytes:]
	}
	if len(t.fields) == 0 {
		return nil
	}
	if t.width() != t.rowBytes {
		t.widenText()
	}
	if w := t.width(); w > t.rowBytes {
		return corrupt("各列共宽 %d 字节，而一行只有 %d 字节", "its columns are %d bytes wide together where a row has %d", w, t.rowBytes)
	}
	offset := 1
	for i := range t.fields {
		t.fields[i].offset = offset
		offset += t.fields[i].width
	}
	return nil
}

// width is the sum of the columns' widths and the deletion flag.
func (t *dbfTable) width() int {
	w := 1
	for _, f := range t.fields {
		w += f.width
	}
	return w
}

// widenText takes the decimals of text columns as the high byte of their
// width, as Clipper and FoxPro write columns over 255 bytes, if only so the
// rows add up.
func (t *dbfTable) widenText() {
	extra := 0
	for _, f := range t.fields {
		if f.kind == 'C' {
			extra += f.decimals << 8
		}
	}
	if t.width()+extra != t.rowBytes {
		return
	}
	for i, f := range t.fields {
		if f.kind == 'C' {
			t.fields[i].width += f.decimals << 8
		}
	}
}

// isText reports whether the field's bytes are in the table's encoding.
func (f dbfField) isText() bool {
	switch f.kind {
	case 'N', 'F', 'L', 'D', 'M', 'I', 'B', 'G', 'P', '@', 'T', 'O', '+', 'Y':
		return false
	}
	return true
}

// typeName is the column type that people and the mapping see.
func (f dbfField) typeName() string {
	switch f.kind {
	case 'N', 'F':
		if f.decimals == 0 && f.kind == 'N' {
			return "integer"
		}
		return "number"
	case 'L':
		return "boolean"
	case 'D':
		return "date"
	case 'C':
		return "string"
	case 'M', 'B', 'G', 'P':
		return "memo"
	}
	return ""
}

// value returns the raw value of a field in a row: nil where it is null, which
// a DBF writes as blanks, NULs, asterisks, a zero date or a question mark.
func (f dbfField) value(row []byte) []byte {
	v := row[f.offset : f.offset+f.width]
	if f.isText() {
		v, _, _ = bytes.Cut(v, []byte{0})
		return bytes.Trim(v, " \t\r\n")
	}
	v = bytes.Trim(v, " \t\r\n\x00")
	switch {
	case len(v) == 0, f.typeName() == "", f.typeName() == "memo":
		return nil
	case v[0] == '*',
		f.kind == 'L' && v[0] == '?',
		f.kind == 'D' && len(bytes.Trim(v, "0")) == 0:
		return nil
	}
	return v
}

// dbfRows reads rows one after the other.
type dbfRows struct {
	table *dbfTable
	in    window
	row   int64
}

// next returns the bytes of the next row, nil behind the last.
func (r *dbfRows) next() ([]byte, error) {
	if r.row >= r.table.rows {
		return nil, nil
	}
	b, err := r.in.at(r.table.header+r.row*int64(r.table.rowBytes), r.table.rowBytes)
	r.row++
	if err != nil || len(b) < r.table.rowBytes {
		return nil, err
	}
	return b, nil
}
