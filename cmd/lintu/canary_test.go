package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb/maptile"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// canaries are what no one but those who may see it must ever meet: a name, a
// phone number, a need and a note, of a household in the grid A, of one in the
// grid B, and of a neighbor head.
var canaries = map[string]canary{
	"A":    {"households/HA1", "东方金丝甲", "19900011101", "夜间需氧机甲", "门后备用钥匙甲"},
	"B":    {"households/HB1", "东方金丝乙", "19900022202", "夜间需氧机乙", "门后备用钥匙乙"},
	"head": {"heads/LA1", "西门雀子丙", "19900033303", "", "只在周末在家丙"},
}

type canary struct{ at, name, phone, need, note string }

func (c canary) words() []string {
	var words []string
	for _, w := range []string{c.name, c.phone, c.need, c.note} {
		if w != "" {
			words = append(words, w)
		}
	}
	return words
}

// sings returns the first canary in b, in any spelling in which it could leave
// the house: UTF-8, GBK, UTF-16, escaped for JSON and for addresses.
func sings(b []byte) string {
	for _, c := range canaries {
		for _, w := range c.words() {
			for _, spelling := range spellings(w) {
				if bytes.Contains(b, []byte(spelling)) {
					return w
				}
			}
		}
	}
	return ""
}

func spellings(word string) []string {
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String(word)
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(word)
	escaped := ""
	for _, r := range word {
		escaped += fmt.Sprintf(`\u%04x`, r)
	}
	return []string{word, gbk, utf16, escaped, url.QueryEscape(word)}
}

const canaryCommunities = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"430181001001","name":"甲社区"},"geometry":{"type":"Polygon","coordinates":[[[113.60,28.10],[113.61,28.10],[113.61,28.11],[113.60,28.11],[113.60,28.10]]]}},
{"type":"Feature","properties":{"code":"430181001002","name":"乙社区"},"geometry":{"type":"Polygon","coordinates":[[[113.61,28.10],[113.62,28.10],[113.62,28.11],[113.61,28.11],[113.61,28.10]]]}}]}`

func canaryGrids() string {
	return strings.NewReplacer("430181001001", "43018100100101", "430181001002", "43018100100201",
		"甲社区", "甲网格", "乙社区", "乙网格").Replace(canaryCommunities)
}

func canaryPoints(layer string) string {
	point := func(code, name, head string, lon float64) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":%q%s},"geometry":{"type":"Point","coordinates":[%v,28.105]}}`, code, name, head, lon)
	}
	features := []string{point("LA1", "甲网格一邻", "", 113.604), point("LB1", "乙网格一邻", "", 113.614)}
	if layer == "households" {
		features = []string{point("HA1", "甲社区1栋101", `,"head":"LA1"`, 113.605), point("HA2", "甲社区1栋102", `,"head":"LA1"`, 113.606),
			point("HB1", "乙社区1栋101", `,"head":"LB1"`, 113.615)}
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// peopleCSV are the canaries of a layer as a planner would have them.
func peopleCSV(layer string) string {
	out := "户代码,户主,联系电话,人数,需求,备注\n"
	if layer == "heads" {
		out = "代码,邻长姓名,邻长电话,备注\n"
	}
	for _, key := range []string{"A", "B", "head"} {
		c := canaries[key]
		at, code, _ := strings.Cut(c.at, "/")
		switch {
		case at != layer:
		case layer == "heads":
			out += strings.Join([]string{code, c.name, c.phone, c.note}, ",") + "\n"
		default:
			out += strings.Join([]string{code, c.name, c.phone, "3", c.need, c.note}, ",") + "\n"
		}
	}
	return out
}

// TestCanaries plants persons and lets everybody look for them everywhere.
func TestCanaries(t *testing.T) {
	data, files := dataDir(t), t.TempDir()
	env := []string{"LINTU_DATA=" + data}
	var logs bytes.Buffer
	stderr, err := os.Create(filepath.Join(files, "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	s := startLogging(t, stderr, env, "serve")
	plant(t, env, files, &logs)

	people := map[string]*visitor{"visitor": {server: s, name: "visitor"}}
	for _, who := range []struct{ login, role, place string }{
		{"viewer", "viewer", "everywhere"},
		{"dispatcher", "dispatcher", "everywhere"},
		{"planner", "planner", "everywhere"},
		{"worker.a", "grid_worker", "grids/43018100100101"},
		{"head.a", "neighbor_head", "heads/LA1"},
		{"checker", "checker", "everywhere"},
		{"auditor", "auditor", "everywhere"},
		{"admin2", "administrator", "everywhere"},
		{"nobody", "", ""},
	} {
		people[who.login] = enrol(t, s, env, &logs, who.login, who.role, who.place)
	}
	upload(t, people["planner"])
	ids := householdIDs(t, people["planner"])

	for name, v := range people {
		t.Run("crawl as "+name, func(t *testing.T) { v.crawl(t, ids) })
	}
	t.Run("unmask", func(t *testing.T) {
		reads := map[string][]string{"dispatcher": {"A", "B", "head"}, "worker.a": {"A", "head"}, "head.a": {"A", "head"}}
		for name, v := range people {
			for key, c := range canaries {
				status, body := v.unmask(t, ids[c.at])
				may := slices.Contains(reads[name], key)
				if got := status == http.StatusOK && bytes.Contains(body, []byte(c.name)) && bytes.Contains(body, []byte(c.phone)); got != may {
					t.Errorf("%s unmasks %s: %v, want %v: %d %s", name, key, got, may, status, body)
				}
				if word := sings(body); !may && word != "" {
					t.Errorf("%s is told %s of %s", name, word, key)
				}
			}
		}
	})
	t.Run("crawl after unmasking", func(t *testing.T) {
		for _, v := range people {
			v.crawl(t, ids)
		}
	})
	s.stop(t)
	server, err := os.ReadFile(stderr.Name())
	if err != nil {
		t.Fatal(err)
	}
	if word := sings(append(append(server, s.output.Bytes()...), logs.Bytes()...)); word != "" {
		t.Errorf("the log holds %s", word)
	}
	searchFiles(t, data)
}

// lintuSaid runs a command and returns what it prints, which also goes into logs.
func lintuSaid(t *testing.T, env []string, logs *bytes.Buffer, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := process(t, env, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	logs.Write(out.Bytes())
	logs.Write(errs.Bytes())
	if err != nil {
		t.Fatalf("lintu %v: %v\n%s%s", args, err, out.Bytes(), errs.Bytes())
	}
	return out.String()
}

// plant brings the places and the persons in.
func plant(t *testing.T, env []string, dir string, logs *bytes.Buffer) {
	t.Helper()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(peopleCSV("heads"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct{ file, layer, content string }{
		{"communities.geojson", "communities", canaryCommunities},
		{"grids.geojson", "grids", canaryGrids()},
		{"heads.geojson", "heads", canaryPoints("heads")},
		{"households.geojson", "households", canaryPoints("households")},
		{"heads.csv", "heads", gbk},
	} {
		path := filepath.Join(dir, f.file)
		if err := os.WriteFile(path, []byte(f.content), 0o600); err != nil {
			t.Fatal(err)
		}
		lintuSaid(t, env, logs, "import", path, "--layer", f.layer)
	}
}

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
	once := passwordPattern.FindString(lintuSaid(t, env, logs, args...))
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

// upload brings the households' persons in over HTTP. The planner who has the
// file sees nothing of it in what the server makes of it.
func upload(t *testing.T, v *visitor) {
	t.Helper()
	res, answer := v.do(t, "POST", "/api/v1/batches?name=people.csv", strings.NewReader(peopleCSV("households")))
	var b struct {
		ID    string
		State string
		Parts []struct{ Dataset string }
		Job   *struct{ State string }
	}
	if err := json.Unmarshal(answer, &b); err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("upload: %s %s", res.Status, answer)
	}
	at := "/api/v1/batches/" + b.ID
	answers := map[string]any{b.Parts[0].Dataset: map[string]string{"layer": "households"}}
	seen := [][]byte{answer, v.must(t, "PUT", at+"/answers", answers)}
	_, preview := v.do(t, "GET", at+"/preview.geojson", nil)
	seen = append(seen, preview, v.must(t, "POST", at+"/apply", nil))
	for b.State != "applied" {
		answer := v.must(t, "GET", at, nil)
		seen = append(seen, answer)
		if err := json.Unmarshal(answer, &b); err != nil || b.Job != nil && b.Job.State == "failed" {
			t.Fatalf("apply: %s", answer)
		}
	}
	for _, answer := range seen {
		if word := sings(answer); word != "" {
			t.Errorf("the import tells %s: %s", word, answer)
		}
	}
}

// householdIDs are the addresses of households and heads by layer and code.
func householdIDs(t *testing.T, v *visitor) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for _, layer := range []string{"households", "heads"} {
		var list struct {
			Features []struct {
				ID         string
				Properties struct{ Code string }
			}
		}
		if err := json.Unmarshal(v.must(t, "GET", "/ogc/collections/"+layer+"/items?limit=100", nil), &list); err != nil {
			t.Fatal(err)
		}
		for _, f := range list.Features {
			ids[layer+"/"+f.Properties.Code] = layer + "/" + f.ID
		}
	}
	if len(ids) != 5 {
		t.Fatalf("3 households and 2 heads are expected: %v", ids)
	}
	return ids
}

func (v *visitor) unmask(t *testing.T, at string) (int, []byte) {
	t.Helper()
	res, body := v.do(t, "POST", "/api/v1/features/"+at+"/person/unmask", strings.NewReader(`{"purpose":"visit","why":"入户"}`))
	return res.StatusCode, body
}

// crawl fetches everything that the visitor can find or think of.
func (v *visitor) crawl(t *testing.T, ids map[string]string) {
	t.Helper()
	todo := v.beginnings(t, ids)
	seen := map[string]bool{}
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
		paths = append(paths, "/api/v1/features/"+at, "/api/v1/features/"+at+"/person", "/ogc/collections/"+layer+"/items/"+id, "/ogc/collections/"+layer+"/items/"+id+"?f=html")
	}
	layers := []string{"communities", "grids", "households", "heads", "links", "units", "communities,households,heads"}
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

// searchFiles looks for the canaries in every file that the server has left: the
// database with its write-ahead log, uploads, logs.
func searchFiles(t *testing.T, dir string) {
	t.Helper()
	n, control := 0, false // an address is no personal data and must be found
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if word := sings(b); word != "" {
			t.Errorf("%s holds %s", path, word)
		}
		n, control = n+1, control || bytes.Contains(b, []byte("甲社区1栋101"))
		return err
	})
	if err != nil || !control {
		t.Errorf("%d files searched, an address found: %v: %v", n, control, err)
	}
}
