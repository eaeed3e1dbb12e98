package importer

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func TestImportRealFiles(t *testing.T) {
	for _, tc := range []struct {
		file    string
		answers lintu.Answers
		layer   lintu.Layer
		rows    int64
		name    string // one that must be readable afterwards
	}{
		{"china/changsha_variants/changsha_gbk_cpg_epsg4547.zip", lintu.Answers{}, lintu.Counties, 9, "浏阳市"},
		{"china/changsha_variants/changsha_gbk_nohint_noprj.zip", lintu.Answers{From: "gcj02"}, lintu.Counties, 9, "浏阳市"},
		{"china/cities/长沙市.zip", lintu.Answers{From: "gcj02", Layer: lintu.Counties}, lintu.Counties, 9, "岳麓区"},
		{"china/cities/西宁市.zip", lintu.Answers{From: "gcj02"}, lintu.Counties, 7, "湟中区"},
		{"china/cities/酒泉市.zip", lintu.Answers{From: "gcj02"}, lintu.Counties, 7, "瓜州县"},
		{"china/cities/长治市.zip", lintu.Answers{From: "gcj02"}, lintu.Counties, 12, "襄垣县"},
		{"china/cities/嘉峪关市.zip", lintu.Answers{From: "gcj02", Layer: lintu.Counties}, lintu.Counties, 1, "嘉峪关市"},
		{"china/shanghai/区县界_area.zip", lintu.Answers{}, lintu.Counties, 17, "闵行区"},
		{"china/shenzhen/sz.zip", lintu.Answers{CRS: "EPSG:4326", Layer: lintu.Counties, Map: map[string]string{"code": "@row"}}, lintu.Counties, 10, "罗湖"},
		{"china/shenzhen/grid.zip", lintu.Answers{CRS: "EPSG:4326", Map: map[string]string{"code": "@row"}}, lintu.Grids, 9005, ""},
		{"china/shenzhen/SZ_districts.zip", lintu.Answers{Layer: lintu.Grids, Map: map[string]string{"code": "TAZID"}}, lintu.Grids, 491, ""},
		{"tainan_villages/10tnvillage.zip", lintu.Answers{}, lintu.Communities, 752, "內角里"},
	} {
		t.Run(strings.TrimSuffix(tc.file, ".zip"), func(t *testing.T) {
			w := newTown(t)
			b := w.must(t, sharedData(t, tc.file), tc.answers)
			r := b.Parts[0].Report
			t.Logf("repairs %s; refusals %s; overlaps %d, gaps %d; %v", sums(r.Repairs), sums(r.Refusals), r.Overlaps.Total, r.Gaps.Total, r.CRS.Title)
			if r.Layer != tc.layer || r.Features != tc.rows || r.Accepted != tc.rows || b.State != lintu.BatchApplied {
				t.Errorf("layer %s, features %d, accepted %d, state %s; want %s, %d", r.Layer, r.Features, r.Accepted, b.State, tc.layer, tc.rows)
			}
			if n := w.count(t, "select count(*) from area where name = $1", tc.name); tc.name != "" && n != 1 {
				t.Errorf("%d areas are called %s", n, tc.name)
			}
		})
	}
}

// TestImportCambridge: of 2,364 invalid polygons all but those that have more
// than one meaning, or no area, are repaired.
func TestImportCambridge(t *testing.T) {
	w := newTown(t)
	b := w.must(t, sharedData(t, "cambridge/cambridge_polys_96849.zip"), lintu.Answers{Layer: lintu.Buildings, SkipRefused: true})
	r := b.Parts[0].Report
	t.Logf("repairs %s; refusals %s", sums(r.Repairs), sums(r.Refusals))
	if r.Features != 96849 || r.Accepted+r.Refusals.Total != r.Features || r.Refusals.Total > 200 {
		t.Errorf("%d features, %d accepted, %d refused", r.Features, r.Accepted, r.Refusals.Total)
	}
	if n := w.count(t, "select count(*) from base where layer = 'buildings' and ST_IsValid(geom)"); n != r.Accepted {
		t.Errorf("%d are stored, %d were accepted", n, r.Accepted)
	}
}
