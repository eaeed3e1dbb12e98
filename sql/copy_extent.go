package sql

import (
	"encoding/binary"
	"math"
)

// include widens the extent by a geometry and returns the bytes that follow it;
// none follow what is malformed, which PostGIS will refuse.
func (g *received) include(ewkb []byte) []byte {
	if len(ewkb) < 5 {
		return nil
	}
	var order binary.ByteOrder = byteOrder(ewkb)
	kind := order.Uint32(ewkb[1:])
	b := ewkb[5:]
	if kind&ewkbSRID != 0 {
		b = b[min(4, len(b)):]
	}
	kind &^= ewkbSRID
	if kind == wkbPoint {
		return g.includePoints(b, order, 1)
	}
	n, b := count(b, order)
	for ; n > 0 && len(b) > 0; n-- {
		switch kind {
		case wkbLine:
			return g.includePoints(b, order, n)
		case wkbPolygon:
			var points uint32
			points, b = count(b, order)
			b = g.includePoints(b, order, points)
		default:
			b = g.include(b)
		}
	}
	return b
}

func count(b []byte, order binary.ByteOrder) (uint32, []byte) {
	if len(b) < 4 {
		return 0, nil
	}
	return order.Uint32(b), b[4:]
}

func (g *received) includePoints(b []byte, order binary.ByteOrder, n uint32) []byte {
	for ; n > 0 && len(b) >= 16; n-- {
		x, y := math.Float64frombits(order.Uint64(b)), math.Float64frombits(order.Uint64(b[8:]))
		g.extent[0], g.extent[1] = min(g.extent[0], x), min(g.extent[1], y)
		g.extent[2], g.extent[3] = max(g.extent[2], x), max(g.extent[3], y)
		b = b[16:]
	}
	return b
}
