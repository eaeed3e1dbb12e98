package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestScribble is the trial of `bench -scribble`, small.
func TestScribble(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "lintu")
	if out, err := exec.Command("go", "build", "-o", bin, "../lintu").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	said, err := scribble{operations: 600, writers: 4, importers: 1, readers: 1, cuts: 20, blows: 1, compareTo: 11, seed: 1}.run(t.Context(), bin)
	t.Logf("%s", said)
	if err != nil {
		t.Error(err)
	}
}
