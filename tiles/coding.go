package tiles

import (
	"bytes"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/lintu-map/lintu"
)

// The levels, chosen by measurement; docs/performance.md has the table.
const (
	gzipLevel   = gzip.BestSpeed
	brotliLevel = 3 // of the newer of the two packers that the library has
	zstdLevel   = zstd.SpeedDefault
)

// packer compresses messages, one after the other.
type packer interface {
	io.WriteCloser
	Reset(w io.Writer)
}

// packers are used again: each holds tables of up to a few MB.
var packers = [lintu.Codings]sync.Pool{
	lintu.Gzip: {New: func() any {
		w, err := gzip.NewWriterLevel(nil, gzipLevel)
		return made(w, err)
	}},
	lintu.Brotli: {New: func() any { return brotli.NewWriterV2(nil, brotliLevel) }},
	lintu.Zstd: {New: func() any {
		// One goroutine, so that equal messages give equal bytes.
		w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstdLevel), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
		return made(w, err)
	}},
}

// made is a packer; its options are constants, so that it can be made.
func made(w packer, err error) packer {
	if err != nil {
		panic(err)
	}
	return w
}

// draft lends memory in which a tile is drawn or packed before it is copied at its
// length. To let that grow for each tile would cost more than drawing it.
type draft struct{ bytes []byte }

var drafts = sync.Pool{New: func() any { return &draft{} }}

// Compress packs a message. Equal messages give equal bytes: no header holds a name
// or a time.
func Compress(message []byte, c lintu.Coding) ([]byte, error) {
	if c == lintu.Plain || len(message) == 0 {
		return message, nil
	}
	w := packers[c].Get().(packer)
	defer packers[c].Put(w)
	d := drafts.Get().(*draft)
	defer drafts.Put(d)
	out := bytes.NewBuffer(d.bytes[:0])
	w.Reset(out)
	if _, err := w.Write(message); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	d.bytes = out.Bytes()
	return bytes.Clone(d.bytes), nil
}
