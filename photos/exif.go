package photos

import (
	"bytes"
	"encoding/binary"
	"math"
	"time"
)

// exif is what is read of a picture's EXIF; the rest is never looked at.
type exif struct {
	orientation byte // 1 to 8, as in EXIF 2.32 §4.6.4; 1 is upright
	takenAt     *time.Time
	lon, lat    *float64 // EPSG:4326
}

// The tags of EXIF 2.32 that are read.
const (
	tagOrientation = 0x0112
	tagExifIFD     = 0x8769
	tagGPSIFD      = 0x8825
	tagTaken       = 0x9003 // DateTimeOriginal
	tagTakenZone   = 0x9011 // OffsetTimeOriginal
	tagLatRef      = 0x0001
	tagLat         = 0x0002
	tagLonRef      = 0x0003
	tagLon         = 0x0004
	tagGPSStatus   = 0x0009
)

// chinaTime is the zone of cameras that name none: there is only one in China.
var chinaTime = time.FixedZone("CST", 8*3600)

// readEXIF reads a TIFF structure. What is damaged in it is as if it were absent:
// a picture is not refused for its EXIF. Each directory is read once, so that
// directories in a circle end.
func readEXIF(b []byte) exif {
	e := exif{orientation: 1}
	t, ok := openTIFF(b)
	if !ok {
		return e
	}
	main := t.directory(t.order.Uint32(b[4:]))
	if v, ok := main.number(tagOrientation); ok && v >= 1 && v <= 8 {
		e.orientation = byte(v)
	}
	if at, ok := main.number(tagExifIFD); ok {
		e.takenAt = takenAt(t.directory(at))
	}
	if at, ok := main.number(tagGPSIFD); ok {
		e.lon, e.lat = position(t.directory(at))
	}
	return e
}

func takenAt(d directory) *time.Time {
	zone := chinaTime
	if at, err := time.Parse("-07:00", d.text(tagTakenZone)); err == nil {
		zone = at.Location()
	}
	at, err := time.ParseInLocation("2006:01:02 15:04:05", d.text(tagTaken), zone)
	if err != nil || at.Year() < 1990 { // the camera's clock was never set
		return nil
	}
	at = at.UTC()
	return &at
}

// position is nil where the receiver says that it had none, and at 0, 0, which is
// what some write instead.
func position(d directory) (lon, lat *float64) {
	x, okX := d.degrees(tagLon)
	y, okY := d.degrees(tagLat)
	if !okX || !okY || x > 180 || y > 90 || x == 0 && y == 0 || d.text(tagGPSStatus) == "V" {
		return nil, nil
	}
	switch d.text(tagLonRef) {
	case "E":
	case "W":
		x = -x
	default:
		return nil, nil
	}
	switch d.text(tagLatRef) {
	case "N":
	case "S":
		y = -y
	default:
		return nil, nil
	}
	return &x, &y
}

// tiff is TIFF 6.0 as EXIF uses it.
type tiff struct {
	b     []byte
	order binary.ByteOrder
}

func openTIFF(b []byte) (tiff, bool) {
	if len(b) < 8 {
		return tiff{}, false
	}
	switch string(b[:4]) {
	case "II*\x00":
		return tiff{b, binary.LittleEndian}, true
	case "MM\x00*":
		return tiff{b, binary.BigEndian}, true
	}
	return tiff{}, false
}

// directory is an image file directory: values by tag. Its entries are bounded by
// the 16 bits of their count.
type directory struct {
	tiff
	entries []byte
}

func (t tiff) directory(at uint32) directory {
	if uint64(at)+2 > uint64(len(t.b)) {
		return directory{}
	}
	n := int(t.order.Uint16(t.b[at:]))
	rest := t.b[at+2:]
	return directory{t, rest[:min(n*12, len(rest)/12*12)]}
}

// value finds the bytes of a tag's value, whose elements have the given TIFF type
// and size in bytes.
func (d directory) value(tag, kind uint16, size int) []byte {
	for e := d.entries; len(e) >= 12; e = e[12:] {
		if d.order.Uint16(e) != tag || d.order.Uint16(e[2:]) != kind {
			continue
		}
		n := uint64(d.order.Uint32(e[4:])) * uint64(size)
		if n <= 4 {
			return e[8 : 8+n]
		}
		at := uint64(d.order.Uint32(e[8:]))
		if at+n > uint64(len(d.b)) {
			return nil
		}
		return d.b[at : at+n]
	}
	return nil
}

// number is a SHORT or a LONG.
func (d directory) number(tag uint16) (uint32, bool) {
	if v := d.value(tag, 3, 2); len(v) >= 2 {
		return uint32(d.order.Uint16(v)), true
	}
	if v := d.value(tag, 4, 4); len(v) >= 4 {
		return d.order.Uint32(v), true
	}
	return 0, false
}

// text is an ASCII value up to its end.
func (d directory) text(tag uint16) string {
	v, _, _ := bytes.Cut(d.value(tag, 2, 1), []byte{0})
	return string(bytes.TrimSpace(v))
}

// degrees are three RATIONALs: degrees, minutes, seconds.
func (d directory) degrees(tag uint16) (float64, bool) {
	v := d.value(tag, 5, 8)
	if len(v) < 24 {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for i := range 3 {
		over, under := d.order.Uint32(v[8*i:]), d.order.Uint32(v[8*i+4:])
		if under == 0 && over != 0 {
			return 0, false
		}
		if under != 0 {
			sum += float64(over) / float64(under) / unit
		}
		unit *= 60
	}
	return sum, !math.IsInf(sum, 0)
}

// orientationEXIF is a TIFF structure that says nothing but the orientation.
func orientationEXIF(orientation byte) []byte {
	return []byte{'M', 'M', 0, '*', 0, 0, 0, 8,
		0, 1, // one entry
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0,
		0, 0, 0, 0} // no next directory
}
