package photos

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/lintu-map/lintu"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngColours are the chunks (PNG, third edition, §11.3) beside the critical ones
// that say what the colours are, with their largest size in bytes.
var pngColours = map[string]int{"sRGB": 1, "gAMA": 4, "cHRM": 32, "sBIT": 4, "cICP": 4, "tRNS": 256}

// pngFile is a PNG taken apart.
type pngFile struct {
	width, height int
	header        []byte // data of IHDR
	colours       []byte // whole chunks, in their order: of colours, palette and transparency
	icc           []byte // cleaned
	data          []byte // of all IDAT
	exif          []byte // TIFF structure
}

func damagedPNG() *lintu.Error {
	return lintu.Errorf(lintu.CodeInvalid, "照片文件不完整或已损坏（PNG），请重新拍摄或重新发送。",
		"The picture is cut off or damaged (PNG); please send it again or take another.")
}

// parsePNG takes a PNG apart up to its end chunk. Of an animated one it keeps the
// picture that readers without animation show.
func parsePNG(b []byte) (*pngFile, error) {
	f := &pngFile{}
	for b = b[len(pngSignature):]; len(b) >= 12; {
		n := int(binary.BigEndian.Uint32(b))
		if n > len(b)-12 {
			break
		}
		kind, data := string(b[4:8]), b[8:8+n]
		if crc32.ChecksumIEEE(b[4:8+n]) != binary.BigEndian.Uint32(b[8+n:]) {
			break
		}
		b = b[12+n:]
		if kind == "IEND" {
			if f.header == nil || f.data == nil {
				return nil, damagedPNG()
			}
			return f, f.cutData()
		}
		if err := f.chunk(kind, data); err != nil {
			return nil, err
		}
	}
	return nil, damagedPNG()
}

func (f *pngFile) chunk(kind string, data []byte) error {
	switch kind {
	case "IHDR":
		if f.header != nil || len(data) != 13 {
			return damagedPNG()
		}
		f.header = data
		f.width, f.height = int(binary.BigEndian.Uint32(data)), int(binary.BigEndian.Uint32(data[4:]))
		if err := checkSize(f.width, f.height); err != nil {
			return err
		}
		return checkMemory(f.memory())
	case "IDAT":
		f.data = append(f.data, data...)
	case "PLTE":
		if len(data) > 768 {
			return damagedPNG()
		}
		f.colours = appendChunk(f.colours, kind, data)
	case "iCCP":
		if f.data == nil && f.icc == nil {
			f.icc = unpackICC(data)
		}
	case "eXIf":
		f.exif = data
	default:
		if most, ok := pngColours[kind]; ok && f.data == nil && len(data) <= most {
			f.colours = appendChunk(f.colours, kind, data)
		}
	}
	return nil
}

// memory is how much decoding takes at most: an interlaced picture is put together
// from parts.
func (f *pngFile) memory() int {
	perPixel := 4
	if f.header[8] == 16 {
		perPixel = 8
	}
	if f.header[12] != 0 {
		perPixel *= 2
	}
	return f.width * f.height * perPixel
}

// cutData leaves out what stands in the data after the picture's own end.
func (f *pngFile) cutData() error {
	in := bytes.NewReader(f.data) // a ByteReader, of which zlib reads not a byte too many
	z, err := zlib.NewReader(in)
	if err != nil {
		return damagedPNG().Because(err)
	}
	n, err := io.Copy(io.Discard, io.LimitReader(z, 2*memoryMax))
	if err != nil || n == 2*memoryMax {
		return damagedPNG().Because(err)
	}
	f.data = f.data[:len(f.data)-in.Len()]
	return nil
}

// unpackICC reads an iCCP chunk: a name, a method, and the profile packed.
func unpackICC(data []byte) []byte {
	_, rest, ok := bytes.Cut(data, []byte{0})
	if !ok || len(rest) < 1 || rest[0] != 0 {
		return nil
	}
	z, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(z, iccBytesMax+1))
	if err != nil {
		return nil
	}
	return cleanICC(profile)
}

// build writes the PNG anew from its picture and its colours.
func (f *pngFile) build() []byte {
	out := appendChunk([]byte(pngSignature), "IHDR", f.header)
	if f.icc != nil {
		out = appendChunk(out, "iCCP", packICC(f.icc))
	}
	out = append(out, f.colours...)
	out = appendChunk(out, "IDAT", f.data)
	return appendChunk(out, "IEND", nil)
}

func packICC(icc []byte) []byte {
	var b bytes.Buffer
	b.WriteString("icc\x00\x00")
	z := zlib.NewWriter(&b)
	_, _ = z.Write(icc) // a Buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

func appendChunk(to []byte, kind string, data []byte) []byte {
	to = binary.BigEndian.AppendUint32(to, uint32(len(data)))
	from := len(to)
	to = append(append(to, kind...), data...)
	return binary.BigEndian.AppendUint32(to, crc32.ChecksumIEEE(to[from:]))
}
