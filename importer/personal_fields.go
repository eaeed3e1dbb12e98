package importer

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lintu-map/lintu"
)

// The fields of a person.
const (
	rolePerson  = "person"
	rolePhone   = "phone"
	roleMembers = "members"
	roleNeeds   = "needs"
	roleNote    = "note"
)

// headings of a personal field: words that mean it, those of the layer's own
// person first.
type personalWords struct{ own, any, weak map[string]bool }

var (
	anyPerson = wordSet(`姓名 人名 名字 居民姓名 住户姓名 XM XINGMING PERSON PERSONNAME FULLNAME`)
	anyPhone  = wordSet(`电话 电话号码 联系电话 联系方式 手机 手机号 手机号码 移动电话 DH DHHM LXDH LXFS SJHM SJH SHOUJI DIANHUA LIANXIDIANHUA
		PHONE PHONENO PHONENUM PHONENUMBER TEL TELNO TELEPHONE MOBILE MOBILENO MOBILEPHONE CELLPHONE`)
	weakPhone = wordSet(`固定电话 座机 座机号 GDDH LANDLINE`)
	anyNote   = wordSet(`备注 备注说明 说明 情况说明 其他说明 BZ BEIZHU NOTE NOTES REMARK REMARKS COMMENT COMMENTS MEMO`)
)

var personalFields = map[lintu.Layer]map[string]personalWords{
	lintu.Households: {
		rolePerson: {own: wordSet(`户主 户主姓名 户主名字 户主名称 HZ HZXM HUZHU HUZHUXINGMING HOUSEHOLDER HOUSEHOLDERNAME`),
			any: anyPerson, weak: wordSet(`居民 业主 业主姓名 住户 联系人 联系人姓名 YZXM LXR LXRXM LIANXIREN OWNER OWNERNAME CONTACT CONTACTNAME`)},
		rolePhone: {own: wordSet(`户主电话 户主电话号码 户主手机 户主手机号 户主手机号码 户主联系电话 户主联系方式 HZDH HZSJ HZLXDH`), any: anyPhone, weak: weakPhone},
		roleMembers: {own: wordSet(`家庭人口 家庭人数 家庭人口数 家庭成员数 户内人数 住户人数 户籍人数 JTRK JTRS JTRKS HOUSEHOLDSIZE`),
			any: wordSet(`人数 人口 人口数 成员数 常住人口 常住人数 RS RK RKS CZRK RENSHU MEMBERS MEMBERCOUNT PERSONS PEOPLE`)},
		roleNeeds: {any: wordSet(`需求 特殊需求 服务需求 关爱需求 帮扶需求 关爱类型 困难类型 困难情况 特殊人群 重点人群 人群类别 人员类别 关爱对象 TSXQ TSRQ ZDRQ XUQIU
			NEEDS NEED SPECIALNEEDS CARE CARENEEDS`)},
		roleNote: {any: anyNote},
	},
	lintu.Heads: {
		rolePerson: {own: wordSet(`邻长姓名 邻长名字 LZXM LINZHANGXINGMING HEADNAME`), any: anyPerson,
			weak: wordSet(`邻长 负责人 负责人姓名 联系人 联系人姓名 FZR FZRXM LXR LXRXM LINZHANG CONTACT CONTACTNAME`)},
		rolePhone: {own: wordSet(`邻长电话 邻长电话号码 邻长手机 邻长手机号 邻长手机号码 邻长联系电话 邻长联系方式 LZDH LZSJ LZLXDH`), any: anyPhone, weak: weakPhone},
		roleNote:  {any: anyNote},
	},
}

// freeHeadings are headings of columns in which people write about people.
func freeHeading(h string) bool {
	return anyNote[h] || personalFields[lintu.Households][roleNeeds].any[h]
}

// isHeadingOf reports whether a folded heading means a personal field.
func isHeadingOf(h string) bool {
	for _, fields := range personalFields {
		for _, w := range fields {
			if w.own[h] || w.any[h] || w.weak[h] {
				return true
			}
		}
	}
	return false
}

// guessPersonal finds the columns of the personal fields. They are optional: what
// is not certain is left out, which the report says, and --map names it.
func (m *mapping) guessPersonal(profiles []profile, said map[string]string, used map[int]bool) error {
	m.personal = m.layer.Personal
	m.personalColumn = make([]int, len(m.personal))
	m.personalScore = make([]float64, len(m.personal))
	for i, f := range m.personal {
		m.personalColumn[i] = fromNothing
		column, ok := said[f.Name]
		if !ok || column == "" {
			continue
		}
		c := findColumn(profiles, column)
		if c < 0 {
			return noColumn(column, profiles)
		}
		m.personalColumn[i], m.personalScore[i] = c, 1
		used[c] = true
	}
	for i, f := range m.personal {
		if _, ok := said[f.Name]; ok {
			continue
		}
		if c, score := m.bestPersonal(f.Name, profiles, used); score >= sureOptional {
			m.personalColumn[i], m.personalScore[i] = c, score
			used[c] = true
		}
	}
	m.personalTitle = make([]string, len(m.personal))
	for i, c := range m.personalColumn {
		if c >= 0 {
			m.personalTitle[i] = profiles[c].name
		}
	}
	return nil
}

// bestPersonal is the column that fits a personal field best. Two that only their
// content speaks for are none.
func (m *mapping) bestPersonal(field string, profiles []profile, used map[int]bool) (column int, best float64) {
	twice := false
	for c := range profiles {
		p := &profiles[c]
		if used[c] || p.filled == 0 {
			continue
		}
		score := personalScore(field, m.layer.Name, p)
		twice = twice && score <= best || score == best && score == byContent
		if score > best {
			column, best = c, score
		}
	}
	if twice {
		return fromNothing, 0
	}
	return column, best
}

// byContent is the score of a column of which the heading says nothing.
const byContent = 0.65

// personalScore joins what the heading says with what the values say.
func personalScore(field string, layer lintu.Layer, p *profile) float64 {
	h := foldHeader(p.name)
	w := personalFields[layer][field]
	score := 0.0
	switch {
	case w.own[h]:
		score = 0.95
	case w.any[h]:
		score = 0.85
	case w.weak[h]:
		score = 0.7
	case !speaksOfPerson(h):
		switch field {
		case rolePerson:
			score = byContent * steep(p.share(p.person))
		case rolePhone:
			score = byContent * steep(p.share(p.mobile))
		}
		if score > 0 {
			return byContent
		}
	}
	return score * personalFit(field, layer, h, p)
}

// speaksOfPerson reports whether a heading says whose data it is: then it is not
// taken for another's.
func speaksOfPerson(h string) bool {
	if personalHeaders[h] || slices.ContainsFunc(personalParts, func(part string) bool { return strings.Contains(h, part) }) {
		return true
	}
	for _, who := range []string{"邻长", "网格", "组长", "片长", "书记", "主任", "医生", "民警", "负责", "HEAD", "CONTACT"} {
		if strings.Contains(h, who) {
			return true
		}
	}
	return false
}

// personalFit is how well the values of a column can be those of the field.
func personalFit(field string, layer lintu.Layer, h string, p *profile) float64 {
	fits := true
	switch field {
	case rolePerson:
		fits = p.allDigits() < 0.5
		if h == "邻长" || h == "LINZHANG" { // the post, or its number, may be called so too
			fits = p.share(p.person) >= 0.5
		}
	case rolePhone:
		n := 0
		for _, v := range p.values {
			if len(lintu.PlainPhone(plainNumber(v))) >= 7 {
				n++
			}
		}
		fits = 2*n >= len(p.values)
	case roleMembers:
		n := 0
		for _, v := range p.values {
			if _, ok := membersValue(v); ok {
				n++
			}
		}
		fits = 2*n >= len(p.values)
	}
	if fits {
		return 1
	}
	return 0.3
}

// maxPersonalRunes bounds one personal value.
const maxPersonalRunes = 1000

// person makes a row's personal data of the values of its columns; nil if they
// are all empty. A finding never holds a value.
func (m *mapping) person(number int64, values []string) (*lintu.Person, *lintu.Finding) {
	var p lintu.Person
	for i, f := range m.personal {
		v := cleanText(values[i])
		if v == "" {
			continue
		}
		if utf8.RuneCountInString(v) > maxPersonalRunes {
			bad := found(number, ruleValueTooLong, nil, "列 %[1]s 的内容超过 %[2]d 个字", "column %[1]s holds more than %[2]d characters", m.personalTitle[i], maxPersonalRunes)
			return nil, &bad
		}
		switch f.Name {
		case rolePerson:
			p.Name = v
		case rolePhone:
			p.Phone = plainNumber(v)
		case roleNeeds:
			p.Needs = splitNeeds(v)
		case roleNote:
			p.Note = v
		case roleMembers:
			n, ok := membersValue(v)
			if !ok {
				bad := found(number, ruleValueNotAllowed, nil, "列 %s 的人数应是 0 到 99 的整数", "the number of members in column %s should be an integer from 0 to 99", m.personalTitle[i])
				return nil, &bad
			}
			p.Members = n
		}
	}
	if p.IsZero() {
		return nil, nil
	}
	return &p, nil
}

// membersValue reads 3, 3.0, 3人 and 3口.
func membersValue(v string) (int, bool) {
	v = strings.TrimSpace(strings.TrimRight(plainNumber(strings.TrimRight(v, "人口名个 ")), " "))
	n, err := strconv.Atoi(v)
	return n, err == nil && n >= 0 && n <= 99
}

// splitNeeds cuts a list at commas, slashes and blanks, each need once. 无 is none.
func splitNeeds(v string) []string {
	var needs []string
	for _, n := range strings.FieldsFunc(v, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("、，,;；/", r)
	}) {
		if n != "无" && n != "-" && !slices.Contains(needs, n) {
			needs = append(needs, n)
		}
	}
	return needs
}
