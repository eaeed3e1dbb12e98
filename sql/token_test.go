package sql_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a := d.account("wang", lintu.RolePlanner)
	other := d.account("zhao", lintu.RolePlanner)
	by := lintu.Actor{Name: "user:" + a.ID.String(), From: office}
	token, secret, err := d.CreateToken(ctx, d.tenant, a.ID, " QGIS ", []lintu.Right{lintu.SeeHouseholds, lintu.Import, lintu.Import}, 30*24*time.Hour, by)
	must(t, err)
	if !strings.HasPrefix(secret, "lintu_") || len(secret) != 49 || token.Title != "QGIS" || len(token.Only) != 2 {
		t.Errorf("token %+v with the secret %q", token, secret)
	}
	s := d.lives("the token", secret)
	if !s.Token || s.ID != token.ID || s.Account != a.ID || s.Login != "wang" || !s.ExpiresAt.Equal(token.ExpiresAt) {
		t.Errorf("session %+v", s)
	}
	v := lintu.Viewer{Account: s.Account, Grants: s.Grants, Only: s.Only}
	if !v.May(lintu.Import) || v.May(lintu.SeePersons) {
		t.Errorf("the token may %v", s.Only)
	}
	list, err := d.Tokens(ctx, d.tenant, a.ID)
	must(t, err)
	if len(list) != 1 || list[0].UsedAt == nil || !slices.Equal(list[0].Only, token.Only) {
		t.Errorf("tokens %+v", list)
	}
	if list, err := d.Tokens(ctx, d.tenant, other.ID); err != nil || len(list) != 0 {
		t.Errorf("tokens of somebody else: %v %v", list, err)
	}
	must(t, d.SignOutEverywhere(ctx, d.tenant, a.ID, by))
	d.lives("tokens outlive that", secret)
	wantCode(t, d.RevokeToken(ctx, d.tenant, other.ID, token.ID, by), lintu.CodeNotFound)
	d.lives("somebody else revoked it", secret)
	must(t, d.RevokeToken(ctx, d.tenant, a.ID, token.ID, by))
	d.ended("revoked", secret)
	wantCode(t, d.RevokeToken(ctx, d.tenant, a.ID, token.ID, by), lintu.CodeNotFound)
}

// A token's rights are those of its account at most, now and later.
func TestTokenFollowsTheRoles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a := d.account("wang", lintu.RolePlanner)
	_, secret, err := d.CreateToken(ctx, d.tenant, a.ID, "x", []lintu.Right{lintu.Import}, 24*time.Hour, everywhere)
	must(t, err)
	must(t, d.Revoke(ctx, d.tenant, "wang", a.Grants[0].ID, everywhere))
	if s := d.lives("without the role", secret); len(s.Grants) != 0 {
		t.Errorf("grants %v", s.Grants)
	}
	d.clock.pass(24 * time.Hour)
	d.ended("out of date", secret)
}

func TestTokenIsChecked(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.account("wang", lintu.RoleDispatcher, lintu.RoleAdministrator)
	day := 24 * time.Hour
	see := []lintu.Right{lintu.SeeHouseholds}
	for name, x := range map[string]struct {
		title string
		only  []lintu.Right
		life  time.Duration
		code  lintu.ErrorCode
	}{
		"no title":         {" ", see, day, lintu.CodeInvalid},
		"long title":       {strings.Repeat("图", 101), see, day, lintu.CodeInvalid},
		"no rights":        {"x", nil, day, lintu.CodeInvalid},
		"no such right":    {"x", []lintu.Right{"everything"}, day, lintu.CodeInvalid},
		"right not held":   {"x", []lintu.Right{lintu.SeeHouseholds, lintu.Import}, day, lintu.CodeForbidden},
		"unmasking":        {"x", []lintu.Right{lintu.UnmaskPersons}, day, lintu.CodeInvalid},
		"keeping accounts": {"x", []lintu.Right{lintu.ManageAccounts}, day, lintu.CodeInvalid},
		"an hour":          {"x", see, time.Hour, lintu.CodeInvalid},
		"for ever":         {"x", see, 366 * day, lintu.CodeInvalid},
		"yesterday":        {"x", see, -day, lintu.CodeInvalid},
	} {
		_, secret, err := d.CreateToken(t.Context(), d.tenant, a.ID, x.title, x.only, x.life, everywhere)
		if lintu.CodeOf(err) != x.code || secret != "" {
			t.Errorf("%s: %v, want %s", name, err, x.code)
		}
	}
}
