package town

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
)

// The pictures of the demo's cases are painted: a wall before a sky, with the hatched
// edge of everything that is synthetic.
const (
	pictureWidth  = 200
	pictureHeight = 150
	hatched       = 6 // pixels
)

// Picture paints a wall that leans by an angle in degrees and shows as many cracks, as a
// JPEG. kind colours it.
func Picture(kind int, lean float64, cracks int) ([]byte, error) {
	paint := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	hue := []color.RGBA{{176, 92, 70, 255}, {150, 140, 120, 255}, {120, 130, 140, 255}, {196, 160, 110, 255}}[kind%4]
	slope := math.Tan(lean * math.Pi / 180)
	for y := range pictureHeight {
		for x := range pictureWidth {
			paint.SetRGBA(x, y, pixel(x, y, slope, cracks, hue))
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, paint, &jpeg.Options{Quality: 60})
	return b.Bytes(), err
}

func pixel(x, y int, slope float64, cracks int, hue color.RGBA) color.RGBA {
	const ground = 125
	if x < hatched || y < hatched || x >= pictureWidth-hatched || y >= pictureHeight-hatched {
		if (x+y)/hatched%2 == 0 {
			return color.RGBA{240, 200, 40, 255}
		}
		return color.RGBA{40, 40, 40, 255}
	}
	at := float64(x) - slope*float64(ground-y) // along the wall, were it upright
	switch {
	case y >= ground:
		return color.RGBA{110, 120, 96, 255}
	case at < 55 || at > 150 || y < 40:
		return color.RGBA{190, 212, uint8(236 - y/3), 255}
	}
	for i := range cracks {
		if math.Abs(at-float64(75+20*i)-4*math.Sin(float64(y)/(5+float64(i)))) < 1.5 {
			return color.RGBA{30, 26, 24, 255}
		}
	}
	if y%20 < 2 || (int(at)+y/20%2*14)%28 < 2 {
		return color.RGBA{hue.R / 2, hue.G / 2, hue.B / 2, 255}
	}
	return hue
}
