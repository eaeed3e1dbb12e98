package sql_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

func (r routed) save(x lintu.Rule, by lintu.Actor) (*lintu.Rule, error) {
	r.t.Helper()
	return r.SaveRule(r.t.Context(), r.tenant, x, by)
}

// mustSave stores a new rule; area and rung may be "".
func (r routed) mustSave(category, area, rung, unit string) *lintu.Rule {
	r.t.Helper()
	saved, err := r.save(newRule(category, area, rung, unit), everywhere)
	must(r.t, err)
	return saved
}

func newRule(category, area, rung, unit string) lintu.Rule {
	x := lintu.Rule{ID: lintu.NewID(), Category: category, Rung: lintu.Rung(rung), Unit: lintu.Handler{Code: unit}}
	if layer, code, ok := strings.Cut(area, "/"); ok {
		x.Area = &lintu.AreaRef{Layer: lintu.Layer(layer), Code: code}
	}
	return x
}

func TestRules(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	wall := r.mustSave("B0501", "communities/430181001001", "", "U2")
	lamp := r.mustSave("B0101", "", "community", "U3")
	if wall.Number != 1 || lamp.Number != 2 || wall.Area.Name != "神仙坳社区" || wall.Unit.Name != "住建站" {
		t.Errorf("%+v, %+v", wall, lamp)
	}
	// The same again changes nothing.
	again, err := r.save(lintu.Rule{ID: wall.ID, Category: "B0501", Area: wall.Area, Unit: lintu.Handler{Code: "U2"}}, everywhere)
	must(t, err)
	if !again.ChangedAt.Equal(wall.ChangedAt) {
		t.Errorf("saved again: %+v", again)
	}
	changed, err := r.save(lintu.Rule{ID: wall.ID, Category: "B05", Area: wall.Area, Unit: lintu.Handler{Code: "U1"}, Note: "先派出所"}, everywhere)
	must(t, err)
	if changed.Number != 1 || !changed.ChangedAt.After(wall.ChangedAt) {
		t.Errorf("changed: %+v", changed)
	}
	must(t, r.RemoveRule(t.Context(), r.tenant, lamp.ID, everywhere))
	wantCode(t, r.RemoveRule(t.Context(), r.tenant, lamp.ID, everywhere), lintu.CodeNotFound)
	_, err = r.save(lintu.Rule{ID: lamp.ID, Unit: lintu.Handler{Code: "U1"}}, everywhere)
	wantCode(t, err, lintu.CodeConflict)
	if third := r.mustSave("B0101", "", "community", "U3"); third.Number != 3 {
		t.Errorf("the number of a removed rule is used again: %+v", third)
	}
	list, err := r.Rules(t.Context(), r.tenant)
	must(t, err)
	if len(list) != 2 || list[0].ID != wall.ID || list[0].Unit.Code != "U1" || list[0].Category != "B05" || list[0].Note != "先派出所" || list[1].Number != 3 {
		t.Errorf("rules: %+v", list)
	}
	equal(t, "what was is kept", r.strings(`SELECT concat_ws(' ', number, version, category, upper_inf(valid), upper(valid) = lead(lower(valid)) OVER (PARTITION BY id ORDER BY version)) FROM rule ORDER BY number, version`),
		[]string{"1 1 B0501 f t", "1 2 B05 t", "2 1 B0101 f", "3 1 B0101 t"})
	for _, query := range []string{`DELETE FROM rule`, `TRUNCATE rule`, `UPDATE rule SET unit_id = unit_id`} {
		if _, err := r.Pool().Exec(t.Context(), query); err == nil {
			t.Errorf("%s went through", query)
		}
	}
}

func TestRulesAreAudited(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	wall := r.mustSave("B0501", "communities/430181001001", "", "U2")
	_, err := r.save(lintu.Rule{ID: wall.ID, Category: "B0501", Rung: "street", Unit: lintu.Handler{Code: "U1"}, Note: "remark"}, everywhere)
	must(t, err)
	must(t, r.RemoveRule(t.Context(), r.tenant, wall.ID, everywhere))
	var got []string
	for _, e := range r.entries(lintu.AuditQuery{Kind: "rule", OldestFirst: true}) {
		var detail map[string]any
		must(t, json.Unmarshal(e.Detail, &detail))
		sorted, err := json.Marshal(detail)
		must(t, err)
		got = append(got, e.Act+" "+string(sorted))
	}
	equal(t, "audit", got, []string{
		`save_rule {"new":{"area":"communities/430181001001","category":"B0501","rung":"","unit":"U2"},"number":1}`,
		`save_rule {"new":{"category":"B0501","rung":"street","unit":"U1"},"number":1,"old":{"area":"communities/430181001001","category":"B0501","rung":"","unit":"U2"}}`,
		`remove_rule {"number":1,"old":{"category":"B0501","rung":"street","unit":"U1"}}`})
}

func TestRulesRefused(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	r.mustSave("B0501", "communities/430181001001", "", "U2")
	for what, x := range map[string]struct {
		rule lintu.Rule
		code lintu.ErrorCode
		says string
	}{
		"the same key":        {newRule("B0501", "communities/430181001001", "", "U1"), lintu.CodeConflict, "规则 1"},
		"an unknown category": {newRule("X", "", "", "U1"), lintu.CodeInvalid, "X"},
		"an unknown rung":     {newRule("", "", "roof", "U1"), lintu.CodeInvalid, "roof"},
		"an unknown area":     {newRule("", "communities/9", "", "U1"), lintu.CodeNotFound, "communities/9"},
		"an area of no layer": {newRule("", "units/U1", "", "U1"), lintu.CodeNotFound, "units/U1"},
		"an unknown unit":     {newRule("", "", "", "U9"), lintu.CodeNotFound, "U9"},
		"no unit":             {newRule("", "", "", ""), lintu.CodeNotFound, "责任单位"},
		"no id":               {lintu.Rule{Unit: lintu.Handler{Code: "U1"}}, lintu.CodeInvalid, "id"},
		"a long note":         {lintu.Rule{ID: lintu.NewID(), Unit: lintu.Handler{Code: "U1"}, Note: strings.Repeat("长", 201)}, lintu.CodeInvalid, "200"},
	} {
		_, err := r.save(x.rule, everywhere)
		if lintu.CodeOf(err) != x.code || !strings.Contains(lintu.AsError(err).Text.ZH, x.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Another rung, another area and everywhere are other keys.
	r.mustSave("B0501", "communities/430181001001", "street", "U2")
	r.mustSave("B0501", "communities/430181001002", "", "U2")
	r.mustSave("B0501", "", "", "U2")
	_, err := r.save(newRule("B0501", "", "", "U1"), everywhere)
	wantCode(t, err, lintu.CodeConflict, "4")
}

// Who manages the rules of a community changes no others.
func TestRulesOfATerritory(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	by := lintu.Actor{Name: "planner", Within: lintu.Territory{Areas: []lintu.ID{r.id("area", "430181001001")}}}
	theirs := r.mustSave("B0101", "communities/430181001002", "", "U1")
	for _, area := range []string{"communities/430181001001", "grids/G1"} {
		own, err := r.save(newRule("B0501", area, "", "U2"), by)
		must(t, err)
		own.Area, own.Rung = &lintu.AreaRef{Layer: lintu.Streets, Code: "430181001000"}, "group"
		_, err = r.save(*own, by)
		wantCode(t, err, lintu.CodeForbidden)
		must(t, r.RemoveRule(t.Context(), r.tenant, own.ID, by))
	}
	for _, area := range []string{"", "streets/430181001000", "communities/430181001002"} {
		_, err := r.save(newRule("B0501", area, "", "U2"), by)
		wantCode(t, err, lintu.CodeForbidden)
	}
	wantCode(t, r.RemoveRule(t.Context(), r.tenant, theirs.ID, by), lintu.CodeForbidden)
	theirs.Area = &lintu.AreaRef{Layer: lintu.Communities, Code: "430181001001"}
	_, err := r.save(*theirs, by)
	wantCode(t, err, lintu.CodeForbidden)
}

func TestUncovered(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	pairs := func(category string) (got []string) {
		t.Helper()
		all, err := r.Uncovered(t.Context(), r.tenant)
		must(t, err)
		for _, u := range all {
			if u.Category == category {
				word := u.Area.Code
				if u.Fallback {
					word += " locality"
				}
				got = append(got, word)
			}
		}
		return got
	}
	equal(t, "without rules", pairs("B0501"), []string{"430181001001 locality", "430181001002"})
	equal(t, "on the street's rung", pairs("B0502"), []string{"430181001001", "430181001002"})
	equal(t, "a branch", pairs("B05"), nil)
	r.mustSave("B0501", "communities/430181001002", "", "U2")
	equal(t, "a rule of the community", pairs("B0501"), []string{"430181001001 locality"})
	r.mustSave("B0501", "", "street", "U2")
	equal(t, "a rule of another rung", pairs("B0501"), []string{"430181001001 locality"})
	r.mustSave("B05", "streets/430181001000", "", "U3")
	equal(t, "a rule of the street for the branch", pairs("B0501"), nil)
	mustExec(t, r.DB, `UPDATE unit SET valid = tstzrange(lower(valid), now()) WHERE code = 'U3'`)
	equal(t, "a unit that is gone", pairs("B0501"), []string{"430181001001 locality"})
	list, err := r.Rules(t.Context(), r.tenant)
	must(t, err)
	if !list[2].Gone || list[0].Gone {
		t.Errorf("gone: %+v", list)
	}
}

// Whoever saves at the same time gets numbers of one's own, and of rules for the same
// there is one.
func TestRulesSavedAtOnce(t *testing.T) {
	t.Parallel()
	r := newRouted(t)
	leaves := r.cs[1:11]
	results := make(chan error, 2*len(leaves))
	for range 2 {
		for _, c := range leaves {
			go func() {
				_, err := r.SaveRule(t.Context(), r.tenant, newRule(c.Code, "", "", "U1"), everywhere)
				results <- err
			}()
		}
	}
	refused := 0
	for range cap(results) {
		if err := <-results; lintu.CodeOf(err) == lintu.CodeConflict {
			refused++
		} else {
			must(t, err)
		}
	}
	if refused != len(leaves) {
		t.Errorf("%d of %d were refused", refused, cap(results))
	}
	equal(t, "numbers", r.strings(`SELECT number::text FROM rule ORDER BY rule.number`), []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"})
}
