package importer

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func TestHoldsMobile(t *testing.T) {
	for value, want := range map[string]bool{
		"13812345678":             true,
		"张三 138-1234-5678":        true,
		"+8613812345678":          true,
		"手机13812345678.":          true,
		"1.14333529800e+02":       false, // a coordinate
		"13812345678.25":          false,
		"113812345678":            false,
		"43018100200113812345678": false, // a code
	} {
		if got := holdsMobile(value); got != want {
			t.Errorf("holdsMobile(%q) = %v", value, got)
		}
	}
}

// TestNamesUnderUnknownHeaders: what may be persons' names is not shown while
// nobody knows what the file is about.
func TestNamesUnderUnknownHeaders(t *testing.T) {
	w := newTown(t)
	b := w.upload(t, geojson(t, "x.geojson",
		placeFeature("113.601", "28.101", `{"a":"王小明","b":"甲"}`), placeFeature("113.602", "28.102", `{"a":"李大海","b":"乙"}`)))
	r := b.Parts[0].Report
	if r.Layer != "" || !r.Columns[0].Personal || len(r.Columns[0].Samples) != 0 || r.Columns[1].Personal {
		t.Errorf("layer %q, columns %+v", r.Layer, r.Columns)
	}
	if text, err := json.Marshal(b); err != nil || strings.Contains(string(text), "王小明") {
		t.Errorf("a name stands in the report: %s, %v", text, err)
	}
	var drawn bytes.Buffer
	if err := w.Preview(t.Context(), tenant, b.ID, 1000, &drawn); err != nil || strings.Contains(drawn.String(), "王小明") {
		t.Errorf("a name stands in the preview: %s, %v", &drawn, err)
	}
}
