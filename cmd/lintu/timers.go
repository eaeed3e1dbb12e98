package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// timerLoop lets the system act on cases when their time has come: it fires what
// is due, sleeps until the next timer, and so on. Several servers may run one each
// on the same database.
type timerLoop struct {
	// fire acts on at most max cases whose timers are due at now, and looks at as many
	// whose areas have changed. It returns how many that were, and when the next timer
	// is due, if there is one: now, if there is more to look at.
	fire func(ctx context.Context, now time.Time, max int) (fired int, next *time.Time, err error)
	now  func() time.Time
	log  *slog.Logger

	mu   sync.Mutex
	stop context.CancelFunc // nil while not running
	done chan struct{}
}

const (
	// timersAtOnce is how many cases one transaction acts on: enough to share the
	// cost of a commit, few enough that nobody who acts on one of them waits long.
	timersAtOnce = 500
	// catchUp is how many transactions fire at a time while more is due: one decides
	// while the database is busy with the other.
	catchUp = 2
	// longestSleep is how late a timer may be that was made meanwhile, here or by
	// another server.
	longestSleep = 15 * time.Second
	// shortestSleep is the pause where something is due that others hold just now.
	shortestSleep = time.Second
	// longestPause ends the growth of pauses after failures.
	longestPause = time.Minute
)

// timers is the loop for the tenant that is served.
func (a *app) timers(p *place) *timerLoop {
	return &timerLoop{now: time.Now, log: a.log,
		fire: func(ctx context.Context, now time.Time, max int) (int, *time.Time, error) {
			placed, more, err := p.db.PlaceCases(ctx, a.cfg.Tenant, now, max)
			fired, next, failed := p.db.FireTimers(ctx, a.cfg.Tenant, now, max)
			if more {
				next = &now
			}
			return placed + fired, next, errors.Join(err, failed)
		}}
}

// Start begins to fire timers until Stop. Starting twice is starting once.
func (l *timerLoop) Start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	l.stop, l.done = stop, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		l.run(ctx)
	}(l.done)
}

// Stop ends the loop and waits for it. What it was about to do is not done, or
// whole. Stopping twice is safe.
func (l *timerLoop) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop == nil {
		return
	}
	l.stop()
	<-l.done
	l.stop = nil
}

func (l *timerLoop) run(ctx context.Context) {
	failures, at := 0, 1
	for {
		now := l.now()
		fired, next, err := l.round(ctx, now, at)
		if ctx.Err() != nil {
			return
		}
		at = 1
		pause := longestSleep
		switch {
		case err != nil:
			failures++
			pause = min(longestPause, shortestSleep<<min(failures-1, 10))
			l.log.Error("timers of cases", "error", err, "again_in", pause)
		case next != nil:
			failures = 0
			pause = min(longestSleep, next.Sub(l.now()))
			if fired > 0 && !next.After(now) {
				at = catchUp
			}
		default:
			failures = 0
		}
		if fired == 0 {
			pause = max(pause, shortestSleep)
		}
		if !sleep(ctx, pause) {
			return
		}
	}
}

// round fires at so many places at a time. Next is the soonest that one of them saw.
func (l *timerLoop) round(ctx context.Context, now time.Time, places int) (fired int, next *time.Time, err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for range places {
		all.Go(func() {
			n, after, failed := l.fire(ctx, now, timersAtOnce)
			mu.Lock()
			defer mu.Unlock()
			fired, err = fired+n, errors.Join(err, failed)
			if failed == nil && after != nil && (next == nil || after.Before(*next)) {
				next = after
			}
		})
	}
	all.Wait()
	return fired, next, err
}

// sleep reports whether the time has passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
