package tiles

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// PostGIS must call valid what is drawn, find nothing that two rows share and
// nothing between them, and their union must be what their rim encloses.
func TestCoverageAgainstPostGIS(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 7))
		rows := planarPatchwork(r, 2+r.IntN(5), cells[seed%5], 5).rows()
		c := newCoverage(rows, nil)
		for zoom := lintu.MaxZoom; zoom >= 0; zoom -= 1 + r.IntN(3) {
			drawn := drawAll(c, zoom)
			var texts []string
			for i, s := range drawn {
				if len(s.ends) > 0 {
					texts = append(texts, wkt(nested(rows[i]), s))
				}
			}
			rim := rimOf(drawn)
			if fault := judge(t, db, texts, wkt(nested(rim), rim)); fault != "" {
				t.Fatalf("seed %d, zoom %d: %s", seed, zoom, fault)
			}
		}
	}
}

// Whatever lies over it, a row that is valid is valid at every zoom.
func TestOverlapsAgainstPostGIS(t *testing.T) {
	t.Parallel()
	db := sqltest.New(t)
	for seed := range uint64(12) {
		rows := overlay(rand.New(rand.NewPCG(seed, 8)))
		c := newCoverage(rows, nil)
		var texts []string
		for zoom := range lintu.MaxZoom {
			for i, s := range drawAll(c, zoom) {
				if len(s.ends) > 0 {
					texts = append(texts, wkt(nested(rows[i]), s))
				}
			}
		}
		if reasons := invalid(t, db, texts); len(reasons) > 0 {
			t.Fatalf("seed %d: %v", seed, reasons)
		}
	}
}

// nested says which rings make a polygon: a shell with its inside on its right,
// then its holes.
func nested(s ringSet) [][]int {
	var polygons [][]int
	rings := ringsOf(s)
	for i, ring := range rings {
		if area2(ring) > 0 {
			polygons = append(polygons, []int{i})
		}
	}
	slices.SortFunc(polygons, func(a, b []int) int { return cmp.Compare(area2(rings[a[0]]), area2(rings[b[0]])) })
	for i, hole := range rings {
		if area2(hole) > 0 {
			continue
		}
		in := slices.IndexFunc(polygons, func(p []int) bool {
			return !slices.ContainsFunc(hole, func(v position) bool { return sideOf(v, rings[p[0]]) < 0 })
		})
		polygons[in] = append(polygons[in], i)
	}
	return polygons
}

func wkt(polygons [][]int, s ringSet) string {
	var all []string
	for _, rings := range polygons {
		var lines []string
		for _, i := range rings {
			var points []string
			ring := s.ring(i)
			for _, p := range append(ring, ring[0]) {
				points = append(points, fmt.Sprintf("%d %d", p.x, p.y))
			}
			lines = append(lines, "("+strings.Join(points, ",")+")")
		}
		all = append(all, "("+strings.Join(lines, ",")+")")
	}
	return "MULTIPOLYGON(" + strings.Join(all, ",") + ")"
}

// rimOf returns the rings of what is on one side of a row only.
func rimOf(rows []ringSet) ringSet {
	all := map[segment]bool{}
	for _, s := range segmentsOf(rows...) {
		all[s] = true
	}
	var lines [][]position
	for _, s := range segmentsOf(rows...) {
		if !all[segment{s.b, s.a}] {
			lines = append(lines, []position{s.a, s.b})
		}
	}
	var rim ringSet
	for _, ring := range simpleRings(lines) {
		rim.points = append(rim.points, ring...)
		rim.ends = append(rim.ends, int32(len(rim.points)))
	}
	return rim
}

func invalid(t *testing.T, db *sql.DB, texts []string) (reasons []string) {
	t.Helper()
	rows, err := db.Pool().Query(t.Context(), `SELECT ST_IsValidReason(w::geometry) FROM unnest($1::text[]) w WHERE NOT ST_IsValid(w::geometry)`, texts)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var reason string
		if err := rows.Scan(&reason); err != nil {
			t.Fatal(err)
		}
		reasons = append(reasons, reason)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return reasons
}

// judge returns what PostGIS finds wrong with rows that should fill a rim.
func judge(t *testing.T, db *sql.DB, texts []string, rim string) string {
	t.Helper()
	if reasons := invalid(t, db, append(texts, rim)); len(reasons) > 0 {
		return fmt.Sprint(reasons)
	}
	var shared int
	var whole bool
	err := db.Pool().QueryRow(t.Context(), `WITH r AS MATERIALIZED (SELECT n, w::geometry AS g FROM unnest($1::text[]) WITH ORDINALITY u (w, n))
		SELECT (SELECT count(*) FROM r a JOIN r b ON a.n < b.n AND a.g && b.g AND ST_Relate(a.g, b.g, 'T********')),
		ST_Equals(ST_Union(g), $2::text::geometry) AND ST_NumGeometries(ST_Union(g)) = 1 AND ST_NRings(ST_Union(g)) = 1 FROM r`, texts, rim).Scan(&shared, &whole)
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case shared > 0:
		return fmt.Sprint(shared, " pairs of rows share a place")
	case !whole:
		return "the union is not what the rim encloses"
	}
	return ""
}
