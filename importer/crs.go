package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// located is what was found out about a dataset's coordinates. Where there is a
// question, frame is the likeliest guess and only good for a preview.
type located struct {
	frame     frame
	usable    bool // there is a frame at all
	detection lintu.Detection
	question  *lintu.Question
	notes     []lintu.Text
}

// nowhere is said of a table without coordinates: there is nothing to convert.
func nowhere() located {
	return located{usable: true, detection: lintu.Detection{Value: "none", Title: lintu.Text{ZH: "没有坐标", EN: "no coordinates"}, Confidence: 1,
		Reason: lintu.Text{ZH: "表里没有坐标列；已有的位置保持不变", EN: "the table has no columns of coordinates; places that are known stay"}}}
}

// crsTask is what locating a dataset needs to know.
type crsTask struct {
	dataset  *Dataset
	bounds   *[4]float64 // of the source coordinates
	profiles []profile
	answers  lintu.Answers
	geodesy  lintu.Geodesy
}

// locate finds the CRS: what a person said, else what the file says, else a
// question. Errors are a person's wrong answer or the database's.
func (t *crsTask) locate(ctx context.Context) (located, error) {
	if from := t.answers.From; from != "" && from != fromGCJ02 && from != fromBD09 {
		return located{}, lintu.Errorf(lintu.CodeInvalid, "--from 只能是 gcj02 或 bd09，不能是 “%s”。", "--from is gcj02 or bd09, not %q.", clip(from, sampleMaxRunes))
	}
	if t.answers.CRS != "" {
		return t.said(ctx)
	}
	l, err := t.declared(ctx)
	if err != nil || l.question == nil {
		return l, err
	}
	// Consumer maps' coordinates are degrees, so saying which is enough.
	if t.answers.From != "" && degrees(t.bounds) {
		wgs, err := geo.ParseCRS("EPSG:4326")
		if err != nil {
			return located{}, fmt.Errorf("EPSG:4326: %w", err)
		}
		return t.settled(wgs, "EPSG:4326", 1, lintu.Text{ZH: "由操作者指定", EN: "said by the operator"}), nil
	}
	return l, nil
}

// said takes the CRS that a person named, however unlikely, if PROJ or geo can
// convert it and the coordinates come out on Earth.
func (t *crsTask) said(ctx context.Context) (located, error) {
	c, err := geo.ParseCRS(t.answers.CRS)
	if err != nil {
		return located{}, geoError(err)
	}
	srs := t.answers.CRS
	if c.Code != "" {
		srs = c.Code
	}
	if err := t.known(ctx, c, srs); err != nil {
		return located{}, err
	}
	l := t.settled(c, srs, 1, lintu.Text{ZH: "由操作者指定", EN: "said by the operator"})
	doubt, err := t.doubt(ctx, &l.frame)
	if err != nil {
		return located{}, err
	}
	if doubt != nil && doubt.impossible {
		q := t.ask(lintu.Text{ZH: "指定的坐标系 " + c.Name + " 不符：" + doubt.text.ZH, EN: "The coordinate system " + c.Name + " does not fit: " + doubt.text.EN})
		return q, nil
	}
	if c.Datum == geo.OldDatum {
		l.notes = append(l.notes, lintu.Say("坐标系 %[1]s 基于旧基准，由 PROJ 按公开参数换算，精度只有几米到几十米；有当地参数时请先换算成 CGCS2000。",
			"%[1]s uses an old datum. PROJ converts it with published parameters, good to some metres or tens of metres; where local parameters exist, convert to CGCS2000 first.", c.Name))
	}
	return l, nil
}

// known asks PROJ about a CRS that geo does not convert itself, and fills in
// its name.
func (t *crsTask) known(ctx context.Context, c *geo.CRS, srs string) error {
	if c.Native() {
		return nil
	}
	name, err := t.geodesy.Describe(ctx, srs)
	if err == nil && c.Name == "" {
		c.Name = name
	}
	return err
}

// declared reads what the file itself says.
func (t *crsTask) declared(ctx context.Context) (located, error) {
	text, kind := t.dataset.PRJ, ".prj"
	if text == "" {
		text, kind = t.dataset.CRSHint, "GeoJSON"
	}
	if strings.TrimSpace(text) == "" && t.dataset.isTable() {
		return t.ask(lintu.Text{ZH: "表格没有说明坐标系。", EN: "The table does not say its coordinate system."}), nil
	}
	if strings.TrimSpace(text) == "" {
		return t.ask(lintu.Text{ZH: "文件没有说明坐标系（没有 .prj）。", EN: "The file does not say its coordinate system (it has no .prj)."}), nil
	}
	parse := geo.ParseCRS
	if kind == ".prj" {
		parse = geo.ParseWKT
	}
	c, err := parse(text)
	if err != nil {
		return t.ask(lintu.Text{ZH: kind + " 里的坐标系无法识别。", EN: "The coordinate system in the " + kind + " cannot be understood."}), nil
	}
	if c.Datum == geo.OldDatum {
		return t.askOld(c), nil
	}
	srs := text
	if c.Code != "" {
		srs = c.Code
	}
	if err := t.known(ctx, c, srs); err != nil {
		if lintu.CodeOf(err) != lintu.CodeInvalid {
			return located{}, err
		}
		return t.ask(lintu.Text{ZH: "PROJ 不认识 " + kind + " 里的坐标系 " + c.Name + "。", EN: "PROJ does not know the coordinate system " + c.Name + " in the " + kind + "."}), nil
	}
	return t.trust(ctx, c, srs, kind)
}

// trust takes a declared CRS unless the coordinates speak against it.
func (t *crsTask) trust(ctx context.Context, c *geo.CRS, srs, kind string) (located, error) {
	l := t.settled(c, srs, 0.98, lintu.Text{ZH: kind + " 写明", EN: "the " + kind + " says so"})
	doubt, err := t.doubt(ctx, &l.frame)
	if err != nil {
		return located{}, err
	}
	if doubt != nil {
		return t.ask(lintu.Text{
			ZH: kind + " 写的是 " + c.Name + "，但" + doubt.text.ZH,
			EN: "The " + kind + " says " + c.Name + ", but " + doubt.text.EN}), nil
	}
	if t.answers.From == "" && c.Kind == geo.Geographic && t.webMapColumns() >= 2 {
		if kind == "GeoJSON" {
			return t.ask(lintu.Text{ZH: "GeoJSON 按规定是 WGS 84，但列名像网络地图下载的边界，那些是 GCJ-02。",
				EN: "GeoJSON is WGS 84 by its rules, but the columns are those of boundaries from web maps, which are GCJ-02."}), nil
		}
		l.notes = append(l.notes, lintu.Text{ZH: "列名像网络地图下载的边界；如果与底图差几百米，坐标其实是 GCJ-02，请用 --from gcj02 重新导入。",
			EN: "The columns are those of boundaries from web maps. If the result is some hundred metres off, the coordinates are GCJ-02: import again with --from gcj02."})
	}
	return l, nil
}

// settled is a CRS that needs no question.
func (t *crsTask) settled(c *geo.CRS, srs string, confidence float64, reason lintu.Text) located {
	l := located{usable: true, frame: frame{crs: c, srs: srs, from: t.answers.From}}
	value := c.Code
	if value == "" {
		value = c.Name
	}
	l.detection = lintu.Detection{Value: value, Title: lintu.Text{ZH: c.Name, EN: c.Name}, Confidence: confidence, Reason: reason}
	switch t.answers.From {
	case fromGCJ02:
		l.detection.Value = fromGCJ02
		l.detection.Title = lintu.Text{ZH: "GCJ-02（火星坐标），换算为 WGS 84", EN: "GCJ-02, converted to WGS 84"}
	case fromBD09:
		l.detection.Value = fromBD09
		l.detection.Title = lintu.Text{ZH: "BD-09（百度坐标），换算为 WGS 84", EN: "BD-09, converted to WGS 84"}
	}
	if t.answers.From != "" {
		l.notes = append(l.notes, lintu.Say("坐标已从 %s 换算为 WGS 84。", "Coordinates were converted from %s to WGS 84.", strings.ToUpper(t.answers.From)))
	}
	return l
}

// geoError gives the house's error for one of package geo.
func geoError(err error) error {
	var mine *geo.Error
	if errors.As(err, &mine) {
		return &lintu.Error{Code: lintu.CodeInvalid, Text: lintu.Text(mine.Text)}
	}
	return err
}
