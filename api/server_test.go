package api_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
)

func TestStartAndStopTwice(t *testing.T) {
	t.Parallel()
	s, err := api.New(api.Config{})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Start(ln)
	s.Start(ln)
	for range 2 {
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	<-s.Served()
	if err := s.Err(); err != nil {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("still listening")
	}
	idle, err := api.New(api.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := idle.Stop(t.Context()); err != nil {
		t.Error("stop without start:", err)
	}
}

func TestStopWaitsForAnswers(t *testing.T) {
	t.Parallel()
	b := setup(t, 20)
	began, release := make(chan struct{}), make(chan struct{})
	s, err := api.New(api.Config{Ready: func(context.Context) error { close(began); <-release; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Start(ln)
	b.base = "http://" + ln.Addr().String()
	status := make(chan int)
	go func() { status <- b.get("/readyz").StatusCode }()
	<-began
	stopped := make(chan error)
	go func() { stopped <- s.Stop(context.Background()) }()
	select {
	case <-stopped:
		t.Error("stopped before the answer")
	case <-time.After(100 * time.Millisecond):
	}
	close(release)
	if got := <-status; got != 200 {
		t.Errorf("the answer under way: %d", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

// Browsers open connections in advance, over which nothing ever comes.
func TestStopDoesNotWaitForUnusedConnections(t *testing.T) {
	t.Parallel()
	s, err := api.New(api.Config{Ready: func(context.Context) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Start(ln)
	unused, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	// The answer over a second connection says that the first was accepted.
	if res, err := client.Get("http://" + ln.Addr().String() + "/readyz"); err != nil || res.Body.Close() != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func TestBadConfiguration(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]api.Config{
		"public URL": {PublicURL: "map.example.cn"},
		"proxy":      {TrustedProxies: []string{"everyone"}},
		"basemap":    {Basemap: []byte(`{"type":"poster"}`)},
	} {
		if _, err := api.New(cfg); lintu.CodeOf(err) != lintu.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPanicStaysInTheLog(t *testing.T) {
	t.Parallel()
	b := setup(t, 0).again(func(c *apiConfig) { c.Ready = func(context.Context) error { panic("秘密") } })
	a := b.get("/readyz")
	if a.StatusCode != 500 || strings.Contains(string(a.body), "秘密") || !strings.Contains(b.log.String(), "秘密") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	checkProblem(t, "/readyz", a)
	away := b.again(func(c *apiConfig) { c.Ready = func(context.Context) error { return errors.New("password=1") } })
	if a := away.get("/readyz"); a.StatusCode != 500 || strings.Contains(string(a.body), "password") {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	for path, want := range map[string]string{"/": "entry", "/wall": "wall", "/planner": "planner", "/field": "field", "/console": "console"} {
		a := b.get(path)
		if a.StatusCode != 200 || !strings.Contains(string(a.body), want) || a.Header.Get("Content-Type") != "text/html; charset=utf-8" || a.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", path, a.StatusCode, a.Header)
		}
		if again := b.get(path, "If-None-Match", a.Header.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("%s again: %d", path, again.StatusCode)
		}
	}
	tags := map[string]bool{}
	for accept, coding := range map[string]string{"gzip, deflate, br, zstd": "br", "gzip, br;q=0": "gzip", "gzip": "gzip", "": ""} {
		a := b.get("/assets/wall-B3x9_a2Q.js", "Accept-Encoding", accept)
		h := a.Header
		if h.Get("Content-Encoding") != coding || !strings.Contains(h.Get("Cache-Control"), "immutable") || !strings.HasPrefix(h.Get("Content-Type"), "text/javascript") || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("asset for %q: %v", accept, h)
		}
		if again := b.get("/assets/wall-B3x9_a2Q.js", "Accept-Encoding", accept, "If-None-Match", h.Get("ETag")); again.StatusCode != 304 {
			t.Errorf("asset for %q again: %d", accept, again.StatusCode)
		}
		tags[h.Get("ETag")] = true
	}
	if len(tags) != 3 {
		t.Errorf("three codings have the tags %v", tags)
	}
	for _, path := range []string{"/assets/none.js", "/assets/..%2f..%2fetc/passwd", "/styles/", "/fields", "/Wall"} {
		if a := b.get(path); a.StatusCode != 404 {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	for _, c := range []struct {
		query, accept string
		english       bool
	}{
		{"", "", false}, {"", "en-GB,en;q=0.9", true}, {"", "zh-CN,zh;q=0.9,en;q=0.8", false}, {"", "fr,en;q=0.5,zh;q=0.2", true},
		{"?lang=en", "zh-CN", true}, {"?lang=zh", "en", false}, {"", "en;q=x", false},
	} {
		var doc struct{ Title string }
		b.get("/ogc/collections/households"+c.query, "Accept-Language", c.accept).json(t, &doc)
		if (doc.Title == "households") != c.english {
			t.Errorf("%q, %q: %s", c.query, c.accept, doc.Title)
		}
	}
}

func TestSearchAndCards(t *testing.T) {
	t.Parallel()
	b := setup(t, 500)
	var found struct{ Hits []lintu.Hit }
	b.get("/api/v1/search?q=%E9%82%BB%E9%95%BF3").json(t, &found) // 邻长3
	if len(found.Hits) == 0 || found.Hits[0].Layer != lintu.Heads || found.Hits[0].Name != "邻长3" {
		t.Fatalf("%+v", found.Hits)
	}
	var head lintu.Card
	b.get("/api/v1/features/heads/"+found.Hits[0].ID).json(t, &head)
	if head.Counts["households"] != 13 || len(head.Within) != 4 || head.Within[1].Name != "集里街道" {
		t.Errorf("%+v", head)
	}
	for path, want := range map[string]int{
		"/api/v1/search": 400, "/api/v1/search?q=": 400, "/api/v1/search?q=%20": 400, "/api/v1/search?q=a&limit=0": 400, "/api/v1/search?q=a&x=1": 400,
		"/api/v1/search?q=" + strings.Repeat("a", 101): 400, "/api/v1/search?q=%25_%5C": 200, "/api/v1/search?q=%00": 400,
		"/api/v1/features/heads/x": 404, "/api/v1/features/nothing/" + head.ID: 404, "/api/v1/features/links/" + head.ID: 400, "/api/v1/features/grids/" + head.ID: 404,
	} {
		if a := b.get(path); a.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", path, a.StatusCode, want, a.body)
		}
	}
}
