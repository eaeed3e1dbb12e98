package geo

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// randomMultiPolygon makes shells with holes, most of them nearly valid.
func randomMultiPolygon(r *rand.Rand) orb.MultiPolygon {
	ring := func(cx, cy, radius float64) orb.Ring {
		n := 3 + r.IntN(30)
		ring := make(orb.Ring, 0, n+1)
		for i := range n {
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			d := radius * (0.4 + 0.6*r.Float64())
			ring = append(ring, orb.Point{math.Round((cx+d*cos)*8) / 8, math.Round((cy+d*sin)*8) / 8})
		}
		if r.IntN(6) == 0 {
			i, j := r.IntN(n), r.IntN(n)
			ring[i], ring[j] = ring[j], ring[i]
		}
		return append(ring, ring[0])
	}
	var m orb.MultiPolygon
	for range 1 + r.IntN(3) {
		cx, cy, size := r.Float64()*60, r.Float64()*60, 2+r.Float64()*20
		p := orb.Polygon{ring(cx, cy, size)}
		for range r.IntN(3) {
			p = append(p, ring(cx+(r.Float64()-0.5)*size, cy+(r.Float64()-0.5)*size, size/5))
		}
		m = append(m, p)
	}
	return m
}

// GEOS, through GDAL, must call valid whatever we call plainly valid.
func TestPlainlyValidAgainstGEOS(t *testing.T) {
	ogrinfo := tool(t, "ogrinfo")
	r := rand.New(rand.NewPCG(3, 4))
	var c Checker
	plainly := map[int]bool{}
	all := geojson.NewFeatureCollection()
	for i := range 4000 {
		m := randomMultiPolygon(r)
		plainly[i] = c.PlainlyValid(m)
		f := geojson.NewFeature(m)
		f.Properties["n"] = i
		all.Append(f)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "p.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(ogrinfo, "-q", "-dialect", "sqlite", "-sql", "SELECT n FROM p WHERE ST_IsValid(geometry) = 0", path).Output()
	if err != nil {
		t.Fatalf("ogrinfo: %v", err)
	}
	invalid := regexp.MustCompile(`n \(Integer\) = (\d+)`).FindAllStringSubmatch(string(out), -1)
	for _, m := range invalid {
		if n, _ := strconv.Atoi(m[1]); plainly[n] {
			t.Errorf("GEOS calls this invalid: %v", all.Features[n].Geometry)
		}
	}
	doubtful := 0
	for _, ok := range plainly {
		if !ok {
			doubtful++
		}
	}
	if len(invalid) < 200 || doubtful > 3500 {
		t.Errorf("%d invalid and %d doubtful polygons prove little", len(invalid), doubtful)
	}
	t.Logf("%d invalid, %d doubtful of %d", len(invalid), doubtful, len(plainly))
}
