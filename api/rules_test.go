package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// What a planner does on the page: make a rule, try it, change it, remove it.
func TestRules(t *testing.T) {
	t.Parallel()
	b := setup(t, 30)
	b.token = b.tokenFor("ruler", "planner everywhere", lintu.SeeCases, lintu.ManageRules)
	id := lintu.NewID().String()
	at := "/api/v1/rules/" + id
	put := func(body string, status int) string {
		t.Helper()
		a := b.do("PUT", at, strings.NewReader(body), "Content-Type", "application/json")
		if a.StatusCode != status {
			t.Fatalf("%s: %d %s", body, a.StatusCode, a.body)
		}
		return string(a.body)
	}
	put(`{"category":"B0501","area":{"layer":"communities","code":"430181001001"},"unit":{"code":"U1"},"note":"先看"}`, http.StatusOK)
	var said struct{ Routed lintu.Routed }
	try := func() {
		t.Helper()
		said.Routed = lintu.Routed{}
		b.do("POST", "/api/v1/rules/try", strings.NewReader(`{"lon":113.52,"lat":28.02,"accuracy":20,"category":"B0501","rung":"community"}`), "Content-Type", "application/json").json(t, &said)
	}
	if try(); said.Routed.Rule == nil || said.Routed.Handler.Code != "U1" || said.Routed.Rule.ID.String() != id || len(said.Routed.Areas) == 0 {
		t.Errorf("tried: %+v", said.Routed)
	}
	put(`{"category":"B05","area":null,"rung":"street","unit":{"code":"U2"}}`, http.StatusOK)
	if try(); said.Routed.Rule != nil {
		t.Errorf("tried on another rung: %+v", said.Routed)
	}
	var list struct {
		Rules     []lintu.Rule
		Uncovered []lintu.Uncovered
	}
	b.get("/api/v1/rules").json(t, &list)
	if len(list.Rules) != 1 || list.Rules[0].Number != 1 || list.Rules[0].Unit.Code != "U2" || len(list.Uncovered) == 0 {
		t.Errorf("%+v, %d uncovered", list.Rules, len(list.Uncovered))
	}
	put(`{"unit":{"code":"none"}}`, http.StatusNotFound)
	put(`{"unit":{"code":"U1"},"number":7}`, http.StatusBadRequest)
	if a := b.do("DELETE", at, nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("removed: %d %s", a.StatusCode, a.body)
	}
	if a := b.do("DELETE", at, nil); a.StatusCode != http.StatusNotFound {
		t.Errorf("removed again: %d", a.StatusCode)
	}
	put(`{"unit":{"code":"U1"}}`, http.StatusConflict)
}

// A neighbor head is named to those who see that head only.
func TestTryHidesNeighborHeads(t *testing.T) {
	t.Parallel()
	b := setup(t, 400)
	var home struct{ Lon, Lat float64 }
	if err := b.db.Owner().QueryRow(t.Context(), `SELECT ST_X(h.geom), ST_Y(h.geom) FROM household h JOIN area c ON c.level = 'community' AND ST_Intersects(c.geom, h.geom)
		WHERE c.code = '430181001008' ORDER BY h.code LIMIT 1`).Scan(&home.Lon, &home.Lat); err != nil {
		t.Fatal(err)
	}
	body := `{"lon":` + fmt.Sprint(home.Lon) + `,"lat":` + fmt.Sprint(home.Lat) + `,"category":"S0801"}`
	for login, x := range map[string]struct {
		role   string
		rights []lintu.Right
		shown  bool
	}{
		"everywhere": {"viewer everywhere", []lintu.Right{lintu.SeeCases, lintu.SeeHouseholds}, true},
		"here":       {"viewer communities/430181001008", []lintu.Right{lintu.SeeCases, lintu.SeeHouseholds}, true},
		"elsewhere":  {"viewer communities/430181001001", []lintu.Right{lintu.SeeCases, lintu.SeeHouseholds}, false},
		"of-a-unit":  {"unit_member units/U1", []lintu.Right{lintu.SeeCases}, false},
	} {
		b.token = b.tokenFor(login, x.role, x.rights...)
		var said struct{ Routed lintu.Routed }
		a := b.do("POST", "/api/v1/rules/try", strings.NewReader(body), "Content-Type", "application/json")
		a.json(t, &said)
		if said.Routed.Handler == nil || said.Routed.Handler.Kind != lintu.HeadHandles || (said.Routed.Head != nil) != x.shown || (said.Routed.Handler.Code != "") != x.shown {
			t.Errorf("%s: %s", login, a.body)
		}
	}
}

// Settings are what was saved; what makes no sense is refused with a sentence.
func TestSettings(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	b.token = b.tokenFor("ruler", "planner everywhere", lintu.SeeCases, lintu.ManageRules)
	for _, name := range []string{"categories", "calendar", "limits"} {
		at := "/api/v1/settings/" + name
		now := b.get(at)
		if a := b.do("PUT", at, strings.NewReader(string(now.body)), "Content-Type", "application/json"); a.StatusCode != http.StatusOK || string(a.body) != string(now.body) {
			t.Errorf("%s saved as it was: %d %.300s", name, a.StatusCode, a.body)
		}
		if again := b.get(at); string(again.body) != string(now.body) {
			t.Errorf("%s: %.300s", name, again.body)
		}
	}
	for _, x := range [][3]string{
		{"categories", `[]`, "1"}, {"categories", `[{"code":"A"}]`, "A"}, {"calendar", `{"zone":"Mars/Base"}`, "JSON"}, {"limits", `{"verify":{"n":-1,"unit":"days"}}`, "-1"},
	} {
		if a := b.do("PUT", "/api/v1/settings/"+x[0], strings.NewReader(x[1]), "Content-Type", "application/json"); a.StatusCode != http.StatusBadRequest || !strings.Contains(string(a.body), x[2]) {
			t.Errorf("%s %s: %d %s", x[0], x[1], a.StatusCode, a.body)
		}
	}
}

// Whoever reads the calendar or the time limits is told of years without their public
// holidays, as long as they are not known.
func TestCalendarWarning(t *testing.T) {
	t.Parallel()
	b := setup(t, 0)
	b.token = b.tokenFor("ruler", "planner everywhere", lintu.SeeCases, lintu.ManageRules)
	for _, known := range []bool{false, true, false} {
		c := lintu.DefaultCalendar()
		c.Through = time.Now().Year() - 1
		if known {
			c.Through = time.Now().Year() + 5
		}
		body, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		saved := b.do("PUT", "/api/v1/settings/calendar", bytes.NewReader(body), "Content-Type", "application/json")
		var first, again struct {
			Warning *lintu.Text
			Through int
		}
		saved.json(t, &first)
		b.get("/api/v1/settings/calendar").json(t, &again)
		var words struct{ CalendarWarning *lintu.Text }
		b.get("/api/v1/categories").json(t, &words)
		for where, warning := range map[string]*lintu.Text{"saved": first.Warning, "read": again.Warning, "categories": words.CalendarWarning} {
			if (warning == nil) != known || warning != nil && (!strings.Contains(warning.ZH, "节假日") || !strings.Contains(warning.EN, "holidays")) {
				t.Errorf("%s, known %v: %v", where, known, warning)
			}
		}
		if first.Through != c.Through || again.Through != c.Through {
			t.Errorf("through %d and %d, not %d", first.Through, again.Through, c.Through)
		}
	}
}

// tokenFor makes an account with a role and returns a token of it.
func (b *bundle) tokenFor(login, role string, only ...lintu.Right) string {
	b.t.Helper()
	session, _ := b.signedIn(tenant, login, role)
	_, secret := b.tokenOf(tenant, session.Account, only...)
	return secret
}
