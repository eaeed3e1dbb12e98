package tiles

import (
	"fmt"
	"maps"
	"slices"

	"github.com/cespare/xxhash/v2"
	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// shapesWriter makes the states of a layer of polygons or lines.
type shapesWriter struct {
	wordbook
	taken  *block // ids and values of the rows since the last state
	shapes []shaped
}

// shaped is the geometry of a row.
type shaped struct {
	rings ringSet
	label position // zero for none
	mark  uint64   // of both as they were read
}

func newShapesWriter(l lintu.LayerInfo) *shapesWriter {
	w := &shapesWriter{wordbook: newWordbook(l)}
	w.forget()
	return w
}

// take implements layerKeeper.
func (w *shapesWriter) take(r *lintu.LayerRow) error {
	s, err := readShape(r, w.info.Shape)
	if err != nil {
		return fmt.Errorf("%s %s: %w", w.info.Name, r.ID, err)
	}
	if len(s.rings.ends) == 0 { // nothing of it is as large as a unit
		return nil
	}
	w.shapes = append(w.shapes, s)
	w.note(w.taken, r.ID, 0, r.Values)
	return nil
}

// forget implements layerKeeper.
func (w *shapesWriter) forget() { w.taken, w.shapes = newBlock(w.numbered, 0), nil }

func readShape(r *lintu.LayerRow, shape lintu.Shape) (s shaped, err error) {
	g, err := geo.DecodeEWKB(r.Geometry)
	if err != nil {
		return s, err
	}
	polygons, arePolygons := g.(orb.MultiPolygon)
	lines, areLines := g.(orb.MultiLineString)
	if arePolygons != (shape == lintu.Polygon) || areLines != (shape == lintu.Line) {
		return s, fmt.Errorf("a %s is no %s", g.GeoJSONType(), shape)
	}
	for _, polygon := range polygons {
		for _, ring := range polygon {
			s.add(ring)
		}
	}
	for _, line := range lines {
		s.add(line)
	}
	s.rings = s.rings.clean(shape == lintu.Line)
	if r.Label != nil {
		p, err := readPoint(r.Label)
		if err != nil {
			return s, err
		}
		s.label = positionOf(p)
	}
	s.mark = markOf(xxhash.Sum64(r.Geometry), xxhash.Sum64(r.Label))
	return s, nil
}

// add appends a ring or line.
func (s *shaped) add(points []orb.Point) {
	for _, p := range points {
		s.rings.points = append(s.rings.points, positionOf(p))
	}
	s.rings.ends = append(s.rings.ends, int32(len(s.rings.points)))
}

// load implements layerKeeper.
func (w *shapesWriter) load() heldLayer {
	w.arrange()
	p := &shapes{schema: w.schema, lexicons: w.lexicons, words: w.dictionaries(), rows: w.taken, coverage: coverageOf(w.shapes, w.info.Shape == lintu.Line)}
	for _, s := range w.shapes {
		p.read = append(p.read, s.mark)
	}
	p.reindex()
	w.forget()
	return p
}

// arrange puts the rows taken into the order in which they are drawn, so that what a
// tile needs lies together in memory.
func (w *shapesWriter) arrange() {
	boxes := make([]box, len(w.shapes))
	for i, s := range w.shapes {
		boxes[i] = boxOf(s.rings.points)
	}
	drawn := newBoxIndex(boxes, w.taken.ids)
	rows, shapes := newBlock(w.numbered, len(boxes)), make([]shaped, 0, len(boxes))
	for _, row := range drawn.rows {
		rows.add(w.taken, int(row), int(row)+1)
		shapes = append(shapes, w.shapes[row])
	}
	w.taken, w.shapes = rows, shapes
}

func coverageOf(shapes []shaped, lines bool) *coverage {
	rings, labels := make([]ringSet, len(shapes)), make([]position, len(shapes))
	for i, s := range shapes {
		rings[i], labels[i] = s.rings, s.label
	}
	if lines {
		return newNetwork(rings)
	}
	return newCoverage(rings, labels)
}

func (p *shapes) reindex() {
	boxes := make([]box, p.rows.len())
	for row := range boxes {
		boxes[row] = nowhere
		if r := p.coverage.rows[row]; r.to > r.from {
			boxes[row] = r.box
		}
	}
	p.index = newBoxIndex(boxes, p.rows.ids)
}

// replace implements layerKeeper. A row lies in a box if its own box meets it.
func (w *shapesWriter) replace(held heldLayer, where []box) heldLayer {
	p := held.(*shapes)
	next := &shapes{schema: p.schema, rows: newBlock(w.numbered, p.rows.len()), read: slices.Clone(p.read), coverage: p.coverage, index: p.index}
	rows := p.rows
	if p.lexicons != w.lexicons { // another's, or of before a step that failed
		rows = w.moved([]*block{rows}, p.words)[0]
	}
	next.rows.add(rows, 0, rows.len())
	gone, free := p.rowsMeeting(where), p.freeRows()
	changed, seen := map[uint32]shaped{}, map[lintu.ID]bool{}
	for i, s := range w.shapes {
		id, bounds := w.taken.ids[i], boxOf(s.rings.points)
		if seen[id] || !slices.ContainsFunc(where, bounds.meets) {
			continue
		}
		seen[id] = true
		row, known := gone[id]
		delete(gone, id)
		switch {
		case known:
		case len(free) > 0:
			row, free = free[0], free[1:]
		default:
			row = uint32(next.rows.len())
			next.rows.add(w.taken, i, i+1)
			next.read = append(next.read, 0)
		}
		if !known || s.mark != p.read[row] {
			changed[row] = s
		}
		next.rows.set(int(row), w.taken, i)
		next.read[row] = s.mark
	}
	for _, row := range gone {
		changed[row] = shaped{}
		next.rows.clear(row)
	}
	next.rows = w.pruned([]*block{next.rows})[0]
	next.lexicons, next.words = w.lexicons, w.dictionaries()
	if len(changed) > 0 {
		next.coverage = p.coverage.with(changed)
		next.reindex()
	}
	w.forget()
	return next
}

// rowsMeeting lists the rows whose boxes meet one of some boxes.
func (p *shapes) rowsMeeting(where []box) map[lintu.ID]uint32 {
	rows := map[lintu.ID]uint32{}
	for _, b := range where {
		p.index.meeting(b, func(row uint32, _ box) { rows[p.rows.ids[row]] = row })
	}
	return rows
}

func (p *shapes) freeRows() []uint32 {
	var free []uint32
	for row, id := range p.rows.ids {
		if id.IsZero() {
			free = append(free, uint32(row))
		}
	}
	return free
}

// mostPuts is how many rows are changed one by one. To change more, working out the
// coverage anew costs less.
const mostPuts = 100

// with returns a coverage in which some rows have other shapes.
func (c *coverage) with(changed map[uint32]shaped) *coverage {
	rows := slices.Sorted(maps.Keys(changed))
	if len(rows) <= mostPuts {
		next := c.clone()
		for _, row := range rows {
			next.put(row, changed[row].rings, changed[row].label)
		}
		return next
	}
	shapes := make([]shaped, max(len(c.rows), int(rows[len(rows)-1])+1))
	for row := range shapes {
		s, is := changed[uint32(row)]
		if !is {
			s.label = c.rows[row].label
			c.draw(&s.rings, uint32(row), lintu.MaxZoom, everywhere)
		}
		shapes[row] = s
	}
	return coverageOf(shapes, c.open)
}

func (c *coverage) clone() *coverage {
	return &coverage{open: c.open, points: slices.Clone(c.points), zooms: slices.Clone(c.zooms), arcs: slices.Clone(c.arcs),
		free: slices.Clone(c.free), refs: slices.Clone(c.refs), rows: slices.Clone(c.rows)}
}
