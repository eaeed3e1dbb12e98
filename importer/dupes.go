package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// layerCodes finds codes that come twice in one layer, over all datasets of a
// file that go into it.
type layerCodes struct {
	set     *codeSet
	parts   []partRows
	total   uint32
	repeats map[string]int // for codes made from shapes: how often each came again
}

// partRows says from which place on a dataset's rows are counted.
type partRows struct {
	dataset string
	first   uint32
}

func newLayerCodes(rows int64) *layerCodes {
	return &layerCodes{set: newCodeSet(rows), repeats: map[string]int{}}
}

// begin announces the rows of the next dataset.
func (l *layerCodes) begin(dataset string) {
	l.parts = append(l.parts, partRows{dataset, l.total})
}

// place counts a row over all datasets.
func (l *layerCodes) place(number int64) uint32 {
	at := l.parts[len(l.parts)-1].first + uint32(number)
	l.total = max(l.total, at)
	return at
}

// who returns the dataset and the row of a place.
func (l *layerCodes) who(place uint32) (dataset string, row int64) {
	for i := len(l.parts) - 1; i >= 0; i-- {
		if p := l.parts[i]; place > p.first {
			return p.dataset, int64(place - p.first)
		}
	}
	return "", int64(place)
}

// check refuses a row whose code an earlier row has. Where codes are made from
// shapes, the later row gets a code of its own instead.
func (l *layerCodes) check(p *plan, it *item) {
	column := p.mapping.codeSource()
	code := &it.values[p.mapping.codeField()]
	place := l.place(it.number)
	before := l.set.add(*code, place)
	if before == 0 {
		return
	}
	dataset, row := l.who(before)
	if column == fromShape {
		base := *code
		for before != 0 {
			l.repeats[base]++
			*code = base + "-" + strconv.Itoa(l.repeats[base]+1)
			before = l.set.add(*code, place)
		}
		it.repair(found(it.number, ruleShapeTwice, center(it), "与第 %d 行的图形相同，代码记为 %s", "it has the same shape as row %d; its code becomes %s", row, *code))
		return
	}
	if dataset != p.dataset.Name {
		it.refuse(found(it.number, ruleCodeTwice, center(it), "代码 %[1]s 已在 %[3]s 的第 %[2]d 行出现", "row %[2]d of %[3]s already has the code %[1]s", presentable(*code, p.mapping.people), row, dataset))
		return
	}
	it.refuse(found(it.number, ruleCodeTwice, center(it), "代码 %s 已在第 %d 行出现", "the code %s is that of row %d too", presentable(*code, p.mapping.people), row))
}

// center is the middle of the row's box; nil without geometry.
func center(it *item) *orb.Point {
	if it.wkb == nil {
		return nil
	}
	c := it.bounds.Center()
	return &c
}

func (m *mapping) codeField() int {
	for i, f := range m.fields {
		if f.Name == roleCode {
			return i
		}
	}
	return -1 // no layer that can be imported is without
}

func (m *mapping) codeSource() int { return m.column[m.codeField()] }

// shapeDigits is how finely a code made from a shape looks at it: seven
// decimals of a degree are a centimetre, and above what conversion may blur.
const shapeDigits = 1e7

// shapeCode is a code made of nothing but the shape: 80 bits of the SHA-256 of
// its coordinates.
func shapeCode(g orb.Geometry) string {
	h := sha256.New()
	var b [16]byte
	eachPoint(g, func(p *orb.Point) {
		binary.BigEndian.PutUint64(b[:8], uint64(int64(math.Round(p[0]*shapeDigits))))
		binary.BigEndian.PutUint64(b[8:], uint64(int64(math.Round(p[1]*shapeDigits))))
		_, _ = h.Write(b[:]) // a hash takes everything
	})
	return "s" + hex.EncodeToString(h.Sum(nil)[:10])
}
