package photos_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/photos"
)

// killDir names the directory that a child process fills until it is killed.
const killDir = "LINTU_TEST_PHOTOS"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		fillForever(dir)
	}
	os.Exit(m.Run())
}

// fillForever keeps pictures and prints the id of each when it is kept.
func fillForever(dir string) {
	s, err := photos.OpenFiles(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	upload, err := os.ReadFile("testdata/422.jpg")
	for err == nil {
		var p *lintu.Photo
		if p, _, err = s.Put(context.Background(), tenant, lintu.NewID(), bytes.NewReader(upload)); err == nil {
			fmt.Println(p.ID)
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilled kills processes in the middle of keeping pictures: each that was
// said to be kept is there, and none is there in part.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	kept := 0
	for round := range 6 {
		child := exec.Command(os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), killDir+"="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		// After some whole lines and the beginning of what comes next.
		said := make([]byte, 37*(3+round))
		if _, err := io.ReadFull(out, said); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(out)
		if err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // says that it was killed
		kept += checkKept(t, dir, string(said)+string(rest))
	}
	if kept < 6*3 {
		t.Errorf("only %d pictures were kept", kept)
	}
}

// checkKept opens what was said to be kept, and everything else that is there.
func checkKept(t *testing.T, dir, said string) (kept int) {
	t.Helper()
	s, err := photos.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(said) {
		if !strings.HasSuffix(line, "\n") {
			continue // killed while it said so
		}
		id, err := lintu.ParseID(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		shown(t, s, id, lintu.PhotoFull)
		kept++
	}
	for _, path := range filesOf(t, filepath.Join(dir, fmt.Sprint(tenant))) {
		id, err := lintu.ParseID(filepath.Base(path))
		if err != nil {
			t.Fatal(err)
		}
		decode(t, first(shown(t, s, id, lintu.PhotoFull)))
		decode(t, first(shown(t, s, id, lintu.PhotoThumb)))
	}
	return kept
}

func first[T, U any](v T, _ U) T { return v }

func filesOf(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// TestFullDisk: what does not fit is refused, leaves nothing behind, and is taken
// when there is space again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can mount a small disk")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a small disk here: %s", out)
	}
	t.Cleanup(func() {
		// Lazily: what another test forks holds open files of this one until it is executed.
		if out, err := exec.Command("umount", "-l", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	s, err := photos.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, plainJPEG(t, 40, 30)) // makes the directories
	before := len(filesOf(t, dir))
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	id, upload := lintu.NewID(), plainJPEG(t, 900, 700)
	for _, left := range []int64{0, int64(len(upload) / 2), int64(len(upload) + 4096)} { // at last the upload fits, and what is made of it does not
		info, err := os.Stat(ballast)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(ballast, info.Size()-left); err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Put(t.Context(), tenant, id, bytes.NewReader(upload))
		if lintu.CodeOf(err) != lintu.CodeUnavailable || !errors.Is(err, syscall.ENOSPC) {
			t.Errorf("with %d bytes: %v", left, err)
		}
		if n := len(filesOf(t, dir)); n != before+1 {
			t.Errorf("%d files are left, want %d", n, before+1)
		}
		if left > 0 { // full again
			f, err := os.OpenFile(ballast, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.Write(make([]byte, 1<<20))
			if closeErr := f.Close(); !errors.Is(err, syscall.ENOSPC) || closeErr != nil {
				t.Fatal(err, closeErr)
			}
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if _, created, err := s.Put(t.Context(), tenant, id, bytes.NewReader(upload)); err != nil || !created {
		t.Errorf("with space: %v %v", created, err)
	}
}

// TestCutUpload: of what does not come whole nothing stays, and the reader's error
// comes back.
func TestCutUpload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := photos.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	cut := lintu.Errorf(lintu.CodeInvalid, "断了", "cut")
	upload := plainJPEG(t, 40, 30)
	_, _, err = s.Put(t.Context(), tenant, lintu.NewID(), io.MultiReader(bytes.NewReader(upload), failing{cut}))
	if !errors.Is(err, cut) {
		t.Errorf("%v", err)
	}
	if left := filesOf(t, dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestSum: the SHA-256 is of what was sent.
func TestSum(t *testing.T) {
	t.Parallel()
	upload := after(plainJPEG(t, 40, 30), segment(0xfe, canary))
	sum := sha256.Sum256(upload)
	if p := put(t, open(t), upload); p.SHA256 != hex.EncodeToString(sum[:]) {
		t.Error(p.SHA256)
	}
}
