package importer

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"

	"github.com/lintu-map/lintu"
)

// certain is the confidence from which a detection is taken without asking.
const certain = 0.95

// Limits of what a detection looks at.
const (
	textSampleBytes = 64 << 10
	shownValues     = 3
	shownCandidates = 4
)

// textSample is a bounded choice of different values that are not ASCII.
type textSample struct {
	values []sampleValue
	seen   map[string]bool
	bytes  int
	// namesOnly keeps values out of what is shown.
	namesOnly bool
}

type sampleValue struct {
	raw    []byte
	column int  // -1 for a column's name
	full   bool // fills its field, so the last character may be cut
}

func (s *textSample) add(raw []byte, column int, full bool) {
	if isASCII(raw) || s.bytes > textSampleBytes || s.seen[string(raw)] {
		return
	}
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	s.seen[string(raw)] = true
	s.bytes += len(raw)
	s.values = append(s.values, sampleValue{slices.Clone(raw), column, full})
}

// hints is what a dataset says about its encoding.
type hints struct {
	cpg     string // label, "" if there is none or it is unknown
	cpgText string
	ldid    byte
}

// Weights of the evidence, in natural logarithms of odds. A character that is
// decoded rightly is one of commonHan about six times in ten, one decoded
// wrongly about one time in sixteen: ln(0.6/0.06) and ln(0.4/0.94).
const (
	oddsCommon   = 2.3
	oddsUncommon = -0.85
	oddsStrange  = -2.0 // symbols, private use, half-width katakana
	oddsInvalid  = -5.0
	oddsUTF8     = 6.0 // a three-byte sequence: other text is hardly ever valid
	oddsUTF8Two  = 3.0
	oddsAccent   = 1.5 // a single accented letter among ASCII letters
	oddsLetter   = 0.4 // a letter of another script in a single-byte encoding
	oddsCPG      = 9.0
	oddsLDID     = 8.0
	// oddsNone stands for all encodings not thought of: without a hint it takes
	// three or four characters to be sure.
	oddsNone = 4.0
	// unhintedSingle is the most that content alone says for a single-byte
	// encoding: its sisters share most letters with it.
	unhintedSingle = 0.9
)

// unhinted are the encodings tried always, with the odds before any evidence.
var unhinted = []struct {
	label string
	odds  float64
}{{utf8Label, 1}, {"gbk", 1}, {"big5", 0}, {"windows-1252", 0}, {"shift_jis", -1}, {"euc-jp", -1}, {"euc-kr", -1}}

// verdict is what the sample says about one encoding.
type verdict struct {
	charset
	odds    float64
	units   int // characters judged
	invalid int
	p       float64
}

// detect weighs hints and content. personal says for a column decoded as
// values whether it must not be shown.
func detect(s *textSample, h hints, columns []SourceColumn) lintu.Detection {
	hinted := h.cpg
	ldid := known(drivers[h.ldid])
	if hinted == "" {
		hinted = ldid
	}
	if len(s.values) == 0 {
		return plain(hinted)
	}
	vs := weighEncodings(s, h.cpg, ldid)
	best := vs[0]
	d := lintu.Detection{Confidence: round(best.p)}
	if best.p >= certain && best.invalid*200 <= best.units {
		d.Value, d.Title = best.label, best.title
		d.Reason = because(best, s, h, hinted)
		return d
	}
	d.Title = lintu.Text{ZH: "不能确定", EN: "not certain"}
	d.Reason = undecided(h)
	for i, v := range vs[:min(shownCandidates, len(vs))] {
		if i > 0 && v.invalid*10 > v.units {
			continue
		}
		d.Candidates = append(d.Candidates, lintu.Candidate{
			Value: v.label, Title: v.title, Confidence: round(v.p),
			Reason: reading(v, s, columns), Set: map[string]string{"encoding": v.label},
		})
	}
	return d
}

func round(p float64) float64 { return math.Round(min(p, 0.999)*1000) / 1000 }

// plain is the detection of text that is all ASCII.
func plain(hinted string) lintu.Detection {
	if hinted == "" {
		hinted = utf8Label
	}
	c, err := charsetOf(hinted)
	if err != nil {
		c = charset{label: utf8Label, title: charsetTitles[utf8Label]}
	}
	return lintu.Detection{Value: c.label, Title: c.title, Confidence: 1, Reason: lintu.Text{
		ZH: "所看到的文字全是 ASCII，任何编码读法相同",
		EN: "all text looked at is ASCII, which reads the same in every encoding"}}
}

// weighEncodings judges every encoding and sorts by probability.
func weighEncodings(s *textSample, cpg, ldid string) []verdict {
	labels := map[string]float64{}
	for _, u := range unhinted {
		labels[u.label] = u.odds
	}
	if cpg == "gb18030" || cpg == "" && ldid == "gb18030" {
		labels["gb18030"] = labels["gbk"]
		delete(labels, "gbk")
	}
	for label, odds := range map[string]float64{ldid: oddsLDID, cpg: oddsCPG} {
		if label != "" {
			labels[label] += odds
		}
	}
	vs := make([]verdict, 0, len(labels))
	for label, odds := range labels {
		c, err := charsetOf(label)
		if err != nil {
			continue
		}
		v := judge(c, s)
		v.odds += odds
		vs = append(vs, v)
	}
	slices.SortFunc(vs, func(a, b verdict) int {
		if a.odds != b.odds {
			if a.odds > b.odds {
				return -1
			}
			return 1
		}
		return strings.Compare(a.label, b.label)
	})
	total := math.Exp(oddsNone - max(vs[0].odds, oddsNone))
	for _, v := range vs {
		total += math.Exp(v.odds - max(vs[0].odds, oddsNone))
	}
	for i := range vs {
		vs[i].p = math.Exp(vs[i].odds-max(vs[0].odds, oddsNone)) / total
		if _, single := vs[i].enc.(*charmap.Charmap); single && vs[i].label != cpg && vs[i].label != ldid {
			vs[i].p = min(vs[i].p, unhintedSingle)
		}
	}
	return vs
}

// judge adds up the evidence of all values for one encoding.
func judge(c charset, s *textSample) verdict {
	v := verdict{charset: c}
	dec := newTextDecoder(c)
	_, single := c.enc.(*charmap.Charmap)
	var buf []byte
	for _, x := range s.values {
		if single {
			v.single(c.enc.(*charmap.Charmap), x.raw)
			continue
		}
		var cut int
		buf, cut, _ = dec.append(buf[:0], x.raw)
		if cut > 0 && !x.full {
			v.bad()
		}
		for _, r := range string(buf) {
			v.rune(r)
		}
	}
	return v
}

func (v *verdict) bad() {
	v.invalid++
	v.units++
	v.odds += oddsInvalid
}

// rune weighs one character that came from several bytes.
func (v *verdict) rune(r rune) {
	switch {
	case r < 0x80:
		return
	case r == unicode.ReplacementChar:
		v.bad()
		return
	case v.enc == nil && r < 0x800:
		v.odds += oddsUTF8Two
	case v.enc == nil:
		v.odds += oddsUTF8
	default:
		v.odds += v.han(r)
	}
	v.units++
}

// han weighs a character of one of the East Asian encodings.
func (v *verdict) han(r rune) float64 {
	japanese := v.label == "shift_jis" || v.label == "euc-jp"
	switch {
	case unicode.Is(unicode.Han, r):
		if commonHan[r] {
			return oddsCommon
		}
		return oddsUncommon
	case r >= 0x3000 && r <= 0x3020 || r >= 0xFF01 && r <= 0xFF5E:
		return 0
	case r >= 0x3041 && r <= 0x30FE:
		if japanese {
			return oddsCommon
		}
	case unicode.Is(unicode.Hangul, r) && v.label == "euc-kr":
		if strings.ContainsRune(commonHangul, r) {
			return oddsCommon
		}
		return oddsUncommon
	}
	return oddsStrange
}

// single weighs the high bytes of a value in a single-byte encoding. Accented
// letters of western languages stand alone among ASCII letters; letters of
// other scripts stand in runs.
func (v *verdict) single(m *charmap.Charmap, raw []byte) {
	for i, b := range raw {
		if b < 0x80 {
			continue
		}
		v.units++
		r := m.DecodeByte(b)
		alone := (i == 0 || raw[i-1] < 0x80) && (i+1 == len(raw) || raw[i+1] < 0x80)
		switch {
		case r == unicode.ReplacementChar:
			v.invalid++
			v.odds += oddsInvalid
		case unicode.Is(unicode.Latin, r) && alone && nextToLetter(raw, i):
			v.odds += oddsAccent
		case unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r):
			v.odds += oddsLetter
		default:
			v.odds += oddsStrange
		}
	}
}

func nextToLetter(b []byte, i int) bool {
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	return i > 0 && letter(b[i-1]) || i+1 < len(b) && letter(b[i+1])
}

// because says why an encoding is certain.
func because(v verdict, s *textSample, h hints, hinted string) lintu.Text {
	content := lintu.Say("%d 个含非 ASCII 文字的值按 %s 读作常用的文字", "%d values beyond ASCII read as common characters in %s", len(s.values), v.label)
	if v.enc == nil {
		content = lintu.Say("%d 个含非 ASCII 文字的值都是合法的 UTF-8", "%d values beyond ASCII are valid UTF-8", len(s.values))
	}
	said := saying(h)
	switch {
	case hinted == "":
		return content
	case hinted == v.label:
		return lintu.Text{ZH: said.ZH + "，内容相符：" + content.ZH, EN: said.EN + ", and the content agrees: " + content.EN}
	}
	return lintu.Text{ZH: said.ZH + "，但内容与之矛盾：" + content.ZH, EN: said.EN + ", but the content contradicts it: " + content.EN}
}

// saying quotes the hint that counts.
func saying(h hints) lintu.Text {
	if h.cpg != "" {
		return lintu.Say(".cpg 声明 %q", "the .cpg says %q", clipLabel(h.cpgText))
	}
	return lintu.Say("DBF 的语言标识为 0x%02X", "the DBF's language driver id is 0x%02X", h.ldid)
}

func undecided(h hints) lintu.Text {
	if h.cpg == "" && drivers[h.ldid] == "" {
		return lintu.Text{ZH: "文件没有说明编码，内容也不足以判断", EN: "the file does not say, and its content does not decide"}
	}
	said := saying(h)
	return lintu.Text{ZH: said.ZH + "，但内容不能证实", EN: said.EN + ", but its content does not bear that out"}
}

// reading shows how a few values read in an encoding. Columns that look like
// personal data are not shown.
func reading(v verdict, s *textSample, columns []SourceColumn) lintu.Text {
	dec := newTextDecoder(v.charset)
	byColumn := map[int][]string{}
	var order []int
	for _, x := range s.values {
		if _, ok := byColumn[x.column]; !ok {
			order = append(order, x.column)
		}
		b, _, _ := dec.append(nil, x.raw)
		byColumn[x.column] = append(byColumn[x.column], string(b))
	}
	var shown []string
	for _, c := range order {
		name := ""
		if c >= 0 && c < len(columns) {
			name = columns[c].Name
		}
		if c < 0 || !s.namesOnly && !looksPersonal(name, byColumn[c]) {
			shown = append(shown, byColumn[c]...)
		}
	}
	shown = shown[:min(shownValues, len(shown))]
	for i := range shown {
		shown[i] = clip(shown[i], sampleMaxRunes)
	}
	if len(shown) == 0 {
		return lintu.Text{ZH: "涉及个人信息，不显示样例", EN: "samples withheld: they look like personal data"}
	}
	return lintu.Say("读作：%s", "reads: %s", strings.Join(shown, "、"))
}

func looksPersonal(name string, values []string) bool {
	rows := make([][]string, len(values))
	for i, v := range values {
		rows[i] = []string{v}
	}
	ps := profileColumns([]SourceColumn{{Name: name}}, rows)
	return ps[0].isPersonal(true)
}
