package photos

import (
	"image"
	"image/draw"
)

// turned is the picture upright (EXIF 2.32, §4.6.4: where row 0 and column 0
// are), with the same colours to the bit.
func turned(m image.Image, orientation byte) image.Image {
	if orientation < 2 || orientation > 8 {
		return m
	}
	b := m.Bounds()
	size := image.Rect(0, 0, b.Dx(), b.Dy())
	if orientation > 4 {
		size = image.Rect(0, 0, b.Dy(), b.Dx())
	}
	move := func(pix []byte, stride, each int) ([]byte, int) {
		return turnPixels(pix, stride, each, b.Dx(), b.Dy(), orientation), size.Dx() * each
	}
	switch m := m.(type) {
	case *image.Gray:
		pix, stride := move(m.Pix, m.Stride, 1)
		return &image.Gray{Pix: pix, Stride: stride, Rect: size}
	case *image.Gray16:
		pix, stride := move(m.Pix, m.Stride, 2)
		return &image.Gray16{Pix: pix, Stride: stride, Rect: size}
	case *image.Paletted:
		pix, stride := move(m.Pix, m.Stride, 1)
		return &image.Paletted{Pix: pix, Stride: stride, Rect: size, Palette: m.Palette}
	case *image.RGBA:
		pix, stride := move(m.Pix, m.Stride, 4)
		return &image.RGBA{Pix: pix, Stride: stride, Rect: size}
	case *image.NRGBA:
		pix, stride := move(m.Pix, m.Stride, 4)
		return &image.NRGBA{Pix: pix, Stride: stride, Rect: size}
	case *image.RGBA64:
		pix, stride := move(m.Pix, m.Stride, 8)
		return &image.RGBA64{Pix: pix, Stride: stride, Rect: size}
	case *image.NRGBA64:
		pix, stride := move(m.Pix, m.Stride, 8)
		return &image.NRGBA64{Pix: pix, Stride: stride, Rect: size}
	}
	flat := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Rect, m, b.Min, draw.Src)
	return turned(flat, orientation)
}

// turnPixels moves pixels of each bytes, w × h of them.
func turnPixels(pix []byte, stride, each, w, h int, orientation byte) []byte {
	to := w * each
	if orientation > 4 {
		to = h * each
	}
	out := make([]byte, w*h*each)
	for y := range h {
		for x := range w {
			tx, ty := turn(x, y, w, h, orientation)
			copy(out[ty*to+tx*each:], pix[y*stride+x*each:][:each])
		}
	}
	return out
}

// turn says where a pixel of a picture of w × h goes.
func turn(x, y, w, h int, orientation byte) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	default: // 8
		return y, w - 1 - x
	}
}
