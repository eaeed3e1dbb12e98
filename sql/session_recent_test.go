package sql_test

import (
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// Sessions and tokens that are asked for again and again are found together. One that
// another process has ended is gone, and the others are what they have become.
func TestRecentSessionsAreFoundTogether(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	wang := d.account("wang", lintu.RoleViewer)
	_, session := d.enter("wang", good, office)
	_, other := d.enter("wang", good, street)
	_, token, err := d.CreateToken(t.Context(), d.tenant, wang.ID, "wall", []lintu.Right{lintu.SeeHouseholds}, 24*time.Hour, everywhere)
	must(t, err)
	ended, endedSecret := d.enter("wang", good, office)
	elsewhere := sql.NewAccounts(d.open().DB, sql.AccountsConfig{Now: d.clock.now})
	for _, secret := range []string{session, other, token, endedSecret} {
		d.lives("at first", secret)
	}
	must(t, elsewhere.SignOut(t.Context(), d.tenant, ended.ID, everywhere))
	must(t, elsewhere.Grant(t.Context(), d.tenant, "wang", lintu.Grant{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}, everywhere))
	for i := range 25 { // also beyond the time in which they are found together
		d.clock.pass(time.Second)
		for _, secret := range []string{session, other, token} {
			if s := d.lives("afterwards", secret); len(s.Grants) != 2 {
				t.Errorf("after %d s: %d grants, want 2", i+1, len(s.Grants))
			}
		}
		d.ended("signed out elsewhere", endedSecret)
	}
}
