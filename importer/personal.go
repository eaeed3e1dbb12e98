package importer

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// personalHeaders are header words of columns that speak of a person: in
// Chinese, pinyin initials, pinyin and English, normalised by foldHeader.
var personalHeaders = wordSet(`
	户主 户主姓名 姓名 人名 联系人 负责人 负责人姓名 法人 法定代表人 邻长姓名 邻长电话 网格员 网格员姓名 组长姓名 片长姓名 居民 业主 住户姓名
	电话 电话号码 联系电话 联系方式 手机 手机号 手机号码 固定电话 邻长手机
	身份证 身份证号 身份证号码 证件号 证件号码 公民身份号码 出生日期 生日 性别 民族 微信 微信号 邮箱 银行卡 银行账号
	XM HZ HZXM LXR LXRXM FZR FZRXM FDDBR LZXM LZDH LZSJ WGY WGYXM ZZXM PZXM YZXM
	DH LXDH LXFS SJHM SJH SHOUJI DIANHUA GDDH
	SFZ SFZH SFZHM ZJH ZJHM GMSFHM GMSFZHM CSRQ WXH
	XINGMING HUZHU HUZHUXINGMING LIANXIREN LIANXIDIANHUA SHENFENZHENG
	PERSON PERSONNAME FULLNAME FIRSTNAME LASTNAME HOUSEHOLDER OWNER OWNERNAME CONTACT CONTACTNAME HEADNAME
	PHONE PHONENO PHONENUM TEL TELNO TELEPHONE MOBILE MOBILENO CELLPHONE EMAIL WECHAT
	IDCARD IDCARDNO IDNO IDNUMBER CARDNO CITIZENID PASSPORT BIRTHDAY BIRTHDATE GENDER SEX`)

// personalParts mark a header as personal wherever they stand in it.
var personalParts = []string{"姓名", "电话", "手机", "身份证", "PHONE", "IDCARD", "MOBILE"}

// isPersonal judges a column by its header and by its values. Names of persons
// are looked for only where they can be: names of places often begin with a
// surname too.
func (p *profile) isPersonal(aboutPeople bool) bool {
	h := foldHeader(p.name)
	if personalHeaders[h] || aboutPeople && freeHeading(h) {
		return true
	}
	for _, part := range personalParts {
		if strings.Contains(h, part) {
			return true
		}
	}
	return p.share(p.mobile) >= 0.3 || p.share(p.citizen) >= 0.1 ||
		aboutPeople && p.share(p.person) >= 0.7
}

// mobileNumber finds one that is no part of a decimal fraction: those of
// projected coordinates have as many digits.
var mobileNumber = regexp.MustCompile(`(?:^|[^0-9.])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?:$|[^0-9.eE]|\.(?:$|[^0-9]))`)

// holdsMobile reports whether v holds a mainland mobile number.
func holdsMobile(v string) bool {
	return len(v) >= 11 && len(v) <= 200 && mobileNumber.MatchString(v)
}

// holdsCitizenNumber reports whether v holds a citizen identity number: 17
// digits and a check character after GB 11643 (ISO 7064 MOD 11-2).
func holdsCitizenNumber(v string) bool {
	for i := 0; i+18 <= len(v); i++ {
		if citizenNumber(v[i:i+18]) && (i == 0 || !isDigit(v[i-1])) && (i+18 == len(v) || !isDigit(v[i+18])) {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func citizenNumber(v string) bool {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if !isDigit(v[i]) {
			return false
		}
		sum += w * int(v[i]-'0')
	}
	century, month, day := v[6:8], v[10:12], v[12:14]
	if century != "19" && century != "20" || month < "01" || month > "12" || day < "01" || day > "31" {
		return false
	}
	return "10X98765432"[sum%11] == byte(unicode.ToUpper(rune(v[17])))
}

// surnames are the hundred commonest family names of the country.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"

// placeEndings end names of places and posts, which persons' names do not.
const placeEndings = "省市区县乡镇街道路巷村里组社屯庄寨湾冲坳坪号栋楼户院园苑庭府邸城场所局站店厂校邻长队会处"

// readsLikePerson reports whether v is two to four Chinese characters that
// begin with a common surname and do not end like a place.
func readsLikePerson(v string) bool {
	n := utf8.RuneCountInString(v)
	if n < 2 || n > 4 || len(v) != 3*n {
		return false
	}
	first, _ := utf8.DecodeRuneInString(v)
	last, _ := utf8.DecodeLastRuneInString(v)
	return strings.ContainsRune(surnames, first) && !strings.ContainsRune(placeEndings, last) &&
		strings.IndexFunc(v, func(r rune) bool { return !unicode.Is(unicode.Han, r) }) < 0
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
