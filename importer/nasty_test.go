package importer

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestNastyShapefiles imports what the test suites of other readers keep to
// scare readers with. Every file is imported, or refused with a sentence.
func TestNastyShapefiles(t *testing.T) {
	root := sharedData(t, "nasty_shapefiles")
	w := newTown(t)
	var out strings.Builder
	fmt.Fprintln(&out, "# file\tlayer\tCRS\trows\taccepted\trepairs\trefusals\toutcome")
	for _, path := range shapefilesIn(t, root) {
		name, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, filepath.ToSlash(name)+"\t"+w.outcome(t, path))
	}
	compareGolden(t, "testdata/nasty.golden", out.String())
}

func shapefilesIn(t *testing.T, root string) []string {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.EqualFold(filepath.Ext(path), ".shp") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) < 90 {
		t.Fatalf("only %d shapefiles", len(paths))
	}
	return paths
}

// outcome tries a file, answers what can be answered without knowing better,
// and says what came of it.
func (w *town) outcome(t *testing.T, path string) string {
	t.Helper()
	var a lintu.Answers
	for {
		b, err := w.ImportFile(t.Context(), tenant, path, everywhere, map[string]lintu.Answers{"": a}, true, nil)
		if err != nil && lintu.CodeOf(err) == lintu.CodeInternal {
			t.Errorf("%s: %v: %v", filepath.Base(path), err, errors.Unwrap(lintu.AsError(err)))
		}
		if b == nil || len(b.Parts) == 0 {
			return "\t\t\t\t\t\trefused: " + oneLine(err)
		}
		if r := b.Parts[0].Report; r == nil || !answer(&a, r) {
			return row(r, err)
		}
	}
}

// answer answers the first open question that has an answer.
func answer(a *lintu.Answers, r *lintu.Report) bool {
	for _, q := range r.Questions {
		switch {
		case q.Key == "layer" && a.Layer == "" && len(q.Candidates) > 0:
			a.Layer = map[lintu.Shape]lintu.Layer{lintu.Polygon: lintu.Buildings, lintu.Line: lintu.Roads, lintu.Point: lintu.Households}[shapeOfLayer(q.Candidates[0].Value)]
			return true
		case q.Key == "crs" && a.CRS == "":
			a.CRS = "EPSG:3857"
			if len(q.Candidates) > 0 {
				a.CRS = q.Candidates[0].Set["crs"]
			}
			return true
		case q.Key == "map.code" && a.Map == nil:
			a.Map = map[string]string{"code": SourceRow}
			return true
		case q.Key == "encoding" && a.Encoding == "":
			a.Encoding = q.Candidates[0].Value
			return true
		}
	}
	return false
}

func shapeOfLayer(name string) lintu.Shape {
	info, _ := lintu.LayerByName(lintu.Layer(name))
	return info.Shape
}

func row(r *lintu.Report, err error) string {
	outcome := "imported"
	switch {
	case r.Features == 0 && err == nil:
		outcome = "nothing to import: " + lastNote(r)
	case err != nil && len(r.Questions) > 0:
		outcome = "refused: " + r.Questions[0].Text.EN
	case err != nil:
		outcome = "refused: " + oneLine(err)
	}
	if r.Refusals.Total > 0 && r.Accepted > 0 {
		outcome += " First: " + r.Refusals.List[0].Text.EN
	}
	return strings.Join([]string{string(r.Layer), r.CRS.Value, fmt.Sprint(r.Features), fmt.Sprint(r.Accepted), sums(r.Repairs), sums(r.Refusals), outcome}, "\t")
}

func lastNote(r *lintu.Report) string {
	if len(r.Notes) == 0 {
		return ""
	}
	return r.Notes[len(r.Notes)-1].EN
}

func oneLine(err error) string {
	return strings.ReplaceAll(lintu.AsError(err).Text.EN, "\n", " ")
}

// compareGolden compares with a golden file, or writes it with -update.
func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		switch {
		case i >= len(w):
			t.Errorf("%s:%d: new: %s", path, i+1, g[i])
		case i >= len(g):
			t.Errorf("%s:%d: gone: %s", path, i+1, w[i])
		case w[i] != g[i]:
			t.Errorf("%s:%d:\n got %s\nwant %s", path, i+1, g[i], w[i])
		}
	}
}
