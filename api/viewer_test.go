package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

const changes = "Sec-Fetch-Site"

type meJSON struct {
	SignedIn, MustChange bool
	Login                string
	Rights, Pages        []string
	Roles                []struct{ Role string }
}

// secretOf is the value of the one cookie that an answer sets.
func secretOf(t *testing.T, a answer) string {
	t.Helper()
	if len(a.Cookies()) != 1 || a.Cookies()[0].Value == "" {
		t.Fatalf("%d, cookies %v: %s", a.StatusCode, a.Cookies(), a.body)
	}
	return a.Cookies()[0].Value
}

// TestSignIn goes the way of a new account: one-time password, own password,
// sign out.
func TestSignIn(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	b.token = ""
	_, password, err := sql.NewAccounts(b.db, sql.AccountsConfig{}).AddAccount(t.Context(), tenant, "wang", operator)
	if err != nil {
		t.Fatal(err)
	}
	in := func(password string) answer {
		return b.do("POST", "/api/v1/session", strings.NewReader(fmt.Sprintf(`{"login":"Wang","password":%q}`, password)))
	}
	if a := in("not it"); a.StatusCode != 401 || len(a.Cookies()) != 0 || a.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("wrong password: %d %v", a.StatusCode, a.Header)
	}
	a := in(password)
	set := a.Header.Get("Set-Cookie")
	if !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") || !strings.Contains(set, "path=/") ||
		strings.Contains(set, "secure") || !strings.HasPrefix(set, "lintu=") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("cookie %q, %v", set, a.Header)
	}
	first := b.cookie(secretOf(t, a))
	var me meJSON
	a.json(t, &me)
	if !me.SignedIn || !me.MustChange || me.Login != "wang" || slices.Contains(me.Pages, "/wall") {
		t.Errorf("%+v", me)
	}
	refused := b.get("/api/v1/config", "Cookie", first)
	var p struct{ MustChange bool }
	refused.json(t, &p)
	if refused.StatusCode != 403 || !p.MustChange {
		t.Errorf("before the password is changed: %d %s", refused.StatusCode, refused.body)
	}
	a = b.do("PUT", "/api/v1/password", strings.NewReader(fmt.Sprintf(`{"old":%q,"new":"quiet-lamp-bridge-42"}`, password)), "Cookie", first, changes, "same-origin")
	second := b.cookie(secretOf(t, a))
	if a.json(t, &me); a.StatusCode != 200 || me.MustChange {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if a := b.get("/api/v1/tokens", "Cookie", first); a.StatusCode != 401 || !strings.HasPrefix(a.Header.Get("Set-Cookie"), "lintu=;") {
		t.Errorf("the old session: %d %v", a.StatusCode, a.Header)
	}
	if a := b.get("/api/v1/tokens", "Cookie", second); a.StatusCode != 200 {
		t.Errorf("the new session: %d", a.StatusCode)
	}
	// Signing in again ends the session that the browser had.
	a = b.do("POST", "/api/v1/session", strings.NewReader(`{"login":"wang","password":"quiet-lamp-bridge-42"}`), "Cookie", second, changes, "same-origin")
	third := b.cookie(secretOf(t, a))
	if a := b.get("/api/v1/tokens", "Cookie", second); a.StatusCode != 401 {
		t.Errorf("the session before: %d", a.StatusCode)
	}
	if a := b.do("DELETE", "/api/v1/session", nil, "Cookie", third, changes, "same-origin"); a.StatusCode != 204 {
		t.Errorf("sign out: %d", a.StatusCode)
	}
	if a := b.get("/api/v1/tokens", "Cookie", third); a.StatusCode != 401 {
		t.Errorf("signed out: %d", a.StatusCode)
	}
}

func TestCookieOverHTTPS(t *testing.T) {
	t.Parallel()
	b := setup(t, 0).again(func(c *apiConfig) { c.PublicURL = "https://map.example.cn" })
	b.token = ""
	_, secret := b.signedIn(tenant, "li")
	if a := b.get("/api/v1/tokens", "Cookie", "lintu="+secret); a.StatusCode != 401 {
		t.Errorf("a cookie that a subdomain could have set: %d", a.StatusCode)
	}
	if a := b.get("/api/v1/tokens", "Cookie", "__Host-lintu="+secret); a.StatusCode != 200 {
		t.Errorf("the cookie over HTTPS: %d", a.StatusCode)
	}
	a := b.get("/api/v1/me", "Cookie", "__Host-lintu=over")
	if set := a.Header.Get("Set-Cookie"); a.StatusCode != 200 || !strings.HasPrefix(set, "__Host-lintu=;") || !strings.Contains(set, "secure") {
		t.Errorf("a session that has ended: %d %q", a.StatusCode, set)
	}
}

// Who asks is the token where there is one, and a token that is not good is nobody.
func TestTokenOrCookie(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	_, secret := b.signedIn(tenant, "li")
	var me meJSON
	b.get("/api/v1/me", "Cookie", b.cookie(secret), "Authorization", "Bearer "+b.token).json(t, &me)
	if me.Login != "program" {
		t.Errorf("the token does not win: %+v", me)
	}
	for name, header := range map[string]string{"wrong": "Bearer lintu_x", "a session's": "Bearer " + secret, "another scheme": "Basic bGk6bGk=", "nothing": "Bearer "} {
		a := b.get("/api/v1/me", "Cookie", b.cookie(secret), "Authorization", header)
		if a.StatusCode != 401 || !strings.Contains(a.Header.Get("WWW-Authenticate"), "invalid_token") {
			t.Errorf("%s: %d %v", name, a.StatusCode, a.Header)
		}
	}
	if b.get("/api/v1/me", "Cookie", b.cookie(b.token)).json(t, &me); me.SignedIn {
		t.Error("a token passes as a session")
	}
	b.exec("ALTER TABLE token RENAME TO hidden")
	b.exec("ALTER TABLE session RENAME TO hidden_too")
	for _, header := range [][]string{{"Cookie", b.cookie(secret)}, nil} {
		if a := b.get("/api/v1/me", header...); a.StatusCode != 503 {
			t.Errorf("while nobody can be looked up, %v: %d %s", header, a.StatusCode, a.body)
		}
	}
	if a := b.get("/wall", "Cookie", b.cookie(secret)); a.StatusCode != 200 {
		t.Errorf("a page looks somebody up: %d", a.StatusCode)
	}
}

// TestRefusalsAreAudited: the first of a minute, by route and not by address.
func TestRefusalsAreAudited(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	s, secret := b.signedIn(tenant, "li")
	for range 3 {
		b.get("/ogc/collections/households/items", "Cookie", b.cookie(secret))
		b.get("/api/v1/batches/"+lintu.NewID().String(), "Cookie", b.cookie(secret))
	}
	none := b.again()
	none.token = ""
	none.get("/api/v1/batches")
	_, auditor := b.signedIn(tenant, "zhao", "auditor everywhere")
	var doc struct {
		Entries []struct {
			Actor, Login, From, Kind string
			Detail                   struct{ Route string }
		}
	}
	b.get("/api/v1/audit?act=refuse", "Cookie", b.cookie(auditor)).json(t, &doc)
	var routes []string
	for _, e := range doc.Entries {
		routes = append(routes, e.Detail.Route)
		if e.Actor != "user:"+s.Account.String() || e.Login != "li" || e.From != "127.0.0.1" || e.Kind != "route" {
			t.Errorf("%+v", e)
		}
	}
	if want := []string{"GET /api/v1/batches/:id", "GET /ogc/collections/:collection/items"}; !slices.Equal(routes, want) {
		t.Errorf("%q, want %q", routes, want)
	}
}

// TestAuditCSV: a spreadsheet opens it and takes nothing for a formula.
func TestAuditCSV(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	_, auditor := b.signedIn(tenant, "zhao", "auditor everywhere")
	if err := b.db.Append(t.Context(), tenant, lintu.AuditEntry{Actor: "cli:test", Act: "test", Kind: "cell", Why: `=HYPERLINK("x")`}); err != nil {
		t.Fatal(err)
	}
	a := b.get("/api/v1/audit.csv?kind=cell", "Cookie", b.cookie(auditor))
	text := string(a.body)
	if a.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(text, "\ufeffseq,at,actor") || strings.Count(text, "\r\n") != 2 ||
		!strings.Contains(text, `"'=HYPERLINK(""x"")"`) {
		t.Errorf("%v\n%s", a.Header, text)
	}
	var doc struct{ Entries []json.RawMessage }
	if b.get("/api/v1/audit?act=export", "Cookie", b.cookie(auditor)).json(t, &doc); len(doc.Entries) != 1 {
		t.Errorf("%d exports in the audit", len(doc.Entries))
	}
}

// TestAuditVerification runs as a job.
func TestAuditVerification(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	_, auditor := b.signedIn(tenant, "zhao", "auditor everywhere")
	if a := b.do("POST", "/api/v1/audit/verify", nil, "Cookie", b.cookie(auditor), changes, "same-origin"); a.StatusCode != http.StatusAccepted {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	var doc struct {
		Job  struct{ State string }
		Head *lintu.AuditHead
	}
	b.until("the verification ends", func() bool {
		b.get("/api/v1/audit/verify", "Cookie", b.cookie(auditor)).json(t, &doc)
		return doc.Job.State != "running"
	})
	if doc.Job.State != "done" || doc.Head == nil || doc.Head.Seq == 0 {
		t.Errorf("%+v", doc)
	}
}

// Layers that are not shown are nowhere on the way to them.
func TestListsShowWhatIsSeen(t *testing.T) {
	t.Parallel()
	b := setup(t, 20)
	b.token = ""
	for _, path := range []string{"/api/v1/config", "/ogc/collections", "/ogc/api"} {
		a := b.get(path)
		if strings.Contains(string(a.body), "households/items") || strings.Contains(string(a.body), `"name":"households","kind"`) || !strings.Contains(string(a.body), "communities") {
			t.Errorf("%s tells a visitor of households", path)
		}
		if a.Header.Get("Cache-Control") != "private, no-cache" || !strings.Contains(a.Header.Get("Vary"), "Cookie, Authorization") {
			t.Errorf("%s: %v", path, a.Header)
		}
	}
}

func TestSigningOutClearsTheBrowser(t *testing.T) {
	t.Parallel()
	plain := setup(t, 0)
	plain.token = ""
	secure := plain.again(func(c *apiConfig) { c.PublicURL = "https://map.example.cn" })
	for name, c := range map[string]struct {
		b            *bundle
		cookie, want string
	}{"HTTP": {plain, "lintu=", ""}, "HTTPS": {secure, "__Host-lintu=", `"cache"`}} {
		for _, path := range []string{"/api/v1/session", "/api/v1/sessions"} {
			_, secret := c.b.signedIn(tenant, strings.ToLower(name)+strings.ReplaceAll(path, "/", "-"))
			a := c.b.do("DELETE", path, nil, "Cookie", c.cookie+secret, changes, "same-origin")
			if a.StatusCode != 204 || a.Header.Get("Clear-Site-Data") != c.want || !strings.HasPrefix(a.Header.Get("Set-Cookie"), c.cookie+";") {
				t.Errorf("%s %s: %d %v", name, path, a.StatusCode, a.Header)
			}
		}
	}
}

func TestUnknownMembersAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	_, secret := b.signedIn(tenant, "li", "administrator everywhere")
	for path, body := range map[string]string{
		"POST /api/v1/session":            `{"login":"li","password":"x","roles":["administrator"]}`,
		"POST /api/v1/accounts":           `{"login":"wang","password":"chosen by the administrator"}`,
		"PUT /api/v1/accounts/li":         `{"disabled":false,"login":"admin"}`,
		"POST /api/v1/accounts/li/grants": `{"role":"auditor","for":"everywhere","id":"01890000-0000-7000-8000-000000000001"}`,
		"POST /api/v1/tokens":             `{"title":"x","only":["see_units"],"days":1,"account":"01890000-0000-7000-8000-000000000001"}`,
	} {
		method, address, _ := strings.Cut(path, " ")
		a := b.do(method, address, strings.NewReader(body), "Cookie", b.cookie(secret), changes, "same-origin")
		if a.StatusCode != 400 {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
}
