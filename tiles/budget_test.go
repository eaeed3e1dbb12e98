package tiles

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// crowd is a layer of homes that are all in one tile.
func crowd(t *testing.T, n int) (heldLayer, Coord) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(n), 9))
	c := tileAt(orb.Point{113.6, 28.1}, 15)
	var homes []home
	for len(homes) < n {
		at := orb.Point{113.59 + 0.02*r.Float64(), 28.09 + 0.02*r.Float64()}
		if tileAt(at, 15) == c {
			homes = append(homes, newHome(r, at))
		}
	}
	return layerOf(t, homes), c
}

// As many homes as there may be: the tile fits, and counts all of them.
func TestCrowdsFit(t *testing.T) {
	t.Parallel()
	s, households := New(nil, nil, 1<<20), homeLayer
	reduced := 0
	for _, n := range []int{100, 3_000, 5_000, 12_000, 13_000, 100_000} {
		held, c := crowd(t, n)
		step := firstStep(held, c, s.mostBytes)
		message := held.appendTile(nil, c, step)
		tile, packed, err := s.together(c, message, []drawnLayer{{&households, step, message}}, func(_, step int) ([]byte, error) {
			return held.appendTile(nil, c, step), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		again, err := Compress(tile, lintu.Gzip)
		if err != nil {
			t.Fatal(err)
		}
		if packed != nil && !bytes.Equal(packed, again) {
			t.Errorf("%d homes: what was packed to know is not the tile", n)
		}
		shown := readShown(t, tile)
		if len(again) > mostBytes || shown.layer("households").rows() != n {
			t.Errorf("%d homes: %d bytes stand for %d", n, len(again), shown.layer("households").rows())
		}
		if notice := shown.notices["households"]; notice != nil {
			reduced++
			if fmt.Sprint(notice["rows"]) != fmt.Sprint(n) {
				t.Errorf("%d homes: the tile says %v", n, notice)
			}
		}
		t.Logf("%d homes: %d bytes, %d packed, %v", n, len(tile), len(again), shown.notices)
	}
	if reduced == 0 || reduced == 6 {
		t.Errorf("%d of 6 tiles are reduced", reduced)
	}
}

// Whatever the steps make of the layers: the tile fits, or nothing can give way; and
// only the largest that could gave way.
func TestLargestGivesWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most, zoom := rapid.IntRange(1, 3000).Draw(t, "most"), rapid.IntRange(10, lintu.MaxZoom).Draw(t, "zoom")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		var layers []drawnLayer
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(lintu.Layers)-1), 1, 4, rapid.ID[int]).Draw(t, "layers") {
			layers = append(layers, drawnLayer{layer: &lintu.Layers[i], bytes: noise(r, r.IntN(4000))})
		}
		message, packed, err := fit(zoom, joined(layers), layers, most, func(i, step int) ([]byte, error) {
			for k := range layers {
				if _, more := layers[k].layer.Reduced(zoom, layers[k].step+1); more && len(layers[k].bytes) > len(layers[i].bytes) {
					t.Fatalf("layer %d gives way and %d is larger", i, k)
				}
			}
			return noise(r, r.IntN(len(layers[i].bytes)+1)), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(message, joined(layers)) {
			t.Fatal("the message is not that of the layers")
		}
		if len(message) > most && len(packed) > most && largest(zoom, layers) >= 0 {
			t.Fatalf("%d bytes are more than %d", len(packed), most)
		}
	})
}

// noise is bytes of which half pack well.
func noise(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range n / 2 {
		b[i] = byte(r.Uint32())
	}
	return b
}
