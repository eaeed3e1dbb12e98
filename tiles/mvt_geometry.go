package tiles

import "slices"

// newFeature begins a feature without geometry or properties.
func (w *layerWriter) newFeature(kind geometryType) {
	w.kind, w.tags = kind, w.tags[:0]
	w.path.reset()
}

// point begins a feature at a position, if it is in the buffered tile.
func (w *layerWriter) point(p position) bool { return w.pointAt(w.frame.units(p)) }

// pointAt begins a feature at a place in tile units: a label, or the middle of
// what is counted.
func (w *layerWriter) pointAt(x, y int32) bool {
	if !onGrid(x, y) {
		return false
	}
	w.newFeature(pointType)
	s := [1]spot{spotAt(x, y)}
	w.path.points(s[:])
	return true
}

// points begins a feature with those of several points that are in the buffered
// tile, each place once.
func (w *layerWriter) points(ps []position) bool {
	spots := w.part[:0]
	for _, p := range ps {
		if x, y := w.frame.units(p); onGrid(x, y) {
			spots = append(spots, spotAt(x, y))
		}
	}
	w.part = spots
	if len(spots) == 0 {
		return false
	}
	slices.Sort(spots)
	w.newFeature(pointType)
	w.path.points(slices.Compact(spots))
	return true
}

// lines begins a feature with the parts of some lines that are in the buffered
// tile. Line i ends before points[ends[i]], where the next one begins.
func (w *layerWriter) lines(points []position, ends []int32) bool {
	w.newFeature(lineType)
	first := int32(0)
	for _, end := range ends {
		w.line(points[first:end])
		first = end
	}
	return len(w.path.bytes) > 0
}

// polygon begins a feature with what some rings enclose of the buffered tile.
// Ring i ends before points[ends[i]], where the next one begins; it needs not
// repeat its first point. A place is inside if the rings wind around it so that
// a way out crosses them an odd number of times: their order and direction do
// not matter. Nor do points that follow one another beyond one side of the
// buffered tile, but for the first and last of them: who knows them may leave
// them out.
//
// What comes out is valid (4.3.4.4, and as OGC has it) whatever goes in: each
// exterior ring with its holes behind it, rings simple, touching in single spots
// at most. What vanishes when it is rounded to the grid is left out.
func (w *layerWriter) polygon(points []position, ends []int32) bool {
	o := &w.outline
	o.reset()
	first := int32(0)
	for _, end := range ends {
		o.add(&w.frame, points[first:end])
		first = end
	}
	w.newFeature(polygonType)
	o.draw(&w.path)
	return len(w.path.bytes) > 0
}
