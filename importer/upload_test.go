package importer

import (
	"errors"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/lintu-map/lintu"
)

// kepts lists the files in the upload directory.
func (w *town) kepts(t *testing.T) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func TestReceiveKeepsNothingOfACutBody(t *testing.T) {
	w := newTown(t)
	said := lintu.Errorf(lintu.CodeInvalid, "没有到。", "Did not arrive.")
	_, err := w.Receive(t.Context(), tenant, "a.geojson", everywhere, io.MultiReader(strings.NewReader(`{"type":`), iotest.ErrReader(said)))
	if !errors.Is(err, said) || lintu.AsError(err) != said {
		t.Errorf("%v", err)
	}
	if left := w.kepts(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// /dev/full refuses every write as a full disk does.
func TestKeepErrorOfFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no /dev/full:", err)
	}
	defer f.Close()
	s := &Service{maxBytes: 1 << 20}
	err = keepError(s.fill(f, &lintu.Batch{}, strings.NewReader("{}")))
	if !errors.Is(err, syscall.ENOSPC) || lintu.CodeOf(err) != lintu.CodeUnavailable {
		t.Errorf("%v", err)
	}
}
