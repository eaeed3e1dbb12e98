package tiles

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/paulmach/orb"
)

// unpack reads parts from bytes: the zoom, then pairs of coordinates in quarters
// of a tile unit; a pair of highest numbers ends a part.
func unpack(data []byte) (c Coord, parts [][]orb.Point) {
	if len(data) == 0 {
		return middle, nil
	}
	z := 1 + int(data[0])%18
	c = Coord{Z: z, X: 1 << z / 2, Y: 1 << z / 2}
	parts = append(parts, nil)
	for data = data[1:]; len(data) >= 4; data = data[4:] {
		x, y := int16(binary.BigEndian.Uint16(data)), int16(binary.BigEndian.Uint16(data[2:]))
		if last := len(parts) - 1; x != math.MaxInt16 || y != math.MaxInt16 {
			parts[last] = append(parts[last], orb.Point{float64(x) / 4, float64(y) / 4})
		} else {
			parts = append(parts, nil)
		}
	}
	return c, parts
}

// pack is the inverse, for seeds.
func pack(z int, parts [][]orb.Point) []byte {
	b := []byte{byte(z - 1)}
	for i, part := range parts {
		if i > 0 {
			b = append(b, 0x7f, 0xff, 0x7f, 0xff)
		}
		for _, p := range part {
			b = binary.BigEndian.AppendUint16(b, uint16(int16(p[0]*4)))
			b = binary.BigEndian.AppendUint16(b, uint16(int16(p[1]*4)))
		}
	}
	return b
}

func FuzzPolygon(f *testing.F) {
	for i, c := range polygonsByHand {
		f.Add(pack(1+i%18, c.rings))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 400 {
			return // the judge of what comes out takes its time
		}
		c, rings := unpack(data)
		var s shape
		for _, r := range rings {
			s.add(c, r...)
		}
		m := polygonOf(t, c, s)
		want, got := covered(rings, 4), areaOf(m)
		if slack := 3 + perimeter(rings)/2; c.Z > 1 && math.Abs(want-got) > slack {
			t.Fatalf("area %v, want %v ± %v: %v", got, want, slack, m)
		}
	})
}

func FuzzLine(f *testing.F) {
	for i, c := range linesByHand {
		f.Add(pack(1+i%18, c.lines))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, lines := unpack(data); len(data) < 400 && c.Z > 4 {
			checkLines(t, c, lines)
		}
	})
}
