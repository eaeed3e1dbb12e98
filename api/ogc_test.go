package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// shared finds test data that lies outside the project.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir := os.Getenv("LINTU_SHARED_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	at := filepath.Join(dir, path)
	if _, err := os.Stat(at); err != nil {
		skip(t, "needs the shared data: "+err.Error())
	}
	return at
}

// skip skips a test for something that is missing, which CI must have.
func skip(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(reason)
	}
	t.Skip(reason)
}

func validateTileJSON(t *testing.T, doc []byte) {
	t.Helper()
	dir := shared(t, "standards/tilejson-spec")
	schemas, err := filepath.Glob(filepath.Join(dir, "3.0.0", "schema.json"))
	if err != nil || len(schemas) == 0 {
		skip(t, "no TileJSON 3.0.0 schema in the shared data")
	}
	schema, err := jsonschema.NewCompiler().Compile(schemas[0])
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Error(err)
	}
}

type webLink struct {
	Href, Rel, Type string
	Templated       bool
}

type collectionDoc struct {
	Type           string
	Features       []feature
	NumberMatched  int
	NumberReturned int
	TimeStamp      string
	Links          []webLink
}

type feature struct {
	ID         string
	Type       string
	Geometry   map[string]any
	Properties map[string]any
}

func hrefOf(links []webLink, rel string) string {
	for _, l := range links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

// follow turns an absolute address of this server into a path.
func (b *bundle) follow(href string) answer {
	b.t.Helper()
	path, ok := strings.CutPrefix(href, b.base)
	if !ok {
		b.t.Fatalf("%s is not at %s", href, b.base)
	}
	return b.get(path)
}

func TestOpenAPIDocumentsAreValid(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	for _, path := range []string{"/ogc/api", "/api/v1/openapi.json"} {
		a := b.get(path)
		if ct := a.Header.Get("Content-Type"); ct != "application/vnd.oai.openapi+json;version=3.0" {
			t.Errorf("%s has type %s", path, ct)
		}
		doc, err := openapi3.NewLoader().LoadFromData(a.body)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if err := doc.Validate(t.Context()); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	doc, err := openapi3.NewLoader().LoadFromData(b.get("/ogc/api").body)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/conformance", "/collections", "/collections/households", "/collections/households/items", "/collections/households/items/{featureId}"} {
		if doc.Paths.Value(path) == nil {
			t.Errorf("the document lacks %s", path)
		}
	}
	bbox, limit := doc.Components.Parameters["bbox"].Value, doc.Components.Parameters["limit"].Value
	if bbox.Schema.Value.MinItems != 4 || *bbox.Schema.Value.MaxItems != 6 || bbox.Style != "form" || *bbox.Explode {
		t.Error("bbox is not written as clients want it")
	}
	if limit.Schema.Value.Min == nil || limit.Schema.Value.Max == nil || limit.Schema.Value.Default == nil {
		t.Error("limit lacks minimum, maximum or default")
	}
	tile := doc.Paths.Value("/collections/grids/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}")
	if tile == nil || !strings.Contains(tile.Get.OperationID, ".getTile") {
		t.Error("no operationId with .getTile")
	}
}

func TestLandingPageLinks(t *testing.T) {
	t.Parallel()
	b := setup(t, 20)
	var doc struct{ Links []webLink }
	b.get("/ogc").json(t, &doc)
	for rel, want := range map[string]string{
		"self": "application/json", "service-desc": "application/vnd.oai.openapi+json;version=3.0",
		"conformance": "application/json", "data": "application/json",
	} {
		href := hrefOf(doc.Links, rel)
		if href == "" {
			t.Errorf("no link %s", rel)
			continue
		}
		a := b.follow(href)
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != want {
			t.Errorf("%s: %d %s", rel, a.StatusCode, a.Header.Get("Content-Type"))
		}
	}
	var classes struct{ ConformsTo []string }
	b.get("/ogc/conformance?f=json").json(t, &classes)
	if !slices.Contains(classes.ConformsTo, "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core") {
		t.Error("features core is not claimed")
	}
}

// Every link that the OGC part gives leads somewhere.
func TestAllLinksWork(t *testing.T) {
	t.Parallel()
	b := setup(t, 40)
	seen := map[string]bool{}
	queue := []string{b.base + "/ogc"}
	for len(queue) > 0 && len(seen) < 400 {
		at := queue[0]
		queue = queue[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		a := b.follow(at)
		if a.StatusCode != 200 {
			t.Errorf("%s: %d", at, a.StatusCode)
		}
		if strings.Contains(a.Header.Get("Content-Type"), "json") {
			var v any
			a.json(t, &v)
			queue = append(queue, hrefs(v)...)
		} else if ct := a.Header.Get("Content-Type"); ct != "text/html; charset=utf-8" {
			t.Errorf("%s has type %s", at, ct)
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d links", len(seen))
	}
}

func hrefs(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, hrefs(x)...)
		}
	case map[string]any:
		if href, ok := v["href"].(string); ok && v["templated"] != true {
			out = append(out, href)
		}
		for _, x := range v {
			out = append(out, hrefs(x)...)
		}
	}
	return out
}

func TestItemsPage(t *testing.T) {
	t.Parallel()
	b := setup(t, 250)
	next, seen, pages := b.base+"/ogc/collections/households/items?limit=100&offset=10", map[string]bool{}, 0
	for ; next != ""; pages++ {
		var doc collectionDoc
		a := b.follow(next)
		a.json(t, &doc)
		if doc.NumberMatched != 250 || doc.NumberReturned != len(doc.Features) || doc.TimeStamp == "" || hrefOf(doc.Links, "self") != next {
			t.Errorf("%s: matched %d, returned %d of %d", next, doc.NumberMatched, doc.NumberReturned, len(doc.Features))
		}
		if a.Header.Get("Content-Crs") != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
			t.Error("no Content-Crs")
		}
		for _, f := range doc.Features {
			seen[f.ID] = true
		}
		next = hrefOf(doc.Links, "next")
	}
	if len(seen) != 240 || pages != 3 {
		t.Errorf("%d features on %d pages", len(seen), pages)
	}
	packed := b.get("/ogc/collections/households/items?limit=1000", "Accept-Encoding", "gzip")
	zr, err := gzip.NewReader(bytes.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(zr)
	var doc collectionDoc
	if err != nil || json.Unmarshal(plain, &doc) != nil || len(doc.Features) != 250 {
		t.Errorf("gzip: %v, %d features", err, len(doc.Features))
	}
}

func TestItemsParameters(t *testing.T) {
	t.Parallel()
	b := setup(t, 60)
	b.exec(`INSERT INTO household (tenant_id, id, version, valid, code, geom) VALUES
		($1, gen_random_uuid(), 1, '[2026-01-01,)', 'far', 'SRID=4326;POINT(179.5 66)'), ($1, gen_random_uuid(), 1, '[2026-01-01,)', 'nowhere', NULL)`, tenant)
	const households = "/ogc/collections/households/items?"
	for query, want := range map[string]int{
		"":                           10,
		"limit=5":                    5,
		"limit=1000000":              62,
		"limit=99999999999999999999": 62,
		"f=json&limit=100":           62,
		"offset=60&limit=10":         2,
		"code=H0000003":              1,
		"code=none":                  0,
		"head=L000001&limit=100":     13,
		"bbox=177,65,-177,70":        2,
		"bbox=177,65,0,-177,70,9":    2,
		"bbox=177,65,178,70":         1,
		"bbox-crs=http://www.opengis.net/def/crs/OGC/1.3/CRS84&bbox=0,0,1,1": 1,
		"datetime=2025-01-01T00:00:00Z":                                      0,
		"datetime=2026-06-01T00:00:00%2B08:00":                               10,
		"datetime=../2025-01-01T00:00:00Z":                                   0,
		"datetime=2025-01-01T00:00:00Z/..":                                   10,
		"datetime=2025-01-01/2026-02-01&limit=100":                           62,
	} {
		a := b.get(households + query)
		var doc collectionDoc
		if a.StatusCode != 200 {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.body)
			continue
		}
		a.json(t, &doc)
		if len(doc.Features) != want {
			t.Errorf("%s: %d features, want %d", query, len(doc.Features), want)
		}
	}
	for _, query := range []string{"x=1", "limit=0", "limit=-1", "limit=a", "limit=", "offset=-1", "bbox=", "bbox=1,2,3", "bbox=1,2,3,4,5", "bbox=a,b,c,d",
		"bbox=0,10,1,5", "bbox=0,0,1,NaN", "bbox=0,-91,1,1", "bbox=-181,0,1,1", "datetime=x", "datetime=2026-02-01/2026-01-01", "crs=http://www.opengis.net/def/crs/EPSG/0/3857",
		"bbox-crs=x", "f=xml", "after=%25", "name=%00", "name=%ff", "lang=fr", "geom=1"} {
		a := b.get(households + query)
		if a.StatusCode != 400 {
			t.Errorf("%s: %d, want 400", query, a.StatusCode)
			continue
		}
		checkProblem(t, query, a)
	}
}

func TestItem(t *testing.T) {
	t.Parallel()
	b := setup(t, 20)
	var doc collectionDoc
	b.get("/ogc/collections/communities/items?limit=1").json(t, &doc)
	at := "/ogc/collections/communities/items/" + doc.Features[0].ID
	a := b.get(at)
	var f struct {
		feature
		Links []webLink
	}
	a.json(t, &f)
	if f.ID != doc.Features[0].ID || f.Geometry["type"] != "MultiPolygon" || f.Properties["name"] != "神仙坳社区" ||
		hrefOf(f.Links, "collection") != b.base+"/ogc/collections/communities" || hrefOf(f.Links, "self") != b.base+at {
		t.Errorf("%s", a.body)
	}
	if a.Header.Get("Content-Crs") == "" || a.Header.Get("Content-Type") != "application/geo+json" {
		t.Errorf("headers %v", a.Header)
	}
	for path, want := range map[string]int{
		at + "?crs=x": 400, at + "?datetime=2020-01-01": 404, at + "?datetime=2026-02-01": 200, at + "?f=html": 200, at + "?x=1": 400,
		"/ogc/collections/communities/items/0198":                                 404,
		"/ogc/collections/communities/items/00000000-0000-7000-8000-000000000000": 404,
		"/ogc/collections/nothing/items":                                          404,
		"/ogc/collections/nothing":                                                404,
	} {
		if a := b.get(path); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, a.StatusCode, want)
		}
	}
}

func TestBrowsersGetPages(t *testing.T) {
	t.Parallel()
	b := setup(t, 20)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, path := range []string{"/ogc", "/ogc/collections", "/ogc/collections/households", "/ogc/collections/households/items", "/ogc/conformance"} {
		if a := b.get(path, "Accept", browser); a.Header.Get("Content-Type") != "text/html; charset=utf-8" || !bytes.Contains(a.body, []byte("<h1>")) {
			t.Errorf("%s: a browser gets %s", path, a.Header.Get("Content-Type"))
		}
		for _, accept := range []string{"text/plain, application/json", "application/json", "*/*", "", "image/png"} {
			if a := b.get(path, "Accept", accept); a.StatusCode != 200 || !strings.Contains(a.Header.Get("Content-Type"), "json") {
				t.Errorf("%s with Accept %q: %d %s", path, accept, a.StatusCode, a.Header.Get("Content-Type"))
			}
		}
	}
	b.exec(`INSERT INTO unit (tenant_id, id, version, valid, code, name) VALUES ($1, gen_random_uuid(), 1, '[2026-01-01,)', 'A', '<script>alert(1)</script>')`, tenant)
	if a := b.get("/ogc/collections/units/items?f=html"); bytes.Contains(a.body, []byte("<script>")) {
		t.Error("data becomes markup")
	}
}

func TestOGCTiles(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	var doc struct {
		Tilesets []struct {
			TileMatrixSetID     string           `json:"tileMatrixSetId"`
			TileMatrixSetLimits []map[string]any `json:"tileMatrixSetLimits"`
			Links               []webLink
		}
	}
	b.get("/ogc/collections/communities/tiles").json(t, &doc)
	set := doc.Tilesets[0]
	item := hrefOf(set.Links, "item")
	if set.TileMatrixSetID != "WebMercatorQuad" || len(set.TileMatrixSetLimits) != 19 || !strings.HasSuffix(item, "/{tileMatrix}/{tileRow}/{tileCol}") {
		t.Errorf("%+v", set)
	}
	parts := strings.Split(strings.TrimSuffix(centre("communities", 12), ".mvt"), "/") // "", tiles, layers, z, x, y
	href := strings.NewReplacer("{tileMatrix}", parts[3], "{tileCol}", parts[4], "{tileRow}", parts[5]).Replace(item)
	if a := b.follow(href); a.StatusCode != 200 || !bytes.Equal(a.body, b.get(centre("communities", 12)).body) {
		t.Errorf("%s: %d", href, a.StatusCode)
	}
	for path, want := range map[string]int{
		"/ogc/collections/communities/tiles/WebMercatorQuad/2/4/0":         404,
		"/ogc/collections/communities/tiles/WebMercatorQuad/19/0/0":        404,
		"/ogc/collections/communities/tiles/WorldCRS84Quad":                404,
		"/ogc/collections/communities/tiles/WebMercatorQuad/10/0/0":        204,
		"/ogc/collections/communities/tiles/WebMercatorQuad/10/0/0?f=json": 204,
		"/ogc/tileMatrixSets?f=json":                                       200,
	} {
		if a := b.get(path); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, a.StatusCode, want)
		}
	}
}

func TestPublicURLAndProxies(t *testing.T) {
	t.Parallel()
	self := func(b *bundle, headers ...string) string {
		var doc struct{ Links []webLink }
		b.get("/ogc", headers...).json(t, &doc)
		return hrefOf(doc.Links, "self")
	}
	plain := setup(t, 0)
	forwarded := []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "map.example.org"}
	if got := self(plain, forwarded...); got != plain.base+"/ogc" {
		t.Errorf("an unknown proxy is believed: %s", got)
	}
	trusting := plain.again(func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.0/8"} })
	if got := self(trusting, forwarded...); got != "https://map.example.org/ogc" {
		t.Errorf("a trusted proxy is not believed: %s", got)
	}
	if got := self(trusting, "X-Forwarded-Host", "evil.example/\"><script>"); strings.Contains(got, "script") {
		t.Errorf("a bad host comes back: %s", got)
	}
	fixed := plain.again(func(c *apiConfig) { c.PublicURL = "https://map.example.cn/town/" })
	if got := self(fixed); got != "https://map.example.cn/town/ogc" {
		t.Errorf("public URL: %s", got)
	}
	if _, err := url.Parse(self(fixed)); err != nil {
		t.Error(err)
	}
}
