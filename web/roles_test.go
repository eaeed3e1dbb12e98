package web

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/lintu-map/lintu"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestRoles keeps the pages' table of roles the one of the root package.
func TestRoles(t *testing.T) {
	const path = "src/api/roles.json"
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(map[string]any{"rights": lintu.Rights, "roles": lintu.Roles, "purposes": lintu.Purposes}); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("%s is not the table of roles; run go generate ./web", path)
	}
}
