package lintu_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// The world of the model check: one place, one of everybody, and somebody who holds
// every role there is.
var (
	modelArea = lintu.AreaVersion{AreaRef: lintu.AreaRef{Layer: lintu.Communities, ID: lintu.ID{1}.String(), Code: "1", Name: "社区"}, Version: 1}
	modelUnit = lintu.Handler{Kind: lintu.UnitHandles, ID: lintu.ID{2}, Code: "U1", Name: "单位"}
	modelHead = lintu.HeadRef{ID: lintu.ID{3}.String(), Code: "H1", Name: "邻长"}
	modelNow  = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
)

func modelViewer(account byte, roles ...lintu.Role) lintu.Asker {
	v := &lintu.Viewer{Account: lintu.ID{account}, Name: fmt.Sprint("user:", account)}
	for _, role := range roles {
		scope := lintu.Scope{Kind: lintu.Everywhere}
		switch role {
		case lintu.RoleGridWorker:
			scope = lintu.Scope{Kind: lintu.ForArea, ID: lintu.ID{1}}
		case lintu.RoleUnitMember:
			scope = lintu.Scope{Kind: lintu.ForUnit, ID: modelUnit.ID}
		case lintu.RoleNeighborHead:
			scope = lintu.Scope{Kind: lintu.ForHead, ID: lintu.ID{3}}
		}
		v.Grants = append(v.Grants, lintu.Grant{Role: role, Scope: scope})
	}
	return lintu.Asker{Viewer: v}
}

func modelAskers() []lintu.Asker {
	var every []lintu.Role
	for _, r := range lintu.Roles {
		every = append(every, r.Role)
	}
	return []lintu.Asker{
		modelViewer(10, lintu.RoleGridWorker), modelViewer(11, lintu.RoleNeighborHead), modelViewer(12, lintu.RoleUnitMember),
		modelViewer(13, lintu.RoleDispatcher), modelViewer(14, lintu.RoleChecker), modelViewer(15, every...),
		modelViewer(16, every...), {Resident: true}, lintu.System,
	}
}

func modelOffice() *lintu.Office {
	return &lintu.Office{Now: modelNow, Calendar: lintu.DefaultCalendar(), Limits: lintu.DefaultLimits,
		Categories: lintu.Categories{{Code: "wall", Class: lintu.Component, Urgency: lintu.Hard, Rung: lintu.RungNeighbor, Mode: lintu.Led,
			Visibility: lintu.Internal, Limit: lintu.Limit{N: 3, Unit: lintu.InWorkingDays}}},
		Route: func(lintu.Place, string, lintu.Rung) (*lintu.Routed, error) {
			return &lintu.Routed{Areas: []lintu.AreaVersion{modelArea}, Head: &modelHead, Handler: &modelUnit, Why: lintu.Text{ZH: "规则 1", EN: "rule 1"}}, nil
		},
		Handler: func(h lintu.Handler) (*lintu.Handler, error) { return &h, nil },
	}
}

// modelActions are the actions tried in every state: each act, told what it needs.
func modelActions() []lintu.Action {
	yes, other, until, phase := true, lintu.ID{9}, modelNow.AddDate(0, 1, 0), 0
	urgency := lintu.Worrying
	var all []lintu.Action
	for _, a := range lintu.Acts {
		all = append(all, lintu.Action{ID: lintu.ID{8}, Act: a.Act, Note: "说明", Photos: []lintu.ID{{7}}, Handler: &modelUnit, Until: &until,
			Place: &lintu.Place{Lon: 113, Lat: 28, Placed: lintu.ByMap}, Phases: []lintu.Phase{{Title: "勘查", Unit: &modelUnit}}, Phase: &phase,
			Outcome: lintu.Agreed, Yes: &yes, Satisfaction: 5, Case: &other, Link: lintu.CausedBy, Urgency: &urgency})
	}
	return all
}

// modelKey is what of a case decides what can be done to it.
func modelKey(c *lintu.Case) string {
	open := slices.ContainsFunc(c.Phases, func(p lintu.Phase) bool { return p.DoneAt == nil })
	hands := slices.DeleteFunc(slices.Clone(c.Hands), func(id lintu.ID) bool { return id[0] != 10 && id[0] < 15 }) // the others judge nothing
	slices.SortFunc(hands, func(a, b lintu.ID) int { return slices.Compare(a[:], b[:]) })
	handler := lintu.HandlerKind("")
	if c.Handler != nil {
		handler = c.Handler.Kind
	}
	return fmt.Sprint(c.State, c.Before, c.Rung, c.Returns > 0, handler, open, hands, c.Clock.State, c.Nudged, c.WaitUntil != nil)
}

// TestWorkflowExhaustively walks through every case that the table allows, whoever
// acts, and looks at what must never be: a case closed by a hand that worked on it, a
// state without a way out, a wait without an owner or an end.
func TestWorkflowExhaustively(t *testing.T) {
	office, actions := modelOffice(), modelActions()
	n := lintu.NewCase{ID: lintu.ID{5}, Category: "wall", Place: lintu.Place{Lon: 113, Lat: 28, Placed: lintu.ByGPS}, At: modelNow, Source: lintu.FromResident}
	seen := map[string]bool{}
	used := map[string]bool{}
	closable := map[string]bool{}
	before := map[string][]string{}
	var queue []*lintu.Case
	push := func(from string, c *lintu.Case) {
		key := modelKey(c)
		before[key] = append(before[key], from)
		if !seen[key] {
			seen[key] = true
			queue = append(queue, c)
		}
	}
	for _, by := range modelAskers() {
		if by == lintu.System {
			continue
		}
		for _, source := range []lintu.Source{lintu.FromResident, lintu.FromPatrol} {
			n.Source = source
			c, _, err := office.Open(n, "1", by)
			if err != nil {
				t.Fatal(err)
			}
			push("", c)
		}
	}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		checkRest(t, c)
		out := false
		for _, by := range modelAskers() {
			for _, a := range actions {
				if !slices.ContainsFunc(lintu.Transitions, func(l lintu.Transition) bool { return l.From == c.State && l.Act == a.Act }) {
					continue
				}
				next, events, err := office.Decide(c, a, by)
				if err != nil {
					continue
				}
				out = true
				used[string(c.State)+" "+string(a.Act)] = true
				if next.State == lintu.Closed && c.State != lintu.Closed {
					closable[modelKey(c)] = true
					account := events[0].Account
					if account == nil || slices.Contains(c.Hands, *account) || c.State != lintu.Done {
						t.Fatalf("closed from %s by %s, who worked on it: %v", c.State, by.Name(), c.Hands)
					}
				}
				push(modelKey(c), next)
			}
		}
		if !out {
			t.Errorf("no way out of %s", modelKey(c))
		}
	}
	for _, line := range lintu.Transitions {
		if !used[string(line.From)+" "+string(line.Act)] && line.Act != lintu.ActNudge {
			t.Errorf("the line %s %s can never be used", line.From, line.Act)
		}
	}
	reach := closable
	for grown := true; grown; {
		grown = false
		for key := range reach {
			for _, from := range before[key] {
				if from != "" && !reach[from] {
					reach[from], grown = true, true
				}
			}
		}
	}
	for key := range seen {
		if !reach[key] {
			t.Errorf("cannot be brought to a close: %s", key)
		}
	}
	t.Logf("%d different cases, %d lines of the table used", len(seen), len(used))
}

// checkRest looks at a case at rest: it waits for somebody, until some time.
func checkRest(t *testing.T, c *lintu.Case) {
	info, ok := lintu.StateByName(c.State)
	if !ok {
		t.Fatalf("unknown state %q", c.State)
	}
	if c.WaitsFor != info.WaitsFor || (info.Wait != lintu.NoWait) != (c.WaitUntil != nil) || (info.Wait != lintu.NoWait) != (c.WaitsFor != "") {
		t.Errorf("%s waits for %q until %v", c.State, c.WaitsFor, c.WaitUntil)
	}
	if info.Clock != c.Clock.State && c.State != lintu.Merged {
		t.Errorf("%s: the clock is %s and the table says %s", c.State, c.Clock.State, info.Clock)
	}
	if timers := modelOffice().Timers(c); info.Wait != lintu.NoWait && len(timers) == 0 && !c.Nudged {
		t.Errorf("%s: nothing will happen by itself", c.State)
	}
	if needs := c.State == lintu.Dispatched || c.State == lintu.InProgress || c.State == lintu.Done; needs != (c.Handler != nil) && needs {
		t.Errorf("%s without a handler", c.State)
	}
}
