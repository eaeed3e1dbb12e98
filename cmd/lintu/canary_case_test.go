package main

import (
	"bytes"
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// What is said of two cases in the grid A: a dispute, which is restricted, and a lamp.
const (
	disputeNote = "楼上楼下争吵丁"
	lampNote    = "巷口路灯忽明忽暗戊"
)

// caseSecrets are how to reach the resident of the dispute, and the code to follow it
// by. Nobody meets them but who unmasks the contact.
var caseSecrets = []string{"南宫子墨丁", "19900044404"}

// noteReaders are who may read the notes.
var noteReaders = map[string][]string{
	disputeNote: {"dispatcher", "worker.a", "checker"},
	lampNote:    {"dispatcher", "worker.a", "checker", "viewer", "planner", "head.a"},
}

// casePaths are where cases are, beside each one's own address.
var casePaths = []string{"/api/v1/categories", "/api/v1/cases", "/api/v1/cases?mine=true&order=due", "/api/v1/cases?text=19900044404", "/api/v1/cases?open=true&bbox=113.6,28.1,113.61,28.11",
	"/api/v1/cases.csv", "/api/v1/cases.csv?lang=en", "/api/v1/cases/similar?lon=113.605&lat=28.105&category=S0601", "/api/v1/cases/similar?lon=113.605&lat=28.105&category=B0101"}

// plantCases lets a resident report the dispute and a dispatcher the lamp, and puts
// where they are to the ids.
func plantCases(t *testing.T, data string, ids map[string]string) {
	t.Helper()
	ctx := context.Background()
	db, err := sql.Open(ctx, databaseURL(t, data), sql.Options{LoginAsApp: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keys, err := sql.OpenKeyFile(filepath.Join(data, "keys", "master.key"), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.UseKeys(ctx, 1, keys); err != nil {
		t.Fatal(err)
	}
	dispatcher := lintu.Asker{Viewer: &lintu.Viewer{Tenant: 1, Account: lintu.NewID(), Name: "user:canary",
		Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}}
	for name, x := range map[string]struct {
		by             lintu.Asker
		category, note string
		contact        *lintu.Contact
	}{
		"dispute": {lintu.Asker{Resident: true}, "S0601", disputeNote, &lintu.Contact{Name: caseSecrets[0], Phone: caseSecrets[1]}},
		"lamp":    {dispatcher, "B0101", lampNote, nil},
	} {
		report := lintu.NewCase{ID: lintu.NewID(), Category: x.category, Place: lintu.Place{Lon: 113.605, Lat: 28.105, Placed: lintu.ByMap},
			At: time.Now(), Note: x.note, Source: lintu.FromResident, Contact: x.contact}
		_, follow, err := db.Report(ctx, 1, report, x.by)
		if err != nil || x.by.Resident != (follow != "") {
			t.Fatalf("%s: %v, follow code %v", name, err, follow != "")
		}
		if follow != "" {
			caseSecrets = append(caseSecrets, follow, strings.ReplaceAll(follow, "-", ""))
		}
		ids["cases/"+name] = "cases/" + report.ID.String()
	}
}

// checkNotes looks for the notes in an answer and counts them.
func (v *visitor) checkNotes(t *testing.T, path string, body []byte, met map[string]int) {
	for note, readers := range noteReaders {
		if heard(body, note) == "" {
			continue
		}
		if met[note]++; !slices.Contains(readers, v.name) {
			t.Errorf("%s finds %s at %s", v.name, note, path)
		}
	}
}

// metNotes checks that who may read the notes has met them.
func (v *visitor) metNotes(t *testing.T, met map[string]int) {
	for note, readers := range noteReaders {
		if slices.Contains(readers, v.name) && met[note] < 4 {
			t.Errorf("%s met %s at %d addresses only", v.name, note, met[note])
		}
	}
}

// unmaskContact asks how to reach the resident of a case.
func (v *visitor) unmaskContact(t *testing.T, at string, may bool) {
	t.Helper()
	res, body := v.do(t, "POST", "/api/v1/"+at+"/contact/unmask", strings.NewReader(`{"purpose":"case","why":"回访"}`))
	if got := res.StatusCode == http.StatusOK && bytes.Contains(body, []byte(caseSecrets[0])) && bytes.Contains(body, []byte(caseSecrets[1])); got != may {
		t.Errorf("%s unmasks the contact: %v, want %v: %s %s", v.name, got, may, res.Status, body)
	}
	if word := heard(body, caseSecrets...); !may && word != "" || heard(body, caseSecrets[2:]...) != "" {
		t.Errorf("%s is told %s", v.name, word)
	}
}
