package api

import (
	"context"
	"log/slog"
	"time"

	"github.com/lintu-map/lintu"
)

// beats gives signs of life.
func (h *hub) beats(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for second := 0; ; second = (second + 1) % beatEvery {
		select {
		case <-tick.C:
			h.beat(second)
		case <-ctx.Done():
			return
		}
	}
}

// beat sends a comment, and how far the client has come: without an event of its own
// it would ask for a longer past each time, if its connection broke.
func (h *hub) beat(second int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.blind { // a client that hears nothing shows how old its data is
		return
	}
	for _, a := range h.audiences {
		sign := append([]byte(":\n"), a.id(h.cursor)...)
		for s := range a.of {
			if s.beat == second {
				s.send(sign)
			}
		}
	}
}

// guard ends streams of sessions that hold no longer.
func (h *hub) guard(ctx context.Context) {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-h.checks:
		case <-ctx.Done():
			return
		}
		if err := h.check(ctx); err != nil && ctx.Err() == nil {
			h.server.Log.Warn("the sessions of streams cannot be checked", slog.Any("error", err))
		}
	}
}

// recheck asks for a check soon.
func (h *hub) recheck() {
	select {
	case h.checks <- struct{}{}:
	default: // it is asked for already
	}
}

// check ends the streams of sessions that have ended, and of those who are shown
// something else since. It is no use of the sessions: who only leaves a page open
// is signed out like others.
func (h *hub) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	known := &h.server.remembered
	asked, round := h.sessions(), known.begin()
	ids := known.ids()
	for id := range asked {
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil
	}
	hold, err := h.server.Door.Sessions(ctx, h.server.Tenant, ids)
	if err != nil {
		return err
	}
	known.hold(round, ids, hold, time.Now())
	for id, streams := range asked {
		audience := ""
		if session := hold[id]; session != nil {
			audience = h.server.viewerOf(session).Audience()
		}
		for _, s := range streams {
			if s.audience.key != audience {
				s.end(byeSession)
			}
		}
	}
	return nil
}

// sessions are the streams by session.
func (h *hub) sessions() map[lintu.ID][]*subscriber {
	h.mu.Lock()
	defer h.mu.Unlock()
	by := map[lintu.ID][]*subscriber{}
	for _, a := range h.audiences {
		for s := range a.of {
			if !s.session.IsZero() {
				by[s.session] = append(by[s.session], s)
			}
		}
	}
	return by
}
