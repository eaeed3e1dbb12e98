package lintu

// Reduction says how a layer gives way in a tile that would be too large to be sent:
// step by step, until the tile fits. Nothing disappears silently: what is not drawn any
// more is counted where it is.
type Reduction string

// The reductions.
const (
	// CountAll counts points in cells of 2^CellShift tile units a side, then in larger
	// ones, up to one for the tile.
	CountAll Reduction = "count_all"
	// CountSmall draws shapes as from two zooms further out; then bare, with no more than
	// maps draw by; then counts the small ones in cells, then larger ones, up to those of
	// a tile's size. A shape is counted where the middle of its box is. What reaches
	// beyond the tile's margin is always drawn.
	CountSmall Reduction = "count_small"
	// Coarsen draws shapes as from two zooms further out; then bare, while their labels
	// keep all; then as from four, at last as from six, which moves their borders by the
	// tile's margin at most. All of them stay.
	Coarsen Reduction = "coarsen"
)

// Reduced returns the declaration by which a tile of the zoom shows the layer at a step
// of its reduction: at 0 as declared, then with less and less. It reports false for a
// step that there is not.
func (l LayerInfo) Reduced(zoom, step int) (LayerInfo, bool) {
	l.Step = step
	if step == 0 {
		return l, true
	}
	const tileShift = 12 // a tile has 2^12 units a side
	l.Bare = step > 1 && l.Reduction != CountAll
	switch l.Reduction {
	case CountAll:
		if zoom >= l.DetailZoom {
			step-- // it is not in cells yet
		}
		l.DetailZoom = MaxZoom + 1
		l.CellShift += step
		return l, l.CellShift <= tileShift
	case CountSmall:
		l.Coarser = 2
		if step > 2 {
			l.CountBelow = 1 << (2 * (step - 1)) // 16 units at first: 2 pixels where a tile is drawn on 512
		}
		return l, l.CountBelow <= 1<<tileShift
	case Coarsen:
		l.Coarser = 2 * max(1, step-1)
		return l, l.Coarser <= 6
	}
	return l, false
}
