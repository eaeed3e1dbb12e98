package sql

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"

	"github.com/lintu-map/lintu"
)

// contact knows whether the server answers. Reads that somebody waits for are done
// within reach: a server that is away, or hangs, costs them about a second once, and
// nothing from then on.
type contact struct {
	cfg  *pgx.ConnConfig // of a connection of its own: the pools may be busy with work
	log  *slog.Logger
	back func() // called when the server has come back

	ctx  context.Context // ends with the pools
	stop context.CancelFunc

	mu      sync.Mutex
	probing *probe          // under way; nil if none is
	here    context.Context // ends when the server is found to be away
	leave   context.CancelCauseFunc
}

// How a server that hangs is found out: by a statement that takes long, which alone is
// no sign, and then by a new connection, which a server that is only busy takes.
const (
	doubtAfter   = 300 * time.Millisecond
	probeTimeout = 700 * time.Millisecond
	probeAgain   = 500 * time.Millisecond // while it is away
)

// probe is one try, shared by all who doubt.
type probe struct {
	done    chan struct{}
	answers bool
}

func newContact(cfg *pgx.ConnConfig, log *slog.Logger, back func()) *contact {
	cfg.RuntimeParams["application_name"] += " contact"
	cfg.Tracer = nil
	cfg.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler { // ends at once
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()}
	}
	c := &contact{cfg: cfg, log: log, back: back}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.here, c.leave = context.WithCancelCause(c.ctx)
	return c
}

// present returns a context that ends when the server is found to be away.
func (c *contact) present() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.here
}

// reach does a read, and once more if the connection it was done on is found broken.
// It is CodeUnavailable as soon as the server is found to be away. A read that is left
// alone then ends by its context.
func reach[T any](ctx context.Context, c *contact, read func(context.Context) (T, error)) (T, error) {
	v, err := reachOnce(ctx, c, read)
	if err != nil && isAway(err) && ctx.Err() == nil && c.answers() {
		return reachOnce(ctx, c, read)
	}
	return v, err
}

type result[T any] struct {
	value T
	err   error
}

func reachOnce[T any](ctx context.Context, c *contact, read func(context.Context) (T, error)) (T, error) {
	var none T
	here := c.present()
	if here.Err() != nil {
		return none, errAway.Because(context.Cause(here))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan result[T], 1)
	go func() {
		v, err := read(ctx)
		done <- result[T]{v, toError(err)}
	}()
	doubt := time.NewTimer(doubtAfter)
	defer doubt.Stop()
	for wait := doubtAfter; ; {
		select {
		case r := <-done:
			return r.value, r.err
		case <-ctx.Done():
			return none, ctx.Err()
		case <-here.Done():
			return none, errAway.Because(context.Cause(here))
		case <-doubt.C:
			go c.answers()
			wait *= 2
			doubt.Reset(wait)
		}
	}
}

// during ties work that takes long to the server's being there.
func (c *contact) during(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	here := c.present()
	untie := context.AfterFunc(here, func() { cancel(errAway.Because(context.Cause(here))) })
	return ctx, func() { untie(); cancel(nil) }
}

// answers finds out whether the server takes a connection.
func (c *contact) answers() bool {
	c.mu.Lock()
	p := c.probing
	if p == nil {
		if c.here.Err() != nil {
			c.mu.Unlock()
			return false
		}
		p = &probe{done: make(chan struct{})}
		c.probing = p
		go c.probe(p)
	}
	c.mu.Unlock()
	<-p.done
	return p.answers
}

func (c *contact) probe(p *probe) {
	defer close(p.done)
	err := c.connect()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.probing, p.answers = nil, err == nil
	if err != nil && c.ctx.Err() == nil {
		c.leave(err)
		go c.await(time.Now())
	}
}

var errNotHere = errors.New("the server does not answer")

// connect makes a connection and lets the server say something by it. A server that
// refuses it for want of a place is there.
func (c *contact) connect() error {
	ctx, cancel := context.WithTimeoutCause(c.ctx, probeTimeout, errNotHere)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, c.cfg.Copy())
	if err == nil {
		defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it has served
		err = conn.Ping(ctx)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && !isAway(toError(err)) {
		return nil
	}
	return err
}

// await ends when the server is back.
func (c *contact) await(since time.Time) {
	c.log.Warn("the database does not answer; tiles come from memory, with their age", slog.Any("error", context.Cause(c.present())))
	tick := time.NewTicker(probeAgain)
	defer tick.Stop()
	for c.connect() != nil {
		select {
		case <-tick.C:
		case <-c.ctx.Done():
			return
		}
	}
	c.back()
	c.mu.Lock()
	c.here, c.leave = context.WithCancelCause(c.ctx)
	c.mu.Unlock()
	c.log.Info("the database answers again", slog.Duration("away", time.Since(since)))
}

// isAway reports whether an error says that the server, or a connection to it, is gone.
func isAway(err error) bool {
	e := lintu.AsError(err)
	return e.Code == lintu.CodeUnavailable && e.Text == errAway.Text
}
