package importer

import (
	"testing"

	"github.com/lintu-map/lintu"
)

func TestGuessLayer(t *testing.T) {
	counties := table("name|adcode", "岳麓区|430104", "开福区|430105", "浏阳市|430181")
	villages := table("VILLAGE|VILLCODE", "內角里|A6703-022-00", "蓮潭里|A6703-017-00")
	none := table("a", "1", "2")
	for _, tc := range []struct {
		name  string
		shape lintu.Shape
		ps    []profile
		want  lintu.Layer // "" is a question
	}{
		{"changsha_gbk_cpg_epsg4547", lintu.Polygon, counties, lintu.Counties},
		{"长沙市", lintu.Polygon, counties, lintu.Counties},
		{"10_tn-village", lintu.Polygon, villages, lintu.Communities},
		{"区县界_area", lintu.Polygon, none, lintu.Counties},
		{"社区", lintu.Polygon, none, lintu.Communities},
		{"communities", lintu.Polygon, none, lintu.Communities},
		{"单元网格", lintu.Polygon, none, lintu.Cells},
		{"网格2024", lintu.Polygon, none, lintu.Grids},
		{"households", lintu.Point, none, lintu.Households},
		{"邻长", lintu.Point, none, lintu.Heads},
		{"责任单位", lintu.Point, none, lintu.Units},
		{"建筑物", lintu.Polygon, none, lintu.Buildings},
		{"道路", lintu.Line, none, lintu.Roads},
		{"水系", lintu.Polygon, none, lintu.Water},
		{"绿地", lintu.Polygon, none, lintu.Green},
		{"streets", lintu.Polygon, none, lintu.Streets},
		{"streets", lintu.Line, none, lintu.Roads},
		{"cambridge_polys", lintu.Polygon, none, ""},
		{"sz", lintu.Polygon, none, ""},
		{"SZ_districts", lintu.Polygon, none, ""},
		{"export", lintu.Point, none, ""},
	} {
		choices := guessLayer(tc.name, tc.shape, tc.ps)
		got, ok := sure(choices)
		if !ok {
			got.Name = ""
		}
		if got.Name != tc.want {
			t.Errorf("%s (%s): got %q, want %q; %v", tc.name, tc.shape, got.Name, tc.want, choices[0])
		}
		if q := layerQuestion(choices); len(q.Candidates) == 0 {
			t.Errorf("%s: no candidates", tc.name)
		}
	}
}
