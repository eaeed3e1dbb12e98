package photos

import (
	"bytes"
	"encoding/binary"

	"golang.org/x/image/vp8"
	"golang.org/x/image/vp8l"

	"github.com/lintu-map/lintu"
)

// The flags of a VP8X chunk (RFC 9649, §2.7.1).
const (
	webpAnimated = 1 << 1
	webpAlpha    = 1 << 4
	webpICC      = 1 << 5
)

// webpFile is a WebP taken apart.
type webpFile struct {
	kind     string // "VP8 " with loss, "VP8L" without
	image    []byte
	alpha    []byte // data of ALPH
	canvas   []byte // data of VP8X
	icc      []byte // cleaned
	exif     []byte // TIFF structure
	animated bool
}

func damagedWebP() *lintu.Error {
	return lintu.Errorf(lintu.CodeInvalid, "照片文件不完整或已损坏（WebP），请重新拍摄或重新发送。",
		"The picture is cut off or damaged (WebP); please send it again or take another.")
}

// parseWebP takes a WebP apart up to the end that its header gives.
func parseWebP(b []byte) (*webpFile, error) {
	size := uint64(binary.LittleEndian.Uint32(b[4:])) + 8
	if size > uint64(len(b)) {
		return nil, damagedWebP()
	}
	f := &webpFile{}
	for b = b[12:max(size, 12)]; len(b) >= 8; {
		kind, n := string(b[:4]), uint64(binary.LittleEndian.Uint32(b[4:]))
		if n > uint64(len(b)-8) {
			return nil, damagedWebP()
		}
		f.chunk(kind, b[8:8+n])
		b = b[min(8+n+n&1, uint64(len(b))):]
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	return f, f.cut()
}

func (f *webpFile) chunk(kind string, data []byte) {
	switch kind {
	case "VP8 ", "VP8L":
		if f.image == nil {
			f.kind, f.image = kind, data
		}
	case "VP8X":
		if len(data) == 10 && f.canvas == nil {
			f.canvas = data
			f.animated = data[0]&webpAnimated != 0
		}
	case "ALPH":
		if f.alpha == nil {
			f.alpha = data
		}
	case "ICCP":
		f.icc = cleanICC(data)
	case "EXIF":
		f.exif = bytes.TrimPrefix(data, []byte("Exif\x00\x00"))
	case "ANIM", "ANMF":
		f.animated = true
	}
}

// check looks at the size of the picture before anything is decoded.
func (f *webpFile) check() error {
	if f.animated {
		return lintu.Errorf(lintu.CodeInvalid, "动态图片（WebP 动画）不能作为照片，请发送静态照片。", "A moving picture (animated WebP) cannot be used; please send a still one.")
	}
	width, height, ok := f.size()
	if !ok {
		return damagedWebP()
	}
	if err := checkSize(width, height); err != nil {
		return err
	}
	// Without loss, and so alpha, takes two pictures of four bytes.
	return checkMemory(width * height * 8)
}

// cut leaves out what stands behind the end of the coded picture within its chunk.
// Without loss the end is where the decoder stops to read. With loss the format does
// not say, and a decoder that gets by with less than the chunk has tells that
// something else is in it: that file is damaged.
func (f *webpFile) cut() error {
	if f.kind == "VP8L" {
		n, err := lengthVP8L(f.image)
		if err != nil {
			return damagedWebP().Because(err)
		}
		f.image = f.image[:n]
		return nil
	}
	if n := len(f.image) - webpStray; n >= 10 {
		d := vp8.NewDecoder()
		d.Init(bytes.NewReader(f.image[:n]), n)
		if _, err := d.DecodeFrameHeader(); err == nil {
			if _, err := d.DecodeFrame(); err == nil {
				return damagedWebP()
			}
		}
	}
	return f.cutAlpha()
}

// webpStray is how many bytes a coder may leave behind the picture.
const webpStray = 16

// cutAlpha does so with the transparency (RFC 9649, §2.7.1.2): bytes as they are, or
// a picture without loss whose header is left out.
func (f *webpFile) cutAlpha() error {
	if len(f.alpha) < 1 {
		return nil
	}
	width, height, _ := f.size()
	n := 1 + width*height
	if f.alpha[0]&3 == 1 {
		w, h := width-1, height-1
		header := []byte{0x2f, byte(w), byte(w>>8) | byte(h<<6), byte(h >> 2), byte(h >> 10)}
		length, err := lengthVP8L(append(header, f.alpha[1:]...))
		if err != nil {
			return damagedWebP().Because(err)
		}
		n = 1 + length - len(header)
	}
	f.alpha = f.alpha[:min(n, len(f.alpha))]
	return nil
}

// lengthVP8L is how much of b a picture without loss takes: of a ByteReader its
// decoder reads no byte too many.
func lengthVP8L(b []byte) (int, error) {
	in := bytes.NewReader(b)
	_, err := vp8l.Decode(in)
	return len(b) - in.Len(), err
}

// size reads the frame's own size (RFC 6386, §9.1; RFC 9649, §3.4), which that of
// the canvas must repeat.
func (f *webpFile) size() (width, height int, ok bool) {
	b := f.image
	switch {
	case f.kind == "VP8 " && len(b) >= 10 && b[0]&1 == 0 && string(b[3:6]) == "\x9d\x01\x2a":
		width, height = int(binary.LittleEndian.Uint16(b[6:]))&0x3fff, int(binary.LittleEndian.Uint16(b[8:]))&0x3fff
	case f.kind == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(b[1:])
		width, height = int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1
	default:
		return 0, 0, false
	}
	if c := f.canvas; c != nil {
		ok = width == 1+int(uint32(c[4])|uint32(c[5])<<8|uint32(c[6])<<16) && height == 1+int(uint32(c[7])|uint32(c[8])<<8|uint32(c[9])<<16)
		return width, height, ok
	}
	return width, height, true
}

// build writes the WebP anew from its picture and its colours.
func (f *webpFile) build() []byte {
	var body []byte
	hasAlpha := f.canvas != nil && f.canvas[0]&webpAlpha != 0
	if hasAlpha || f.icc != nil {
		canvas := f.extended(hasAlpha)
		body = appendRIFF(body, "VP8X", canvas)
		if f.icc != nil {
			body = appendRIFF(body, "ICCP", f.icc)
		}
		if hasAlpha && f.alpha != nil && f.kind == "VP8 " {
			body = appendRIFF(body, "ALPH", f.alpha)
		}
	}
	body = appendRIFF(body, f.kind, f.image)
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body)+4))
	return append(append(out, "WEBP"...), body...)
}

// extended is the data of a VP8X chunk.
func (f *webpFile) extended(hasAlpha bool) []byte {
	width, height, _ := f.size()
	w, h := uint32(width-1), uint32(height-1)
	canvas := []byte{0, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)}
	if hasAlpha {
		canvas[0] |= webpAlpha
	}
	if f.icc != nil {
		canvas[0] |= webpICC
	}
	return canvas
}

func appendRIFF(to []byte, kind string, data []byte) []byte {
	to = append(to, kind...)
	to = binary.LittleEndian.AppendUint32(to, uint32(len(data)))
	to = append(to, data...)
	return append(to, make([]byte, len(data)&1)...)
}
