package api_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/api"
	"github.com/lintu-map/lintu/photos"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
	"github.com/lintu-map/lintu/tiles"
)

const tenant = 430181

func TestMain(m *testing.M) { sqltest.Main(m) }

// bundle is a running server on a database of its own with a small town in it.
type bundle struct {
	t    testing.TB
	base string
	db   *sql.DB
	log  *logBuffer

	photos   *photos.Store
	photoDir string
	server   *api.Server
	operator string // cookie of who reads the metrics
	// token is what requests bring that say nothing else of who asks: that of a
	// program of a planner of everywhere. "" asks as a visitor.
	token string
}

// logBuffer holds the server's log, which can be read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

type apiConfig = api.Config

type option func(*apiConfig)

func setup(t testing.TB, households int, options ...option) *bundle {
	t.Helper()
	db := sqltest.New(t)
	seed(t, db, households)
	b := serve(t, db, options...)
	b.token = b.newToken("planner everywhere", lintu.SeeUnits, lintu.SeeHouseholds, lintu.SeePersons, lintu.SeeCases, lintu.Import)
	return b
}

// again serves the same database by another server, to the same program.
func (b *bundle) again(options ...option) *bundle {
	b.t.Helper()
	other := serve(b.t, b.db, options...)
	other.token = b.token
	return other
}

// serve starts a server on db.
func serve(t testing.TB, db *sql.DB, options ...option) *bundle {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, db, ln, options...)
}

// serveOn is serve where the address is needed before.
func serveOn(t testing.TB, db *sql.DB, ln net.Listener, options ...option) *bundle {
	t.Helper()
	reader, live := sql.NewReader(db), sql.NewLive(db)
	t.Cleanup(live.Close)
	accounts := sql.NewAccounts(db, sql.AccountsConfig{})
	dir := t.TempDir()
	pictures, err := photos.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{t: t, db: db, log: &logBuffer{}, photos: pictures, photoDir: dir}
	memory := tiles.NewMemory(reader, reader, reader, tenant)
	if err := memory.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	tileServer := tiles.New(memory, reader, 1<<20)
	cfg := api.Config{
		Door: accounts, Registrar: accounts, Persons: db, Audit: db, Rules: db, Public: lintu.PublicByDefault(),
		Tenant: tenant, Name: lintu.Text{ZH: "集里街道", EN: "Jili"}, Version: "test",
		Features: reader, Tiles: tileServer, Finder: reader, Versions: reader, Live: live, Figures: db, Batches: db, Photos: pictures, Cases: db, Meetings: db, Doors: db, Settings: db, Ready: db.Ping,
		Layers: memory.States, Collectors: []prometheus.Collector{memory.Collector(), tileServer.Collector()},
		Pages: pages, UploadBytes: 1 << 20, Log: slog.New(slog.NewTextHandler(b.log, nil)),
	}
	for _, o := range options {
		o(&cfg)
	}
	s, err := api.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	b.server = s
	s.Start(ln)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error("stop:", err)
		}
	})
	b.base = "http://" + ln.Addr().String()
	if cfg.TLSCert != "" {
		b.base = "https://" + ln.Addr().String()
	}
	return b
}

var pages fs.FS = fstest.MapFS{
	"index.html":              {Data: []byte("<!doctype html><title>entry</title>")},
	"wall.html":               {Data: []byte("<!doctype html><title>wall</title>")},
	"login.html":              {Data: []byte("<!doctype html><title>login</title>")},
	"account.html":            {Data: []byte("<!doctype html><title>account</title>")},
	"accounts.html":           {Data: []byte("<!doctype html><title>accounts</title>")},
	"audit.html":              {Data: []byte("<!doctype html><title>audit</title>")},
	"door.html":               {Data: []byte("<!doctype html><title>door</title>")},
	"follow.html":             {Data: []byte("<!doctype html><title>follow</title>")},
	"field.html":              {Data: []byte("<!doctype html><title>field</title>")},
	"rules.html":              {Data: []byte("<!doctype html><title>rules</title>")},
	"meetings.html":           {Data: []byte("<!doctype html><title>meetings</title>")},
	"doors.html":              {Data: []byte("<!doctype html><title>doors</title>")},
	"console.html":            {Data: []byte("<!doctype html><title>console</title>")},
	"planner.html":            {Data: []byte("<!doctype html><title>planner</title>")},
	"assets/wall-B3x9_a2Q.js": {Data: []byte(strings.Repeat("console.log(1);", 100))},
	"styles/night.json": {Data: []byte(`{"version":8,"sources":{"town":{"type":"vector","url":"/tiles/grids.json"},
		"far":{"type":"raster","tiles":["/tiles/a","https://x/b"]}},"sprite":"/assets/sprite","layers":[]}`)},
}

func seed(t testing.TB, db *sql.DB, households int) {
	t.Helper()
	ctx := context.Background()
	statements, err := os.ReadFile("../sql/testdata/seed.sql")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Owner().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, "SELECT set_config('seed.households', $1::int::text, true), set_config('seed.tenant', $2::int::text, true)", households, tenant); err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, string(statements)); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Owner().Exec(ctx, "ANALYZE"); err != nil {
		t.Fatal(err)
	}
}

// answer is what came back.
type answer struct {
	*http.Response
	body []byte
}

// client neither decompresses by itself nor follows redirects.
var client = &http.Client{Transport: &http.Transport{DisableCompression: true, TLSClientConfig: &tls.Config{RootCAs: testCA().pool}},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// get asks for a path with headers given as name, value, …
func (b *bundle) get(path string, headers ...string) answer {
	b.t.Helper()
	return b.do("GET", path, nil, headers...)
}

func (b *bundle) do(method, path string, body io.Reader, headers ...string) answer {
	b.t.Helper()
	req, err := http.NewRequest(method, b.base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	if b.token != "" && req.Header.Get("Cookie") == "" && req.Header["Authorization"] == nil {
		req.Header.Set("Authorization", "Bearer "+b.token)
	}
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := readAnswer(res)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{res, content}
}

// readAnswer reads all of it, or the first event of what has no end.
func readAnswer(res *http.Response) ([]byte, error) {
	if res.Header.Get("Content-Type") != "text/event-stream" {
		return io.ReadAll(res.Body)
	}
	var content []byte
	for lines := bufio.NewScanner(res.Body); lines.Scan() && len(lines.Bytes()) > 0; {
		content = append(append(content, lines.Bytes()...), '\n')
	}
	return content, nil
}

// json reads the answer into v.
func (a answer) json(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%s: %v in %.200s", a.Request.URL, err, a.body)
	}
}

func (b *bundle) exec(statement string, args ...any) {
	b.t.Helper()
	if _, err := b.db.Owner().Exec(context.Background(), statement, args...); err != nil {
		b.t.Fatal(err)
	}
}
