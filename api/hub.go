package api

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lintu-map/lintu"
)

// How often the hub does what.
const (
	lookGap    = 20 * time.Millisecond // between two looks: commits of that time are told together
	beatEvery  = 15                    // seconds between signs of life
	checkEvery = 20 * time.Second      // between two questions whether sessions still hold
)

// Bounds of streams at once: all, of one account, of one network.
const (
	maxStreams          = 12000
	maxStreamsOfAccount = 512
	maxStreamsOfNetwork = 1536
)

// hub tells subscribers what changes. It looks once for all of them.
type hub struct {
	source lintu.LiveSource
	server *Server
	cut    prometheus.Counter // streams of which the client did not take enough

	turn sync.Mutex // held while looking, and while somebody joins

	mu        sync.Mutex
	cursor    string // of the last look; set under turn too
	blind     bool   // the last look has failed: nobody is told that all is well
	audiences map[string]*audience
	all       int
	of        map[string]int // streams by account and network
	closed    bool
	left      chan struct{} // closed when all have left, once closed is set

	begin  sync.Once
	stop   context.CancelFunc
	doing  sync.WaitGroup
	checks chan struct{} // of one: asks for a check now
}

func newHub(s *Server) *hub {
	h := &hub{source: s.Live, server: s, audiences: map[string]*audience{}, of: map[string]int{},
		left: make(chan struct{}), checks: make(chan struct{}, 1)}
	h.cut = s.metrics.streams(func() float64 { return float64(h.count()) })
	return h
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all
}

// start begins to look and to tend the streams; later calls do nothing.
func (h *hub) start() {
	h.begin.Do(func() {
		var ctx context.Context
		ctx, h.stop = context.WithCancel(context.Background())
		for _, work := range []func(context.Context){h.watch, h.beats, h.guard} {
			h.doing.Go(func() {
				if err := h.server.guardStream("live", func() error { work(ctx); return nil }); err != nil {
					h.close(byeStop) // who listened would wait in vain
				}
			})
		}
	})
}

// watch looks whenever something may have changed.
func (h *hub) watch(ctx context.Context) {
	gap := time.NewTimer(0)
	defer gap.Stop()
	failed := false
	for {
		h.source.Wake(ctx)
		select {
		case <-gap.C:
		case <-ctx.Done():
			return
		}
		err := h.look(ctx)
		h.mu.Lock()
		h.blind = err != nil
		h.mu.Unlock()
		if err != nil && !failed && ctx.Err() == nil {
			h.server.Log.Warn("the change log cannot be read; streams wait", slog.Any("error", err))
		}
		failed = err != nil
		gap.Reset(lookGap)
	}
}

// look tells what has changed since the last one.
func (h *hub) look(ctx context.Context) error {
	h.turn.Lock()
	defer h.turn.Unlock()
	if h.count() == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	found, err := h.source.LiveSince(ctx, h.server.Tenant, h.cursor, "")
	if err != nil {
		return err
	}
	n := newNews(found)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, a := range h.audiences {
		body, err := n.body(a)
		if err != nil {
			return err
		}
		if body == nil {
			continue
		}
		id := a.id(found.Cursor)
		for s := range a.of {
			s.send(body, id)
		}
	}
	h.cursor = found.Cursor
	return nil
}

// join subscribes, from the instant after on, or from now where that is "". head is
// the head of the answer. An error has closed nothing and sent nothing.
func (h *hub) join(ctx context.Context, s *subscriber, v *lintu.Viewer, after string, head []byte) error {
	s.held = true
	until, err := h.enter(ctx, s, v)
	if err != nil {
		return err
	}
	first, err := h.first(ctx, s, after, until)
	if err != nil {
		h.leave(s)
		return err
	}
	s.release(head, first)
	return nil
}

// enter subscribes from the returned instant on.
func (h *hub) enter(ctx context.Context, s *subscriber, v *lintu.Viewer) (string, error) {
	h.start()
	h.turn.Lock()
	defer h.turn.Unlock()
	now := ""
	if h.count() == 0 { // nobody has been told anything for a while
		var err error
		if now, err = h.source.LiveNow(ctx, h.server.Tenant); err != nil {
			return "", err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.cursor = cmp.Or(now, h.cursor)
	if err := h.room(s.who); err != nil {
		return "", err
	}
	a := h.audiences[v.Audience()]
	if a == nil {
		a = newAudience(v)
		h.audiences[a.key] = a
	}
	a.of[s] = struct{}{}
	s.audience, s.beat = a, rand.IntN(beatEvery)
	h.all++
	for _, who := range s.who {
		h.of[who]++
	}
	return h.cursor, nil
}

// room refuses a stream where there are too many; mu is held.
func (h *hub) room(who []string) error {
	switch {
	case h.closed:
		return lintu.Errorf(lintu.CodeUnavailable, "服务器正在停止，请稍后再连。", "The server is stopping; please connect again shortly.")
	case h.all >= maxStreams:
		return lintu.Errorf(lintu.CodeUnavailable, "实时连接太多，请稍后再试。", "There are too many live streams; please try again later.")
	}
	for _, w := range who {
		most := maxStreamsOfNetwork
		if strings.HasPrefix(w, ofAccount) {
			most = maxStreamsOfAccount
		}
		if h.of[w] >= most {
			e := lintu.Errorf(lintu.CodeThrottled, "同一账号或地址的实时连接已有 %d 个，请先关闭一些页面。",
				"One account or address has %d live streams already; please close some pages.", most)
			e.RetryAfter = time.Minute
			return e
		}
	}
	return nil
}

// ofAccount is how the keys of accounts begin under which streams are counted.
const ofAccount = "account "

// first is what a stream begins with: how soon to come back, hello, and what changed
// from after to until.
func (h *hub) first(ctx context.Context, s *subscriber, after, until string) ([]byte, error) {
	hello, err := event("hello", struct {
		AsOf    time.Time `json:"asOf"`
		Resumed bool      `json:"resumed"`
	}{time.Now(), after != ""})
	if err != nil {
		return nil, err
	}
	// Not all at once after a restart.
	first := append(fmt.Appendf(nil, "retry: %d\n", 1000+rand.IntN(3000)), hello...)
	if after != "" {
		body, err := h.missed(ctx, s.audience, after, until)
		if err != nil {
			return nil, err
		}
		if body != nil {
			first = append(append(first, '\n'), body...)
		}
	}
	return append(first, s.audience.id(until)...), nil
}

// missed is the body of what an audience has missed.
func (h *hub) missed(ctx context.Context, a *audience, after, until string) ([]byte, error) {
	instant, key, _ := strings.Cut(after, cursorMark)
	found := &lintu.LiveChanges{Reset: true}
	if key == a.key {
		var err error
		if found, err = h.source.LiveSince(ctx, h.server.Tenant, instant, until); err != nil {
			return nil, err
		}
	}
	return newNews(found).body(a)
}

// leave ends a subscription. A second call does nothing.
func (h *hub) leave(s *subscriber) {
	h.mu.Lock()
	defer h.mu.Unlock()
	a := s.audience
	if a == nil {
		return
	}
	if _, ok := a.of[s]; !ok {
		return
	}
	if delete(a.of, s); len(a.of) == 0 {
		delete(h.audiences, a.key)
	}
	for _, who := range s.who {
		if h.of[who]--; h.of[who] == 0 {
			delete(h.of, who)
		}
	}
	if h.all--; h.all == 0 && h.closed {
		close(h.left)
	}
}

// close takes no more streams and ends those that are open.
func (h *hub) close(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	if h.closed = true; h.all == 0 {
		close(h.left)
	}
	for _, a := range h.audiences {
		for s := range a.of {
			s.end(why)
		}
	}
}

// Stop ends the streams, and those that do not take their end when ctx does.
func (h *hub) Stop(ctx context.Context) {
	h.close(byeStop)
	select {
	case <-h.left:
	case <-ctx.Done():
	}
	h.begin.Do(func() {}) // never began
	if h.stop != nil {
		h.stop()
	}
	h.doing.Wait()
}
