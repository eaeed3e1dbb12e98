package photos_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/photos"
)

// patched is a file with other bytes at a place.
func patched(file []byte, at int, with string) []byte {
	b := slices.Clone(file)
	copy(b[at:], with)
	return b
}

// sized is a JPEG whose frame says that it has another size.
func sized(file []byte, w, h int) []byte {
	at := max(bytes.Index(file, []byte{0xff, 0xc0, 0}), bytes.Index(file, []byte{0xff, 0xc2, 0}))
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, uint16(h)), uint16(w))
	return patched(file, at+5, string(size))
}

func pngHeader(w, h uint32, depth, colour, interlace byte) []byte {
	size := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", string(append(size, depth, colour, 0, 0, interlace)))...)
}

// TestHostilePictures: what is no picture, or more than one can be given, is
// refused with the code that says why.
func TestHostilePictures(t *testing.T) {
	t.Parallel()
	plain := plain(t)
	jpg, pngFile := plain["jpeg.go"], plain["png.go"]
	lossless, progressive := plain["lossless.webp"], plain["progressive.jpg"]
	scanAt := bytes.LastIndex(progressive, []byte{0xff, 0xda})
	manyScans := slices.Concat(progressive[:len(progressive)-2], bytes.Repeat(progressive[scanAt:len(progressive)-2], 40), []byte{0xff, 0xd9})
	zeros := chunk("IDAT", packed(strings.Repeat("\x00", 20<<20)))
	end := chunk("IEND", "")
	for name, c := range map[string]struct {
		file []byte
		code lintu.ErrorCode
	}{
		"nothing":        {nil, lintu.CodeInvalid},
		"HTML":           {[]byte("<!doctype html><script>alert(1)</script>"), lintu.CodeInvalid},
		"SVG":            {[]byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), lintu.CodeInvalid},
		"GIF":            {[]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), lintu.CodeInvalid},
		"HEIC":           {[]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), lintu.CodeInvalid},
		"HEIC, mif1":     {[]byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic"), lintu.CodeInvalid},
		"MP4":            {[]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), lintu.CodeInvalid},
		"a head only":    {jpg[:20], lintu.CodeInvalid},
		"JPEG, huge":     {sized(jpg, 65500, 65500), lintu.CodeTooLarge},
		"JPEG, long":     {sized(jpg, 60000, 8), lintu.CodeTooLarge},
		"JPEG, taller":   {sized(jpg, 45, 3000), lintu.CodeInvalid}, // there is not so much
		"JPEG, flat":     {sized(jpg, 45, 0), lintu.CodeInvalid},
		"JPEG, costly":   {sized(plain["progressive444.jpg"], 6000, 6000), lintu.CodeTooLarge},
		"JPEG, scans":    {manyScans, lintu.CodeInvalid},
		"PNG, huge":      {slices.Concat(pngHeader(60000, 60000, 8, 6, 0), zeros, end), lintu.CodeTooLarge},
		"PNG, deep":      {slices.Concat(pngHeader(6000, 6000, 16, 6, 0), zeros, end), lintu.CodeTooLarge},
		"PNG, 2^31":      {slices.Concat(pngHeader(1<<31, 1<<31, 8, 6, 0), zeros, end), lintu.CodeTooLarge},
		"PNG, bomb":      {slices.Concat(pngHeader(4, 4, 8, 6, 0), zeros, end), lintu.CodeInvalid},
		"PNG, no data":   {slices.Concat(pngHeader(4, 4, 8, 6, 0), end), lintu.CodeInvalid},
		"PNG, long":      {slices.Concat(pngFile[:8], []byte{0xff, 0xff, 0xff, 0xff}, []byte("IHDR"), pngFile[16:]), lintu.CodeInvalid},
		"PNG, checksum":  {patched(pngFile, len(pngFile)-20, "xx"), lintu.CodeInvalid},
		"WebP, huge":     {patched(lossless, 21, "\xff\xff\xff\x0f"), lintu.CodeTooLarge},
		"WebP, canvas":   {extended(lossless, 16383, 16383, 0), lintu.CodeInvalid},
		"WebP, animated": {extended(lossless, 45, 31, 2, riff("ANIM", "\x00\x00\x00\x00\x00\x00")), lintu.CodeInvalid},
		"WebP, frames":   {extended(lossless, 45, 31, 0, riff("ANMF", strings.Repeat("\x00", 24))), lintu.CodeInvalid},
		"WebP, appended": {grown(plain["lossy.webp"]), lintu.CodeInvalid},
	} {
		if _, _, err := photos.Strip(c.file); lintu.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, _, err := photos.Strip([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"))
	if e := lintu.AsError(err); !strings.Contains(e.Text.EN, "Most Compatible") || !strings.Contains(e.Text.ZH, "兼容性最佳") {
		t.Errorf("HEIC: %v", e.Text)
	}
}

// grown is a WebP with loss whose picture's chunk goes on behind the picture.
func grown(file []byte) []byte {
	b := append(slices.Clone(file), make([]byte, 400)...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	binary.LittleEndian.PutUint32(b[16:], uint32(len(b)-20))
	return b
}

// TestCutPictures: no beginning of a file passes for the whole.
func TestCutPictures(t *testing.T) {
	t.Parallel()
	for name, file := range plain(t) {
		for n := range file {
			if _, _, err := photos.Strip(file[:n]); lintu.CodeOf(err) != lintu.CodeInvalid {
				t.Fatalf("%d bytes of the %d of %s: %v", n, len(file), name, err)
			}
		}
	}
}

func TestTooManyBytes(t *testing.T) {
	t.Parallel()
	s := open(t)
	file := plainJPEG(t, 40, 30)
	comment := segment(0xfe, strings.Repeat("x", 60000))
	fits := (lintu.PhotoBytesMax - len(file)) / len(comment)
	large := after(file, slices.Repeat([][]byte{comment}, fits)...)
	p := put(t, s, large)
	if full, _ := shown(t, s, p.ID, lintu.PhotoFull); len(full) > len(file) {
		t.Errorf("%d bytes of comments are kept", len(full)-len(file))
	}
	if code := codeOf(t, s, after(large, comment)); code != lintu.CodeTooLarge {
		t.Errorf("too many bytes: %s", code)
	}
}

// TestOrientation: each of the eight ways to hold a camera ends upright, in the
// thumbnail and in a PNG, which is turned.
func TestOrientation(t *testing.T) {
	t.Parallel()
	upright := decode(t, second(t, plainJPEG(t, 64, 48)))
	for o := range uint16(8) {
		exif := someEXIF(binary.BigEndian, o+1)
		pixels := turnedBack(drawing(64, 48), int(o+1))
		var files [2][]byte
		files[0] = after(jpegOf(t, pixels), segment(0xe1, "Exif\x00\x00"+exif))
		files[1] = afterHeader(pngOf(t, pixels), chunk("eXIf", exif))
		for i, file := range files {
			full, thumb, err := photos.Strip(file)
			if err != nil {
				t.Fatal(err)
			}
			m := decode(t, thumb)
			if m.Bounds() != upright.Bounds() || !alike(m, upright) {
				t.Errorf("orientation %d, file %d: the thumbnail is not upright", o+1, i)
			}
			if i == 1 && !samePixels(decode(t, full), decode(t, pngOf(t, drawing(64, 48)))) {
				t.Errorf("orientation %d: the PNG is not upright", o+1)
			}
			if got, _, _ := photos.ReadEXIF(exifOf(full)); i == 0 && got != byte(o+1) {
				t.Errorf("orientation %d: the JPEG says %d", o+1, got)
			}
		}
	}
}
