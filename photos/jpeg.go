package photos

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/lintu-map/lintu"
)

// The markers of ITU-T T.81, table B.1, that matter here.
const (
	mSOF0, mSOF1, mSOF2 = 0xc0, 0xc1, 0xc2
	mDHT, mRST0, mRST7  = 0xc4, 0xd0, 0xd7
	mSOI, mEOI, mSOS    = 0xd8, 0xd9, 0xda
	mDQT, mDNL, mDRI    = 0xdb, 0xdc, 0xdd
	mTEM                = 0x01
	mAPP0, mAPP1, mAPP2 = 0xe0, 0xe1, 0xe2
	mAPP14              = 0xee
)

// jpegScansMax bounds what a picture of a few bytes can cost: each scan goes over
// all of it. Progressive pictures have some ten.
const jpegScansMax = 32

// jpegFile is a JPEG taken apart.
type jpegFile struct {
	frame jpegFrame
	scans int

	jfif  bool
	adobe []byte // the twelve bytes of an Adobe segment
	exif  []byte // TIFF structure
	icc   [][]byte
	kept  []byte // the segments from which the picture is decoded, in their order
}

func damagedJPEG() *lintu.Error {
	return lintu.Errorf(lintu.CodeInvalid, "照片文件不完整或已损坏（JPEG），请重新拍摄或重新发送。",
		"The picture is cut off or damaged (JPEG); please send it again or take another.")
}

// parseJPEG takes a JPEG apart up to its end marker. What it does not know it
// leaves out.
func parseJPEG(b []byte) (*jpegFile, error) {
	f := &jpegFile{}
	for at := 2; ; {
		marker, next, ok := nextMarker(b, at)
		switch {
		case !ok:
			return nil, damagedJPEG()
		case marker == mEOI:
			if f.scans == 0 {
				return nil, damagedJPEG()
			}
			return f, nil
		case marker == mTEM || marker >= mRST0 && marker <= mRST7:
			at = next
			continue
		case marker == mSOI || len(b) < next+2:
			return nil, damagedJPEG()
		}
		end := next + int(binary.BigEndian.Uint16(b[next:]))
		if end < next+2 || end > len(b) {
			return nil, damagedJPEG()
		}
		segment := b[next+2 : end]
		if at = end; marker == mSOS {
			length, err := f.scan(segment, b[end:])
			if err != nil {
				return nil, err
			}
			f.keep(marker, segment)
			f.kept = append(f.kept, b[end:end+length]...)
			at += length
		} else if err := f.segment(marker, segment); err != nil {
			return nil, err
		}
	}
}

// jpegStray is how many bytes may stand before a marker that belong to nothing, as
// some cameras write. With more the file is damaged, and the next marker found may
// be one of a picture within a comment.
const jpegStray = 16

// nextMarker finds the next marker and where its segment begins.
func nextMarker(b []byte, at int) (marker byte, next int, ok bool) {
	for end := min(at+jpegStray, len(b)-2); at <= end; at++ {
		if b[at] == 0xff && b[at+1] != 0 && b[at+1] != 0xff {
			return b[at+1], at + 2, true
		}
	}
	return 0, 0, false
}

func (f *jpegFile) keep(marker byte, segment []byte) {
	f.kept = appendSegment(f.kept, marker, segment)
}

func appendSegment(to []byte, marker byte, segment []byte) []byte {
	to = append(to, 0xff, marker)
	to = binary.BigEndian.AppendUint16(to, uint16(len(segment)+2))
	return append(to, segment...)
}

// segment takes one segment other than a scan.
func (f *jpegFile) segment(marker byte, s []byte) error {
	switch marker {
	case mSOF0, mSOF1, mSOF2:
		f.keep(marker, s)
		return f.frame.read(marker == mSOF2, s)
	case 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf:
		return lintu.Errorf(lintu.CodeInvalid, "这种 JPEG 编码无法识别，请以普通 JPEG 重新保存后发送。",
			"This kind of JPEG cannot be read; please save it as a plain JPEG and send that.")
	case mDHT:
		f.keep(marker, s)
		return f.frame.readTables(s)
	case mDQT:
		f.keep(marker, s)
	case mDRI:
		if len(s) != 2 {
			return damagedJPEG()
		}
		f.keep(marker, s)
		f.frame.interval = int(binary.BigEndian.Uint16(s))
	case mAPP0:
		f.jfif = f.jfif || bytes.HasPrefix(s, []byte("JFIF\x00"))
	case mAPP1:
		if rest, ok := bytes.CutPrefix(s, []byte("Exif\x00\x00")); ok && f.exif == nil {
			f.exif = rest
		}
	case mAPP2:
		if rest, ok := bytes.CutPrefix(s, []byte("ICC_PROFILE\x00")); ok {
			f.icc = append(f.icc, rest)
		}
	case mAPP14:
		if len(s) >= 12 && string(s[:5]) == "Adobe" {
			f.adobe = s[:12]
		}
	}
	return nil
}

// profile joins the parts of the ICC profile (ICC.1:2022, annex B.4): number and
// count, then bytes.
func (f *jpegFile) profile() []byte {
	parts := slices.Clone(f.icc)
	slices.SortStableFunc(parts, func(a, b []byte) int {
		return bytes.Compare(a[:min(1, len(a))], b[:min(1, len(b))])
	})
	var whole []byte
	for i, p := range parts {
		if len(p) < 2 || int(p[0]) != i+1 || int(p[1]) != len(parts) {
			return nil
		}
		whole = append(whole, p[2:]...)
	}
	return cleanICC(whole)
}

// iccPart is how much of a profile fits in a segment.
const iccPart = 65000

// build writes the JPEG anew from its picture, its colours and its orientation.
func (f *jpegFile) build(orientation byte, icc []byte) []byte {
	out := []byte{0xff, mSOI}
	if f.jfif { // says that three components are YCbCr; the density of pixels is not kept
		out = appendSegment(out, mAPP0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"))
	}
	if orientation != 1 {
		out = appendSegment(out, mAPP1, append([]byte("Exif\x00\x00"), orientationEXIF(orientation)...))
	}
	out = appendICC(out, icc)
	if f.adobe != nil { // the bytes between are versions and flags
		out = appendSegment(out, mAPP14, []byte{'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, f.adobe[11]})
	}
	out = append(out, f.kept...)
	return append(out, 0xff, mEOI)
}

func appendICC(to, icc []byte) []byte {
	parts := slices.Collect(slices.Chunk(icc, iccPart))
	for i, p := range parts {
		head := append([]byte("ICC_PROFILE\x00"), byte(i+1), byte(len(parts)))
		to = appendSegment(to, mAPP2, append(head, p...))
	}
	return to
}
