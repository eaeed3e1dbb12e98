package importer

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// doubt is why coordinates cannot be what a CRS says.
type doubt struct {
	text       lintu.Text
	impossible bool // they are no place on Earth
}

// doubt tries the CRS on the bounds of the data.
func (t *crsTask) doubt(ctx context.Context, f *frame) (*doubt, error) {
	if t.bounds == nil {
		return nil, nil
	}
	if f.crs.Kind == geo.Projected && degrees(t.bounds) {
		return &doubt{text: lintu.Text{ZH: "坐标的大小像经纬度，不像米。", EN: "the coordinates look like degrees, not metres."}}, nil
	}
	box, ok, err := f.box(ctx, t.geodesy, *t.bounds)
	if err != nil {
		if lintu.CodeOf(err) != lintu.CodeInvalid {
			return nil, err
		}
		ok = false
	}
	if !ok {
		return &doubt{impossible: true, text: lintu.Say("坐标 %g, %g 到 %g, %g 在其中不是地球上的地方。",
			"its coordinates %g, %g to %g, %g are no place on Earth in it.", t.bounds[0], t.bounds[1], t.bounds[2], t.bounds[3])}, nil
	}
	if madeForChina(f.crs) && !overlapsChina(box) {
		return &doubt{text: lintu.Say("按它数据落在 %.3f, %.3f，不在中国；带号或中央经线可能不对。",
			"in it the data lies at %.3f, %.3f, which is not in China; the zone or central meridian may be wrong.", (box[0]+box[2])/2, (box[1]+box[3])/2)}, nil
	}
	return nil, nil
}

// degrees reports whether numbers can be longitudes and latitudes.
func degrees(b *[4]float64) bool {
	return b != nil && b[0] >= -180 && b[1] >= -90 && b[2] <= 180 && b[3] <= 90
}

// madeForChina reports whether a CRS is meant for China alone.
func madeForChina(c *geo.CRS) bool {
	return strings.Contains(c.Name, "CGCS") || strings.Contains(c.Name, "China") || strings.Contains(c.Name, "Xian") || strings.Contains(c.Name, "Beijing")
}

// overlapsChina compares with the box that holds all of China.
func overlapsChina(b [4]float64) bool {
	return b[0] < 135.5 && b[2] > 73 && b[1] < 54 && b[3] > 3
}

// webMapHeaders are columns of the boundary files that people download from
// web maps: their coordinates are GCJ-02.
var webMapHeaders = wordSet(`ADCODE CENTERLAT CENTERLNG CENTERLON CENTER CENTROID CITYCODE CHILDRENNUM CHILDNUM ACROUTES
	SUBFEATUREINDEX SUBFEATURE CTADCODE PRADCODE CNADCODE CTCENTERLA CTCENTERLN PRCENTERLA CNCENTERLA CTCITYCODE PRCITYCODE`)

// webMapColumns counts such columns.
func (t *crsTask) webMapColumns() int {
	n := 0
	for i := range t.profiles {
		if webMapHeaders[foldHeader(t.profiles[i].name)] {
			n++
		}
	}
	return n
}

// ask makes the question, with candidates from the coordinates and the columns.
func (t *crsTask) ask(why lintu.Text) located {
	cs := t.candidates()
	l := located{detection: lintu.Detection{Reason: why, Candidates: cs}}
	l.question = &lintu.Question{Key: "crs", Flag: "--crs / --from", Candidates: cs, Text: lintu.Text{
		ZH: why.ZH + "坐标是什么坐标系？", EN: why.EN + " Which coordinate system is it?"}}
	if len(cs) == 0 {
		return l
	}
	if c, err := geo.ParseCRS(cs[0].Set["crs"]); err == nil && c.Native() {
		l.frame, l.usable = frame{crs: c, srs: c.Code, from: cs[0].Set["from"]}, true
	}
	return l
}

// askOld asks about a file on an old datum: it is converted only if somebody
// says so with its code.
func (t *crsTask) askOld(c *geo.CRS) located {
	why := lintu.Text{ZH: c.Note.ZH, EN: c.Note.EN}
	l := t.ask(lintu.Text{ZH: "文件的坐标系是 " + c.Name + "。" + why.ZH, EN: "The file is in " + c.Name + ". " + why.EN})
	set := c.Code
	if set == "" {
		set = t.dataset.PRJ
	}
	old := lintu.Candidate{Value: set, Title: lintu.Text{ZH: c.Name, EN: c.Name}, Confidence: 0.9, Set: map[string]string{"crs": set},
		Reason: lintu.Text{ZH: "文件写明；用 PROJ 的公开参数换算，精度几米到几十米", EN: "the file says so; PROJ's published parameters are good to some metres or tens of metres"}}
	l.detection.Candidates = []lintu.Candidate{old}
	l.question.Candidates = l.detection.Candidates
	l.frame, l.usable = frame{crs: c, srs: set}, true
	return l
}

// candidates are the systems that the coordinates can be in, likeliest first.
// Columns of a web map make its offset likelier than all others.
func (t *crsTask) candidates() []lintu.Candidate {
	cs := []lintu.Candidate{}
	if t.bounds == nil {
		return cs
	}
	web := t.webMapColumns() >= 2
	for _, p := range geo.Propose(*t.bounds) {
		c := lintu.Candidate{Value: p.CRS, Title: lintu.Text{ZH: p.CRS, EN: p.CRS}, Confidence: p.Confidence,
			Reason: lintu.Text(p.Reason), Set: map[string]string{"crs": p.CRS}}
		if known, err := geo.ParseCRS(p.CRS); err == nil && known.Name != "" {
			c.Title = lintu.Text{ZH: known.Name, EN: known.Name}
		}
		if p.From != "" {
			c.Value, c.Set["from"] = p.From, p.From
			c.Title = offsetTitle(p.From)
			if p.CRS != "EPSG:4326" {
				c.Value = p.CRS + "+" + p.From
				c.Title = lintu.Text{ZH: c.Title.ZH + "，" + p.CRS, EN: c.Title.EN + " in " + p.CRS}
			}
		}
		if web {
			favour(&c)
		}
		cs = append(cs, c)
	}
	slices.SortStableFunc(cs, func(a, b lintu.Candidate) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return cs
}

// favour counts the columns of a web map for GCJ-02 and against all else.
func favour(c *lintu.Candidate) {
	if c.Set["from"] != fromGCJ02 {
		c.Confidence *= 0.2
		return
	}
	c.Confidence = 0.5 + c.Confidence*0.8
	c.Reason = lintu.Text{
		ZH: "列名（如 adcode、centerlng、citycode）是网络地图（高德）边界数据的，那些坐标是 GCJ-02，偏移 100–700 米。",
		EN: "The columns (such as adcode, centerlng, citycode) are those of boundaries from a web map (Amap), whose coordinates are GCJ-02, 100–700 m off."}
}

func offsetTitle(from string) lintu.Text {
	if from == fromBD09 {
		return lintu.Text{ZH: "BD-09（百度坐标）", EN: "BD-09 (Baidu)"}
	}
	return lintu.Text{ZH: "GCJ-02（火星坐标）", EN: "GCJ-02 (Chinese web maps)"}
}
