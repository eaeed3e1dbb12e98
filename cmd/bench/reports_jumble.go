package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"
)

// jumble is a proxy that sends requests twice and in another order, as bad networks,
// impatient browsers and middle boxes do. It takes a request whole, so that it can
// send it again when the one who made it has long gone on.
type jumble struct {
	to      string // host:port
	server  *http.Server
	address string
	clients [2]*http.Client // the first keeps connections, the second makes one for each request

	mu       sync.Mutex
	passed   int           // requests sent on
	moved    chan struct{} // closed and made anew with each
	ghosts   []ghost
	haunting sync.WaitGroup
	places   chan struct{} // for ghosts at once
	count    jumbled
	faults   []string
}

// jumbled counts what the proxy has done.
type jumbled struct {
	forwarded  int // without duplicates
	cut        int // that got no answer
	duplicates int // sent again later
	twins      int // sent twice at once
	overtaken  int // held back until later ones had passed
	statuses   map[int]int
}

// ghost is a request that will be sent again.
type ghost struct {
	stored
	after int // passed
}

type stored struct {
	method, path string
	header       http.Header
	body         []byte
}

func startJumble(to string) (*jumble, error) {
	j := &jumble{to: to, moved: make(chan struct{}), places: make(chan struct{}, 16)}
	j.count.statuses = map[int]int{}
	for i := range j.clients {
		j.clients[i] = &http.Client{Transport: &http.Transport{DisableKeepAlives: i == 1, MaxIdleConnsPerHost: 32}, Timeout: 30 * time.Second}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	j.address = "http://" + ln.Addr().String()
	j.server = &http.Server{Handler: j}
	go func() { _ = j.server.Serve(ln) }() // ends with stop
	return j, nil
}

// ServeHTTP passes a request on, sooner or later, once or twice.
func (j *jumble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	s := stored{r.Method, r.URL.RequestURI(), r.Header.Clone(), body}
	if rand.Float64() < 0.05 {
		j.hold(r.Context(), 1+rand.IntN(20))
	}
	if rand.Float64() < 0.10 {
		j.keep(s, 1+rand.IntN(300))
	}
	if rand.Float64() < 0.03 {
		j.note(func(c *jumbled) { c.twins++ })
		j.haunting.Add(1)
		go func() { defer j.haunting.Done(); j.haunt(s) }()
	}
	j.note(func(c *jumbled) { c.forwarded++ })
	status, header, answer, err := j.send(s)
	j.pass()
	if err != nil {
		j.note(func(c *jumbled) { c.cut++ })
		panic(http.ErrAbortHandler) // the phone sees a connection that ends
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer) // the phone may have gone
}

// hold waits until so many later requests have passed, the one who made it has
// given up, or nothing passes any more.
func (j *jumble) hold(ctx context.Context, later int) {
	j.mu.Lock()
	until := j.passed + later
	j.mu.Unlock()
	for {
		j.mu.Lock()
		passed, moved := j.passed, j.moved
		j.mu.Unlock()
		if passed >= until {
			j.note(func(c *jumbled) { c.overtaken++ })
			return
		}
		select {
		case <-moved:
		case <-ctx.Done(): // it is sent nevertheless: late, and nobody waits for the answer
			return
		case <-time.After(time.Second):
			return
		}
	}
}

func (j *jumble) keep(s stored, later int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ghosts = append(j.ghosts, ghost{s, j.passed + later})
}

// pass counts a request that has passed and sends again those whose time has come.
func (j *jumble) pass() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.passed++
	close(j.moved)
	j.moved = make(chan struct{})
	rest := j.ghosts[:0]
	for _, g := range j.ghosts {
		if g.after > j.passed {
			rest = append(rest, g)
			continue
		}
		j.count.duplicates++
		j.haunting.Add(1)
		go func() { defer j.haunting.Done(); j.haunt(g.stored) }()
	}
	j.ghosts = rest
}

// haunt sends a request once more and looks only at the status: that of something
// that was taken already must not be a refusal.
func (j *jumble) haunt(s stored) {
	j.places <- struct{}{}
	defer func() { <-j.places }()
	if status, _, answer, err := j.send(s); err == nil && status >= 400 && !later(status) {
		j.fault("a duplicate of %s %s is answered %d: %.300s", s.method, s.path, status, answer)
	}
}

// later reports whether an answer asks to try again.
func later(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

func (j *jumble) send(s stored) (status int, header http.Header, answer []byte, err error) {
	req, err := http.NewRequest(s.method, "http://"+j.to+s.path, bytes.NewReader(s.body))
	if err != nil {
		return 0, nil, nil, err
	}
	req.Header = s.header
	req.GetBody = nil // so that net/http does not send it again by itself, uncounted
	res, err := j.clients[rand.IntN(len(j.clients))].Do(req)
	if err != nil {
		return 0, nil, nil, err
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(res.Body); err != nil {
		return 0, nil, nil, err
	}
	j.note(func(c *jumbled) { c.statuses[res.StatusCode]++ })
	if res.StatusCode >= 500 && !later(res.StatusCode) {
		j.fault("%s %s is answered %d: %.300s", s.method, s.path, res.StatusCode, answer)
	}
	return res.StatusCode, res.Header, answer, nil
}

func (j *jumble) note(change func(*jumbled)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.count)
}

func (j *jumble) fault(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.faults) < 20 {
		j.faults = append(j.faults, fmt.Sprintf(format, args...))
	}
}

// drain sends all duplicates that are still to be sent and waits for their answers.
func (j *jumble) drain() {
	j.mu.Lock()
	rest := j.ghosts
	j.ghosts = nil
	j.count.duplicates += len(rest)
	j.mu.Unlock()
	for _, g := range rest {
		j.haunt(g.stored)
	}
	j.haunting.Wait()
}

func (j *jumble) stop() error {
	err := j.server.Close()
	for _, c := range j.clients {
		c.CloseIdleConnections()
	}
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
