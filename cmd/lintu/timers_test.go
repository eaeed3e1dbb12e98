package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestTimerLoopSleepsUntilTheNext runs the loop on synctest's clock, on which
// sleeping costs nothing.
func TestTimerLoopSleepsUntilTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		after := func(d time.Duration) *time.Time { at := begin.Add(d); return &at }
		answers := []struct {
			fired int
			next  *time.Time
			err   error
		}{
			{500, after(-time.Hour), nil}, // more is due: at once, two at a time
			{500, after(10 * time.Second), nil},
			{20, after(10 * time.Second), nil},
			{1, after(100 * time.Second), nil},        // at most longestSleep
			{0, after(0), nil},                        // held by others
			{0, nil, errors.New("no database")},       // and back off
			{0, nil, errors.New("still none")},        //
			{0, nil, nil},                             // nothing is waited for
			{1, after(50500 * time.Millisecond), nil}, // to the moment
			{0, nil, nil},
		}
		var mu sync.Mutex
		var at []time.Duration
		finished := make(chan struct{})
		loop := &timerLoop{now: time.Now, log: slog.New(slog.DiscardHandler),
			fire: func(_ context.Context, now time.Time, max int) (int, *time.Time, error) {
				if max != timersAtOnce {
					t.Errorf("max %d", max)
				}
				mu.Lock()
				defer mu.Unlock()
				at = append(at, now.Sub(begin))
				a := answers[len(at)-1]
				if len(at) == len(answers) {
					close(finished)
				}
				return a.fired, a.next, a.err
			}}
		loop.Start()
		loop.Start()
		<-finished
		loop.Stop()
		loop.Stop()
		s := time.Second
		want := []time.Duration{0, 0, 0, 10 * s, 25 * s, 26 * s, 27 * s, 29 * s, 44 * s, 50*s + s/2}
		if !slices.Equal(at, want) {
			t.Errorf("fired at %v, want %v", at, want)
		}
	})
}

func TestTimerLoopStopsWhileFiring(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		firing := make(chan struct{})
		loop := &timerLoop{now: time.Now, log: slog.New(slog.DiscardHandler),
			fire: func(ctx context.Context, _ time.Time, _ int) (int, *time.Time, error) {
				close(firing)
				<-ctx.Done()
				return 0, nil, ctx.Err()
			}}
		loop.Start()
		<-firing
		loop.Stop()
	})
}
