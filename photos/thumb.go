package photos

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"

	"golang.org/x/image/draw"

	"github.com/lintu-map/lintu"
)

// thumbICCMax is the largest profile that a thumbnail takes along, in bytes.
const thumbICCMax = 4096

// thumbnail scales a picture down to PhotoThumbPixels, turns it upright and puts
// what is transparent on white.
func thumbnail(m image.Image, orientation byte, icc []byte) ([]byte, error) {
	size := m.Bounds().Size()
	scale := min(1, float64(lintu.PhotoThumbPixels)/float64(max(size.X, size.Y)))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale+0.5)), max(1, int(float64(size.Y)*scale+0.5))))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(small, small.Bounds(), m, m.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, turned(small, orientation), &jpeg.Options{Quality: 80}); err != nil {
		return nil, err
	}
	if len(icc) > thumbICCMax {
		icc = nil
	}
	return withICC(out.Bytes(), icc), nil
}

// withICC adds a profile to a JPEG of three colours, if it is one for them.
func withICC(file, icc []byte) []byte {
	if icc == nil || iccColours(icc) != "RGB " {
		return file
	}
	return append(appendICC([]byte{0xff, mSOI}, icc), file[2:]...)
}
