package sql_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func TestScopes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.apply(town()...)
	ctx := t.Context()
	for text, title := range map[string]string{
		"everywhere": "everywhere", "communities/430181001001": "神仙坳社区", "grids/G1": "G1", "units/U1": "派出所", "heads/N1": "一邻",
		" streets/430181001000 ": "集里街道",
	} {
		s, err := d.FindScope(ctx, d.tenant, text)
		must(t, err)
		got, err := d.ScopeTitle(ctx, d.tenant, s)
		if err != nil || got.EN != title {
			t.Errorf("%s is called %q (%v), want %q", text, got.EN, err, title)
		}
	}
	for text, code := range map[string]lintu.ErrorCode{
		"": lintu.CodeInvalid, "communities": lintu.CodeInvalid, "communities/": lintu.CodeInvalid, "households/H1": lintu.CodeInvalid,
		"nonsense/1": lintu.CodeInvalid, "buildings/B1": lintu.CodeInvalid, "Everywhere": lintu.CodeInvalid,
		"grids/430181001001": lintu.CodeNotFound, "heads/N9": lintu.CodeNotFound, "heads/' OR true --": lintu.CodeNotFound,
	} {
		_, err := d.FindScope(ctx, d.tenant, text)
		wantCode(t, err, code)
	}
	other := deskOf(d.beside(1))
	_, err := other.FindScope(ctx, other.tenant, "heads/N1")
	wantCode(t, err, lintu.CodeNotFound)
	head, err := d.FindScope(ctx, d.tenant, "heads/N2")
	must(t, err)
	_, err = other.ScopeTitle(ctx, other.tenant, head)
	wantCode(t, err, lintu.CodeNotFound)
	_, err = d.ScopeTitle(ctx, d.tenant, lintu.Scope{Kind: "nonsense"})
	wantCode(t, err, lintu.CodeNotFound)

	d.apply(part{lintu.Heads, true, []lintu.Row{row(1, point(113.15, 28.15), "N1", "一邻")}}) // N2 is gone
	_, err = d.FindScope(ctx, d.tenant, "heads/N2")
	wantCode(t, err, lintu.CodeNotFound)
	if title, err := d.ScopeTitle(ctx, d.tenant, head); err != nil || title.ZH != "二邻" {
		t.Errorf("what is gone is called %q, %v", title, err)
	}
	d.account("wang")
	wantCode(t, d.Grant(ctx, d.tenant, "wang", lintu.Grant{Role: lintu.RoleNeighborHead, Scope: head}, everywhere), lintu.CodeNotFound)
}

func TestGrantIsChecked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.apply(town()...)
	ctx := t.Context()
	d.account("wang")
	grid, err := d.FindScope(ctx, d.tenant, "grids/G1")
	must(t, err)
	unit, err := d.FindScope(ctx, d.tenant, "units/U1")
	must(t, err)
	now := d.clock.now()
	past, soon := now.Add(-time.Hour), now.Add(time.Hour)
	whole := lintu.Scope{Kind: lintu.Everywhere}
	for name, x := range map[string]struct {
		g    lintu.Grant
		code lintu.ErrorCode
	}{
		"no such role":              {lintu.Grant{Role: "king", Scope: whole}, lintu.CodeInvalid},
		"no role":                   {lintu.Grant{Scope: whole}, lintu.CodeInvalid},
		"no scope":                  {lintu.Grant{Role: lintu.RolePlanner}, lintu.CodeInvalid},
		"grid worker everywhere":    {lintu.Grant{Role: lintu.RoleGridWorker, Scope: whole}, lintu.CodeInvalid},
		"administrator of a grid":   {lintu.Grant{Role: lintu.RoleAdministrator, Scope: grid}, lintu.CodeInvalid},
		"grid worker of a unit":     {lintu.Grant{Role: lintu.RoleGridWorker, Scope: unit}, lintu.CodeInvalid},
		"unit as an area":           {lintu.Grant{Role: lintu.RoleGridWorker, Scope: lintu.Scope{Kind: lintu.ForArea, ID: unit.ID}}, lintu.CodeNotFound},
		"unknown area":              {lintu.Grant{Role: lintu.RoleGridWorker, Scope: lintu.Scope{Kind: lintu.ForArea, ID: lintu.NewID()}}, lintu.CodeNotFound},
		"ended before it began":     {lintu.Grant{Role: lintu.RolePlanner, Scope: whole, From: soon, To: &soon}, lintu.CodeInvalid},
		"ended before now":          {lintu.Grant{Role: lintu.RolePlanner, Scope: whole, To: &past}, lintu.CodeInvalid},
		"a role with a quote in it": {lintu.Grant{Role: "viewer'", Scope: whole}, lintu.CodeInvalid},
	} {
		if err := d.Grant(ctx, d.tenant, "wang", x.g, everywhere); lintu.CodeOf(err) != x.code {
			t.Errorf("%s: %v, want %s", name, err, x.code)
		}
	}
	good := lintu.Grant{Role: lintu.RoleGridWorker, Scope: grid, From: past}
	wantCode(t, d.Grant(ctx, d.tenant, "nobody", good, everywhere), lintu.CodeNotFound)
	wantCode(t, d.Grant(ctx, d.tenant, "wang", good, lintu.Actor{Name: "user:x", Within: lintu.Territory{Areas: []lintu.ID{grid.ID}}}), lintu.CodeForbidden)
	must(t, d.Grant(ctx, d.tenant, "wang", good, everywhere))
	wantCode(t, d.Grant(ctx, d.tenant, "wang", good, everywhere), lintu.CodeConflict)
	a, err := d.Account(ctx, d.tenant, "wang")
	must(t, err)
	if len(a.Grants) != 1 || !a.Grants[0].From.Equal(now) || a.Grants[0].To != nil || a.Grants[0].Scope != grid {
		t.Errorf("grants %+v; want one from now on", a.Grants)
	}
}

// What is granted and revoked holds for sessions that are open.
func TestGrantsHoldAtOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	d.account("wang")
	_, secret := d.enter("wang", good, office)
	roles := func() (list []string) {
		for _, g := range d.lives("session", secret).Grants {
			list = append(list, string(g.Role))
		}
		return list
	}
	now := d.clock.now()
	later, end := now.Add(10*time.Minute), now.Add(20*time.Minute)
	whole := lintu.Scope{Kind: lintu.Everywhere}
	must(t, d.Grant(ctx, d.tenant, "wang", lintu.Grant{Role: lintu.RolePlanner, Scope: whole}, everywhere))
	must(t, d.Grant(ctx, d.tenant, "wang", lintu.Grant{Role: lintu.RoleAuditor, Scope: whole, From: later, To: &end}, everywhere))
	must(t, d.Grant(ctx, d.tenant, "wang", lintu.Grant{Role: lintu.RoleChecker, Scope: whole, From: later}, everywhere))
	a, err := d.Account(ctx, d.tenant, "wang")
	must(t, err)
	if len(a.Grants) != 3 {
		t.Fatalf("grants now or later: %+v", a.Grants)
	}
	equal(t, "now", roles(), []string{"planner"})
	must(t, d.Revoke(ctx, d.tenant, "wang", a.Grants[1].ID, everywhere)) // the checker, who has not begun
	d.clock.pass(10 * time.Minute)
	equal(t, "later", roles(), []string{"auditor", "planner"})
	must(t, d.Revoke(ctx, d.tenant, "wang", a.Grants[2].ID, everywhere))
	equal(t, "revoked", roles(), []string{"auditor"})
	d.clock.pass(10 * time.Minute)
	equal(t, "ended", roles(), nil)
	for _, g := range a.Grants {
		wantCode(t, d.Revoke(ctx, d.tenant, "wang", g.ID, everywhere), lintu.CodeNotFound)
	}
	equal(t, "kept", d.strings(`SELECT role || CASE WHEN isempty(valid) THEN ' never' ELSE ' ' || (upper(valid) - lower(valid))::text END FROM role_grant ORDER BY 1`),
		[]string{"auditor 00:10:00", "checker never", "planner 00:10:00"})
	must(t, d.Grant(ctx, d.tenant, "wang", lintu.Grant{Role: lintu.RolePlanner, Scope: whole}, everywhere)) // again
}

func TestRevokeIsOfTheAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.account("wang", lintu.RolePlanner)
	d.account("zhao", lintu.RolePlanner)
	wantCode(t, d.Revoke(t.Context(), d.tenant, "zhao", a.Grants[0].ID, everywhere), lintu.CodeNotFound)
	wantCode(t, d.Revoke(t.Context(), d.tenant, "wang", lintu.NewID(), everywhere), lintu.CodeNotFound)
}

func TestLastAdministratorStays(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	whole := lintu.Scope{Kind: lintu.Everywhere}
	first := d.account("first", lintu.RoleAdministrator)
	d.account("other", lintu.RolePlanner)
	soon := d.clock.now().Add(time.Hour)
	must(t, d.Grant(ctx, d.tenant, "other", lintu.Grant{Role: lintu.RoleAdministrator, Scope: whole, To: &soon}, everywhere))
	wantCode(t, d.SetDisabled(ctx, d.tenant, "first", true, everywhere), lintu.CodeConflict)
	wantCode(t, d.Revoke(ctx, d.tenant, "first", first.Grants[0].ID, everywhere), lintu.CodeConflict)
	must(t, d.SetDisabled(ctx, d.tenant, "other", true, everywhere)) // the other one is not counted on
	second := d.account("second", lintu.RoleAdministrator)
	must(t, d.SetDisabled(ctx, d.tenant, "second", true, everywhere))
	wantCode(t, d.Revoke(ctx, d.tenant, "first", first.Grants[0].ID, everywhere), lintu.CodeConflict)
	must(t, d.SetDisabled(ctx, d.tenant, "second", false, everywhere))
	must(t, d.Revoke(ctx, d.tenant, "first", first.Grants[0].ID, everywhere))
	wantCode(t, d.Revoke(ctx, d.tenant, "second", second.Grants[0].ID, everywhere), lintu.CodeConflict)
	if a, err := d.Account(ctx, d.tenant, "second"); err != nil || a.Disabled || len(a.Grants) != 1 {
		t.Errorf("the last administrator is %+v, %v", a, err)
	}
}

// Two administrators who dismiss each other at the same time: one of them stays.
func TestLastAdministratorStaysInARace(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	for _, login := range []string{"one", "two"} {
		d.account(login, lintu.RoleAdministrator)
	}
	for round := range 6 {
		var all sync.WaitGroup
		codes := make([]lintu.ErrorCode, 2)
		for i, login := range []string{"one", "two"} {
			all.Go(func() {
				if round%2 == i { // one way and the other
					codes[i] = lintu.CodeOf(d.SetDisabled(ctx, d.tenant, login, true, everywhere))
					return
				}
				a, err := d.Account(ctx, d.tenant, login)
				if err == nil {
					err = d.Revoke(ctx, d.tenant, login, a.Grants[0].ID, everywhere)
				}
				codes[i] = lintu.CodeOf(err)
			})
		}
		all.Wait()
		if !(codes[0] == "" && codes[1] == lintu.CodeConflict || codes[1] == "" && codes[0] == lintu.CodeConflict) {
			t.Fatalf("round %d: %q; want one to be refused", round, codes)
		}
		for _, login := range []string{"one", "two"} {
			must(t, d.SetDisabled(ctx, d.tenant, login, false, everywhere))
			a, err := d.Account(ctx, d.tenant, login)
			must(t, err)
			if len(a.Grants) == 0 {
				must(t, d.Grant(ctx, d.tenant, login, lintu.Grant{Role: lintu.RoleAdministrator, Scope: lintu.Scope{Kind: lintu.Everywhere}}, everywhere))
			}
		}
		d.clock.pass(time.Second)
	}
}
