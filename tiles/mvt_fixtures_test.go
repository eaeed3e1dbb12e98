package tiles

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
)

// fixtures calls f with the tiles of mvt-fixtures, which say whether they are
// valid by version 2.
func fixtures(t *testing.T, f func(name string, tile []byte, valid bool)) {
	t.Helper()
	dir := sharedData(t, "mvt_fixtures/fixtures")
	all, err := filepath.Glob(filepath.Join(dir, "*", "info.json"))
	if err != nil || len(all) < 70 {
		t.Fatal(len(all), err)
	}
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var info struct {
			Validity struct{ V2 bool }
		}
		if err := json.Unmarshal(text, &info); err != nil {
			t.Fatal(path, err)
		}
		tile, err := os.ReadFile(filepath.Join(filepath.Dir(path), "tile.mvt"))
		if err != nil {
			t.Fatal(err)
		}
		f(filepath.Base(filepath.Dir(path)), tile, info.Validity.V2)
	}
}

// neverWritten are the fixtures that are valid, and that the strict reader refuses
// all the same, since the encoder writes nothing like them.
var neverWritten = map[string]string{
	"016": "a geometry of unknown type",
	"025": "a layer without features",
	"039": "version 1",
	"057": "a number of points that takes the memory of whoever believes it",
}

// The strict reader, which all that is written here must satisfy, refuses what
// the fixtures call invalid, and nothing else but what is named.
func TestReaderIsStrict(t *testing.T) {
	fixtures(t, func(name string, tile []byte, valid bool) {
		_, err := readTile(tile)
		if want := valid && neverWritten[name] == ""; (err == nil) != want {
			t.Errorf("fixture %s, valid %v: %v", name, valid, err)
		}
	})
}

// The features of valid fixtures come out as they went in, read by orb.
func TestFixturesAgain(t *testing.T) {
	again := 0
	fixtures(t, func(name string, tile []byte, valid bool) {
		if !valid || neverWritten[name] != "" {
			return
		}
		layers, err := mvt.Unmarshal(tile)
		if err != nil {
			t.Fatal(name, err)
		}
		for _, l := range layers {
			if slices.ContainsFunc(l.Features, unlikeOurs) {
				continue
			}
			for i, g := range writtenAgain(t, l) {
				f := l.Features[i]
				if !reflect.DeepEqual(f.Properties, g.Properties) || f.Geometry.GeoJSONType() != g.Geometry.GeoJSONType() || apartBy(f.Geometry, g.Geometry) != 0 {
					t.Errorf("fixture %s: %v %v came back as %v %v", name, f.Properties, f.Geometry, g.Properties, g.Geometry)
				}
				again++
			}
		}
	})
	if again < 40 {
		t.Errorf("only %d features were written again", again)
	}
}

// unlikeOurs reports whether a feature has what no layer of lintu has: properties
// other than texts and whole numbers, or coordinates far outside of the tile.
func unlikeOurs(f *geojson.Feature) bool {
	for _, v := range f.Properties {
		n, number := v.(float64)
		if _, text := v.(string); !text && (!number || n != math.Trunc(n)) {
			return true
		}
	}
	b := f.Geometry.Bound()
	return !onGrid(int32(b.Min[0]), int32(b.Min[1])) || !onGrid(int32(b.Max[0]), int32(b.Max[1]))
}

// writtenAgain encodes a layer and reads it by orb.
func writtenAgain(t *testing.T, l *mvt.Layer) []*geojson.Feature {
	t.Helper()
	keys := map[string]bool{}
	for _, f := range l.Features {
		for k := range f.Properties {
			keys[k] = true
		}
	}
	names := slices.Sorted(maps.Keys(keys))
	w := newLayerWriter()
	defer w.release()
	w.begin(nil, l.Name, names, middle)
	for _, f := range l.Features {
		writeFeature(w, f, names)
	}
	tile := w.end()
	if _, err := readTile(tile); err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Unmarshal(tile)
	if err != nil || len(layers) != 1 || len(layers[0].Features) != len(l.Features) {
		t.Fatalf("%d layers, %v", len(layers), err)
	}
	return layers[0].Features
}

func writeFeature(w *layerWriter, f *geojson.Feature, names []string) {
	var s shape
	for _, part := range partsOf(f.Geometry) {
		s.add(middle, part...)
	}
	writes := []func() bool{
		func() bool { return w.points(s.points) },
		func() bool { return w.lines(s.points, s.ends) },
		func() bool { return w.polygon(s.points, s.ends) },
	}
	if !writes[f.Geometry.Dimensions()]() {
		return
	}
	for i, k := range names {
		switch v := f.Properties[k].(type) {
		case string:
			w.unique(i, []byte(v))
		case float64:
			w.integer(i, int64(v))
		}
	}
	w.feature()
}
