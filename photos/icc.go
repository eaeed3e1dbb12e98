package photos

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// iccTags are the tags of an ICC profile (ICC.1:2022, §8) that say what the colours
// of a picture are, and how their values look. Others name the screen and its
// serial number, its owner or the maker.
var iccTags = map[string]func(value []byte) bool{
	"rXYZ": isXYZ, "gXYZ": isXYZ, "bXYZ": isXYZ, "wtpt": isXYZ, "chad": isMatrix,
	"rTRC": isCurve, "gTRC": isCurve, "bTRC": isCurve, "kTRC": isCurve,
}

// iccNeeds are the tags without which a profile says nothing, by its colours.
// Profiles by tables are not among them: those of printers are.
var iccNeeds = map[string][]string{
	"RGB ": {"rXYZ", "gXYZ", "bXYZ", "wtpt", "rTRC", "gTRC", "bTRC"},
	"GRAY": {"wtpt", "kTRC"},
}

const (
	iccBytesMax    = 1 << 20
	iccHeaderBytes = 128
	iccTagsMax     = 100
)

// iccTag is one value of a profile.
type iccTag struct {
	name  string
	value []byte
}

// cleanICC returns the profile with nothing but colours, or nil where it is none of
// those that are understood: then the picture is shown as sRGB, as most are.
func cleanICC(b []byte) []byte {
	if len(b) < iccHeaderBytes+4 || len(b) > iccBytesMax || string(b[36:40]) != "acsp" {
		return nil
	}
	n := int(binary.BigEndian.Uint32(b[iccHeaderBytes:]))
	table := b[iccHeaderBytes+4:]
	if n > iccTagsMax || n*12 > len(table) {
		return nil
	}
	var tags []iccTag
	for ; n > 0; n, table = n-1, table[12:] {
		name, at, size := string(table[:4]), uint64(binary.BigEndian.Uint32(table[4:])), uint64(binary.BigEndian.Uint32(table[8:]))
		if at+size > uint64(len(b)) {
			return nil
		}
		if looks, ok := iccTags[name]; ok && looks(b[at:at+size]) {
			tags = append(tags, iccTag{name, b[at : at+size]})
		}
	}
	for _, name := range iccNeeds[iccColours(b)] {
		if !slices.ContainsFunc(tags, func(t iccTag) bool { return t.name == name }) {
			return nil
		}
	}
	return buildICC(b, tags)
}

// iccColours is what the colours of a profile are made of: "RGB " or "GRAY", where
// it is understood.
func iccColours(b []byte) string { return string(b[16:20]) }

// buildICC writes a profile for a screen: of the header of the old one it keeps the
// version and the colours. Equal values are stored once, as makers of profiles do
// with the three curves.
func buildICC(old []byte, tags []iccTag) []byte {
	if _, ok := iccNeeds[iccColours(old)]; !ok || string(old[20:24]) != "XYZ " || old[8] != 2 && old[8] != 4 {
		return nil
	}
	out := make([]byte, iccHeaderBytes)
	copy(out[8:], []byte{old[8], 0, 0, 0})
	copy(out[12:], "mntr"+iccColours(old)+"XYZ ")
	copy(out[36:], "acsp")
	copy(out[68:], "\x00\x00\xf6\xd6\x00\x01\x00\x00\x00\x00\xd3\x2d") // D50, the same in all
	out = binary.BigEndian.AppendUint32(out, uint32(len(tags)))
	at := len(out) + 12*len(tags)
	var body []byte
	placed := map[string]int{}
	for _, t := range tags {
		place, ok := placed[string(t.value)]
		if !ok {
			place = at + len(body)
			placed[string(t.value)] = place
			body = append(body, t.value...)
			body = append(body, make([]byte, -len(body)&3)...)
		}
		out = append(out, t.name...)
		out = binary.BigEndian.AppendUint32(out, uint32(place))
		out = binary.BigEndian.AppendUint32(out, uint32(len(t.value)))
	}
	out = append(out, body...)
	if len(out) > iccBytesMax { // curves that shared bytes in part
		return nil
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

func isXYZ(v []byte) bool {
	return len(v) == 20 && bytes.HasPrefix(v, []byte("XYZ \x00\x00\x00\x00")) && smallNumbers(v[8:])
}

func isMatrix(v []byte) bool {
	return len(v) == 44 && bytes.HasPrefix(v, []byte("sf32\x00\x00\x00\x00")) && smallNumbers(v[8:])
}

// smallNumbers reports whether all s15Fixed16Numbers are between -16 and 16, as
// those of colours are and those of letters are not.
func smallNumbers(v []byte) bool {
	for ; len(v) >= 4; v = v[4:] {
		if n := int32(binary.BigEndian.Uint32(v)); n < -16<<16 || n > 16<<16 {
			return false
		}
	}
	return true
}

// isCurve takes curves that nowhere fall, and formulas.
func isCurve(v []byte) bool {
	switch {
	case len(v) < 12:
		return false
	case bytes.HasPrefix(v, []byte("curv\x00\x00\x00\x00")):
		n := uint64(binary.BigEndian.Uint32(v[8:]))
		if uint64(len(v)) != 12+2*n {
			return false
		}
		for at := 14; at < len(v); at += 2 {
			if binary.BigEndian.Uint16(v[at:]) < binary.BigEndian.Uint16(v[at-2:]) {
				return false
			}
		}
		return true
	case bytes.HasPrefix(v, []byte("para\x00\x00\x00\x00\x00")):
		numbers := []int{1, 3, 4, 5, 7}
		return v[10]|v[11] == 0 && int(v[9]) < len(numbers) && len(v) == 12+4*numbers[v[9]] && smallNumbers(v[12:])
	}
	return false
}
