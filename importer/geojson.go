package importer

import (
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/lintu-map/lintu"
)

// The rules by which features of a GeoJSON file are refused.
const (
	ruleFeatureInvalid     = "feature-invalid"     // not a feature, or a member of the wrong type
	ruleGeometryInvalid    = "geometry-invalid"    // coordinates that do not fit the type
	ruleGeometryCollection = "geometry-collection" // more than one geometry in a row
	ruleDuplicateKey       = "duplicate-key"       // one member twice: which one counts is anybody's guess
)

// sampledFeatures is how many features are looked at for columns and shape
// before the rest is only counted.
const sampledFeatures = 1000

// geoJSON is a file of one or many GeoJSON texts: a FeatureCollection, a
// feature, a geometry, or a sequence of them (RFC 8142, or one per line).
type geoJSON struct {
	file    blob
	charset charset
}

// newGeoJSON goes through the file once: the first features are read, the rest
// is counted.
func newGeoJSON(name string, b blob) (*Dataset, error) {
	d := &Dataset{Name: name, Format: FormatGeoJSON, Count: -1}
	f := &geoJSON{file: b}
	if err := f.detect(d); err != nil {
		return nil, err
	}
	d.open = f.pass
	return d, f.survey(d)
}

// detect finds the encoding, which RFC 7946 wants to be UTF-8.
func (f *geoJSON) detect(d *Dataset) error {
	head := make([]byte, 4)
	n, err := f.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return unreadable(err)
	}
	label := ""
	switch head = head[:n]; {
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		label = "utf-16le"
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		label = "utf-16be"
	}
	if label != "" {
		f.charset, err = charsetOf(label)
		d.Encoding = lintu.Detection{Value: label, Title: f.charset.title, Confidence: 1,
			Reason: lintu.Text{ZH: "文件开头的字节序标记说明", EN: "the byte order mark says so"}}
		return err
	}
	sample, err := f.sample()
	if err != nil {
		return err
	}
	d.Encoding = detect(sample, hints{}, nil)
	label = d.Encoding.Value
	if label == "" {
		label = d.Encoding.Candidates[0].Value
	}
	f.charset, err = charsetOf(label)
	return err
}

// sample collects strings beyond ASCII from blocks all over the file.
func (f *geoJSON) sample() (*textSample, error) {
	s := &textSample{}
	w := window{blob: f.file}
	size := f.file.size
	block, stride := int64(windowBytes/4), int64(windowBytes/4)
	if size > sampleWhole {
		stride = size / sampleBlocks
	}
	for off := int64(0); off < size; off += stride {
		b, err := w.at(off, int(block))
		if err != nil {
			return nil, err
		}
		s.bytes = 0 // every block may add its share
		s.addStrings(b)
	}
	return s, nil
}

// addStrings adds what stands between quotation marks. What is cut by the ends
// of the block is left out.
func (s *textSample) addStrings(b []byte) {
	_, b, _ = bytes.Cut(b, []byte{'"'})
	for len(b) > 0 && s.bytes <= textSampleBytes/sampleBlocks {
		text, rest, whole := bytes.Cut(b, []byte{'"'})
		if !whole {
			return
		}
		if len(text) < windowBytes/64 {
			s.add(text, 0, false)
		}
		b = rest
	}
}

// reader starts to read the file as UTF-8 text.
func (f *geoJSON) reader(c charset) io.Reader {
	in := io.NewSectionReader(f.file, 0, f.file.size)
	if c.enc == nil {
		return in
	}
	return transform.NewReader(in, unicode.BOMOverride(c.enc.NewDecoder()))
}

// survey fills in what the first features and the end of the file show. A fault
// behind the first row is left to the passes, which say which rows are good.
func (f *geoJSON) survey(d *Dataset) error {
	p := f.start(f.charset)
	var rec Record
	rows := int64(0)
	mixed := false
	for more := true; more; {
		p.counting = rows >= sampledFeatures
		var err error
		if more, err = p.next(&rec); err != nil {
			if rows == 0 {
				return err
			}
			rows = -1
			break
		}
		if !more {
			break
		}
		rows++
		if rec.Geometry != nil && !p.counting {
			shape := shapeOf(rec.Geometry)
			mixed = mixed || d.Shape != "" && d.Shape != shape
			d.Shape = shape
		}
	}
	if mixed {
		d.Shape = ""
	}
	d.Count, d.Columns = rows, p.columns()
	d.CRSHint = p.crs
	if p.crs == "" {
		d.note("它的 crs 成员没有说出坐标系的名称", "its crs member does not name a CRS")
	}
	return nil
}

// pass starts to read under an encoding; "" is the default.
func (f *geoJSON) pass(encoding string) (pass, error) {
	c := f.charset
	if encoding != "" && !isUTF16(c.label) {
		var err error
		if c, err = charsetOf(encoding); err != nil {
			return nil, err
		}
	}
	return f.start(c), nil
}

func isUTF16(label string) bool { return label == "utf-16le" || label == "utf-16be" }

func (f *geoJSON) start(c charset) *geoJSONPass {
	return &geoJSONPass{lex: newJSONLexer(f.reader(c)), label: c.label, crs: defaultCRS, byName: map[string]int{}}
}
