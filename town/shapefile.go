package town

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/klauspost/compress/flate"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// shapeType is the number that a shapefile knows a geometry by.
type shapeType uint32

const (
	shapePoint   shapeType = 1
	shapeLine    shapeType = 3
	shapePolygon shapeType = 5
)

// column is one attribute. Its name has at most ten bytes in GBK.
type column struct {
	name   string
	width  int
	number bool
	// recoded columns hold codes that begin with the street's; copies of the
	// town have other streets. named columns say in copies which copy it is.
	recoded, named bool
}

// row is one feature of the first copy of the town.
type row struct {
	parts  [][]xy // rings clockwise for shells; one part of one point for a point
	values []byte // the DBF record without its flag
}

// sheet is one shapefile.
type sheet struct {
	name    string
	shape   shapeType
	columns []column
	rows    []row
	once    bool // not repeated in the copies
}

// copyOf is one appearance of the town.
type copyOf struct {
	offset xy
	street string // nine digits
	label  string // what is written behind names; empty for the first
}

// The projected coordinates of the town's centre, 113.63 E 28.16 N in EPSG:4547.
const (
	centreEasting  = 463660
	centreNorthing = 3116228
)

// prj is EPSG:4547 as ESRI's software writes it.
const prj = `PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`

// stamp is the time of every file in an archive, so that the same town gives the
// same bytes.
var stamp = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

const gbkDriver = 0x4d // language driver id of code page 936

// add fills in one row. Values are strings, or ints for number columns.
func (s *sheet) add(parts [][]xy, values ...any) error {
	rec := make([]byte, 0, s.recordLength())
	enc := simplifiedchinese.GBK.NewEncoder()
	for i, c := range s.columns {
		text, err := enc.String(fmt.Sprint(values[i]))
		if err != nil {
			return fmt.Errorf("town: %s, column %s: %w", s.name, c.name, err)
		}
		if len(text) > c.width {
			return fmt.Errorf("town: %s, column %s: %d bytes do not fit into %d", s.name, c.name, len(text), c.width)
		}
		blank := bytes.Repeat([]byte{' '}, c.width-len(text))
		if c.number {
			rec = append(append(rec, blank...), text...)
		} else {
			rec = append(append(rec, text...), blank...)
		}
	}
	s.rows = append(s.rows, row{parts, rec})
	return nil
}

func (s *sheet) recordLength() int {
	n := 0
	for _, c := range s.columns {
		n += c.width
	}
	return n
}

func (s *sheet) copies(all []copyOf) []copyOf {
	if s.once {
		return all[:1]
	}
	return all
}

// contentWords is the length of a shape record's content in 16-bit words.
func (s *sheet) contentWords(r row) int {
	if s.shape == shapePoint {
		return 10
	}
	n := 0
	for _, p := range r.parts {
		n += len(p)
	}
	return 22 + 2*len(r.parts) + 8*n
}

type box struct{ low, high xy }

func boxOf(parts [][]xy) box {
	b := box{xy{math.Inf(1), math.Inf(1)}, xy{math.Inf(-1), math.Inf(-1)}}
	for _, p := range parts {
		for _, q := range p {
			b.low = xy{min(b.low.x, q.x), min(b.low.y, q.y)}
			b.high = xy{max(b.high.x, q.x), max(b.high.y, q.y)}
		}
	}
	return b
}

// archive writes sheets into one zip.
type archive struct {
	zip    *zip.Writer
	copies []copyOf
	tell   func(rows int)
}

func newArchive(w io.Writer, copies []copyOf, tell func(int)) *archive {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return &archive{z, copies, tell}
}

func (a *archive) create(name string) (*bufio.Writer, error) {
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: stamp})
	if err != nil {
		return nil, err
	}
	return bufio.NewWriterSize(w, 1<<16), nil
}

func (a *archive) text(name, content string) error {
	w, err := a.create(name)
	if err != nil {
		return err
	}
	if _, err := w.WriteString(content); err != nil {
		return err
	}
	return w.Flush()
}

// write streams one sheet: its parts go out one after the other, and nothing
// grows with the number of copies.
func (a *archive) write(ctx context.Context, s *sheet) error {
	for _, part := range []struct {
		ext  string
		emit func(context.Context, *bufio.Writer, *sheet) error
	}{{".shp", a.shp}, {".shx", a.shx}, {".dbf", a.dbf}} {
		w, err := a.create(s.name + part.ext)
		if err != nil {
			return err
		}
		if err := part.emit(ctx, w, s); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if err := a.text(s.name+".prj", prj); err != nil {
		return err
	}
	return a.text(s.name+".cpg", "GBK")
}

// header is the same for shp and shx but for the length.
func (a *archive) header(s *sheet, words int) []byte {
	h := make([]byte, 100)
	binary.BigEndian.PutUint32(h, 9994)
	binary.BigEndian.PutUint32(h[24:], uint32(words))
	binary.LittleEndian.PutUint32(h[28:], 1000)
	binary.LittleEndian.PutUint32(h[32:], uint32(s.shape))
	var corners []xy
	for _, r := range s.rows {
		b := boxOf(r.parts)
		corners = append(corners, b.low, b.high)
	}
	base := boxOf([][]xy{corners})
	var all []xy
	for _, c := range s.copies(a.copies) {
		all = append(all, onMap(base.low, c), onMap(base.high, c))
	}
	putBox(h[36:], boxOf([][]xy{all}))
	return h
}

func onMap(p xy, c copyOf) xy {
	return xy{p.x + c.offset.x + centreEasting, p.y + c.offset.y + centreNorthing}
}

func putBox(h []byte, b box) {
	for i, v := range []float64{b.low.x, b.low.y, b.high.x, b.high.y} {
		binary.LittleEndian.PutUint64(h[8*i:], math.Float64bits(v))
	}
}

func (a *archive) shp(ctx context.Context, w *bufio.Writer, s *sheet) error {
	words := 0
	for _, r := range s.rows {
		words += 4 + s.contentWords(r)
	}
	total := 50 + words*len(s.copies(a.copies))
	if total > math.MaxInt32 {
		return fmt.Errorf("town: %s.shp would be larger than a shapefile can be", s.name)
	}
	if _, err := w.Write(a.header(s, total)); err != nil {
		return err
	}
	n := 0
	var buf []byte
	for _, c := range s.copies(a.copies) {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, r := range s.rows {
			n++
			buf = binary.BigEndian.AppendUint32(buf[:0], uint32(n))
			buf = binary.BigEndian.AppendUint32(buf, uint32(s.contentWords(r)))
			buf = s.appendShape(buf, r, c)
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
		a.tell(len(s.rows))
	}
	return nil
}

func (s *sheet) appendShape(buf []byte, r row, c copyOf) []byte {
	buf = binary.LittleEndian.AppendUint32(buf, uint32(s.shape))
	if s.shape == shapePoint {
		return appendPoint(buf, onMap(r.parts[0][0], c))
	}
	b := boxOf(r.parts)
	buf = appendPoint(appendPoint(buf, onMap(b.low, c)), onMap(b.high, c))
	buf = binary.LittleEndian.AppendUint32(buf, uint32(len(r.parts)))
	n := 0
	for _, p := range r.parts {
		n += len(p)
	}
	buf = binary.LittleEndian.AppendUint32(buf, uint32(n))
	n = 0
	for _, p := range r.parts {
		buf = binary.LittleEndian.AppendUint32(buf, uint32(n))
		n += len(p)
	}
	for _, p := range r.parts {
		for _, q := range p {
			buf = appendPoint(buf, onMap(q, c))
		}
	}
	return buf
}

func appendPoint(buf []byte, p xy) []byte {
	buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(p.x))
	return binary.LittleEndian.AppendUint64(buf, math.Float64bits(p.y))
}

func (a *archive) shx(_ context.Context, w *bufio.Writer, s *sheet) error {
	copies := s.copies(a.copies)
	if _, err := w.Write(a.header(s, 50+4*len(s.rows)*len(copies))); err != nil {
		return err
	}
	at := 50
	var buf []byte
	for range copies {
		for _, r := range s.rows {
			words := s.contentWords(r)
			buf = binary.BigEndian.AppendUint32(buf[:0], uint32(at))
			buf = binary.BigEndian.AppendUint32(buf, uint32(words))
			at += 4 + words
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *archive) dbf(ctx context.Context, w *bufio.Writer, s *sheet) error {
	copies := s.copies(a.copies)
	head, err := s.dbfHeader(len(s.rows) * len(copies))
	if err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	buf := make([]byte, 1+s.recordLength())
	for _, c := range copies {
		if err := ctx.Err(); err != nil {
			return err
		}
		for _, r := range s.rows {
			buf[0] = ' '
			copy(buf[1:], r.values)
			if c.label != "" {
				s.recode(buf[1:], c)
			}
			if _, err := w.Write(buf); err != nil {
				return err
			}
		}
	}
	return w.WriteByte(0x1a)
}

func (s *sheet) dbfHeader(records int) ([]byte, error) {
	h := make([]byte, 32, 32+32*len(s.columns)+1)
	h[0] = 3
	h[1], h[2], h[3] = byte(stamp.Year()-1900), byte(stamp.Month()), byte(stamp.Day())
	binary.LittleEndian.PutUint32(h[4:], uint32(records))
	binary.LittleEndian.PutUint16(h[8:], uint16(32+32*len(s.columns)+1))
	binary.LittleEndian.PutUint16(h[10:], uint16(1+s.recordLength()))
	h[29] = gbkDriver
	for _, c := range s.columns {
		name, err := simplifiedchinese.GBK.NewEncoder().String(c.name)
		if err != nil || len(name) > 10 {
			return nil, fmt.Errorf("town: column name %q does not fit", c.name)
		}
		var f [32]byte
		copy(f[:], name)
		f[11] = 'C'
		if c.number {
			f[11] = 'N'
		}
		f[16] = byte(c.width)
		h = append(h, f[:]...)
	}
	return append(h, 0x0d), nil
}

// recode gives a record the street code of a copy, and its names the label.
func (s *sheet) recode(rec []byte, c copyOf) {
	at := 0
	for _, col := range s.columns {
		field := rec[at : at+col.width]
		switch {
		case col.recoded:
			copy(field[:min(len(c.street), col.width)], c.street)
		case col.named:
			end := col.width
			for end > 0 && field[end-1] == ' ' {
				end--
			}
			copy(field[end:], c.label)
		}
		at += col.width
	}
}

// copyStreet is the street's code of the nth copy, from 1: one that no real street
// has, since the standard ends at 399.
func copyStreet(n int) string { return "430181" + strconv.Itoa(399+n) }
