package geo

import "encoding/binary"

// boundEWKB walks over the heads and counts of EWKB and fails unless they
// describe exactly the bytes there are. go-geom allocates by the counts, so
// this must come first.
func boundEWKB(b []byte) error {
	w := &ewkbWalk{b: b}
	w.geometry(0)
	switch {
	case w.bad:
		return badEWKB("truncated, or of an unknown type")
	case len(w.b) != 0:
		return badEWKB("bytes follow the geometry")
	}
	return nil
}

type ewkbWalk struct {
	b   []byte
	bad bool
}

func (w *ewkbWalk) skip(n uint64) {
	if w.bad || n > uint64(len(w.b)) {
		w.bad = true
		return
	}
	w.b = w.b[n:]
}

func (w *ewkbWalk) uint32(order binary.ByteOrder) uint32 {
	if w.bad || len(w.b) < 4 {
		w.bad = true
		return 0
	}
	v := order.Uint32(w.b)
	w.b = w.b[4:]
	return v
}

// geometry walks over one geometry; part is the type its container demands, or
// 0.
func (w *ewkbWalk) geometry(part uint32) {
	if len(w.b) == 0 || w.b[0] > 1 {
		w.bad = true
		return
	}
	var order binary.ByteOrder = binary.BigEndian
	if w.b[0] == 1 {
		order = binary.LittleEndian
	}
	w.skip(1)
	head := w.uint32(order)
	kind, dims := head&0x0fffffff, uint64(2)
	if head&ewkbSRID != 0 {
		w.skip(4)
	}
	if head&0x80000000 != 0 {
		dims++
	}
	if head&0x40000000 != 0 {
		dims++
	}
	if part != 0 && kind != part {
		w.bad = true
	}
	w.body(kind, dims, order)
}

func (w *ewkbWalk) body(kind uint32, dims uint64, order binary.ByteOrder) {
	switch kind {
	case wkbPoint:
		w.skip(8 * dims)
	case wkbLineString:
		w.skip(8 * dims * uint64(w.uint32(order)))
	case wkbPolygon:
		for n := w.uint32(order); n > 0 && !w.bad; n-- {
			w.skip(8 * dims * uint64(w.uint32(order)))
		}
	case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon:
		for n := w.uint32(order); n > 0 && !w.bad; n-- {
			w.geometry(kind - 3)
		}
	default:
		w.bad = true
	}
}
