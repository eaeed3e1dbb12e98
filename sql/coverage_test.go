package sql_test

import (
	"math"
	"strconv"
	"testing"

	"github.com/lintu-map/lintu"
)

// cover stages areas in a dry run and returns what Coverage says.
func (p place) cover(layer lintu.Layer, areas ...lintu.Row) (overlaps, gaps lintu.Findings) {
	p.t.Helper()
	err := p.TryBatch(p.t.Context(), p.tenant, everywhere, func(tx lintu.BatchTx) error {
		if _, err := tx.Stage(p.t.Context(), layerNamed(layer), &rows{list: areas}); err != nil {
			return err
		}
		var err error
		overlaps, gaps, err = tx.Coverage(p.t.Context(), layerNamed(layer))
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return overlaps, gaps
}

func TestCoverage(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	// A ring of four rectangles around a hole; the first and the last overlap by
	// a strip, the second and the third by less than a millimetre.
	overlaps, gaps := p.cover(lintu.Communities,
		row(1, rect(113.00, 28.00, 113.30, 28.10), "A", "a", ""),
		row(2, rect(113.00, 28.10, 113.10, 28.20), "B", "b", ""),
		row(3, rect(113.00, 28.199999999, 113.30, 28.30), "C", "c", ""),
		row(4, rect(113.20, 28.09, 113.30, 28.20), "D", "d", ""))
	if overlaps.Total != 3 || overlaps.ByRule["overlap"] != 1 || overlaps.ByRule["overlap-sliver"] != 2 {
		t.Errorf("overlaps %+v", overlaps)
	}
	if len(overlaps.List) != 1 || overlaps.List[0].Row != 1 || math.Abs(overlaps.List[0].AreaM2/1e4-1089) > 2 {
		t.Errorf("overlaps %+v", overlaps.List)
	}
	if gaps.Total != 1 || len(gaps.List) != 1 || math.Abs(gaps.List[0].AreaM2/1e6-108.7) > 0.2 {
		t.Fatalf("gaps %+v", gaps)
	}
	at := gaps.List[0].LonLat
	if at[0] < 113.1 || at[0] > 113.2 || at[1] < 28.1 || at[1] > 28.2 {
		t.Errorf("gap at %v", at)
	}
}

func TestCoverageOfNeighbours(t *testing.T) {
	t.Parallel()
	overlaps, gaps := newPlace(t).cover(lintu.Grids,
		row(1, rect(113, 28, 113.1, 28.1), "A", "", ""), row(2, rect(113.1, 28, 113.2, 28.1), "B", "", ""))
	if overlaps.Total != 0 || gaps.Total != 0 {
		t.Errorf("overlaps %+v, gaps %+v", overlaps, gaps)
	}
}

func BenchmarkCoverage(b *testing.B) {
	p := newPlace(b)
	var cells []lintu.Row
	for i := range 9025 {
		w, s := 113+float64(i%95)*0.001, 28+float64(i/95)*0.001
		cells = append(cells, row(int64(i+1), rect(w, s, w+0.001, s+0.001), "4301810010"+strconv.Itoa(10000+i), "", ""))
	}
	for b.Loop() {
		p.cover(lintu.Cells, cells...)
	}
}
