package api_test

import (
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// storyUnits adds the units of the stories to the places of twoPlaces, and the
// rules by which they must act.
func storyUnits(t *testing.T, db *sql.DB) {
	t.Helper()
	layer, _ := lintu.LayerByName(lintu.Units)
	var rows []lintu.Row
	ids := map[string]lintu.ID{}
	for i, u := range [][3]string{{"COMMITTEE", "福禄巷北社区居委会", "community"}, {"INSTITUTE", "地质勘察院", "alliance"}, {"TRAFFIC", "交警中队", "police"},
		{"PROPERTY", "安居物业", "property"}, {"JUDICIAL", "渊泉司法所", "judicial"}} {
		ids[u[0]] = lintu.NewID()
		rows = append(rows, lintu.Row{Number: int64(i + 1), ID: ids[u[0]], Values: []string{u[0], u[1], u[2], ""}, Geometry: shape(t, 113.51, 28.11, 0)})
	}
	b := &lintu.Batch{ID: lintu.NewID(), File: "units.zip", SHA256: strings.Repeat("0", 64), Actor: operator.Name, Parts: []lintu.Part{}}
	err := db.CreateBatch(t.Context(), tenant, b)
	if err == nil {
		err = db.ApplyBatch(t.Context(), tenant, b, operator, func(tx lintu.BatchTx) error {
			if _, err := tx.Stage(t.Context(), layer, &list{rows: rows}); err != nil {
				return err
			}
			_, err := tx.Merge(t.Context(), layer, false)
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	for category, unit := range map[string]string{"B05": "COMMITTEE", "S0602": "JUDICIAL"} {
		rule := lintu.Rule{ID: lintu.NewID(), Category: category, Unit: lintu.Handler{Kind: lintu.UnitHandles, ID: ids[unit], Code: unit}}
		if _, err := db.SaveRule(t.Context(), tenant, rule, operator); err != nil {
			t.Fatal(err)
		}
	}
}
