package sql_test

import (
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu/geo"
	"github.com/lintu-map/lintu/sql"
)

func TestExtent(t *testing.T) {
	t.Parallel()
	for _, g := range []orb.Geometry{
		orb.Point{1, 2},
		orb.LineString{{1, 2}, {-3, 9}},
		orb.MultiLineString{{{1, 2}, {3, 4}}, {{0, 9}, {-1, 1}}},
		orb.Polygon{{{0, 0}, {9, 1}, {3, 8}, {0, 0}}, {{1, 1}, {2, 2}, {2, 1}, {1, 1}}},
		orb.MultiPolygon{{{{0, 0}, {9, 1}, {3, 8}, {0, 0}}}, {{{-7, 1}, {2, 2}, {2, 11}, {-7, 1}}, {{0, 3}, {1, 4}, {1, 3}, {0, 3}}}},
	} {
		wkb, err := geo.AppendEWKB(nil, g)
		must(t, err)
		b := g.Bound()
		if got, want := sql.ExtentOf(wkb), [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}; got != want {
			t.Errorf("%v: %v, want %v", g, got, want)
		}
		for n := range wkb { // whatever is cut off, it ends
			if e := sql.ExtentOf(wkb[:n]); math.IsNaN(e[0]) {
				t.Errorf("%v, %d bytes: %v", g, n, e)
			}
		}
	}
}
