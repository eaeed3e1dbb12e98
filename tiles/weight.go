package tiles

// weight implements layerKeeper. The blocks taken become the layer; a run is sorted
// beside them.
func (w *pointsWriter) weight() int {
	n := w.wordbook.size()
	for _, run := range append(w.runs[:len(w.runs):len(w.runs)], w.taken) {
		for _, b := range run {
			n += b.size()
		}
	}
	const sorting = 16 // bytes a row
	return n + sorting*blockRows*min(len(w.taken), runBlocks)
}

// copies implements layerKeeper: an edit copies blocks of some thousand rows.
func (w *pointsWriter) copies(heldLayer) int { return 0 }

// coverageWeight is how many bytes making a coverage takes for each byte of the shapes
// that it is made of, at most, its own included.
const coverageWeight = 6

// weight implements layerKeeper.
func (w *shapesWriter) weight() int {
	n := 0
	for i := range w.shapes {
		s := &w.shapes[i]
		n += 100 + 8*cap(s.rings.points) + 4*cap(s.rings.ends)
	}
	return w.wordbook.size() + w.taken.size() + coverageWeight*n
}

// copies implements layerKeeper: an edit changes a copy of the coverage.
func (w *shapesWriter) copies(held heldLayer) int { return held.size() }

// size is about how many bytes the lexicons take.
func (w *wordbook) size() int {
	n := 0
	for i := range w.lexicons.fields {
		n += w.lexicons.fields[i].size()
	}
	return n
}
