package tiles

import (
	"github.com/lintu-map/lintu"
)

// shapes is the state of a layer of polygons or lines at one instant. Its rows stand in
// no order; the index has that in which they are drawn, so that equal rows give equal
// tiles however they came. It never changes.
type shapes struct {
	*schema
	lexicons *lexicons    // that the words are of; only their writer looks into them
	words    []dictionary // of each field
	rows     *block       // ids and columns; where the id is zero there is no row
	read     []uint64     // of each row, a mark of its shape and label as they were read
	coverage *coverage
	index    boxIndex
}

// appendTile implements heldLayer.
func (p *shapes) appendTile(message []byte, c Coord, step int) []byte {
	if c.Z < p.info.MinZoom {
		return message
	}
	w := newLayerWriter()
	defer w.release()
	l, _ := p.info.Reduced(c.Z, step)
	message = p.writeShapes(w, message, c, l)
	if p.info.Kind == lintu.KindArea {
		message = p.writeLabels(w, message, c)
	}
	return message
}

func (p *shapes) writeShapes(w *layerWriter, message []byte, c Coord, l lintu.LayerInfo) []byte {
	small := newSmalls(c, l, p.keys)
	w.begin(message, string(l.Name), small.keys, c)
	f := c.frame()
	view := f.reach()
	write := w.polygon
	if p.coverage.open {
		write = w.lines
	}
	var s ringSet
	p.index.meeting(view, func(row uint32, b box) {
		if small.takes(b) || p.vanishes(&f, b) {
			return
		}
		s.points, s.ends = s.points[:0], s.ends[:0]
		p.coverage.draw(&s, row, max(0, c.Z-l.Coarser), view)
		if write(s.points, s.ends) {
			p.properties(w, p.words, p.rows, int(row), &l)
			w.feature()
		}
	})
	small.write(w)
	return w.end()
}

// vanishes reports whether nothing is left of what is in a box when it is rounded to
// units: an area in one row or column of them, a line in one of both.
func (p *shapes) vanishes(f *frame, b box) bool {
	west, north := f.units(position{b.west, b.north})
	east, south := f.units(position{b.east, b.south})
	if p.coverage.open {
		return west == east && north == south
	}
	return west == east || north == south
}

// writeLabels writes one point for each area whose name stands in the tile: an area
// has its name in one tile only.
func (p *shapes) writeLabels(w *layerWriter, message []byte, c Coord) []byte {
	w.begin(message, string(p.info.Name)+lintu.LabelSuffix, p.keys, c)
	tile := c.quad().box()
	p.index.meeting(tile, func(row uint32, _ box) {
		label := p.coverage.rows[row].label
		if !tile.contains(label) {
			return
		}
		shift := positionBits - extentBits - c.Z
		w.pointAt(int32((label.x-tile.west)>>shift), int32((label.y-tile.north)>>shift))
		p.properties(w, p.words, p.rows, int(row), &p.info)
		w.feature()
	})
	return w.end()
}

// isWithin implements heldLayer.
func (p *shapes) isWithin(b box) bool {
	return b.holds(p.index.bounds())
}

// size implements heldLayer.
func (p *shapes) size() int {
	n := p.rows.size() + 8*cap(p.read) + p.coverage.bytes() + p.index.size()
	for i := range p.words {
		n += p.words[i].size()
	}
	return n
}

// count implements heldLayer.
func (p *shapes) count() int { return p.rows.len() - len(p.freeRows()) }
