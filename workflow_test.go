package lintu_test

import (
	"fmt"
	"maps"
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

// modelKey is what of a case decides what can be done to it. The two who hold every role
// are alike: that one of them has worked on it is one case, whichever it is.
func modelKey(c *lintu.Case) string {
	open := slices.ContainsFunc(c.Phases, func(p lintu.Phase) bool { return p.DoneAt == nil })
	worker, dispatcher, everyRole := 0, 0, 0
	for _, id := range c.Hands { // the others judge nothing
		switch {
		case id[0] == 10:
			worker++
		case id[0] == 13:
			dispatcher++
		case id[0] >= 15:
			everyRole++
		}
	}
	handler := lintu.HandlerKind("")
	if c.Handler != nil {
		handler = c.Handler.Kind
		if handler == lintu.WorkerHandles && c.Handler.ID[0] >= 15 {
			handler += "*"
		}
	}
	return fmt.Sprint(c.State, c.Before, c.Rung, c.Returns > 0, handler, open, worker, dispatcher, everyRole, c.Clock.State, c.Nudged, c.WaitUntil != nil)
}

// model is the search through everything that the table allows.
type model struct {
	t       *testing.T
	office  *lintu.Office
	askers  []lintu.Asker
	actions map[lintu.Act]lintu.Action

	seen     map[string]bool
	queue    []*lintu.Case
	before   map[string]map[string]bool // from where each was reached
	closable map[string]bool
	used     map[string]bool // lines of the table
	refused  map[string]bool // what May leaves out has been tried
}

func (m *model) push(from string, c *lintu.Case) {
	key := modelKey(c)
	if !m.seen[key] {
		m.seen[key], m.before[key] = true, map[string]bool{}
		m.queue = append(m.queue, c)
	}
	if from != "" {
		m.before[key][from] = true
	}
}

// step does to a case whatever anybody may do to it.
func (m *model) step(c *lintu.Case) {
	key, out := modelKey(c), false
	for i, by := range m.askers {
		may := m.office.May(c, by)
		m.refuseOthers(c, i, may)
		for _, act := range may {
			next, events, err := m.office.Decide(c, m.actions[act], by)
			if err != nil {
				continue
			}
			out = true
			m.used[string(c.State)+" "+string(act)] = true
			if next.State == lintu.Closed && c.State != lintu.Closed {
				m.closable[key] = true
				account := events[0].Account
				if account == nil || slices.Contains(c.Hands, *account) || c.State != lintu.Done {
					m.t.Fatalf("closed from %s by %s, who worked on it: %v", c.State, by.Name(), c.Hands)
				}
			}
			m.push(key, next)
		}
	}
	if !out {
		m.t.Errorf("no way out of %s", key)
	}
}

// refuseOthers looks that Decide refuses every act that May leaves out: once for each
// asker, state and answer of May, since both ask the same of a case.
func (m *model) refuseOthers(c *lintu.Case, asker int, may []lintu.Act) {
	key := fmt.Sprint(c.State, asker, may)
	if m.refused[key] {
		return
	}
	m.refused[key] = true
	for act, a := range m.actions {
		if _, _, err := m.office.Decide(c, a, m.askers[asker]); err == nil && !slices.Contains(may, act) {
			m.t.Errorf("%s does %s to %s, which it may not", m.askers[asker].Name(), act, modelKey(c))
		}
	}
}

// TestWorkflowExhaustively walks through every case that the table allows, whoever
// acts, each different one once, and looks at what must never be: a case closed by a
// hand that worked on it, a state without a way out, a wait without an owner or an end.
func TestWorkflowExhaustively(t *testing.T) {
	m := &model{t: t, office: modelOffice(), askers: modelAskers(), actions: map[lintu.Act]lintu.Action{}, seen: map[string]bool{},
		before: map[string]map[string]bool{}, closable: map[string]bool{}, used: map[string]bool{}, refused: map[string]bool{}}
	for _, a := range modelActions() {
		m.actions[a.Act] = a
	}
	n := lintu.NewCase{ID: lintu.ID{5}, Category: "wall", Place: lintu.Place{Lon: 113, Lat: 28, Placed: lintu.ByGPS}, At: modelNow}
	for _, by := range m.askers {
		if by == lintu.System {
			continue
		}
		for _, source := range []lintu.Source{lintu.FromResident, lintu.FromPatrol} {
			n.Source = source
			c, _, err := m.office.Open(n, "1", by)
			if err != nil {
				t.Fatal(err)
			}
			m.push("", c)
		}
	}
	for len(m.queue) > 0 {
		c := m.queue[0]
		m.queue = m.queue[1:]
		checkRest(t, m.office, c)
		m.step(c)
	}
	for _, line := range lintu.Transitions {
		if !m.used[string(line.From)+" "+string(line.Act)] && line.Act != lintu.ActNudge {
			t.Errorf("the line %s %s can never be used", line.From, line.Act)
		}
	}
	reach, queue := maps.Clone(m.closable), slices.Collect(maps.Keys(m.closable))
	for len(queue) > 0 {
		key := queue[0]
		queue = queue[1:]
		for from := range m.before[key] {
			if !reach[from] {
				reach[from], queue = true, append(queue, from)
			}
		}
	}
	for key := range m.seen {
		if !reach[key] {
			t.Errorf("cannot be brought to a close: %s", key)
		}
	}
	t.Logf("%d different cases, %d lines of the table used, %d answers of May compared", len(m.seen), len(m.used), len(m.refused))
}

// checkRest looks at a case at rest: it waits for somebody, until some time.
func checkRest(t *testing.T, office *lintu.Office, c *lintu.Case) {
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
	if timers := office.Timers(c); info.Wait != lintu.NoWait && len(timers) == 0 && !c.Nudged {
		t.Errorf("%s: nothing will happen by itself", c.State)
	}
	if needs := c.State == lintu.Dispatched || c.State == lintu.InProgress || c.State == lintu.Done; needs != (c.Handler != nil) && needs {
		t.Errorf("%s without a handler", c.State)
	}
}
