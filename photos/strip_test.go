package photos_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/webp"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/photos"
)

// plain are files without anything beside the picture, by what is in them.
func plain(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"jpeg.go": plainJPEG(t, 45, 31), "png.go": plainPNG(t, 45, 31), "restart": restartJPEG(16, 4)}
	for _, name := range []string{"422.jpg", "gray.jpg", "cmyk.jpg", "progressive.jpg", "progressive444.jpg", "interlaced.png", "lossy.webp", "lossless.webp", "alpha.webp"} {
		files[name] = stored(t, name)
	}
	var palette bytes.Buffer
	p := image.NewPaletted(image.Rect(0, 0, 45, 31), color.Palette{color.NRGBA{200, 0, 0, 255}, color.NRGBA{0, 200, 0, 100}, color.NRGBA{0, 0, 200, 0}})
	for i := range p.Pix {
		p.Pix[i] = byte(i % 3)
	}
	if err := png.Encode(&palette, p); err != nil {
		t.Fatal(err)
	}
	files["palette.png"] = palette.Bytes()
	return files
}

// restartJPEG is a gray picture of n blocks in a row with a restart marker after
// each interval of them. Its two Huffman tables have one code each: no change, and
// end of block.
func restartJPEG(n, interval int) []byte {
	b := []byte{0xff, 0xd8}
	b = append(b, segment(0xdb, "\x00"+strings.Repeat("\x10", 64))...)
	b = append(b, segment(0xc0, string([]byte{8, 0, 8, 0, byte(8 * n), 1, 1, 0x11, 0}))...)
	for class := range byte(2) {
		b = append(b, segment(0xc4, string([]byte{class << 4, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))...)
	}
	b = append(b, segment(0xdd, string([]byte{0, byte(interval)}))...)
	b = append(b, segment(0xda, "\x01\x01\x00\x00\x3f\x00")...)
	for i := 0; i < n; i += interval {
		if i > 0 {
			b = append(b, 0xff, 0xd0+byte(i/interval-1)%8)
		}
		b = append(b, make([]byte, (2*interval+7)/8)...)
	}
	return append(b, 0xff, 0xd9)
}

func decode(t testing.TB, b []byte) image.Image {
	t.Helper()
	read := jpeg.Decode
	switch {
	case bytes.HasPrefix(b, []byte("\x89PNG")):
		read = png.Decode
	case bytes.HasPrefix(b, []byte("RIFF")):
		read = webp.Decode
	}
	m, err := read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

func TestPixelsStay(t *testing.T) {
	t.Parallel()
	for name, file := range plain(t) {
		full, thumb, err := photos.Strip(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !samePixels(decode(t, full), decode(t, file)) {
			t.Errorf("%s shows other pixels", name)
		}
		if m := decode(t, thumb); m.Bounds() != decode(t, file).Bounds() {
			t.Errorf("%s: thumbnail of %v", name, m.Bounds())
		}
		again, _, err := photos.Strip(full)
		if err != nil || !bytes.Equal(again, full) {
			t.Errorf("%s: taken apart twice it differs: %v", name, err)
		}
	}
}

// screenICC is a profile of sRGB's primaries that names a screen.
func screenICC() string {
	curve := "curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33"
	xyz := "XYZ \x00\x00\x00\x00" + "\x00\x00\x6f\xa2\x00\x00\x38\xf5\x00\x00\x03\x90"
	tags := [][2]string{{"desc", "desc\x00\x00\x00\x00" + canary}, {"mmod", "mmod\x00\x00\x00\x00" + canary}, {"cprt", "text\x00\x00\x00\x00" + canary},
		{"rXYZ", xyz}, {"gXYZ", xyz}, {"bXYZ", xyz}, {"wtpt", xyz}, {"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve}}
	var table, body []byte
	for _, tag := range tags {
		table = append(table, tag[0]...)
		table = binary.BigEndian.AppendUint32(table, uint32(132+12*len(tags)+len(body)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(tag[1])))
		body = append(body, tag[1]...)
		body = append(body, make([]byte, -len(body)&3)...)
	}
	head := make([]byte, 128)
	copy(head[8:], "\x02\x10\x00\x00mntrRGB XYZ ")
	copy(head[36:], "acspAPPL")
	copy(head[48:], "CANARY")
	binary.BigEndian.PutUint32(head, uint32(132+len(table)+len(body)))
	return string(slices.Concat(head, binary.BigEndian.AppendUint32(nil, uint32(len(tags))), table, body))
}

func packed(s string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}

// private are files with everything in them that must not be shown.
func private(t testing.TB) map[string][]byte {
	t.Helper()
	order, plain := binary.BigEndian, plain(t)
	exif := someEXIF(order, 1)
	many := strings.Repeat(canary, 3)
	segments := [][]byte{
		segment(0xe0, "JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x01\x01CAN"), segment(0xe0, "JFXX\x00\x10"+string(plain["gray.jpg"])+many),
		segment(0xe1, "Exif\x00\x00"+exif), segment(0xe1, xmpName+many), segment(0xe1, "http://ns.adobe.com/xmp/extension/\x00"+many),
		segment(0xe2, "ICC_PROFILE\x00\x01\x01"+screenICC()), segment(0xe2, "MPF\x00"+many), segment(0xed, "Photoshop 3.0\x008BIM\x04\x04"+many),
		segment(0xee, "Adobe\x00\x64CANA\x01 CANARY"), segment(0xef, many), segment(0xfe, "<html><script>"+many+"</script>"),
	}
	trailer := slices.Concat([]byte(many), plain["gray.jpg"], segment(0xe1, xmpName+many), []byte(many+"<html>PK\x03\x04"))
	files := map[string][]byte{}
	for _, name := range []string{"jpeg.go", "422.jpg", "gray.jpg", "progressive.jpg", "restart"} {
		keep := segments
		if name == "gray.jpg" || name == "restart" { // one colour, not three
			keep = slices.Delete(slices.Clone(segments), 8, 9)
		}
		b := after(plain[name], keep...)
		last := bytes.LastIndex(b, []byte{0xff, 0xda})
		files[name] = slices.Concat(b[:last], segment(0xfe, many), b[last:], trailer)
	}
	chunks := [][]byte{chunk("iCCP", "CANARY\x00\x00"+packed(screenICC())), chunk("tEXt", "Comment\x00"+many), chunk("zTXt", "Raw profile type exif\x00\x00"+packed(many)),
		chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmpName+many), chunk("eXIf", exif), chunk("acTL", "\x00\x00\x00\x02\x00\x00\x00\x00"), chunk("prVt", many), chunk("PRVT", many)}
	for _, name := range []string{"png.go", "interlaced.png", "palette.png"} {
		b := afterHeader(plain[name], chunks...)
		end := len(b) - 12
		files[name] = slices.Concat(b[:end], chunk("IDAT", many), chunk("fdAT", many), chunk("tEXt", many), b[end:], trailer)
	}
	more := [][]byte{riff("EXIF", exif), riff("XMP ", xmpName+many), riff("CANA", many)}
	files["lossless.webp"] = append(extended(plain["lossless.webp"], 45, 31, 0x0c, more...), trailer...)
	files["lossy.webp"] = append(extended(plain["lossy.webp"], 45, 31, 0x0c, more...), trailer...)
	return files
}

// shows names what is in a file that must not be shown.
func shows(b []byte) string {
	for _, mark := range []string{"CANA", "ns.adobe.com", "Photoshop 3.0", "MPF\x00", "JFXX", "<html", "tEXt", "iTXt", "zTXt", "eXIf", "EXIF", "XMP ", "fdAT", "desc", "mmod", "cprt"} {
		if bytes.Contains(b, []byte(mark)) {
			return mark
		}
	}
	// A number for the orientation may stand there and nothing else.
	if at := bytes.Index(b, []byte("Exif\x00\x00")); at >= 0 {
		own := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00?\x00\x00\x00\x00\x00\x00")
		if at+len(own) > len(b) || binary.BigEndian.Uint16(b[at-2:]) != uint16(len(own)+2) || bytes.Count(b, []byte("Exif")) > 1 {
			return "Exif"
		}
		own[25] = b[at+25]
		if !bytes.Equal(own, b[at:at+len(own)]) {
			return "Exif"
		}
	}
	return ""
}

func TestNothingPrivateIsShown(t *testing.T) {
	t.Parallel()
	plain := plain(t)
	for name, file := range private(t) {
		if shows(file) == "" {
			t.Fatalf("%s has nothing private", name)
		}
		full, thumb, err := photos.Strip(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if mark := shows(full) + shows(thumb); mark != "" {
			t.Errorf("%s shows %q", name, mark)
		}
		if !samePixels(decode(t, full), decode(t, plain[name])) {
			t.Errorf("%s shows other pixels", name)
		}
		if colour := strings.HasPrefix(name, "png") || name == "jpeg.go"; colour && !bytes.Contains(full, []byte("iCCP")) && !bytes.Contains(full, []byte("ICC_PROFILE")) {
			t.Errorf("%s has lost its colour profile", name)
		}
	}
}

// TestColourProfile: what is kept of a profile says the same about colours.
func TestColourProfile(t *testing.T) {
	t.Parallel()
	full, thumb, err := photos.Strip(after(plainJPEG(t, 400, 300), segment(0xe2, "ICC_PROFILE\x00\x01\x01"+screenICC())))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"full": full, "thumb": thumb} {
		at := bytes.Index(b, []byte("ICC_PROFILE\x00\x01\x01"))
		if at < 0 {
			t.Fatalf("%s has no profile", name)
		}
		icc := b[at+14 : at-2+int(binary.BigEndian.Uint16(b[at-2:]))]
		if int(binary.BigEndian.Uint32(icc)) != len(icc) || binary.BigEndian.Uint32(icc[128:]) != 7 {
			t.Fatalf("%s: a profile of %d bytes and %d tags: %q", name, len(icc), binary.BigEndian.Uint32(icc[128:]), icc)
		}
		for i := range 7 {
			tag := icc[132+12*i:]
			from, n := binary.BigEndian.Uint32(tag[4:]), binary.BigEndian.Uint32(tag[8:])
			if kind := string(icc[from : from+4]); kind != "curv" && kind != "XYZ " || from+n > uint32(len(icc)) {
				t.Errorf("%s: tag %s is %q", name, tag[:4], icc[from:from+n])
			}
		}
	}
}

// TestMutations: whatever is broken in a file, it is refused, or nothing of what
// must not be shown is.
func TestMutations(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	for name, file := range private(t) {
		accepted := 0
		for range rounds {
			broken := mutate(random, file)
			full, thumb, err := photos.Strip(broken)
			if err != nil {
				if code := lintu.CodeOf(err); code != lintu.CodeInvalid && code != lintu.CodeTooLarge {
					t.Fatalf("%s: %v", name, err)
				}
				continue
			}
			accepted++
			if mark := shows(full) + shows(thumb); mark != "" {
				t.Fatalf("%s shows %q: %q", name, mark, full)
			}
		}
		t.Logf("%s: %d of %d accepted", name, accepted, rounds)
	}
}

// mutate breaks a file in one place.
func mutate(random *rand.Rand, file []byte) []byte {
	at := random.IntN(len(file))
	n := min(1+random.IntN(1<<random.IntN(8)), len(file)-at)
	switch random.IntN(5) {
	case 0:
		b := slices.Clone(file)
		b[at] ^= 1 << random.IntN(8)
		return b
	case 1:
		b := slices.Clone(file)
		b[at] = byte(random.Uint32())
		return b
	case 2:
		return slices.Delete(slices.Clone(file), at, at+n)
	case 3:
		return slices.Insert(slices.Clone(file), at, noise(random, n)...)
	default:
		return slices.Replace(slices.Clone(file), at, at+n, noise(random, n)...)
	}
}

// noise is what is put in: not bytes of elsewhere in the file, which could be
// private, in a place of the picture's own.
func noise(random *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

// FuzzStrip: no file ends the process, and what is shown is a picture that shown
// again is the same.
func FuzzStrip(f *testing.F) {
	for _, file := range private(f) {
		f.Add(file)
	}
	for _, file := range plain(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		full, thumb, err := photos.Strip(b)
		if err != nil {
			return
		}
		decode(t, thumb)
		again, _, err := photos.Strip(full)
		if err != nil || !bytes.Equal(again, full) {
			t.Errorf("taken apart twice it differs: %v", err)
		}
	})
}

func FuzzEXIF(f *testing.F) {
	f.Add([]byte(someEXIF(binary.LittleEndian, 3)))
	f.Add([]byte(someEXIF(binary.BigEndian, 8)))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, lon, lat := photos.ReadEXIF(b)
		if o < 1 || o > 8 || (lon == nil) != (lat == nil) || lon != nil && !(*lon >= -180 && *lon <= 180 && *lat >= -90 && *lat <= 90) {
			t.Errorf("%d %v %v", o, lon, lat)
		}
	})
}
