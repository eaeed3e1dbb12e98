package sql_test

import (
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// What a reader remembers of a whole layer is that of now: after a batch, its undo,
// and for each jurisdiction apart.
func TestFactsFollowTheLayer(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := sql.NewReader(p.DB)
	want := func(when string, tenant int32, n int64, east float64) {
		t.Helper()
		got, err := r.CountFeatures(t.Context(), lintu.FeatureQuery{Tenant: tenant, Layer: layerNamed(lintu.Heads), Within: lintu.Jurisdiction})
		if err != nil || got != n {
			t.Errorf("%s: %d heads, want %d: %v", when, got, n, err)
		}
		box, err := r.Extent(t.Context(), tenant, layerNamed(lintu.Heads), lintu.Jurisdiction)
		if n > 0 && (err != nil || box[2] != east) || n == 0 && lintu.CodeOf(err) != lintu.CodeNotFound {
			t.Errorf("%s: extent %v: %v", when, box, err)
		}
	}
	want("empty", p.tenant, 0, 0)
	p.apply(part{lintu.Heads, false, []lintu.Row{row(1, point(113.1, 28.1), "N1", "一邻")}})
	want("one", p.tenant, 1, 113.1)
	b, _ := p.apply(part{lintu.Heads, false, []lintu.Row{row(1, point(113.2, 28.1), "N2", "二邻")}})
	want("two", p.tenant, 2, 113.2)
	want("elsewhere", p.tenant+1, 0, 0)
	if err := p.UndoBatch(t.Context(), p.tenant, b.ID, everywhere); err != nil {
		t.Fatal(err)
	}
	want("undone", p.tenant, 1, 113.1)
}
