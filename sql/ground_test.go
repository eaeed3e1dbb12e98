package sql_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// plannerOf is a planner of some areas.
func (p place) plannerOf(codes ...string) lintu.Actor {
	v := &lintu.Viewer{Tenant: p.tenant, Account: lintu.NewID(), Name: "user:planner"}
	for _, code := range codes {
		v.Grants = append(v.Grants, lintu.Grant{Role: lintu.RolePlanner, Scope: forArea(p.id("area", code))})
	}
	return v.Actor(lintu.Import)
}

// tryAs applies parts as somebody, after looking whether a dry run foretells it.
func (p place) tryAs(by lintu.Actor, parts ...part) (*lintu.Batch, []lintu.Comparison, error) {
	p.t.Helper()
	var dry, done []lintu.Comparison
	foretold := p.TryBatch(p.t.Context(), p.tenant, by, load(p.t.Context(), &dry, parts))
	b := newBatch(p)
	err := p.ApplyBatch(p.t.Context(), p.tenant, b, by, load(p.t.Context(), &done, parts))
	switch {
	case (foretold == nil) != (err == nil) || err != nil && err.Error() != foretold.Error():
		p.t.Errorf("the dry run says %v, the batch %v", foretold, err)
	case err == nil && !slices.Equal(dry, done):
		p.t.Errorf("the dry run counts %v, the batch %v", dry, done)
	}
	return b, done, err
}

// The planner of a community changes what lies there and nothing else: the one
// community of town reaches from 113 to 113.5, the other from there to 114.
func TestPlannerStaysOnTheGround(t *testing.T) {
	t.Parallel()
	p, _ := parish(t)
	west := p.plannerOf("430181001001")
	before := p.state("now()")
	for name, c := range map[string]struct {
		part part
		says []string
	}{
		"a new household elsewhere":    {part{lintu.Households, false, []lintu.Row{row(1, point(113.1, 28.1), "H8", "", "", ""), row(7, point(113.6, 28.1), "H9", "", "", "")}}, []string{"7", "H9"}},
		"one without a place":          {part{lintu.Households, false, []lintu.Row{row(3, nil, "H9", "", "", "")}}, []string{"3", "H9"}},
		"one that moves away":          {part{lintu.Households, false, []lintu.Row{row(2, point(113.6, 28.1), "H1", "1号", "B1", "N1")}}, []string{"2", "H1"}},
		"one taken from elsewhere":     {part{lintu.Households, false, []lintu.Row{row(2, point(113.1, 28.1), "H3", "3号", "B2", "N2")}}, []string{"2", "H3"}},
		"another name elsewhere":       {part{lintu.Households, false, []lintu.Row{row(2, nil, "H3", "三号", "", "")}}, []string{"2", "H3"}},
		"another head elsewhere":       {part{lintu.Households, false, []lintu.Row{row(4, nil, "H3", "", "", "N1")}}, []string{"4", "H3"}},
		"a head elsewhere":             {part{lintu.Heads, false, []lintu.Row{row(1, point(113.7, 28.5), "N2", "新邻")}}, []string{"1", "N2"}},
		"a wider community":            {part{lintu.Communities, false, []lintu.Row{row(1, rect(113, 28, 113.51, 29), "430181001001", "神仙坳社区", "")}}, []string{"1"}},
		"the own one, a finger wider":  {part{lintu.Communities, false, []lintu.Row{row(1, rect(113, 28, 113.500001, 29), "430181001001", "神仙坳社区", "")}}, []string{"1", "430181001001"}},
		"what is known elsewhere":      {part{lintu.Households, false, []lintu.Row{row(2, point(113.71, 28.5), "H3", "3号", "B2", "N2")}}, []string{"2", "H3"}},
		"its address guessed rightly":  {part{lintu.Households, false, []lintu.Row{row(2, nil, "H3", "3号", "", "")}}, []string{"2", "H3"}},
		"its head guessed wrongly":     {part{lintu.Households, false, []lintu.Row{row(2, nil, "H3", "", "", "N9")}}, []string{"2", "H3"}},
		"its head guessed rightly":     {part{lintu.Households, false, []lintu.Row{row(2, nil, "H3", "", "", "N2")}}, []string{"2", "H3"}},
		"the street around":            {part{lintu.Streets, false, []lintu.Row{row(1, rect(113, 28, 114, 29), "430181001000", "集里街", "")}}, []string{"1"}},
		"a grid across the border":     {part{lintu.Grids, false, []lintu.Row{row(1, rect(113.49, 28.3, 113.5001, 28.4), "G9", "", "")}}, []string{"1", "G9"}},
		"a road across the border":     {part{lintu.Roads, false, []lintu.Row{row(1, line([2]float64{113.4, 28}, [2]float64{113.6, 28}), "R9", "", "")}}, []string{"1", "R9"}},
		"a unit without a place":       {part{lintu.Units, false, []lintu.Row{row(1, nil, "U9", "司法所", "", "")}}, []string{"1", "U9"}},
		"a point just over the border": {part{lintu.Heads, false, []lintu.Row{row(1, point(113.500001, 28.5), "N9", "")}}, []string{"1", "N9"}},
	} {
		_, _, err := p.tryAs(west, c.part)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		wantCode(t, err, lintu.CodeForbidden, c.says...)
	}
	// A head elsewhere is answered like one that is not there.
	_, _, err := p.tryAs(west, part{lintu.Households, false, []lintu.Row{row(1, nil, "H1", "", "", "N2")}})
	_, _, absent := p.tryAs(west, part{lintu.Households, false, []lintu.Row{row(1, nil, "H1", "", "", "NX")}})
	if err == nil || strings.ReplaceAll(absent.Error(), "NX", "N2") != err.Error() {
		t.Errorf("%v, but %v", err, absent)
	}
	equal(t, "state", p.state("now()"), before)

	// Widening the own area and building there in one batch goes neither way.
	_, _, err = p.tryAs(west, part{lintu.Grids, false, []lintu.Row{row(1, rect(113.49, 28.3, 113.6, 28.4), "G9", "", "")}},
		part{lintu.Households, false, []lintu.Row{row(1, point(113.55, 28.35), "H9", "", "", "")}})
	wantCode(t, err, lintu.CodeForbidden, "G9")

	// All of this is on the ground: areas of elsewhere that say nothing new, the
	// own one made smaller, the border drawn again a hand's breadth off by what lies
	// in it, points on the border.
	_, done, err := p.tryAs(west,
		part{lintu.Communities, false, []lintu.Row{
			row(1, rect(113.000001, 28, 113.5, 29), "430181001001", "神仙坳社区", ""),
			row(2, rect(113.5, 28, 114, 29), "430181001002", "唐家洲社区", "")}},
		part{lintu.Grids, false, []lintu.Row{row(1, rect(113.4, 28, 113.500001, 28.1), "G9", "", "")}},
		part{lintu.Roads, false, []lintu.Row{row(1, line([2]float64{113.4, 28}, [2]float64{113.500001, 28}), "R9", "", "")}},
		part{lintu.Heads, false, []lintu.Row{row(1, point(113.5, 28.5), "N9", "新邻")}},
		part{lintu.Households, false, []lintu.Row{
			row(1, point(113.15, 28.17), "H1", "1号", "B1", "N9"), row(3, point(113.1, 28.1), "H8", "8号", "", "")}})
	if err != nil {
		t.Fatal(err)
	}
	if done[0].Changed != 1 || done[0].Unchanged != 1 || done[1].New != 1 || done[4].Changed != 1 || done[4].New != 1 || done[4].Unchanged != 0 {
		t.Errorf("done %+v", done)
	}
	p.sound()
}

// Closing what a file lacks ends nothing outside the ground, and does not count
// it either.
func TestPlannerMissesOnlyTheOwn(t *testing.T) {
	t.Parallel()
	p, _ := parish(t)
	east := p.plannerOf("430181001002")
	_, done, err := p.tryAs(east, part{lintu.Households, true, nil}, part{lintu.Heads, true, nil}, part{lintu.Communities, true, nil})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "comparisons", done, []lintu.Comparison{{Missing: 1, Closed: 1}, {Missing: 1, Closed: 1}, {Missing: 1, Closed: 1}})
	equal(t, "left", p.strings(`SELECT code FROM household WHERE upper_inf(valid) UNION ALL SELECT code FROM head WHERE upper_inf(valid)
		UNION ALL SELECT code FROM area WHERE upper_inf(valid) AND level = 'community' ORDER BY 1`), []string{"430181001001", "H1", "H2", "H4", "H5", "H6", "N1", "N3"})
	// The area has ended: nothing is the planner's any more.
	_, _, err = p.tryAs(east, part{lintu.Heads, false, []lintu.Row{row(1, point(113.7, 28.5), "N2", "二邻")}})
	wantCode(t, err, lintu.CodeForbidden, "N2")
	p.sound()
}

// A head who looks after households elsewhere is not only this planner's to end.
func TestPlannerKeepsLinksOfElsewhere(t *testing.T) {
	t.Parallel()
	p, _ := parish(t)
	if err := p.Assign(t.Context(), p.tenant, "H3", "N1", everywhere); err != nil {
		t.Fatal(err)
	}
	before := p.state("now()")
	_, _, err := p.tryAs(p.plannerOf("430181001001"), part{lintu.Heads, true, []lintu.Row{row(1, point(113.2, 28.15), "N3", "界上")}},
		part{lintu.Households, false, []lintu.Row{row(1, nil, "H1", "", "", "N3"), row(2, nil, "H2", "", "", "N3"), row(3, nil, "H4", "", "", "N3")}})
	wantCode(t, err, lintu.CodeForbidden, "N1")
	equal(t, "state", p.state("now()"), before)
}

func TestPlannerUndoesOnTheGround(t *testing.T) {
	t.Parallel()
	p, _ := parish(t)
	west, street := p.plannerOf("430181001001"), p.plannerOf("430181001000")
	both, _ := p.apply(part{lintu.Households, false, []lintu.Row{row(1, nil, "H1", "甲", "", ""), row(2, nil, "H3", "丙", "", "")}})
	wantCode(t, p.UndoBatch(t.Context(), p.tenant, both.ID, west), lintu.CodeForbidden, "H3")
	if err := p.UndoBatch(t.Context(), p.tenant, both.ID, street); err != nil {
		t.Fatal(err)
	}
	link, _ := p.apply(part{lintu.Households, false, []lintu.Row{row(1, nil, "H3", "", "", "N1")}})
	wantCode(t, p.UndoBatch(t.Context(), p.tenant, link.ID, west), lintu.CodeForbidden, "H3")
	gone, _ := p.apply(part{lintu.Units, true, nil}) // which had no place
	wantCode(t, p.UndoBatch(t.Context(), p.tenant, gone.ID, street), lintu.CodeForbidden, "U1")
	own, _, err := p.tryAs(west, part{lintu.Households, false, []lintu.Row{row(1, point(113.15, 28.16), "H1", "乙", "", "N3"), row(2, point(113.3, 28.3), "H9", "", "", "")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.UndoBatch(t.Context(), p.tenant, own.ID, west); err != nil {
		t.Fatal(err)
	}
	p.sound()
}

func TestAssignWithinATerritory(t *testing.T) {
	t.Parallel()
	p, _ := parish(t)
	west := p.plannerOf("430181001001")
	for _, c := range [][3]string{{"H3", "N1", "H3"}, {"H6", "N1", "H6"}, {"H1", "N2", "N2"}} {
		err := p.Assign(t.Context(), p.tenant, c[0], c[1], west)
		absent := p.Assign(t.Context(), p.tenant, strings.Replace(c[0], c[2], "XX", 1), strings.Replace(c[1], c[2], "XX", 1), everywhere)
		wantCode(t, err, lintu.CodeNotFound)
		if strings.ReplaceAll(absent.Error(), "XX", c[2]) != err.Error() {
			t.Errorf("%v, but %v", err, absent)
		}
	}
	wantCode(t, p.Assign(t.Context(), p.tenant, "H1", "N3", lintu.Actor{Name: "nobody"}), lintu.CodeNotFound)
	if err := p.Assign(t.Context(), p.tenant, "H1", "N3", west); err != nil {
		t.Fatal(err)
	}
	equal(t, "links", p.strings(`SELECT h.code FROM assignment a JOIN household h ON h.id = household_id JOIN head n ON n.id = head_id
		WHERE n.code = 'N3' AND upper_inf(a.valid) ORDER BY 1`), []string{"H1", "H5", "H6"})
	p.sound()
}

// Whatever a planner of the west imports or takes back: the east stays as it is.
func TestPlannerNeverReachesElsewhere(t *testing.T) {
	t.Parallel()
	house, tenants := newPlace(t), int32(0)
	rapid.Check(t, func(rt *rapid.T) {
		tenants++
		p := house.beside(tenants)
		p.apply(part{lintu.Streets, false, []lintu.Row{row(1, rect(112, 27, 113.05, 29), "S", "西街", "")}})
		if _, _, err := p.try(drawParts(rt)...); err != nil {
			rt.Skip("no start")
		}
		east := func() []string {
			return p.strings(`
				SELECT concat_ws('|', level, code, name, ST_AsText(geom)) FROM area WHERE tenant_id = $1 AND upper_inf(valid) AND NOT ST_CoveredBy(geom, ST_MakeEnvelope(111.9, 26.9, 113.051, 29.1, 4326))
				UNION ALL SELECT concat_ws('|', h.code, h.name, ST_AsText(h.geom), a.head_id) FROM household h LEFT JOIN assignment a ON a.tenant_id = $1 AND a.household_id = h.id AND upper_inf(a.valid)
					WHERE h.tenant_id = $1 AND upper_inf(h.valid) AND (h.geom IS NULL OR ST_X(h.geom) > 113.05)
				UNION ALL SELECT concat_ws('|', code, name, ST_AsText(geom)) FROM head WHERE tenant_id = $1 AND upper_inf(valid) AND ST_X(geom) > 113.05
				UNION ALL SELECT concat_ws('|', code, name, ST_AsText(geom)) FROM base WHERE tenant_id = $1 AND upper_inf(valid) AND ST_XMax(geom) > 113.051
				ORDER BY 1`, p.tenant)
		}
		was, planner := east(), p.plannerOf("S")

		for range rapid.IntRange(1, 4).Draw(rt, "steps") {
			b, _, err := p.tryAs(planner, drawParts(rt)...)
			if p.mustOrConflict(rt, err) {

				if rapid.Bool().Draw(rt, "undo") {
					p.mustOrConflict(rt, p.UndoBatch(t.Context(), p.tenant, b.ID, planner))
				}
			}
			if now := east(); !slices.Equal(now, was) {
				rt.Fatalf("the east was\n%v\nand is\n%v", was, now)
			}
		}
		p.soundOr(rt)
	})
}

// Personal data of elsewhere is neither changed nor compared with what a file
// says, and not taken back.
func TestPlannerLeavesPersonsOfElsewhere(t *testing.T) {
	t.Parallel()
	p := peopled(t)
	west := p.plannerOf("430181001001")
	before := p.persons()
	other := lintu.Person{Name: "赵六", Phone: "13800000009"}
	same := lintu.Person{Name: "王五", Phone: "13800000003", Members: 5}
	for _, x := range []lintu.Person{other, same} {
		_, _, err := p.tryAs(west, part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", other), onlyPerson(2, "H3", x)}})
		_, _, absent := p.tryAs(west, part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", other), onlyPerson(2, "HX", x)}})
		if err == nil || err.Error() != absent.Error() {
			t.Errorf("%v, but %v", err, absent)
		}
		_, _, err = p.tryAs(west, part{lintu.Households, false, []lintu.Row{with(row(2, point(113.71, 28.5), "H3", "3号", "B2", "N2"), x)}})
		wantCode(t, err, lintu.CodeForbidden, "H3")
	}
	equal(t, "persons", p.persons(), before)
	both, _ := p.apply(part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H1", other), onlyPerson(2, "H3", other)}})
	wantCode(t, p.UndoBatch(t.Context(), p.tenant, both.ID, west), lintu.CodeForbidden, "H3")
	own, _, err := p.tryAs(west, part{lintu.Households, false, []lintu.Row{onlyPerson(1, "H2", other)}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.UndoBatch(t.Context(), p.tenant, own.ID, west); err != nil {
		t.Fatal(err)
	}
	p.sound()
}
