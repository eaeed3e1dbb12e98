package sql_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// block is an area of the property test: a rectangle of lattice lines, perhaps
// with a hole, perhaps of the past.
type block struct {
	w, s, e, n int
	hole, gone bool
	id         lintu.ID
}

// holds says whether a place on the lattice lies in the block or on its border.
func (b block) holds(at [2]int) bool {
	in := func(inset int) bool {
		return b.w+inset <= at[0] && at[0] <= b.e-inset && b.s+inset <= at[1] && at[1] <= b.n-inset
	}
	return !b.gone && in(0) && (!b.hole || !in(2)) // the hole's border is the block's, one line further in
}

func lon(x int) float64 { return 113.5 + float64(x)/128 }
func lat(y int) float64 { return 28 + float64(y)/128 }

func (b block) wkt() string {
	box := func(w, s, e, n int) string {
		return fmt.Sprintf("(%[1]v %[2]v, %[3]v %[2]v, %[3]v %[4]v, %[1]v %[4]v, %[1]v %[2]v)", lon(w), lat(s), lon(e), lat(n))
	}
	rings := box(b.w, b.s, b.e, b.n)
	if b.hole {
		rings += ", " + box(b.w+1, b.s+1, b.e-1, b.n-1)
	}
	return "MULTIPOLYGON((" + rings + "))"
}

type dweller struct {
	code string
	id   lintu.ID
	at   *[2]int // nil: no place
	head int
}

// hamlet is a drawn jurisdiction.
type hamlet struct {
	blocks  []block
	heads   []dweller
	homes   []dweller
	areas   []int // of the territory, by number
	leaders []int
}

const latticeLines = 6

func drawHamlet(rt *rapid.T) hamlet {
	var h hamlet
	line := rapid.IntRange(0, latticeLines)
	for range rapid.IntRange(1, 4).Draw(rt, "blocks") {
		b := block{w: rapid.IntRange(0, latticeLines-1).Draw(rt, "w"), s: rapid.IntRange(0, latticeLines-1).Draw(rt, "s"), id: lintu.NewID()}
		b.e, b.n = rapid.IntRange(b.w+1, latticeLines).Draw(rt, "e"), rapid.IntRange(b.s+1, latticeLines).Draw(rt, "n")
		b.hole = b.e-b.w > 2 && b.n-b.s > 2 && rapid.Bool().Draw(rt, "hole")
		b.gone = rapid.IntRange(0, 4).Draw(rt, "gone") == 0
		h.blocks = append(h.blocks, b)
	}
	dwellers := func(n int, letter string) (all []dweller) {
		for i := range n {
			d := dweller{code: fmt.Sprint(letter, i), id: lintu.NewID(), head: rapid.IntRange(-1, len(h.heads)-1).Draw(rt, "head")}
			if rapid.IntRange(0, 9).Draw(rt, "placed") > 0 {
				d.at = &[2]int{line.Draw(rt, "x"), line.Draw(rt, "y")}
			}
			all = append(all, d)
		}
		return all
	}
	h.heads = dwellers(rapid.IntRange(1, 3).Draw(rt, "heads"), "N")
	h.homes = dwellers(rapid.IntRange(1, 12).Draw(rt, "homes"), "H")
	h.areas = rapid.SliceOfNDistinct(rapid.IntRange(0, len(h.blocks)-1), 0, -1, rapid.ID).Draw(rt, "territory")
	h.leaders = rapid.SliceOfNDistinct(rapid.IntRange(0, len(h.heads)-1), 0, -1, rapid.ID).Draw(rt, "leaders")
	return h
}

func (h hamlet) territory(tenant int32) lintu.Territory {
	var scopes []lintu.Scope
	for _, i := range h.areas {
		scopes = append(scopes, forArea(h.blocks[i].id))
	}
	for _, i := range h.leaders {
		scopes = append(scopes, forHead(h.heads[i].id))
	}
	return within(limited(tenant, scopes...))
}

// sees is the rule itself: in one of the areas, or of one of the heads.
func (h hamlet) sees(d dweller, head int) bool {
	if slices.Contains(h.leaders, head) {
		return true
	}
	return d.at != nil && slices.ContainsFunc(h.areas, func(i int) bool { return h.blocks[i].holds(*d.at) })
}

// store writes the hamlet for a tenant; heads stand half a line north of where
// they were drawn, so that no link is a point.
func (h hamlet) store(rt *rapid.T, p place) {
	exec := func(query string, args ...any) {
		if _, err := p.Owner().Exec(p.t.Context(), query, append([]any{p.tenant}, args...)...); err != nil {
			rt.Fatal(err)
		}
	}
	for i, b := range h.blocks {
		valid := "[2026-01-01,)"
		if b.gone {
			valid = "[2026-01-01,2026-02-01)"
		}
		exec(`INSERT INTO area (tenant_id, id, version, valid, level, code, geom, label, area_m2)
			VALUES ($1, $2, 1, $3::text::tstzrange, 'grid', $4, ST_GeomFromText($5, 4326), ST_Point(113.5, 28, 4326), 1)`, b.id, valid, fmt.Sprint("G", i), b.wkt())
	}
	point := func(d dweller, north float64) *string {
		if d.at == nil {
			return nil
		}
		s := fmt.Sprintf("POINT(%v %v)", lon(d.at[0]), lat(d.at[1])+north)
		return &s
	}
	for _, d := range h.heads {
		exec(`INSERT INTO head (tenant_id, id, version, valid, code, geom)
			VALUES ($1, $2, 1, '[2026-01-01,)', $3, ST_GeomFromText($4, 4326))`, d.id, d.code, point(d, 1.0/256))
	}
	for _, d := range h.homes {
		exec(`INSERT INTO household (tenant_id, id, version, valid, code, geom)
			VALUES ($1, $2, 1, '[2026-01-01,)', $3, ST_GeomFromText($4, 4326))`, d.id, d.code, point(d, 0))
		if d.head >= 0 {
			exec(`INSERT INTO assignment (tenant_id, household_id, version, head_id, valid) VALUES ($1, $2, 1, $3, '[2026-01-01,)')`, d.id, h.heads[d.head].id)
		}
	}
}

// Whatever the territory: tiles, clusters, items, single features and the extent
// show what the rule says, and the neighbor with the same ids changes nothing.
func TestTerritoryIsWhatIsShown(t *testing.T) {
	t.Parallel()
	house, tenants := newPlace(t), int32(0)
	r := sql.NewReader(house.DB)
	rapid.Check(t, func(rt *rapid.T) {
		tenants += 2
		p, twin := house.beside(tenants), house.beside(tenants+1)
		h := drawHamlet(rt)
		other := h
		other.blocks = slices.Clone(h.blocks)
		for i := range other.blocks { // the same ids, another boundary
			other.blocks[i].w, other.blocks[i].s, other.blocks[i].e, other.blocks[i].n, other.blocks[i].hole = 0, 0, latticeLines, latticeLines, false
		}
		h.store(rt, p)
		other.store(rt, twin)
		h.check(rt, p, r)
	})
}

func (h hamlet) check(rt *rapid.T, p place, r *sql.Reader) {
	territory := h.territory(p.tenant)
	box := lintu.BBox{lon(0), lat(0), lon(latticeLines), lat(latticeLines)}
	shown := map[lintu.Layer][]string{lintu.Households: {}, lintu.Links: {}}
	for _, d := range h.homes {
		found := h.sees(d, d.head)
		if found {
			shown[lintu.Households] = append(shown[lintu.Households], d.code)
		}
		if found && d.head >= 0 {
			shown[lintu.Links] = append(shown[lintu.Links], d.code)
		}
		_, err := r.Feature(p.t.Context(), p.tenant, layerNamed(lintu.Households), territory, d.id, nil)
		if (err == nil) != found || err != nil && err.Error() != noHousehold(p, r, d.id) {
			rt.Fatalf("%s: %v, want %v", d.code, err, found)
		}
	}
	placed := func(code string) bool {
		i := slices.IndexFunc(h.homes, func(d dweller) bool { return d.code == code })
		return h.homes[i].at != nil
	}
	for name, want := range shown {
		slices.Sort(want)
		if got := p.codes(r, lintu.FeatureQuery{Layer: layerNamed(name), Within: territory}); !slices.Equal(got, want) {
			rt.Fatalf("items of %s: %v, want %v", name, got, want)
		}
		drawn := slices.DeleteFunc(slices.Clone(want), func(c string) bool { return !placed(c) })
		if name == lintu.Links { // both ends have a place
			drawn = slices.DeleteFunc(drawn, func(c string) bool {
				i := slices.IndexFunc(h.homes, func(d dweller) bool { return d.code == c })
				return h.heads[h.homes[i].head].at == nil
			})
		}
		got, sum := p.onTiles(r, name, territory, box, 15, 12)
		if !slices.Equal(got, drawn) || name == lintu.Households && sum != int64(len(drawn)) {
			rt.Fatalf("%s on tiles: %v and %d, want %v", name, got, sum, drawn)
		}
		if _, err := r.Extent(p.t.Context(), p.tenant, layerNamed(name), territory); (err == nil) != (len(drawn) > 0) {
			rt.Fatalf("extent of %v: %v", drawn, err)
		}
	}
}
