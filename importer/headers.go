package importer

import (
	"strings"
	"unicode"

	"github.com/lintu-map/lintu"
)

// The roles that a column header can name. A header reads as [subject][role]:
// SQDM is 社区 + 代码.
const (
	roleCode    = "code"
	roleName    = "name"
	roleAddress = "address"
	roleParent  = "parent"
	roleHead    = "head"
	roleFloors  = "floors"
	roleClass   = "class"
	roleStation = "stationing"
)

// roleWords are the ends of headers, normalised by foldHeader; longer ones are
// tried first.
var roleWords = map[string][]string{
	roleCode: strings.Fields(`代码 编码 编号 代号 标识码 序号码 DM BM BH BSM DAIMA BIANMA BIANHAO
		CODE ADCODE NUMBER NUM NO ID GEOID`),
	roleName: strings.Fields(`名称 名字 名 中文名 全称 简称 MC MINGCHENG NAME TITLE NM`),
	roleAddress: strings.Fields(`地址 门牌 门牌号 住址 坐落 位置 详细地址 门牌地址 DZ XXDZ MP MPH MPDZ ZL ZZ DIZHI MENPAI MENPAIHAO
		ADDRESS ADDR FULLADDR DOORPLATE`),
	roleClass:   strings.Fields(`类型 类别 分类 性质 种类 等级 LX LB FL LEIXING LEIBIE CLASS FCLASS TYPE KIND CATEGORY LAYER HIGHWAY`),
	roleFloors:  strings.Fields(`层数 楼层 楼层数 总层数 地上层数 CS LC LCS ZCS CENGSHU LOUCENG FLOORS FLOOR LEVELS STOREYS STORIES NUMFLOORS BUILDINGLEVELS`),
	roleStation: strings.Fields(`入驻方式 驻点方式 派驻方式 入驻 驻点 RZFS RUZHU RUZHUFANGSHI STATIONING`),
}

// wholeHeaders are headers that mean a field whatever stands around them.
var wholeHeaders = map[string][]string{
	roleCode: strings.Fields(`区划代码 区划编码 行政区划代码 行政代码 统计用区划代码 QHDM XZQDM XZQHDM XZDM TJDM QUHUADAIMA XINGZHENGQUHUADAIMA XINGZHENGDAIMA
		ADCODE ADMINCODE ADMCODE AREACODE REGIONCODE DIVISIONCODE GEOCODE GBCODE`),
	roleName: strings.Fields(`区划名称 行政区名称 行政区划名称 QHMC XZQMC XZQHMC QUHUAMINGCHENG ADMINNAME ADNAME REGIONNAME`),
	roleParent: strings.Fields(`上级代码 上级编码 上级编号 上级区划代码 所属代码 所属区划代码 父级代码 父代码 上级 SJDM SJBM SJQHDM SSDM FDM FJDM SHANGJIDAIMA SHANGJI
		PARENT PARENTCODE PARENTID PCODE PID UPCODE UPPERCODE SUPERIOR`),
	roleHead: strings.Fields(`邻长代码 邻长编号 邻长编码 邻长号 联户邻长 邻长 LZDM LZBH LZBM LZH LINZHANG LINZHANGBIANHAO LINZHANGDAIMA
		HEAD HEADCODE HEADID HEADNO NEIGHBORHEAD NEIGHBOURHEAD`),
	roleBuilding: strings.Fields(`楼栋代码 楼栋编号 楼栋编码 楼栋号 楼栋 建筑代码 建筑编号 建筑物代码 幢号 栋号 LDDM LDBH LDBM LDH JZWDM JZDM JZBH JZWBH ZH LOUDONG LOUDONGHAO
		BUILDING BUILDINGCODE BUILDINGID BUILDINGNO BLDG BLDGCODE BLDGID BLDGNO`),
}

const roleBuilding = "building"

// subjectWords are what a header can speak of, by layer.
var subjectWords = map[lintu.Layer][]string{
	lintu.Counties:    strings.Fields(`区县 县区 县 区 县级 QX XQ XIAN QUXIAN COUNTY DISTRICT DIST`),
	lintu.Streets:     strings.Fields(`街道 乡镇 镇街 街镇 乡 镇 乡镇街道 JD XZ ZJ JZ JIEDAO XIANGZHEN STREET TOWN TOWNSHIP SUBDISTRICT`),
	lintu.Communities: strings.Fields(`社区 村 社村 村社 村居 行政村 村庄 里 SQ CUN CJ SC XZC SHEQU COMMUNITY COMM VILLAGE VILL`),
	lintu.Groups:      strings.Fields(`片组 片区 片 小组 组 PZ PQ PIANZU PIANQU GROUP`),
	lintu.Grids:       strings.Fields(`网格 WG WANGGE GRID`),
	lintu.Cells:       strings.Fields(`单元网格 单元 万米网格 DYWG DY CELL GRIDCELL`),
	lintu.Households:  strings.Fields(`户 住户 家庭 户籍 H HU ZH JT HOUSEHOLD HOUSE HH FAMILY`),
	lintu.Heads:       strings.Fields(`邻长 邻 LZ LINZHANG HEAD NEIGHBORHEAD`),
	lintu.Units:       strings.Fields(`单位 责任单位 部门 DW ZRDW BMDW DANWEI UNIT DEPT DEPARTMENT ORG AGENCY`),
	lintu.Buildings:   strings.Fields(`建筑 建筑物 楼栋 房屋 楼 幢 JZ JZW LD FW BUILDING BLDG`),
	lintu.Roads:       strings.Fields(`道路 路 公路 DL LU ROAD STREET`),
	lintu.Water:       strings.Fields(`水系 水域 河流 水体 SX SY HL WATER RIVER LAKE`),
	lintu.Green:       strings.Fields(`绿地 公园 绿化 LD LHD GREEN PARK`),
}

// generalSubjects speak of any layer.
var generalSubjects = strings.Fields(`区划 行政区 行政区划 行政 区域 要素 对象 图斑 QH XZQ XZQH QY YS DX TB ADMIN ADM AD REGION AREA FEATURE OBJ ZONE`)

// systemHeaders are numbers that software put there; they change on every export.
var systemHeaders = wordSet(`FID OID OBJECTID OBJECTID1 OBJECTID12 OBJECTID2 GID ORIGFID ETID INFID TARGETFID JOINFID JOINCOUNT
	SHAPE SHAPELENG SHAPELENGTH SHAPEAREA SHAPELE1 SHAPEAR1 SHAPESTAR SHAPESTLE AREA PERIMETER LENGTH SORT X Y LON LAT
	CENTERLAT CENTERLNG CENTROIDX CENTROIDY MINX MAXX MINY MAXY 面积 周长 长度 序号 经度 纬度`)

// foldHeader brings a header to capital letters, digits and characters: full
// width to half width, no blanks, underscores or punctuation.
func foldHeader(h string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		r = unicode.ToUpper(r)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, h)
}

// headerBytes is the longest name a DBF column can have; longer ones were cut.
const headerBytes = 10

// wasCut reports whether a header may be the beginning of a longer word: nine
// bytes or more in the narrowest encoding it can have had, or three Chinese
// characters or more, which fill ten bytes of UTF-8.
func wasCut(name string) bool {
	n, han := 0, 0
	for _, r := range name {
		n++
		if r >= 0x80 {
			n++
			han++
		}
	}
	return n >= headerBytes-1 && n <= headerBytes || han >= 3 && han == len([]rune(name))
}

// headerScore says how surely the header alone names the role for the layer,
// from 0 to 1.
func headerScore(name, role string, layer lintu.Layer) float64 {
	h := foldHeader(name)
	if h == "" || systemHeaders[h] {
		return 0
	}
	best := wholeScore(h, role, wasCut(name))
	switch role {
	case roleParent:
		best = max(best, parentScore(h, layer))
	case roleHead, roleBuilding:
	case roleName:
		best = max(best, roleScore(h, roleName, layer, wasCut(name)), 0.8*subjectScore(h, layer))
		if layer == lintu.Households {
			best = max(best, roleScore(h, roleAddress, layer, wasCut(name)))
		}
	default:
		best = max(best, roleScore(h, role, layer, wasCut(name)))
	}
	return best
}

func wholeScore(h, role string, cut bool) float64 {
	best := 0.0
	for _, w := range wholeHeaders[role] {
		if h == w {
			return 0.95
		}
		if cut && len(h) >= 6 && strings.HasPrefix(w, h) {
			best = 0.85
		}
	}
	return best
}

// roleScore reads the header as [subject][role].
func roleScore(h, role string, layer lintu.Layer, cut bool) float64 {
	best := 0.0
	for _, w := range roleWords[role] {
		if h == w {
			best = max(best, bareScore(w))
		}
		if subject, ok := strings.CutSuffix(h, w); ok && subject != "" {
			best = max(best, subjectRoleScore(subject, layer))
		}
		if cut {
			best = max(best, 0.9*cutScore(h, w, layer))
		}
	}
	return best
}

// bareScore rates a role word that stands alone. ID, NO and NUM are what any
// program writes.
func bareScore(word string) float64 {
	switch word {
	case "ID", "NO", "NUM", "NUMBER", "NM", "名", "FL", "ZL", "ZZ", "LAYER", "TITLE":
		return 0.6
	}
	return 0.9
}

func subjectRoleScore(subject string, layer lintu.Layer) float64 {
	if s := subjectScore(subject, layer); s > 0 {
		return s
	}
	for other := range subjectWords {
		if other != layer && subjectScore(subject, other) >= 0.95 {
			return 0.1 // the code of something else
		}
	}
	return 0.5
}

// subjectScore says whether a word speaks of the layer.
func subjectScore(word string, layer lintu.Layer) float64 {
	for _, w := range subjectWords[layer] {
		if word == w {
			return 0.95
		}
	}
	for _, w := range generalSubjects {
		if word == w {
			return 0.85
		}
	}
	return 0
}

// cutScore reads a header that was cut inside its role word: COMMUNITY_CODE
// became COMMUNITYC.
func cutScore(h, role string, layer lintu.Layer) float64 {
	for _, subjects := range [][]string{subjectWords[layer], generalSubjects} {
		for _, s := range subjects {
			if len(h) > len(s) && strings.HasPrefix(s+role, h) && strings.HasPrefix(h, s) {
				return 0.85
			}
		}
	}
	return 0
}

// parentScore rates headers such as JDDM in a file of communities: the code of
// a wider area; the next wider level counts most.
func parentScore(h string, layer lintu.Layer) float64 {
	score := 0.85
	levels := widerAreas(layer)
	for i := len(levels) - 1; i >= 0; i-- {
		for _, w := range roleWords[roleCode] {
			if subject, ok := strings.CutSuffix(h, w); ok && subjectScore(subject, levels[i]) >= 0.95 {
				return score
			}
		}
		score -= 0.2
	}
	return 0
}

// widerAreas lists the area layers above layer, wide to narrow.
func widerAreas(layer lintu.Layer) []lintu.Layer {
	var wider []lintu.Layer
	for _, l := range lintu.Layers {
		if l.Name == layer {
			return wider
		}
		if l.Kind == lintu.KindArea {
			wider = append(wider, l.Name)
		}
	}
	return wider
}
