package town

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// testPast is a year for a town of one home and one road, where one unit does everything.
func testPast(until time.Time) (Past, lintu.Office) {
	all := lintu.Scope{Kind: lintu.Everywhere}
	unit := &lintu.Handler{Kind: lintu.UnitHandles, ID: lintu.ID{1}, Code: "U1", Name: "居委会"}
	as := func(n byte, role lintu.Role, s lintu.Scope) lintu.Asker {
		return lintu.Asker{Viewer: &lintu.Viewer{Tenant: 1, Account: lintu.ID{n}, Name: "user", Grants: []lintu.Grant{{Role: role, Scope: s}}}}
	}
	member := as(4, lintu.RoleUnitMember, lintu.Scope{Kind: lintu.ForUnit, ID: unit.ID})
	patrol := as(1, lintu.RoleGridWorker, all)
	past := Past{Seed: 1, Until: until, Calendar: lintu.DefaultCalendar(), Homes: [][2]float64{{113.6, 28.1}}, Roads: [][2]float64{{113.61, 28.1}},
		Patrol: patrol, Dispatcher: as(2, lintu.RoleDispatcher, all), Checker: as(3, lintu.RoleChecker, all),
		Hand: func(h lintu.Handler) lintu.Asker {
			if h.Kind == lintu.WorkerHandles {
				return patrol
			}
			return member
		},
		Unit: func(string) lintu.Handler { return *unit }}
	return past, lintu.Office{Calendar: past.Calendar, Limits: lintu.DefaultLimits, Categories: lintu.DefaultCategories(),
		Route: func(_ lintu.Place, _ string, rung lintu.Rung) (*lintu.Routed, error) {
			r := &lintu.Routed{Areas: []lintu.AreaVersion{{Version: 1}}, Handler: unit}
			if rung == lintu.RungStreet {
				r.Handler = nil
			}
			return r, nil
		},
		Handler: func(lintu.Handler) (*lintu.Handler, error) { return unit, nil }}
}

// Every life passes by the table of what may be done, adds up to its events, and ends
// where it should: those of the year closed, but for the last days, and the others open.
func TestLives(t *testing.T) {
	until := time.Date(2026, 11, 20, 7, 30, 0, 0, time.UTC)
	past, office := testPast(until)
	count := map[lintu.State]int{}
	closed, late, told := 0, 0, 0
	for n := range PastCases + OpenCases {
		c, events, err := office.Live(past.Case(n), "1", until)
		if err != nil {
			t.Fatalf("case %d (%s): %v", n, past.Case(n).Report.Category, err)
		}
		var sum *lintu.Case
		for _, e := range events {
			if sum != nil && e.At.Before(sum.ChangedAt) || e.At.After(until) {
				t.Fatalf("case %d: %s at %s after %s", n, e.Act, e.At, sum.ChangedAt)
			}
			sum = lintu.Fold(sum, e)
		}
		if !reflect.DeepEqual(sum, c) {
			t.Fatalf("case %d is not what its events add up to", n)
		}
		if !strings.HasPrefix(c.Note, "演示：") {
			t.Errorf("case %d does not say that it is synthetic: %s", n, c.Note)
		}
		count[c.State]++
		if c.ClosedAt != nil {
			closed++
			if !*c.OnTime {
				late++
			}
			if c.Satisfaction > 0 {
				told++
			}
		}
	}
	open := 0
	for _, state := range lintu.OpenStates {
		if count[state] == 0 {
			t.Errorf("no case is %s: %v", state, count)
		}
		open += count[state]
	}
	if closed < 2800 || open < 250 || open > 400 || late < closed/20 || late > closed/4 || told < closed/3 {
		t.Errorf("%d closed, %d of them late, %d evaluated; %d open: %v", closed, late, told, open, count)
	}
}

func TestCaseIDs(t *testing.T) {
	seen := map[lintu.ID]bool{}
	for n := range PastCases + OpenCases {
		id := CaseID(1, n)
		if seen[id] || id == CaseID(2, n) || id != CaseID(1, n) {
			t.Fatalf("case %d shares its id or changes it", n)
		}
		seen[id] = true
	}
}
