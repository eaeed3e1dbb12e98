package api_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/lintu-map/lintu/api"
)

// Every address of the pages' part is described, with who may ask.
func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	doc, err := openapi3.NewLoader().LoadFromData(b.get("/api/v1/openapi.json").body)
	if err != nil {
		t.Fatal(err)
	}
	described := 0
	for _, r := range b.server.Routes {
		path, is := strings.CutPrefix(r.Path, "/api/v1")
		if !is {
			continue
		}
		parts := strings.Split(path, "/")
		for i, p := range parts {
			if strings.HasPrefix(p, ":") {
				parts[i] = "{" + p[1:] + "}"
			}
		}
		item := doc.Paths.Value(strings.Join(parts, "/"))
		if item == nil || item.GetOperation(r.Method) == nil {
			t.Errorf("%s %s is not described", r.Method, r.Path)
			continue
		}
		described++
		security := item.GetOperation(r.Method).Security
		if security == nil {
			t.Errorf("%s %s does not say who may ask", r.Method, r.Path)
			continue
		}
		anybody, token := false, false
		for _, way := range *security {
			anybody = anybody || len(way) == 0
			_, byToken := way["token"]
			token = token || byToken
		}
		if anybody != (r.Need == api.Anyone) || token == r.InPerson {
			t.Errorf("%s %s needs %s, and says %v", r.Method, r.Path, r.Need, *security)
		}
	}
	if described == 0 {
		t.Error("no route of the pages' part")
	}
}
