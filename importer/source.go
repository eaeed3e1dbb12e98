package importer

import (
	"context"
	"errors"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// The formats a Dataset can have.
const (
	FormatShapefile = "shapefile"
	FormatGeoJSON   = "geojson"
	FormatCSV       = "csv"
	FormatXLSX      = "xlsx"
)

// Source is a file or folder that has been opened for import. It is safe for
// concurrent use; its datasets can be read any number of times until Close.
type Source struct {
	datasets []*Dataset
	notes    []lintu.Text
	closers  []func() error
}

// Open looks at a zip, a folder, a shapefile, a GeoJSON file or a table of this
// machine and finds the datasets in it. What a file is follows from its bytes; name is
// what people call it and is never used as a path. Every failure that the file
// causes is a *lintu.Error.
func Open(path, name string) (*Source, error) {
	s := &Source{}
	if err := s.find(path, name); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Datasets returns what was found, in order of name. It is never empty.
func (s *Source) Datasets() []*Dataset { return s.datasets }

// Notes says what a person should know about the file as a whole: entries that
// were ignored, names that were decoded.
func (s *Source) Notes() []lintu.Text { return s.notes }

// Close releases the file and every temporary file. Readers end with it.
func (s *Source) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// Dataset is one table of features: a shapefile with its companions, a GeoJSON
// file, a CSV, or a sheet of an XLSX. What its fields say is what the file claims, read from headers
// and a bounded sample; only reading all of it shows the truth.
type Dataset struct {
	Name   string      // decoded base name: 长沙市; with its folder where two would be equal
	Format string      // FormatShapefile and so on
	Shape  lintu.Shape // "" where it is mixed or not known before reading
	Count  int64       // rows as claimed; -1 unknown
	// Bounds is minX, minY, maxX, maxY in source coordinates as the header
	// claims; nil where it claims nothing or no finite box.
	Bounds *[4]float64
	PRJ    string // text of the .prj; "" if there is none
	CPG    string // text of the .cpg, trimmed
	LDID   byte   // language driver id of the DBF, 0 if none
	// CRSHint is what a GeoJSON file says about its CRS: "EPSG:4326" where it
	// says nothing (RFC 7946), else the name in its old "crs" member as it
	// stands there. "" for shapefiles and tables.
	CRSHint string
	// Columns are named under the detected encoding, or under its likeliest
	// candidate. A GeoJSON file may bring more of them later.
	Columns  []SourceColumn
	Encoding lintu.Detection
	Notes    []lintu.Text // what is odd before any row is read: companions missing, headers that lie

	open func(encoding string) (pass, error)
}

// isTable reports whether places, if there are any, are in columns.
func (d *Dataset) isTable() bool { return d.Format == FormatCSV || d.Format == FormatXLSX }

// SourceColumn is an attribute column as the file declares it.
type SourceColumn struct {
	Name  string
	Type  string // string, integer, number, boolean, date, memo, mixed; "" where no value shows it
	Width int    // bytes per value in a DBF, 0 in GeoJSON
}

// pass is one reading of a dataset from its first row.
type pass interface {
	// next fills rec and reports whether there was a row.
	next(rec *Record) (bool, error)
	columns() []SourceColumn
	notes() []lintu.Text
}

// Read starts a fresh pass over all rows. encoding is a WHATWG label; "" means
// the detected one, or the likeliest candidate where nothing is certain.
func (d *Dataset) Read(ctx context.Context, encoding string) (*Reader, error) {
	p, err := d.open(encoding)
	if err != nil {
		return nil, err
	}
	return &Reader{ctx: ctx, pass: p}, nil
}

// Reader yields the rows of one pass in the order of the file.
type Reader struct {
	ctx  context.Context
	pass pass
	rec  Record
	rows int64
	err  error
	done bool
}

// ctxEvery is after how many rows a Reader looks whether it was cancelled.
const ctxEvery = 256

// Next goes to the next row. It returns false at the end and on an error.
func (r *Reader) Next() bool {
	if r.done {
		return false
	}
	if r.rows%ctxEvery == 0 {
		if r.err = r.ctx.Err(); r.err != nil {
			r.done = true
			return false
		}
	}
	r.rows++
	ok, err := r.pass.next(&r.rec)
	if err != nil || !ok {
		r.err, r.done = err, true
		return false
	}
	return true
}

// Record returns the present row. It and all its slices and its geometry are
// overwritten by the next call of Next; the strings stay.
func (r *Reader) Record() *Record { return &r.rec }

// Err says why reading ended before the end of the data: a *lintu.Error naming
// the row and byte where the file breaks off, or the context's error. All rows
// before it were read correctly.
func (r *Reader) Err() error { return r.err }

// Columns returns the columns in the order of Record.Values. In GeoJSON it can
// grow while reading; Values of earlier rows were then shorter.
func (r *Reader) Columns() []SourceColumn { return r.pass.columns() }

// Notes says, after the last row, what was done to the dataset as a whole:
// heights dropped, deleted rows skipped, an index not trusted.
func (r *Reader) Notes() []lintu.Text { return r.pass.notes() }

// Placed reports whether rows can have a geometry: a table need not have columns
// of coordinates.
func (r *Reader) Placed() bool {
	t, ok := r.pass.(*tablePass)
	return !ok || t.placed()
}

// Close ends the pass. It may be called at any time and twice.
func (r *Reader) Close() error {
	r.done = true
	return nil
}

// Record is one row of a dataset.
type Record struct {
	Number int64 // 1-based position in the file; deleted rows keep theirs
	// Geometry is in source coordinates, x (easting, longitude) first; nil for a
	// null shape, for a missing one and where an Issue refuses the shape.
	Geometry orb.Geometry
	// LooseRings says that Geometry is an orb.Polygon of several rings of which
	// nothing is known: shells and holes of one or many polygons, as shapefiles
	// keep them. Sorting them out is geo.AssembleRings's part.
	LooseRings bool
	Values     []string // one per column, decoded, trimmed; "" is null
	Issues     []Issue
}

// Issue is something wrong with one row.
type Issue struct {
	Rule     string // stable identifier: record-corrupt, shape-type-mixed, text-undecodable …
	Text     lintu.Text
	At       *orb.Point // a place in source coordinates, if there is one
	Column   string     // the attribute column it is about; "" when it is about the row or its geometry
	Repaired bool       // repaired with one meaning; otherwise the row must be refused, or the column left out
}
