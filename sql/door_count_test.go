package sql_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// A door takes its day's reports and photos and no more; the last of them is in the
// audit for an auditor's eye. What was stored is answered again, another door and the
// next day are not touched, and refusals count nothing.
func TestDoorsTakeSoMuchADay(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	door, err := d.MakeDoor(t.Context(), d.tenant, lintu.GridDoor, d.id("area", "G1"), everywhere)
	must(t, err)
	other, err := d.MakeDoor(t.Context(), d.tenant, lintu.HeadDoor, d.id("head", "N1"), everywhere)
	must(t, err)
	report := func(at *lintu.Door) (lintu.NewCase, error) {
		n := residentPin()
		n.Door = at
		_, _, err := d.Report(t.Context(), d.tenant, n, resident)
		return n, err
	}
	expect := func(at *lintu.Door, bytes int64) error {
		return d.ExpectPhoto(t.Context(), d.tenant, lintu.NewID(), bytes, at)
	}
	full := func(what string, err error) {
		t.Helper()
		e := lintu.AsError(err)
		if e.Code != lintu.CodeThrottled || e.RetryAfter <= 0 || e.RetryAfter > 24*time.Hour || !strings.Contains(e.Text.ZH, "大厅") || !strings.Contains(e.Text.EN, "hall") {
			t.Errorf("%s: %v", what, err)
		}
	}
	_, err = report(door)
	must(t, err)
	mustExec(t, d.DB, `UPDATE door_count SET reports = $1`, sql.DoorReports-1)
	last, err := report(door)
	must(t, err)
	for range 2 {
		_, err = report(door)
		full("one report too many", err)
	}
	if _, _, err = d.Report(t.Context(), d.tenant, last, resident); err != nil {
		t.Errorf("the last one again: %v", err)
	}
	_, err = report(other)
	must(t, err)
	must(t, expect(door, 1))
	mustExec(t, d.DB, `UPDATE door_count SET bytes = $1 WHERE door_id = $2`, sql.DoorBytes-1, door.ID)
	must(t, expect(nil, 10))
	same := lintu.NewID()
	must(t, d.ExpectPhoto(t.Context(), d.tenant, same, 10, door))
	for range 2 {
		full("one photo too many", expect(door, 1))
	}
	must(t, d.ExpectPhoto(t.Context(), d.tenant, same, 10, door))
	equal(t, "counted", d.strings(`SELECT reports || ' ' || bytes - $1::bigint FROM door_count WHERE door_id = $2`, sql.DoorBytes, door.ID), []string{"200 9"})
	var alerts []string
	for _, e := range d.entries(lintu.AuditQuery{Alerts: true}) {
		alerts = append(alerts, e.Actor+" "+e.Kind+" "+e.ID.String()+" "+string(e.Detail)[:20])
	}
	if len(alerts) != 2 || !strings.Contains(alerts[0]+alerts[1], "resident door "+door.ID.String()) {
		t.Errorf("alerts %q", alerts)
	}
	mustExec(t, d.DB, `UPDATE door_count SET day = day - 1`)
	_, err = report(door)
	must(t, err)
	must(t, expect(door, 1))
}

// A file that came into being without its row, or whose row went before it, is told
// until it is gone, and one that is sent again is not told.
func TestFilesWithoutPhotosAreFound(t *testing.T) {
	t.Parallel()
	d := newCaseDesk(t)
	noted := lintu.Photo{ID: lintu.NewID(), SHA256: strings.Repeat("c", 64), Type: "image/png", Bytes: 1, Width: 1, Height: 1}
	lost, young, again := lintu.NewID(), lintu.NewID(), d.photo(d.worker)
	note := func() {
		t.Helper()
		must(t, d.ExpectPhoto(t.Context(), d.tenant, noted.ID, 1, nil))
		must(t, d.NotePhoto(t.Context(), d.tenant, noted, by(d.worker), nil))
	}
	note()
	must(t, d.ExpectPhoto(t.Context(), d.tenant, lost, 1, nil))
	age := func() {
		mustExec(t, d.DB, `UPDATE case_photo SET created_at = created_at - interval '26 hours'`)
		mustExec(t, d.DB, `UPDATE photo_file SET at = at - interval '26 hours'`)
	}
	told := func(what string, want ...lintu.ID) {
		t.Helper()
		got, err := d.UnusedPhotos(t.Context(), d.tenant, 10)
		must(t, err)
		if len(got) != len(want) {
			t.Errorf("%s: %v are told, not %v", what, got, want)
		}
		for _, id := range want {
			if !strings.Contains(joinIDs(got), id.String()) {
				t.Errorf("%s: %v are told, not %v", what, got, want)
			}
		}
	}
	told("young")
	age()
	note() // a phone that has sent the report in vain for a day sends the photo again
	must(t, d.ExpectPhoto(t.Context(), d.tenant, young, 1, nil))
	told("a day later", lost, again)
	told("whoever was told has ended", lost, again)
	must(t, d.ForgetPhotos(t.Context(), d.tenant, []lintu.ID{lost}))
	must(t, d.ExpectPhoto(t.Context(), d.tenant, again, 1, nil))
	must(t, d.ForgetPhotos(t.Context(), d.tenant, []lintu.ID{again}))
	told("it is being sent again")
	n := pin()
	n.Photos = []lintu.ID{noted.ID}
	d.report(n, by(d.worker))
	must(t, d.ExpectPhoto(t.Context(), d.tenant, noted.ID, 1, nil)) // somebody tries a known id
	age()
	told("another day later", young, again)
	must(t, d.ForgetPhotos(t.Context(), d.tenant, []lintu.ID{young, again}))
	told("all are gone")
	equal(t, "remembered", d.strings(`SELECT id::text FROM photo_file`), nil)
	must(t, d.CasePhoto(t.Context(), d.dispatcher, n.ID, noted.ID))
}

func joinIDs(ids []lintu.ID) (all string) {
	for _, id := range ids {
		all += id.String() + " "
	}
	return all
}
