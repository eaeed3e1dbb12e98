package photos_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"slices"
	"testing"

	"github.com/lintu-map/lintu/photos"
)

// What must never come out, in whatever wrapping it went in.
const (
	canary  = "CANARY-of-a-private-place"
	xmpName = "http://ns.adobe.com/xap/1.0/\x00"
)

// drawing has another colour in each corner, so that turning it shows.
func drawing(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{200, 30, 30, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.NRGBA{30, 200, 30, 255}
			case x < w/2 && y >= h/2:
				c = color.NRGBA{30, 30, 200, 255}
			case x >= w/2:
				c = color.NRGBA{200, 200, 30, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func plainJPEG(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawing(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plainPNG(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, drawing(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func stored(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// segment is a JPEG segment.
func segment(marker byte, data string) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2))
	return append(b, data...)
}

// after puts segments behind a JPEG's first marker.
func after(file []byte, segments ...[]byte) []byte {
	return slices.Concat(file[:2], slices.Concat(segments...), file[2:])
}

// chunk is a PNG chunk.
func chunk(kind, data string) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), kind+data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// afterHeader puts chunks behind a PNG's first chunk.
func afterHeader(file []byte, chunks ...[]byte) []byte {
	const header = 8 + 12 + 13
	return slices.Concat(file[:header], slices.Concat(chunks...), file[header:])
}

// extended makes a WebP without VP8X one that has it, with more chunks behind the
// picture.
func extended(file []byte, w, h int, flags byte, more ...[]byte) []byte {
	canvas := string([]byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), 0, byte(h - 1), byte((h - 1) >> 8), 0})
	body := slices.Concat([]byte("WEBP"), riff("VP8X", canvas), file[12:], slices.Concat(more...))
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(body))), body...)
}

// riff is a RIFF chunk.
func riff(kind, data string) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data))), data...)
	return append(b, make([]byte, len(data)&1)...)
}

// entry is one value of an EXIF directory.
type entry struct {
	tag, kind uint16
	count     uint32
	value     []byte
}

// tiffOf writes directories one after the other: the first points at the others
// by the given tags.
func tiffOf(order binary.AppendByteOrder, main []entry, others map[uint16][]entry) string {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	size := func(list []entry) int {
		n := 2 + 12*len(list) + 4
		for _, e := range list {
			if len(e.value) > 4 {
				n += len(e.value)
			}
		}
		return n
	}
	at := 8 + size(main) + 12*len(others)
	tags := make([]uint16, 0, len(others))
	for tag := range others {
		tags = append(tags, tag)
	}
	slices.Sort(tags)
	for _, tag := range tags {
		main = append(main, entry{tag, 4, 1, order.AppendUint32(nil, uint32(at))})
		at += size(others[tag])
	}
	b = appendDirectory(b, order, main)
	for _, tag := range tags {
		b = appendDirectory(b, order, others[tag])
	}
	return string(b)
}

func appendDirectory(b []byte, order binary.AppendByteOrder, list []entry) []byte {
	at := uint32(len(b) + 2 + 12*len(list) + 4)
	b = order.AppendUint16(b, uint16(len(list)))
	var far []byte
	for _, e := range list {
		b = order.AppendUint32(order.AppendUint16(order.AppendUint16(b, e.tag), e.kind), e.count)
		if len(e.value) <= 4 {
			b = append(b, append(slices.Clone(e.value), make([]byte, 4-len(e.value))...)...)
			continue
		}
		b = order.AppendUint32(b, at+uint32(len(far)))
		far = append(far, e.value...)
	}
	return append(order.AppendUint32(b, 0), far...)
}

func short(order binary.AppendByteOrder, tag, v uint16) entry {
	return entry{tag, 3, 1, order.AppendUint16(nil, v)}
}

func text(tag uint16, s string) entry { return entry{tag, 2, uint32(len(s) + 1), []byte(s + "\x00")} }

// degrees writes an angle as degrees, minutes and seconds, to the ten-thousandth
// of a second.
func degrees(order binary.AppendByteOrder, tag uint16, tenThousandths uint32) entry {
	var v []byte
	for _, r := range [][2]uint32{{tenThousandths / 36e6, 1}, {tenThousandths / 6e5 % 60, 1}, {tenThousandths % 6e5, 1e4}} {
		v = order.AppendUint32(order.AppendUint32(v, r[0]), r[1])
	}
	return entry{tag, 5, 3, v}
}

// someEXIF is what a phone writes, at 113.63 E 28.16 N on 2025-05-01 at 08:30 in
// China.
func someEXIF(order binary.AppendByteOrder, orientation uint16) string {
	return tiffOf(order, []entry{text(0x010f, canary), short(order, 0x0112, orientation), text(0x0110, canary)}, map[uint16][]entry{
		0x8769: {text(0x9003, "2025:05:01 08:30:00"), text(0x9286, canary)},
		0x8825: {text(1, "N"), degrees(order, 2, 28*36e6+16*36e4), text(3, "E"), degrees(order, 4, 113*36e6+63*36e4)},
	})
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turnedBack is what a camera held in that way stores of an upright picture: EXIF
// says which side of what is seen row 0 and column 0 are.
func turnedBack(m *image.NRGBA, orientation int) *image.NRGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	sides := [][2]string{{"top", "left"}, {"top", "right"}, {"bottom", "right"}, {"bottom", "left"},
		{"left", "top"}, {"right", "top"}, {"right", "bottom"}, {"left", "bottom"}}[orientation-1]
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if orientation > 4 {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for row := range out.Rect.Dy() {
		for column := range out.Rect.Dx() {
			x, y := 0, 0
			for side, n := range map[string]int{sides[0]: row, sides[1]: column} {
				switch side {
				case "top":
					y = n
				case "bottom":
					y = h - 1 - n
				case "left":
					x = n
				case "right":
					x = w - 1 - n
				}
			}
			out.SetNRGBA(column, row, m.NRGBAAt(x, y))
		}
	}
	return out
}

// second is the thumbnail of an upload.
func second(t testing.TB, upload []byte) []byte {
	t.Helper()
	_, thumb, err := photos.Strip(upload)
	if err != nil {
		t.Fatal(err)
	}
	return thumb
}

// alike compares the middles of the four corners.
func alike(a, b image.Image) bool {
	size := a.Bounds().Size()
	for _, at := range [][2]int{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		x, y := size.X*at[0]/4, size.Y*at[1]/4
		r1, g1, b1, _ := a.At(x, y).RGBA()
		r2, g2, b2, _ := b.At(x, y).RGBA()
		for _, d := range []int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2)} {
			if d > 5000 || d < -5000 {
				return false
			}
		}
	}
	return true
}

// exifOf finds the TIFF structure in a JPEG; it is empty where there is none.
func exifOf(file []byte) []byte {
	_, rest, _ := bytes.Cut(file, []byte("Exif\x00\x00"))
	return rest
}
