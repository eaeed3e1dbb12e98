package town

import (
	"math/rand/v2"
	"strconv"
)

var hamletFirst = []string{"樟树", "石塘", "新塘", "大屋", "枫树", "竹山", "横塘", "上湾", "下湾", "老屋", "泉水", "杨家", "李家", "罗家", "刘家", "黄泥", "沙坪", "油铺", "桐子", "茶园", "白石", "青草", "铁炉", "鹅公", "马鞍", "长冲", "金盆", "月形", "龙头", "荷叶", "板桥", "高坪", "松山", "柏树", "桃花"}
var hamletLast = []string{"屋场", "冲", "湾", "坪", "塘", "坳", "岭", "坡", "垅", "园"}

func hamletName(r *rand.Rand, used map[string]bool) string {
	for {
		n := hamletFirst[r.IntN(len(hamletFirst))] + hamletLast[r.IntN(len(hamletLast))]
		if !used[n] {
			used[n] = true
			return n
		}
	}
}

var streetFirst = []string{"锦程", "金沙", "白沙", "礼花", "人民", "圭斋", "才常", "北正", "劳动", "花炮", "集里", "君子", "百宜", "复兴", "锦绣", "文华", "翠园", "梅花", "新文", "青阳", "解放", "车站", "平水", "关口", "嗣同", "朝阳", "胜利", "和平", "菊花", "银杏", "紫微", "康宁", "望江", "庆泰", "丰裕", "滨湖", "环城", "浏河", "希望", "浣纱", "神仙坳", "新屋岭", "道源", "天马", "金滩", "桂园", "枣园", "石霜", "西正", "南正"}
var streetLast = map[string][]string{
	"secondary":   {"路", "大道", "东路", "西路", "中路", "南路", "北路"},
	"residential": {"街", "巷", "里", "支路", "一巷", "二巷", "三巷"},
}

// streetNames hands out names, each only once.
type streetNames struct {
	r    *rand.Rand
	used map[string]bool
}

func (s *streetNames) next(class string) string {
	last := streetLast[class]
	for try := 0; ; try++ {
		n := streetFirst[s.r.IntN(len(streetFirst))] + last[s.r.IntN(len(last))]
		if try > 200 {
			n = streetFirst[s.r.IntN(len(streetFirst))] + strconv.Itoa(try-200) + "号" + last[0]
		}
		if !s.used[n] {
			s.used[n] = true
			return n
		}
	}
}

// ordinal is the Chinese numeral of 1 to 99.
func ordinal(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n-10]
	default:
		return digits[n/10] + "十" + digits[n%10]
	}
}
