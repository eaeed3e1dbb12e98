package api_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// running counts statements in the test's database that match.
func (b *bundle) running(pattern string) int {
	b.t.Helper()
	var n int
	if err := b.db.Owner().QueryRow(context.Background(), `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND query LIKE $1`, pattern).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n
}

// until asks again and again, because PostgreSQL has no way to be told.
func (b *bundle) until(what string, holds func() bool) {
	b.t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(20 * time.Second); !holds(); {
		select {
		case <-tick.C:
		case <-deadline:
			b.t.Fatalf("never: %s", what)
		}
	}
}

// A lock on the table makes every query wait, as a slow one would.
func (b *bundle) lock(table string) (unlock func()) {
	b.t.Helper()
	tx, err := b.db.Owner().Begin(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := tx.Exec(context.Background(), "LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		b.t.Fatal(err)
	}
	unlock = sync.OnceFunc(func() {
		if err := tx.Rollback(context.Background()); err != nil {
			b.t.Error(err)
		}
	})
	b.t.Cleanup(unlock) // a pool waits for its connections
	return unlock
}

func TestQueryEndsWhenItsReaderLeaves(t *testing.T) { overBoth(t, testQueryEndsWhenItsReaderLeaves) }

func testQueryEndsWhenItsReaderLeaves(t *testing.T, o option) {
	b := setup(t, 100, o)
	for path, pattern := range map[string]string{
		centre("links", 16): "%ST_AsMVT%",
		// With a box, because how many there are in all may be known already.
		"/ogc/collections/households/items?limit=5&bbox=113,27,114,29": "%count(*)%",
	} {
		unlock := b.lock("household")
		c := b.dial()
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, b.auth())
		b.until("the query of "+path+" runs", func() bool { return b.running(pattern) > 0 })
		c.Close()
		b.until("the query of "+path+" is gone", func() bool { return b.running(pattern) == 0 })
		unlock()
	}
}

func TestStreamEndsWhenItsReaderLeaves(t *testing.T) { overBoth(t, testStreamEndsWhenItsReaderLeaves) }

func testStreamEndsWhenItsReaderLeaves(t *testing.T, o option) {
	b := setup(t, 0, o)
	// Enough to fill every buffer on the way.
	b.exec(`INSERT INTO household (tenant_id, id, version, valid, code, name, geom)
		SELECT $1, gen_random_uuid(), 1, '[2026-01-01,)', n::text, repeat('长', 900), 'SRID=4326;POINT(113.6 28.15)' FROM generate_series(1, 10000) n`, tenant)
	c := b.dial()
	fmt.Fprintf(c, "GET /ogc/collections/households/items?limit=10000 HTTP/1.1\r\nHost: x\r\n%s\r\n", b.auth())
	if _, err := io.ReadFull(c, make([]byte, 20000)); err != nil {
		t.Fatal(err)
	}
	if b.running("%ST_AsGeoJSON%") == 0 {
		t.Log("the query had ended already: nothing to see")
	}
	c.Close()
	b.until("the query is gone", func() bool { return b.running("%ST_AsGeoJSON%") == 0 })
}

// Answers that go out in one piece follow each other whole and in order, also where the
// requests did not wait for them.
func TestPipelinedTiles(t *testing.T) { overBoth(t, testPipelinedTiles) }

func testPipelinedTiles(t *testing.T, o option) {
	b := setup(t, 3000, o)
	type asked struct{ method, path, more string }
	var list []asked
	for z := 8; z <= 18; z++ {
		for _, coding := range []string{"identity", "gzip", "br"} {
			list = append(list, asked{"GET", centre(town, z), "Accept-Encoding: " + coding + "\r\n"}, asked{"HEAD", centre(town, z), ""},
				asked{"GET", centre(town, z), "If-None-Match: *\r\n"}, asked{"GET", "/tiles/nothing/1/0/0.mvt", ""})
		}
	}
	large := 0
	for range 2 { // cold and warm
		c := b.dial()
		go func() {
			for _, a := range list {
				fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: x\r\n%s%s\r\n", a.method, a.path, a.more, b.auth())
			}
		}()
		r := bufio.NewReader(c)
		for _, a := range list {
			res, err := http.ReadResponse(r, &http.Request{Method: a.method})
			if err != nil {
				t.Fatalf("%+v: %v", a, err)
			}
			body, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatalf("%+v: %v", a, err)
			}
			if res.StatusCode != http.StatusOK || a.method != "GET" {
				continue
			}
			alone := b.get(a.path, "Accept-Encoding", strings.TrimSpace(strings.TrimPrefix(a.more, "Accept-Encoding:")))
			if !bytes.Equal(body, alone.body) || len(body) == 0 {
				t.Errorf("%+v has %d bytes, and alone %d", a, len(body), len(alone.body))
			}
			if len(body) > 4<<10 {
				large++
			}
		}
		c.Close()
	}
	if large < 10 {
		t.Errorf("%d answers are larger than the buffer", large)
	}
}

// What was read ahead while a request was answered belongs to the next one.
func TestPipelinedRequests(t *testing.T) { overBoth(t, testPipelinedRequests) }

func testPipelinedRequests(t *testing.T, o option) {
	b := setup(t, 500, o)
	c := b.dial()
	defer c.Close()
	const n = 20
	go func() {
		for i := range n {
			fmt.Fprintf(c, "GET /api/v1/search?q=%d HTTP/1.1\r\nHost: x\r\n%s\r\n", i, b.auth())
		}
	}()
	r := bufio.NewReader(c)
	for i := range n {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != 200 {
			t.Errorf("answer %d: %d", i, res.StatusCode)
		}
	}
}
