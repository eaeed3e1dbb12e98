package api_test

import (
	"strings"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// operator is who acts on the server's own machine.
var operator = lintu.Actor{Name: "cli:test", Within: lintu.Jurisdiction}

// signedIn makes an account with roles, each as "grid_worker grids/W001", and
// returns it with the secret of a session. It signs in as by a single sign-on,
// which needs no password.
func (b *bundle) signedIn(of int32, login string, roles ...string) (*lintu.Session, string) {
	b.t.Helper()
	accounts := sql.NewAccounts(b.db, sql.AccountsConfig{})
	s, secret, err := accounts.SignInAs(b.t.Context(), of, lintu.Identity{Issuer: "test", Subject: login, Login: login})
	if err != nil {
		b.t.Fatal(err)
	}
	for _, text := range roles {
		role, place, _ := strings.Cut(text, " ")
		scope, err := accounts.FindScope(b.t.Context(), of, place)
		if err != nil {
			b.t.Fatal(err)
		}
		if err := accounts.Grant(b.t.Context(), of, s.Login, lintu.Grant{Role: lintu.Role(role), Scope: scope}, operator); err != nil {
			b.t.Fatal(err)
		}
	}
	return s, secret
}

// newToken makes an account with a role and returns a token of it.
func (b *bundle) newToken(role string, only ...lintu.Right) string {
	b.t.Helper()
	s, _ := b.signedIn(tenant, "program", role)
	_, secret := b.tokenOf(tenant, s.Account, only...)
	return secret
}

func (b *bundle) tokenOf(of int32, account lintu.ID, only ...lintu.Right) (id, secret string) {
	b.t.Helper()
	token, secret, err := sql.NewAccounts(b.db, sql.AccountsConfig{}).CreateToken(b.t.Context(), of, account, "test", only, 24*time.Hour, operator)
	if err != nil {
		b.t.Fatal(err)
	}
	return token.ID.String(), secret
}

// cookie is the header of a session's secret.
func (b *bundle) cookie(secret string) string {
	if strings.HasPrefix(b.base, "https:") {
		return "__Host-lintu=" + secret
	}
	return "lintu=" + secret
}

// auth is a line of a request by hand.
func (b *bundle) auth() string { return "Authorization: Bearer " + b.token + "\r\n" }
