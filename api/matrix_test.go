package api_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// matrixRow is one route: how it is asked, and what is expected of whom. A line
// has one status for each of the columns; + behind it says that there is something
// to see where an answer of the same status may have nothing. Where what is asked for can be of the
// own territory, of another, or not there, each has its line; what is of another
// tenant must be answered like what is not there.
type matrixRow struct {
	route  string
	path   string // with {places} to be filled in by the target
	body   string
	lines  map[string]string
	fresh  bool // ends sessions: each cell has one of its own
	settle bool // begins a job on the batch, whose end is awaited
}

// The lines. "" is of a route on which nothing can be chosen.
const (
	only = ""
	own  = "own"
	far  = "far"
	none = "none"
)

// party is somebody of a column: more than one where several must be told apart
// by nobody.
type party struct {
	column  string
	session func() string // signs in; nil for a token or nobody
	cookie  string
	token   string
}

// matrix is a running server with two tenants and everybody who could ask.
type matrix struct {
	*bundle
	parties []*party
	values  map[string]map[string]string // by target, then place: own, far, out (of the other tenant), none
	cells   int
	asked   int
	from    int // of the addresses, so that no limit of one is met
}

// TestMatrix asks every route as everybody. What is expected stands in
// matrixRows, written by hand and not derived from lintu.Roles.
func TestMatrix(t *testing.T) {
	t.Parallel()
	m := newMatrix(t)
	rows := map[string]matrixRow{}
	for _, r := range matrixRows {
		rows[r.route] = r
	}
	seen := map[string]bool{}
	for _, route := range m.server.Routes {
		name := route.Method + " " + route.Path
		seen[name] = true
		if _, ok := rows[name]; !ok {
			t.Errorf("%s has no row in the matrix", name)
		}
	}
	for _, r := range matrixRows { // in their order: the last ones destroy
		if !seen[r.route] {
			t.Errorf("the row %s has no route", r.route)
			continue
		}
		m.row(r)
	}
	t.Logf("%d routes, %d columns, %d cells, %d requests", len(matrixRows), len(matrixColumns), m.cells, m.asked)
}

// row asks for every cell of a route.
func (m *matrix) row(r matrixRow) {
	answers := map[string]map[*party]answer{}
	for target, line := range r.lines {
		answers[target] = map[*party]answer{}
		want := strings.Fields(line)
		if len(want) != len(matrixColumns) {
			m.t.Fatalf("%s %s: %d statuses for %d columns", r.route, target, len(want), len(matrixColumns))
		}
		for i, column := range matrixColumns {
			m.cells++
			for _, p := range m.parties {
				if p.column == column {
					answers[target][p] = m.cell(r, target, p, want[i])
				}
			}
		}
	}
	if absent, ok := answers[none]; ok {
		m.secrecy(r, absent, answers[far])
	}
	if r.fresh {
		for _, p := range m.parties {
			p.renew()
		}
	}
}

// cell asks and checks the status and that nothing shows that must not.
func (m *matrix) cell(r matrixRow, target string, p *party, want string) answer {
	a := m.ask(r, target, p)
	if got := strconv.Itoa(a.StatusCode); got != strings.TrimSuffix(want, "+") {
		m.t.Errorf("%s (%s) as %s: %s, want %s: %.300s", r.route, cmp.Or(target, "only"), p.column, got, want, a.body)
	}
	m.checkShown(r, p, a)
	if strings.HasPrefix(r.route, "GET ") && (target == only || target == own) {
		head := m.send("HEAD", fill(r.path, m.values[target]), "", p)
		if head.StatusCode != a.StatusCode || len(head.body) > 0 {
			m.t.Errorf("HEAD for %s (%s) as %s: %d, GET %d", r.route, target, p.column, head.StatusCode, a.StatusCode)
		}
	}
	return a
}

// secrecy checks that nobody can tell what is another tenant's, or outside of the
// territory, from what is not there.
func (m *matrix) secrecy(r matrixRow, absent, outside map[*party]answer) {
	expected, outsideExpected := strings.Fields(r.lines[none]), strings.Fields(r.lines[far])
	for i, column := range matrixColumns {
		for _, p := range m.parties {
			if p.column != column {
				continue
			}
			nothing := m.plain(absent[p], none)
			// Equal to this answer, theirs shows nothing that must not be shown.
			if got := m.plain(m.ask(r, "out", p), "out"); got != nothing {
				m.t.Errorf("%s as %s: another tenant's differs from what is not there:\n%s\n%s", r.route, column, got, nothing)
			}
			if len(outside) > 0 && outsideExpected[i] == expected[i] {
				if got := m.plain(outside[p], far); got != nothing {
					m.t.Errorf("%s as %s: outside the territory differs from what is not there:\n%s\n%s", r.route, column, got, nothing)
				}
			}
		}
	}
}

// plain is an answer without what differs in any two: the id that was asked for,
// the request's id and the time.
func (m *matrix) plain(a answer, target string) string {
	for _, name := range []string{"Date", "X-Request-Id"} {
		a.Header.Del(name)
	}
	var headers bytes.Buffer
	if err := a.Header.Write(&headers); err != nil {
		m.t.Fatal(err)
	}
	text := requestIDs.ReplaceAllString(fmt.Sprintf("%d\n%s\n%s", a.StatusCode, headers.String(), a.body), `"requestId":""`)
	for place, value := range m.values[target] {
		text = strings.ReplaceAll(text, value, "{"+place+"}")
	}
	return text
}

var requestIDs = regexp.MustCompile(`"requestId":"[^"]*"`)

// shownTo says who may read what occurs nowhere else.
var shownTo = map[string]string{
	"1-OWNH": "vw vw@ di di@ pl pl@ gw@ nh@ ch ch@ tok", "1-FARH": "vw di pl ch tok",
	"2-OWNH": "", "2-FARH": "", "2-OWNC": "", "2-U": "", "县区 2": "",
	"李安宁": "di di@ gw@ nh@", "13800010001": "di di@ gw@ nh@", "王远山": "di", "13800010002": "di",
	"赵外乡": "", "13800010003": "", "钱外乡": "", "13800010004": "",
	"路灯不亮甲": "vw vw@ di di@ pl pl@ gw@ nh@ um@ ch ch@", "路灯不亮乙": "vw di pl ch", "争地界丙": "di di@ gw@ ch ch@", "争地界丁": "di ch", "路灯不亮戊": "", "争地界戊": "",
	"周甲明": "di di@ gw@ nh@ um@", "13800010005": "di di@ gw@ nh@ um@", "周乙明": "di", "13800010006": "di", "周戊明": "", "13800010007": "",
	"1own.geojson": "pl pl@", "1far.geojson": "pl", "1-.zip": "pl", "2-.zip": "", "2out.geojson": "", "outlaw": "",
}

// checkShown looks through an answer for what this party must not read. Persons
// in full are only in the answer to unmasking.
func (m *matrix) checkShown(r matrixRow, p *party, a answer) {
	for text, columns := range shownTo {
		may := slices.Contains(strings.Fields(columns), p.column)
		if strings.ContainsAny(text, "李王赵钱周") || strings.HasPrefix(text, "138") {
			may = may && strings.HasSuffix(r.route, "/unmask")
		}
		if !may && (bytes.Contains(a.body, []byte(text)) || strings.Contains(fmt.Sprint(a.Header), text)) {
			m.t.Errorf("%s shows %s to %s: %.400s", r.route, text, p.column, a.body)
		}
	}
}

func fill(text string, values map[string]string) string {
	for place, value := range values {
		text = strings.ReplaceAll(text, "{"+place+"}", value)
	}
	return text
}

func (m *matrix) ask(r matrixRow, target string, p *party) answer {
	if r.fresh {
		p.renew()
	}
	method, _, _ := strings.Cut(r.route, " ")
	a := m.send(method, fill(r.path, m.values[target]), fill(r.body, m.values[target]), p)
	if r.settle && a.StatusCode == http.StatusAccepted {
		m.settle(m.values[target]["batch"])
	}
	return a
}

// settle waits until nothing runs on a batch.
func (m *matrix) settle(batch string) {
	i := slices.IndexFunc(m.parties, func(p *party) bool { return p.column == "pl" })
	m.until("the job ends", func() bool {
		var doc batchJSON
		m.send("GET", "/api/v1/batches/"+batch, "", m.parties[i]).json(m.t, &doc)
		return doc.Job != nil && doc.Job.State != "running"
	})
}

func (m *matrix) send(method, path, body string, p *party) answer {
	m.asked++
	m.from++
	headers := []string{"X-Forwarded-For", fmt.Sprintf("10.%d.%d.%d", m.from>>16&255, m.from>>8&255, m.from&255),
		"Sec-Fetch-Site", "same-origin", "Accept-Language", "en", "Cookie", "lintu=" + p.cookie}
	if p.token != "" {
		headers = append(headers, "Authorization", "Bearer "+p.token)
	}
	return m.do(method, path, io.Reader(strings.NewReader(body)), headers...)
}

func (p *party) renew() {
	if p.session != nil {
		p.cookie = p.session()
	}
}
