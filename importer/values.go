package importer

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"github.com/lintu-map/lintu"
)

// classWords translate what units' files say about a unit's class. The first
// word found in the value decides, so the narrower words stand first.
var classWords = []struct{ word, class string }{
	{"临时", "temporary"}, {"联盟", "alliance"}, {"党建", "alliance"},
	{"律师", "law_firm"}, {"律所", "law_firm"}, {"检察", "procuratorate"},
	{"法院", "court"}, {"法庭", "court"}, {"司法", "judicial"},
	{"派出所", "police"}, {"公安", "police"}, {"警", "police"},
	{"物业", "property"}, {"社区", "community"}, {"村委", "community"}, {"居委", "community"}, {"村", "community"},
	{"部门", "department"}, {"职能", "department"}, {"局", "department"}, {"委", "department"}, {"所", "department"}, {"中心", "department"},
}

var stationingWords = []struct{ word, class string }{
	{"常驻", "permanent"}, {"长驻", "permanent"}, {"轮", "rotating"}, {"按需", "on_demand"}, {"随叫", "on_demand"},
}

// translate brings a value of a field with few allowed values to one of them.
func translate(f lintu.Field, layer lintu.LayerInfo, v string) (string, bool) {
	id := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(v))
	for _, allowed := range f.Values {
		if id == allowed {
			return allowed, true
		}
	}
	words := stationingWords
	if f.Name == roleClass && layer.Kind == lintu.KindUnit {
		words = classWords
	}
	for _, w := range words {
		if strings.Contains(v, w.word) {
			return w.class, true
		}
	}
	return "", false
}

// fieldValue brings a column's value to what the field stores. ok is false
// where the field does not allow it.
func fieldValue(f lintu.Field, layer lintu.LayerInfo, v string) (value string, ok bool) {
	v = cleanText(v)
	switch {
	case v == "":
		return "", true
	case f.Type == lintu.Integer:
		return integerValue(v)
	case len(f.Values) > 0:
		return translate(f, layer, v)
	case holdsCode(f.Name):
		return plainNumber(v), true
	}
	return v, true
}

// holdsCode names the fields whose values are codes.
func holdsCode(field string) bool {
	return field == roleCode || field == roleParent || field == roleHead || field == roleBuilding
}

// integerValue reads 6, 6.0, 6层 and 6F.
func integerValue(v string) (string, bool) {
	v = strings.TrimSpace(strings.TrimRight(plainNumber(strings.TrimRight(v, "层楼 Ff")), "层楼 "))
	n, err := strconv.ParseInt(v, 10, 32)
	if err != nil {
		return "", false
	}
	return strconv.FormatInt(n, 10), true
}

// plainNumber undoes what number columns do to codes: 430181.000 and
// 4.30181E+05 are 430181. Anything else stays as it is.
func plainNumber(v string) string {
	whole, fraction, found := strings.Cut(v, ".")
	if !found {
		return v
	}
	if _, ok := onlyDigits(whole); ok && strings.Trim(fraction, "0") == "" {
		return whole
	}
	if strings.ContainsAny(v, "eE") {
		if f, err := strconv.ParseFloat(v, 64); err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			return strconv.FormatFloat(f, 'f', 0, 64)
		}
	}
	return v
}

// cleanText takes out what no name or code has: control characters and the
// replacement for undecodable bytes at the ends.
func cleanText(v string) string {
	if strings.IndexFunc(v, unicode.IsControl) >= 0 {
		v = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, v)
	}
	return strings.TrimSpace(v)
}
