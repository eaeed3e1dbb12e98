package importer

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/lintu-map/lintu"
)

// utf8Flag marks an entry whose name is UTF-8 (general purpose bit 11 of
// APPNOTE.TXT); unicodePathField is the extra field by which Info-ZIP says so.
const (
	utf8Flag         = 1 << 11
	unicodePathField = 0x7075
)

// entryNames decodes the names of a zip's entries. Names that say nothing about
// their encoding are judged together: they were written by one machine. The
// note says what they were taken for, if not for UTF-8.
func entryNames(files []*zip.File) (names []string, note lintu.Text, err error) {
	names = make([]string, len(files))
	sample := &textSample{}
	for i, f := range files {
		if name, ok := saidName(f); ok {
			names[i] = name
			continue
		}
		sample.add([]byte(f.Name), -1, false)
	}
	dec := newTextDecoder(charset{})
	if len(sample.values) > 0 {
		d := detect(sample, hints{}, nil)
		label, sure := d.Value, d.Value != ""
		if !sure {
			label = d.Candidates[0].Value
		}
		c, err := charsetOf(label)
		if err != nil {
			return nil, note, err
		}
		if !sure && d.Candidates[0].Confidence < 0.5 {
			c = named("ibm437", charmap.CodePage437) // what APPNOTE.TXT says of names without a flag
		}
		if c.enc != nil {
			note = lintu.Say("压缩包内的文件名按 %[1]s 读取", "the names in the zip were read as %[2]s", c.title.ZH, c.title.EN)
		}
		dec = newTextDecoder(c)
	}
	for i, f := range files {
		if names[i] == "" {
			b, _, _ := dec.append(nil, []byte(f.Name))
			names[i] = string(b)
		}
		names[i] = strings.ReplaceAll(names[i], `\`, "/")
	}
	return names, note, nil
}

// saidName returns a name whose encoding the entry itself tells.
func saidName(f *zip.File) (string, bool) {
	if f.Flags&utf8Flag != 0 && utf8.ValidString(f.Name) {
		return f.Name, true
	}
	for extra := f.Extra; len(extra) >= 4; {
		id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if n > len(extra) {
			return "", false
		}
		if id == unicodePathField && n > 5 && extra[0] == 1 &&
			binary.LittleEndian.Uint32(extra[1:]) == crc32.ChecksumIEEE([]byte(f.Name)) && utf8.Valid(extra[5:n]) {
			return string(extra[5:n]), true
		}
		extra = extra[n:]
	}
	return "", false
}
