package api_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/photos"
)

// picture is a JPEG with a comment of a length, so that it can be made longer.
func picture(t testing.TB, w, h, comment int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	out := bytes.Clone(b.Bytes()[:2])
	for ; comment > 0; comment -= 60000 {
		n := min(comment, 60000)
		out = append(append(out, 0xff, 0xfe, byte((n+2)>>8), byte(n+2)), make([]byte, n)...)
	}
	return append(out, b.Bytes()[2:]...)
}

func TestSendPhoto(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	b.token = b.newToken("dispatcher everywhere", lintu.ReportCases)
	id, one := lintu.NewID(), picture(t, 40, 30, 0)
	path := "/api/v1/photos/" + id.String()
	for i, want := range []int{http.StatusCreated, http.StatusOK} {
		a := b.do("PUT", path, bytes.NewReader(one), "Content-Type", "image/png") // which it is not
		var p lintu.Photo
		if a.json(t, &p); a.StatusCode != want || p.ID != id || p.Width != 40 || p.Height != 30 || p.Type != "image/jpeg" || p.Bytes != int64(len(one)) {
			t.Errorf("%d. time: %d %s", i+1, a.StatusCode, a.body)
		}
		if a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("may be kept: %s", a.Header)
		}
	}
	if a := b.do("PUT", path, bytes.NewReader(picture(t, 30, 40, 0))); a.StatusCode != http.StatusConflict {
		t.Errorf("another: %d %s", a.StatusCode, a.body)
	}
	if a := b.do("PUT", "/api/v1/photos/1", bytes.NewReader(one)); a.StatusCode != http.StatusBadRequest {
		t.Errorf("no id: %d %s", a.StatusCode, a.body)
	}
	if a := b.do("PUT", "/api/v1/photos/"+lintu.NewID().String(), strings.NewReader("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")); a.StatusCode != http.StatusBadRequest || !bytes.Contains(a.body, []byte("JPEG")) {
		t.Errorf("HEIC: %d %s", a.StatusCode, a.body)
	}
	large := picture(t, 40, 30, 3<<20) // more than other changes may have, and without saying how long it is
	if a := b.do("PUT", "/api/v1/photos/"+lintu.NewID().String(), io.MultiReader(bytes.NewReader(large))); a.StatusCode != http.StatusCreated {
		t.Errorf("large: %d %s", a.StatusCode, a.body)
	}
}

// TestCutPhoto: of what does not arrive whole nothing is kept, and the next try
// is the first.
func TestCutPhoto(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := photos.OpenFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t, 0).again(func(c *apiConfig) { c.Photos = store })
	b.token = b.newToken("dispatcher everywhere", lintu.ReportCases)
	id, one := lintu.NewID(), picture(t, 40, 30, 100000)
	put := "PUT /api/v1/photos/" + id.String() + " HTTP/1.1\r\nHost: x\r\n"
	for name, text := range map[string]string{
		"length":  put + fmt.Sprintf("Content-Length: %d\r\n\r\n", len(one)) + string(one[:len(one)-10]),
		"chunked": put + "Transfer-Encoding: chunked\r\n\r\n" + chunk(string(one)), // its end is missing
	} {
		for _, a := range b.raw(text) {
			if a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
			}
		}
	}
	if kept := pathsIn(t, dir); len(kept) > 0 {
		t.Errorf("kept: %s", kept)
	}
	if a := b.do("PUT", "/api/v1/photos/"+id.String(), bytes.NewReader(one)); a.StatusCode != http.StatusCreated {
		t.Errorf("the next try: %d %s", a.StatusCode, a.body)
	}
}

// TestPhotoOfCase: a picture is shown to who sees its case, as a picture and as
// nothing else.
func TestPhotoOfCase(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.photograph("grid worker")
	said := s.report("grid worker", map[string]any{"category": "B0101", "source": "patrol", "note": "路灯不亮", "photos": []lintu.ID{first}}, lintu.Dispatched)
	other := s.report("grid worker", map[string]any{"category": "B0101", "source": "patrol", "note": "另一盏", "photos": []lintu.ID{s.photograph("grid worker")}}, lintu.Dispatched)
	path := "/api/v1/cases/" + said.Case.ID.String() + "/photos/" + first.String()
	for _, at := range []string{path, path + "/thumb"} {
		a := s.as("dispatcher", "GET", at, nil)
		m, err := jpeg.Decode(bytes.NewReader(a.body))
		if err != nil || a.StatusCode != http.StatusOK || m.Bounds().Size() != image.Pt(40, 30) {
			t.Fatalf("%s: %d %v %v", at, a.StatusCode, a.Header, err)
		}
		for name, want := range map[string]string{"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff", "Content-Disposition": "inline",
			"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'", "Cache-Control": "private, no-cache", "Content-Length": fmt.Sprint(len(a.body))} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", at, name, got, want)
			}
		}
		again := s.do("GET", at, nil, "Cookie", "lintu="+s.cookies["dispatcher"], "If-None-Match", a.Header.Get("ETag"))
		if again.StatusCode != http.StatusNotModified || len(again.body) > 0 {
			t.Errorf("%s again: %d", at, again.StatusCode)
		}
	}
	if full, thumb := s.as("dispatcher", "HEAD", path, nil), s.as("dispatcher", "HEAD", path+"/thumb", nil); full.Header.Get("ETag") == thumb.Header.Get("ETag") || full.Header.Get("ETag") == "" {
		t.Errorf("the sizes are not told apart: %s", full.Header.Get("ETag"))
	}
	for who, want := range map[string]int{"grid worker": 200, "viewer": 200, "far worker": 404, "auditor": 403, "visitor": 401} {
		if a := s.as(who, "GET", path, nil); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", who, a.StatusCode, want)
		}
	}
	for name, wrong := range map[string]string{"of another case": "/api/v1/cases/" + other.Case.ID.String() + "/photos/" + first.String(),
		"not there": "/api/v1/cases/" + said.Case.ID.String() + "/photos/" + lintu.NewID().String(), "no id": "/api/v1/cases/" + said.Case.ID.String() + "/photos/1",
		"not of a case yet": "/api/v1/cases/" + said.Case.ID.String() + "/photos/" + s.photograph("grid worker").String()} {
		if a := s.as("dispatcher", "GET", wrong, nil); a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
}

// TestUnusedPhotosGo: what no case took within a day is deleted; what a case took,
// what is young, and what its phone is sending again stays, and can be taken.
func TestUnusedPhotosGo(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	photographed := map[string]lintu.ID{}
	for _, name := range []string{"taken", "unused", "again", "young"} {
		photographed[name] = s.photograph("grid worker")
	}
	s.report("grid worker", map[string]any{"category": "B0101", "source": "patrol", "note": "路灯不亮", "photos": []lintu.ID{photographed["taken"]}}, lintu.Dispatched)
	old := time.Now().Add(-25 * time.Hour)
	for _, path := range pathsIn(t, s.photoDir) {
		if !strings.HasSuffix(path, photographed["young"].String()) {
			if err := os.Chtimes(path, old, old); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.exec(`UPDATE case_photo SET created_at = $1 WHERE id <> $2`, old, photographed["young"])
	if a := s.as("grid worker", "PUT", "/api/v1/photos/"+photographed["again"].String(), picture(t, 40, 30, 0)); a.StatusCode != http.StatusOK {
		t.Fatalf("again: %d %s", a.StatusCode, a.body)
	}
	sweeper := photos.NewSweeper(tenant, s.db, s.photos, slog.New(slog.DiscardHandler))
	for range 2 {
		if _, err := sweeper.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, id := range photographed {
		if _, err := s.photos.Find(t.Context(), tenant, id); (lintu.CodeOf(err) == lintu.CodeNotFound) != (name == "unused") {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.report("grid worker", map[string]any{"category": "B0101", "source": "patrol", "photos": []lintu.ID{photographed["again"]}}, lintu.Dispatched)
	// A server ends between the file and its row, and a sweep between the row and the file.
	halfway := lintu.NewID()
	if err := s.db.ExpectPhoto(t.Context(), tenant, halfway, 1000, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.photos.Put(t.Context(), tenant, halfway, bytes.NewReader(picture(t, 40, 30, 0))); err != nil {
		t.Fatal(err)
	}
	old = time.Now().Add(-25 * time.Hour)
	for _, path := range pathsIn(t, s.photoDir) {
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	s.exec(`UPDATE case_photo SET created_at = $1`, old)
	s.exec(`UPDATE photo_file SET at = $1`, old)
	if _, err := s.db.UnusedPhotos(t.Context(), tenant, 10); err != nil {
		t.Fatal(err)
	}
	if n, err := sweeper.Sweep(t.Context()); err != nil || n != 2 {
		t.Errorf("swept %d, %v", n, err)
	}
	for name, id := range map[string]lintu.ID{"taken": photographed["taken"], "again": photographed["again"], "young": photographed["young"], "halfway": halfway} {
		if _, err := s.photos.Find(t.Context(), tenant, id); (lintu.CodeOf(err) == lintu.CodeNotFound) != (name == "young" || name == "halfway") {
			t.Errorf("%s in the end: %v", name, err)
		}
	}
	sweeper.Start()
	sweeper.Start()
	sweeper.Stop()
	sweeper.Stop()
}

func pathsIn(t testing.TB, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
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

// TestSlowResidents: strangers who hold all places of their network keep no worker
// and no other network from sending photos.
func TestSlowResidents(t *testing.T) {
	t.Parallel()
	b := setup(t, 10).again(func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.1"} })
	b.token = b.newToken("dispatcher everywhere", lintu.ReportCases)
	area, err := lintu.ParseID(b.idOf("area", "level", "grid"))
	if err != nil {
		t.Fatal(err)
	}
	door, err := b.db.MakeDoor(t.Context(), tenant, lintu.GridDoor, area, operator)
	if err != nil {
		t.Fatal(err)
	}
	at := func() string { return "/api/v1/door/" + door.Code + "/photos/" + lintu.NewID().String() }
	one := picture(t, 40, 30, 0)
	for range 8 {
		c := b.dial()
		defer c.Close()
		if _, err := fmt.Fprintf(c, "PUT %s HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 10.1.1.1\r\nSec-Fetch-Site: same-origin\r\nContent-Length: 100000\r\n\r\n%s", at(), make([]byte, 50000)); err != nil {
			t.Fatal(err)
		}
	}
	from := func(address, path string) int {
		return b.do("PUT", path, bytes.NewReader(one), "X-Forwarded-For", address, "Sec-Fetch-Site", "same-origin", "Cookie", "none=1").StatusCode
	}
	b.until("all places of the network are taken", func() bool { return from("10.1.1.1", at()) == http.StatusTooManyRequests })
	if got := from("10.2.2.2", at()); got != http.StatusCreated {
		t.Errorf("another network: %d", got)
	}
	if a := b.do("PUT", "/api/v1/photos/"+lintu.NewID().String(), bytes.NewReader(one), "X-Forwarded-For", "10.1.1.1"); a.StatusCode != http.StatusCreated {
		t.Errorf("a worker: %d %s", a.StatusCode, a.body)
	}
}
