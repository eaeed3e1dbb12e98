package geo

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/paulmach/orb/geojson"
)

// judgeCases are drawn in degrees. area is that of the mended polygon; apart is
// by how much the readings differ, both in square degrees.
var judgeCases = []struct {
	name, shape string
	fault       Fault
	parts       int
	area, apart float64
}{
	{"valid", "POLYGON((0 0,2 0,2 2,0 2,0 0))", "", 0, 0, 0},
	{"hole that touches its shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 0,2 1,1 2,0 0))", "", 0, 0, 0},
	{"hole that touches the middle of a side", "POLYGON((0 0,4 0,4 4,0 4,0 0),(2 0,3 1,1 1,2 0))", "", 0, 0, 0},
	{"parts that touch in a corner", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 2,4 2,4 4,2 4,2 2)))", "", 0, 0, 0},
	{"part in a hole", "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(1 1,1 8,8 8,8 1,1 1)),((1 1,3 2,2 3,1 1)))", "", 0, 0, 0},
	{"bow-tie", "POLYGON((0 0,2 2,2 0,0 2,0 0))", FaultCrossing, 2, 2, 0},
	{"exverted ring", "POLYGON((0 0,4 0,4 4,2 0,0 4,0 0))", FaultTouching, 2, 8, 0},
	{"inverted hole", "POLYGON((0 0,4 0,4 4,2 4,3 2,1 2,2 4,0 4,0 0))", FaultTouching, 1, 14, 0},
	{"spike", "POLYGON((0 0,2 0,2 1,5 1,2 1,2 2,0 2,0 0))", FaultCrossing, 1, 4, 0},
	{"hole drawn twice", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 1),(2 1,2 2,1 1,2 1))", FaultCrossing, 1, 80.5, 0},
	{"part drawn twice", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((0 0,0 2,2 2,2 0,0 0)))", FaultCrossing, 1, 4, 0},
	{"ring walked twice", "POLYGON((0 0,4 0,4 4,0 4,0 0,4 0,4 4,0 4,0 0))", FaultTouching, 1, 16, 0},
	{"parts that share a side", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((2 0,4 0,4 2,2 2,2 0)))", FaultCrossing, 1, 8, 0},
	{"hole that shares a side with its shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(0 1,1 1,1 2,0 2,0 1))", FaultCrossing, 1, 15, 0},
	{"hole that parts its shell", "POLYGON((0 0,4 0,4 4,0 4,0 0),(2 0,3 2,2 4,1 2,2 0))", FaultSplit, 2, 12, 0},
	{"holes in a ring of their own", "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 1,4 3,2 5,2 1),(2 1,2 5,1 3,2 1))", FaultCrossing, 1, 75, 0},
	{"island in a hole that runs around it", "POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,8 1,8 8,1 8,1 1),(2 2,7 2,7 7,2 7,2 2))", FaultHolesNested, 0, 0, 25},
	{"overlapping parts", "MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 1,3 1,3 3,1 3,1 1)))", FaultCrossing, 0, 0, 1},
	{"part inside a part", "MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((1 1,2 1,2 2,1 2,1 1)))", FaultShellsNested, 0, 0, 1},
	{"hole outside its shell", "POLYGON((0 0,2 0,2 2,0 2,0 0),(5 5,6 5,6 6,5 5))", FaultHoleOutside, 0, 0, 0.5},
	{"loop over itself", "POLYGON((0 0,4 0,4 4,1 4,1 1,3 1,3 5,0 5,0 0))", FaultCrossing, 0, 0, 6},
	{"loop into itself", "POLYGON((0 0,4 0,4 4,2 4,1 2,3 2,2 4,0 4,0 0))", FaultTouching, 0, 0, 2},
	{"hole as large as its shell", "POLYGON((0 0,2 0,2 2,0 2,0 0),(0 0,2 0,2 2,0 2,0 0))", FaultCrossing, 0, 0, 0},
	{"nothing left", "POLYGON((0 0,1 0,2 0,0 0))", FaultCrossing, 0, 0, 0},
}

func TestJudge(t *testing.T) {
	var c Checker
	for _, k := range judgeCases {
		g, err := wkt.Unmarshal(k.shape)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := g.(orb.MultiPolygon)
		if !ok {
			m = orb.MultiPolygon{g.(orb.Polygon)}
		}
		Orient(m)
		v, ok := c.Judge(m)
		if !ok || v.Fault != k.fault || len(v.Mended) != k.parts {
			t.Errorf("%s: %v, fault %q, want %q; mended %v", k.name, ok, v.Fault, k.fault, v.Mended)
			continue
		}
		if got := multiArea(v.Mended); math.Abs(got-k.area) > 1e-12 {
			t.Errorf("%s: area %g, want %g", k.name, got, k.area)
		}
		if got := v.ApartM2 / squareDegree(m.Bound().Center()[1]); math.Abs(got-k.apart) > 1e-9 {
			t.Errorf("%s: the readings are %g apart, want %g", k.name, got, k.apart)
		}
	}
}

func multiArea(m orb.MultiPolygon) float64 {
	area := 0.0
	for _, p := range m {
		for _, r := range p {
			area += SignedArea(r)
		}
	}
	return area
}

// latticeMultiPolygon has few places to put its points, so that rings touch,
// overlap and cross each other and themselves all the time.
func latticeMultiPolygon(r *rand.Rand) orb.MultiPolygon {
	size := 3 + r.IntN(6)
	ring := func() orb.Ring {
		for {
			ring := make(orb.Ring, 3+r.IntN(7))
			for i := range ring {
				ring[i] = orb.Point{float64(r.IntN(size)), float64(r.IntN(size))}
			}
			if clean, _, err := CleanRing(ring); err == nil {
				return clean
			}
		}
	}
	var m orb.MultiPolygon
	for range 1 + r.IntN(2) {
		p := orb.Polygon{ring()}
		for range r.IntN(3) {
			p = append(p, ring())
		}
		m = append(m, p)
	}
	Orient(m)
	return m
}

// touchingMultiPolygon is a square of cells of which some are taken away, each
// hole a ring of its own: rings that touch in corners, all of it valid or nearly.
func touchingMultiPolygon(r *rand.Rand) orb.MultiPolygon {
	n := 3 + r.IntN(5)
	p := orb.Polygon{{{0, 0}, {float64(n), 0}, {float64(n), float64(n)}, {0, float64(n)}, {0, 0}}}
	for i := range n {
		for j := range n {
			if (i+j)%2 == 0 && r.IntN(3) == 0 {
				x, y := float64(i), float64(j)
				d := float64(r.IntN(2)) / 4
				p = append(p, orb.Ring{{x + d, y}, {x, y + 1 - d}, {x + 1 - d, y + 1}, {x + 1, y + d}, {x + d, y}})
			}
		}
	}
	return orb.MultiPolygon{p}
}

// What Judge calls valid, GEOS does, and what it mends. What it mends covers what
// the definition says. (GEOS is asked through GDAL.)
func TestJudgeAgainstGEOS(t *testing.T) {
	ogrinfo := tool(t, "ogrinfo")
	r := rand.New(rand.NewPCG(5, 6))
	var c Checker
	all := geojson.NewFeatureCollection()
	add := func(m orb.MultiPolygon, valid bool) {
		f := geojson.NewFeature(m)
		f.Properties["said"] = 0
		if valid {
			f.Properties["said"] = 1
		}
		all.Append(f)
	}
	valid, mended, apart, unknown := 0, 0, 0, 0
	for i := range 12000 {
		m := [](func(*rand.Rand) orb.MultiPolygon){latticeMultiPolygon, touchingMultiPolygon, randomMultiPolygon}[i%3](r)
		for _, p := range m {
			for j := range p {
				p[j], _, _ = CleanRing(p[j])
			}
		}
		v, ok := c.Judge(m)
		if !ok {
			unknown++ // two knots of crossings through each other, in thousands
			continue
		}
		add(m, v.Fault == "")
		switch {
		case v.Fault == "":
			valid++
		case v.Mended != nil:
			mended++
			add(v.Mended, true)
			checkCover(t, r, m, v.Mended)
		default:
			apart++
		}
	}
	t.Logf("%d valid, %d mended, %d with several meanings or none", valid, mended, apart)
	if valid < 1000 || mended < 1000 || apart < 1000 || unknown > 10 {
		t.Errorf("%d unknown: that proves little", unknown)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "p.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(ogrinfo, "-q", "-dialect", "sqlite", "-sql",
		"SELECT said, geometry FROM p WHERE ST_IsValid(geometry) <> said", path).Output()
	if err != nil {
		t.Fatalf("ogrinfo: %v", err)
	}
	if wrong := regexp.MustCompile(`(?s)said \(Integer\).*?\n  (.*?)\n`).FindAllString(string(out), 5); wrong != nil {
		t.Errorf("GEOS contradicts, for example: %s", wrong)
	}
}

// checkCover tries places: those inside of a shell of a polygon, and of no hole
// of it, are inside of the mended polygon too, and no others. Inside is what
// rings wind around.
func checkCover(t *testing.T, r *rand.Rand, m, mended orb.MultiPolygon) {
	t.Helper()
	b := m.Bound()
	for range 30 {
		at := orb.Point{b.Min[0] + r.Float64()*(b.Max[0]-b.Min[0]), b.Min[1] + r.Float64()*(b.Max[1]-b.Min[1])}
		if covers(m, at) != covers(mended, at) {
			t.Errorf("%v was mended to %v, which differs at %v", m, mended, at)
			return
		}
	}
}

func covers(m orb.MultiPolygon, at orb.Point) bool {
	for _, p := range m {
		in := windsAround(p[0], at)
		for _, hole := range p[1:] {
			in = in && !windsAround(hole, at)
		}
		if in {
			return true
		}
	}
	return false
}

func windsAround(r orb.Ring, at orb.Point) bool {
	turns := 0
	for i := range len(r) - 1 {
		switch a, b := r[i], r[i+1]; {
		case a[1] <= at[1] && at[1] < b[1] && oracleTurn(a, b, at) > 0:
			turns++
		case b[1] <= at[1] && at[1] < a[1] && oracleTurn(a, b, at) < 0:
			turns--
		}
	}
	return turns != 0
}
