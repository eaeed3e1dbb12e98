package importer

import (
	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// Limits of one chunk: what the goroutines of a stream hand on at once.
const (
	chunkRows     = 512
	chunkVertices = 1 << 16
	chunkBytes    = 4 << 20 // of text
)

// chunk is a run of rows on its way from the file to the database. Its buffers
// are used again for a later run.
type chunk struct {
	items    []item
	values   []string // of all items, one per field of the layer
	points   arena
	wkb      []byte
	done     chan error // gets one value when the chunk has been worked on
	vertices int
	bytes    int
}

// item is one row in a chunk.
type item struct {
	number   int64
	geometry orb.Geometry // in the chunk's arena; nil is none
	values   []string
	personal []string // of the columns of the layer's person, in order of its fields
	person   *lintu.Person
	wkb      []byte
	bounds   orb.Bound
	findings []lintu.Finding // repairs, if the row is not refused
	refused  []lintu.Finding
	loose    bool       // a polygon's rings are not sorted into shells and holes
	outside  *orb.Point // a place in source coordinates that is none on Earth
}

func newChunk() *chunk { return &chunk{done: make(chan error, 1)} }

func (c *chunk) reset() {
	clear(c.items)
	clear(c.values)
	c.items, c.values, c.wkb = c.items[:0], c.values[:0], c.wkb[:0]
	c.points.reset()
	c.vertices, c.bytes = 0, 0
}

// full reports whether the next row belongs into another chunk.
func (c *chunk) full() bool {
	return len(c.items) >= chunkRows || c.vertices >= chunkVertices || c.bytes >= chunkBytes
}

// add copies a record. m says which of its columns are wanted.
func (c *chunk) add(rec *Record, m *mapping) {
	it := item{number: rec.Number, loose: rec.LooseRings}
	for _, v := range rec.Values {
		c.bytes += len(v) // a row's values may share one string
	}
	it.values = c.pick(rec, m.column)
	it.personal = c.pick(rec, m.personalColumn)
	if rec.Geometry != nil {
		it.geometry = c.points.clone(rec.Geometry)
		eachPoint(it.geometry, func(*orb.Point) { c.vertices++ })
	}
	for _, issue := range rec.Issues {
		if issue.Column != "" && !m.used[issue.Column] {
			continue
		}
		f := lintu.Finding{Row: rec.Number, Rule: issue.Rule, Text: issue.Text}
		if issue.At != nil {
			f.LonLat = &[2]float64{issue.At[0], issue.At[1]}
		}
		if issue.Repaired {
			it.findings = append(it.findings, f)
		} else {
			it.refused = append(it.refused, f)
		}
	}
	c.items = append(c.items, it)
}

// pick copies the values of some columns of a record.
func (c *chunk) pick(rec *Record, columns []int) []string {
	start := len(c.values)
	for _, column := range columns {
		v := ""
		if column >= 0 && column < len(rec.Values) {
			v = rec.Values[column]
		}
		c.values = append(c.values, v)
	}
	return c.values[start:len(c.values):len(c.values)]
}

// grown makes room for n more bytes of EWKB without moving what is there:
// items keep slices of it.
func (c *chunk) grown(n int) []byte {
	if cap(c.wkb)-len(c.wkb) < n {
		c.wkb = make([]byte, 0, max(n, 2*cap(c.wkb), 1<<16))
	}
	return c.wkb
}

// refuse marks the row as one that is not stored.
func (it *item) refuse(f lintu.Finding) { it.refused = append(it.refused, f) }

// repair notes a change that has one meaning.
func (it *item) repair(f lintu.Finding) { it.findings = append(it.findings, f) }

// ok reports whether the row still stands.
func (it *item) ok() bool { return len(it.refused) == 0 }

// eachFinding calls f with all findings of the row.
func (it *item) eachFinding(f func(*lintu.Finding)) {
	for _, list := range [][]lintu.Finding{it.findings, it.refused} {
		for i := range list {
			f(&list[i])
		}
	}
}
