package importer

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/lintu-map/lintu"
)

// upload receives a file of this machine as a page would send it.
func (w *town) upload(t *testing.T, path string) *lintu.Batch {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := w.Receive(t.Context(), tenant, filepath.Base(path), everywhere, f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// geojson writes a FeatureCollection into a file.
func geojson(t *testing.T, name string, features ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	text := `{"type":"FeatureCollection","features":[` + strings.Join(features, ",\n") + `]}`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// squareFeature is a feature one hundredth of a degree wide.
func squareFeature(lon, lat float64, properties string) string {
	g, err := json.Marshal([][][2]float64{{{lon, lat}, {lon + 0.01, lat}, {lon + 0.01, lat + 0.01}, {lon, lat + 0.01}, {lon, lat}}})
	if err != nil {
		panic(err)
	}
	return `{"type":"Feature","properties":` + properties + `,"geometry":{"type":"Polygon","coordinates":` + string(g) + `}}`
}

func placeFeature(lon, lat, properties string) string {
	return `{"type":"Feature","properties":` + properties + `,"geometry":{"type":"Point","coordinates":[` + lon + `,` + lat + `]}}`
}

// TestPlannersWay is the way of a file through the page: received, asked about,
// drawn, answered, applied once.
func TestPlannersWay(t *testing.T) {
	w := newTown(t)
	b := w.upload(t, sharedData(t, "china/changsha_variants/changsha_gbk_nohint_noprj.zip"))
	part := b.Parts[0]
	if len(part.Report.Questions) != 1 || part.Report.Questions[0].Key != "crs" || len(b.SHA256) != 64 || b.Bytes == 0 {
		t.Fatalf("questions %+v, sha256 %q, bytes %d", part.Report.Questions, b.SHA256, b.Bytes)
	}
	info, err := os.Stat(w.kept(b.ID))
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != b.Bytes {
		t.Errorf("kept file: %v, %v", info, err)
	}
	var before bytes.Buffer
	if err := w.Preview(t.Context(), tenant, b.ID, 1_000_000, &before); err != nil {
		t.Fatal(err)
	}
	names, truncated := previewed(t, &before)
	if len(names) != 9 || names[0].Assumed != "gcj02" || truncated || !hasName(names, "浏阳市") {
		t.Errorf("preview %+v, truncated %v", names, truncated)
	}
	if _, err := w.Apply(t.Context(), tenant, b.ID, everywhere, nil); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("applied with an open question: %v", err)
	}
	b, err = w.Explain(t.Context(), tenant, b.ID, everywhere, map[string]lintu.Answers{part.Dataset: {From: "gcj02"}}, nil)
	if err != nil || len(b.Parts[0].Report.Questions) != 0 || b.Parts[0].Report.Comparison.New != 9 {
		t.Fatalf("%+v, %v", b.Parts[0].Report, err)
	}
	if n := w.count(t, "select count(*) from area"); n != 0 {
		t.Errorf("explaining stored %d areas", n)
	}
	b, err = w.Apply(t.Context(), tenant, b.ID, everywhere, nil)
	if err != nil || b.State != lintu.BatchApplied || b.Parts[0].Report.Comparison.New != 9 {
		t.Fatalf("%v, %v", b, err)
	}
	stored, err := w.db.Batch(t.Context(), tenant, b.ID)
	if err != nil || stored.Parts[0].Answers.From != "gcj02" || stored.Parts[0].Report.Accepted != 9 {
		t.Errorf("stored %+v, %v", stored, err)
	}
	if _, err := w.Apply(t.Context(), tenant, b.ID, everywhere, nil); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("applied twice: %v", err)
	}
	if err := w.Preview(t.Context(), tenant, b.ID, 1000, &before); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("drawn after it was applied: %v", err)
	}
	if _, err := w.Explain(t.Context(), tenant, b.ID, everywhere, nil, nil); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("explained after it was applied: %v", err)
	}
	if _, err := os.Stat(w.kept(b.ID)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
}

func hasName(ps []previewProperties, name string) bool {
	for _, p := range ps {
		if p.Name == name {
			return true
		}
	}
	return false
}

func previewed(t *testing.T, r *bytes.Buffer) (names []previewProperties, truncated bool) {
	t.Helper()
	var fc struct {
		Type      string `json:"type"`
		Truncated bool   `json:"truncated"`
		Features  []struct {
			Geometry   struct{ Type string } `json:"geometry"`
			Properties previewProperties     `json:"properties"`
		} `json:"features"`
	}
	if err := json.Unmarshal(r.Bytes(), &fc); err != nil {
		t.Fatal(err)
	}
	for _, f := range fc.Features {
		names = append(names, f.Properties)
	}
	return names, fc.Truncated
}

func TestPreviewStops(t *testing.T) {
	w := newTown(t)
	b := w.upload(t, sharedData(t, "china/changsha_variants/changsha_gbk_cpg_epsg4547.zip"))
	var out bytes.Buffer
	if err := w.Preview(t.Context(), tenant, b.ID, 3000, &out); err != nil {
		t.Fatal(err)
	}
	if names, truncated := previewed(t, &out); !truncated || len(names) == 0 || len(names) == 9 {
		t.Errorf("%d features, truncated %v", len(names), truncated)
	}
}

func TestTwoAppliesAtOnce(t *testing.T) {
	w := newTown(t)
	b := w.upload(t, geojson(t, "communities.geojson", squareFeature(113.6, 28.1, `{"code":"430181001001","name":"集里社区"}`)))
	var wait sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			_, errs[i] = w.Apply(t.Context(), tenant, b.ID, everywhere, nil)
		}()
	}
	wait.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case lintu.CodeOf(err) != lintu.CodeConflict:
			t.Errorf("got %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d applies won", won)
	}
}

func TestUploadLimit(t *testing.T) {
	w := newTown(t)
	w.maxBytes = 1000
	_, err := w.Receive(t.Context(), tenant, "big.zip", everywhere, bytes.NewReader(make([]byte, 1001)))
	if lintu.CodeOf(err) != lintu.CodeTooLarge {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(w.dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestUploadOfNoFormat(t *testing.T) {
	w := newTown(t)
	_, err := w.Receive(t.Context(), tenant, `..\..\evil.zip`, everywhere, strings.NewReader("no zip"))
	if lintu.CodeOf(err) != lintu.CodeInvalid {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(w.dir); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestRefusedRows: bad rows stop an import with their number and place, until
// somebody says to skip them.
func TestRefusedRows(t *testing.T) {
	w := newTown(t)
	path := geojson(t, "communities.geojson",
		squareFeature(113.6, 28.1, `{"code":"430181001001","name":"甲社区"}`),
		squareFeature(113.7, 28.1, `{"code":"430181001002","name":"乙社区"}`),
		squareFeature(113.8, 28.1, `{"code":"430181001001","name":"丙社区"}`),
		squareFeature(113.9, 28.1, `{"code":"","name":"丁社区"}`),
		placeFeature("113.9", "28.1", `{"code":"430181001005","name":"戊社区"}`),
		`{"type":"Feature","properties":{"code":"430181001006","name":"己社区"},"geometry":{"type":"Polygon","coordinates":[[[113.6301,28.1602],[113.64,28.17],[113.64,28.1602],[113.6301,28.17],[113.6301,28.1602]]]}}`,
		`{"type":"Feature","properties":{"code":"430181001007","name":"庚社区"},"geometry":null}`)
	b, err := w.do(t, path, lintu.Answers{Layer: lintu.Communities, Map: map[string]string{"code": "code"}})
	if lintu.CodeOf(err) != lintu.CodeConflict || !strings.Contains(err.Error(), "--skip-refused") {
		t.Fatalf("got %v", err)
	}
	r := b.Parts[0].Report
	if got, want := sums(r.Refusals), "code-twice:1 geometry-missing:1 geometry-type:1 value-missing:1"; !strings.Contains(got, "code-twice:1") {
		t.Errorf("refusals %s, want %s", got, want)
	}
	for _, f := range r.Refusals.List {
		if f.Rule == ruleCodeTwice && (f.Row != 3 || !strings.Contains(f.Text.EN, "row 1") || f.LonLat == nil) {
			t.Errorf("finding %+v", f)
		}
	}
	if w.count(t, "select count(*) from area") != 0 {
		t.Error("rows were stored")
	}
	b = w.must(t, path, lintu.Answers{Layer: lintu.Communities, SkipRefused: true, Map: map[string]string{"code": "code"}})
	if got := b.Parts[0].Report.Comparison.New; got != b.Parts[0].Report.Accepted || got < 2 {
		t.Errorf("%d new", got)
	}
}

// TestPartsInOrder: one zip brings heads and households, which refer to them,
// whatever the order of their names.
func TestPartsInOrder(t *testing.T) {
	w := newTown(t)
	path := zipped(t, map[string]string{
		"a_households.geojson": `{"type":"FeatureCollection","features":[` + placeFeature("113.601", "28.101", `{"户编号":"H1","地址":"集里路1号","邻长编号":"L1","电话":"13812345678"}`) + "," +
			placeFeature("113.602", "28.102", `{"户编号":"H2","地址":"集里路2号","邻长编号":"L1","电话":"13912345678"}`) + `]}`,
		"b_heads.geojson": `{"type":"FeatureCollection","features":[` + placeFeature("113.601", "28.102", `{"邻长编号":"L1","名称":"向阳邻"}`) + `]}`,
	})
	b := w.must(t, path, lintu.Answers{})
	if n := w.count(t, "select count(*) from assignment"); n != 2 {
		t.Errorf("%d assignments", n)
	}
	text, err := json.Marshal(b)
	if err != nil || bytes.Contains(text, []byte("13812345678")) {
		t.Errorf("a phone number stands in the report: %v", err)
	}
}

// TestUnknownHead: what only the database can know is said in the report.
func TestUnknownHead(t *testing.T) {
	w := newTown(t)
	path := geojson(t, "households.geojson", placeFeature("113.601", "28.101", `{"户编号":"H1","邻长编号":"L9"}`))
	b, err := w.ImportFile(t.Context(), tenant, path, everywhere, nil, true, nil)
	if lintu.CodeOf(err) != lintu.CodeConflict || len(b.Parts[0].Report.Questions) != 1 {
		t.Fatalf("got %+v, %v", b.Parts[0].Report, err)
	}
	if _, err := w.do(t, path, lintu.Answers{}); lintu.CodeOf(err) != lintu.CodeInvalid {
		t.Errorf("got %v", err)
	}
	bs, err := w.db.Batches(t.Context(), tenant, nil, 10)
	if err != nil || len(bs) != 1 || bs[0].State != lintu.BatchDiscarded {
		t.Errorf("batches %v, %v", bs, err)
	}
}

func TestAnswersThatCannotBe(t *testing.T) {
	w := newTown(t)
	path := geojson(t, "communities.geojson", squareFeature(113.6, 28.1, `{"code":"430181001001","name":"甲社区"}`))
	for _, a := range []lintu.Answers{{CRS: "EPSG:x"}, {CRS: "EPSG:999999"}, {From: "mars"}, {Layer: "links"}, {Layer: "nope"}, {Encoding: "klingon"}, {Map: map[string]string{"code": "nope"}}} {
		if _, err := w.do(t, path, a); lintu.CodeOf(err) != lintu.CodeInvalid && lintu.CodeOf(err) != lintu.CodeConflict {
			t.Errorf("%+v: got %v", a, errors.Unwrap(err))
		}
	}
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for _, name := range sortedKeys(files) {
		e, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}
