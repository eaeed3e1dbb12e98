package sql_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// moment is what the map showed after an edit.
type moment struct {
	at    time.Time
	state []string
}

// Whatever is imported, taken back and assigned: the map as of any past instant
// is the map that was seen then, and no version is ever lost.
func TestHistoryIsKept(t *testing.T) {
	t.Parallel()
	house, tenants := newPlace(t), int32(0)
	rapid.Check(t, func(rt *rapid.T) {
		tenants++
		p := house.beside(tenants)
		var applied []lintu.ID
		var moments []moment
		versions := int64(0)
		for step := range rapid.IntRange(2, 7).Draw(rt, "steps") {
			switch what := rapid.SampledFrom([]string{"import", "import", "undo", "assign"}).Draw(rt, "what"); {
			case what == "undo" && len(applied) > 0:
				i := rapid.IntRange(0, len(applied)-1).Draw(rt, "batch")
				p.mustOrConflict(rt, p.UndoBatch(t.Context(), p.tenant, applied[i], everywhere))
			case what == "assign":
				household := fmt.Sprint("H", rapid.IntRange(0, 3).Draw(rt, "household"))
				head := fmt.Sprint("N", rapid.IntRange(0, 2).Draw(rt, "head"))
				p.mustOrConflict(rt, p.Assign(t.Context(), p.tenant, household, head, everywhere))
			default:
				b, _, err := p.try(drawParts(rt)...)
				if p.mustOrConflict(rt, err) {
					applied = append(applied, b.ID)
				}
			}
			for i, m := range moments {
				if got := p.stateAt(m.at); !slices.Equal(got, m.state) {
					rt.Fatalf("after step %d, moment %d is\n%v\nbut was\n%v", step, i, got, m.state)
				}
			}
			now := p.clock()
			moments = append(moments, moment{now, p.stateAt(now)})
			n := p.versions()
			if n < versions {
				rt.Fatalf("%d versions, %d before", n, versions)
			}
			versions = n
			p.soundOr(rt)
		}
	})
}

// Taking back the latest batches one after the other shows the maps of before.
func TestUndoUnwinds(t *testing.T) {
	t.Parallel()
	house, tenants := newPlace(t), int32(0)
	rapid.Check(t, func(rt *rapid.T) {
		tenants++
		p := house.beside(tenants)
		var applied []lintu.ID
		var before [][]string
		for range rapid.IntRange(1, 4).Draw(rt, "batches") {
			was := p.state("now()")
			b, _, err := p.try(drawParts(rt)...)
			if p.mustOrConflict(rt, err) {
				applied, before = append(applied, b.ID), append(before, was)
			}
		}
		for i := len(applied) - 1; i >= 0; i-- {
			if err := p.UndoBatch(t.Context(), p.tenant, applied[i], everywhere); err != nil {
				rt.Fatal(err)
			}
			if got := p.state("now()"); !slices.Equal(got, before[i]) {
				rt.Fatalf("after taking back batch %d:\n%v\nbefore it:\n%v", i, got, before[i])
			}
		}
		p.soundOr(rt)
	})
}

// drawParts draws a batch: some layers, each with some of a few codes at some of
// a few places.
func drawParts(rt *rapid.T) []part {
	var parts []part
	some := func(layer lintu.Layer, make func(code string, x, y float64) lintu.Row) {
		if !rapid.Bool().Draw(rt, string(layer)) {
			return
		}
		x := part{layer: layer, close: rapid.Bool().Draw(rt, "close")}
		for i := range 4 {
			if rapid.Bool().Draw(rt, "row") {
				at := rapid.IntRange(0, 3).Draw(rt, "place")
				r := make(fmt.Sprint(i), 113+float64(at%2)/10, 28+float64(at/2)/10)
				r.Number = int64(i + 1)
				x.rows = append(x.rows, r)
			}
		}
		parts = append(parts, x)
	}
	name := rapid.SampledFrom([]string{"甲", "乙", ""})
	some(lintu.Communities, func(code string, x, y float64) lintu.Row {
		return row(0, rect(x-0.05, y-0.05, x+0.15, y+0.05), "C"+code, name.Draw(rt, "name"), "")
	})
	some(lintu.Grids, func(code string, x, y float64) lintu.Row {
		return row(0, rect(x-0.05, y-0.05, x+0.05, y+0.05), "C"+code+"1", name.Draw(rt, "name"), "")
	})
	some(lintu.Heads, func(code string, x, y float64) lintu.Row { return row(0, point(x, y), "N"+code, name.Draw(rt, "name")) })
	some(lintu.Households, func(code string, x, y float64) lintu.Row {
		return row(0, point(x, y), "H"+code, name.Draw(rt, "name"), "", rapid.SampledFrom([]string{"", "N0", "N1"}).Draw(rt, "head"))
	})
	some(lintu.Roads, func(code string, x, y float64) lintu.Row {
		return row(0, line([2]float64{x, y}, [2]float64{x + 1, y}), "R"+code, name.Draw(rt, "name"), "")
	})
	return parts
}

// mustOrConflict reports whether it worked; a refusal that has its reason in the
// data is no failure of the test.
func (p place) mustOrConflict(rt *rapid.T, err error) bool {
	var e *lintu.Error
	if err != nil && (!errors.As(err, &e) || e.Code == lintu.CodeInternal || e.Code == lintu.CodeUnavailable) {
		rt.Fatal(err)
	}
	return err == nil
}

func (p place) clock() (now time.Time) {
	p.t.Helper()
	if err := p.Owner().QueryRow(p.t.Context(), `SELECT clock_timestamp()`).Scan(&now); err != nil {
		p.t.Fatal(err)
	}
	return now
}

func (p place) stateAt(at time.Time) []string {
	p.t.Helper()
	return p.state("'" + at.Format(time.RFC3339Nano) + "'")
}

// versions counts all versions there are.
func (p place) versions() (n int64) {
	p.t.Helper()
	err := p.Owner().QueryRow(p.t.Context(), `
		SELECT count(*) FROM (SELECT tenant_id FROM area_version UNION ALL SELECT tenant_id FROM household_version
			UNION ALL SELECT tenant_id FROM head_version UNION ALL SELECT tenant_id FROM base_version
			UNION ALL SELECT tenant_id FROM assignment) v WHERE tenant_id = $1`, p.tenant).Scan(&n)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p place) soundOr(rt *rapid.T) {
	p.t.Helper()
	faults, err := p.Check(p.t.Context(), p.tenant)
	if err != nil || len(faults) > 0 {
		rt.Fatalf("faults %+v, %v", faults, err)
	}
	if _, err := p.VerifyAudit(p.t.Context(), p.tenant, nil); err != nil {
		rt.Fatal(err)
	}
}
