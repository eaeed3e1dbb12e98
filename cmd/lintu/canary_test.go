package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
		if w := heard(b, c.words()...); w != "" {
			return w
		}
	}
	return heard(b, caseSecrets...)
}

// heard returns the first of the words that is in b.
func heard(b []byte, words ...string) string {
	for _, w := range words {
		for _, spelling := range spellings(w) {
			if bytes.Contains(b, []byte(spelling)) {
				return w
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
	plantCases(t, data, ids)

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
	t.Run("unmask contacts", func(t *testing.T) {
		for name, v := range people {
			v.unmaskContact(t, ids["cases/dispute"], slices.Contains([]string{"dispatcher", "worker.a"}, name))
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
	said := append(append(server, s.output.Bytes()...), logs.Bytes()...)
	if word := sings(said) + heard(said, disputeNote, lampNote); word != "" {
		t.Errorf("the log holds %s", word)
	}
	searchFiles(t, data)
}

// lintuLogged is lintuRun for a command that succeeds; all it prints goes into logs.
func lintuLogged(t *testing.T, env []string, logs *bytes.Buffer, args ...string) string {
	t.Helper()
	out, errs, code := lintuRun(t, env, args...)
	logs.WriteString(out + errs)
	if code != 0 {
		t.Fatalf("lintu %v: exit code %d\n%s%s", args, code, out, errs)
	}
	return out
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
		lintuLogged(t, env, logs, "import", path, "--layer", f.layer)
	}
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
