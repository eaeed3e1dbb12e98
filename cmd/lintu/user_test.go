package main

import (
	"bytes"
	"encoding/json"
	"net"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// accountsOf opens the accounts behind the command line's back.
func accountsOf(t *testing.T, url string) *sql.Accounts {
	t.Helper()
	db, err := sql.Open(t.Context(), url, sql.Options{Conns: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return sql.NewAccounts(db, sql.AccountsConfig{})
}

func signIn(t *testing.T, a *sql.Accounts, login, password string) *lintu.Session {
	t.Helper()
	s, _, err := a.SignIn(t.Context(), 1, lintu.SignIn{Login: login, Password: password})
	if err != nil {
		t.Fatalf("%s cannot sign in: %v", login, err)
	}
	return s
}

func TestUserCommands(t *testing.T) {
	t.Parallel()
	url := sqltest.URL(t)
	env := []string{"LINTU_DATABASE_URL=" + url, "LINTU_DATA=" + dataDir(t)}
	must := func(args ...string) string {
		t.Helper()
		out, errs, code := lintuRun(t, env, append([]string{"user"}, args...)...)
		if code != 0 {
			t.Fatalf("lintu user %v: exit code %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	refused := func(says string, args ...string) {
		t.Helper()
		out, errs, code := lintuRun(t, env, append([]string{"user"}, args...)...)
		if code == 0 || !strings.Contains(errs, says) || passwordPattern.MatchString(out) {
			t.Errorf("lintu user %v: exit code %d, %q; want %q", args, code, errs, says)
		}
	}

	refused("There is no role \"king\"", "add", "wang", "--role", "king")
	refused("can be held for", "add", "wang", "--role", "grid_worker")
	refused("no such scope", "add", "wang", "--role", "grid_worker", "--for", "grids/G404")
	refused("A login has", "add", "王力")
	if out := must("list"); strings.Count(out, "\n") != 1 {
		t.Errorf("an account was made by a command that failed:\n%s", out)
	}
	accounts := accountsOf(t, url)
	first := passwordPattern.FindString(must("add", "Boss", "--role", "administrator"))
	if s := signIn(t, accounts, "boss", first); !s.MustChange || s.Grants[0].Role != lintu.RoleAdministrator {
		t.Errorf("session %+v", s)
	}
	if out := must("add", "wang"); !strings.Contains(out, "lintu user roles wang --grant") {
		t.Errorf("the next command is not named:\n%s", out)
	}
	refused("taken", "add", "WANG")
	second := passwordPattern.FindString(must("reset", "boss"))
	signIn(t, accounts, "boss", second)
	if first == second {
		t.Error("the reset gave the same password")
	}
	refused("last active administrator", "disable", "boss")
	refused("last active administrator", "roles", "boss", "--revoke", "administrator")
	must("disable", "wang")
	if out := must("list"); !strings.Contains(out, "wang   disabled") || !strings.Contains(out, "administrator (everywhere)") {
		t.Errorf("list:\n%s", out)
	}
	must("enable", "wang")
	refused("no account", "disable", "nobody")

	must("roles", "wang", "--grant", "planner", "--from", "2031-01-01", "--to", "2032-01-01")
	out := must("roles", "wang", "--grant", "planner", "--to", "2030-01-01T00:00:00+08:00")
	if strings.Count(out, "planner") != 2 || !strings.Contains(out, "2031-01-01 00:00") || !strings.Contains(out, "everywhere") {
		t.Errorf("roles:\n%s", out)
	}
	refused("already holds", "roles", "wang", "--grant", "planner")
	refused("is not a time", "roles", "wang", "--grant", "checker", "--from", "tomorrow")
	refused("can't be used together", "roles", "wang", "--grant", "checker", "--revoke", "planner")
	refused("holds 2 roles called planner", "roles", "wang", "--revoke", "planner")
	var grants []lintu.Grant
	if err := json.Unmarshal([]byte(must("roles", "wang", "--json")), &grants); err != nil || len(grants) != 2 {
		t.Fatalf("%v %v", grants, err)
	}
	must("roles", "wang", "--revoke", grants[0].ID.String())
	if out := must("roles", "wang", "--revoke", "planner"); strings.Contains(out, "planner") {
		t.Errorf("after revoking:\n%s", out)
	}
	var list []lintu.Account
	if err := json.Unmarshal([]byte(must("list", "--json")), &list); err != nil || len(list) != 2 || list[0].Login != "boss" {
		t.Errorf("%+v %v", list, err)
	}
}

func TestFirstStart(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	env := []string{"LINTU_DATA=" + data}
	first := start(t, env, "serve")
	password := passwordPattern.FindString(first.output.String())
	if !strings.Contains(first.output.String(), "password of admin: "+password) || !strings.Contains(first.output.String(), "lintu user add LOGIN") {
		t.Fatalf("the first start printed:\n%s", first.output)
	}
	accounts := accountsOf(t, databaseURL(t, data))
	if s := signIn(t, accounts, "admin", password); !s.MustChange {
		t.Error("the first password need not be changed")
	}
	// Commands work beside the running server.
	if out, errs, code := lintuRun(t, env, "user", "add", "wang"); code != 0 {
		t.Fatal(out, errs)
	}
	if list, err := accounts.Accounts(t.Context(), 1); err != nil || len(list) != 2 {
		t.Errorf("%+v %v", list, err)
	}
	first.stop(t)
	second := start(t, env, "serve")
	if passwordPattern.MatchString(second.output.String()) {
		t.Errorf("the second start printed a password:\n%s", second.output)
	}
}

func TestWarnsOfPlainHTTP(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name string
		addr string
		cfg  config
		warn bool
	}{
		{"loopback", "127.0.0.1:80", config{}, false},
		{"loopback of IPv6", "[::1]:80", config{}, false},
		{"everywhere", "0.0.0.0:80", config{}, true},
		{"everywhere by IPv6", "[::]:80", config{}, true},
		{"a network", "10.0.0.7:80", config{}, true},
		{"with TLS", "10.0.0.7:443", config{TLSCert: "cert.pem"}, false},
		{"behind a proxy", "10.0.0.7:80", config{TrustedProxies: []string{"10.0.0.1"}}, false},
	} {
		var errs bytes.Buffer
		addr, err := net.ResolveTCPAddr("tcp", x.addr)
		if err != nil {
			t.Fatal(err)
		}
		(&app{stdio: stdio{stderr: &errs}, cfg: x.cfg}).warnOfPlainHTTP(addr)
		if (errs.Len() > 0) != x.warn {
			t.Errorf("%s: %q", x.name, errs.String())
		}
	}
}

func TestDemoStaysOnLoopback(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"0.0.0.0:0", ":0", "[::]:0", "nonsense"} {
		_, errs, code := lintuRun(t, []string{"LINTU_ADDR=" + addr, "LINTU_DATA=" + dataDir(t)}, "demo")
		if code == 0 || !strings.Contains(errs, "--anywhere") {
			t.Errorf("demo on %s: exit code %d, %s", addr, code, errs)
		}
	}
	for _, addr := range []string{"127.0.0.1:8080", "localhost:8080", "[::1]:8080", "127.9.9.9:0"} {
		if !loopback(addr) {
			t.Errorf("%s is loopback", addr)
		}
	}
}

// demoAccounts checks the accounts that the demo printed, by signing in to each.
func demoAccounts(t *testing.T, data, printed string) {
	accounts := accountsOf(t, databaseURL(t, data))
	found := 0
	for _, line := range strings.Split(printed, "\n") {
		password := passwordPattern.FindString(line)
		if password == "" {
			continue
		}
		login := strings.Fields(line)[0]
		s := signIn(t, accounts, login, password)
		if s.MustChange || len(s.Grants) != 1 {
			t.Errorf("%s: %+v", login, s)
			continue
		}
		title, err := accounts.ScopeTitle(t.Context(), 1, s.Grants[0].Scope)
		if err != nil || !strings.HasSuffix(line, title.EN) {
			t.Errorf("%s is held for %q (%v), but printed: %s", login, title.EN, err, line)
		}
		found++
	}
	if found != len(lintu.Roles) {
		t.Errorf("%d accounts for %d roles:\n%s", found, len(lintu.Roles), printed)
	}
}
