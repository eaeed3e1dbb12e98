package tiles

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintu-map/lintu"
)

// Hot tiles, which were asked for lately, are made ready after a change before anybody
// asks again.
const (
	hotMost   = 256                    // are made ready, those that are asked for most
	hotAmong  = 4096                   // of the tiles that were used last
	hotLook   = 500 * time.Millisecond // at what has changed
	hotForget = time.Minute            // half of how often a tile was asked for
	hotYield  = 5 * time.Millisecond   // while somebody waits for a tile
)

// hot makes tiles ready in the background, one at a time, and while nobody waits for
// another.
type hot struct {
	waiting atomic.Int32 // requests for tiles that are not ready
	serial  uint64       // of the look after which it was last done

	start, stop sync.Once
	end         context.CancelFunc
	done        chan struct{} // closed when it has ended
}

// Start begins to make hot tiles ready. A second call does nothing.
func (s *Server) Start(log *slog.Logger) {
	s.hot.start.Do(func() {
		var ctx context.Context
		ctx, s.hot.end = context.WithCancel(context.Background())
		s.hot.done = make(chan struct{})
		go s.keepReady(ctx, log)
	})
}

// Stop ends what Start began, and waits for it. A second call does nothing.
func (s *Server) Stop() {
	s.hot.stop.Do(func() {
		s.hot.start.Do(func() {}) // never started, and never will be
		if s.hot.end != nil {
			s.hot.end()
			<-s.hot.done
		}
	})
}

func (s *Server) keepReady(ctx context.Context, log *slog.Logger) {
	defer close(s.hot.done)
	look, forget := time.NewTicker(hotLook), time.NewTicker(hotForget)
	defer look.Stop()
	defer forget.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-forget.C:
			s.cache.forget()
		case <-look.C:
			if err := s.makeReady(ctx); err != nil && ctx.Err() == nil {
				log.Warn("hot tiles are not ready", "error", err)
			}
		}
	}
}

// makeReady looks whether something has changed, and if so draws and packs the hot tiles
// that show it, each in the codings in which it was asked for.
func (s *Server) makeReady(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil { // no middleware stands above this goroutine
			err = fmt.Errorf("panic while tiles were made ready: %v", r)
		}
	}()
	seen, err := s.memory.look(ctx, s.memory.tenant)
	if err != nil || seen.serial == s.hot.serial {
		return err
	}
	for _, e := range s.cache.hot() {
		if e.currentAt(seen) {
			continue
		}
		if err := s.giveWay(ctx); err != nil {
			return err
		}
		if err := s.ready(ctx, e, seen); err != nil {
			return err
		}
	}
	s.hot.serial = seen.serial
	return nil
}

// giveWay returns when nobody waits for a tile.
func (s *Server) giveWay(ctx context.Context) error {
	for s.hot.waiting.Load() > 0 && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(hotYield):
		}
	}
	return ctx.Err()
}

// ready makes the present version of a tile that was asked for, if memory has all of it.
func (s *Server) ready(ctx context.Context, was *entry, seen *look) error {
	r := &request{address: was.address, seen: seen}
	for _, l := range was.address.layers.each() {
		r.parts = append(r.parts, part{l, lintu.Jurisdiction})
	}
	e := s.current(r, true)
	if e == nil {
		return nil // the store makes it when it is asked for
	}
	e, err := s.drawn(ctx, r, e)
	for c := range lintu.Coding(lintu.Codings) {
		if err == nil && e.asked[c].Load() > 0 {
			_, err = s.packed(ctx, e, c)
		}
	}
	return err
}

// hot returns the tiles that were asked for most, those first. Only such as memory
// draws for everybody alike are among them.
func (c *cache) hot() []*entry {
	type counted struct {
		*entry
		asked uint32
	}
	var found []counted
	c.mu.Lock()
	for el, i := c.order.Front(), 0; el != nil && i < hotAmong; el, i = el.Next(), i+1 {
		e := el.Value.(*entry)
		asked := uint32(0)
		for j := range e.asked {
			asked += e.asked[j].Load()
		}
		if asked > 0 && e.address.within == "" {
			found = append(found, counted{e, asked})
		}
	}
	c.mu.Unlock()
	slices.SortStableFunc(found, func(a, b counted) int { return cmp.Compare(b.asked, a.asked) })
	var hot []*entry
	for _, f := range found[:min(len(found), hotMost)] {
		hot = append(hot, f.entry)
	}
	return hot
}

// forget halves how often tiles were asked for.
func (c *cache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for el := c.order.Front(); el != nil; el = el.Next() {
		e := el.Value.(*entry)
		for i := range e.asked {
			e.asked[i].Store(e.asked[i].Load() / 2)
		}
	}
}
