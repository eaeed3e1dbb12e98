package api_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

func TestCategories(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	b.token = "" // a visitor
	a := b.get("/api/v1/categories")
	var said struct {
		Categories lintu.Categories
		Version    string
		States     []lintu.StateInfo
		Acts       []lintu.ActInfo
	}
	if a.json(t, &said); len(said.Categories) < 20 || said.Version == "" || len(said.States) != len(lintu.States) || len(said.Acts) != len(lintu.Acts) {
		t.Errorf("%d %.300s", a.StatusCode, a.body)
	}
	if again := b.get("/api/v1/categories", "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged: %d", again.StatusCode)
	}
	said.Categories[len(said.Categories)-1].Retired = true
	if err := b.db.SaveCategories(t.Context(), tenant, said.Categories, operator); err != nil {
		t.Fatal(err)
	}
	changed := b.get("/api/v1/categories", "If-None-Match", a.Header.Get("ETag"))
	before := said.Version
	if changed.json(t, &said); changed.StatusCode != http.StatusOK || said.Version == before || !said.Categories[len(said.Categories)-1].Retired {
		t.Errorf("changed: %d, version %s, then %s", changed.StatusCode, before, said.Version)
	}
}

// aReport is a report that would be taken.
func aReport(with map[string]any) map[string]any {
	said := map[string]any{"id": lintu.NewID(), "category": "B0101", "source": "patrol", "lon": 113.5201, "lat": 28.1201, "placed": "map", "at": time.Now()}
	for name, value := range with {
		if value == nil {
			delete(said, name)
		} else {
			said[name] = value
		}
	}
	return said
}

// What is not a report is refused in words that name what is wrong, and repeats
// nothing that was said.
func TestRefusedReports(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for name, x := range map[string]struct {
		with   map[string]any
		status int
		says   string
	}{
		"unknown member":   {map[string]any{"nota": "金丝雀"}, 400, "nota"},
		"odd member":       {map[string]any{"金丝雀": 1}, 400, ""},
		"no id":            {map[string]any{"id": nil}, 400, "id"},
		"no UUID":          {map[string]any{"id": "金丝雀"}, 400, ""},
		"no place":         {map[string]any{"lon": nil, "lat": nil}, 400, "lon"},
		"off the earth":    {map[string]any{"lat": 91}, 400, "lat"},
		"accuracy":         {map[string]any{"accuracy": -1}, 400, "accuracy"},
		"placed":           {map[string]any{"placed": "guess"}, 400, "placed"},
		"source":           {map[string]any{"source": "dream"}, 400, "dream"},
		"category":         {map[string]any{"category": "X"}, 400, "X"},
		"branch":           {map[string]any{"category": "B01"}, 400, "B01"},
		"long note":        {map[string]any{"note": strings.Repeat("长", lintu.NoteRunes+1)}, 413, "2000"},
		"many photos":      {map[string]any{"photos": slices.Repeat([]lintu.ID{lintu.NewID()}, lintu.PhotosAtOnce+1)}, 413, "9"},
		"strange photo":    {map[string]any{"photos": []lintu.ID{lintu.NewID()}}, 400, "photo"},
		"long contact":     {map[string]any{"contact": map[string]string{"name": strings.Repeat("金丝雀", 20)}}, 413, "50"},
		"too large":        {map[string]any{"note": strings.Repeat("x", 70<<10)}, 413, "65536"},
		"null character":   {map[string]any{"note": "\x00"}, 400, "null"},
		"note of a number": {map[string]any{"note": 1}, 400, "number"},
	} {
		a := s.post("grid worker", "/api/v1/cases?lang=en", aReport(x.with), x.status)
		var p struct{ Detail string }
		if a.json(t, &p); !strings.Contains(p.Detail, x.says) || bytes.Contains(a.body, []byte("金丝雀")) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	s.post("grid worker", "/api/v1/cases", aReport(nil), http.StatusCreated)
	s.post("viewer", "/api/v1/cases", aReport(nil), http.StatusForbidden)
	s.post("visitor", "/api/v1/cases", aReport(nil), http.StatusUnauthorized)
	said := aReport(nil)
	s.post("grid worker", "/api/v1/cases", said, http.StatusCreated)
	s.post("committee", "/api/v1/cases", said, http.StatusConflict) // of somebody else
	said["note"] = "anders"
	s.post("grid worker", "/api/v1/cases", said, http.StatusConflict)
}

// A phone that comes back with 200 kept reports gets them all in, though the network
// has it send each twice.
func TestKeptReportsGetThrough(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const kept = 200
	var last map[string]any
	for range kept {
		last = aReport(map[string]any{"source": "hotline"})
		s.post("grid worker", "/api/v1/cases", last, http.StatusCreated)
		s.post("grid worker", "/api/v1/cases", last, http.StatusOK)
	}
	for tries := 0; ; tries++ { // who goes on is told to wait
		body, err := json.Marshal(last)
		if err != nil {
			t.Fatal(err)
		}
		a := s.as("grid worker", http.MethodPost, "/api/v1/cases", body)
		if a.StatusCode == http.StatusTooManyRequests && a.Header.Get("Retry-After") != "" {
			break
		}
		if a.StatusCode != http.StatusOK || tries > 400 {
			t.Fatalf("after %d more: %d %s", tries, a.StatusCode, a.body)
		}
	}
	var page struct {
		Cases []lintu.Case
		Next  *string
		Total int
	}
	seen, after := map[lintu.ID]bool{}, ""
	for {
		s.as("grid worker", http.MethodGet, "/api/v1/cases?limit=90"+after, nil).json(t, &page)
		for _, c := range page.Cases {
			seen[c.ID] = true
		}
		if page.Total != kept || len(page.Cases) > 90 {
			t.Fatalf("a page of %d, in all %d", len(page.Cases), page.Total)
		}
		if page.Next == nil {
			break
		}
		after = "&after=" + *page.Next
	}
	if len(seen) != kept {
		t.Errorf("%d cases on all pages", len(seen))
	}
}

func TestCasesAsked(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	lamp := s.report("grid worker", map[string]any{"category": "B0101", "source": "patrol", "note": "三号灯", "urgency": "hoped_for"}, lintu.Dispatched).Case
	hole := s.report("grid worker", map[string]any{"category": "B0201", "source": "hotline", "note": "路面坑洼", "lon": 113.6201}, lintu.Reported).Case
	community := lamp.Areas[0].ID
	for query, want := range map[string][]lintu.ID{
		"": {lamp.ID, hole.ID}, "open=true": {lamp.ID, hole.ID}, "state=reported": {hole.ID}, "state=reported,dispatched": {lamp.ID, hole.ID}, "state=closed": nil,
		"category=B01": {lamp.ID}, "category=B0201": {hole.ID}, "area=" + community: {lamp.ID}, "urgency=hoped_for": {lamp.ID}, "source=hotline": {hole.ID}, "rung=street": nil,
		"bbox=113.6,28,113.7,29": {hole.ID}, "text=三号": {lamp.ID}, "text=" + hole.Number: {hole.ID}, "late=true": nil, "from=2999-01-01": nil, "to=2999-01-01": {lamp.ID, hole.ID},
		"order=due": {lamp.ID, hole.ID}, "head=" + lamp.Head.ID: {lamp.ID}, "unit=" + lamp.Handler.ID.String(): {lamp.ID},
	} {
		var page struct{ Cases []lintu.Case }
		a := s.as("dispatcher", http.MethodGet, "/api/v1/cases?"+query, nil)
		a.json(t, &page)
		var got []lintu.ID
		for _, c := range page.Cases {
			got = append(got, c.ID)
		}
		slices.SortFunc(got, func(a, b lintu.ID) int { return bytes.Compare(a[:], b[:]) })
		slices.SortFunc(want, func(a, b lintu.ID) int { return bytes.Compare(a[:], b[:]) })
		if a.StatusCode != http.StatusOK || !slices.Equal(got, want) {
			t.Errorf("%s: %d %v, want %v: %.200s", query, a.StatusCode, got, want, a.body)
		}
	}
	for _, query := range []string{"state=lost", "open=maybe", "area=1", "order=old", "bbox=1", "from=then", "urgency=x", "rung=x", "source=x", "limit=0", "colour=red", "text=" + strings.Repeat("x", 101), "after=x"} {
		if a := s.as("dispatcher", http.MethodGet, "/api/v1/cases?"+query, nil); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.body)
		}
	}
	var found struct {
		Similar []struct {
			Case   lintu.Case
			Metres float64
		}
	}
	s.as("dispatcher", http.MethodGet, "/api/v1/cases/similar?lon=113.5204&lat=28.1201&category=B0101", nil).json(t, &found)
	if len(found.Similar) != 1 || found.Similar[0].Case.ID != lamp.ID || found.Similar[0].Metres < 28 || found.Similar[0].Metres > 31 {
		t.Errorf("similar: %+v", found)
	}
	s.as("dispatcher", http.MethodGet, "/api/v1/cases/similar?lon=113.5204&lat=28.1201&category=B0101&but="+lamp.ID.String(), nil).json(t, &found)
	if len(found.Similar) != 0 {
		t.Errorf("similar but itself: %+v", found)
	}
}

// Somebody with the right to report alone is shown the own cases.
func TestReporterSeesOwnCases(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	mine := s.report("far worker", map[string]any{"category": "S0601", "source": "hotline", "note": "吵"}, lintu.Reported).Case
	s.report("grid worker", map[string]any{"category": "B0101", "source": "hotline"}, lintu.Reported)
	session, _ := s.signedIn(tenant, "story-far-worker")
	_, token := s.tokenOf(tenant, session.Account, lintu.ReportCases)
	s.token = token
	var page struct {
		Cases []lintu.Case
		Total int
	}
	if s.get("/api/v1/cases").json(t, &page); page.Total != 1 || len(page.Cases) != 1 || page.Cases[0].ID != mine.ID {
		t.Errorf("%+v", page)
	}
}

// The same act on many cases reaches each that it can, and again does nothing.
func TestActOnMany(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ids := []lintu.ID{lintu.NewID()} // that there is not
	for range 3 {
		ids = append(ids, s.report("grid worker", map[string]any{"category": "B0101", "source": "hotline"}, lintu.Reported).Case.ID)
	}
	s.tell(ids[3], []told{{"dispatcher", lintu.ActDecline, map[string]any{"note": "重复"}, lintu.Declined}})
	said := map[string]any{"cases": ids, "action": map[string]any{"id": lintu.NewID(), "act": "verify", "note": "都看过了"}}
	for range 2 {
		var got struct {
			Results []struct {
				Case  lintu.ID
				OK    bool
				Error *struct{ Code lintu.ErrorCode }
			}
		}
		if s.post("dispatcher", "/api/v1/cases/acts", said, http.StatusOK).json(t, &got); len(got.Results) != 4 {
			t.Fatalf("%+v", got)
		}
		for i, want := range []lintu.ErrorCode{lintu.CodeNotFound, "", "", lintu.CodeConflict} {
			r := got.Results[i]
			if r.Case != ids[i] || r.OK != (want == "") || want != "" && r.Error.Code != want {
				t.Errorf("%d: %+v, want %q", i, r, want)
			}
		}
	}
	want := []string{"reporter report → reported", "worker verify → filed: 都看过了", "system dispatch → dispatched @COMMITTEE"}
	for _, id := range ids[1:3] {
		s.reads(id, want...)
	}
	for name, said := range map[string]map[string]any{
		"no cases": {"cases": []lintu.ID{}, "action": map[string]any{"id": lintu.NewID(), "act": "verify"}},
		"too many": {"cases": slices.Repeat(ids[:1], 201), "action": map[string]any{"id": lintu.NewID(), "act": "verify"}},
		"no id":    {"cases": ids, "action": map[string]any{"act": "verify"}},
		"seq":      {"cases": ids, "action": map[string]any{"id": lintu.NewID(), "act": "verify", "seq": 1}},
	} {
		if a := s.post("dispatcher", "/api/v1/cases/acts", said, http.StatusBadRequest); !bytes.Contains(a.body, []byte("invalid")) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}

// An export has every case that the viewer sees, in more than one chunk, nothing in it
// is a formula, and the audit says that it was asked for but not for which words.
func TestExportCases(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	evil := s.report("grid worker", map[string]any{"category": "B0101", "source": "patrol", "note": "=HYPERLINK(\"http://x\")"}, lintu.Dispatched).Case
	s.report("grid worker", map[string]any{"category": "S0601", "source": "patrol", "note": "争地界"}, lintu.Dispatched)
	const many = 1100
	s.exec(`INSERT INTO case_file SELECT (x.copy).* FROM (
		SELECT jsonb_populate_record(f, jsonb_build_object('id', o.id, 'number', 'N' || o.n, 'doc', f.doc || jsonb_build_object('id', o.id, 'number', 'N' || o.n))) AS copy
		FROM case_file f, (SELECT n, gen_random_uuid() AS id FROM generate_series(1, $2::int) n) o WHERE f.id = $1) x`, evil.ID, many)
	for who, want := range map[string]int{"dispatcher": many + 2, "viewer": many + 1, "far dispatcher": 0} {
		for _, lang := range []string{"zh", "en"} {
			a := s.as(who, http.MethodGet, "/api/v1/cases.csv?lang="+lang, nil)
			text, marked := strings.CutPrefix(string(a.body), "\ufeff")
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || !marked || a.StatusCode != http.StatusOK || len(rows) != want+1 {
				t.Fatalf("%s: %v, %d rows, want %d: %d %.300s", who, err, len(rows), want+1, a.StatusCode, a.body)
			}
			if title := map[string]string{"zh": "编号", "en": "number"}[lang]; rows[0][0] != title || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
				t.Errorf("titles %q, %s", rows[0], a.Header)
			}
			seen := map[string]bool{}
			for _, row := range rows[1:] {
				seen[row[0]] = true
				if slices.ContainsFunc(row, func(cell string) bool { return strings.HasPrefix(cell, "=") }) {
					t.Fatalf("a formula: %q", row)
				}
			}
			if len(seen) != want {
				t.Errorf("%s: %d numbers in %d rows", who, len(seen), want)
			}
		}
	}
	s.as("dispatcher", http.MethodGet, "/api/v1/cases.csv?text=%E9%87%91%E4%B8%9D%E9%9B%80&open=true", nil)
	n, details := 0, ""
	err := s.db.EachEntry(t.Context(), tenant, lintu.AuditQuery{Act: lintu.ActExport, Kind: "cases"}, func(e lintu.AuditEntry) error {
		n, details = n+1, details+string(e.Detail)
		return nil
	})
	if err != nil || n != 7 || !strings.Contains(details, "byText") || strings.Contains(details, "金丝雀") {
		t.Errorf("%v, %d exports in the audit: %s", err, n, details)
	}
}

// Who may not act is told so where the case is seen; the id of an act cannot be used
// for something else.
func TestActIDs(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.report("grid worker", map[string]any{"category": "B0101", "source": "patrol"}, lintu.Dispatched).Case.ID
	at, act := "/api/v1/cases/"+id.String()+"/acts", lintu.NewID()
	said := map[string]any{"id": act, "act": "accept", "seq": 3}
	var first, again caseAnswer
	s.post("committee", at, said, http.StatusOK).json(t, &first)
	s.post("committee", at, said, http.StatusOK).json(t, &again)
	if first.Case.Seq != 4 || again.Case.Seq != 4 || again.Case.State != lintu.InProgress {
		t.Errorf("%+v, again %+v", first.Case, again.Case)
	}
	s.post("committee", at, map[string]any{"id": act, "act": "comment", "note": "x"}, http.StatusConflict)
	s.post("committee", at, map[string]any{"id": lintu.NewID(), "act": "comment", "note": "x", "seq": 3}, http.StatusConflict) // it has moved on
	s.post("committee", at, map[string]any{"act": "comment", "note": "x"}, http.StatusBadRequest)
	s.post("committee", at, map[string]any{"id": lintu.NewID(), "act": "dance"}, http.StatusBadRequest)
	s.post("viewer", at, map[string]any{"id": lintu.NewID(), "act": "comment", "note": "x"}, http.StatusForbidden)
	s.post("far worker", at, map[string]any{"id": lintu.NewID(), "act": "comment", "note": "x"}, http.StatusNotFound)
	if got := fmt.Sprint(again.Case.Acts); !strings.Contains(got, "report_done") || strings.Contains(got, "close") {
		t.Errorf("acts %s", got)
	}
}
