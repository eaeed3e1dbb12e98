package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"
)

// visitor is somebody with a browser.
type visitor struct {
	server *server
	name   string
	cookie string
}

// enrol makes an account and signs in, with the password that its owner chose.
func enrol(t *testing.T, s *server, env []string, logs *bytes.Buffer, login, role, place string) *visitor {
	t.Helper()
	args := []string{"user", "add", login}
	if role != "" {
		args = append(args, "--role", role, "--for", place)
	}
	once := passwordPattern.FindString(lintuLogged(t, env, logs, args...))
	v := &visitor{server: s, name: login}
	v.must(t, "POST", "/api/v1/session", map[string]string{"login": login, "password": once})
	v.must(t, "PUT", "/api/v1/password", map[string]string{"old": once, "new": "weathered stone bridge"})
	return v
}

// do sends a request as the browser would and keeps the cookie that comes back.
func (v *visitor) do(t *testing.T, method, path string, body io.Reader) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, v.server.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if v.cookie != "" {
		req.Header.Set("Cookie", v.cookie)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Cookies() {
		v.cookie = c.Name + "=" + c.Value
	}
	return res, answer
}

func (v *visitor) must(t *testing.T, method, path string, body any) []byte {
	t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	res, answer := v.do(t, method, path, bytes.NewReader(content))
	if res.StatusCode >= 300 {
		t.Fatalf("%s: %s %s: %s %s", v.name, method, path, res.Status, answer)
	}
	return answer
}

// crawl fetches everything that the visitor can find or think of.
func (v *visitor) crawl(t *testing.T, ids map[string]string) {
	t.Helper()
	todo := v.beginnings(t, ids)
	seen, notes := map[string]bool{}, map[string]int{}
	masked := 0
	for len(todo) > 0 && len(seen) < 3000 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		_, body := v.do(t, "GET", path, nil)
		body = withoutAddress(body, path)
		if word := sings(body); word != "" {
			t.Errorf("%s finds %s at %s", v.name, word, path)
		}
		v.checkNotes(t, path, body, notes)
		if bytes.Contains(body, []byte("199****")) {
			masked++
		}
		todo = append(todo, linksIn(v.server.url, body)...)
	}
	if len(seen) < 200 {
		t.Errorf("%s saw only %d addresses", v.name, len(seen))
	}
	sees := slices.Contains([]string{"dispatcher", "planner", "worker.a", "head.a"}, v.name)
	if (masked > 0) != sees {
		t.Errorf("%s met %d masked persons", v.name, masked)
	}
	v.metNotes(t, notes)
	v.ask(t)
	t.Logf("%s: %d addresses, %d with masked persons", v.name, len(seen), masked)
}

// withoutAddress takes out what repeats the address that was asked for, such as
// the link to itself: who typed it knows it.
func withoutAddress(body []byte, path string) []byte {
	_, query, _ := strings.Cut(path, "?")
	if query == "" {
		return body
	}
	return bytes.ReplaceAll(body, []byte(query), nil)
}

// beginnings are the addresses that no link leads to.
func (v *visitor) beginnings(t *testing.T, ids map[string]string) []string {
	paths := []string{"/", "/wall", "/planner", "/login", "/account", "/accounts", "/audit", "/ogc?f=html", "/ogc", "/ogc/api", "/metrics", "/healthz", "/readyz",
		"/api/v1/openapi.json", "/api/v1/config", "/api/v1/me", "/api/v1/batches", "/api/v1/audit?limit=500", "/api/v1/audit.csv", "/api/v1/audit/verify",
		"/api/v1/accounts", "/api/v1/tokens", "/api/v1/purposes", "/styles/night.json", "/styles/day.json", "/nothing", "/api/v1/nothing", "/tiles/nothing/1/1/1.mvt"}
	for _, c := range canaries { // whoever types it sees it in the own address bar, and nowhere else
		paths = append(paths, "/api/v1/search?q="+url.QueryEscape(c.name), "/api/v1/search?q="+c.phone,
			"/ogc/collections/households/items?name="+url.QueryEscape(c.name))
	}
	for _, at := range ids {
		layer, id, _ := strings.Cut(at, "/")
		if layer == "cases" {
			paths = append(paths, "/api/v1/cases/"+id, "/api/v1/cases/"+id+"/events")
		}
		paths = append(paths, "/api/v1/features/"+at, "/api/v1/features/"+at+"/person", "/ogc/collections/"+layer+"/items/"+id, "/ogc/collections/"+layer+"/items/"+id+"?f=html")
	}
	paths = append(paths, casePaths...)
	layers := []string{"communities", "grids", "households", "heads", "links", "units", "cases", "communities,households,heads"}
	for _, layer := range layers {
		paths = append(paths, "/tiles/"+layer+".json", "/ogc/collections/"+layer+"/items?limit=1000", "/ogc/collections/"+layer+"/items?f=html&limit=1000",
			"/ogc/collections/"+layer+"/items?datetime=../..")
		for z := maptile.Zoom(0); z <= 18; z += 2 {
			for _, lon := range []float64{113.604, 113.605, 113.606, 113.614, 113.615} {
				at := maptile.At([2]float64{lon, 28.105}, z)
				paths = append(paths, fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", layer, z, at.X, at.Y), fmt.Sprintf("/ogc/collections/%s/tiles/WebMercatorQuad/%d/%d/%d", layer, z, at.Y, at.X))
			}
		}
	}
	return paths
}

// ask sends what may not be asked, and looks at the errors.
func (v *visitor) ask(t *testing.T) {
	c := canaries["B"]
	for _, x := range []struct{ method, path, body string }{
		{"POST", "/api/v1/persons/search", `{"name":"` + c.name + `"`},
		{"POST", "/api/v1/persons/search", `{"nome":"` + c.name + `"}`},
		{"POST", "/api/v1/persons/search", `{"phone":["` + c.phone + `"]}`},
		{"POST", "/api/v1/persons/search", `{"phone":"` + c.phone + `"}`},
		{"POST", "/api/v1/session", `{"login":"` + c.name + `","password":"` + c.phone + `"}`},
		{"POST", "/api/v1/features/households/x/person/unmask", `{"purpose":"` + c.name + `"}`},
		{"POST", "/api/v1/cases", `{"note":["` + c.note + `"]}`},
		{"POST", "/api/v1/cases", `{"contact":{"name":"` + c.name + `","phones":"` + c.phone + `"}}`},
		{"POST", "/api/v1/cases", `{"id":"` + c.phone + `","note":"` + c.note + `"}`},
		{"POST", "/api/v1/cases", `{"note":"` + c.note + `","contact":{"name":"` + c.name + `","phone":"` + c.phone + `"}}`},
		{"POST", "/api/v1/cases/acts", `{"cases":["01980000-0000-7000-8000-000000000000"],"action":{"id":"01980000-0000-7000-8000-000000000000","act":"comment","note":"` + c.note + `"}}`},
		{"POST", "/api/v1/cases/01980000-0000-7000-8000-000000000000/acts", `{"id":"01980000-0000-7000-8000-000000000000","act":"mediate","note":"` + c.note + `"}`},
		{"POST", "/api/v1/cases/01980000-0000-7000-8000-000000000000/contact/unmask", `{"purpose":"case","why":"` + c.name + `"}`},
		{"PUT", "/api/v1/password", `{"old":"` + c.name + `","new":"` + c.phone + `"}`},
	} {
		if x.path == "/api/v1/session" {
			v = &visitor{server: v.server, name: v.name} // must not sign the session out
		}
		res, body := v.do(t, x.method, x.path, strings.NewReader(x.body))
		if word := sings(body); word != "" {
			t.Errorf("%s: %s %s answers %s with %s", v.name, x.method, x.path, res.Status, word)
		}
	}
}

var linkPattern = regexp.MustCompile(`(?:https?://127\.0\.0\.1:[0-9]+)?/[A-Za-z0-9_.~%?=&;,:/+@!$'()*-]+`)

// linksIn finds everything in an answer that looks like an address of the server.
func linksIn(base string, body []byte) []string {
	var links []string
	for _, found := range linkPattern.FindAllString(string(body), 400) {
		path, own := strings.CutPrefix(strings.ReplaceAll(found, "&amp;", "&"), base)
		if own && path != "" || strings.HasPrefix(found, "/api/v1/batches/") || strings.HasPrefix(found, "/assets/") {
			links = append(links, path)
		}
	}
	return links
}
