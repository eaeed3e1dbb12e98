package lintu_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

func TestAuditRecord(t *testing.T) {
	e := lintu.AuditEntry{Seq: 7, At: time.Date(2026, 1, 2, 8, 0, 0, 1000, time.FixedZone("", 8*3600)), Actor: "user:a", Act: "unmask",
		Kind: "household", Why: `=HYPERLINK("http://x")`, Detail: []byte(`{"n": 1}`), Hash: "ab"}
	got := strings.Join(e.Record(), "|")
	if want := `7|2026-01-02T00:00:00.000001Z|user:a||unmask|household||'=HYPERLINK("http://x")|{"n": 1}|ab`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if e.Why = "＝1"; e.Record()[7] != "'＝1" {
		t.Errorf("a wide sign is a formula too: %q", e.Record()[7])
	}
	if len(e.Record()) != len(lintu.AuditColumns) {
		t.Errorf("%d cells under %d columns", len(e.Record()), len(lintu.AuditColumns))
	}
}
