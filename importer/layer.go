package importer

import (
	"sort"
	"strings"
	"unicode"

	"github.com/lintu-map/lintu"
)

// A layer is taken without asking from this score, and only if the runner-up
// is further away than the margin.
const (
	sureLayer   = 0.75
	layerMargin = 0.15
)

// layerNames are words in the name of a dataset that tell its layer: Chinese
// ones anywhere in the name, others as a whole word. The first that is found
// decides, so narrower words stand first.
var layerNames = []struct {
	layer lintu.Layer
	score float64
	words []string
}{
	{lintu.Cells, 0.9, strings.Fields("单元网格 万米网格 cells cell gridcells dywg danyuanwangge")},
	{lintu.Grids, 0.85, strings.Fields("网格 grids grid wangge wg")},
	{lintu.Heads, 0.9, strings.Fields("邻长 heads head neighborheads linzhang lz")},
	{lintu.Groups, 0.85, strings.Fields("片组 片区 groups group pianzu pz")},
	{lintu.Communities, 0.85, strings.Fields("社区 社村 行政村 村居 村界 村委 居委 communities community villages village shequ cun sq")},
	{lintu.Counties, 0.85, strings.Fields("区县 县区 县界 区界 县级 counties county quxian")},
	{lintu.Streets, 0.85, strings.Fields("街道界 街道 乡镇 镇街 街镇 镇界 streets townships township towns jiedao xiangzhen jd")},
	{lintu.Households, 0.85, strings.Fields("住户 户籍 农户 家庭 户 households household houses hu zhuhu")},
	{lintu.Units, 0.85, strings.Fields("责任单位 单位 units unit danwei dw")},
	{lintu.Buildings, 0.85, strings.Fields("建筑 楼栋 房屋 buildings building bldg jianzhu jzw footprints")},
	{lintu.Roads, 0.85, strings.Fields("道路 路网 公路 路 roads road streets highway daolu dl")},
	{lintu.Water, 0.85, strings.Fields("水系 水域 河流 湖泊 水 water rivers river lakes lake shuixi sx")},
	{lintu.Green, 0.85, strings.Fields("绿地 绿化 公园 green greens parks park lvdi ld")},
	{lintu.Counties, 0.5, strings.Fields("districts district 行政区")},
}

// nameEndings are the last characters of the names in a layer's files.
var nameEndings = map[lintu.Layer][]string{
	lintu.Counties:    {"区", "县", "市", "旗", "區", "縣"},
	lintu.Streets:     {"街道", "镇", "乡", "办事处", "鎮", "鄉"},
	lintu.Communities: {"社区", "村", "里", "居委会", "村委会", "居民委员会", "村民委员会", "嘎查", "社區"},
	lintu.Grids:       {"网格", "格"},
	lintu.Roads:       {"路", "街", "大道", "巷", "高速", "国道", "省道"},
	lintu.Water:       {"河", "湖", "江", "塘", "水库", "溪", "渠"},
	lintu.Green:       {"公园", "绿地", "广场", "林场"},
}

// guessLayer judges by name, geometry and content. shape is "" if unknown.
func guessLayer(name string, shape lintu.Shape, profiles []profile) []choiceOfLayer {
	var all []choiceOfLayer
	words := splitWords(name)
	named, namedScore := layerByName(name, words, shape)
	for _, info := range lintu.Layers {
		if !info.Imports() || shape != "" && info.Shape != shape {
			continue
		}
		c := choiceOfLayer{info: info}
		byName := 0.0
		if named == info.Name {
			byName = namedScore
		}
		byValues, reason := contentScore(info, profiles)
		c.score = 1 - (1-byName)*(1-byValues)
		c.reason = layerReason(byName, byValues, name, reason, info)
		all = append(all, c)
	}
	if shape == lintu.Line && len(all) == 1 {
		all[0].score = max(all[0].score, 0.7)
	}
	sort.SliceStable(all, func(a, b int) bool { return all[a].score > all[b].score })
	return all
}

// choiceOfLayer is a layer that a dataset may belong to.
type choiceOfLayer struct {
	info   lintu.LayerInfo
	score  float64
	reason lintu.Text
}

// sure returns the layer if there is no doubt about it.
func sure(choices []choiceOfLayer) (lintu.LayerInfo, bool) {
	if len(choices) == 0 || choices[0].score < sureLayer {
		return lintu.LayerInfo{}, false
	}
	if len(choices) > 1 && choices[0].score-choices[1].score < layerMargin {
		return lintu.LayerInfo{}, false
	}
	return choices[0].info, true
}

func layerByName(name string, words map[string]bool, shape lintu.Shape) (lintu.Layer, float64) {
	for _, l := range layerNames {
		info, _ := lintu.LayerByName(l.layer)
		if shape != "" && info.Shape != shape {
			continue
		}
		for _, w := range l.words {
			if words[w] || hasHan(w) && strings.Contains(name, w) {
				return l.layer, l.score
			}
		}
	}
	return "", 0
}

// splitWords cuts a name into its runs of Latin letters, in lower case.
func splitWords(name string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r)
	}) {
		words[w] = true
	}
	return words
}

// contentScore looks for names that end as the layer's names do and for codes
// as long as the layer's codes are.
func contentScore(info lintu.LayerInfo, profiles []profile) (float64, lintu.Text) {
	names, codes := 0.0, 0.0
	var column string
	for i := range profiles {
		p := &profiles[i]
		if p.filled == 0 || float64(p.distinct) < 0.7*float64(p.filled) {
			continue
		}
		if s := endingShare(p, nameEndings[info.Name]); s > names {
			names, column = s, p.name
		}
		if info.Kind == lintu.KindArea && p.unique() && headerScore(p.name, roleCode, info.Name) > 0 {
			codes = max(codes, levelShare(info.Level, p))
		}
	}
	score := 1 - (1-0.6*steep(names))*(1-0.6*steep(codes))
	if score == 0 {
		return 0, lintu.Text{}
	}
	if names > 0 && codes > 0 {
		return score, lintu.Say("列 %s 的名称和代码的位数都像", "the names in %s and the length of the codes fit", column)
	}
	return score, lintu.Say("列的内容像", "the values of its columns fit")
}

// steep counts a share only from four fifths on.
func steep(share float64) float64 {
	if share < 0.8 {
		return 0
	}
	return share
}

func endingShare(p *profile, endings []string) float64 {
	n := 0
	for _, v := range p.values {
		for _, e := range endings {
			if strings.HasSuffix(v, e) && v != e {
				n++
				break
			}
		}
	}
	if len(p.values) == 0 {
		return 0
	}
	return float64(n) / float64(len(p.values))
}

// levelShare says how many of the codes can be codes of the level. Twelve
// digits end in zeros down to the level they name.
func levelShare(level lintu.Level, p *profile) float64 {
	n := 0
	for _, v := range p.values {
		if codeFits(level, plainNumber(v)) {
			n++
		}
	}
	if len(p.values) == 0 {
		return 0
	}
	return float64(n) / float64(len(p.values))
}

// codeFits reports whether digits can be the code of an area of that level.
func codeFits(level lintu.Level, v string) bool {
	n, ok := onlyDigits(v)
	if !ok {
		return false
	}
	switch level {
	case lintu.LevelCounty:
		return n == 6 && v[4:] != "00" || n == 12 && v[6:] == "000000" && v[4:6] != "00"
	case lintu.LevelStreet:
		return n == 9 && v[6:] != "000" || n == 12 && v[9:] == "000" && v[6:9] != "000"
	case lintu.LevelCommunity:
		return n == 12 && v[9:] != "000"
	case lintu.LevelCell:
		return n == 15
	}
	return n > 12
}

func layerReason(byName, byValues float64, name string, content lintu.Text, info lintu.LayerInfo) lintu.Text {
	switch {
	case byName > 0 && byValues > 0:
		return lintu.Text{ZH: "名字 “" + name + "”，而且" + content.ZH, EN: "the name “" + name + "”, and " + content.EN}
	case byName > 0:
		return lintu.Text{ZH: "名字是 “" + name + "”", EN: "the name is “" + name + "”"}
	case byValues > 0:
		return content
	}
	return lintu.Text{ZH: "几何类型相符", EN: "the type of geometry fits"}
}

// layerQuestion asks for the layer.
func layerQuestion(choices []choiceOfLayer) lintu.Question {
	q := lintu.Question{Key: "layer", Flag: "--layer", Candidates: []lintu.Candidate{},
		Text: lintu.Text{ZH: "这份数据属于哪个图层？", EN: "Which layer does this dataset belong to?"}}
	for _, c := range choices {
		q.Candidates = append(q.Candidates, lintu.Candidate{Value: string(c.info.Name), Title: c.info.Title,
			Confidence: c.score, Reason: c.reason, Set: map[string]string{"layer": string(c.info.Name)}})
	}
	return q
}
