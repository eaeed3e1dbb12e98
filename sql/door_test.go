package sql_test

import (
	"slices"
	"testing"

	"github.com/lintu-map/lintu"
)

// A resident reports at a door, follows the case by its code, says whether it is solved
// and how well, and opens it again; and is told nothing of what is said inside.
func TestResidentFollows(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	ctx, resident := t.Context(), lintu.Asker{Resident: true}
	door, err := d.MakeDoor(ctx, d.tenant, lintu.GridDoor, d.id("area", "G1"), everywhere)
	must(t, err)
	again, err := d.MakeDoor(ctx, d.tenant, lintu.GridDoor, d.id("area", "G1"), everywhere)
	must(t, err)
	if again.Code != door.Code || door.Lon == 0 {
		t.Fatalf("the door is %+v and then %+v", door, again)
	}
	n := pin()
	n.Source, n.Door, n.Contact = lintu.FromResident, door, &lintu.Contact{Phone: "13800010009"}
	c, code, err := d.Report(ctx, d.tenant, n, resident)
	must(t, err)
	if c.State != lintu.Reported || code == "" {
		t.Fatalf("reported as %s with the code %q", c.State, code)
	}
	d.act(n.ID, d.worker, lintu.ActVerify)
	d.act(n.ID, d.member, lintu.ActAccept)
	d.act(n.ID, d.member, lintu.ActComment)
	d.act(n.ID, d.member, lintu.ActReportDone, withPhoto(d.photo(d.member)))

	yes := true
	if f, err := d.FollowAct(ctx, d.tenant, code, lintu.Action{ID: lintu.NewID(), Act: lintu.ActConfirm, Yes: &yes}); err != nil || f.State != lintu.Done || f.Confirmed == nil || !*f.Confirmed {
		t.Fatalf("confirmed: %+v, %v", f, err)
	}
	d.act(n.ID, d.checker, lintu.ActClose)
	f, err := d.FollowAct(ctx, d.tenant, code, lintu.Action{ID: lintu.NewID(), Act: lintu.ActEvaluate, Satisfaction: 5})
	must(t, err)
	var states []lintu.State
	for _, s := range f.Steps {
		states = append(states, s.State)
	}
	want := []lintu.State{lintu.Reported, lintu.Filed, lintu.Dispatched, lintu.InProgress, lintu.Done, lintu.Done, lintu.Closed, lintu.Evaluated}
	if !slices.Equal(states, want) || f.Satisfaction != 5 || f.Unit == "" || !slices.Equal(f.Acts, []lintu.Act{lintu.ActReopen}) {
		t.Errorf("followed %+v", f)
	}
	if _, err := d.FollowAct(ctx, d.tenant, code, lintu.Action{ID: lintu.NewID(), Act: lintu.ActClose}); lintu.CodeOf(err) != lintu.CodeForbidden {
		t.Errorf("a resident closes: %v", err)
	}
	if f, err = d.FollowAct(ctx, d.tenant, code, lintu.Action{ID: lintu.NewID(), Act: lintu.ActReopen, Note: "又歪了"}); err != nil || f.State != lintu.Dispatched || f.Confirmed != nil {
		t.Errorf("reopened: %+v, %v", f, err)
	}
	if _, err := d.Follow(ctx, d.tenant, "00000-00000"); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("a code that was never given: %v", err)
	}
}

// Who reported what is merged is told where it goes on.
func TestFollowMerged(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	ctx := t.Context()
	first := d.report(pin(), by(d.worker))
	n := pin()
	n.Source = lintu.FromResident
	_, code, err := d.Report(ctx, d.tenant, n, lintu.Asker{Resident: true})
	must(t, err)
	d.act(n.ID, d.dispatcher, lintu.ActMerge, func(a *lintu.Action) { a.Case = &first.ID })
	f, err := d.Follow(ctx, d.tenant, code)
	must(t, err)
	if f.State != lintu.Merged || f.MergedInto != first.Number || f.MergedState != lintu.Dispatched {
		t.Errorf("followed %+v", f)
	}
	d.act(n.ID, d.dispatcher, lintu.ActUnmerge)
	if f, err = d.Follow(ctx, d.tenant, code); err != nil || f.MergedInto != "" || f.State != lintu.Reported {
		t.Errorf("after the undo %+v, %v", f, err)
	}
}

func TestDoorsKeepToTheTerritory(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	ctx := t.Context()
	grid := d.id("area", "G1")
	own := lintu.Actor{Name: "user:x", Within: lintu.Territory{Areas: []lintu.ID{grid}}}
	other := lintu.Actor{Name: "user:y", Within: lintu.Territory{Areas: []lintu.ID{d.id("area", "430181001002")}}}
	door, err := d.MakeDoor(ctx, d.tenant, lintu.GridDoor, grid, own)
	must(t, err)
	if _, err := d.MakeDoor(ctx, d.tenant, lintu.GridDoor, grid, other); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("a door elsewhere: %v", err)
	}
	if err := d.CloseDoor(ctx, d.tenant, door.ID, other); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("closed from elsewhere: %v", err)
	}
	must(t, d.CloseDoor(ctx, d.tenant, door.ID, own))
	if _, err := d.Door(ctx, d.tenant, door.Code); lintu.CodeOf(err) != lintu.CodeNotFound {
		t.Errorf("a closed door: %v", err)
	}
	if next, err := d.MakeDoor(ctx, d.tenant, lintu.GridDoor, grid, own); err != nil || next.Code == door.Code {
		t.Errorf("a new door: %+v, %v", next, err)
	}
}
