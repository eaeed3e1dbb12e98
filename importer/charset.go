package importer

import (
	"regexp"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lintu-map/lintu"
)

// charset is one character encoding.
type charset struct {
	label string // canonical WHATWG label, or ibm… for a DOS code page
	title lintu.Text
	enc   encoding.Encoding // nil for UTF-8
}

const utf8Label = "utf-8"

// dosPages are the code pages of DOS that WHATWG has no label for.
var dosPages = map[string]encoding.Encoding{
	"ibm437": charmap.CodePage437, "ibm850": charmap.CodePage850, "ibm852": charmap.CodePage852,
	"ibm855": charmap.CodePage855, "ibm858": charmap.CodePage858, "ibm860": charmap.CodePage860,
	"ibm862": charmap.CodePage862, "ibm863": charmap.CodePage863, "ibm865": charmap.CodePage865,
}

var charsetTitles = map[string]lintu.Text{
	utf8Label:      {ZH: "UTF-8", EN: "UTF-8"},
	"gbk":          {ZH: "GBK（简体中文）", EN: "GBK (simplified Chinese)"},
	"gb18030":      {ZH: "GB18030（简体中文）", EN: "GB18030 (simplified Chinese)"},
	"big5":         {ZH: "Big5（繁体中文）", EN: "Big5 (traditional Chinese)"},
	"shift_jis":    {ZH: "Shift-JIS（日文）", EN: "Shift-JIS (Japanese)"},
	"euc-jp":       {ZH: "EUC-JP（日文）", EN: "EUC-JP (Japanese)"},
	"euc-kr":       {ZH: "EUC-KR（韩文）", EN: "EUC-KR (Korean)"},
	"windows-1252": {ZH: "Windows-1252（西欧）", EN: "Windows-1252 (Western European)"},
}

// charsetOf finds an encoding by WHATWG label or DOS code page. Encodings that
// cannot stand in an attribute table are not found.
func charsetOf(label string) (charset, error) {
	name := strings.ToLower(strings.TrimSpace(label))
	if enc, ok := dosPages[name]; ok {
		return named(name, enc), nil
	}
	enc, err := htmlindex.Get(name)
	if err == nil {
		name, err = htmlindex.Name(enc)
	}
	if err != nil || name == "replacement" || name == "iso-2022-jp" || name == "x-user-defined" {
		return charset{}, lintu.Errorf(lintu.CodeInvalid, "不认识字符编码 %q；常用的有 utf-8、gbk、gb18030、big5。",
			"There is no character encoding %q; common ones are utf-8, gbk, gb18030 and big5.", clipLabel(label))
	}
	switch name {
	case utf8Label:
		enc = nil
	case "gbk":
		// WHATWG decodes both with GB18030, of which GBK is a part.
		enc = simplifiedchinese.GB18030
	}
	return named(name, enc), nil
}

func named(name string, enc encoding.Encoding) charset {
	title, ok := charsetTitles[name]
	if !ok {
		title = lintu.Text{ZH: name, EN: name}
	}
	return charset{label: name, title: title, enc: enc}
}

func clipLabel(s string) string {
	s = discreet(s)
	if len(s) > 40 {
		s = s[:40]
	}
	return strings.ToValidUTF8(s, "?")
}

// codePages maps the numbers of code pages, as Windows, ESRI and ISO count
// them, to labels.
var codePages = map[string]string{
	"936": "gbk", "20936": "gbk", "54936": "gb18030", "950": "big5", "932": "shift_jis", "949": "euc-kr",
	"20932": "euc-jp", "51932": "euc-jp", "65001": utf8Label, "874": "windows-874", "866": "ibm866",
	"1250": "windows-1250", "1251": "windows-1251", "1252": "windows-1252", "1253": "windows-1253",
	"1254": "windows-1254", "1255": "windows-1255", "1256": "windows-1256", "1257": "windows-1257", "1258": "windows-1258",
	"437": "ibm437", "850": "ibm850", "852": "ibm852", "855": "ibm855", "858": "ibm858", "860": "ibm860",
	"862": "ibm862", "863": "ibm863", "865": "ibm865",
}

// cpgNames maps what else stands in .cpg files, squeezed to letters and digits.
var cpgNames = map[string]string{
	"UTF8": utf8Label, "GB2312": "gbk", "GBK": "gbk", "GB18030": "gb18030", "EUCCN": "gbk", "CHINESE": "gbk",
	"BIG5": "big5", "BIG5HKSCS": "big5", "SJIS": "shift_jis", "SHIFTJIS": "shift_jis",
	"EUCJP": "euc-jp", "EUCKR": "euc-kr", "KOI8R": "koi8-r", "KOI8U": "koi8-u", "ASCII": utf8Label, "USASCII": utf8Label,
}

var (
	notWord    = regexp.MustCompile(`[^0-9A-Z]+`)
	isoNumber  = regexp.MustCompile(`^(?:ISO)?8859([0-9]{1,2})$`)
	pageNumber = regexp.MustCompile(`^(?:ANSI|OEM|CP|WINDOWS|WIN|IBM|MS|CODEPAGE)?([0-9]{3,5})$`)
	ldidName   = regexp.MustCompile(`^LDID([0-9]{1,3})$`)
)

// parseCPG turns the text of a .cpg into a label; "" if it says nothing known.
func parseCPG(text string) string {
	s := notWord.ReplaceAllString(strings.ToUpper(text), "")
	if label, ok := cpgNames[s]; ok {
		return label
	}
	if m := isoNumber.FindStringSubmatch(s); m != nil {
		return known("iso-8859-" + m[1])
	}
	if m := ldidName.FindStringSubmatch(s); m != nil {
		return driverLabel(m[1])
	}
	if m := pageNumber.FindStringSubmatch(s); m != nil {
		if m[1] == "88591" {
			return known("iso-8859-1")
		}
		return codePages[m[1]]
	}
	return ""
}

func known(label string) string {
	c, err := charsetOf(label)
	if err != nil {
		return ""
	}
	return c.label
}

// drivers maps language driver ids of dBASE, FoxPro and ESRI to labels, after
// the table in ESRI's "Language driver ID" article. 0x57 is left out: it means
// "the ANSI code page of the machine" and is written everywhere.
var drivers = map[byte]string{
	0x01: "ibm437", 0x02: "ibm850", 0x03: "windows-1252", 0x08: "ibm865", 0x09: "ibm437", 0x0A: "ibm850",
	0x0B: "ibm437", 0x0D: "ibm437", 0x0E: "ibm850", 0x0F: "ibm437", 0x10: "ibm850", 0x11: "ibm437", 0x12: "ibm850",
	0x13: "shift_jis", 0x14: "ibm850", 0x15: "ibm437", 0x16: "ibm850", 0x17: "ibm865", 0x18: "ibm437", 0x19: "ibm437",
	0x1A: "ibm850", 0x1B: "ibm437", 0x1C: "ibm863", 0x1D: "ibm850", 0x1F: "ibm852", 0x22: "ibm852", 0x23: "ibm852",
	0x24: "ibm860", 0x25: "ibm850", 0x26: "ibm866", 0x37: "ibm850", 0x40: "ibm852",
	0x4D: "gbk", 0x4E: "euc-kr", 0x4F: "big5", 0x50: "windows-874", 0x58: "windows-1252", 0x59: "windows-1252",
	0x64: "ibm852", 0x65: "ibm866", 0x66: "ibm865", 0x78: "big5", 0x79: "euc-kr", 0x7A: "gbk", 0x7B: "shift_jis", 0x7C: "windows-874",
	0x7D: "windows-1255", 0x7E: "windows-1256", 0x86: "ibm437", 0x87: "ibm852",
	0xC8: "windows-1250", 0xC9: "windows-1251", 0xCA: "windows-1254", 0xCB: "windows-1253", 0xCC: "windows-1257",
}

func driverLabel(number string) string {
	n := 0
	for _, c := range number {
		n = 10*n + int(c-'0')
	}
	if n > 255 {
		return ""
	}
	return known(drivers[byte(n)])
}
