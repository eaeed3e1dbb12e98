package api_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
)

// A client that takes nothing is cut off; others are told meanwhile, and it takes up
// where it was.
func TestSlowStreamIsCut(t *testing.T) {
	t.Parallel()
	b := setup(t, 200)
	boss := b.someone("boss", "dispatcher everywhere")
	slow, err := net.Dial("tcp", strings.TrimPrefix(b.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	if err := slow.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(slow, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n", boss.cookie)
	quick := b.listen("/api/v1/events", "Cookie", boss.cookie)
	b.until("both listen", func() bool { return b.metric("lintu_streams_open") == 2 })
	const cases = 100
	var last *lintu.CaseView
	for range cases {
		last = b.report(boss, inW000)
		quick.pin()
	}
	for i := 0; b.metric("lintu_streams_cut_total") == 0; i++ {
		if i == 200 {
			t.Fatal("10 MB wait for a client that takes nothing")
		}
		// What is in the log is told, whether or not something is different.
		b.exec(`INSERT INTO change (tenant_id, kind, id) SELECT $1, 'cases', id FROM case_file`, tenant)
		for range cases {
			quick.pin()
		}
	}
	content, _ := io.ReadAll(slow) // until it is closed
	text := string(content)
	if !strings.HasPrefix(text, "HTTP/1.1 200") || !strings.HasSuffix(text, "event: bye\ndata: {\"why\":\"slow\"}\n\n") {
		t.Errorf("the slow one got %.300s … %.200s", text, text[max(0, len(text)-200):])
	}
	last = b.act(boss, last, lintu.ActSupervise)
	_, after, _ := cutLast(text, "\nid: ")
	after, _, _ = strings.Cut(after, "\n")
	again := b.listen("/api/v1/events", "Cookie", boss.cookie, "Last-Event-ID", after)
	for p := again.pin(); p.ID != last.ID || p.Seq != last.Seq; p = again.pin() {
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// metric is a figure of the server.
func (b *bundle) metric(name string) (value float64) {
	b.t.Helper()
	for line := range strings.Lines(string(b.get("/metrics", "Cookie", b.operatorCookie()).body)) {
		if rest, ok := strings.CutPrefix(line, name+" "); ok {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				b.t.Fatal(err)
			}
			return value
		}
	}
	b.t.Fatalf("there is no metric %s", name)
	return 0
}

// operatorCookie is that of an account which may read the metrics.
func (b *bundle) operatorCookie() string {
	if b.operator == "" {
		b.operator = b.someone("metrics", "administrator everywhere").cookie
	}
	return b.operator
}

// Open streams do not keep the server from stopping, and are told.
func TestStopEndsStreams(t *testing.T) { overBoth(t, testStopEndsStreams) }

func testStopEndsStreams(t *testing.T, speaks option) {
	b := setup(t, 200, speaks)
	wall := b.someone("wall", "viewer everywhere")
	var streams []*listening
	for range 50 {
		streams = append(streams, b.listen("/api/v1/events", "Cookie", wall.cookie))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := b.server.Stop(ctx); err != nil || ctx.Err() != nil {
		t.Fatalf("the stop waits: %v, %v", err, ctx.Err())
	}
	for _, l := range streams {
		if e := l.ends(); e.Name != "bye" || e.Data != `{"why":"stop"}` {
			t.Fatalf("the stream ends with %+v", e)
		}
	}
	if strings.Contains(b.log.String(), "answers were cut") {
		t.Error("the stop has cut streams off")
	}
}

// What is sent after a stream's request ends it; its answer has the headers of all.
func TestStreamsAreAlone(t *testing.T) { overBoth(t, testStreamsAreAlone) }

func testStreamsAreAlone(t *testing.T, speaks option) {
	b := setup(t, 200, speaks)
	wall := b.someone("wall", "viewer everywhere")
	request := "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nCookie: " + wall.cookie + "\r\n\r\n"
	for name, text := range map[string]string{"pipelined": request + "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", "a byte": request + "G", "a body": strings.Replace(request, "\r\n\r\n", "\r\nContent-Length: 9\r\n\r\nG", 1)} {
		if got := b.exchange(text, nil); strings.Contains(got, "hello") || strings.Contains(got, `"status":"ok"`) {
			t.Errorf("%s: %s", name, got)
		}
	}
	got := b.exchange(request, func(conn net.Conn, sent *bufio.Reader) {
		for line := ""; line != "\n" && line != "\r\n" || !strings.Contains(line, "\n"); {
			var err error
			if line, err = sent.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprint(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	})
	if strings.Contains(got, `"status":"ok"`) {
		t.Errorf("asked within the stream: %s", got)
	}
	l := b.listen("/api/v1/events", "Cookie", wall.cookie, "Accept-Encoding", "gzip")
	h := l.res.Header
	for name, want := range map[string]string{"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no",
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Vary": "Cookie, Authorization", "Content-Encoding": "", "Content-Length": ""} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"Content-Security-Policy", "X-Request-Id", "Date"} {
		if h.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}
	if !l.res.Close {
		t.Error("the connection could be used again")
	}
	b.until("only one stream is left", func() bool { return b.metric("lintu_streams_open") == 1 })
}

// exchange sends by hand and returns all that comes until the end.
func (b *bundle) exchange(text string, then func(net.Conn, *bufio.Reader)) string {
	b.t.Helper()
	conn := b.dial()
	defer conn.Close()
	fmt.Fprint(conn, text)
	sent := bufio.NewReader(conn)
	if then != nil {
		then(conn, sent)
	}
	content, _ := io.ReadAll(sent) // whatever error ends it
	return string(content)
}

// One account cannot have all streams.
func TestStreamsOfOneAccount(t *testing.T) {
	t.Parallel()
	b := setup(t, 200, func(c *apiConfig) { c.TrustedProxies = []string{"127.0.0.1"} })
	wall, other := b.someone("wall", "viewer everywhere"), b.someone("other", "viewer everywhere")
	var first *listening
	for i := range 512 {
		l := b.listen("/api/v1/events", "Cookie", wall.cookie, "X-Forwarded-For", fmt.Sprintf("198.51.%d.%d", i>>8, i&255))
		if first == nil {
			first = l
		}
	}
	ask := func(who someone) int {
		req, err := http.NewRequestWithContext(t.Context(), "HEAD", b.base+"/api/v1/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Cookie", who.cookie)
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res.StatusCode
	}
	if got := ask(wall); got != 429 {
		t.Errorf("one more: %d", got)
	}
	if got := ask(other); got != 200 {
		t.Errorf("another: %d", got)
	}
	first.close()
	b.until("there is room again", func() bool { return ask(wall) == 200 })
}
