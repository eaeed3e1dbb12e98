package sql_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// desk is a place with accounts and a clock that tests move.
type desk struct {
	place
	*sql.Accounts
	clock *clock
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

const (
	office = "192.0.2.1"
	street = "198.51.100.7"
	good   = "seven herons over the river"
)

func newDesk(t testing.TB) desk {
	t.Helper()
	return deskOf(newPlace(t))
}

func deskOf(p place) desk {
	c := &clock{at: time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)}
	return desk{p, sql.NewAccounts(p.DB, sql.AccountsConfig{Place: lintu.Text{ZH: "集里街道（演示）", EN: "Jili Street (demo)"}, Now: c.now}), c}
}

// account makes one with the password good and these roles everywhere.
func (d desk) account(login string, roles ...lintu.Role) *lintu.Account {
	d.t.Helper()
	_, _, err := d.AddAccount(d.t.Context(), d.tenant, login, everywhere)
	must(d.t, err)
	must(d.t, d.SetPassword(d.t.Context(), d.tenant, login, good, everywhere))
	for _, r := range roles {
		must(d.t, d.Grant(d.t.Context(), d.tenant, login, lintu.Grant{Role: r, Scope: lintu.Scope{Kind: lintu.Everywhere}}, everywhere))
	}
	a, err := d.Account(d.t.Context(), d.tenant, login)
	must(d.t, err)
	return a
}

// enter signs in, which must go well, and returns the secret.
func (d desk) enter(login, password, from string) (*lintu.Session, string) {
	d.t.Helper()
	s, secret, err := d.SignIn(d.t.Context(), d.tenant, lintu.SignIn{Login: login, Password: password, From: from})
	must(d.t, err)
	return s, secret
}

// fail signs in, which must not go well, and returns the error.
func (d desk) fail(login, password, from string) *lintu.Error {
	d.t.Helper()
	s, secret, err := d.SignIn(d.t.Context(), d.tenant, lintu.SignIn{Login: login, Password: password, From: from})
	if err == nil || s != nil || secret != "" {
		d.t.Fatalf("%s signed in from %s", login, from)
	}
	return lintu.AsError(err)
}

// session finds a session. What is remembered of it must be the same, since all that
// happens here happens in this process.
func (d desk) session(secret string) (*lintu.Session, error) {
	d.t.Helper()
	recent, recentErr := d.RecentSession(d.t.Context(), d.tenant, secret)
	s, err := d.Session(d.t.Context(), d.tenant, secret)
	if lintu.CodeOf(err) != lintu.CodeOf(recentErr) || err == nil && fmt.Sprint(recent.ID, recent.Grants, recent.Only, recent.MustChange) != fmt.Sprint(s.ID, s.Grants, s.Only, s.MustChange) {
		d.t.Errorf("remembered is %+v, %v; found is %+v, %v", recent, recentErr, s, err)
	}
	return s, err
}

// ended fails the test if the secret opens anything.
func (d desk) ended(what, secret string) {
	d.t.Helper()
	if _, err := d.session(secret); lintu.CodeOf(err) != lintu.CodeUnauthenticated {
		d.t.Errorf("%s: %v, want unauthenticated", what, err)
	}
}

func (d desk) lives(what, secret string) *lintu.Session {
	d.t.Helper()
	s, err := d.session(secret)
	if err != nil {
		d.t.Fatalf("%s: %v", what, err)
	}
	return s
}

func TestAccounts(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a, password, err := d.AddAccount(ctx, d.tenant, "  Wang.Li ", everywhere)
	must(t, err)
	if a.Login != "wang.li" || !a.MustChange || a.Disabled || len(password) != 23 || strings.Count(password, "-") != 3 {
		t.Errorf("account %+v with the password %q", a, password)
	}
	for _, login := range []string{"", "a", "王", "-wang", "wang li", "wang/li", "wang\x00", strings.Repeat("w", 65), "wang'--"} {
		_, _, err := d.AddAccount(ctx, d.tenant, login, everywhere)
		wantCode(t, err, lintu.CodeInvalid)
	}
	_, _, err = d.AddAccount(ctx, d.tenant, "WANG.li", everywhere)
	wantCode(t, err, lintu.CodeConflict)
	_, _, err = d.AddAccount(ctx, d.tenant, "zhao", lintu.Actor{Name: "user:x"})
	wantCode(t, err, lintu.CodeForbidden)

	other := deskOf(d.beside(1)) // of another tenant
	if list, err := other.Accounts.Accounts(ctx, other.tenant); err != nil || len(list) != 0 {
		t.Errorf("the other tenant has %v %v", list, err)
	}
	_, err = other.Account(ctx, other.tenant, "wang.li")
	wantCode(t, err, lintu.CodeNotFound)
	wantCode(t, other.SetDisabled(ctx, other.tenant, "wang.li", true, everywhere), lintu.CodeNotFound)
	_, _, err = other.SignIn(ctx, other.tenant, lintu.SignIn{Login: "wang.li", Password: password})
	wantCode(t, err, lintu.CodeUnauthenticated)

	s, secret := d.enter("WANG.LI", password, office)
	if !s.MustChange || s.Login != "wang.li" || s.Account != a.ID || s.Token || len(s.Grants) != 0 {
		t.Errorf("session %+v", s)
	}
	if _, err := other.Session(ctx, other.tenant, secret); lintu.CodeOf(err) != lintu.CodeUnauthenticated {
		t.Errorf("the session works in another tenant: %v", err)
	}
	list, err := d.Accounts.Accounts(ctx, d.tenant)
	must(t, err)
	if len(list) != 1 || list[0].SeenAt == nil || !list[0].SeenAt.Equal(d.clock.now()) || list[0].Grants == nil {
		t.Errorf("accounts %+v", list)
	}
}

func TestOneTimePassword(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a, first, err := d.AddAccount(ctx, d.tenant, "wang", everywhere)
	must(t, err)
	_, old := d.enter("wang", first, office)
	by := lintu.Actor{Name: "user:" + a.ID.String(), From: office}
	s, secret, err := d.ChangePassword(ctx, d.tenant, a.ID, first, good, by)
	must(t, err)
	if s.MustChange {
		t.Error("the password must still be changed")
	}
	d.ended("the session before the change", old)
	d.lives("the session after the change", secret)
	d.fail("wang", first, office)

	second, err := d.ResetPassword(ctx, d.tenant, "wang", everywhere)
	must(t, err)
	d.ended("the session before the reset", secret)
	d.fail("wang", good, office)
	if first == second {
		t.Error("the same one-time password twice")
	}
	d.clock.pass(7*24*time.Hour + time.Second)
	if e := d.fail("wang", second, office); e.Code != lintu.CodeUnauthenticated {
		t.Errorf("a one-time password of last week: %v", e)
	}
	third, err := d.ResetPassword(ctx, d.tenant, "wang", everywhere)
	must(t, err)
	if s, _ := d.enter("wang", third, office); !s.MustChange {
		t.Error("a one-time password need not be changed")
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a := d.account("wang")
	by := lintu.Actor{Name: "user:" + a.ID.String(), From: office}
	_, secret := d.enter("wang", good, office)
	_, elsewhere := d.enter("wang", good, street)
	change := func(old, new string) error {
		_, _, err := d.ChangePassword(ctx, d.tenant, a.ID, old, new, by)
		return err
	}
	wantCode(t, change(good, good), lintu.CodeInvalid)
	wantCode(t, change(good, "short"), lintu.CodeInvalid)
	for range 5 {
		wantCode(t, change("wrong "+good, "three ducks under the bridge"), lintu.CodeUnauthenticated)
	}
	wantCode(t, change(good, "three ducks under the bridge"), lintu.CodeThrottled)
	d.lives("after the failed changes", secret)
	d.clock.pass(time.Minute)
	must(t, change(good, "three ducks under the bridge"))
	d.ended("this session", secret)
	d.ended("the other session", elsewhere)
	_, _, err := d.ChangePassword(ctx, d.tenant, lintu.NewID(), good, good+"!", by)
	wantCode(t, err, lintu.CodeNotFound)
}

func TestDisable(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a := d.account("wang", lintu.RolePlanner)
	_, secret := d.enter("wang", good, office)
	_, program, err := d.CreateToken(ctx, d.tenant, a.ID, "QGIS", []lintu.Right{lintu.SeeHouseholds}, 24*time.Hour, everywhere)
	must(t, err)
	d.lives("before", program)
	must(t, d.SetDisabled(ctx, d.tenant, "Wang", true, everywhere))
	d.ended("the session", secret)
	d.ended("the token", program)
	d.fail("wang", good, office)
	_, _, err = d.CreateToken(ctx, d.tenant, a.ID, "QGIS", []lintu.Right{lintu.SeeHouseholds}, 24*time.Hour, everywhere)
	wantCode(t, err, lintu.CodeUnauthenticated)
	must(t, d.SetDisabled(ctx, d.tenant, "wang", true, everywhere)) // again
	must(t, d.SetDisabled(ctx, d.tenant, "wang", false, everywhere))
	d.ended("the session of before", secret)
	d.ended("the token of before", program)
	d.enter("wang", good, office)
	equal(t, "audit", d.strings(`SELECT act FROM audit WHERE act LIKE '%able%' ORDER BY seq`), []string{"disable_account", "enable_account"})
}

// A sign-in that is under way when the account is disabled, or given another
// password, fails however far it has come.
func TestSignInMeetsAChange(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	a := d.account("wang")
	for name, change := range map[string]func() error{
		"disabled": func() error { return d.SetDisabled(t.Context(), d.tenant, "wang", true, everywhere) },
		"reset": func() error {
			_, err := d.ResetPassword(t.Context(), d.tenant, "wang", everywhere)
			return err
		},
	} {
		must(t, d.SetPassword(t.Context(), d.tenant, "wang", good, everywhere))
		must(t, d.SetDisabled(t.Context(), d.tenant, "wang", false, everywhere))
		// The sign-in has read the account and waits to count its attempt.
		hold, err := d.Owner().Begin(t.Context())
		must(t, err)
		_, err = hold.Exec(t.Context(), `INSERT INTO login_failure VALUES ($1, $2, 0, now())`, d.tenant, "account:"+a.ID.String())
		must(t, err)
		answer := make(chan error)
		go func() {
			_, _, err := d.SignIn(t.Context(), d.tenant, lintu.SignIn{Login: "wang", Password: good, From: office})
			answer <- err
		}()
		for len(d.strings(`SELECT 1::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)) == 0 {
			runtime.Gosched()
		}
		must(t, change())
		must(t, hold.Rollback(t.Context()))
		if err := <-answer; lintu.CodeOf(err) != lintu.CodeUnauthenticated {
			t.Errorf("%s meanwhile: %v", name, err)
		}
		equal(t, "sessions", d.strings(`SELECT login FROM session JOIN account ON account.id = account_id`), nil)
	}
}

func TestFirstAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	passwords := make([]string, 4)
	var all sync.WaitGroup
	for i := range passwords {
		all.Go(func() {
			var err error
			if passwords[i], err = d.FirstAccount(t.Context(), d.tenant, everywhere); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	password := strings.Join(passwords, "")
	if len(password) != 23 {
		t.Fatalf("%d servers at once were given %q", len(passwords), passwords)
	}
	s, _ := d.enter("admin", password, office)
	if !s.MustChange || len(s.Grants) != 1 || s.Grants[0].Role != lintu.RoleAdministrator {
		t.Errorf("the first account is %+v", s)
	}
}

// Nothing secret is in any column of any table, and the audit has no login that
// nobody has: people type passwords there.
func TestNoSecretIsStored(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a := d.account("wang", lintu.RolePlanner)
	_, oneTime, err := d.AddAccount(ctx, d.tenant, "zhao", everywhere)
	must(t, err)
	_, cookie := d.enter("wang", good, office)
	_, token, err := d.CreateToken(ctx, d.tenant, a.ID, "QGIS", []lintu.Right{lintu.Import}, 24*time.Hour, everywhere)
	must(t, err)
	d.lives("token", token)
	d.fail("my secret as a login", "x", office)
	d.fail("wang", "my wrong guess", office)
	_, _, err = d.ChangePassword(ctx, d.tenant, a.ID, "my old guess", "three ducks under the bridge", everywhere)
	wantCode(t, err, lintu.CodeUnauthenticated)

	rows := d.everything()
	if !strings.Contains(rows, "wang") || !strings.Contains(rows, a.ID.String()) {
		t.Fatal("the search does not see what is stored")
	}
	for _, secret := range []string{good, oneTime, cookie, token, strings.TrimPrefix(token, "lintu_"), "my secret as a login", "my wrong guess", "my old guess", "three ducks"} {
		if strings.Contains(rows, secret) {
			t.Errorf("%q is stored", secret)
		}
	}
	audit := strings.Join(d.strings(`SELECT a::text FROM audit a`), "\n")
	if strings.Contains(audit, "wang") || strings.Contains(audit, "argon2") {
		t.Errorf("the audit tells logins or hashes:\n%s", audit)
	}
}

// everything is all rows of all tables as text.
func (d desk) everything() string {
	d.t.Helper()
	var all []string
	for _, table := range d.strings(`SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'spatial_ref_sys'`) {
		all = append(all, d.strings(`SELECT t::text FROM `+table+` t`)...)
	}
	return strings.Join(all, "\n")
}

func TestAccountsAreAudited(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	a := d.account("wang", lintu.RolePlanner)
	by := lintu.Actor{Name: "user:" + a.ID.String(), From: office}
	s, _ := d.enter("wang", good, office)
	d.fail("wang", "wrong", street)
	d.fail("nobody", "wrong", street)
	token, _, err := d.CreateToken(ctx, d.tenant, a.ID, "QGIS", []lintu.Right{lintu.Import}, 24*time.Hour, by)
	must(t, err)
	must(t, d.RevokeToken(ctx, d.tenant, a.ID, token.ID, by))
	must(t, d.SignOut(ctx, d.tenant, s.ID, by))
	must(t, d.SignOut(ctx, d.tenant, s.ID, by)) // nothing left to end
	must(t, d.SignOutEverywhere(ctx, d.tenant, a.ID, by))
	must(t, d.Revoke(ctx, d.tenant, "wang", a.Grants[0].ID, everywhere))
	_, err = d.ResetPassword(ctx, d.tenant, "wang", everywhere)
	must(t, err)
	got := d.strings(`SELECT concat_ws(' ', actor, coalesce(nullif(from_addr, ''), '-'), act, kind, id = $1) FROM audit ORDER BY seq`, a.ID)
	for i := range got {
		got[i] = strings.ReplaceAll(got[i], a.ID.String(), "WANG")
	}
	equal(t, "audit", got, []string{
		"planner - add_account account t", "planner - set_password account t", "planner - grant account t",
		"user:WANG 192.0.2.1 sign_in session f",
		"visitor 198.51.100.7 sign_in_failed account t", "visitor 198.51.100.7 sign_in_failed account",
		"user:WANG 192.0.2.1 create_token token f", "user:WANG 192.0.2.1 revoke_token token f",
		"user:WANG 192.0.2.1 sign_out session f", "user:WANG 192.0.2.1 sign_out account t",
		"planner - revoke account t", "planner - reset_password account t",
	})
}
