package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
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
	return func() {
		if err := tx.Rollback(context.Background()); err != nil {
			b.t.Error(err)
		}
	}
}

func TestQueryEndsWhenItsReaderLeaves(t *testing.T) { overBoth(t, testQueryEndsWhenItsReaderLeaves) }

func testQueryEndsWhenItsReaderLeaves(t *testing.T, o option) {
	b := setup(t, 100, o)
	for path, pattern := range map[string]string{
		centre("links", 16):                         "%ST_AsMVT%",
		"/ogc/collections/households/items?limit=5": "%count(*)%",
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
