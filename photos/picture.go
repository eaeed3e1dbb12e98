package photos

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"slices"

	"golang.org/x/image/webp"

	"github.com/lintu-map/lintu"
)

// The types that are kept.
const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeWebP = "image/webp"
)

// picture is an upload as it will be kept.
type picture struct {
	exif
	kind          string // of the upload
	width, height int    // upright
	full          []byte // as shown
	fullKind      string
	thumb         []byte // a JPEG
}

// readPicture makes of an upload what may be shown of it. The picture is decoded
// from that and not from the upload, so that what is shown is known to be whole.
func readPicture(b []byte) (*picture, error) {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, mSOI, 0xff}):
		return readJPEG(b)
	case bytes.HasPrefix(b, []byte(pngSignature)):
		return readPNG(b)
	case len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP":
		return readWebP(b)
	case len(b) == 0:
		return nil, lintu.Errorf(lintu.CodeInvalid, "照片是空的（0 字节），请重新发送。", "The picture is empty (0 bytes); please send it again.")
	case len(b) >= 12 && string(b[4:8]) == "ftyp" && isHEIF(b):
		return nil, lintu.Errorf(lintu.CodeInvalid,
			"这是 HEIC/HEIF 或 AVIF 格式的照片，多数浏览器不能显示。请在手机相机设置中选择“兼容性最佳”（JPEG），或把照片另存为 JPEG 后再发送。",
			"This is a picture in HEIC/HEIF or AVIF format, which many browsers cannot show. Choose “Most Compatible” (JPEG) in the phone's camera settings, or save the picture as JPEG, and send that.")
	}
	return nil, lintu.Errorf(lintu.CodeInvalid, "这不是照片；可以发送 JPEG、PNG 或 WebP。", "This is no picture; JPEG, PNG and WebP can be sent.")
}

// isHEIF looks for the brands of HEIF and AVIF in an ISO base media file.
func isHEIF(b []byte) bool {
	end := min(len(b), int(min(binary.BigEndian.Uint32(b), 256)))
	for at := 8; at+4 <= end; at += 4 {
		if slices.Contains([]string{"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1", "avif", "avis"}, string(b[at:at+4])) {
			return true
		}
	}
	return false
}

func readJPEG(b []byte) (*picture, error) {
	f, err := parseJPEG(b)
	if err != nil {
		return nil, err
	}
	icc := f.profile()
	p := &picture{exif: readEXIF(f.exif), kind: typeJPEG, fullKind: typeJPEG}
	p.full = f.build(p.orientation, icc)
	shown, err := jpeg.Decode(bytes.NewReader(p.full))
	if err != nil {
		return nil, damagedJPEG().Because(err)
	}
	return p, p.finish(shown, icc)
}

func readPNG(b []byte) (*picture, error) {
	f, err := parsePNG(b)
	if err != nil {
		return nil, err
	}
	p := &picture{exif: readEXIF(f.exif), kind: typePNG, fullKind: typePNG, full: f.build()}
	shown, err := png.Decode(bytes.NewReader(p.full))
	if err != nil {
		return nil, damagedPNG().Because(err)
	}
	if p.orientation != 1 { // browsers do not agree on EXIF in PNG
		if err := p.repaint(shown, f.icc); err != nil {
			return nil, err
		}
	}
	return p, p.finish(shown, f.icc)
}

func readWebP(b []byte) (*picture, error) {
	f, err := parseWebP(b)
	if err != nil {
		return nil, err
	}
	p := &picture{exif: readEXIF(f.exif), kind: typeWebP, fullKind: typeWebP, full: f.build()}
	shown, err := webp.Decode(bytes.NewReader(p.full))
	if err != nil {
		return nil, damagedWebP().Because(err)
	}
	if p.orientation != 1 { // browsers do not agree on EXIF in WebP
		if err := p.repaint(shown, f.icc); err != nil {
			return nil, err
		}
	}
	return p, p.finish(shown, f.icc)
}

// repaint makes the picture upright where its format has no agreed way to say how
// it is to be turned: without loss as PNG, and a WebP with loss as JPEG.
func (p *picture) repaint(shown image.Image, icc []byte) error {
	upright := turned(shown, p.orientation)
	var out bytes.Buffer
	if _, lossy := shown.(*image.YCbCr); lossy {
		err := jpeg.Encode(&out, upright, &jpeg.Options{Quality: 92})
		p.full, p.fullKind = withICC(out.Bytes(), icc), typeJPEG
		return err
	}
	if err := png.Encode(&out, upright); err != nil {
		return err
	}
	f, err := parsePNG(out.Bytes())
	if err != nil {
		return err
	}
	f.icc = icc
	p.full, p.fullKind = f.build(), typePNG
	return nil
}

// finish adds the size and the thumbnail. The profile is that of the upload.
func (p *picture) finish(shown image.Image, icc []byte) (err error) {
	size := shown.Bounds().Size()
	if p.width, p.height = size.X, size.Y; p.orientation > 4 {
		p.width, p.height = size.Y, size.X
	}
	p.thumb, err = thumbnail(shown, p.orientation, icc)
	return err
}
