package api_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu/importer"
	"github.com/lintu-map/lintu/sql"
)

// withImporter gives the server the real importer.
func withImporter(t *testing.T, b *bundle, options ...option) *bundle {
	t.Helper()
	return b.again(append([]option{func(c *apiConfig) {
		c.Importer = importer.New(b.db, sql.NewGeodesy(b.db), t.TempDir(), c.UploadBytes)
	}}, options...)...)
}

// twoUnits is a file that can be applied without questions.
const twoUnits = `{"type":"FeatureCollection","features":[
	{"type":"Feature","properties":{"code":"N1","name":"新派出所","class":"police"},"geometry":{"type":"Point","coordinates":[113.61,28.11]}},
	{"type":"Feature","properties":{"code":"N2","name":"新司法所","class":"judicial"},"geometry":{"type":"Point","coordinates":[113.62,28.12]}}]}`

type batchJSON struct {
	ID    string
	File  string
	State string
	Parts []struct {
		Dataset string
		Report  struct {
			Accepted  int
			Questions []struct{ Key string }
		}
	}
	Job *struct {
		Kind, State string
		Error       *struct{ Code, Detail string }
	}
}

// settled polls a batch until nothing runs on it.
func (b *bundle) settled(id string) batchJSON {
	b.t.Helper()
	var doc batchJSON
	b.until("the job ends", func() bool {
		doc = batchJSON{}
		b.get("/api/v1/batches/"+id).json(b.t, &doc)
		return doc.Job == nil || doc.Job.State != "running"
	})
	return doc
}

// units is how many units there are.
func (b *bundle) units() int {
	b.t.Helper()
	var doc collectionDoc
	b.get("/ogc/collections/units/items").json(b.t, &doc)
	return doc.NumberMatched
}

func TestBatchFromUploadToUndo(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 20))
	before := b.units()
	a := b.do("POST", "/api/v1/batches?name=..%2Funits.geojson", strings.NewReader(twoUnits), "Content-Type", "application/geo+json")
	if a.StatusCode != http.StatusCreated {
		t.Fatalf("upload: %d %s", a.StatusCode, a.body)
	}
	var doc batchJSON
	a.json(t, &doc)
	at := "/api/v1/batches/" + doc.ID
	if doc.File != "units.geojson" || doc.State != "draft" || a.Header.Get("Location") != b.base+at {
		t.Errorf("%s at %s", a.body, a.Header.Get("Location"))
	}
	a = b.do("PUT", at+"/answers", strings.NewReader(fmt.Sprintf(`{%q:{"layer":"units"}}`, doc.Parts[0].Dataset)))
	if a.StatusCode != 200 {
		t.Fatalf("answers: %d %s", a.StatusCode, a.body)
	}
	doc = batchJSON{}
	a.json(t, &doc)
	if len(doc.Parts[0].Report.Questions) != 0 || doc.Parts[0].Report.Accepted != 2 {
		t.Fatalf("not ready: %s", a.body)
	}
	var preview collectionDoc
	b.get(at+"/preview.geojson").json(t, &preview)
	if len(preview.Features) != 2 {
		t.Errorf("%d features in the preview", len(preview.Features))
	}
	if b.units() != before {
		t.Error("a draft shows on the map")
	}
	if a := b.do("POST", at+"/apply", nil); a.StatusCode != http.StatusAccepted {
		t.Fatalf("apply: %d %s", a.StatusCode, a.body)
	}
	if doc := b.settled(doc.ID); doc.State != "applied" || b.units() != before+2 {
		t.Fatalf("after apply: %+v, %d units", doc, b.units())
	}
	if a := b.do("POST", at+"/apply", nil); a.StatusCode != http.StatusConflict {
		t.Errorf("applied twice: %d %s", a.StatusCode, a.body)
	}
	if a := b.get(at + "/preview.geojson"); a.StatusCode != http.StatusConflict {
		t.Errorf("drawn after it was applied: %d %s", a.StatusCode, a.body)
	}
	b.do("POST", at+"/undo", nil)
	if doc := b.settled(doc.ID); doc.State != "undone" || b.units() != before {
		t.Errorf("after undo: %+v, %d units", doc.Job, b.units())
	}
}

// TestApplyWithOpenQuestions: what is open is answered at once, by name.
func TestApplyWithOpenQuestions(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	a := b.do("POST", "/api/v1/batches?name=units.geojson", strings.NewReader(strings.ReplaceAll(twoUnits, `"code"`, `"x"`)))
	var doc batchJSON
	a.json(t, &doc)
	if len(doc.Parts) != 1 || len(doc.Parts[0].Report.Questions) == 0 {
		t.Fatalf("no question: %s", a.body)
	}
	a = b.do("POST", "/api/v1/batches/"+doc.ID+"/apply", nil)
	if a.StatusCode != http.StatusConflict || !bytes.Contains(a.body, []byte("--layer")) && !bytes.Contains(a.body, []byte("--map")) {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	checkProblem(t, "/apply", a)
	if doc := b.settled(doc.ID); doc.Job != nil || doc.State != "draft" {
		t.Errorf("%+v", doc)
	}
}

func TestUploadAsForm(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	if err := w.WriteField("note", "not the file"); err != nil {
		t.Fatal(err)
	}
	part, err := w.CreateFormFile("file", "单位.geojson")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(part, twoUnits); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a := b.do("POST", "/api/v1/batches", bytes.NewReader(form.Bytes()), "Content-Type", w.FormDataContentType())
	var doc batchJSON
	a.json(t, &doc)
	if a.StatusCode != http.StatusCreated || doc.File != "单位.geojson" {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if a := b.do("DELETE", "/api/v1/batches/"+doc.ID, nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("discard: %d %s", a.StatusCode, a.body)
	}
	var list struct{ Batches []batchJSON }
	b.get("/api/v1/batches").json(t, &list)
	if len(list.Batches) != 1 || list.Batches[0].State != "discarded" {
		t.Errorf("%+v", list)
	}
}

func TestUploadLimit(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0), func(c *apiConfig) { c.UploadBytes = 3 << 20 })
	big := bytes.Repeat([]byte("x"), 4<<20)
	if a := b.do("POST", "/api/v1/batches", bytes.NewReader(big)); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("announced length: %d %s", a.StatusCode, a.body)
	}
	// A chunked body does not say how long it will be.
	if a := b.do("POST", "/api/v1/batches", struct{ io.Reader }{bytes.NewReader(big)}); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("chunked: %d %s", a.StatusCode, a.body)
	}
	if a := b.do("PUT", "/api/v1/batches/00000000-0000-7000-8000-000000000000/answers", bytes.NewReader(big)); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("answers: %d %s", a.StatusCode, a.body)
	}
	if a := b.get("/healthz"); a.StatusCode != 200 {
		t.Errorf("afterwards: %d", a.StatusCode)
	}
}

// The rest of a body that nobody read must not be taken for a request.
func TestUnreadBodyIsNoRequest(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	c, err := net.Dial("tcp", strings.TrimPrefix(b.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	smuggled := strings.Repeat("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200000)
	fmt.Fprintf(c, "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", len(smuggled))
	go func() { _, _ = io.WriteString(c, smuggled) }() // fails when the server hangs up
	if err := c.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	all, _ := io.ReadAll(c) // ends in a reset
	if n := bytes.Count(all, []byte("HTTP/1.1 ")); n > 1 {
		t.Errorf("%d answers to one request", n)
	}
}

func TestOtherSitesChangeNothing(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	for _, headers := range [][]string{
		{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "null"},
	} {
		a := b.do("POST", "/api/v1/batches", strings.NewReader(twoUnits), headers...)
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %d", headers, a.StatusCode)
		}
	}
	for _, headers := range [][]string{{"Origin", b.base}, {"Sec-Fetch-Site", "same-origin"}, nil} {
		if a := b.do("POST", "/api/v1/batches?name=a.geojson", strings.NewReader(twoUnits), headers...); a.StatusCode != http.StatusCreated {
			t.Errorf("%v: %d %s", headers, a.StatusCode, a.body)
		}
	}
}

func TestBatchErrors(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	const none = "/api/v1/batches/00000000-0000-7000-8000-000000000000"
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", none, "", 404}, {"GET", "/api/v1/batches/x", "", 404}, {"DELETE", none, "", 404}, {"POST", none + "/apply", "", 404},
		{"POST", none + "/undo", "", 404}, {"GET", none + "/preview.geojson", "", 404}, {"PUT", none + "/answers", "{}", 404},
		{"PUT", none + "/answers", "[", 400}, {"GET", "/api/v1/batches?limit=x", "", 400}, {"POST", "/api/v1/batches?x=1", "x", 400},
		{"PATCH", none, "", 405}, {"POST", "/api/v1/search", "", 405},
	} {
		a := b.do(c.method, c.path, strings.NewReader(c.body))
		if a.StatusCode != c.want {
			t.Errorf("%s %s: %d, want %d: %s", c.method, c.path, a.StatusCode, c.want, a.body)
		}
		checkProblem(t, c.path, a)
	}
}

// A database that finds no room while a batch is applied: nothing of it is stored, the
// planner and the log are told why, and the same batch goes in once there is room again.
func TestBatchOnAFullDisk(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 20))
	before := b.units()
	var doc batchJSON
	b.do("POST", "/api/v1/batches?name=units.geojson", strings.NewReader(twoUnits)).json(t, &doc)
	at := "/api/v1/batches/" + doc.ID
	if a := b.do("PUT", at+"/answers", strings.NewReader(fmt.Sprintf(`{%q:{"layer":"units"}}`, doc.Parts[0].Dataset))); a.StatusCode != 200 {
		t.Fatalf("answers: %d %s", a.StatusCode, a.body)
	}

	b.exec(`CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'could not extend file' USING errcode = '53100'; END $$`)
	b.exec(`CREATE TRIGGER no_room BEFORE INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION no_room()`)
	b.do("POST", at+"/apply", nil)
	failed := b.settled(doc.ID)
	if failed.State != "draft" || failed.Job == nil || failed.Job.Error == nil || failed.Job.Error.Code != "unavailable" || !strings.Contains(failed.Job.Error.Detail, "磁盘已满") {
		t.Fatalf("while the disk is full: %+v", failed)
	}
	if n := b.units(); n != before {
		t.Errorf("%d units where there were %d", n, before)
	}
	if log := b.log.String(); !strings.Contains(log, "job failed") || !strings.Contains(log, "53100") {
		t.Error("the log does not tell why")
	}

	b.exec(`DROP TRIGGER no_room ON change`)
	b.do("POST", at+"/apply", nil)
	if doc := b.settled(doc.ID); doc.State != "applied" || b.units() != before+2 {
		t.Errorf("once there is room: %+v, %d units", doc, b.units())
	}
}
