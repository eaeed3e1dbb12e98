package importer

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// samplesKept is how many values of a column a report shows.
const samplesKept = 5

// valuesKept is how many values of a column are kept to be judged as words.
const valuesKept = 200

// sampleMaxRunes bounds one shown value.
const sampleMaxRunes = 60

// profile sums up what the sampled values of one column look like.
type profile struct {
	name, kind string
	filled     int         // values that are not empty
	distinct   int         // different ones among them
	digits     map[int]int // values of nothing but digits, by length
	han        int         // values with a Chinese character
	letters    int         // values with a letter of any script
	mobile     int         // values that hold a mobile phone number
	citizen    int         // values that hold a citizen's number with a right checksum
	person     int         // values that read like a Chinese person's name
	values     []string    // the first valuesKept of them
	samples    []sample    // the first samplesKept
}

// sample is a value, shortened for the report.
type sample struct {
	text   string
	number bool // it holds a number of a telephone or of a person
	person bool // it reads like a person's name
	han    bool
}

// shown are the samples that a report may show. people says that names can be
// persons'; free that anything may stand in the column, also sentences about them.
func (p *profile) shown(people, free bool) []string {
	texts := []string{}
	for _, s := range p.samples {
		if !s.number && !(people && s.person) && !(free && s.han) {
			texts = append(texts, s.text)
		}
	}
	return texts
}

// profileColumns looks at the sampled rows, column by column.
func profileColumns(columns []SourceColumn, rows [][]string) []profile {
	ps := make([]profile, len(columns))
	for i, c := range columns {
		p := profile{name: c.Name, kind: c.Type, digits: map[int]int{}}
		seen := map[string]bool{}
		for _, row := range rows {
			if i >= len(row) || row[i] == "" {
				continue
			}
			p.add(row[i])
			seen[row[i]] = true
		}
		p.distinct = len(seen)
		ps[i] = p
	}
	return ps
}

func (p *profile) add(v string) {
	p.filled++
	if len(p.samples) < samplesKept {
		p.samples = append(p.samples, sample{clip(v, sampleMaxRunes), holdsMobile(v) || holdsCitizenNumber(v), readsLikePerson(v), hasHan(v)})
	}
	if len(p.values) < valuesKept {
		p.values = append(p.values, v)
	}
	if n, ok := onlyDigits(plainNumber(v)); ok {
		p.digits[n]++
	}
	if hasHan(v) {
		p.han++
	}
	if strings.IndexFunc(v, unicode.IsLetter) >= 0 {
		p.letters++
	}
	if holdsMobile(v) {
		p.mobile++
	}
	if holdsCitizenNumber(v) {
		p.citizen++
	}
	if readsLikePerson(v) {
		p.person++
	}
}

// unique reports whether no sampled value occurs twice.
func (p *profile) unique() bool { return p.filled > 0 && p.distinct == p.filled }

// share is n as a part of the filled values.
func (p *profile) share(n int) float64 {
	if p.filled == 0 {
		return 0
	}
	return float64(n) / float64(p.filled)
}

// digitsOf is the share of values that are numbers of one of these lengths.
func (p *profile) digitsOf(lengths ...int) float64 {
	n := 0
	for _, l := range lengths {
		n += p.digits[l]
	}
	return p.share(n)
}

// allDigits is the share of values that are nothing but digits.
func (p *profile) allDigits() float64 {
	n := 0
	for _, c := range p.digits {
		n += c
	}
	return p.share(n)
}

func onlyDigits(v string) (int, bool) {
	for i := 0; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return 0, false
		}
	}
	return len(v), v != ""
}

func hasHan(v string) bool {
	for _, r := range v {
		if unicode.Is(unicode.Han, r) {
			return true
		}
	}
	return false
}

func clip(v string, runes int) string {
	if utf8.RuneCountInString(v) <= runes {
		return v
	}
	rs := []rune(v)
	return string(rs[:runes-1]) + "…"
}
