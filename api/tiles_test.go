package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb/encoding/mvt"

	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/web"
)

// centre is the address of the tile in the town's middle.
func centre(layers string, z int) string {
	at := tileAt(113.6, 28.15, z)
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", layers, z, at[0], at[1])
}

// tileAt is column and row of the tile at a place.
func tileAt(lon, lat float64, z int) [2]int {
	n := math.Exp2(float64(z))
	return [2]int{int((lon + 180) / 360 * n), int((1 - math.Asinh(math.Tan(lat*math.Pi/180))/math.Pi) / 2 * n)}
}

const town = "communities,grids,households,heads"

func TestTileIsTheSameOnEveryServer(t *testing.T) {
	t.Parallel()
	a := setup(t, 2000)
	b := a.again()
	// A third server has connections of its own, as after a restart.
	other, err := sql.Open(t.Context(), a.db.Owner().Config().ConnString(), sql.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Close)
	c := serve(t, other)
	c.token = a.token
	for z := 8; z <= 18; z++ {
		first := a.get(centre(town, z))
		for _, s := range []*bundle{a, b, c} {
			again := s.get(centre(town, z))
			if !bytes.Equal(first.body, again.body) || first.Header.Get("ETag") != again.Header.Get("ETag") {
				t.Errorf("zoom %d: bytes or ETag differ", z)
			}
		}
	}
	if reordered := a.get(centre("heads,households,grids,communities", 14)); !bytes.Equal(reordered.body, a.get(centre(town, 14)).body) {
		t.Error("the order of the layers in the address changes the tile")
	}
}

func TestTileDecodes(t *testing.T) {
	t.Parallel()
	b := setup(t, 3000)
	layers, err := mvt.Unmarshal(b.get(centre(town, 13)).body)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range layers {
		names = append(names, l.Name)
		if l.Extent != 4096 || l.Version != 2 {
			t.Errorf("layer %s has extent %d, version %d", l.Name, l.Extent, l.Version)
		}
	}
	if got := strings.Join(names, " "); got != "communities communities_label grids grids_label households heads" && got != "communities grids grids_label households heads" {
		t.Errorf("layers %q", got)
	}
}

func TestTileConditionalRequests(t *testing.T) {
	t.Parallel()
	b := setup(t, 500)
	at := centre(town, 12)
	plain, packed := b.get(at), b.get(at, "Accept-Encoding", "gzip")
	tag, tagGzip := plain.Header.Get("ETag"), packed.Header.Get("ETag")
	if tag == "" || tag == tagGzip || strings.HasPrefix(tag, "W/") {
		t.Errorf("tags %s and %s: want two different strong ones", tag, tagGzip)
	}
	if v := plain.Header.Get("Vary"); !strings.Contains(v, "Accept-Encoding") {
		t.Errorf("Vary: %q", v)
	}
	for header, want := range map[string]int{
		tag: 304, `"x", ` + tag: 304, "*": 304, "W/" + tag: 304, tagGzip: 304, `"x"`: 200, "": 200, strings.Trim(tag, `"`): 200,
	} {
		a := b.get(at, "If-None-Match", header)
		if a.StatusCode != want {
			t.Errorf("If-None-Match: %s gives %d, want %d", header, a.StatusCode, want)
		}
		if want == 304 && (len(a.body) > 0 || a.Header.Get("ETag") == "") {
			t.Errorf("If-None-Match: %s: a 304 has a tag and no body", header)
		}
	}
	head := b.do("HEAD", at, nil)
	if head.StatusCode != 200 || head.ContentLength != int64(len(plain.body)) || len(head.body) != 0 || head.Header.Get("ETag") != tag {
		t.Errorf("HEAD: %d, length %d of %d, tag %s", head.StatusCode, head.ContentLength, len(plain.body), head.Header.Get("ETag"))
	}
}

// A tile has the same content in each coding, each with a tag of its own, which any
// server of the same data takes.
func TestTileCodings(t *testing.T) {
	t.Parallel()
	b := setup(t, 500)
	other := b.again()
	at, tags := centre(town, 12), map[string]bool{}
	plain := b.get(at)
	for coding, unpack := range map[string]func(io.Reader) (io.Reader, error){
		"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"br":   func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		"":     func(r io.Reader) (io.Reader, error) { return r, nil },
	} {
		a := b.get(at, "Accept-Encoding", coding)
		if got := a.Header.Get("Content-Encoding"); got != coding {
			t.Errorf("Content-Encoding %q, want %q", got, coding)
		}
		r, err := unpack(bytes.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if content, err := io.ReadAll(r); err != nil || !bytes.Equal(content, plain.body) {
			t.Errorf("%q holds something else: %v", coding, err)
		}
		tags[a.Header.Get("ETag")] = true
		for _, s := range []*bundle{b, other} {
			if again := s.get(at, "Accept-Encoding", coding, "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified || again.Header.Get("ETag") != a.Header.Get("ETag") {
				t.Errorf("%q with its tag: %d, tag %s", coding, again.StatusCode, again.Header.Get("ETag"))
			}
		}
		head := b.do("HEAD", at, nil, "Accept-Encoding", coding)
		if head.ContentLength != int64(len(a.body)) || head.Header.Get("ETag") != a.Header.Get("ETag") {
			t.Errorf("HEAD of %q: length %d of %d, tag %s", coding, head.ContentLength, len(a.body), head.Header.Get("ETag"))
		}
	}
	if len(tags) != 4 || tags[""] {
		t.Errorf("four codings have the tags %v", tags)
	}
	refused := b.get(at, "Accept-Encoding", "identity;q=0, deflate")
	if refused.StatusCode != http.StatusNotAcceptable {
		t.Errorf("who takes no coding gets %d", refused.StatusCode)
	}
	checkProblem(t, at, refused)
}

func TestTileChangesWithTheData(t *testing.T) {
	t.Parallel()
	b := setup(t, 500)
	at := centre("households", 12)
	before := b.get(at)
	for range 3 { // changes of a moment ago are seen at once, each time
		b.exec(`WITH c AS (INSERT INTO change (tenant_id, kind) VALUES ($1, 'households'))
			INSERT INTO household (tenant_id, id, version, valid, code, geom)
			SELECT $1, gen_random_uuid(), 1, tstzrange(now(), NULL), gen_random_uuid()::text, 'SRID=4326;POINT(113.6 28.15)'`, tenant)
		after := b.get(at, "If-None-Match", before.Header.Get("ETag"))
		if after.StatusCode != 200 || bytes.Equal(before.body, after.body) {
			t.Fatal("the tile is stale")
		}
		before = after
	}
	if again := b.get(at, "If-None-Match", before.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("unchanged tile: %d", again.StatusCode)
	}
}

func TestTileAddresses(t *testing.T) {
	t.Parallel()
	b := setup(t, 20)
	for path, want := range map[string]int{
		"/tiles/grids/0/0/0.mvt":                                  204, // below the layer's first zoom
		"/tiles/roads/14/0/0.mvt":                                 204, // nothing there
		"/tiles/counties/0/0/0.mvt":                               200,
		"/tiles/counties%2Cgrids/0/0/0.mvt":                       200,
		"/tiles/grids/19/0/0.mvt":                                 404,
		"/tiles/grids/3/8/0.mvt":                                  404,
		"/tiles/grids/3/0/8.mvt":                                  404,
		"/tiles/grids/99999999999999999999/0/0.mvt":               404,
		"/tiles/grids/-1/0/0.mvt":                                 400,
		"/tiles/grids/a/0/0.mvt":                                  400,
		"/tiles/grids/1/0.5/0.mvt":                                400,
		"/tiles/grids/01/0/0.mvt":                                 400,
		"/tiles/nothing/1/0/0.mvt":                                400,
		"/tiles/grids,grids/1/0/0.mvt":                            400,
		"/tiles/grids,/1/0/0.mvt":                                 400,
		"/tiles/%ff/1/0/0.mvt":                                    400,
		"/tiles/grids'--/1/0/0.mvt":                               400,
		"/tiles/grids/1/0/0.png":                                  404,
		"/tiles/grids/1/0/0.mvt?x=1":                              400,
		"/tiles/counties/0/0/0.mvt?datetime=2026-02-01T00:00:00Z": 200,
		"/tiles/counties/0/0/0.mvt?datetime=2020-01-01":           204,
		"/tiles/counties/0/0/0.mvt?datetime=nonsense":             400,
		"/tiles/grids.json":                                       200,
		"/tiles/nothing.json":                                     400,
		"/styles/night.json":                                      200,
		"/styles/day.json":                                        404,
		"/styles/..%2Findex.json":                                 404,
	} {
		a := b.get(path)
		if a.StatusCode != want {
			t.Errorf("%s: %d, want %d: %s", path, a.StatusCode, want, a.body)
		}
		if want >= 400 {
			checkProblem(t, path, a)
		}
		if a.StatusCode == 204 && len(a.body) > 0 {
			t.Errorf("%s: 204 with a body", path)
		}
	}
	if a := b.get("/tiles/counties/0/0/0.mvt", "Accept", "text/html, image/gif, image/jpeg, *; q=.2"); a.StatusCode != 200 {
		t.Errorf("Accept is refused: %d", a.StatusCode)
	}
}

func checkProblem(t *testing.T, path string, a answer) {
	t.Helper()
	var p struct {
		Type, Title, Code, Detail string
		Status                    int
		Text                      struct{ ZH, EN string }
	}
	if ct := a.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("%s: an error of type %s", path, ct)
	}
	a.json(t, &p)
	if p.Status != a.StatusCode || p.Code == "" || p.Text.ZH == "" || p.Text.EN == "" || p.Detail == "" {
		t.Errorf("%s: incomplete problem %s", path, a.body)
	}
}

func TestTileJSON(t *testing.T) {
	t.Parallel()
	b := setup(t, 500)
	var doc struct {
		TileJSON     string
		Tiles        []string
		MinZoom      int
		MaxZoom      int
		Bounds       []float64
		VectorLayers []struct {
			ID     string
			Fields map[string]string
		} `json:"vector_layers"`
	}
	b.get("/tiles/communities,households.json").json(t, &doc)
	if doc.TileJSON != "3.0.0" || len(doc.Tiles) != 1 || doc.MinZoom != 8 || doc.MaxZoom != 18 || len(doc.Bounds) != 4 || doc.Bounds[0] != 113.5 {
		t.Errorf("%+v", doc)
	}
	if want := b.base + "/tiles/communities,households/{z}/{x}/{y}.mvt"; doc.Tiles[0] != want {
		t.Errorf("tiles at %s, want %s", doc.Tiles[0], want)
	}
	var ids []string
	for _, l := range doc.VectorLayers {
		ids = append(ids, l.ID)
	}
	if got := strings.Join(ids, " "); got != "communities communities_label households reduced" {
		t.Errorf("vector_layers %q", got)
	}
	if f := doc.VectorLayers[2].Fields; f["count"] != "Number" || f["head"] != "String" {
		t.Errorf("fields of households: %v", f)
	}
	validateTileJSON(t, b.get("/tiles/communities,households.json").body)
}

func TestStyleHasAbsoluteAddresses(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	var doc struct {
		Sources map[string]struct {
			URL   string
			Tiles []string
		}
		Sprite string
	}
	b.get("/styles/night.json").json(t, &doc)
	if doc.Sources["town"].URL != b.base+"/tiles/grids.json" || doc.Sources["far"].Tiles[0] != b.base+"/tiles/a" ||
		doc.Sources["far"].Tiles[1] != "https://x/b" || doc.Sprite != b.base+"/assets/sprite" {
		t.Errorf("%+v", doc)
	}
}

// A style asks for what its reader is shown, and for nothing that would be
// refused.
func TestStyleByViewer(t *testing.T) {
	t.Parallel()
	b := setup(t, 1, func(c *apiConfig) { c.Pages = web.Pages() })
	layers := func() (urls, drawn []string) {
		var doc struct {
			Sources map[string]struct{ URL string }
			Layers  []struct {
				Source      string
				SourceLayer string `json:"source-layer"`
			}
		}
		b.get("/styles/night.json").json(t, &doc)
		for _, s := range doc.Sources {
			urls = append(urls, strings.TrimPrefix(s.URL, b.base))
		}
		for _, l := range doc.Layers {
			drawn = append(drawn, l.SourceLayer)
			if _, ok := doc.Sources[l.Source]; !ok && l.Source != "" {
				t.Errorf("a layer of %s, which is no source", l.Source)
			}
		}
		return urls, drawn
	}
	urls, drawn := layers()
	if !slices.Contains(drawn, "households") || !slices.Contains(drawn, "communities_label") || !slices.Contains(drawn, "reduced") || !slices.Contains(urls, "/tiles/households.json") {
		t.Errorf("a planner's style draws %q of %q", drawn, urls)
	}
	b.token = ""
	if urls, drawn = layers(); slices.Contains(drawn, "households") || !slices.Contains(drawn, "communities_label") {
		t.Errorf("a visitor's style draws %q", drawn)
	}
	for _, url := range urls {
		if a := b.get(url); a.StatusCode != http.StatusOK {
			t.Errorf("%s in a visitor's style: %d", url, a.StatusCode)
		}
	}
}

func TestManyAskForOneTile(t *testing.T) {
	t.Parallel()
	b := setup(t, 2000)
	want := b.get(centre(town, 14)).body
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if a := b.get(centre(town, 14)); !bytes.Equal(a.body, want) {
				t.Error("a tile differs under load")
			}
		})
	}
	wg.Wait()
}
