package photos

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"github.com/lintu-map/lintu"
)

// Store implements lintu.PhotoStore. Each picture is one object, so that it is
// there whole or not at all: a head that says what it is, then the picture as it
// is shown, then its thumbnail. The upload itself is not kept.
type Store struct {
	bucket   bucket
	spool    string        // where uploads wait, unnamed, until they have come whole
	decoding chan struct{} // places to decode, each of up to some 300 MB
}

// decodingMax is how many pictures are decoded at once.
const decodingMax = 2

// bucket is where objects lie. Keys are "tenant/id". What is not there is
// fs.ErrNotExist.
type bucket interface {
	// create writes an object for good, and is fs.ErrExist where there is one.
	create(ctx context.Context, key string, content []byte) error
	// renew makes an object as young as a new one, and as lasting.
	renew(ctx context.Context, key string) error
	// open reads n bytes of an object from an offset on.
	open(ctx context.Context, key string, from, n int64) (io.ReadCloser, error)
	// remove removes an object that was created or renewed before the instant.
	remove(ctx context.Context, key string, before time.Time) error
}

// head is the beginning of an object: JSON, filled up with spaces.
type head struct {
	lintu.Photo
	FullType  string `json:"fullType"`
	FullBytes int64  `json:"fullBytes"`
	Thumb     int64  `json:"thumbBytes"`
}

const headBytes = 1024

func key(tenant int32, id lintu.ID) string { return fmt.Sprintf("%d/%s", tenant, id) }

func noPhoto(id lintu.ID) error {
	return lintu.Errorf(lintu.CodeNotFound, "没有编号为 %s 的照片；请重新发送。", "There is no picture %s; please send it again.", id)
}

// Put implements lintu.PhotoStore.
func (s *Store) Put(ctx context.Context, tenant int32, id lintu.ID, body io.Reader) (*lintu.Photo, bool, error) {
	upload, sum, err := s.receive(body)
	if err != nil {
		return nil, false, err
	}
	defer upload.Close()
	if p, err := s.again(ctx, tenant, id, sum); lintu.CodeOf(err) != lintu.CodeNotFound {
		return p, false, err
	}
	h, content, err := s.prepare(ctx, id, upload, sum)
	if err != nil {
		return nil, false, err
	}
	err = s.bucket.create(ctx, key(tenant, id), content)
	if errors.Is(err, fs.ErrExist) { // somebody sent the same id meanwhile
		p, err := s.again(ctx, tenant, id, sum)
		return p, false, err
	}
	if err != nil {
		return nil, false, unkept(err)
	}
	return &h.Photo, true, nil
}

// again is what is there under the id, which must be the same upload, and is then
// as lasting and as young as if it had been written now.
func (s *Store) again(ctx context.Context, tenant int32, id lintu.ID, sum string) (*lintu.Photo, error) {
	h, err := s.head(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	if h.SHA256 != sum {
		return nil, taken(id)
	}
	err = s.bucket.renew(ctx, key(tenant, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noPhoto(id)
	}
	if err != nil {
		return nil, unkept(err)
	}
	return &h.Photo, nil
}

func taken(id lintu.ID) error {
	return lintu.Errorf(lintu.CodeConflict, "编号 %s 已用于另一张照片；请换一个编号。", "The id %s is taken by another picture; use another.", id)
}

// receive copies an upload to the disk, so that slow phones hold no memory. The
// file has no name and is gone when it is closed, or the process ends.
func (s *Store) receive(body io.Reader) (f *os.File, sum string, err error) {
	if f, err = os.CreateTemp(s.spool, "photo-*"); err != nil {
		return nil, "", unkept(err)
	}
	defer func() {
		if err != nil {
			_ = f.Close() // nothing is lost with it
		}
	}()
	if err = os.Remove(f.Name()); err != nil {
		return nil, "", unkept(err)
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, hash), io.LimitReader(body, lintu.PhotoBytesMax+1))
	if err != nil {
		return nil, "", unkept(err)
	}
	if n > lintu.PhotoBytesMax {
		return nil, "", lintu.Errorf(lintu.CodeTooLarge, "照片超过上限 %d MB；请缩小后再发送。", "The picture is larger than %d MB; please make it smaller and send it again.", lintu.PhotoBytesMax>>20)
	}
	return f, hex.EncodeToString(hash.Sum(nil)), nil
}

// prepare makes of an upload the object that is kept.
func (s *Store) prepare(ctx context.Context, id lintu.ID, upload *os.File, sum string) (*head, []byte, error) {
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	size, err := upload.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, nil, unkept(err)
	}
	b := make([]byte, size)
	if _, err := upload.ReadAt(b, 0); err != nil {
		return nil, nil, unkept(err)
	}
	p, err := readPicture(b)
	if err != nil {
		return nil, nil, err
	}
	h := &head{Photo: lintu.Photo{ID: id, SHA256: sum, Bytes: size, Type: p.kind, Width: p.width, Height: p.height,
		TakenAt: p.takenAt, Lon: p.lon, Lat: p.lat},
		FullType: p.fullKind, FullBytes: int64(len(p.full)), Thumb: int64(len(p.thumb))}
	content, err := h.bytes()
	return h, append(append(content, p.full...), p.thumb...), err
}

func (h *head) bytes() ([]byte, error) {
	b, err := json.Marshal(h)
	if err == nil && len(b) >= headBytes {
		err = fmt.Errorf("photos: head of %d bytes", len(b))
	}
	if err != nil {
		return nil, err
	}
	return append(append(b, bytes.Repeat([]byte(" "), headBytes-1-len(b))...), '\n'), nil
}

// head reads what an object is.
func (s *Store) head(ctx context.Context, tenant int32, id lintu.ID) (*head, error) {
	r, err := s.bucket.open(ctx, key(tenant, id), 0, headBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noPhoto(id)
	}
	if err != nil {
		return nil, unread(err)
	}
	defer r.Close()
	b := make([]byte, headBytes)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, unread(err)
	}
	h := &head{}
	if err := json.Unmarshal(b, h); err != nil {
		return nil, fmt.Errorf("photo %s of tenant %d is damaged: %w", id, tenant, err)
	}
	return h, nil
}

// Find implements lintu.PhotoStore.
func (s *Store) Find(ctx context.Context, tenant int32, id lintu.ID) (*lintu.Photo, error) {
	h, err := s.head(ctx, tenant, id)
	if err != nil {
		return nil, err
	}
	return &h.Photo, nil
}

// Open implements lintu.PhotoStore.
func (s *Store) Open(ctx context.Context, tenant int32, id lintu.ID, size lintu.PhotoSize) (io.ReadCloser, *lintu.Photo, error) {
	h, err := s.head(ctx, tenant, id)
	if err != nil {
		return nil, nil, err
	}
	p := h.Photo
	from := int64(headBytes)
	if p.Type, p.Bytes = h.FullType, h.FullBytes; size == lintu.PhotoThumb {
		from += h.FullBytes
		p.Type, p.Bytes = typeJPEG, h.Thumb
	}
	r, err := s.bucket.open(ctx, key(tenant, id), from, p.Bytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, noPhoto(id)
	}
	if err != nil {
		return nil, nil, unread(err)
	}
	return r, &p, nil
}

// Delete implements lintu.PhotoStore.
func (s *Store) Delete(ctx context.Context, tenant int32, id lintu.ID, before time.Time) error {
	err := s.bucket.remove(ctx, key(tenant, id), before)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return unkept(err)
}

// unkept says that nothing could be written. What the caller's reader said is
// left as it is.
func unkept(err error) error {
	var known *lintu.Error
	switch {
	case err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return lintu.Errorf(lintu.CodeUnavailable, "服务器的磁盘已满，照片没有保存；请联系管理员，稍后再发送。",
			"The server's disk is full and the picture was not kept; please tell the administrator and send it again later.").Because(err)
	}
	return lintu.Errorf(lintu.CodeUnavailable, "照片没有保存，请稍后再发送。", "The picture was not kept; please send it again later.").Because(err)
}

func unread(err error) error {
	return lintu.Errorf(lintu.CodeUnavailable, "照片暂时无法读取，请稍后再试。", "The picture cannot be read now; please try again later.").Because(err)
}
