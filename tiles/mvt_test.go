package tiles

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"reflect"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lintu-map/lintu"
)

// What the properties of features are when read again.
func TestProperties(t *testing.T) {
	id, err := lintu.ParseID("01890a5d-ac96-774b-bcce-b302099a8057")
	if err != nil {
		t.Fatal(err)
	}
	var names dictionary
	known := map[any]uint32{"李家组": names.addText("李家组"), "": names.addText(""), int64(-7): names.addInteger(-7)}
	keys := []string{"id", "code", "name", "count", "never"}
	rows := []struct {
		name  any // nil: null
		count int64
	}{
		{"李家组", 0}, {"李家组", 1}, {"", smallIntegers - 1}, {int64(-7), smallIntegers}, {nil, math.MaxInt64}, {"李家组", -1}, {nil, math.MinInt64}, {nil, 0},
	}
	w := newLayerWriter()
	defer w.release()
	w.begin(nil, "groups", keys, middle)
	for i, r := range rows {
		if !w.pointAt(int32(i), -7) {
			t.Fatal("a point in the tile is left out")
		}
		w.id(0, id)
		w.unique(1, fmt.Appendf(nil, "H%d", i))
		if r.name != nil {
			w.entry(2, &names, known[r.name])
		}
		w.integer(3, r.count)
		w.feature()
	}
	layers, err := readTile(w.end())
	if err != nil {
		t.Fatal(err)
	}
	l := layers[0]
	if l.name != "groups" || l.extent != 4096 || !reflect.DeepEqual(l.keys, keys) || len(l.features) != len(rows) {
		t.Fatalf("%+v", l)
	}
	for i, f := range l.features {
		want := map[string]any{"id": "01890a5d-ac96-774b-bcce-b302099a8057", "code": fmt.Sprint("H", i), "name": rows[i].name, "count": uint64(rows[i].count)}
		if rows[i].count < 0 {
			want["count"] = rows[i].count
		}
		maps.DeleteFunc(want, func(_ string, v any) bool { return v == nil })
		if !reflect.DeepEqual(f.properties, want) || f.kind != pointType || f.parts[0][0] != (orb.Point{float64(i), -7}) {
			t.Errorf("feature %d: %v at %v, want %v", i, f.properties, f.parts, want)
		}
	}
	if want := 8 + 8 + 3 + 7; len(l.values) != want { // ids, codes, names, numbers: 0 is there twice
		t.Errorf("%d values, want %d", len(l.values), want)
	}
}

// A layer comes behind what is there, and whatever its length; an empty one is
// none.
func TestLayersFollowEachOther(t *testing.T) {
	w := newLayerWriter()
	defer w.release()
	var tile []byte
	sizes := []int{1, 20, 0, 200, 3000, 300_000}
	for _, n := range sizes {
		w.begin(tile, fmt.Sprint("layer", n), []string{"n"}, middle)
		for i := range n {
			if w.pointAt(int32(i%4000), int32(i%77)) {
				w.integer(0, int64(i))
				w.feature()
			}
		}
		tile = w.end()
	}
	layers, err := readTile(tile)
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for _, n := range sizes {
		if n == 0 {
			continue
		}
		if l := layers[i]; l.name != fmt.Sprint("layer", n) || len(l.features) != n {
			t.Errorf("layer %s of %d features, want %d", l.name, len(l.features), n)
		}
		i++
	}
	if i != len(layers) {
		t.Errorf("%d layers, want %d", len(layers), i)
	}
}

// Nothing of a feature that does not show in the tile is left behind, and what a
// writer wrote before does not matter.
func TestSameLayerSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := tableOf(rapid.IntRange(1, 40).Draw(t, "rows"), rapid.Float64Range(0.1, 3000).Draw(t, "radius"))
		fresh, used := new(layerWriter), newLayerWriter()
		defer used.release()
		table.writePoints(used, nil)
		if a, b := table.writePolygons(fresh, nil), table.writePolygons(used, nil); !bytes.Equal(a, b) {
			t.Fatalf("%d and %d bytes differ", len(a), len(b))
		}
		if _, err := readTile(table.writePolygons(used, nil)); err != nil {
			t.Fatal(err)
		}
	})
}

// No feature allocates, whatever its shape.
func TestNothingAllocatedPerFeature(t *testing.T) {
	shapes := tableOf(200, 1)
	for i := range shapes.rows { // wild ones, which cross the side of the tile and themselves
		s := &shapes.rows[i].outline
		for k := range s.points {
			s.points[k] = at(middle, float64(k*k*7919*(i+1)%5000-300), float64(k*k*104729*(i+3)%5000-300))
		}
		s.ends = []int32{12, 28}
	}
	parcels := tableOf(200, 40)
	for name, write := range map[string]func(w *layerWriter, b []byte) []byte{
		"points":   parcels.writePoints,
		"polygons": parcels.writePolygons,
		"mended":   shapes.writePolygons,
		"lines": func(w *layerWriter, b []byte) []byte {
			w.begin(b, "roads", tableKeys, middle)
			for i := range shapes.rows {
				if r := &shapes.rows[i]; w.lines(r.outline.points, r.outline.ends) {
					shapes.properties(w, r)
				}
			}
			return w.end()
		},
		"many points": func(w *layerWriter, b []byte) []byte {
			w.begin(b, "units", tableKeys, middle)
			for i := range shapes.rows {
				if r := &shapes.rows[i]; w.points(r.outline.points) {
					shapes.properties(w, r)
				}
			}
			return w.end()
		},
	} {
		w := new(layerWriter)
		buf := write(w, nil)
		if n := testing.AllocsPerRun(5, func() { buf = write(w, buf[:0]) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
