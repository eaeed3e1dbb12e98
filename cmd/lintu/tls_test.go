package main

import (
	"strings"
	"testing"
)

// Wrong files for TLS are told before anything starts.
func TestBadTLSFiles(t *testing.T) {
	t.Parallel()
	env := []string{"LINTU_DATA=" + dataDir(t), "LINTU_TLS_CERT=/nowhere/cert.pem", "LINTU_TLS_KEY=/nowhere/key.pem"}
	_, errs, code := lintuRun(t, env, "serve")
	if code == 0 || !strings.Contains(errs, "The file of LINTU_TLS_CERT cannot be read") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}
