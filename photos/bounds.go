package photos

import "github.com/lintu-map/lintu"

// checkSize refuses pictures without pixels and with too many.
func checkSize(width, height int) error {
	if width < 1 || height < 1 {
		return lintu.Errorf(lintu.CodeInvalid, "照片没有像素，请重新拍摄。", "The picture has no pixels; please take another.")
	}
	if width > sideMax || height > sideMax || width*height > lintu.PhotoPixelsMax {
		return lintu.Errorf(lintu.CodeTooLarge, "照片为 %[1]d × %[2]d 像素，超过上限 %[3]d 万像素；请缩小后再发送。",
			"The picture has %[1]d × %[2]d pixels, more than the limit of %[4]d million; please make it smaller and send it again.",
			width, height, lintu.PhotoPixelsMax/10_000, lintu.PhotoPixelsMax/1_000_000)
	}
	return nil
}

const (
	sideMax   = 20000     // pixels in one direction
	memoryMax = 256 << 20 // bytes of one picture while it is decoded
)

func checkMemory(bytes int) error {
	if bytes > memoryMax {
		return lintu.Errorf(lintu.CodeTooLarge, "打开这张照片需要 %d MB 内存，超过上限 %d MB；请缩小或以普通 JPEG 保存后再发送。",
			"The picture takes %d MB of memory to open, more than %d MB; please make it smaller, or save it as a plain JPEG, and send it again.", bytes>>20, memoryMax>>20)
	}
	return nil
}
