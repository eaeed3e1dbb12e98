package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// The stories of the places that lintu is made for, each from the first word to
// the resident's satisfaction, told over HTTP and read back from the history.

// told is one step of a story: who does what, and how the case stands then.
type told struct {
	who   string
	act   lintu.Act
	with  map[string]any
	state lintu.State
}

// stage is a server with a community on it, and those who act.
type stage struct {
	*bundle
	cookies map[string]string
}

// newStage lets everybody sign in.
func newStage(t *testing.T) *stage {
	t.Helper()
	db := sqltest.New(t)
	twoPlaces(t, db, tenant, "1-", 113.5, [2]lintu.Person{{Name: "李安宁"}, {Name: "王远山"}})
	storyUnits(t, db)
	s := &stage{bundle: serve(t, db), cookies: map[string]string{"visitor": ""}}
	for who, roles := range map[string][]string{
		"grid worker": {"grid_worker grids/1-OWNG"}, "far worker": {"grid_worker grids/1-FARG"}, "neighbor head": {"neighbor_head heads/1-OWNN"}, "far head": {"neighbor_head heads/1-FARN"},
		"committee": {"unit_member units/COMMITTEE"}, "institute": {"unit_member units/INSTITUTE"}, "traffic police": {"unit_member units/TRAFFIC"},
		"property": {"unit_member units/PROPERTY"}, "mediator": {"unit_member units/JUDICIAL"},
		"dispatcher": {"dispatcher everywhere"}, "far dispatcher": {"dispatcher communities/1-FARC"}, "checker": {"checker everywhere"},
		"viewer": {"viewer everywhere"}, "planner": {"planner everywhere"}, "auditor": {"auditor everywhere"}, "administrator": {"administrator everywhere"},
	} {
		_, s.cookies[who] = s.signedIn(tenant, "story-"+strings.ReplaceAll(who, " ", "-"), roles...)
	}
	return s
}

// as asks as somebody.
func (s *stage) as(who, method, path string, body []byte) answer {
	s.t.Helper()
	return s.do(method, path, bytes.NewReader(body), "Cookie", "lintu="+s.cookies[who], "Sec-Fetch-Site", "same-origin")
}

// post sends v and expects the status.
func (s *stage) post(who, path string, v any, status int) answer {
	s.t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		s.t.Fatal(err)
	}
	a := s.as(who, http.MethodPost, path, body)
	if a.StatusCode != status {
		s.t.Fatalf("%s: POST %s %s: %d, want %d: %s", who, path, body, a.StatusCode, status, a.body)
	}
	return a
}

// photograph uploads a picture.
func (s *stage) photograph(who string) lintu.ID {
	s.t.Helper()
	id := lintu.NewID()
	if a := s.as(who, http.MethodPut, "/api/v1/photos/"+id.String(), picture(s.t, 40, 30, 0)); a.StatusCode != http.StatusCreated {
		s.t.Fatalf("%s: photo: %d %s", who, a.StatusCode, a.body)
	}
	return id
}

// caseAnswer is what a report or an act is answered with.
type caseAnswer struct {
	Case struct {
		lintu.Case
		Acts    []lintu.Act
		Contact bool
	}
	Durable bool
}

// report tells the first word of a story, twice, as a phone does that has lost the
// answer.
func (s *stage) report(who string, report map[string]any, state lintu.State) caseAnswer {
	s.t.Helper()
	said := map[string]any{"id": lintu.NewID(), "lon": 113.5201, "lat": 28.1201, "accuracy": 6, "placed": "gps", "at": time.Now().Add(-time.Minute)}
	maps.Copy(said, report)
	var first, again caseAnswer
	s.post(who, "/api/v1/cases", said, http.StatusCreated).json(s.t, &first)
	s.post(who, "/api/v1/cases", said, http.StatusOK).json(s.t, &again)
	if first.Case.State != state || !first.Durable || !again.Durable || again.Case.Seq != first.Case.Seq || again.Case.Number != first.Case.Number {
		s.t.Fatalf("reported: %+v, again: %+v", first, again)
	}
	return first
}

// tell lets a story happen.
func (s *stage) tell(id lintu.ID, steps []told) {
	s.t.Helper()
	for i, step := range steps {
		said := map[string]any{"id": lintu.NewID(), "act": step.act}
		maps.Copy(said, step.with)
		var got caseAnswer
		s.post(step.who, "/api/v1/cases/"+id.String()+"/acts", said, http.StatusOK).json(s.t, &got)
		if got.Case.State != step.state || !got.Durable {
			s.t.Fatalf("step %d, %s %s: %s, want %s", i+1, step.who, step.act, got.Case.State, step.state)
		}
	}
}

// refused checks that somebody may not do something.
func (s *stage) refused(id lintu.ID, who string, act lintu.Act, with map[string]any, status int) {
	s.t.Helper()
	said := map[string]any{"id": lintu.NewID(), "act": act}
	maps.Copy(said, with)
	s.post(who, "/api/v1/cases/"+id.String()+"/acts", said, status)
}

// history reads what has happened, one line for each event.
func (s *stage) history(who string, id lintu.ID) []string {
	s.t.Helper()
	a := s.as(who, http.MethodGet, "/api/v1/cases/"+id.String()+"/events", nil)
	var said struct{ Events []lintu.Event }
	if a.json(s.t, &said); a.StatusCode != http.StatusOK {
		s.t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	var lines []string
	for i, e := range said.Events {
		if e.Seq != i+1 || e.Case != id || i > 0 && e.At.Before(said.Events[i-1].At) {
			s.t.Errorf("event %d is out of order: %+v", i+1, e)
		}
		line := fmt.Sprintf("%s %s → %s", e.As, e.Act, e.To)
		if e.Set.Handler != nil {
			line += " @" + e.Set.Handler.Code
		}
		if len(e.Photos) > 0 {
			line += fmt.Sprintf(" +%d", len(e.Photos))
		}
		if e.Note != "" {
			line += ": " + e.Note
		}
		lines = append(lines, line)
	}
	return lines
}

// reads compares the history with what was told.
func (s *stage) reads(id lintu.ID, want ...string) {
	s.t.Helper()
	if got := s.history("dispatcher", id); !slices.Equal(got, want) {
		s.t.Errorf("the history is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// final reads the case at its end.
func (s *stage) final(who string, id lintu.ID) lintu.Case {
	s.t.Helper()
	var c lintu.Case
	s.as(who, http.MethodGet, "/api/v1/cases/"+id.String(), nil).json(s.t, &c)
	return c
}

func TestLeaningWall(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.report("far head", map[string]any{"category": "B0501", "source": "meeting", "urgency": "hard", "note": "学校对面的围墙往外倾，孩子天天从下面过",
		"photos": []lintu.ID{s.photograph("far head")}}, lintu.Reported)
	id := first.Case.ID
	s.tell(id, []told{
		{"grid worker", lintu.ActVerify, map[string]any{"note": "现场查看：外倾约八厘米，已拉警戒线", "photos": []lintu.ID{s.photograph("grid worker")}}, lintu.Dispatched},
		{"committee", lintu.ActAccept, nil, lintu.InProgress},
		{"committee", lintu.ActComment, map[string]any{"note": "原因：墙脚排水不畅，地基下沉"}, lintu.InProgress},
		{"committee", lintu.ActPlan, map[string]any{"helpers": []any{unit("INSTITUTE")}, "phases": []any{
			map[string]any{"title": "勘察地基", "unit": unit("INSTITUTE")}, map[string]any{"title": "疏通排水"}, map[string]any{"title": "加固墙体", "unit": unit("INSTITUTE")}}}, lintu.InProgress},
	})
	s.refused(id, "committee", lintu.ActReportDone, map[string]any{"note": "好了", "photos": []lintu.ID{s.photograph("committee")}}, http.StatusConflict) // phases are open
	s.refused(id, "property", lintu.ActPhaseDone, map[string]any{"phase": 0, "note": "不是我们的"}, http.StatusNotFound)
	s.tell(id, []told{
		{"institute", lintu.ActPhaseDone, map[string]any{"phase": 0, "note": "勘察报告已交社区"}, lintu.InProgress},
		{"committee", lintu.ActPhaseDone, map[string]any{"phase": 1, "note": "水沟已疏通"}, lintu.InProgress},
		{"institute", lintu.ActPhaseDone, map[string]any{"phase": 2, "note": "墙体已加固", "photos": []lintu.ID{s.photograph("institute")}}, lintu.InProgress},
		{"committee", lintu.ActReportDone, map[string]any{"note": "已修好，可以放心走", "photos": []lintu.ID{s.photograph("committee")}}, lintu.Done},
	})
	s.refused(id, "committee", lintu.ActClose, nil, http.StatusForbidden) // nobody closes a case of one's own
	s.refused(id, "institute", lintu.ActClose, nil, http.StatusForbidden)
	s.tell(id, []told{
		{"far head", lintu.ActConfirm, map[string]any{"yes": true, "note": "家长们看过了"}, lintu.Done},
		{"checker", lintu.ActClose, map[string]any{"note": "现场核查无误"}, lintu.Closed},
		{"far head", lintu.ActEvaluate, map[string]any{"satisfaction": 5}, lintu.Evaluated},
	})
	s.reads(id,
		"reporter report → reported +1: 学校对面的围墙往外倾，孩子天天从下面过",
		"worker verify → filed +1: 现场查看：外倾约八厘米，已拉警戒线",
		"system dispatch → dispatched @COMMITTEE",
		"handler accept → in_progress",
		"handler comment → in_progress: 原因：墙脚排水不畅，地基下沉",
		"handler plan → in_progress",
		"helper phase_done → in_progress: 勘察报告已交社区",
		"handler phase_done → in_progress: 水沟已疏通",
		"helper phase_done → in_progress +1: 墙体已加固",
		"handler report_done → done +1: 已修好，可以放心走",
		"reporter confirm → done: 家长们看过了",
		"checker close → closed: 现场核查无误",
		"reporter evaluate → evaluated")
	c := s.final("viewer", id)
	if c.Satisfaction != 5 || c.Confirmed == nil || !*c.Confirmed || c.OnTime == nil || !*c.OnTime || c.Mode != lintu.Joint || len(c.Photos) != 4 || c.Source != lintu.FromMeeting {
		t.Errorf("at its end the case is %+v", c)
	}
}

func TestParkingShortage(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.report("grid worker", map[string]any{"category": "S0503", "source": "meeting", "note": "三个小区共用一条巷子，晚上没有地方停车"}, lintu.Dispatched)
	id := first.Case.ID
	later := time.Now().AddDate(0, 3, 0)
	s.tell(id, []told{
		{"committee", lintu.ActAccept, nil, lintu.InProgress},
		{"committee", lintu.ActComment, map[string]any{"note": "议事会提出：一、划夜间限时车位；二、与物业错时共享；三、拆花坛。多数同意一和二"}, lintu.InProgress},
		{"dispatcher", lintu.ActPlan, map[string]any{"helpers": []any{unit("TRAFFIC"), unit("PROPERTY")}, "phases": []any{
			map[string]any{"title": "划夜间限时车位", "unit": unit("TRAFFIC")}, map[string]any{"title": "签错时共享协议", "unit": unit("PROPERTY")}}}, lintu.InProgress},
		{"committee", lintu.ActAskExtension, map[string]any{"note": "协议需要业主大会表决", "until": later}, lintu.ExtensionAsked},
		{"dispatcher", lintu.ActApprove, nil, lintu.InProgress},
		{"traffic police", lintu.ActPhaseDone, map[string]any{"phase": 0, "note": "划线三十二个"}, lintu.InProgress},
		{"property", lintu.ActPhaseDone, map[string]any{"phase": 1, "note": "协议已签"}, lintu.InProgress},
		{"committee", lintu.ActReportDone, map[string]any{"note": "今晚起可以停", "photos": []lintu.ID{s.photograph("committee")}}, lintu.Done},
		{"checker", lintu.ActRework, map[string]any{"note": "标牌没有装"}, lintu.InProgress},
		{"committee", lintu.ActReportDone, map[string]any{"note": "标牌已装", "photos": []lintu.ID{s.photograph("committee")}}, lintu.Done},
		{"grid worker", lintu.ActConfirm, map[string]any{"yes": true}, lintu.Done},
		{"checker", lintu.ActClose, nil, lintu.Closed},
		{"dispatcher", lintu.ActCallBack, map[string]any{"satisfaction": 4, "note": "回访十户，八户满意"}, lintu.Evaluated},
	})
	s.reads(id,
		"reporter report → reported: 三个小区共用一条巷子，晚上没有地方停车",
		"worker verify → filed",
		"system dispatch → dispatched @COMMITTEE",
		"handler accept → in_progress",
		"handler comment → in_progress: 议事会提出：一、划夜间限时车位；二、与物业错时共享；三、拆花坛。多数同意一和二",
		"dispatcher plan → in_progress",
		"handler ask_extension → extension_asked: 协议需要业主大会表决",
		"dispatcher approve → in_progress",
		"helper phase_done → in_progress: 划线三十二个",
		"helper phase_done → in_progress: 协议已签",
		"handler report_done → done +1: 今晚起可以停",
		"checker rework → in_progress: 标牌没有装",
		"handler report_done → done +1: 标牌已装",
		"reporter confirm → done",
		"checker close → closed",
		"dispatcher call_back → evaluated: 回访十户，八户满意")
	c := s.final("viewer", id)
	if c.Satisfaction != 4 || c.Mode != lintu.Joint || len(c.Helpers) != 2 || c.Clock.Due.Before(later.AddDate(0, 0, -14)) { // the days that a check takes do not count, nor do days off
		t.Errorf("at its end the case is %+v", c)
	}
}

func TestElevatorDispute(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	const word = "一楼不肯出钱"
	first := s.report("grid worker", map[string]any{"category": "S0602", "source": "patrol", "note": "加装电梯，" + word, "visibility": "public",
		"contact": map[string]string{"name": "周无咎", "phone": "13800010009"}}, lintu.Dispatched)
	id := first.Case.ID
	if first.Case.Visibility != lintu.Restricted || !first.Case.Contact {
		t.Fatalf("it is not restricted, or without a contact: %+v", first.Case)
	}
	hidden := func() {
		t.Helper()
		for who := range s.cookies {
			s.seesDispute(who, id, word, slices.Contains([]string{"grid worker", "mediator", "dispatcher", "checker"}, who))
		}
	}
	hidden()
	s.tell(id, []told{
		{"mediator", lintu.ActAccept, nil, lintu.InProgress},
		{"mediator", lintu.ActMediate, map[string]any{"outcome": "not_agreed", "note": "第一次调解：一楼要求补偿"}, lintu.InProgress},
		{"mediator", lintu.ActMediate, map[string]any{"outcome": "agreed", "note": "第二次调解：二楼以上分摊，一楼得补偿"}, lintu.InProgress},
		{"mediator", lintu.ActReportDone, map[string]any{"note": "协议已签"}, lintu.Done},
	})
	s.refused(id, "mediator", lintu.ActClose, nil, http.StatusForbidden)
	s.tell(id, []told{
		{"checker", lintu.ActClose, map[string]any{"note": "已看协议"}, lintu.Closed},
		{"grid worker", lintu.ActEvaluate, map[string]any{"satisfaction": 5}, lintu.Evaluated},
	})
	hidden()
	s.reads(id,
		"reporter report → reported: 加装电梯，"+word,
		"worker verify → filed",
		"system dispatch → dispatched @JUDICIAL",
		"handler accept → in_progress",
		"handler mediate → in_progress: 第一次调解：一楼要求补偿",
		"handler mediate → in_progress: 第二次调解：二楼以上分摊，一楼得补偿",
		"handler report_done → done: 协议已签",
		"checker close → closed: 已看协议",
		"reporter evaluate → evaluated")
	if c := s.final("mediator", id); c.Satisfaction != 5 || c.Outcome != lintu.Agreed {
		t.Errorf("at its end the case is %+v", c)
	}
}

// seesDispute looks for a dispute everywhere where cases are.
func (s *stage) seesDispute(who string, id lintu.ID, word string, may bool) {
	s.t.Helper()
	at := "/api/v1/cases/" + id.String()
	seen := 0
	for _, path := range []string{at, at + "/events", "/api/v1/cases", "/api/v1/cases?mine=true", "/api/v1/cases.csv", "/api/v1/cases?text=" + word,
		"/api/v1/cases/similar?lon=113.5201&lat=28.1201&category=S0602", "/api/v1/cases?bbox=113.5,28.1,113.6,28.2"} {
		a := s.as(who, http.MethodGet, path, nil)
		if bytes.Contains(a.body, []byte(word)) && !strings.Contains(path, "text=") || bytes.Contains(a.body, []byte(id.String())) && !strings.HasPrefix(path, at) {
			seen++
			if !may {
				s.t.Errorf("%s sees the dispute at %s: %s", who, path, a.body)
			}
		}
	}
	if may && seen < 5 {
		s.t.Errorf("%s sees the dispute at %d addresses only", who, seen)
	}
	if a := s.as(who, http.MethodPost, at+"/acts", []byte(`{"id":"`+lintu.NewID().String()+`","act":"comment"}`)); !may && a.StatusCode != http.StatusNotFound && who != "visitor" {
		s.t.Errorf("%s: the act on what is not there is %d: %s", who, a.StatusCode, a.body)
	}
}

func unit(code string) map[string]any { return map[string]any{"kind": "unit", "code": code} }
