package api_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestAnswersRefused(t *testing.T) {
	t.Parallel()
	b := withImporter(t, setup(t, 0))
	var doc batchJSON
	b.do("POST", "/api/v1/batches?name=race.geojson", strings.NewReader(twoUnits)).json(t, &doc)
	at, name := "/api/v1/batches/"+doc.ID+"/answers", doc.Parts[0].Dataset
	for body, want := range map[string]string{
		`{"NAME":{"map":{"code\u0000":"a"}}}`: "null character",
		`{"NAME":{"map":{"code":"\u0000a"}}}`: "null character",
		`{"NAME":{"crs":"EPSG:4326\u0000"}}`:  "null character",
		`{"other":{"layer":"units"}}`:         `no dataset \"other\"; it has NAME`,
		`{"NAME\u0000":{}}`:                   "no dataset",
		`{"NAME":{"layr":"units"}}`:           `no member \"layr\"`,
		`{"NAME":{"Layer":"units"}}`:          `no member \"Layer\"`,
		`{"NAME":{"layer":5}}`:                "wrong type (number) at byte",
		`{"NAME":{"map":["code"]}}`:           "wrong type (array) at byte",
		`{"NAME":7}`:                          "wrong type (number) at byte",
		`[]`:                                  "wrong type (array) at byte",
		`{"NAME":{"layer":"units"}`:           "no valid JSON; the error is at byte",
		``:                                    "no valid JSON",
	} {
		a := b.do("PUT", at, strings.NewReader(strings.ReplaceAll(body, "NAME", name)))
		text := string(a.body)
		if a.StatusCode != http.StatusBadRequest || !strings.Contains(text, strings.ReplaceAll(want, "NAME", name)) {
			t.Errorf("%s: %d %s", body, a.StatusCode, text)
		}
		if strings.Contains(text, "Go ") || strings.Contains(text, "lintu.") || strings.Contains(text, "map[") {
			t.Errorf("%s: %s", body, text)
		}
	}
	for _, body := range []string{`{}`, `{"":{"layer":"units"}}`, `{"NAME":{"map":{"code":"\\u0000"}}}`, `{"NAME":null}`} {
		if a := b.do("PUT", at, strings.NewReader(strings.ReplaceAll(body, "NAME", name))); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", body, a.StatusCode, a.body)
		}
	}
}
