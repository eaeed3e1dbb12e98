package api_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// The tests of this file show, together with those named in docs/security.md,
// that the known faults of the chosen parts do not happen here.

// keeper is a finder that keeps what it was asked, as caches and jobs do.
type keeper struct {
	lintu.Finder
	mu   sync.Mutex
	kept []string
}

func (k *keeper) Search(ctx context.Context, v *lintu.Viewer, text string, limit int) ([]lintu.Hit, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept = append(k.kept, text)
	return nil, nil
}

func TestFaultReusedStrings(t *testing.T) {
	t.Parallel()
	k := &keeper{}
	b := setup(t, 0).again(func(c *apiConfig) { c.Finder = k })
	var want []string
	for i := range 50 { // over one connection, whose buffers are used again
		want = append(want, fmt.Sprintf("text-%03d-%s", i, strings.Repeat("x", i%40)))
		if a := b.get("/api/v1/search?q=" + want[i]); a.StatusCode != http.StatusOK {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	if !slices.Equal(k.kept, want) {
		t.Errorf("what was kept has changed: %q", k.kept)
	}
}

// faulty panics in the middle of a stream of features.
type faulty struct{ lintu.FeatureStore }

func (f faulty) EachFeature(ctx context.Context, q lintu.FeatureQuery, yield func(lintu.Feature, string) error) error {
	if err := f.FeatureStore.EachFeature(ctx, q, yield); err != nil {
		return err
	}
	panic("canary of a panic")
}

func TestFaultPanicInStream(t *testing.T) {
	t.Parallel()
	b := setup(t, 20).again(func(c *apiConfig) { c.Features = faulty{c.Features} })
	res, err := client.Get(b.base + "/ogc/collections/counties/items") // what visitors see
	if err == nil {
		defer res.Body.Close()
		var content []byte
		if content, err = io.ReadAll(res.Body); err == nil && res.StatusCode == http.StatusOK {
			t.Errorf("a part is taken for the whole: %s", content)
		}
		if strings.Contains(string(content), "canary") {
			t.Errorf("the panic's text is shown: %s", content)
		}
	}
	if a := b.get("/healthz"); a.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %d", a.StatusCode)
	}
	b.until("it is in the log", func() bool { return strings.Contains(b.log.String(), "canary of a panic") })
}

// TestFaultBodyLimit sends too much to every route that changes something, with
// and without saying how much.
func TestFaultBodyLimit(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	const limit = 1 << 20 // of uploads in these tests, too
	reporter := b.newToken("dispatcher everywhere", lintu.ReportCases)
	importer, tried := b.token, 0
	for _, r := range b.server.Routes {
		if r.Method == "GET" {
			continue
		}
		tried++
		b.token = importer
		huge := strings.Repeat(" ", limit+1)
		if strings.Contains(r.Path, "/photos/") {
			huge, b.token = strings.Repeat(" ", lintu.PhotoBytesMax+1), reporter
		}
		path := strings.NewReplacer(":id", "01980000-0000-7000-8000-000000000000", ":layer", "households", ":login", "nobody", ":grant", "01980000-0000-7000-8000-000000000000").Replace(r.Path)
		for name, body := range map[string]io.Reader{"length": strings.NewReader(huge), "chunked": io.MultiReader(strings.NewReader(huge))} {
			if a := b.do(r.Method, path, body); a.StatusCode != http.StatusRequestEntityTooLarge {
				t.Errorf("%s %s, %s: %d %s", r.Method, r.Path, name, a.StatusCode, a.body)
			}
		}
	}
	if tried < 4 {
		t.Errorf("only %d routes change something", tried)
	}
}

// TestFaultIdempotency: no answer is kept for a repeated request, whose it may be.
func TestFaultIdempotency(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	logins := map[string]string{}
	for _, login := range []string{"zhang", "li"} {
		_, secret := b.signedIn(tenant, login, "viewer everywhere")
		a := b.do("POST", "/api/v1/tokens", strings.NewReader(`{"title":"QGIS","only":["see_units"],"days":1}`),
			"Cookie", "lintu="+secret, "Sec-Fetch-Site", "same-origin", "Idempotency-Key", "11111111-1111-1111-1111-111111111111", "X-Idempotency-Key", "11111111-1111-1111-1111-111111111111")
		var token struct{ ID, Secret string }
		if a.json(t, &token); a.StatusCode != http.StatusCreated || token.Secret == "" || logins[token.Secret] != "" {
			t.Fatalf("%s: %d %s, before of %q", login, a.StatusCode, a.body, logins[token.Secret])
		}
		logins[token.Secret] = login
		var me struct{ Login string }
		b.do("GET", "/api/v1/me", nil, "Authorization", "Bearer "+token.Secret).json(t, &me)
		if me.Login != login {
			t.Errorf("the answer to %s is for %s", login, me.Login)
		}
	}
}

// endless previews without end.
type endless struct {
	lintu.Importer
	ended chan error
}

func (e endless) Preview(_ context.Context, _ int32, _ lintu.ID, _ int, w io.Writer) error {
	for {
		if _, err := w.Write(make([]byte, 64<<10)); err != nil {
			e.ended <- err
			return err
		}
	}
}

// TestFaultStreamBlocksStop: a stream that nobody reads ends when the time to
// stop is over.
func TestFaultStreamBlocksStop(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	b := withImporter(t, setup(t, 0))
	var doc batchJSON
	b.do("POST", "/api/v1/batches?name=a.geojson", strings.NewReader(twoUnits)).json(t, &doc)
	b = b.again(func(c *apiConfig) { c.Importer = endless{ended: ended} })
	conn := b.dial()
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/v1/batches/%s/preview.geojson HTTP/1.1\r\nHost: x\r\n%s\r\n", doc.ID, b.auth())
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil { // it has begun
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if err := b.server.Stop(ctx); err != nil || ctx.Err() == nil || !strings.Contains(b.log.String(), "answers were cut by the stop") {
		t.Errorf("there was nothing to wait for: %v", err)
	}
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Error("the stream goes on after the stop")
	}
}

func TestFaultBareLF(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	for name, text := range map[string]string{
		"in a chunk extension": "PUT /api/v1/password HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;\nxx\r\n{}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"after the chunk size": "PUT /api/v1/password HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
		"two lengths":          "PUT /api/v1/password HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		answers := b.raw(text)
		if len(answers) != 1 || answers[0].StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d answers", name, len(answers))
			for _, a := range answers {
				t.Logf("%d %s", a.StatusCode, a.body)
			}
		}
	}
}

// TestFaultRowSecurityOnGeometry: what is not leakproof, such as &&, is not asked
// of an index under row-level security.
func TestFaultRowSecurityOnGeometry(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	var tables []string
	var all int
	if err := b.db.Pool().QueryRow(t.Context(), `SELECT coalesce(array_agg(c.relname::text) FILTER (WHERE c.relrowsecurity OR c.relforcerowsecurity), '{}'), count(*) FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.atttypid = 'geometry'::regtype
		WHERE c.relkind IN ('r', 'p')`).Scan(&tables, &all); err != nil || len(tables) != 0 || all < 5 {
		t.Errorf("row-level security keeps these of %d tables off their spatial index: %v, %v", all, tables, err)
	}
}

// TestFaultNotify: a change of many rows wakes once.
func TestFaultNotify(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, err := b.db.Owner().Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "LISTEN lintu"); err != nil {
		t.Fatal(err)
	}
	b.exec(`INSERT INTO change (tenant_id, kind, id) SELECT $1, 'unit', gen_random_uuid() FROM generate_series(1, 500)`, tenant)
	b.exec(`SELECT pg_notify('lintu', 'end')`)
	for woken := 0; ; woken++ {
		n, err := conn.Conn().WaitForNotification(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n.Payload == "end" {
			if woken != 1 {
				t.Errorf("500 changes of one transaction wake %d times", woken)
			}
			return
		}
	}
}

// TestFaultRetryWrites: a repeated creation is a write of its own, so that its
// success means that it is as durable as the first.
func TestFaultRetryWrites(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	batch := &lintu.Batch{ID: lintu.NewID(), File: "a.zip", SHA256: strings.Repeat("0", 64), Actor: "test"}
	written := func() (at string) {
		if err := b.db.CreateBatch(t.Context(), tenant, batch); err != nil {
			t.Fatal(err)
		}
		if err := b.db.Pool().QueryRow(t.Context(), "SELECT xmin::text FROM batch WHERE tenant_id = $1 AND id = $2", tenant, batch.ID).Scan(&at); err != nil {
			t.Fatal(err)
		}
		return at
	}
	if first, second := written(), written(); first == second {
		t.Errorf("the retry wrote nothing: both %s", first)
	}
}
