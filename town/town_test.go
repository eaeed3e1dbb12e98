package town

import (
	"bytes"
	"context"
	"crypto/sha256"
	"math"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/lintu-map/lintu"
)

// setup draws the town of seed 1 once for all tests.
var setup = sync.OnceValues(func() (*plan, error) { return draw(1, func(string) {}) })

func drawn(t *testing.T) *plan {
	t.Helper()
	p, err := setup()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func areaOfRings(rings [][]xy) float64 {
	sum := 0.0
	for _, r := range rings {
		sum -= area(r) // shells are clockwise
	}
	return sum
}

func TestCountsAreThoseOfTheStreet(t *testing.T) {
	p := drawn(t)
	sizes := make([]int, len(p.heads))
	codes := map[string]bool{}
	for _, h := range p.homes {
		sizes[h.head]++
		codes[h.code] = true
		if got, want := p.heads[h.head].grid, p.site.buildings[h.building].grid; got != want {
			t.Fatalf("household %s is in grid %d, its head in %d", h.code, want, got)
		}
	}
	if len(p.homes) != 47000 || len(codes) != 47000 || len(p.heads) != 3618 || len(p.grids) != 160 {
		t.Errorf("%d households with %d codes, %d heads, %d grids", len(p.homes), len(codes), len(p.heads), len(p.grids))
	}
	for i, n := range sizes {
		if n < 5 || n > 16 {
			t.Errorf("head %s looks after %d households", p.heads[i].code, n)
		}
	}
	for _, g := range p.grids {
		if g.homes < 100 || g.homes > 600 {
			t.Errorf("grid %s has %d households", g.code, g.homes)
		}
	}
	if n := len(p.units); n < 55 || n > 65 {
		t.Errorf("%d units", n)
	}
}

func TestHeadsLookAfterWhatIsNear(t *testing.T) {
	p := drawn(t)
	sum, most := 0.0, 0.0
	for _, h := range p.homes {
		d := h.at.dist(p.heads[h.head].at)
		sum += d
		most = max(most, d)
	}
	if mean := sum / float64(len(p.homes)); mean > 60 || most > 2500 {
		t.Errorf("households are %.0f m from their head on average, %.0f m at most", mean, most)
	}
}

func TestAreaIsThatOfTheStreet(t *testing.T) {
	p := drawn(t)
	s, err := p.streetSheet()
	if err != nil {
		t.Fatal(err)
	}
	if got := areaOfRings(s.rows[0].parts) / 1e6; math.Abs(got/153.8-1) > 0.001 {
		t.Errorf("the street has %.3f km²", got)
	}
}

// Every level covers the town exactly: areas sum up to the whole, and every arc
// between two areas is in both, the other way round.
func TestAreasCoverTheTown(t *testing.T) {
	p := drawn(t)
	for _, draw := range []func() (*sheet, error){p.communitySheet, p.groupSheet, p.gridSheet} {
		s, err := draw()
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		edges := map[[2]xy]int{}
		for _, r := range s.rows {
			sum += areaOfRings(r.parts)
			for _, ring := range r.parts {
				for i := 1; i < len(ring); i++ {
					edges[[2]xy{ring[i-1], ring[i]}]++
				}
			}
		}
		if math.Abs(sum-periodX*periodY) > 1 {
			t.Errorf("%s: the areas have %.1f m² together, the town %.1f", s.name, sum, periodX*periodY)
		}
		street, _ := p.streetSheet()
		outer := map[[2]xy]bool{}
		for i, ring := 1, street.rows[0].parts[0]; i < len(ring); i++ {
			outer[[2]xy{ring[i-1], ring[i]}] = true
		}
		for e, n := range edges {
			if n != 1 || edges[[2]xy{e[1], e[0]}] != 1 && !outer[e] {
				t.Fatalf("%s: the border from %v to %v is not shared", s.name, e[0], e[1])
			}
		}
	}
}

func TestBordersDoNotCross(t *testing.T) {
	if bad := drawn(t).borders.crossing(); len(bad) > 0 {
		t.Errorf("%d arcs cross another", len(bad))
	}
}

func TestCopiesFitTogether(t *testing.T) {
	p := drawn(t)
	tiles := mosaic(7)
	s, err := p.countySheet(tiles)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.rows[0].parts); n != 1 {
		t.Errorf("seven copies have %d rings around them", n)
	}
	if got, want := areaOfRings(s.rows[0].parts), 7*periodX*periodY; math.Abs(got-want) > 1 {
		t.Errorf("seven copies have %.1f m², want %.1f", got, want)
	}
}

func TestHouseholdsLieInTheirAreas(t *testing.T) {
	p := drawn(t)
	grids, err := p.gridSheet()
	if err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, h := range p.homes {
		b := p.site.buildings[h.building]
		if !contained(grids.rows[b.grid].parts, h.at) {
			wrong++
		}
		if p.grids[b.grid].community != b.community {
			t.Fatalf("building %s is in grid %s", b.code, p.grids[b.grid].code)
		}
	}
	if wrong > 0 {
		t.Errorf("%d households lie outside their grid", wrong)
	}
}

func TestBuildingsKeepOffWaterAndEachOther(t *testing.T) {
	p := drawn(t)
	banks := newLineIndex(100)
	river := p.river()
	banks.addPath(river, 0)
	for i := range p.site.buildings {
		b := &p.site.buildings[i]
		ring := b.ring()
		for k := 1; k < len(ring); k++ {
			banks.near(ring[k-1], ring[k], func(l line) {
				if properCross(ring[k-1], ring[k], l.a, l.b) {
					t.Fatalf("building %s stands on the bank", b.code)
				}
			})
		}
		if contains(river, b.at) {
			t.Fatalf("building %s stands in the river", b.code)
		}
		k := bin(b.at)
		for _, n := range p.site.bins[k] {
			if o := &p.site.buildings[n]; o != b && o.overlaps(b, 0) {
				t.Fatalf("buildings %s and %s overlap", b.code, o.code)
			}
		}
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		if err := Write(context.Background(), dir, Config{Seed: 7, Scale: 1}); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range Files() {
		if !bytes.Equal(sum(t, filepath.Join(a, f.File)), sum(t, filepath.Join(b, f.File))) {
			t.Errorf("%s differs", f.File)
		}
	}
}

func sum(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := sha256.Sum256(data)
	return s[:]
}

func TestScaleOutOfRangeIsRefused(t *testing.T) {
	for _, scale := range []int{0, -1, MaxScale + 1} {
		if err := Write(context.Background(), t.TempDir(), Config{Scale: scale}); lintu.CodeOf(err) != lintu.CodeInvalid {
			t.Errorf("scale %d: %v", scale, err)
		}
	}
}

func TestScaleFor(t *testing.T) {
	for households, want := range map[int]int{1: 1, 47000: 1, 47001: 2, 1_000_000: 22, 10_000_000: 213} {
		if got := ScaleFor(households); got != want {
			t.Errorf("%d households: scale %d, want %d", households, got, want)
		}
	}
}
