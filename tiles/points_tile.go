package tiles

// appendTile implements heldLayer: it draws one feature per row from the detail zoom
// on, and below it one per cell that has rows, with their number and their mean
// position. A row is counted in one tile only, that in which it lies.
func (p *points) appendTile(message []byte, c Coord, step int) []byte {
	if c.Z < p.info.MinZoom {
		return message
	}
	w := newLayerWriter()
	defer w.release()
	if l, _ := p.info.Reduced(c.Z, step); c.Z < l.DetailZoom {
		return p.writeCells(w, message, c, l.CellShift)
	}
	return p.writeRows(w, message, c)
}

func (p *points) writeRows(w *layerWriter, message []byte, c Coord) []byte {
	w.begin(message, string(p.info.Name), p.keys, c)
	f := c.frame()
	p.near(f.reach(), func(from, to int, _ bool) {
		p.runs(from, to, func(b *block, from, to int) {
			for i := from; i < to; i++ {
				if w.point(deinterleave(b.keys[i])) {
					p.properties(w, p.words, b, i, &p.info)
					w.feature()
				}
			}
		})
	})
	return w.end()
}

// countKey is the property of a cell.
var countKey = []string{"count"}

func (p *points) writeCells(w *layerWriter, message []byte, c Coord, cellShift int) []byte {
	w.begin(message, string(p.info.Name), countKey, c)
	tile := c.quad()
	cell := cell{tile: c, shift: 2 * uint(positionBits-extentBits-c.Z+cellShift)}
	p.runs(p.rank(tile.first), p.rankAfter(tile), func(b *block, from, to int) {
		for from < to {
			end := b.endOfCell(from, to, cell.shift)
			if key := b.keys[from] >> cell.shift; key != cell.key {
				cell.write(w, 0)
				cell.key, cell.rows, cell.sum = key, 0, sum{}
			}
			cell.rows += uint64(end - from)
			cell.sum = cell.sum.plus(b.sum(from, end))
			from = end
		}
	})
	cell.write(w, 0)
	return w.end()
}

// cell adds up the rows of one cell, which may go on in the next block.
type cell struct {
	tile  Coord
	shift uint   // of a code, to that of its cell
	key   uint64 // of the cell
	rows  uint64
	sum   sum
}

// write writes the cell if there are rows in it, at their mean position. That is cut
// down to a tile unit, so that it lies in the cell. key is that of the number.
func (c *cell) write(w *layerWriter, key int) {
	if c.rows == 0 {
		return
	}
	unit := func(sum uint64, tile int) int32 {
		return int32((sum/c.rows)>>(positionBits-extentBits-c.tile.Z) - uint64(tile)<<extentBits)
	}
	w.pointAt(unit(c.sum.x, c.tile.X), unit(c.sum.y, c.tile.Y))
	w.integer(key, int64(c.rows))
	w.feature()
}
