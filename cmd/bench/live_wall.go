package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"
)

// wall is a client of the stream that notes when it is told of what.
type wall struct {
	conn net.Conn
	r    *bufio.Reader

	mu   sync.Mutex
	told map[string][]telling // by case, in their order
	more chan struct{}        // of one: something was added
}

// telling is that a wall was told what a case is after an event.
type telling struct {
	seq int
	at  time.Time
}

// openWall opens the stream for the n-th wall and takes hello. Each has an address of
// its own, as behind a proxy.
func (b *broadcast) openWall(ctx context.Context, n int) (*wall, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", b.house.addr)
	if err != nil {
		return nil, err
	}
	w := &wall{conn: conn, r: bufio.NewReaderSize(conn, 1024), told: map[string][]telling{}, more: make(chan struct{}, 1)}
	_, err = fmt.Fprintf(conn, "GET /api/v1/events HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nX-Forwarded-For: 10.%d.%d.%d\r\n\r\n",
		b.house.addr, b.walls[n%len(b.walls)], n>>16&255, n>>8&255, n&255)
	for line := ""; err == nil && line != "event: hello\n"; {
		if line, err = w.r.ReadString('\n'); line == "HTTP/1.1 429 Too Many Requests\r\n" || line == "HTTP/1.1 401 Unauthorized\r\n" {
			err = fmt.Errorf("%s", line)
		}
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("wall %d: %w", n, err)
	}
	return w, nil
}

// read notes what comes until the connection ends.
func (w *wall) read() {
	for {
		line, err := w.r.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull {
			return
		}
		at := time.Now()
		rest, ok := bytes.CutPrefix(line, []byte(`data: {"id":"`))
		if !ok || len(rest) < 36 {
			continue
		}
		_, seq, ok := bytes.Cut(rest, []byte(`"seq":`))
		if !ok {
			continue
		}
		digits, _, _ := bytes.Cut(seq, []byte(","))
		n, err := strconv.Atoi(string(digits))
		if err != nil {
			continue
		}
		w.mu.Lock()
		id := string(rest[:36])
		w.told[id] = append(w.told[id], telling{n, at})
		w.mu.Unlock()
		select {
		case w.more <- struct{}{}:
		default:
		}
	}
}

// toldOf is when the wall was told of an act, or of a later one on the same case: of
// several within a moment only the last is told.
func (w *wall) toldOf(a acted) (time.Time, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range w.told[a.id] {
		if t.seq >= a.seq {
			return t.at, true
		}
	}
	return time.Time{}, false
}

// await waits until the wall has been told of the act, or that time has come.
func (w *wall) await(a acted, until time.Time) {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	for {
		if _, ok := w.toldOf(a); ok {
			return
		}
		select {
		case <-w.more:
		case <-timer.C:
			return
		}
	}
}

// forget forgets what the wall was told.
func (w *wall) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.told)
}
