package api_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// dispatcherOf is somebody who may do with all cases of a tenant what a dispatcher may.
func dispatcherOf(of int32) lintu.Asker {
	return lintu.Asker{Viewer: &lintu.Viewer{Tenant: of, Account: lintu.NewID(), Name: "user:matrix",
		Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}}
}

// pin reports a case and returns its id.
func pin(t testing.TB, db *sql.DB, of int32, category, note string, lon float64, contact *lintu.Contact) lintu.ID {
	t.Helper()
	id := lintu.NewID()
	_, _, err := db.Report(t.Context(), of, lintu.NewCase{ID: id, Category: category, Place: lintu.Place{Lon: lon, Lat: 28.1201, Placed: lintu.ByMap},
		At: time.Now(), Note: note, Source: lintu.FromHotline, Contact: contact}, dispatcherOf(of))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// reports makes for each target a case with a contact and a dispute, and gives the
// own ones to the unit.
func (m *matrix) reports() {
	for target, x := range map[string]struct {
		tenant        int32
		lon           float64
		note, dispute string
		head          string
		contact       *lintu.Contact
	}{
		own:   {tenant, 113.52, "路灯不亮甲", "争地界丙", "1-OWNN", &lintu.Contact{Name: "周甲明", Phone: "13800010005"}},
		far:   {tenant, 113.62, "路灯不亮乙", "争地界丁", "1-FARN", &lintu.Contact{Name: "周乙明", Phone: "13800010006"}},
		"out": {otherTenant, 113.72, "路灯不亮戊", "争地界戊", "2-OWNN", &lintu.Contact{Name: "周戊明", Phone: "13800010007"}},
	} {
		id := pin(m.t, m.db, x.tenant, "B0101", x.note, x.lon, x.contact)
		meeting := lintu.Meeting{ID: lintu.NewID(), Title: "议事会", Lon: x.lon, Lat: 28.1201, StartsAt: time.Now(), Rows: []lintu.LedgerRow{
			{ID: lintu.NewID(), At: time.Now(), Urgency: lintu.Hard, Text: x.note}}}
		if _, err := m.db.SaveMeeting(m.t.Context(), dispatcherOf(x.tenant).Viewer, meeting); err != nil {
			m.t.Fatal(err)
		}
		m.values[target]["meeting"] = meeting.ID.String()
		var head lintu.ID
		if err := head.UnmarshalText([]byte(m.idOf("head", "code", x.head))); err != nil {
			m.t.Fatal(err)
		}
		door, err := m.db.MakeDoor(m.t.Context(), x.tenant, lintu.HeadDoor, head, operator)
		if err != nil {
			m.t.Fatal(err)
		}
		m.values[target]["door"], m.values[target]["doorless"] = door.Code, head.String()
		dispute := pin(m.t, m.db, x.tenant, "S0601", x.dispute, x.lon, nil)
		m.values[target]["case"], m.values[target]["dispute"] = id.String(), dispute.String()
		m.values[target]["photo"] = m.photograph(x.tenant, id).String()
		if target != own {
			continue
		}
		for _, a := range []lintu.Action{{ID: lintu.NewID(), Act: lintu.ActVerify},
			{ID: lintu.NewID(), Act: lintu.ActDispatch, Handler: &lintu.Handler{Kind: lintu.UnitHandles, Code: "1-U"}}} {
			if _, err := m.db.Act(m.t.Context(), x.tenant, id, a, dispatcherOf(x.tenant)); err != nil {
				m.t.Fatal(err)
			}
		}
	}
	m.values[none]["door"], m.values[none]["doorless"] = "ZZZZZZZZ", lintu.NewID().String()
	m.values[none]["meeting"] = lintu.NewID().String()
	m.values[none]["case"], m.values[none]["dispute"], m.values[none]["photo"] = lintu.NewID().String(), lintu.NewID().String(), lintu.NewID().String()
	for target, lon := range map[string]float64{own: 113.52, far: 113.62, "out": 113.72, none: 113.92} {
		m.values[target]["at"] = fmt.Sprintf("lon=%v&lat=28.1201", lon)
	}
}

// photograph adds a picture to a case.
func (b *bundle) photograph(of int32, id lintu.ID) lintu.ID {
	b.t.Helper()
	by := dispatcherOf(of)
	p, _, err := b.photos.Put(b.t.Context(), of, lintu.NewID(), bytes.NewReader(picture(b.t, 400, 300, 100)))
	if err == nil {
		err = b.db.NotePhoto(b.t.Context(), of, *p, by, nil)
	}
	if err == nil {
		_, err = b.db.Act(b.t.Context(), of, id, lintu.Action{ID: lintu.NewID(), Act: lintu.ActComment, Note: "现场", Photos: []lintu.ID{p.ID}}, by)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return p.ID
}
