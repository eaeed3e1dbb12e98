package town

import "math"

// line is a segment with the number of what it belongs to.
type line struct {
	a, b xy
	id   int
}

// lineIndex finds the segments near a place: a hash of square bins.
type lineIndex struct {
	size  float64
	bins  map[[2]int32][]int32
	lines []line
	mark  []int32 // the query that last saw a line
	query int32
}

func newLineIndex(binM float64) *lineIndex {
	return &lineIndex{size: binM, bins: map[[2]int32][]int32{}}
}

func (h *lineIndex) span(a, b xy) (x0, y0, x1, y1 int32) {
	f := func(v float64) int32 { return int32(math.Floor(v / h.size)) }
	return f(min(a.x, b.x)), f(min(a.y, b.y)), f(max(a.x, b.x)), f(max(a.y, b.y))
}

func (h *lineIndex) add(l line) {
	n := int32(len(h.lines))
	h.lines = append(h.lines, l)
	h.mark = append(h.mark, 0)
	x0, y0, x1, y1 := h.span(l.a, l.b)
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			h.bins[[2]int32{x, y}] = append(h.bins[[2]int32{x, y}], n)
		}
	}
}

// addPath adds every segment of a line.
func (h *lineIndex) addPath(pts []xy, id int) {
	for i := 1; i < len(pts); i++ {
		h.add(line{pts[i-1], pts[i], id})
	}
}

// near calls f once for each segment in the bins that the box of a and b touches.
func (h *lineIndex) near(a, b xy, f func(line)) {
	h.query++
	x0, y0, x1, y1 := h.span(a, b)
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			for _, n := range h.bins[[2]int32{x, y}] {
				if h.mark[n] != h.query {
					h.mark[n] = h.query
					f(h.lines[n])
				}
			}
		}
	}
}

// nearest is the closest segment within a distance, and that distance.
func (h *lineIndex) nearest(p xy, within float64) (best line, distM float64, ok bool) {
	distM = within
	r := xy{within, within}
	h.near(p.sub(r), p.add(r), func(l line) {
		if d := fromSegment(p, l.a, l.b); d < distM {
			best, distM, ok = l, d, true
		}
	})
	return best, distM, ok
}
