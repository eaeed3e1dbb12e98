package lintu

import (
	"context"
	"io"
	"time"
)

// Photo is one picture of a case. Its id is made by the phone that took it and
// is the idempotency key of the upload.
type Photo struct {
	ID     ID     `json:"id"`
	SHA256 string `json:"sha256"` // of the bytes as uploaded, lower-case hex
	Bytes  int64  `json:"bytes"`  // as uploaded
	Type   string `json:"type"`   // image/jpeg, image/png or image/webp, by content
	// Width and Height are in pixels of the picture as it is shown, that is after
	// its orientation was applied.
	Width  int `json:"width"`
	Height int `json:"height"`
	// TakenAt is the camera's clock. Where the camera gives no zone it is read as
	// China Standard Time. Nil where the file does not say.
	TakenAt *time.Time `json:"takenAt,omitempty"`
	// Lon and Lat are from the file's EXIF, EPSG:4326, both or neither. They are
	// for who took the picture and are never shown to others: a picture may have
	// been taken at home.
	Lon *float64 `json:"lon,omitempty"`
	Lat *float64 `json:"lat,omitempty"`
}

// PhotoSize says which rendering of a picture is meant.
type PhotoSize string

// The sizes.
const (
	PhotoFull  PhotoSize = "full"  // every pixel of the upload
	PhotoThumb PhotoSize = "thumb" // a JPEG of at most PhotoThumbPixels in either direction
)

// The bounds of a picture. More bytes or pixels are CodeTooLarge.
const (
	PhotoBytesMax    = 12 << 20
	PhotoPixelsMax   = 50_000_000 // width × height, looked at before anything is decoded
	PhotoThumbPixels = 320
)

// PhotoStore keeps the bytes of pictures, apart per tenant. That somebody may see
// a picture is for its caller to know.
type PhotoStore interface {
	// Put stores what is read and returns what it is; when it returns, the picture
	// survives a power failure. Created is false where the same id was there with the
	// same bytes; other bytes under it are CodeConflict. It is CodeTooLarge over
	// the bounds, CodeInvalid for what is no whole picture of the three types, and
	// CodeUnavailable where it cannot be written. Nothing is kept of a refused one.
	Put(ctx context.Context, tenant int32, id ID, body io.Reader) (p *Photo, created bool, err error)
	// Find returns what Put returned, or CodeNotFound.
	Find(ctx context.Context, tenant int32, id ID) (*Photo, error)
	// Open returns the picture as it may be shown: without EXIF, XMP, IPTC, comments,
	// embedded thumbnails or anything after the image's end, and upright. The
	// Photo's Type and Bytes are those of what is read; its other fields, the
	// position among them, are those of Find. CodeNotFound.
	Open(ctx context.Context, tenant int32, id ID, size PhotoSize) (io.ReadCloser, *Photo, error)
	// Delete removes a picture that was last sent before the instant: one that a phone
	// is sending again stays. One that is not there is no error.
	Delete(ctx context.Context, tenant int32, id ID, before time.Time) error
}
