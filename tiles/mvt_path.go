package tiles

import "slices"

// Commands of a geometry (MVT 2.1, 4.3.1).
const (
	moveTo    = 1
	lineTo    = 2
	closePath = 7
)

// path holds the commands of one geometry, encoded, and the cursor behind them.
type path struct {
	bytes  []byte
	cursor spot
}

// origin is where the cursor of a geometry begins.
var origin = spotAt(0, 0)

func (p *path) reset() { p.bytes, p.cursor = p.bytes[:0], origin }

func (p *path) command(id uint32, count int) {
	p.bytes = appendVarint(p.bytes, id|uint32(count)<<3)
}

// to appends the parameters that lead from the cursor through some spots (4.3.2).
// On the grid they have 14 bits at most: two bytes.
func (p *path) to(spots []spot) {
	b, from := slices.Grow(p.bytes, 4*len(spots)), p.cursor
	for _, s := range spots {
		b = appendParameter(b, s.column()-from.column())
		b = appendParameter(b, s.row()-from.row())
		from = s
	}
	p.bytes, p.cursor = b, from
}

// appendParameter makes small numbers of small numbers of either sign.
func appendParameter(b []byte, n int32) []byte {
	zigzag := uint32(n<<1) ^ uint32(n>>31)
	if zigzag < 1<<7 {
		return append(b, byte(zigzag))
	}
	return append(b, byte(zigzag)|0x80, byte(zigzag>>7))
}

// points appends a single point, or several.
func (p *path) points(spots []spot) {
	p.command(moveTo, len(spots))
	p.to(spots)
}

// line appends a line of two spots or more (4.3.4.3).
func (p *path) line(spots []spot) {
	p.command(moveTo, 1)
	p.to(spots[:1])
	p.command(lineTo, len(spots)-1)
	p.to(spots[1:])
}

// ring appends a ring of three spots or more, none repeated at the end (4.3.4.4).
func (p *path) ring(spots []spot) {
	p.line(spots)
	p.command(closePath, 1)
}
