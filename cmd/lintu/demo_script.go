package main

import (
	"context"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// line is a line of the script: at that time, in that story, somebody does something.
// Who is patrol, dispatcher, checker, resident, reporter or the name of a unit.
type line struct {
	at, story, who string
	act            lintu.Act
	say            string
	with           lintu.Action
}

// The stories of the demo's day. What a line has no id for is found when it is played.
var demoDay = []line{
	{"07:40", "路灯", "patrol", lintu.ActReport, "B0101 演示：巡查发现路灯不亮", lintu.Action{}},
	{"07:55", "路灯", "集里街道城市管理办公室", lintu.ActAccept, "", lintu.Action{}},
	{"09:05", "路灯", "集里街道城市管理办公室", lintu.ActReportDone, "已更换灯具并试亮", lintu.Action{}},
	{"09:40", "路灯", "checker", lintu.ActClose, "现场核查，灯已亮", lintu.Action{}},
	{"10:30", "路灯", "dispatcher", lintu.ActCallBack, "电话回访", lintu.Action{Satisfaction: 5}},

	{"08:20", "围墙", "patrol", lintu.ActReport, "B0501 演示：学校对面的围墙向外倾斜，接送孩子时很怕", lintu.Action{Urgency: ref(lintu.Urgent)}},
	{"08:35", "围墙", "集里街道住房和城乡建设站", lintu.ActAccept, "", lintu.Action{}},
	{"08:50", "围墙", "集里街道住房和城乡建设站", lintu.ActComment, "现场查看：墙脚渗水，排水不畅致地基下沉", lintu.Action{}},
	{"09:15", "围墙", "集里街道住房和城乡建设站", lintu.ActPlan, "", joint("演示地质勘查院", "+地质勘查", "+疏通排水", "+加固墙体")},
	{"10:20", "围墙", "演示地质勘查院", lintu.ActPhaseDone, "勘查完成，出具加固意见", phase(0)},
	{"11:30", "围墙", "演示地质勘查院", lintu.ActPhaseDone, "排水沟已疏通", phase(1)},
	{"14:50", "围墙", "演示地质勘查院", lintu.ActPhaseDone, "墙体已加固", phase(2)},
	{"15:10", "围墙", "集里街道住房和城乡建设站", lintu.ActReportDone, "围墙已加固，排水已疏通", lintu.Action{}},
	{"15:40", "围墙", "resident", lintu.ActConfirm, "", lintu.Action{Yes: ref(true)}},
	{"16:10", "围墙", "checker", lintu.ActClose, "现场核查，墙体稳固", lintu.Action{}},
	{"16:50", "围墙", "resident", lintu.ActEvaluate, "", lintu.Action{Satisfaction: 5}},

	{"08:25", "停车", "patrol", lintu.ActReport, "S0503 演示：晚上没处停车", lintu.Action{Urgency: ref(lintu.Hard)}},
	{"09:00", "停车", "交警中队", lintu.ActAccept, "", lintu.Action{}},
	{"09:30", "停车", "交警中队", lintu.ActPlan, "", joint("集里街道城市管理办公室", "现场会商", "+划线施工", "错时开放")},
	{"10:50", "停车", "交警中队", lintu.ActPhaseDone, "已与居民商定方案", phase(0)},
	{"13:20", "停车", "集里街道城市管理办公室", lintu.ActPhaseDone, "新增 36 个车位", phase(1)},
	{"16:00", "停车", "交警中队", lintu.ActPhaseDone, "机关院落夜间开放", phase(2)},
	{"16:30", "停车", "交警中队", lintu.ActReportDone, "车位已启用", lintu.Action{}},
	{"17:10", "停车", "checker", lintu.ActClose, "夜间核查，有位可停", lintu.Action{}},
	{"17:40", "停车", "dispatcher", lintu.ActCallBack, "电话回访", lintu.Action{Satisfaction: 4}},

	{"08:30", "电梯", "patrol", lintu.ActReport, "S0602 演示：五栋加装电梯，低层住户担心采光", lintu.Action{Urgency: ref(lintu.Worrying)}},
	{"09:10", "电梯", "集里司法所", lintu.ActAccept, "", lintu.Action{}},
	{"09:50", "电梯", "集里司法所", lintu.ActPlan, "", joint("集里街道住房和城乡建设站", "+实地测量采光", "分户协商")},
	{"11:10", "电梯", "集里街道住房和城乡建设站", lintu.ActPhaseDone, "采光测算符合要求", phase(0)},
	{"14:20", "电梯", "集里司法所", lintu.ActPhaseDone, "补偿方案已商定", phase(1)},
	{"15:20", "电梯", "集里司法所", lintu.ActMediate, "各户签字", lintu.Action{Outcome: lintu.Agreed}},
	{"16:20", "电梯", "集里司法所", lintu.ActReportDone, "协议已履行", lintu.Action{}},
	{"17:00", "电梯", "checker", lintu.ActClose, "回看协议", lintu.Action{}},
	{"17:30", "电梯", "dispatcher", lintu.ActCallBack, "电话回访", lintu.Action{Satisfaction: 5}},
}

// parkingOptions are what the residents proposed, with their votes.
var parkingOptions = []lintu.Option{{Text: "机关院落夜间错时开放", Votes: 12, Agreed: true}, {Text: "路侧划定限时车位", Votes: 9, Agreed: true}, {Text: "拆除绿地建停车场", Votes: 2}}

func ref[T any](x T) *T { return &x }

func phase(i int) lintu.Action { return lintu.Action{Phase: &i} }

// joint is a plan whose helper is the unit of that name. The phases with a + are for the
// helper to finish.
func joint(helper string, titles ...string) lintu.Action {
	unit := lintu.Handler{Kind: lintu.UnitHandles, Name: helper}
	a := lintu.Action{Helpers: []lintu.Handler{unit}}
	for _, t := range titles {
		title, helps := strings.CutPrefix(t, "+")
		p := lintu.Phase{Title: title}
		if helps {
			p.Unit = &unit
		}
		a.Phases = append(a.Phases, p)
	}
	return a
}

// script is the day's stories as steps.
func script() (steps []step) {
	for _, l := range demoDay {
		at, err := time.Parse("15:04", l.at)
		if err != nil {
			panic("the demo's day: " + l.at)
		}
		steps = append(steps, step{at.Hour()*60 + at.Minute(), l.story, func(ctx context.Context, d *day) error { return d.play(ctx, l) }})
	}
	return append(steps, step{17*60 + 50, "停车", readOut})
}
