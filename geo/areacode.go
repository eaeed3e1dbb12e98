package geo

// CodeLevel is how deep an AreaCode goes. The values are those of the official
// statistics: 1 province to 5 village, and 6 for a grid cell.
type CodeLevel int

// The levels, by the number of digits that carry meaning.
const (
	LevelProvince  CodeLevel = 1 // 2 digits
	LevelCity      CodeLevel = 2 // 4
	LevelCounty    CodeLevel = 3 // 6
	LevelStreet    CodeLevel = 4 // 9: street, town or township
	LevelCommunity CodeLevel = 5 // 12: residents' or villagers' committee
	LevelCell      CodeLevel = 6 // 15: grid cell
)

// codeDigits is the number of meaningful digits by level.
var codeDigits = [...]int{0, 2, 4, 6, 9, 12, 15}

// AreaCode is a division code of China without trailing zeros: 2+2+2+3+3 digits
// for province, city, county, township and village (the statistical division
// codes that extend GB/T 2260 and GB/T 10114), and 3 more for a grid cell
// (6+3+3+3, GB/T 30428). Comparing two as strings orders them.
type AreaCode string

// ParseAreaCode reads 2, 4, 6, 9, 12 or 15 digits. Zeros that fill a code up to
// 6, 9 or 12 digits are cut off: 430181000000 is the county 430181.
func ParseAreaCode(s string) (AreaCode, error) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return "", notAreaCode(s)
		}
	}
	level := levelOfDigits(len(s))
	if level == 0 {
		return "", notAreaCode(s)
	}
	if level < LevelCell {
		s = trimCode(s, level)
		level = levelOfDigits(len(s))
	}
	for l := LevelProvince; l <= level; l++ {
		if l != LevelCounty && zeros(s[codeDigits[l-1]:codeDigits[l]]) {
			return "", notAreaCode(s) // the child of nothing
		}
	}
	return AreaCode(s), nil
}

func notAreaCode(s string) *Error {
	return errorf("“%s” 不是有效的区划代码；应为 2、4、6、9、12 或 15 位数字。",
		"%q is not an area code; it has 2, 4, 6, 9, 12 or 15 digits.", clip(s))
}

// trimCode cuts off the zero parts at the end.
func trimCode(s string, level CodeLevel) string {
	for level > LevelProvince && zeros(s[codeDigits[level-1]:codeDigits[level]]) {
		level--
	}
	return s[:codeDigits[level]]
}

func levelOfDigits(n int) CodeLevel {
	for l, d := range codeDigits {
		if d == n {
			return CodeLevel(l)
		}
	}
	return 0
}

func zeros(s string) bool {
	for i := range len(s) {
		if s[i] != '0' {
			return false
		}
	}
	return true
}

// Level returns the code's level, 0 for a code that ParseAreaCode did not make.
func (c AreaCode) Level() CodeLevel { return levelOfDigits(len(c)) }

// At returns the code's ancestor of a level, itself at its own, "" below. A city
// without counties (东莞 4419, 中山, 三沙, 儋州) answers for its county.
func (c AreaCode) At(level CodeLevel) AreaCode {
	if level < LevelProvince || level > c.Level() {
		return ""
	}
	return AreaCode(trimCode(string(c[:codeDigits[level]]), level))
}

// Parent returns the code of the area above, "" for a province. Above the
// streets of a city without counties stands the city.
func (c AreaCode) Parent() AreaCode { return c.At(c.Level() - 1) }

// Full returns the code filled up with zeros to 12 digits; a cell's code has 15.
func (c AreaCode) Full() string {
	const fill = "000000000000"
	if len(c) >= len(fill) {
		return string(c)
	}
	return string(c) + fill[len(c):]
}

// CodeClass is what the number of a township or a village says of its kind.
type CodeClass string

// The classes. Numbers outside the ranges (development zones, farms, special
// bodies) are "".
const (
	ClassStreet     CodeClass = "street"    // 街道 001–099
	ClassTown       CodeClass = "town"      // 镇 100–199
	ClassTownship   CodeClass = "township"  // 乡 200–399
	ClassResidents  CodeClass = "residents" // 居民委员会 001–199
	ClassVillagers  CodeClass = "villagers" // 村民委员会 200–399
	ClassUnassigned CodeClass = ""
)

// Class returns the kind of township or village, ClassUnassigned for other levels.
func (c AreaCode) Class() CodeClass {
	level := c.Level()
	if level != LevelStreet && level != LevelCommunity {
		return ClassUnassigned
	}
	number := c[len(c)-3:]
	switch {
	case number > "399" || number < "001":
		return ClassUnassigned
	case level == LevelStreet && number < "100":
		return ClassStreet
	case level == LevelStreet && number < "200":
		return ClassTown
	case level == LevelStreet:
		return ClassTownship
	case number < "200":
		return ClassResidents
	}
	return ClassVillagers
}

// Name returns the class's name for people.
func (c CodeClass) Name() Text {
	switch c {
	case ClassStreet:
		return Text{"街道", "street"}
	case ClassTown:
		return Text{"镇", "town"}
	case ClassTownship:
		return Text{"乡", "township"}
	case ClassResidents:
		return Text{"居民委员会", "residents' committee"}
	case ClassVillagers:
		return Text{"村民委员会", "villagers' committee"}
	}
	return Text{"其他", "other"}
}
