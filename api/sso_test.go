package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
	"github.com/lintu-map/lintu/sql"
)

const ssoSecret = "canary-of-the-client-secret"

// provider is a real OpenID Connect provider in a process of its own.
type provider struct {
	issuer string
	stop   func()
}

// startProvider runs web/e2e/provider.mjs; settings beside its client's are added.
func startProvider(t *testing.T, back string, settings map[string]any) *provider {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		skip(t, "node is not installed")
	}
	if _, err := os.Stat("../web/node_modules/oidc-provider"); err != nil {
		skip(t, "oidc-provider is not installed: npm ci in web")
	}
	all := map[string]any{"clientId": "lintu", "secret": ssoSecret, "back": back}
	for k, v := range settings {
		all[k] = v
	}
	cmd := exec.Command(node, "e2e/provider.mjs", string(must(json.Marshal(all))))
	cmd.Dir = "../web"
	out := must(cmd.StdoutPipe())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &provider{stop: func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}}
	t.Cleanup(p.stop)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var said struct{ Issuer string }
		if json.Unmarshal(lines.Bytes(), &said) == nil && said.Issuer != "" {
			p.issuer = said.Issuer
			go io.Copy(io.Discard, out) //nolint:errcheck // until it ends
			return p
		}
	}
	t.Fatal("the provider does not start")
	return nil
}

// withSSO starts a server and its provider.
func withSSO(t *testing.T, settings map[string]any) (*bundle, *provider) {
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	base := "http://" + ln.Addr().String()
	p := startProvider(t, base+"/login/sso/back", settings)
	return serveSSO(t, ln, p.issuer), p
}

func serveSSO(t *testing.T, ln net.Listener, issuer string) *bundle {
	return serveOn(t, setup(t, 0).db, ln, func(c *apiConfig) {
		c.PublicURL = "http://" + ln.Addr().String()
		c.TrustedProxies = []string{"127.0.0.1"}
		c.SSO = &api.SSO{Issuer: issuer, ClientID: "lintu", Secret: ssoSecret}
	})
}

// surfer is somebody at a browser, who follows redirects and fills in forms.
type surfer struct {
	*http.Client
	t *testing.T
	b *bundle
}

func (b *bundle) surfer(t *testing.T) *surfer {
	return &surfer{&http.Client{Jar: must(cookiejar.New(nil)), CheckRedirect: client.CheckRedirect}, t, b}
}

// follow asks for an address and goes on to where it leads, but not back to our
// server.
func (s *surfer) follow(req *http.Request) answer {
	s.t.Helper()
	for range 20 {
		res, err := s.Do(req)
		if err != nil {
			s.t.Fatal(err)
		}
		body := must(io.ReadAll(res.Body))
		res.Body.Close()
		to, err := res.Location()
		if err != nil || strings.HasPrefix(to.String(), s.b.base) {
			return answer{res, body}
		}
		req = must(http.NewRequest("GET", to.String(), nil))
	}
	s.t.Fatal("redirected without end")
	return answer{}
}

var formAction = regexp.MustCompile(`action="([^"]+)"`)

// signIn begins at our server, signs in at the provider and returns the address
// that the provider sends the browser back to.
func (s *surfer) signIn(next, login string) string {
	s.t.Helper()
	a := s.follow(must(http.NewRequest("GET", s.b.base+"/login/sso?next="+url.QueryEscape(next), nil)))
	for _, form := range []url.Values{{"prompt": {"login"}, "login": {login}, "password": {"x"}}, {"prompt": {"consent"}}} {
		if to, err := a.Location(); err == nil {
			return to.String()
		}
		action := formAction.FindStringSubmatch(string(a.body))
		if action == nil {
			s.t.Fatalf("no form at %s: %d %s", a.Request.URL, a.StatusCode, a.body)
		}
		req := must(http.NewRequest("POST", must(a.Request.URL.Parse(action[1])).String(), strings.NewReader(form.Encode())))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		a = s.follow(req)
	}
	return must(a.Location()).String()
}

func (s *surfer) get(address string) answer {
	s.t.Helper()
	res, err := s.Get(address)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	return answer{res, must(io.ReadAll(res.Body))}
}

// login is as whom our server knows the browser.
func (s *surfer) login() string {
	var me struct{ Login string }
	s.get(s.b.base+"/api/v1/me").json(s.t, &me)
	return me.Login
}

func TestSSO(t *testing.T) {
	t.Parallel()
	b, _ := withSSO(t, nil)
	s := b.surfer(t)
	a := s.get(s.signIn("/wall", "wang"))
	if a.StatusCode != 200 || !strings.Contains(string(a.body), "wang 还没有任何角色") || strings.Contains(string(a.body), "http-equiv") {
		t.Fatalf("first time: %d %s", a.StatusCode, a.body)
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("headers: %v", a.Header)
	}
	for _, c := range a.Cookies() {
		if c.Name == "lintu" && (c.SameSite != http.SameSiteStrictMode || !c.HttpOnly) || c.Name == "lintu-sso" && c.MaxAge >= 0 {
			t.Errorf("cookie %v", c)
		}
	}
	if got := s.login(); got != "wang" {
		t.Errorf("signed in as %q", got)
	}
	b.grant("wang", lintu.RoleViewer)
	s = b.surfer(t) // another browser
	if a = s.get(s.signIn("/wall?x=1&y=%22", "wang")); a.StatusCode != 200 || !strings.Contains(string(a.body), `<meta http-equiv="refresh" content="0; url=/wall?x=1&amp;y=%22">`) {
		t.Errorf("second time: %d %s", a.StatusCode, a.body)
	}
	if got := s.login(); got != "wang" {
		t.Errorf("signed in as %q", got)
	}
	if other := b.surfer(t); other.get(other.signIn("/", "li")).StatusCode != 200 || other.login() != "li" {
		t.Error("another person is not another account")
	}
	if strings.Contains(b.log.String(), ssoSecret) {
		t.Error("the client's secret is in the log")
	}
}

// TestSSOInBrowser: a browser that the provider's site has sent back brings the
// session's cookie from our page on, although it is Strict.
func TestSSOInBrowser(t *testing.T) {
	t.Parallel()
	b, _ := withSSO(t, nil)
	if _, err := exec.LookPath("chromium"); err != nil {
		skip(t, "chromium is not installed")
	}
	first := b.surfer(t)
	first.get(first.signIn("/", "wang"))
	b.grant("wang", lintu.RoleViewer)
	cmd := exec.Command("node", "e2e/sso.mjs")
	cmd.Dir = "../web"
	cmd.Env = append(os.Environ(), "LINTU_URL="+b.base, "LINTU_LOGIN=wang")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), `"login":"wang"`) {
		t.Errorf("%v: %s", err, out)
	}
}

// grant gives an account a role for everywhere.
func (b *bundle) grant(login string, role lintu.Role) {
	b.t.Helper()
	g := lintu.Grant{Role: role, Scope: lintu.Scope{Kind: lintu.Everywhere}}
	if err := sql.NewAccounts(b.db, sql.AccountsConfig{}).Grant(b.t.Context(), tenant, login, g, operator); err != nil {
		b.t.Fatal(err)
	}
}

func TestSSOAttacks(t *testing.T) {
	t.Parallel()
	b, _ := withSSO(t, nil)
	change := func(address, name, value string) string {
		u := must(url.Parse(address))
		q := u.Query()
		q.Set(name, value)
		u.RawQuery = q.Encode()
		return u.String()
	}
	for name, c := range map[string]struct {
		status int
		do     func(s *surfer, back string) answer
	}{
		"wrong state":    {400, func(s *surfer, back string) answer { return s.get(change(back, "state", "x")) }},
		"no state":       {400, func(s *surfer, back string) answer { return s.get(change(back, "state", "")) }},
		"no cookie":      {400, func(_ *surfer, back string) answer { return b.surfer(t).get(back) }},
		"foreign issuer": {401, func(s *surfer, back string) answer { return s.get(change(back, "iss", "https://evil.example")) }},
		"no code":        {401, func(s *surfer, back string) answer { return s.get(change(back, "code", "")) }},
		"refused there": {401, func(s *surfer, back string) answer {
			return s.get(change(change(back, "error", "access_denied"), "error_description", "<b>canary</b>"))
		}},
		"odd error": {401, func(s *surfer, back string) answer { return s.get(change(back, "error", "<b>canary</b>")) }},
		"forged cookie": {400, func(s *surfer, back string) answer {
			u := must(url.Parse(b.base))
			for _, k := range s.Jar.Cookies(u) {
				k.Value = "AAAA" + k.Value[4:]
				s.Jar.SetCookies(u, []*http.Cookie{k})
			}
			return s.get(back)
		}},
		"code of somebody else": {401, func(s *surfer, back string) answer {
			victim := b.surfer(t)
			code := must(url.Parse(victim.signIn("/", "victim"))).Query().Get("code")
			return s.get(change(back, "code", code))
		}},
		"replayed code": {401, func(s *surfer, back string) answer {
			u := must(url.Parse(b.base))
			kept := s.Jar.Cookies(u)
			if a := s.get(back); a.StatusCode != 200 {
				t.Errorf("the first time: %d %s", a.StatusCode, a.body)
			}
			thief := b.surfer(t)
			thief.Jar.SetCookies(u, kept)
			return thief.get(back)
		}},
		"used twice": {400, func(s *surfer, back string) answer {
			s.get(back)
			return s.get(back)
		}},
	} {
		s := b.surfer(t)
		a := c.do(s, s.signIn("/", "mallory"))
		signedIn := strings.Contains(fmt.Sprint(a.Header.Values("Set-Cookie")), "lintu=")
		if a.StatusCode != c.status || signedIn || strings.Contains(string(a.body), "canary") || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d, signed in %v: %s", name, a.StatusCode, signedIn, a.body)
		}
	}
	if strings.Contains(b.log.String(), "canary") {
		t.Error("what the provider describes is in the log")
	}
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "evil", `\\evil.example`, " //evil.example", "http:/evil.example"} {
		s := b.surfer(t)
		if a := s.get(s.signIn(next, "mallory")); a.StatusCode != 200 || strings.Contains(string(a.body), "evil") || strings.Contains(string(a.body), "alert") {
			t.Errorf("next=%q: %d %s", next, a.StatusCode, a.body)
		}
	}
}

func TestSSONonce(t *testing.T) {
	t.Parallel()
	b, _ := withSSO(t, map[string]any{"nonce": "of-another-request"})
	s := b.surfer(t)
	if a := s.get(s.signIn("/", "wang")); a.StatusCode != 401 || s.login() != "" || !strings.Contains(b.log.String(), "answers another request") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestSSOProviderIsAway(t *testing.T) {
	t.Parallel()
	place := must(net.Listen("tcp", "127.0.0.1:0"))
	port := place.Addr().(*net.TCPAddr).Port
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	b := serveSSO(t, ln, fmt.Sprintf("http://localhost:%d", port))
	place.Close()
	if a := b.get("/login/sso"); a.StatusCode != 503 || a.Header.Get("Retry-After") == "" || !strings.Contains(string(a.body), "单点登录服务暂时无法访问") {
		t.Fatalf("away: %d %s", a.StatusCode, a.body)
	}
	if a := b.get("/healthz"); a.StatusCode != 200 {
		t.Errorf("the rest: %d", a.StatusCode)
	}
	p := startProvider(t, b.base+"/login/sso/back", map[string]any{"port": port})
	asked := 0
	b.until("the provider is found", func() bool {
		asked++ // each time by somebody else, since one may not ask so often
		return b.get("/login/sso", "X-Forwarded-For", fmt.Sprintf("10.0.%d.%d", asked/250, asked%250+1)).StatusCode == 303
	})
	s := b.surfer(t)
	back := s.signIn("/", "wang")
	p.stop()
	if a := s.get(back); a.StatusCode != 503 && a.StatusCode != 401 || s.login() != "" {
		t.Errorf("gone in between: %d %s", a.StatusCode, a.body)
	}
}

// A provider that calls itself otherwise than it was configured is none.
func TestSSOIssuerMustBeTheConfiguredOne(t *testing.T) {
	t.Parallel()
	ln := must(net.Listen("tcp", "127.0.0.1:0"))
	p := startProvider(t, "http://"+ln.Addr().String()+"/login/sso/back", nil)
	b := serveSSO(t, ln, strings.Replace(p.issuer, "localhost", "127.0.0.1", 1))
	if a := b.get("/login/sso"); a.StatusCode != 503 || !strings.Contains(b.log.String(), "issuer") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestSSOFollowsNoRedirect(t *testing.T) {
	t.Parallel()
	elsewhere := 0
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere++ }))
	defer other.Close()
	asked := 0
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, other.URL, http.StatusFound)
	}))
	defer issuer.Close()
	b := serveSSO(t, must(net.Listen("tcp", "127.0.0.1:0")), issuer.URL)
	if a := b.get("/login/sso"); a.StatusCode != 503 || asked == 0 || elsewhere != 0 {
		t.Errorf("%d, asked %d times, and elsewhere %d times", a.StatusCode, asked, elsewhere)
	}
}

func TestSSOConfiguration(t *testing.T) {
	t.Parallel()
	if a := setup(t, 0).get("/login/sso"); a.StatusCode != 404 {
		t.Errorf("not configured: %d", a.StatusCode)
	}
	good := api.SSO{Issuer: "https://id.example.cn", ClientID: "lintu", Secret: "x"}
	for name, edit := range map[string]func(*api.Config){
		"no public URL": func(c *api.Config) { c.PublicURL = "" },
		"plain HTTP":    func(c *api.Config) { c.SSO.Issuer = "http://id.example.cn" },
		"no URL":        func(c *api.Config) { c.SSO.Issuer = "id.example.cn" },
		"no client":     func(c *api.Config) { c.SSO.ClientID = "" },
		"no secret":     func(c *api.Config) { c.SSO.Secret = "" },
	} {
		sso := good
		cfg := api.Config{PublicURL: "https://map.example.cn", SSO: &sso}
		edit(&cfg)
		if _, err := api.New(cfg); lintu.CodeOf(err) != lintu.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := api.New(api.Config{PublicURL: "https://map.example.cn", SSO: &good}); err != nil {
		t.Error(err)
	}
}
