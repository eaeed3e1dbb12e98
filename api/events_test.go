package api_test

import (
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
)

// Each is told of what is theirs to see, and of nothing else.
func TestEventsAreOfOnesOwn(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	boss, wall := b.someone("boss", "dispatcher everywhere"), b.someone("wall", "viewer everywhere")
	near, far := b.someone("near", "grid_worker grids/W000"), b.someone("far", "grid_worker grids/W009")
	streams := map[string]*listening{}
	for _, who := range []someone{boss, wall, near, far} {
		streams[who.login] = b.listen("/api/v1/events", "Cookie", who.cookie)
	}
	c := b.report(near, inW000)
	for _, login := range []string{"boss", "wall", "near"} {
		p := streams[login].pin()
		if p.ID != c.ID || p.Seq != c.Seq || p.Lon != 113.51 || p.State != c.State || len(p.Areas) == 0 || p.Act == "" || p.Due == nil {
			t.Errorf("%s is told of %+v, not of %+v", login, p, c)
		}
	}
	b.act(boss, c, lintu.ActAmend, visible(lintu.Restricted))
	streams["wall"].expect("gone", `{"id":"`+c.ID.String()+`","seq":`)
	streams["boss"].pin()
	streams["near"].pin()
	b.act(boss, c, lintu.ActSupervise) // of which the wall is told nothing any more
	for _, login := range []string{"boss", "near"} {
		if p := streams[login].pin(); p.ID != c.ID || p.Act != lintu.ActSupervise {
			t.Errorf("%s is told of %+v", login, p)
		}
	}
	last := b.report(boss, inW009)
	for _, login := range []string{"boss", "wall", "far"} {
		if p := streams[login].pin(); p.ID != last.ID {
			t.Errorf("%s is told of %+v and not of the last", login, p)
		}
	}
	b.act(boss, c, lintu.ActAmend, visible(lintu.Internal))
	if p := streams["wall"].pin(); p.ID != c.ID {
		t.Errorf("what is shown again is %+v", p)
	}
}

// A stream that breaks goes on where it was.
func TestEventsGoOn(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	boss, wall := b.someone("boss", "dispatcher everywhere"), b.someone("wall", "viewer everywhere")
	var start struct {
		Pins   []lintu.Pin
		Cursor string
	}
	known := b.report(boss, inW000)
	b.get("/api/v1/pins", "Cookie", wall.cookie).json(t, &start)
	if len(start.Pins) != 1 || start.Pins[0].ID != known.ID || start.Pins[0].Seq != known.Seq {
		t.Fatalf("pins %+v, want %s", start.Pins, known.ID)
	}
	first := b.report(boss, inW000)
	l := b.listen("/api/v1/events?after="+start.Cursor, "Cookie", wall.cookie)
	if p := l.pin(); p.ID != first.ID {
		t.Errorf("after the pins: %+v", p)
	}
	l.close()
	second := b.report(boss, inW009)
	b.act(boss, first, lintu.ActAmend, visible(lintu.Restricted))
	b.act(boss, known, lintu.ActSupervise)
	l = b.listen("/api/v1/events?after="+start.Cursor, "Last-Event-ID", l.last, "Cookie", wall.cookie)
	got := map[string]string{}
	for range 3 {
		e := l.next()
		got[e.Name] += e.Data
	}
	if !strings.Contains(got["gone"], first.ID.String()) || !strings.Contains(got["case"], second.ID.String()) || !strings.Contains(got["case"], known.ID.String()) {
		t.Errorf("missed: %v", got)
	}
	third := b.report(boss, inW009)
	if p := l.pin(); p.ID != third.ID {
		t.Errorf("after what was missed: %+v", p)
	}
}

// A cursor that is of no use is answered by reset, without reading the log.
func TestEventsBeginAnew(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	boss, wall := b.someone("boss", "dispatcher everywhere"), b.someone("wall", "viewer everywhere")
	l := b.listen("/api/v1/events", "Cookie", wall.cookie)
	_, key, _ := strings.Cut(l.last, "~")
	b.exec(`INSERT INTO change (tenant_id, kind, id) SELECT $1, 'cases', gen_random_uuid() FROM generate_series(1, 6000)`, tenant)
	l.expect("reset", "{}")
	for _, after := range []string{"x", "1:2", "5:1:", "1:2:3~" + key, "~" + key, "1:2:~" + key, "999999999999:999999999999:~" + key,
		"99999999999999999999:1:~" + key, "3:4:3,3~" + key, strings.Repeat("1", 10000) + "~" + key, l.last + "0"} {
		l := b.listen("/api/v1/events", "Cookie", wall.cookie, "Last-Event-ID", after)
		l.expect("reset", "{}")
		l.close()
	}
	b.listen("/api/v1/events", "Cookie", boss.cookie, "Last-Event-ID", l.last).expect("reset", "{}") // it is another's
	l.close()
	l = b.listen("/api/v1/events?after="+l.last, "Cookie", wall.cookie)
	c := b.report(boss, inW000)
	if p := l.pin(); p.ID != c.ID {
		t.Errorf("after a good cursor: %+v", p)
	}
}

// A stream ends when who began it is no longer who listens.
func TestEventsEndWithTheSession(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	admin := b.someone("root", "administrator everywhere")
	origin := []string{"Origin", b.base}
	for _, x := range []struct {
		name string
		end  func(who someone)
	}{
		{"out", func(who someone) { b.do("DELETE", "/api/v1/session", nil, append(origin, "Cookie", who.cookie)...) }},
		{"disabled", func(who someone) {
			b.do("PUT", "/api/v1/accounts/"+who.login, strings.NewReader(`{"disabled":true}`), append(origin, "Cookie", admin.cookie)...)
		}},
		{"granted", func(who someone) {
			b.do("POST", "/api/v1/accounts/"+who.login+"/grants", strings.NewReader(`{"role":"viewer","for":"everywhere"}`), append(origin, "Cookie", admin.cookie)...)
		}},
	} {
		who := b.someone(x.name, "grid_worker grids/W000")
		l := b.listen("/api/v1/events", "Cookie", who.cookie)
		x.end(who)
		if e := l.ends(); e.Name != "bye" || e.Data != `{"why":"session"}` {
			t.Errorf("%s: the stream ends with %+v", x.name, e)
		}
	}
}
