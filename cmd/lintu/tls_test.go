package main

import (
	"os/exec"
	"strings"
	"testing"
)

// Wrong files for TLS are told before anything starts.
func TestBadTLSFiles(t *testing.T) {
	t.Parallel()
	cmd := process(t, []string{"LINTU_DATA=" + dataDir(t), "LINTU_TLS_CERT=/nowhere/cert.pem", "LINTU_TLS_KEY=/nowhere/key.pem"}, "serve")
	out, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); !ok || exit.ExitCode() == 0 || !strings.Contains(string(out), "The file of LINTU_TLS_CERT cannot be read") {
		t.Errorf("%v\n%s", err, out)
	}
}
