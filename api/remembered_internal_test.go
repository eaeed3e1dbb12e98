package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// someSession lasts for a day from noon.
func someSession(grants ...lintu.Grant) *lintu.Session {
	return &lintu.Session{ID: lintu.NewID(), Account: lintu.NewID(), ExpiresAt: noon.Add(24 * time.Hour), Grants: grants}
}

// Who is remembered is so for an hour after the database has last known them, no
// longer than the session lasts, and with the roles that have not ended.
func TestRememberedFor(t *testing.T) {
	ends := noon.Add(30 * time.Minute)
	short := someSession()
	short.ExpiresAt = noon.Add(time.Minute)
	var r remembered
	r.keep(r.begin(), "long", someSession(lintu.Grant{Role: lintu.RoleViewer}, lintu.Grant{Role: lintu.RoleDispatcher, To: &ends}), noon)
	r.keep(r.begin(), "short", short, noon)
	for _, c := range []struct {
		secret string
		after  time.Duration
		roles  int // -1: not known
	}{
		{"long", 0, 2},
		{"long", 30*time.Minute - 1, 2},
		{"long", 30 * time.Minute, 1},
		{"long", rememberedFor, 1},
		{"long", rememberedFor + 1, -1},
		{"short", time.Minute, 0},
		{"short", time.Minute + 1, -1},
		{"Long", 0, -1},
		{"", 0, -1},
	} {
		roles := -1
		if s := r.find(c.secret, noon.Add(c.after)); s != nil {
			roles = len(s.Grants)
		}
		if roles != c.roles {
			t.Errorf("%q after %v: %d roles, want %d", c.secret, c.after, roles, c.roles)
		}
	}
	r.keep(r.begin(), "long", someSession(), noon.Add(time.Hour)) // known again
	if r.find("long", noon.Add(2*time.Hour)) == nil {
		t.Error("forgotten within an hour of being known")
	}
}

// What has ended is gone: what the database says, what this process has done, and an
// answer that was on its way meanwhile.
func TestRememberedNoMore(t *testing.T) {
	var r remembered
	known := func(secret string) bool { return r.find(secret, noon) != nil }
	r.keep(r.begin(), "a", someSession(), noon)
	r.keep(r.begin(), "b", someSession(), noon)
	r.keep(r.begin(), "a", nil, noon)
	if known("a") || !known("b") {
		t.Errorf("the database does not know a any more: a %v, b %v", known("a"), known("b"))
	}
	asked, ids := r.begin(), r.ids()
	r.forget()
	r.keep(asked, "b", someSession(), noon)
	r.hold(asked, ids, map[lintu.ID]*lintu.Session{ids[0]: someSession()}, noon)
	if known("b") {
		t.Error("an answer from before the end brings b back")
	}

	one, other := someSession(), someSession()
	r.keep(r.begin(), "one", one, noon.Add(-rememberedFor))
	r.keep(r.begin(), "other", other, noon.Add(-rememberedFor))
	r.keep(r.begin(), "unasked", someSession(), noon)
	r.hold(r.begin(), []lintu.ID{one.ID, other.ID}, map[lintu.ID]*lintu.Session{one.ID: one}, noon)
	if !known("one") || known("other") || !known("unasked") || r.find("one", noon.Add(rememberedFor)) == nil {
		t.Errorf("asked of one and other, and one holds: one %v, other %v, unasked %v", known("one"), known("other"), known("unasked"))
	}
}

// However many come, so many are remembered.
func TestRememberedMost(t *testing.T) {
	var r remembered
	for i := range rememberedMost + 100 {
		r.keep(r.begin(), fmt.Sprint(i), someSession(), noon)
	}
	if n := len(r.ids()); n != rememberedMost {
		t.Errorf("%d are remembered, want %d", n, rememberedMost)
	}
	if r.find(fmt.Sprint(rememberedMost+99), noon) == nil {
		t.Error("the last one is not")
	}
}
