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

// TestTables keeps the pages' tables of roles and of the workflow those of the root
// package.
func TestTables(t *testing.T) {
	for path, table := range map[string]any{
		"src/api/roles.json": map[string]any{"rights": lintu.Rights, "roles": lintu.Roles, "purposes": lintu.Purposes},
		"src/api/workflow.json": map[string]any{"states": lintu.States, "stages": lintu.Stages, "acts": lintu.Acts, "urgencies": lintu.Urgencies, "rungs": lintu.Rungs, "sources": lintu.Sources,
			"transitions": lintu.Transitions},
	} {
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(table); err != nil {
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
			t.Errorf("%s is not what the root package says; run go generate ./web", path)
		}
	}
}
