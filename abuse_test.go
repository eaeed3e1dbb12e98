package lintu_test

import (
	"slices"
	"testing"

	"github.com/lintu-map/lintu"
)

// A member of the unit that handles a case cannot judge it, with another role nor with
// a token that leaves out what makes it a member.
func TestColleaguesDoNotJudge(t *testing.T) {
	colleague := modelViewer(20, lintu.RoleUnitMember, lintu.RoleChecker)
	limited := modelViewer(20, lintu.RoleUnitMember, lintu.RoleChecker)
	limited.Viewer.Only = []lintu.Right{lintu.SeeCases, lintu.CheckCases}
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	s.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "好了", Photos: proof})
	for _, by := range []lintu.Asker{colleague, limited} {
		if code := s.act(by, lintu.Action{Act: lintu.ActClose}); code != lintu.CodeForbidden {
			t.Errorf("a colleague closes: %q", code)
		}
	}
	s.must(checker, lintu.Action{Act: lintu.ActClose})

	own := newStory(t, nil)
	n := lintu.NewCase{ID: lintu.ID{5}, Category: "wall", Place: own.c.Place, At: modelNow, Source: lintu.FromPatrol}
	c, _, err := own.office.Open(n, "20261123-000002", colleague)
	if err != nil {
		t.Fatal(err)
	}
	own.c = c
	own.must(worker, lintu.Action{Act: lintu.ActVerify})
	own.must(unit, lintu.Action{Act: lintu.ActAccept})
	own.must(unit, lintu.Action{Act: lintu.ActReportDone, Note: "好了", Photos: proof})
	yes := true
	if code := own.act(colleague, lintu.Action{Act: lintu.ActConfirm, Yes: &yes}); code != lintu.CodeForbidden {
		t.Errorf("a colleague who reported it confirms: %q", code)
	}
	own.must(checker, lintu.Action{Act: lintu.ActClose})
	if code := own.act(colleague, lintu.Action{Act: lintu.ActEvaluate, Satisfaction: 5}); code != lintu.CodeForbidden {
		t.Errorf("a colleague who reported it praises it: %q", code)
	}
}

// Only who leads finishes a phase that is nobody's own.
func TestHelpersFinishTheirOwnPhases(t *testing.T) {
	other := lintu.Handler{Kind: lintu.UnitHandles, ID: lintu.ID{4}, Code: "U2", Name: "协办"}
	helper := lintu.Asker{Viewer: &lintu.Viewer{Account: lintu.ID{21}, Name: "user:21",
		Grants: []lintu.Grant{{Role: lintu.RoleUnitMember, Scope: lintu.Scope{Kind: lintu.ForUnit, ID: other.ID}}}}}
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	tooFar := modelNow.AddDate(3, 0, 0)
	if code := s.act(unit, lintu.Action{Act: lintu.ActPlan, Phases: []lintu.Phase{{Title: "勘查", Until: &tooFar}}}); code != lintu.CodeInvalid {
		t.Errorf("a phase until %s: %q", tooFar, code)
	}
	s.must(unit, lintu.Action{Act: lintu.ActPlan, Phases: []lintu.Phase{{Title: "查明原因"}, {Title: "勘查", Unit: &other}}})
	leads, helps := 0, 1
	if code := s.act(helper, lintu.Action{Act: lintu.ActPhaseDone, Phase: &leads, Note: "x"}); code != lintu.CodeForbidden {
		t.Errorf("a helper finishes what the lead should: %q", code)
	}
	s.must(helper, lintu.Action{Act: lintu.ActPhaseDone, Phase: &helps, Note: "x"})
	s.must(unit, lintu.Action{Act: lintu.ActPhaseDone, Phase: &leads, Note: "x"})
}

// A dispute stays restricted while it is one, also when its category is retired.
func TestDisputesStayRestricted(t *testing.T) {
	s := newStory(t, nil)
	dispute := s.office.Categories[0]
	dispute.Code, dispute.Visibility = "dispute", lintu.Restricted
	s.office.Categories = append(s.office.Categories, dispute)
	category, public := "dispute", lintu.Public
	s.must(worker, lintu.Action{Act: lintu.ActAmend, Category: &category})
	s.office.Categories[1].Retired = true
	if code := s.act(dispatcher, lintu.Action{Act: lintu.ActAmend, Visibility: &public}); code != lintu.CodeInvalid || s.c.Visibility != lintu.Restricted {
		t.Errorf("a dispute is made public: %q, %s", code, s.c.Visibility)
	}
	lamp := "wall"
	s.must(dispatcher, lintu.Action{Act: lintu.ActAmend, Category: &lamp, Visibility: &public})
}

// The word of a mediation is proof of a dispute's end, and of nothing else.
func TestMediationProvesNoRepair(t *testing.T) {
	s := newStory(t, nil)
	s.must(unit, lintu.Action{Act: lintu.ActAccept})
	s.must(unit, lintu.Action{Act: lintu.ActMediate, Outcome: lintu.Agreed, Note: "x"})
	if code := s.act(unit, lintu.Action{Act: lintu.ActReportDone, Note: "好了"}); code != lintu.CodeInvalid {
		t.Errorf("a wall is mended by words: %q", code)
	}
}

// What lies outside every area has a checker: those who dispatch it.
func TestOutsideCanBeClosed(t *testing.T) {
	local := lintu.Asker{Viewer: &lintu.Viewer{Account: lintu.ID{22}, Name: "user:22",
		Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.ForArea, ID: lintu.ID{77}}}}}}
	c := &lintu.Case{ID: lintu.ID{5}, State: lintu.Done, Handler: &modelUnit}
	if !slices.Contains(local.Parties(c), lintu.AsChecker) {
		t.Error("nobody of an area may check it")
	}
	c.Areas = []lintu.AreaVersion{modelArea}
	if slices.Contains(local.Parties(c), lintu.AsChecker) {
		t.Error("somebody of another area may check it")
	}
}

// Who takes a case on the spot can bring it to an end, and cannot check it.
func TestTakersFinish(t *testing.T) {
	s := newStory(t, func(n *lintu.NewCase) { n.Source = lintu.FromResident })
	s.must(dispatcher, lintu.Action{Act: lintu.ActTake})
	s.must(dispatcher, lintu.Action{Act: lintu.ActReportDone, Note: "好了", Photos: proof})
	if code := s.act(dispatcher, lintu.Action{Act: lintu.ActClose}); code != lintu.CodeForbidden {
		t.Errorf("closed by who took it: %q", code)
	}
}

// A duplicate is merged; no link can say so beside.
func TestDuplicatesAreMerged(t *testing.T) {
	s, other := newStory(t, nil), lintu.ID{9}
	if code := s.act(dispatcher, lintu.Action{Act: lintu.ActLink, Case: &other, Link: lintu.DuplicateOf}); code != lintu.CodeInvalid {
		t.Errorf("linked as a duplicate: %q", code)
	}
}

// Who handles a case gives no more time to it: neither as a dispatcher who grants what
// was asked for, nor by a category with a longer limit.
func TestNobodyGrantsOneselfTime(t *testing.T) {
	both := modelViewer(23, lintu.RoleUnitMember, lintu.RoleDispatcher)
	s := newStory(t, nil)
	slow := s.office.Categories[0]
	slow.Code, slow.Limit.N = "slow", 30
	s.office.Categories = append(s.office.Categories, slow)
	s.must(both, lintu.Action{Act: lintu.ActAccept})
	if code := s.act(both, lintu.Action{Act: lintu.ActAmend, Category: &slow.Code}); code != lintu.CodeForbidden {
		t.Errorf("a longer limit: %q", code)
	}
	later := s.c.Clock.Due.AddDate(0, 1, 0)
	s.must(both, lintu.Action{Act: lintu.ActAskExtension, Note: "x", Until: &later})
	if code := s.act(both, lintu.Action{Act: lintu.ActApprove}); code != lintu.CodeForbidden {
		t.Errorf("an extension of one's own: %q", code)
	}
	s.must(dispatcher, lintu.Action{Act: lintu.ActApprove})
	s.must(dispatcher, lintu.Action{Act: lintu.ActAmend, Category: &slow.Code})
}
