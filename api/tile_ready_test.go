package api_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// readyTiles counts the tiles that were given without looking for a route.
type readyTiles struct {
	lintu.TileServer
	given atomic.Int64
}

func (r *readyTiles) Ready(v *lintu.Viewer, q *lintu.TileQuery) (lintu.Tile, bool) {
	t, ok := r.TileServer.Ready(v, q)
	if ok {
		r.given.Add(1)
	}
	return t, ok
}

// A tile that is ready comes with the same headers as one that a route gives, to the
// same people.
func TestReadyTilesAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	ready := &readyTiles{}
	behindProxy := func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.1"} }
	quick := setup(t, 2000, behindProxy, func(c *apiConfig) { ready.TileServer, c.Tiles = c.Tiles, ready })
	// Where the log tells of each tile, all go by the routes.
	slow := quick.again(behindProxy, func(c *apiConfig) {
		c.Log = slog.New(slog.NewTextHandler(&logBuffer{}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	_, viewer := quick.signedIn(tenant, "wall", "viewer everywhere")
	_, worker := quick.signedIn(tenant, "worker", "grid_worker grids/W001")
	people, units := centre("households,heads", 13), centre("communities,grids", 12)
	first := quick.get(people)
	if first.StatusCode != http.StatusOK {
		t.Fatal("the tile is empty")
	}
	tag := first.Header.Get("ETag")
	type asked struct {
		path    string
		headers []string
		ready   bool
	}
	all := []asked{
		{people, nil, true},
		{people, []string{"Accept-Encoding", "gzip"}, true},
		{people, []string{"Accept-Encoding", "br;q=0.5, zstd;q=0.9, gzip;q=0.8"}, true},
		{people, []string{"Accept-Encoding", "identity;q=0, compress"}, false},
		{people, []string{"If-None-Match", tag}, true},
		{people, []string{"If-None-Match", `"other", W/` + tag, "Accept-Encoding", "br"}, true},
		{people, []string{"If-None-Match", "*"}, true},
		{people, []string{"If-None-Match", `"other"`}, true},
		{people, []string{"X-Forwarded-For", "198.51.100.7", "X-Forwarded-Proto", "https"}, true},
		{people, []string{"X-Forwarded-For", "198.51.100.7, 10.0.0.1"}, true},
		{people, []string{"Origin", "https://city.example.org"}, false},
		{people, []string{"Authorization", ""}, false},
		{people, []string{"Authorization", "Basic abc"}, false},
		{people, []string{"Authorization", "Bearer lintu_no"}, false},
		{people, []string{"Authorization", "bearer " + quick.token}, false},
		{people, []string{"Cookie", "lintu=" + viewer}, true},
		{people, []string{"Cookie", "lintu=" + worker}, true},
		{people, []string{"Cookie", "lintu=" + quick.token}, false},
		{people, []string{"Cookie", "lintu=nobody"}, false},
		{people, []string{"Cookie", "lintu=" + viewer, "X-Forwarded-Proto", "https"}, false},
		{people, []string{"Cookie", "__Host-lintu=" + viewer, "X-Forwarded-Proto", "https"}, true},
		{units, []string{"Cookie", "other=1"}, true},
		{strings.Replace(units, ",", "%2C", 1), nil, false},
		{units + "?datetime=2026-01-01", nil, false},
		{units + "?lang=en", nil, false},
		{units + "/", nil, false},
		{strings.Replace(units, "communities", "nothing", 1), nil, false},
		{"/tiles/communities/12/0/0.mvt", nil, true},
		{"/tiles/communities/12/4096/0.mvt", nil, false},
		{"/tiles/communities/12/x/0.mvt", nil, false},
		{"/tiles/communities/12/0/0/0.mvt", nil, false},
		{"/tiles/communities/12/0/0", nil, false},
	}
	for _, a := range all {
		t.Run(fmt.Sprint(a.path, a.headers), func(t *testing.T) {
			var answers [2]answer
			for i, b := range []*bundle{slow, quick} {
				b.get(a.path, a.headers...)
				answers[i] = b.get(a.path, a.headers...)
			}
			was := ready.given.Load()
			quick.until("it is as ready as it can be", func() bool {
				answers[1] = quick.get(a.path, a.headers...)
				return !a.ready || ready.given.Load() > was
			})
			if !a.ready && ready.given.Load() > was {
				t.Error("it was given without a route")
			}
			compareAnswers(t, answers[0], answers[1])
		})
	}
	if a, b := slow.do(http.MethodHead, people, nil), quick.do(http.MethodHead, people, nil); a.StatusCode != http.StatusOK {
		t.Error("HEAD", a.StatusCode)
	} else {
		compareAnswers(t, a, b)
	}
}

func compareAnswers(t *testing.T, want, got answer) {
	t.Helper()
	for _, a := range []answer{want, got} {
		if len(a.Header.Get("X-Request-Id")) != 26 {
			t.Errorf("X-Request-Id %q", a.Header.Get("X-Request-Id"))
		}
		if _, err := time.Parse(http.TimeFormat, a.Header.Get("Date")); err != nil {
			t.Error(err)
		}
		a.Header.Del("X-Request-Id")
		a.Header.Del("Date")
	}
	if want.StatusCode != got.StatusCode || !reflect.DeepEqual(want.Header, got.Header) {
		t.Errorf("%d %v\nby a route, and ready\n%d %v", want.StatusCode, want.Header, got.StatusCode, got.Header)
	}
	if want.StatusCode < http.StatusBadRequest && !bytes.Equal(want.body, got.body) {
		t.Error("other bytes")
	}
}

// Who may not ask for so many tiles at once is told so, ready or not; who is signed out
// gets none from the next request on.
func TestReadyTilesKeepLimits(t *testing.T) {
	t.Parallel()
	ready := &readyTiles{}
	b := setup(t, 500, func(c *apiConfig) { ready.TileServer, c.Tiles = c.Tiles, ready })
	session, cookie := b.signedIn(tenant, "wall", "viewer everywhere")
	path := centre("households", 13)
	b.until("it is ready", func() bool {
		b.get(path, "Cookie", "lintu="+cookie)
		return ready.given.Load() > 0
	})
	if err := sql.NewAccounts(b.db, sql.AccountsConfig{}).SignOut(t.Context(), tenant, session.ID, operator); err != nil {
		t.Fatal(err)
	}
	if a := b.get(path, "Cookie", "lintu="+cookie); a.StatusCode != http.StatusUnauthorized {
		t.Errorf("%d after signing out", a.StatusCode)
	}
	for range 20000 {
		if a := b.get(path, "If-None-Match", "*"); a.StatusCode == http.StatusTooManyRequests {
			if a.Header.Get("Retry-After") == "" {
				t.Error("it does not say when to come back")
			}
			return
		}
	}
	t.Error("no limit after 20,000 requests")
}
