package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// demoRules are the routing rules of the demo town: category, then the name of the
// unit, and where it is not everywhere on every rung, the name of a community or the
// rung. What no rule names is left to the locality.
const demoRules = `
B01   集里街道城市管理办公室
B0103 演示自来水公司
B0104 集里街道水务站
B0105 演示燃气公司
B0106 演示供电所
B0108 集里街道消防救援站
B0109 集里街道市场监督管理所
B02   集里街道交通运输站
B0203 交警中队
B0204 集里街道城市管理办公室
B03   集里街道城市管理办公室
B04   集里街道城市管理办公室
B04   集里街道林业站 道吾村
B04   集里街道林业站 西湖村
B04   集里街道林业站 唐家园村
B05   集里街道住房和城乡建设站
B0504 集里街道自然资源所
S01   集里街道城市管理办公室 community
S01   集里街道城市管理办公室 street
S0103 集里街道水务站
S0105 集里街道生态环境所
S02   集里街道城市管理办公室 street
S03   集里街道住房和城乡建设站
S0301 集里街道城市管理办公室
S0303 集里街道应急管理站
S04   集里街道应急管理站
S0401 集里街道消防救援站
S0402 集里街道水务站
S05   集里街道城市管理办公室
S0501 夜市管理专班 神仙坳社区
S0502 交警中队
S0504 集里街道消防救援站 community
S0505 集里街道消防救援站
S06   集里司法所 street
S0602 集里司法所
S0603 集里街道住房和城乡建设站
S0604 集里街道妇女联合会
S0605 集里街道人力资源和社会保障站
S0606 集里街道自然资源所
S07   集里街道社会事务办公室
S0701 集里街道党政办公室
S0702 集里街道民政办
S0703 集里街道卫生健康办
S0704 集里街道教育办
S0705 集里街道党政办公室
S09   集里街道应急管理站
S0901 集里派出所
S0901 城北派出所 北城社区
S0903 集里派出所 community`

// demoRouting stores the demo's rules where there are none yet.
func (a *app) demoRouting(ctx context.Context, p *place) error {
	present, err := p.db.Rules(ctx, a.cfg.Tenant)
	if err != nil || len(present) > 0 {
		return err
	}
	units, err := a.codesByName(ctx, p, lintu.Units)
	if err != nil {
		return err
	}
	communities, err := a.codesByName(ctx, p, lintu.Communities)
	if err != nil {
		return err
	}
	for line := range strings.Lines(strings.TrimSpace(demoRules)) {
		words := strings.Fields(line)
		r := lintu.Rule{ID: lintu.NewID(), Category: words[0], Unit: lintu.Handler{Code: units[words[1]]}}
		if len(words) > 2 {
			if code, ok := communities[words[2]]; ok {
				r.Area = &lintu.AreaRef{Layer: lintu.Communities, Code: code}
			} else {
				r.Rung = lintu.Rung(words[2])
			}
		}
		if _, err := p.db.SaveRule(ctx, a.cfg.Tenant, r, lintu.Actor{Name: demoActor, Within: lintu.Jurisdiction}); err != nil {
			return err
		}
	}
	return nil
}

// codesByName are the codes of a layer's features by name.
func (a *app) codesByName(ctx context.Context, p *place, layer lintu.Layer) (map[string]string, error) {
	info, _ := lintu.LayerByName(layer)
	codes := map[string]string{}
	err := sql.NewReader(p.db).EachFeature(ctx, lintu.FeatureQuery{Tenant: a.cfg.Tenant, Layer: info, Within: lintu.Jurisdiction}, func(f lintu.Feature, _ string) error {
		var is struct{ Code, Name string }
		err := json.Unmarshal(f.Properties, &is)
		codes[is.Name] = is.Code
		return err
	})
	return codes, err
}
