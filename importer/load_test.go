package importer

import (
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

func communities(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// TestTruncatedFile: a file that breaks off is refused; what is before the
// break can be imported if somebody says so, and nothing is ended by it.
func TestTruncatedFile(t *testing.T) {
	w := newTown(t)
	w.must(t, geojson(t, "households.geojson", placeFeature("113.6", "28.1", `{"code":"H0"}`)), lintu.Answers{})
	f := shpFile{shapePoint, [][]byte{pointRecord(113.6, 28.1), pointRecord(113.61, 28.1), pointRecord(113.62, 28.1)}}
	whole := f.shp()
	path := folder(t, map[string][]byte{"households.shp": whole[:len(whole)-10], "households.prj": []byte(wktWGS84),
		"households.dbf": dbfFile(0, []dbfColumn{{"CODE", 'C', 8, 0}}, " H1", " H2", " H3")})
	b, err := w.do(t, path, lintu.Answers{})
	if lintu.CodeOf(err) != lintu.CodeConflict || b.Parts[0].Report.Refusals.ByRule[ruleFileBroken] != 1 || !strings.Contains(b.Parts[0].Report.Refusals.List[0].Text.EN, "truncated") {
		t.Fatalf("got %+v, %v", b.Parts[0].Report.Refusals, err)
	}
	b = w.must(t, path, lintu.Answers{SkipRefused: true, CloseMissing: true})
	if c := b.Parts[0].Report.Comparison; c.New != 2 || c.Closed != 0 {
		t.Errorf("comparison %+v", c)
	}
}

// TestCloseMissing: what a whole file no longer has ends with it.
func TestCloseMissing(t *testing.T) {
	w := newTown(t)
	one, two := squareFeature(113.6, 28.1, `{"code":"430181001001","name":"甲社区"}`), squareFeature(113.7, 28.1, `{"code":"430181001002","name":"乙社区"}`)
	w.must(t, geojson(t, "communities.geojson", one, two), lintu.Answers{})
	b := w.must(t, geojson(t, "communities.geojson", one), lintu.Answers{CloseMissing: true})
	if c := b.Parts[0].Report.Comparison; c.Unchanged != 1 || c.Missing != 1 || c.Closed != 1 {
		t.Errorf("comparison %+v", c)
	}
}

// TestTwoDatasetsOfOneLayer: codes are compared across them, and what is
// missing in one of them is not gone.
func TestTwoDatasetsOfOneLayer(t *testing.T) {
	w := newTown(t)
	one, two := squareFeature(113.6, 28.1, `{"code":"430181001001","name":"甲社区"}`), squareFeature(113.7, 28.1, `{"code":"430181001002","name":"乙社区"}`)
	path := zipped(t, map[string]string{"east_communities.geojson": communities(one), "west_communities.geojson": communities(one, two)})
	b, err := w.do(t, path, lintu.Answers{})
	if lintu.CodeOf(err) != lintu.CodeConflict || !strings.Contains(b.Parts[1].Report.Refusals.List[0].Text.EN, "row 1 of east_communities already has the code 430181001001") {
		t.Fatalf("got %v", err)
	}
	if _, err := w.do(t, path, lintu.Answers{SkipRefused: true, CloseMissing: true}); lintu.CodeOf(err) != lintu.CodeInvalid {
		t.Errorf("closing by two datasets: %v", err)
	}
	b = w.must(t, path, lintu.Answers{SkipRefused: true})
	if n := w.count(t, "select count(*) from area where level = 'community'"); n != 2 || b.Parts[1].Report.Accepted != 1 {
		t.Errorf("%d areas", n)
	}
}

// TestLeaveOut: a dataset that nobody wants is not even read.
func TestLeaveOut(t *testing.T) {
	w := newTown(t)
	one := squareFeature(113.6, 28.1, `{"code":"430181001001","name":"甲社区"}`)
	path := zipped(t, map[string]string{"communities.geojson": communities(one), "whatever.geojson": communities(placeFeature("1", "2", `{}`))})
	b, err := w.ImportFile(t.Context(), tenant, path, everywhere, map[string]lintu.Answers{"whatever": {Skip: true}}, false, nil)
	if err != nil || len(b.Parts) != 2 || b.Parts[1].Report != nil {
		t.Fatalf("%+v, %v", b, err)
	}
}
