package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// TestReportsExactlyOnce is the trial of `bench -reports`, small.
func TestReportsExactlyOnce(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "lintu")
	if out, err := exec.Command("go", "build", "-o", bin, "../lintu").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, trial := range map[string]trial{
		"database of its own": {reports: 60, phones: 6, blows: 5, private: true},
		"database beside it":  {reports: 200, phones: 20, blows: 5},
	} {
		t.Run(name, func(t *testing.T) {
			said, err := trial.run(t.Context(), bin)
			t.Logf("%s", said)
			if err != nil {
				t.Error(err)
			}
		})
	}
}
