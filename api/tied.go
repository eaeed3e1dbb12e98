package api

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
)

// tie is a request's context. It ends when the request is answered, when it takes too
// long, or when its client goes away. What watching for that takes is begun when
// somebody waits for it: most tiles are answered before.
type tie struct {
	watched *conn // nil while a body is still being read

	mu    sync.Mutex
	until time.Time       // zero: no limit
	ctx   context.Context // nil until somebody waits
	end   context.CancelFunc
	ended bool
}

var _ context.Context = (*tie)(nil)

// ended is a context that has.
var ended = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

// begun is the context that is waited for.
func (t *tie) begun() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.ctx != nil:
	case t.ended: // the connection may be reading its next request
		t.ctx = ended
	default:
		if t.ctx, t.end = context.WithCancel(context.Background()); !t.until.IsZero() {
			t.ctx, t.end = context.WithDeadline(context.Background(), t.until)
		}
		if t.watched != nil {
			t.watched.watchFor(t.end)
		}
	}
	return t.ctx
}

// limit lets the context end after a time.
func (t *tie) limit(timeout time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.until = time.Now().Add(timeout)
	if t.ctx != nil { // who asks had to be looked up
		end := t.end
		var endLimited context.CancelFunc
		t.ctx, endLimited = context.WithDeadline(t.ctx, t.until)
		t.end = func() { end(); endLimited() }
	}
}

// stop ends the context.
func (t *tie) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if t.end != nil {
		t.end()
	}
}

// Done implements context.Context.
func (t *tie) Done() <-chan struct{} { return t.begun().Done() }

// Err implements context.Context.
func (t *tie) Err() error {
	t.mu.Lock()
	waited := t.ctx != nil || t.ended
	t.mu.Unlock()
	if !waited {
		return nil
	}
	return t.begun().Err()
}

// Deadline implements context.Context.
func (t *tie) Deadline() (time.Time, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until, !t.until.IsZero()
}

// Value implements context.Context. There are no values, but by this package context
// knows its own.
func (t *tie) Value(key any) any { return t.begun().Value(key) }

// tied gives the request its context.
func (s *Server) tied(c *fiber.Ctx) error {
	t := &tie{}
	read := c.Context().Request.BodyStream() == nil && len(c.Context().Request.Body()) == 0
	if cn, ok := c.Context().Conn().(*conn); ok && read {
		t.watched = cn
	}
	c.SetUserContext(t)
	err := c.Next()
	if c.UserContext() == t { // no stream has taken it
		t.stop()
	}
	return err
}

// timed limits how long an ordinary answer may take.
func timed(handler fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if t, ok := c.UserContext().(*tie); ok {
			t.limit(requestTimeout)
		}
		return handler(c)
	}
}

// takeContext hands the request's context over to a stream, which must call
// cancel at its end.
func takeContext(c *fiber.Ctx, timeout time.Duration) (context.Context, context.CancelFunc) {
	t := c.UserContext().(*tie)
	ctx, cancel := context.WithTimeout(t, timeout)
	c.SetUserContext(ctx)
	return ctx, func() { cancel(); t.stop() }
}
