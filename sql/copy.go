package sql

import (
	"context"
	"encoding/binary"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lintu-map/lintu"
)

// copyReader turns rows into PostgreSQL's binary COPY format while it is read:
// a signature, per row the number of fields and each field with its length, and
// a trailer (https://www.postgresql.org/docs/15/sql-copy.html). Geometry passes
// through as the EWKB it is.
//
// Fields: what lead writes, id, the layer's import fields in their order, geom.
type copyReader struct {
	ctx   context.Context
	layer lintu.LayerInfo
	names []lintu.Field
	rows  lintu.Rows
	lead  func(b []byte, r *lintu.Row) []byte
	leads int      // how many fields lead writes
	aside string   // an import field to keep in got.aside instead of writing it
	key   *dataKey // seals persons; nil where there is none
	late  bool     // the table has no columns for persons: they are kept in got.late
	buf   []byte   // encoded and not yet read
	next  int      // start of that in buf
	ended bool
	err   error // why the rows ended, if they should not have
	got   received
}

// received is what a COPY saw pass.
type received struct {
	rows      int64
	ascending bool // codes came in strictly ascending order, so none came twice
	lastCode  string
	has       []bool // per import field: some row has a value
	hasGeom   bool
	jumps     []jump // where the row numbers of the file do not count on
	aside     []aside
	person    personFields // that some row has
	late      []latePerson
	extent    [4]float64 // around all geometry: west, south, east, north; west > east if there was none
}

// jump says which number of the file the row at an ordinal (from 0) has; the next
// rows count on from there.
type jump struct{ ordinal, number int64 }

// aside is a value that was kept back.
type aside struct {
	number      int64
	code, value string
}

// number returns the row number in the file of the row at an ordinal.
func (g *received) number(ordinal int64) int64 {
	i := sort.Search(len(g.jumps), func(i int) bool { return g.jumps[i].ordinal > ordinal })
	j := g.jumps[i-1]
	return j.number + ordinal - j.ordinal
}

var copySignature = []byte("PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00")

func newCopyReader(ctx context.Context, layer lintu.LayerInfo, rows lintu.Rows) *copyReader {
	fields := layer.ImportFields()
	return &copyReader{ctx: ctx, layer: layer, names: fields, rows: rows, lead: number, leads: 1,
		buf: append(make([]byte, 0, 1<<17), copySignature...),
		got: received{ascending: true, has: make([]bool, len(fields)),
			extent: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}}
}

// number begins the fields of a staged row.
func number(b []byte, r *lintu.Row) []byte {
	b = binary.BigEndian.AppendUint32(b, 8)
	return binary.BigEndian.AppendUint64(b, uint64(r.Number))
}

// Read implements io.Reader.
func (c *copyReader) Read(p []byte) (int, error) {
	for len(c.buf)-c.next < len(p) && !c.ended {
		if c.next > 0 {
			c.buf = append(c.buf[:0], c.buf[c.next:]...)
			c.next = 0
		}
		if err := c.fill(len(p)); err != nil {
			c.err, c.ended = err, true
			return 0, err
		}
	}
	n := copy(p, c.buf[c.next:])
	c.next += n
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// fill encodes rows until there are want bytes, or none are left.
func (c *copyReader) fill(want int) error {
	for len(c.buf) < want {
		if !c.rows.Next(c.ctx) {
			c.ended = true
			if err := c.rows.Err(); err != nil {
				return err
			}
			if err := c.ctx.Err(); err != nil {
				return err
			}
			c.buf = append(c.buf, 0xff, 0xff)
			return nil
		}
		if err := c.encode(c.rows.Row()); err != nil {
			return err
		}
	}
	return nil
}

func (c *copyReader) encode(r *lintu.Row) error {
	if len(r.Values) != len(c.names) {
		return errRow(r.Number, "列数与图层不符。", "it has not as many values as the layer has fields.")
	}
	fields := c.leads + 1 + len(c.names) + 1
	if c.aside != "" {
		fields--
	}
	if c.personal() {
		fields += len(personColumns)
	}
	if len(c.got.jumps) == 0 || c.got.number(c.got.rows) != r.Number {
		c.got.jumps = append(c.got.jumps, jump{c.got.rows, r.Number})
	}
	b := c.lead(binary.BigEndian.AppendUint16(c.buf, uint16(fields)), r)
	b = binary.BigEndian.AppendUint32(b, 16)
	b = append(b, r.ID[:]...)
	for i, v := range r.Values {
		if v != "" {
			c.got.has[i] = true
		}
		if c.names[i].Name == c.aside {
			if v != "" {
				c.got.aside = append(c.got.aside, aside{r.Number, strings.Clone(r.Values[0]), strings.Clone(v)})
			}
			continue
		}
		var err error
		if b, err = c.appendValue(b, r, c.names[i], v); err != nil {
			return err
		}
	}
	b, err := c.appendGeometry(b, r)
	if err == nil {
		b, err = c.appendPerson(b, r)
	}
	c.buf = b
	c.got.rows++
	return err
}

func (c *copyReader) appendValue(b []byte, r *lintu.Row, f lintu.Field, v string) ([]byte, error) {
	if f.Type == lintu.Integer {
		return appendInteger(b, r, f, v)
	}
	if f.Name == "code" {
		if v == "" {
			return nil, errRow(r.Number, "没有代码。", "it has no code.")
		}
		if v <= c.got.lastCode {
			c.got.ascending = false
		}
		if c.got.ascending {
			c.got.lastCode = strings.Clone(v)
		}
	}
	if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
		return nil, errRow(r.Number, "“"+f.Title.ZH+"”不是有效的 UTF-8 文字；请检查编码。",
			"its "+f.Title.EN+" is not valid UTF-8 text; please check the encoding.")
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(v)))
	return append(b, v...), nil
}

func appendInteger(b []byte, r *lintu.Row, f lintu.Field, v string) ([]byte, error) {
	if v == "" {
		return binary.BigEndian.AppendUint32(b, 0xffffffff), nil
	}
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return nil, errRow(r.Number, "“"+f.Title.ZH+"”不是整数。", "its "+f.Title.EN+" is not an integer.")
	}
	b = binary.BigEndian.AppendUint32(b, 4)
	return binary.BigEndian.AppendUint32(b, uint32(int32(n))), nil
}

func (c *copyReader) appendGeometry(b []byte, r *lintu.Row) ([]byte, error) {
	if r.Geometry == nil {
		if c.layer.Shape != lintu.Point || c.layer.Kind == lintu.KindBase {
			return nil, errRow(r.Number, "没有图形。", "it has no shape.")
		}
		return binary.BigEndian.AppendUint32(b, 0xffffffff), nil
	}
	c.got.hasGeom = true
	c.got.include(r.Geometry)
	at := len(b)
	b, ok := appendEWKB(append(b, 0, 0, 0, 0), r.Geometry, c.layer.Shape)
	if !ok {
		return nil, errRow(r.Number, "图形的类型不适合该图层。", "its shape is not of the layer's type.")
	}
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at-4))
	return b, nil
}

// box is the extent as text of a box2d; nil if there is none.
func (g *received) box() *string {
	if g.extent[0] > g.extent[2] {
		return nil
	}
	var s [4]string
	for i, v := range g.extent {
		s[i] = strconv.FormatFloat(v, 'g', -1, 64)
	}
	text := "BOX(" + s[0] + " " + s[1] + "," + s[2] + " " + s[3] + ")"
	return &text
}

// errRow names the row of the file that cannot be stored.
func errRow(number int64, zh, en string) error {
	return &lintu.Error{Code: lintu.CodeInvalid, Text: lintu.Text{
		ZH: "第 " + strconv.FormatInt(number, 10) + " 行：" + zh,
		EN: "Row " + strconv.FormatInt(number, 10) + ": " + en}}
}

// EWKB geometry types and the flag that says an SRID follows.
const (
	wkbPoint, wkbLine, wkbPolygon, wkbMultiLine, wkbMultiPolygon = 1, 2, 3, 5, 6

	ewkbSRID = 0x20000000
)

// appendEWKB appends a two-dimensional geometry in EPSG:4326, a single line or
// polygon as a multi one of one part. It reports false for any other.
func appendEWKB(b, g []byte, shape lintu.Shape) ([]byte, bool) {
	if len(g) < 9 || g[0] > 1 {
		return b, false
	}
	order := byteOrder(g)
	kind := order.Uint32(g[1:])
	if kind&ewkbSRID == 0 || order.Uint32(g[5:]) != 4326 {
		return b, false
	}
	kind &^= ewkbSRID
	single, multi := uint32(wkbPoint), uint32(wkbPoint)
	switch shape {
	case lintu.Line:
		single, multi = wkbLine, wkbMultiLine
	case lintu.Polygon:
		single, multi = wkbPolygon, wkbMultiPolygon
	}
	switch kind {
	case multi:
		return append(b, g...), true
	case single:
		b = append(b, g[0])
		b = order.AppendUint32(b, multi|ewkbSRID)
		b = order.AppendUint32(b, 4326)
		b = order.AppendUint32(b, 1)
		b = append(b, g[0])
		b = order.AppendUint32(b, single)
		return append(b, g[9:]...), true
	}
	return b, false
}

func byteOrder(ewkb []byte) interface {
	binary.ByteOrder
	binary.AppendByteOrder
} {
	if ewkb[0] == 0 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}
