package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

// TestFollowCodeIsTheReporters: who knows all of a resident's report, as those do who
// handle it, is not told the code that follows it; the phone that made it is.
func TestFollowCodeIsTheReporters(t *testing.T) {
	t.Parallel()
	b := setup(t, 10)
	area, err := lintu.ParseID(b.idOf("area", "level", "grid"))
	if err != nil {
		t.Fatal(err)
	}
	door, err := b.db.MakeDoor(t.Context(), tenant, lintu.GridDoor, area, operator)
	if err != nil {
		t.Fatal(err)
	}
	send := func(id string) (int, string) {
		a := b.do("POST", "/api/v1/door/"+door.Code+"/cases/", strings.NewReader(`{"id":"`+id+`","category":"B0501","lon":113.51,"lat":28.005,"placed":"map",
			"at":"2026-01-02T03:04:05Z","note":"围墙倾斜","source":"resident"}`), "Sec-Fetch-Site", "same-origin", "Cookie", "none=1")
		var said struct{ Follow string }
		if a.StatusCode < 300 {
			if err := json.Unmarshal(a.body, &said); err != nil {
				t.Fatal(err)
			}
		}
		return a.StatusCode, said.Follow
	}
	id := lintu.NewID().String()
	status, follow := send(id)
	if status != http.StatusCreated || follow == "" {
		t.Fatalf("%d %q", status, follow)
	}
	if status, again := send(id); status != http.StatusOK || again != follow {
		t.Errorf("sent again: %d %q", status, again)
	}
	known, err := b.db.CaseByFollow(t.Context(), tenant, follow)
	if err != nil {
		t.Fatal(err)
	}
	if status, told := send(known.String()); known.String() == id || told == follow {
		t.Errorf("by the id of the case, which is %s: %d %q", known, status, told)
	}
}
