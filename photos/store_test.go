package photos_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	_ "image/jpeg"
	"io"
	"math"
	"sync"
	"testing"
	"time"

	_ "golang.org/x/image/webp"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/photos"
)

const tenant = 7

func open(t testing.TB) *photos.Store {
	t.Helper()
	s, err := photos.OpenFiles(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s *photos.Store, b []byte) *lintu.Photo {
	t.Helper()
	p, created, err := s.Put(context.Background(), tenant, lintu.NewID(), bytes.NewReader(b))
	if err != nil || !created {
		t.Fatalf("created %v: %v", created, err)
	}
	return p
}

func shown(t testing.TB, s *photos.Store, id lintu.ID, size lintu.PhotoSize) ([]byte, *lintu.Photo) {
	t.Helper()
	r, p, err := s.Open(context.Background(), tenant, id, size)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil || int64(len(b)) != p.Bytes {
		t.Fatalf("%d bytes of %d: %v", len(b), p.Bytes, err)
	}
	return b, p
}

func codeOf(t testing.TB, s *photos.Store, b []byte) lintu.ErrorCode {
	t.Helper()
	_, _, err := s.Put(context.Background(), tenant, lintu.NewID(), bytes.NewReader(b))
	return lintu.CodeOf(err)
}

func TestPhoto(t *testing.T) {
	t.Parallel()
	checkPhoto(t, open(t))
}

func checkPhoto(t *testing.T, s *photos.Store) {
	t.Helper()
	order := binary.LittleEndian
	upload := after(plainJPEG(t, 800, 600), segment(0xe1, "Exif\x00\x00"+someEXIF(order, 6)), segment(0xe1, xmpName+canary), segment(0xfe, canary))
	p := put(t, s, upload)
	if p.Width != 600 || p.Height != 800 || p.Type != "image/jpeg" || p.Bytes != int64(len(upload)) {
		t.Errorf("%+v", p)
	}
	if p.Lon == nil || math.Abs(*p.Lon-113.63) > 1e-8 || math.Abs(*p.Lat-28.16) > 1e-8 {
		t.Errorf("position %v %v", p.Lon, p.Lat)
	}
	if p.TakenAt == nil || !p.TakenAt.Equal(time.Date(2025, 5, 1, 0, 30, 0, 0, time.UTC)) {
		t.Errorf("taken at %v", p.TakenAt)
	}
	full, _ := shown(t, s, p.ID, lintu.PhotoFull)
	thumb, q := shown(t, s, p.ID, lintu.PhotoThumb)
	for name, b := range map[string][]byte{"full": full, "thumb": thumb} {
		if bytes.Contains(b, []byte("CANARY")) || bytes.Contains(b, []byte("ns.adobe.com")) {
			t.Errorf("%s shows what is private", name)
		}
	}
	m, kind, err := image.Decode(bytes.NewReader(thumb))
	if err != nil || kind != "jpeg" || q.Type != "image/jpeg" || m.Bounds().Size() != image.Pt(240, 320) {
		t.Fatalf("thumb %s %v %v", kind, m.Bounds(), err)
	}
	// Orientation 6: the left column of the file is the top row.
	if r, g, b, _ := m.At(30, 30).RGBA(); b < 40000 || r > 20000 || g > 20000 {
		t.Errorf("top left is %x %x %x, not blue", r, g, b)
	}
	found, err := s.Find(context.Background(), tenant, p.ID)
	if err != nil || found.SHA256 != p.SHA256 || *found.Lon != *p.Lon || !found.TakenAt.Equal(*p.TakenAt) {
		t.Errorf("found %+v %v", found, err)
	}
	if _, err := s.Find(context.Background(), tenant+1, p.ID); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("another tenant finds it: %v", err)
	}
}

func TestSameIDAgain(t *testing.T) {
	t.Parallel()
	checkSameIDAgain(t, open(t))
}

func checkSameIDAgain(t *testing.T, s *photos.Store) {
	t.Helper()
	ctx := context.Background()
	one, other := plainJPEG(t, 40, 30), plainJPEG(t, 30, 40)
	p := put(t, s, one)
	again, created, err := s.Put(ctx, tenant, p.ID, bytes.NewReader(one))
	if err != nil || created || again.SHA256 != p.SHA256 {
		t.Errorf("again: %v %v %v", again, created, err)
	}
	if _, _, err := s.Put(ctx, tenant, p.ID, bytes.NewReader(other)); lintu.CodeOf(err) != lintu.CodeConflict {
		t.Errorf("other bytes: %v", err)
	}
	now := time.Now()
	for _, early := range []time.Time{now.Add(-time.Hour), now.Add(time.Hour), now.Add(time.Hour)} {
		if _, err := s.Find(ctx, tenant, p.ID); err != nil && early.Before(now) {
			t.Errorf("deleted too early: %v", err)
		}
		if err := s.Delete(ctx, tenant, p.ID, early); err != nil {
			t.Errorf("before %v: %v", early, err)
		}
	}
	if _, _, err := s.Open(ctx, tenant, p.ID, lintu.PhotoFull); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("deleted: %v", err)
	}
}

// TestAtOnce: of many who send two pictures under one id, one picture wins.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	checkAtOnce(t, open(t))
}

func checkAtOnce(t *testing.T, s *photos.Store) {
	t.Helper()
	id := lintu.NewID()
	uploads := [][]byte{plainJPEG(t, 40, 30), plainJPEG(t, 30, 40)}
	var mu sync.Mutex
	var wg sync.WaitGroup
	sums, made, refused := map[string]int{}, 0, 0
	for i := range 16 {
		wg.Go(func() {
			p, created, err := s.Put(context.Background(), tenant, id, bytes.NewReader(uploads[i%2]))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case lintu.CodeOf(err) == lintu.CodeConflict:
				refused++
			case err != nil:
				t.Error(err)
			default:
				sums[p.SHA256]++
			}
			if created {
				made++
			}
		})
	}
	wg.Wait()
	if len(sums) != 1 || made != 1 || refused != 8 {
		t.Errorf("%v, made %d times, %d refused", sums, made, refused)
	}
}
