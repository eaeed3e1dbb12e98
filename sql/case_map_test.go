package sql_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// The map shows of cases what their viewer sees: open ones now, those of then in the
// past; tiles, clusters, items, search and card agree, and say nothing in words.
func TestCasesOnTheMap(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	r := d.reader()
	visitor := &lintu.Viewer{Tenant: d.tenant, Public: []lintu.Layer{lintu.Cases}}
	elsewhere := d.place.viewer(lintu.RoleGridWorker, forArea(d.id("area", "430181001002")))
	all := map[string]int{}
	for i := range 12 {
		n := pin()
		n.Lon, n.Note = 113.11+float64(i)*0.03, "金丝雀的围墙"
		n.Visibility = []lintu.Visibility{lintu.Public, lintu.Internal}[i%2]
		if i%4 == 3 {
			n.Category = "S0601" // a dispute: restricted, whatever the reporter says
		}
		all[d.report(n, by(d.dispatcher)).Number] = i
	}
	closed := d.report(pin(), by(d.dispatcher))
	d.act(closed.ID, d.dispatcher, lintu.ActSupervise)
	d.act(closed.ID, d.member, lintu.ActAccept)
	d.act(closed.ID, d.member, lintu.ActReportDone, withPhoto(d.photo(d.member)))
	d.act(closed.ID, d.checker, lintu.ActClose)
	box := lintu.BBox{113, 28, 114, 29}
	for name, x := range map[string]struct {
		v    *lintu.Viewer
		want int
	}{"dispatcher": {d.dispatcher, 12}, "viewer": {d.viewer, 9}, "visitor": {visitor, 6}, "member": {d.member, 12}, "elsewhere": {elsewhere, 0}} {
		l := layerNamed(lintu.Cases)
		within, err := x.v.Sees(l)
		must(t, err)
		codes, sum := d.onTiles(r, lintu.Cases, within, box, 13, 10)
		slices.Sort(codes)
		if len(slices.Compact(codes)) != x.want || int(sum) != x.want {
			t.Errorf("%s: %d in tiles, %d in clusters, want %d", name, len(codes), sum, x.want)
		}
		if items := d.casesOnMap(r, x.v); len(items) != x.want {
			t.Errorf("%s: %d items, want %d", name, len(items), x.want)
		}
		hits, err := r.Search(t.Context(), x.v, closed.Number[:8], 50)
		must(t, err)
		if len(hits) != x.want {
			t.Errorf("%s: search finds %d, want %d", name, len(hits), x.want)
		}
		if hits, err = r.Search(t.Context(), x.v, "金丝雀", 50); err != nil || len(hits) != 0 {
			t.Errorf("%s: found by its words: %v %v", name, hits, err)
		}
		for _, f := range d.features(r, x.v) {
			if strings.Contains(f, "金丝雀") || x.v == visitor && !strings.Contains(f, `"urgency" : null`) {
				t.Errorf("%s is told %s", name, f)
			}
		}
	}
	now := time.Now()
	past := lintu.FeatureQuery{Tenant: d.tenant, Layer: layerNamed(lintu.Cases), Within: lintu.Jurisdiction, Time: &lintu.Interval{To: &now}}
	if n, err := r.CountFeatures(t.Context(), past); err != nil || n != 13 {
		t.Errorf("%d cases ever, %v", n, err)
	}
	d.sound()
}

// features are the properties of the layer as the viewer is told them.
func (d caseDesk) features(r interface {
	lintu.FeatureStore
}, v *lintu.Viewer) (told []string) {
	d.t.Helper()
	l := layerNamed(lintu.Cases)
	within, err := v.Sees(l)
	must(d.t, err)
	must(d.t, r.EachFeature(d.t.Context(), lintu.FeatureQuery{Tenant: d.tenant, Layer: l, Within: within}, func(f lintu.Feature, _ string) error {
		told = append(told, string(f.Properties))
		return nil
	}))
	return told
}
