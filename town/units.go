package town

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// unit is one responsible unit.
type unit struct {
	at                            xy
	code, name, class, stationing string
}

// The units beside the communities' own offices. A department's third part says
// how it is present in the center.
const departments = `
综治中心 permanent|党政办公室 permanent|党建办公室 permanent|社会事务办公室 permanent|城市管理办公室 permanent
信访办公室 permanent|应急管理站 permanent|退役军人服务站 permanent|人力资源和社会保障站 rotating|住房和城乡建设站 rotating
自然资源所 rotating|生态环境所 rotating|市场监督管理所 rotating|水务站 rotating|农业农村站 rotating
卫生健康办 rotating|教育办 rotating|民政办 rotating|医疗保障站 rotating|交通运输站 on_demand
文化旅游站 on_demand|林业站 on_demand|税务分局 on_demand|消防救援站 on_demand|妇女联合会 on_demand
总工会 on_demand|残疾人联合会 on_demand|共青团工委 on_demand`

var others = []unit{
	{name: "集里派出所", class: "police", stationing: "permanent"},
	{name: "城北派出所", class: "police", stationing: "permanent"},
	{name: "交警中队", class: "police", stationing: "rotating"},
	{name: "集里司法所", class: "judicial", stationing: "permanent"},
	{name: "集里人民法庭", class: "court", stationing: "rotating"},
	{name: "检察服务站", class: "procuratorate", stationing: "on_demand"},
	{name: "演示律师事务所", class: "law_firm", stationing: "rotating"},
	{name: "演示第一物业公司", class: "property"},
	{name: "演示第二物业公司", class: "property"},
	{name: "演示第三物业公司", class: "property"},
	{name: "演示第四物业公司", class: "property"},
	{name: "演示地质勘查院", class: "alliance", stationing: "on_demand"},
	{name: "演示供电所", class: "alliance", stationing: "on_demand"},
	{name: "演示自来水公司", class: "alliance", stationing: "on_demand"},
	{name: "演示燃气公司", class: "alliance", stationing: "on_demand"},
	{name: "演示人民医院", class: "alliance", stationing: "on_demand"},
	{name: "夜市管理专班", class: "temporary", stationing: "on_demand"},
}

// placeUnits puts the communities' offices at their seats, and the others into
// public buildings of the core.
func (p *plan) placeUnits() []unit {
	var all []unit
	for i, m := range communities {
		office := "居民委员会"
		if !m.urban {
			office = "村民委员会"
		}
		all = append(all, unit{at: p.officeAt(p.country.seats[i]), name: m.name + office, class: "community", stationing: "permanent"})
	}
	for _, d := range strings.FieldsFunc(departments, func(r rune) bool { return r == '|' || r == '\n' }) {
		name, stationing, _ := strings.Cut(d, " ")
		all = append(all, unit{name: "集里街道" + name, class: "department", stationing: stationing})
	}
	all = append(all, others...)
	var halls []xy
	for _, b := range p.site.buildings {
		if b.class == "office" && fromCore(b.at) < 0.7 {
			halls = append(halls, b.at)
		}
	}
	r := rand.New(rand.NewPCG(p.land.seed, 7))
	for i := range all {
		all[i].code = fmt.Sprintf("430181002U%03d", i+1)
		if all[i].class != "community" {
			d := xy{r.Float64() - 0.5, r.Float64() - 0.5}.times(16)
			all[i].at = halls[r.IntN(len(halls))].add(d).snap()
		}
	}
	return all
}

// officeAt is the middle of the building nearest to a seat.
func (p *plan) officeAt(seat xy) xy {
	best, at := 1e9, seat
	for _, b := range p.site.buildings {
		if d := b.at.dist(seat); d < best && p.site.areas.inTown(b.at) == p.site.areas.inTown(seat) {
			best, at = d, b.at
		}
	}
	return at.snap()
}

// unitWords are what a planner's file says instead of our identifiers.
var unitWords = map[string]string{
	"community": "社区", "department": "部门", "property": "物业", "police": "派出所", "judicial": "司法所",
	"court": "法庭", "procuratorate": "检察院", "law_firm": "律师事务所", "alliance": "联盟单位", "temporary": "临时专班",
	"permanent": "常驻", "rotating": "轮驻", "on_demand": "按需入驻",
}
