package main

import (
	"strings"
	"testing"

	"github.com/lintu-map/lintu/sql/sqltest"
)

// An operator makes cases anew, and is told what was found in words or as JSON.
func TestCaseRebuildCommand(t *testing.T) {
	t.Parallel()
	env := []string{"LINTU_DATA=" + dataDir(t), "LINTU_DATABASE_URL=" + sqltest.URL(t)}
	for args, want := range map[string]string{
		"case rebuild":                  "0 cases; 0 of them were not",
		"case rebuild --dry-run":        "0 cases; 0 of them are not",
		"case rebuild --dry-run --json": `{"cases":0,"different":0,"dryRun":true}`,
	} {
		out, errs, code := lintuRun(t, env, strings.Fields(args)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("lintu %s: exit code %d, said %s%s", args, code, out, errs)
		}
	}
}
