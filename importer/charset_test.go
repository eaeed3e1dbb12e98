package importer

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// TestEncodingsOfRealFiles has one file for each kind of evidence.
func TestEncodingsOfRealFiles(t *testing.T) {
	for file, want := range map[string]struct{ encoding, words, reason string }{
		"china/cities/长沙市.zip":                                    {"utf-8", "岳麓区 浏阳市", "valid UTF-8"},
		"china/shanghai/区县界_area.zip":                             {"gbk", "宝山区 浦东新区", "0x4D"},
		"china/shenzhen/sz.zip":                                   {"utf-8", "罗湖 福田", `says "UTF-8"`},
		"china/changsha_variants/changsha_gbk_cpg_epsg4547.zip":   {"gbk", "岳麓区 浏阳市", `says "GBK"`},
		"china/changsha_variants/changsha_gbk_nohint_noprj.zip":   {"gbk", "岳麓区 浏阳市", "common characters"},
		"tainan_villages/10tnvillage.zip":                         {"big5", "白河區 內角里", "0x4F"},
		"cambridge/cambridge_polys_96849.zip":                     {"utf-8", "", "ASCII"},
		"nasty_shapefiles/shapelib/shape_eg_data/pline.shp":       {"ibm437", "", "ASCII"},
		"nasty_shapefiles/gdal/departs.shp":                       {"", "", "does not say"},
		"nasty_shapefiles/shapelib/shape_eg_data/mpatch3.shp":     {"", "", "does not say"},
		"boston311/police_districts.zip":                          {"utf-8", "", "ASCII"},
		"nasty_shapefiles/twpayne-go-shapefile/testdata/poly.shp": {"utf-8", "", "ASCII"},
	} {
		t.Run(file, func(t *testing.T) {
			s, err := Open(sharedData(t, file), "x")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			d := s.Datasets()[0]
			if d.Encoding.Value != want.encoding || !strings.Contains(d.Encoding.Reason.EN, want.reason) {
				t.Errorf("%+v", d.Encoding)
			}
			got, err := rows(t, d, "")
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(got, "\n")
			for word := range strings.FieldsSeq(want.words) {
				if !strings.Contains(all, word) {
					t.Errorf("%s not read", word)
				}
			}
		})
	}
}

var (
	simplified  = []string{"集里街道", "神仙坳社区", "浏阳市", "禧和社区", "关口街道长兴社区", "西环村"}
	traditional = []string{"東區富強里", "安平區國平里", "白河區內角里", "永康區中興里"}
)

// sampleOf encodes texts as values of one column.
func sampleOf(t testing.TB, e encoding.Encoding, texts ...string) *textSample {
	s := &textSample{}
	for _, text := range texts {
		if e != nil {
			text = encoded(t, e, text)
		}
		s.add([]byte(text), 0, false)
	}
	return s
}

func TestDetect(t *testing.T) {
	western := []string{"Métro Café", "Zürich", "São Paulo", "Île-de-France"}
	for name, c := range map[string]struct {
		sample *textSample
		hints  hints
		want   string // "" is a question
		first  string // the first candidate of a question
		reason string
	}{
		"GBK without hint":            {sampleOf(t, simplifiedchinese.GBK, simplified...), hints{}, "gbk", "", ""},
		"one word of GBK":             {sampleOf(t, simplifiedchinese.GBK, "浏阳"), hints{}, "", "gbk", "does not say"},
		"one word of GBK with .cpg":   {sampleOf(t, simplifiedchinese.GBK, "浏阳"), hints{cpg: "gbk", cpgText: "936"}, "gbk", "", `"936"`},
		"rare words of GBK with LDID": {sampleOf(t, simplifiedchinese.GBK, "叆叇"), hints{ldid: 0x4D}, "gbk", "", "0x4D"},
		"four bytes of GB18030":       {sampleOf(t, simplifiedchinese.GB18030, append(simplified, "㙍㵲镇")...), hints{}, "gbk", "", ""},
		"GB18030 in .cpg":             {sampleOf(t, simplifiedchinese.GB18030, simplified...), hints{cpg: "gb18030", cpgText: "GB18030"}, "gb18030", "", "agrees"},
		"Big5 without hint":           {sampleOf(t, traditionalchinese.Big5, traditional...), hints{}, "big5", "", ""},
		"traditional text in GBK":     {sampleOf(t, simplifiedchinese.GBK, traditional...), hints{}, "gbk", "", ""},
		"UTF-8 without hint":          {sampleOf(t, nil, simplified...), hints{}, "utf-8", "", ""},
		"one word of UTF-8":           {sampleOf(t, nil, "浏阳"), hints{}, "utf-8", "", ""},
		"accents in UTF-8":            {sampleOf(t, nil, western...), hints{}, "utf-8", "", ""},
		".cpg says UTF-8 of GBK":      {sampleOf(t, simplifiedchinese.GBK, simplified...), hints{cpg: "utf-8", cpgText: "UTF-8"}, "gbk", "", "contradicts"},
		".cpg says GBK of UTF-8":      {sampleOf(t, nil, simplified...), hints{cpg: "gbk", cpgText: "GBK"}, "utf-8", "", "contradicts"},
		".cpg says Latin-1 of GBK":    {sampleOf(t, simplifiedchinese.GBK, simplified...), hints{cpg: "windows-1252", cpgText: "ISO-8859-1"}, "gbk", "", "contradicts"},
		".cpg says Latin-1 of UTF-8":  {sampleOf(t, nil, simplified...), hints{cpg: "windows-1252", cpgText: "ISO-8859-1"}, "utf-8", "", "contradicts"},
		".cpg says Big5 of GBK":       {sampleOf(t, simplifiedchinese.GBK, simplified...), hints{cpg: "big5", cpgText: "950"}, "gbk", "", "contradicts"},
		"LDID says Big5 of GBK":       {sampleOf(t, simplifiedchinese.GBK, simplified...), hints{ldid: 0x4F}, "gbk", "", "contradicts"},
		".cpg over LDID":              {sampleOf(t, nil, simplified...), hints{cpg: "utf-8", cpgText: "UTF-8", ldid: 0x4D}, "utf-8", "", "agrees"},
		"0x57 says nothing":           {sampleOf(t, simplifiedchinese.GBK, simplified...), hints{ldid: 0x57}, "gbk", "", ""},
		"Latin-1 in .cpg":             {sampleOf(t, charmap.Windows1252, western...), hints{cpg: "windows-1252", cpgText: "ISO 8859-1"}, "windows-1252", "", "agrees"},
		"Latin-1 without hint":        {sampleOf(t, charmap.Windows1252, western...), hints{}, "", "windows-1252", "does not say"},
		"DOS page in LDID":            {sampleOf(t, charmap.CodePage850, western...), hints{ldid: 0x02}, "ibm850", "", "0x02"},
		"Cyrillic in .cpg":            {sampleOf(t, charmap.Windows1251, "Москва", "Улица"), hints{cpg: "windows-1251", cpgText: "1251"}, "windows-1251", "", ""},
		"Shift-JIS in LDID":           {sampleOf(t, japanese.ShiftJIS, "東京都", "さいたま市"), hints{ldid: 0x13}, "shift_jis", "", ""},
		"EUC-JP in .cpg":              {sampleOf(t, japanese.EUCJP, "東京都", "さいたま市"), hints{cpg: "euc-jp", cpgText: "EUC-JP"}, "euc-jp", "", ""},
		"EUC-KR in .cpg":              {sampleOf(t, korean.EUCKR, "서울특별시", "강남구"), hints{cpg: "euc-kr", cpgText: "949"}, "euc-kr", "", ""},
		"noise":                       {sampleOf(t, charmap.ISO8859_1, "\u0081\u00ff\u0080\u00fe\u0090\u00ff"), hints{}, "", "", ""},
		"ASCII":                       {sampleOf(t, nil, "abc"), hints{}, "utf-8", "", "ASCII"},
		"ASCII with .cpg":             {sampleOf(t, nil, "abc"), hints{cpg: "gbk", cpgText: "GBK"}, "gbk", "", "ASCII"},
	} {
		t.Run(name, func(t *testing.T) {
			d := detect(c.sample, c.hints, nil)
			if d.Value != c.want || !strings.Contains(d.Reason.EN, c.reason) {
				t.Fatalf("%+v", d)
			}
			if (d.Value == "") != (d.Confidence < certain) {
				t.Errorf("confidence %v", d.Confidence)
			}
			if c.first != "" && d.Candidates[0].Value != c.first {
				t.Errorf("candidates %+v", d.Candidates)
			}
		})
	}
}

// TestCandidatesShowText lets a person choose by reading; not by other people's
// names.
func TestCandidatesShowText(t *testing.T) {
	s := sampleOf(t, simplifiedchinese.GBK, "浏阳")
	d := detect(s, hints{}, []SourceColumn{{Name: "MC"}})
	if c := d.Candidates[0]; c.Reason.ZH != "读作：浏阳" || c.Set["encoding"] != "gbk" {
		t.Errorf("%+v", c)
	}
	d = detect(s, hints{}, []SourceColumn{{Name: "XINGMING"}})
	if c := d.Candidates[0]; strings.Contains(c.Reason.ZH, "浏阳") {
		t.Errorf("%+v", c)
	}
}

// TestSampleReachesTheEnd has its only text beyond ASCII in the last of many
// rows.
func TestSampleReachesTheEnd(t *testing.T) {
	lines := make([]string, 60_000)
	for i := range lines {
		lines[i] = " plain"
	}
	for i := 59_990; i < len(lines); i++ {
		lines[i] = " " + encoded(t, simplifiedchinese.GBK, simplified[i%len(simplified)])
	}
	b := dbfFile(0, []dbfColumn{{"MC", 'C', 100, 0}}, lines...)
	d := openFolder(t, map[string][]byte{"a.shp": []byte(onePoint), "a.dbf": b})
	if d.Encoding.Value != "gbk" {
		t.Errorf("%+v", d.Encoding)
	}
}

func TestParseCPG(t *testing.T) {
	for text, want := range map[string]string{
		"UTF-8": "utf-8", "utf8": "utf-8", "65001": "utf-8", "936": "gbk", "ANSI 936": "gbk", "CP936": "gbk", "GBK": "gbk",
		"GB2312": "gbk", "gb18030": "gb18030", "GB 18030": "gb18030", "54936": "gb18030", "950": "big5", "Big5": "big5", "BIG-5": "big5",
		"EUC-JP": "euc-jp", "932": "shift_jis", "SHIFT_JIS": "shift_jis", "949": "euc-kr",
		"ISO 8859-1": "windows-1252", "ISO-8859-1": "windows-1252", "8859_1": "windows-1252", "ISO88591": "windows-1252", "88591": "windows-1252",
		"ISO-8859-15": "iso-8859-15", "OEM 437": "ibm437", "OEM 850": "ibm850", "1252": "windows-1252", "ANSI 1251": "windows-1251",
		"windows-1256": "windows-1256", "LDID/77": "gbk", "LDID/87": "", "LDID/999": "", "": "", "?": "", "12345": "", "ISO-8859-99": "",
	} {
		if got := parseCPG(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestEveryHintIsAnEncoding finds labels in the tables that nothing decodes.
func TestEveryHintIsAnEncoding(t *testing.T) {
	for id, label := range drivers {
		if _, err := charsetOf(label); err != nil {
			t.Errorf("driver 0x%02X: %v", id, err)
		}
	}
	for page, label := range codePages {
		if _, err := charsetOf(label); err != nil {
			t.Errorf("code page %s: %v", page, err)
		}
	}
}

func TestDecode(t *testing.T) {
	gbk, err := charsetOf("GB2312")
	if err != nil {
		t.Fatal(err)
	}
	u8, err := charsetOf("UTF-8")
	if err != nil {
		t.Fatal(err)
	}
	whole := encoded(t, simplifiedchinese.GBK, "社区")
	for name, c := range map[string]struct {
		charset charset
		in      string
		want    string
		cut     int
		damaged bool
	}{
		"ASCII":               {gbk, "abc", "abc", 0, false},
		"GBK":                 {gbk, whole, "社区", 0, false},
		"GBK cut":             {gbk, whole[:3], "社", 1, false},
		"GBK damaged":         {gbk, "\xff\xffa", "\uFFFD\uFFFDa", 0, true},
		"GBK, long":           {gbk, strings.Repeat(whole, 500), strings.Repeat("社区", 500), 0, false},
		"UTF-8":               {u8, "社区", "社区", 0, false},
		"UTF-8 cut after one": {u8, "社区"[:4], "社", 1, false},
		"UTF-8 cut after two": {u8, "社区"[:5], "社", 2, false},
		"UTF-8 damaged":       {u8, "\xffa", "\uFFFDa", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, cut, damaged := newTextDecoder(c.charset).append([]byte("x"), []byte(c.in))
			if string(got) != "x"+c.want || cut != c.cut || damaged != c.damaged {
				t.Errorf("%q, cut %d, damaged %v", got, cut, damaged)
			}
		})
	}
}
