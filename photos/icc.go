package photos

import (
	"encoding/binary"
	"slices"
)

// iccColours are the tags of an ICC profile (ICC.1:2022) that say what the
// colours are. Others name the screen and its serial number, its owner or the
// maker.
var iccColours = []string{"rXYZ", "gXYZ", "bXYZ", "wtpt", "bkpt", "chad", "rTRC", "gTRC", "bTRC", "kTRC", "lumi", "cicp",
	"A2B0", "A2B1", "A2B2", "B2A0", "B2A1", "B2A2"}

const (
	iccBytesMax    = 1 << 20
	iccHeaderBytes = 128
	iccTagsMax     = 100
)

// cleanICC returns the profile with nothing but colours, or nil where it is none:
// then the picture is shown as sRGB, as most are.
func cleanICC(b []byte) []byte {
	if len(b) < iccHeaderBytes+4 || len(b) > iccBytesMax || string(b[36:40]) != "acsp" {
		return nil
	}
	n := binary.BigEndian.Uint32(b[iccHeaderBytes:])
	table := b[iccHeaderBytes+4:]
	if n > iccTagsMax || int(n)*12 > len(table) {
		return nil
	}
	var names [][]byte
	var values [][]byte
	for ; n > 0; n, table = n-1, table[12:] {
		at, size := uint64(binary.BigEndian.Uint32(table[4:])), uint64(binary.BigEndian.Uint32(table[8:]))
		if at+size > uint64(len(b)) || size < 8 {
			return nil
		}
		if slices.Contains(iccColours, string(table[:4])) {
			names, values = append(names, table[:4]), append(values, b[at:at+size])
		}
	}
	return buildICC(b[:iccHeaderBytes], names, values)
}

// buildICC writes a profile. Equal values are stored once, as makers of profiles
// do with the three curves.
func buildICC(header []byte, names, values [][]byte) []byte {
	out := slices.Clone(header)
	clear(out[44:48])  // flags
	clear(out[48:64])  // device maker, model, attributes
	clear(out[80:128]) // creator, id
	clear(out[24:36])  // time of making
	clear(out[4:8])    // preferred module
	clear(out[40:44])  // platform
	out = binary.BigEndian.AppendUint32(out, uint32(len(names)))
	at := len(out) + 12*len(names)
	var body []byte
	placed := map[string]uint32{}
	for i, v := range values {
		place, ok := placed[string(v)]
		if !ok {
			place = uint32(at + len(body))
			placed[string(v)] = place
			body = append(body, v...)
			body = append(body, make([]byte, -len(body)&3)...)
		}
		out = append(out, names[i]...)
		out = binary.BigEndian.AppendUint32(out, place)
		out = binary.BigEndian.AppendUint32(out, uint32(len(v)))
	}
	out = append(out, body...)
	if len(out) > iccBytesMax { // tags that shared bytes in part
		return nil
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)))
	return out
}

// iccIsRGB reports whether a profile that cleanICC returned is for RGB.
func iccIsRGB(b []byte) bool { return len(b) > 20 && string(b[16:20]) == "RGB " }
