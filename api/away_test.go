package api_test

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
)

// alone serves a town on a database that the test may take away.
func alone(t *testing.T) (*sqltest.Alone, *bundle) {
	t.Helper()
	a := sqltest.NewAlone(t)
	db, err := sql.Open(t.Context(), a.URL(), sql.Options{AppName: "lintu test", LoginAsApp: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	seed(t, db, 500)
	return a, serve(t, db)
}

const peopleTile = "/tiles/households,heads/12/3340/1713.mvt"

// outage is one way to be away. Nobody asks for links where it says before.
type outage struct {
	name       string
	away, back func()
	links      string
	head       string
}

func (o outage) String() string { return o.name }

// While the database is away, tiles come from memory with their age, for visitors and
// for those who were signed in; when it is back, none is stale.
func TestTilesWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	a, b := alone(t)
	viewer, wall := b.signedIn(tenant, "wall", "viewer everywhere")
	ended, over := b.signedIn(tenant, "over", "viewer everywhere")
	_, worker := b.signedIn(tenant, "worker", "grid_worker grids/W001")
	before := b.get(peopleTile, "Cookie", "lintu="+wall)
	if before.StatusCode != http.StatusOK || before.Header.Get("Lintu-Lag") != "" {
		t.Fatalf("before: %s, lag %q", before.Status, before.Header.Get("Lintu-Lag"))
	}
	b.get(peopleTile, "Cookie", "lintu="+over)
	b.get(peopleTile, "Cookie", "lintu="+worker)
	b.get("/tiles/grids.json", "Cookie", "lintu="+wall)
	if c := configOf(t, b, wall); c.Lag != 0 || c.Me.Login != "wall" {
		t.Errorf("before: config is %+v", c)
	}
	asVisitor, asWorker := configOf(t, b, ""), configOf(t, b, worker)
	configOf(t, b, over)
	if a := b.do("DELETE", "/api/v1/sessions", nil, "Cookie", "lintu="+over, "Sec-Fetch-Site", "same-origin"); a.StatusCode >= 300 {
		t.Fatalf("%s cannot end the sessions: %s", ended.Login, a.Status)
	}

	token, program := b.tokenOf(tenant, viewer.Account, lintu.SeeHouseholds)
	if a := b.get(peopleTile, "Authorization", "Bearer "+program); a.StatusCode != http.StatusOK {
		t.Fatalf("a program asks: %s", a.Status)
	}
	if a := b.do("DELETE", "/api/v1/tokens/"+token, nil, "Cookie", "lintu="+wall, "Sec-Fetch-Site", "same-origin"); a.StatusCode >= 300 {
		t.Fatalf("the token cannot be revoked: %s", a.Status)
	}

	for _, o := range []outage{{"stopped", a.Stop, a.Start, "15/26724/13711", "L000003"}, {"hanging", a.Freeze, a.Thaw, "16/53449/27422", "L000004"}} {
		b.get(peopleTile, "Cookie", "lintu="+wall)
		b.get(peopleTile, "Cookie", "lintu="+worker)
		o.away()
		b.until("tiles tell their age", func() bool { return b.get(peopleTile, "Cookie", "lintu="+wall).Header.Get("Lintu-Lag") != "" })
		for _, ask := range []struct {
			who, path, cookie string
			status            int
			missing           string
		}{
			{"the wall", peopleTile, wall, http.StatusOK, ""},
			{"the wall", "/tiles/grids,links/" + o.links + ".mvt", wall, http.StatusOK, "links"},
			{"the wall", "/tiles/links/15/26724/13711.mvt", wall, http.StatusServiceUnavailable, ""},
			{"the wall, the past", "/tiles/grids/12/3340/1713.mvt?datetime=2026-01-02T00:00:00Z", wall, http.StatusServiceUnavailable, ""},
			{"the wall", "/tiles/grids.json", wall, http.StatusOK, ""},
			{"the wall", "/ogc/collections/grids/tiles/WebMercatorQuad/12/1713/3340", wall, http.StatusOK, ""},
			{"the wall", "/api/v1/search?q=a", wall, http.StatusServiceUnavailable, ""},
			{"the wall", "/api/v1/pins", wall, http.StatusServiceUnavailable, ""},
			{"who has signed out", "/api/v1/config", over, http.StatusServiceUnavailable, ""},
			{"a stranger", "/api/v1/config", "x", http.StatusServiceUnavailable, ""},
			{"a worker, what is kept", peopleTile, worker, http.StatusNoContent, ""},
			{"a worker", "/tiles/households/" + o.links + ".mvt", worker, http.StatusServiceUnavailable, ""},
			{"who has signed out", peopleTile, over, http.StatusServiceUnavailable, ""},
			{"a stranger", peopleTile, "x", http.StatusServiceUnavailable, ""},
			{"a visitor", "/tiles/grids/12/3340/1713.mvt", "", http.StatusOK, ""},
			{"a visitor", peopleTile, "", http.StatusUnauthorized, ""},
		} {
			cookie := "lintu=" + ask.cookie
			if ask.cookie == "" {
				cookie = "x=y"
			}
			a := b.get(ask.path, "Cookie", cookie)
			lag, isTile := a.Header.Get("Lintu-Lag"), strings.Contains(ask.path, ".mvt") || strings.Contains(ask.path, "Quad")
			if a.StatusCode != ask.status || a.Header.Get("Lintu-Missing") != ask.missing || isTile && (lag != "") != (ask.status < 300) {
				t.Errorf("%v: %s asks %s: %s, lag %q, missing %q: %s", o, ask.who, ask.path, a.Status, lag, a.Header.Get("Lintu-Missing"), a.body[:min(200, len(a.body))])
			}
			if ask.status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") == "" {
				t.Errorf("%v: %s asks %s and is not told when to come again", o, ask.who, ask.path)
			}
		}
		if a := b.get(peopleTile, "Authorization", "Bearer "+program); a.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("%v: a revoked token: %s", o, a.Status)
		}
		for who, before := range map[string]configAway{"": asVisitor, worker: asWorker} {
			now := configOf(t, b, who)
			if now.Lag == 0 {
				t.Errorf("%v: the config of %q does not say its age", o, before.Me.Login)
			}
			if now.Lag = 0; !reflect.DeepEqual(now, before) {
				t.Errorf("%v: config is %+v, was %+v", o, now, before)
			}
		}
		if a := b.get(peopleTile, "Cookie", "lintu="+wall); !bytes.Equal(a.body, before.body) || a.Header.Get("ETag") != before.Header.Get("ETag") {
			t.Errorf("%v: the tile has other bytes", o)
		}
		if a := b.get(peopleTile, "Cookie", "lintu="+wall, "If-None-Match", before.Header.Get("ETag")); a.StatusCode != http.StatusNotModified || a.Header.Get("Lintu-Lag") == "" {
			t.Errorf("%v: asked whether it has changed: %s, lag %q", o, a.Status, a.Header.Get("Lintu-Lag"))
		}
		if a := b.get("/readyz"); a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), `"away"`) {
			t.Errorf("%v: ready: %s %s", o, a.Status, a.body)
		}
		for range 50 { // the age is told until the database is back
			if a := b.get(peopleTile, "Cookie", "lintu="+wall, "If-None-Match", before.Header.Get("ETag")); a.Header.Get("Lintu-Lag") == "" {
				t.Errorf("%v: %s without an age", o, a.Status)
			}
		}
		o.back()
		b.until("the database is seen to be back", func() bool { return b.db.Ping(t.Context()) == nil })
		if err := b.db.Assign(t.Context(), tenant, "H0000001", o.head, lintu.Actor{Name: "planner", Within: lintu.Jurisdiction}); err != nil {
			t.Fatal(err)
		}
		if c := configOf(t, b, wall); c.Lag != 0 || c.Me.Login != "wall" {
			t.Errorf("%v: back again: config is %+v", o, c)
		}
		asWorker = configOf(t, b, worker)
		after := b.get("/tiles/heads/"+o.links+".mvt", "Cookie", "lintu="+wall)
		if after.StatusCode >= 300 || after.Header.Get("Lintu-Lag") != "" || after.Header.Get("Lintu-Missing") != "" {
			t.Errorf("%v: back again: %s, lag %q, missing %q", o, after.Status, after.Header.Get("Lintu-Lag"), after.Header.Get("Lintu-Missing"))
		}
		if a := b.get("/tiles/grids,links/"+o.links+".mvt", "Cookie", "lintu="+wall); a.StatusCode >= 300 || a.Header.Get("Lintu-Missing") != "" {
			t.Errorf("%v: back again, links are missing: %s", o, a.Status)
		}
	}
}

// configAway is what a page begins with.
type configAway struct {
	Lag int
	Me  struct {
		Login string
		Roles []struct{ For lintu.Text }
	}
	Bounds *lintu.BBox
	Layers []struct {
		Name    lintu.Layer
		Version string
		Count   int64
	}
}

func configOf(t *testing.T, b *bundle, cookie string) (c configAway) {
	t.Helper()
	header := "lintu=" + cookie
	if cookie == "" { // a visitor's
		header = "x=y"
	}
	b.get("/api/v1/config", "Cookie", header).json(t, &c)
	return c
}
