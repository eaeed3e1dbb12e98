package town

import "math"

// The plane is a raster of cols × rows cells that repeats itself along two
// vectors: (cols, 0) and (shift, rows). Their product with the cell's area is
// the area of the town: 153.8 km².
const (
	cols  = 1336
	rows  = 1152
	shift = cols / 2
	// quantum is the grid of all coordinates. As a power of two it makes
	// every translation by a period exact in a float64.
	quantum = 1.0 / 1024
	cellM   = 10236 * quantum

	periodX = cols * cellM
	periodY = rows * cellM
	shiftX  = shift * cellM

	centreCol = cols / 2
	centreRow = rows / 2
)

// xy is a point in metres east and north of the town's centre.
type xy struct{ x, y float64 }

func (a xy) add(b xy) xy                 { return xy{a.x + b.x, a.y + b.y} }
func (a xy) sub(b xy) xy                 { return xy{a.x - b.x, a.y - b.y} }
func (a xy) times(k float64) xy          { return xy{a.x * k, a.y * k} }
func (a xy) dist(b xy) float64           { return math.Hypot(a.x-b.x, a.y-b.y) }
func (a xy) length() float64             { return math.Hypot(a.x, a.y) }
func (a xy) left() xy                    { return xy{-a.y, a.x} }
func (a xy) cross(b xy) float64          { return a.x*b.y - a.y*b.x }
func (a xy) lerp(b xy, k float64) xy     { return xy{a.x + (b.x-a.x)*k, a.y + (b.y-a.y)*k} }
func (a xy) unit() xy                    { return a.times(1 / math.Max(a.length(), 1e-9)) }
func (a xy) frame(u xy, s, t float64) xy { return a.add(u.times(s)).add(u.left().times(t)) }

// snap rounds to the quantum.
func (a xy) snap() xy {
	return xy{math.Round(a.x/quantum) * quantum, math.Round(a.y/quantum) * quantum}
}

// tile counts periods: which copy of the town is meant.
type tile struct{ i, j int8 }

func (a tile) plus(b tile) tile  { return tile{a.i + b.i, a.j + b.j} }
func (a tile) minus(b tile) tile { return tile{a.i - b.i, a.j - b.j} }

// offset is the translation from the first copy to this one, exact.
func (a tile) offset() xy {
	return xy{float64(a.i)*periodX + float64(a.j)*shiftX, float64(a.j) * periodY}
}

// fold brings a raster position of the endless plane back to its cell, and says
// how many periods away it was: position = cell + w.
func fold(col, row int) (cell int32, w tile) {
	if uint(col) < cols && uint(row) < rows {
		return int32(row*cols + col), tile{}
	}
	j := floorDiv(row, rows)
	row -= j * rows
	col -= j * shift
	i := floorDiv(col, cols)
	col -= i * cols
	return int32(row*cols + col), tile{int8(i), int8(j)}
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// cellAt is the raster position of a point.
func cellAt(p xy) (col, row int) {
	return int(math.Floor(p.x/cellM)) + centreCol, int(math.Floor(p.y/cellM)) + centreRow
}

// corner is the south-west corner of a raster position.
func corner(col, row int) xy {
	return xy{float64(col-centreCol) * cellM, float64(row-centreRow) * cellM}
}

// middle is the centre of a raster position.
func middle(col, row int) xy {
	return corner(col, row).add(xy{cellM / 2, cellM / 2})
}
