package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTiles is `bench -tiles`, short: in one town, each figure as soon as it is there. It
// fails by itself where an answer is wrong.
func TestTiles(t *testing.T) {
	dir := t.TempDir()
	for name, pkg := range map[string]string{"lintu": "../lintu", "bench": "."} {
		if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, name), pkg).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	out, err := exec.CommandContext(t.Context(), filepath.Join(dir, "bench"), "-lintu", filepath.Join(dir, "lintu"), "-tiles", "47000", "-each", "20ms").CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
	table, aims, _ := strings.Cut(string(out), "\naims\n")
	for what, times := range map[string]int{wayAsMVT + " ": 8, wayDatabase + " ": 14, wayMemory + " ": 14, wayGzip + " ": 14, " nginx ": 2} {
		if n := strings.Count(table, what); n != times {
			t.Errorf("%q stands there %d times instead of %d", what, n, times)
		}
	}
	if n := strings.Count(aims, ": missed") + strings.Count(aims, ": reached"); n != 10 {
		t.Errorf("%d aims", n)
	}
}

func TestCountFeatures(t *testing.T) {
	feature := "\x12\x02\x18\x01" // field 2: a point
	layer := func(content string) string { return "\x1a" + string(rune(len(content))) + content }
	for mvt, want := range map[string]int{"": 0, layer(feature + "\x78\x02"): 1, layer(feature+feature) + layer("\x0a\x01a"+feature): 3} {
		if n, err := countFeatures([]byte(mvt)); n != want || err != nil {
			t.Errorf("%q has %d features: %v", mvt, n, err)
		}
	}
	for _, torn := range []string{"\x1a", "\x1a\x05abc", "\x1b\x00"} {
		if _, err := countFeatures([]byte(torn)); err == nil {
			t.Errorf("%q is taken for a tile", torn)
		}
	}
}

func TestOtherAnswersAreFound(t *testing.T) {
	all := subjects()
	points, parcels := all[0], all[1]
	for _, c := range []struct {
		s       subject
		n, want int
		equal   bool
	}{{points, 7, 7, true}, {points, 7, 8, false}, {parcels, 199, 200, true}, {parcels, 196, 200, false}, {parcels, 3, 0, false}} {
		if c.s.equal(c.n, c.want) != c.equal {
			t.Errorf("%s, %d features where %d are wanted: %v", c.s.title, c.n, c.want, !c.equal)
		}
	}
}
