package sql_test

import (
	"sync"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// Whoever guesses learns nothing about which accounts there are.
func TestEveryRefusalIsTheSame(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	d.account("gone")
	must(t, d.SetDisabled(t.Context(), d.tenant, "gone", true, everywhere))
	_, _, err := d.SignInAs(t.Context(), d.tenant, lintu.Identity{Issuer: "https://sso.example", Subject: "7", Login: "only-sso"})
	must(t, err)
	attempts := []struct{ login, password string }{
		{"wang", "wrong password!"}, {"wang", ""}, {"nobody", good}, {"nobody", ""}, {"gone", good}, {"gone", "wrong"},
		{"only-sso", good}, {"only-sso", ""}, {"", ""}, {"wang\x00", good}, {"\xff", "\xff"},
		{"wang", string(make([]byte, 1<<20))},
	}
	want := d.fail("wang", "wrong", "203.0.113.200")
	if want.Code != lintu.CodeUnauthenticated || want.RetryAfter != 0 {
		t.Fatalf("refused with %v", want)
	}
	for _, x := range attempts {
		if got := d.fail(x.login, x.password, office); got.Code != want.Code || got.Text != want.Text || got.Cause != nil {
			t.Errorf("%q: %q (%s), want %q", x.login, got.Text, got.Code, want.Text)
		}
	}
	// Also the sixth in a row, of each.
	for _, login := range []string{"nobody", "gone", "wang", "only-sso"} {
		var last *lintu.Error
		for range 6 {
			last = d.fail(login, "wrong", "203.0.113.9")
		}
		if last.Code != lintu.CodeThrottled || last.RetryAfter <= 0 {
			t.Errorf("%s: the sixth is %v", login, last)
		}
		d.clock.pass(2 * time.Hour)
	}
}

func TestSecretsAreFresh(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang", lintu.RoleDispatcher)
	first, a := d.enter("wang", good, office)
	second, b := d.enter("wang", good, office)
	if a == b || first.ID == second.ID || len(a) != 43 {
		t.Errorf("two sign-ins gave %q and %q", a, b)
	}
	by := lintu.Actor{Name: "user", From: office}
	must(t, d.SignOut(t.Context(), d.tenant, first.ID, by))
	d.ended("the one signed out", a)
	d.lives("the other", b)
	must(t, d.SignOutEverywhere(t.Context(), d.tenant, second.Account, by))
	d.ended("everywhere", b)
	for _, secret := range []string{"", "x", a[:42], b + "x", "lintu_" + b, "' OR 1=1 --", "\x00"} {
		d.ended("made-up secret", secret)
	}
}

func TestSessionExpires(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	for _, x := range []struct {
		name        string
		roles       []lintu.Role
		idle, whole time.Duration
	}{
		{"no role", nil, time.Hour, 12 * time.Hour},
		{"desk", []lintu.Role{lintu.RoleDispatcher}, time.Hour, 12 * time.Hour},
		{"wall and desk", []lintu.Role{lintu.RoleViewer, lintu.RoleDispatcher}, time.Hour, 12 * time.Hour},
		{"wall", []lintu.Role{lintu.RoleViewer}, day, 30 * day},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.account("wang", x.roles...)
			begin := d.clock.now()
			s, idle := d.enter("wang", good, office)
			if want := begin.Add(x.idle); !s.ExpiresAt.Equal(want) {
				t.Errorf("expires at %v, want %v", s.ExpiresAt, want)
			}
			d.clock.pass(x.idle - time.Second)
			d.lives("just before it is idle for too long", idle)
			d.clock.pass(x.idle - time.Second)
			d.lives("used meanwhile", idle)
			d.clock.pass(x.idle)
			d.ended("idle", idle)

			begin = d.clock.now()
			_, busy := d.enter("wang", good, office)
			for d.clock.now().Add(x.idle / 2).Before(begin.Add(x.whole)) {
				d.clock.pass(x.idle / 2)
				s := d.lives("in use", busy)
				if s.ExpiresAt.After(begin.Add(x.whole)) {
					t.Errorf("expires at %v, after its whole life", s.ExpiresAt)
				}
			}
			d.clock.pass(begin.Add(x.whole).Sub(d.clock.now()))
			d.ended("old", busy)
		})
	}
}

// A wall whose account is given a desk's role has a desk's limits at once.
func TestMoreRolesShortenSessions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wall", lintu.RoleViewer)
	_, secret := d.enter("wall", good, office)
	d.clock.pass(11 * time.Hour)
	d.lives("a wall", secret)
	d.clock.pass(50 * time.Minute)
	must(t, d.Grant(t.Context(), d.tenant, "wall", lintu.Grant{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}, everywhere))
	d.lives("a desk", secret)
	d.clock.pass(10 * time.Minute)
	d.ended("a desk after twelve hours", secret)
}

func TestUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	_, secret := d.enter("wang", good, office)
	noted := func() string { return d.strings(`SELECT xmin::text FROM session`)[0] }
	first := noted()
	for range 3 {
		d.clock.pass(19 * time.Second)
		d.lives("within the minute", secret)
	}
	if noted() != first {
		t.Error("a use within the minute was written")
	}
	d.clock.pass(3 * time.Second)
	d.lives("after a minute", secret)
	if noted() == first {
		t.Error("a use after a minute was not written")
	}
	a, err := d.Account(t.Context(), d.tenant, "wang")
	must(t, err)
	if !a.SeenAt.Equal(d.clock.now()) {
		t.Errorf("seen at %v, want %v", a.SeenAt, d.clock.now())
	}
}

func TestConcurrentSignIns(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	secrets := make([]string, 4)
	var all sync.WaitGroup
	for i := range secrets {
		all.Go(func() {
			var err error
			if _, secrets[i], err = d.SignIn(t.Context(), d.tenant, lintu.SignIn{Login: "wang", Password: good, From: office}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, secret := range secrets {
		d.lives("one of several", secret)
		seen[secret] = true
	}
	if len(seen) != len(secrets) {
		t.Errorf("%d sign-ins gave %d secrets", len(secrets), len(seen))
	}
}

// Old sessions do not pile up.
func TestEndedSessionsAreRemoved(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.account("wang")
	for range 3 {
		d.enter("wang", good, office)
		d.clock.pass(13 * time.Hour)
	}
	d.enter("wang", good, office)
	equal(t, "sessions", d.strings(`SELECT count(*)::text FROM session`), []string{"1"})
}

func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := t.Context()
	local := d.account("wang", lintu.RoleAdministrator)
	as := func(issuer, subject, login string) (*lintu.Session, error) {
		s, _, err := d.SignInAs(ctx, d.tenant, lintu.Identity{Issuer: issuer, Subject: subject, Login: login, From: office})
		return s, err
	}
	s, err := as("https://sso.example", "1", "Wang")
	must(t, err)
	if s.Account == local.ID || s.Login != "wang-2" || len(s.Grants) != 0 || s.MustChange {
		t.Errorf("a foreign wang became %+v", s)
	}
	again, err := as("https://sso.example", "1", "renamed")
	must(t, err)
	if again.Account != s.Account || again.ID == s.ID {
		t.Errorf("the second time: %+v", again)
	}
	elsewhere, err := as("https://other.example", "1", "wang")
	must(t, err)
	if elsewhere.Account == s.Account {
		t.Error("the same subject of another issuer is the same account")
	}
	for _, login := range []string{"", "王力", "../..", "王@city.gov.cn", string(make([]byte, 300))} {
		if _, err := as("https://sso.example", "odd "+login, login); err != nil && lintu.CodeOf(err) == lintu.CodeInternal {
			t.Errorf("%q: %v", login, err)
		}
	}
	_, err = as("https://sso.example", "", "wang")
	wantCode(t, err, lintu.CodeUnauthenticated)

	must(t, d.SetDisabled(ctx, d.tenant, s.Login, true, everywhere))
	_, err = as("https://sso.example", "1", "wang")
	wantCode(t, err, lintu.CodeUnauthenticated)
	must(t, d.SetDisabled(ctx, d.tenant, s.Login, false, everywhere))
	// A one-time password that an administrator gave does not stand in the way.
	_, err = d.ResetPassword(ctx, d.tenant, s.Login, everywhere)
	must(t, err)
	if s, err = as("https://sso.example", "1", "wang"); err != nil || s.MustChange {
		t.Errorf("%+v %v", s, err)
	}

	ids := make([]lintu.ID, 4)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			s, err := as("https://sso.example", "two at once", "li")
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = s.Account
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id.IsZero() {
			t.Errorf("first sign-ins at once made the accounts %v", ids)
		}
	}
}
