package importer

import (
	"errors"
	"io"
)

// windowBytes is how much of a file is in memory at a time while it is read
// from its start to its end. After a jump less is read ahead.
const (
	windowBytes = 256 << 10
	jumpBytes   = 4 << 10
)

// blob is a file that can be read at any place. Its size is true, never claimed.
type blob struct {
	io.ReaderAt
	size int64
}

// window reads a blob mostly forwards, in pieces that grow while it does.
type window struct {
	blob  blob
	start int64 // offset of buf[0]
	buf   []byte
	ahead int // how much to read next
}

// at returns n bytes at off, valid until the next call, or fewer at the end of
// the file. The caller has bounded n.
func (w *window) at(off int64, n int) ([]byte, error) {
	if off < 0 || off >= w.blob.size {
		return nil, nil
	}
	if off < w.start || off+int64(n) > w.start+int64(len(w.buf)) {
		if w.forwards(off) {
			w.ahead = min(4*w.ahead, windowBytes)
		} else {
			w.ahead = jumpBytes
		}
		if err := w.fill(off, max(n, w.ahead)); err != nil {
			return nil, err
		}
	}
	b := w.buf[off-w.start:]
	return b[:min(n, len(b))], nil
}

// forwards reports whether off lies in what was read or right behind it.
func (w *window) forwards(off int64) bool {
	return w.ahead > 0 && off >= w.start && off <= w.start+int64(len(w.buf))+shpRecordHead
}

func (w *window) fill(off int64, n int) error {
	if cap(w.buf) < n {
		w.buf = make([]byte, 0, min(int64(n), w.blob.size))
	}
	want := int(min(int64(n), w.blob.size-off))
	got, err := w.blob.ReadAt(w.buf[:want], off)
	w.start, w.buf = off, w.buf[:got]
	if err != nil && !(errors.Is(err, io.EOF) && got == want) {
		return unreadable(err)
	}
	return nil
}
