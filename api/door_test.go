package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// dataPolicy is the policy of what is no page.
const dataPolicy = "default-src 'none'; frame-ancestors 'none'"

func TestHeaders(t *testing.T) {
	t.Parallel()
	b := setup(t, 20)
	const pages = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
		"font-src 'self'; manifest-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	for path, policy := range map[string]string{"/": pages, "/wall": pages, "/assets/wall-B3x9_a2Q.js": pages, "/ogc?f=html": pages, "/ogc/collections/units/items?f=html": pages,
		"/nowhere": dataPolicy, "/api/v1/config": dataPolicy, "/ogc": dataPolicy, "/tiles/nothing.json": dataPolicy, centre("counties", 5): dataPolicy} {
		first := b.get(path).Header
		// A browser takes the headers of a 304 over.
		for _, h := range []http.Header{first, b.get(path, "If-None-Match", first.Get("ETag")).Header} {
			for name, want := range map[string]string{
				"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
				"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "", "Server": "", "Access-Control-Allow-Origin": "",
			} {
				if got := h.Get(name); got != want {
					t.Errorf("%s: %s is %q, want %q", path, name, got, want)
				}
			}
			if policy != pages {
				continue
			}
			if p := h.Get("Permissions-Policy"); !strings.HasPrefix(p, "geolocation=(self), camera=(self), ") || strings.Count(p, "(self)") != 2 || h.Get("Cross-Origin-Opener-Policy") != "same-origin" {
				t.Errorf("%s: Permissions-Policy is %q, Cross-Origin-Opener-Policy %q", path, p, h.Get("Cross-Origin-Opener-Policy"))
			}
		}
	}
	for name, o := range map[string]option{
		"public URL": func(c *apiConfig) { c.PublicURL = "https://map.example.cn" },
		"proxy":      func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.1"} },
	} {
		if got := b.again(o).get("/wall", "X-Forwarded-Proto", "https").Header.Get("Strict-Transport-Security"); got != "max-age=31536000" {
			t.Errorf("HTTPS by %s: HSTS is %q", name, got)
		}
	}
	withBasemap := b.again(func(c *apiConfig) {
		c.Basemap = []byte(`{"type":"raster","tiles":["https://tiles.example.cn/{z}/{x}/{y}.png"]}`)
	})
	if csp := withBasemap.get("/wall").Header.Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' https://tiles.example.cn;") || !strings.Contains(csp, "blob: https://tiles.example.cn;") {
		t.Errorf("the basemap is shut out: %s", csp)
	}
}

func TestOtherOrigins(t *testing.T) {
	t.Parallel()
	const friend, foe = "https://city.example.cn", "https://city.example.cn.evil.example"
	b := setup(t, 20).again(func(c *apiConfig) { c.AllowedOrigins = []string{"https://City.example.cn/", "http://10.0.0.9:3000"} })
	for path, isOpen := range map[string]bool{centre("counties", 5): true, "/ogc": true, "/styles/night.json": true, "/tiles/nothing.json": true, "/sprites/none.png": true,
		"/api/v1/config": false, "/wall": false, "/healthz": false} {
		for origin, allowed := range map[string]bool{friend: isOpen, foe: false, "null": false, "http://10.0.0.9:3000": isOpen, "http://city.example.cn": false} {
			a := b.get(path, "Origin", origin)
			got, want := a.Header.Get("Access-Control-Allow-Origin"), ""
			if allowed {
				want = origin
			}
			if got != want || a.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s is open to %q with %q", path, origin, got)
			}
			if isOpen && !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s does not vary by origin: %v", path, a.Header)
			}
		}
	}
	ask := func(path, origin string) answer {
		return b.do("OPTIONS", path, nil, "Origin", origin, "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
	}
	if a := ask(centre("counties", 5), friend); a.StatusCode != 204 || !strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("preflight of a friend: %d %v", a.StatusCode, a.Header)
	}
	for _, a := range []answer{ask(centre("counties", 5), foe), ask("/api/v1/config", friend)} {
		if len(a.Header.Values("Access-Control-Allow-Origin"))+len(a.Header.Values("Access-Control-Allow-Headers")) > 0 {
			t.Errorf("preflight of %s: %v", a.Request.URL.Path, a.Header)
		}
	}
}

// TestForeignChanges: the same rules hold for every route that changes something,
// since they stand before all routes.
func TestForeignChanges(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	own, cookie := b.base, "lintu=anything"
	const foreign = "https://evil.example"
	for name, c := range map[string]struct {
		passes  bool
		headers []string
	}{
		"program":                           {true, nil},
		"program with a token":              {true, []string{"Authorization", "Bearer lintu_x"}},
		"own page":                          {true, []string{"Sec-Fetch-Site", "same-origin", "Origin", own, "Cookie", cookie}},
		"own page, old browser":             {true, []string{"Origin", own, "Cookie", cookie}},
		"typed by the user":                 {true, []string{"Sec-Fetch-Site", "none", "Cookie", cookie}},
		"cookie without a word":             {false, []string{"Cookie", cookie}},
		"secure cookie without a word":      {false, []string{"Cookie", "a=b; __Host-lintu=x"}},
		"cookie beside a token":             {false, []string{"Cookie", cookie, "Authorization", "Bearer lintu_x"}},
		"foreign page":                      {false, []string{"Sec-Fetch-Site", "cross-site", "Origin", foreign, "Cookie", cookie}},
		"foreign page before any cookie":    {false, []string{"Sec-Fetch-Site", "cross-site", "Origin", foreign}},
		"foreign page, old browser":         {false, []string{"Origin", foreign}},
		"sister site":                       {false, []string{"Sec-Fetch-Site", "same-site", "Origin", foreign, "Cookie", cookie}},
		"sandboxed frame":                   {false, []string{"Origin", "null", "Cookie", cookie}},
		"sandboxed frame before any cookie": {false, []string{"Origin", "null"}},
		"another port":                      {false, []string{"Origin", "http://127.0.0.1:1", "Cookie", cookie}},
		"another scheme":                    {false, []string{"Origin", strings.Replace(own, "http:", "https:", 1), "Cookie", cookie}},
	} {
		for _, request := range []string{"POST /api/v1/session", "PUT /api/v1/batches/x/answers", "DELETE /api/v1/batches/x", "POST /nowhere"} {
			method, path, _ := strings.Cut(request, " ")
			a := b.do(method, path, strings.NewReader("{}"), c.headers...)
			refused := a.StatusCode == http.StatusForbidden && (strings.Contains(string(a.body), "is refused") || strings.Contains(string(a.body), "refuses the change"))
			if refused == c.passes {
				t.Errorf("%s, %s: %d %s", name, request, a.StatusCode, a.body)
			}
		}
	}
	if a := b.get("/api/v1/config", "Sec-Fetch-Site", "cross-site", "Cookie", cookie); a.StatusCode == http.StatusForbidden {
		t.Errorf("reading: %d %s", a.StatusCode, a.body)
	}
}

var requestIDPattern = regexp.MustCompile(`^[A-Z2-7]{26}$`)

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	b := setup(t, 0).again(func(c *apiConfig) {
		c.Ready = func(context.Context) error { return errors.New("canary 13812341234 in a cause") }
	})
	seen := map[string]bool{}
	for _, path := range []string{"/", "/wall", "/nowhere", "/api/v1/config", "/ogc/collections/units/items", "/readyz"} {
		a := b.get(path+"?lang=en", "X-Request-Id", "mine", "Cookie", "lintu=canary-cookie")
		id := a.Header.Get("X-Request-Id")
		if !requestIDPattern.MatchString(id) || seen[id] || len(a.Header.Values("X-Request-Id")) != 1 {
			t.Errorf("%s has the id %q", path, id)
		}
		seen[id] = true
		if a.StatusCode >= 400 {
			var p struct{ RequestID string }
			a.json(t, &p)
			if p.RequestID != id {
				t.Errorf("%s: problem %q, header %q", path, p.RequestID, id)
			}
		}
		if path != "/readyz" && !regexp.MustCompile(`msg=request id=`+id+` method=GET route=\S+ status=\d+ took=\S+ who=\S* from=127\.0\.0\.1\n`).MatchString(b.log.String()) {
			t.Errorf("%s is not in the access log with %s", path, id)
		}
		if path == "/readyz" && (a.StatusCode != 500 || strings.Contains(string(a.body), "canary") || !strings.Contains(b.log.String(), "canary 13812341234") || !strings.Contains(b.log.String(), `msg="request failed" id=`+id)) {
			t.Errorf("a failure of ours: %d %s", a.StatusCode, a.body)
		}
	}
	for _, never := range []string{"mine", "canary-cookie", "lang=en"} {
		if strings.Contains(b.log.String(), never) {
			t.Errorf("%q is in the log", never)
		}
	}
	// What fasthttp refuses before any handler has an id and the headers too.
	for _, text := range []string{"GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", "GET\r\n\r\n"} {
		answers := b.raw(text)
		if len(answers) != 1 || !requestIDPattern.MatchString(answers[0].Header.Get("X-Request-Id")) || answers[0].Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%.40q: %v", text, answers)
		}
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	plain := setup(t, 0)
	trusting := plain.again(func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48"} })
	from := func(b *bundle, forwarded ...string) string {
		req, err := http.NewRequest("GET", b.base+"/healthz/none", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range forwarded {
			req.Header.Add("X-Forwarded-For", f)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		line := regexp.MustCompile(`id=` + res.Header.Get("X-Request-Id") + ` .* from=(\S*)\n`).FindStringSubmatch(b.log.String())
		if line == nil {
			t.Fatal("not in the log")
		}
		return strings.Trim(line[1], `"`)
	}
	if got := from(plain, "203.0.113.9"); got != "127.0.0.1" {
		t.Errorf("an unknown proxy is believed: %s", got)
	}
	for want, forwarded := range map[string][]string{
		"127.0.0.1":        nil,
		"203.0.113.9":      {"203.0.113.9"},
		"203.0.113.8":      {"198.51.100.1, 203.0.113.8, 10.1.2.3"}, // the first is the client's own writing
		"203.0.113.7":      {"198.51.100.1", "203.0.113.7", "10.1.2.3,10.4.4.4"},
		"203.0.113.6":      {"203.0.113.6:52100"},
		"2001:db8:2::1":    {"[2001:db8:2::1]:443, 2001:db8:1::5"},
		"2001:db8:2::2":    {"[2001:db8:2::2]"},
		"2001:db8:2::3":    {"2001:db8:2::3"},
		"203.0.113.5":      {"::ffff:203.0.113.5"},
		"10.1.2.3":         {"unknown, 10.1.2.3"},
		"10.9.9.9":         {"10.9.9.9, 10.1.2.3"},
		"10.1.2.4":         {"<script>, 10.1.2.4"},
		"fe80::1":          {"fe80::1%25eth0", "fe80::1%eth0"},
		"2001:db8:2::abcd": {"2001:DB8:2:0:0:0:0:ABCD"},
	} {
		if got := from(trusting, forwarded...); got != want {
			t.Errorf("%q: %s, want %s", forwarded, got, want)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	b := setup(t, 0).again(func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.1"} })
	b.token = "" // a token has a limit of its own
	try := func(from string, n int) (refused answer) {
		for range n {
			if a := b.do("POST", "/api/v1/session", strings.NewReader(`{"login":1}`), "X-Forwarded-For", from); a.StatusCode == http.StatusTooManyRequests {
				return a
			}
		}
		return answer{}
	}
	if a := try("203.0.113.1", 60); a.Response != nil {
		t.Fatalf("refused within the burst: %s", a.body)
	}
	a := try("203.0.113.1", 500)
	var p struct{ Code string }
	if a.Response == nil || json.Unmarshal(a.body, &p) != nil || p.Code != "throttled" || a.Header.Get("Retry-After") != "1" {
		t.Fatalf("the address is not throttled: %+v", a)
	}
	if a := try("203.0.113.2", 1); a.Response != nil {
		t.Error("another address is throttled too")
	}
	if a := b.get("/healthz", "X-Forwarded-For", "203.0.113.1"); a.StatusCode != 200 {
		t.Errorf("what is not a login is throttled too: %d", a.StatusCode)
	}
	// A client with IPv6 has 2^64 addresses.
	var last answer
	for i := range 500 {
		if last = try(fmt.Sprintf("2001:db8:7:7::%x", i+1), 1); last.Response != nil {
			break
		}
	}
	if last.Response == nil {
		t.Error("a /64 is not counted as one")
	}
	if a := try("2001:db8:7:8::1", 1); a.Response != nil {
		t.Error("another /64 is throttled too")
	}
}

func TestMethodsThatNobodyDeclared(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	for _, method := range []string{"TRACE", "CONNECT", "PATCH", "PROPFIND", "NONSENSE"} {
		for _, path := range []string{"/", "/api/v1/config", "/ogc", "/nowhere"} {
			a := b.raw(method + " " + path + " HTTP/1.1\r\nHost: " + strings.TrimPrefix(b.base, "http://") + "\r\nX-Canary: seen\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")[0]
			if a.StatusCode < 400 || a.StatusCode >= 500 || strings.Contains(string(a.body), "seen") {
				t.Errorf("%s %s: %d %s", method, path, a.StatusCode, a.body)
			}
		}
	}
}
