package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"
)

// blow is something that befalls the server or its database.
type blow struct {
	name string
	do   func(context.Context, *house) error
}

func killServer(ctx context.Context, h *house) error {
	if err := h.killLintu(); err != nil {
		return err
	}
	return h.start(ctx)
}

// hit is a signal for the database.
func hit(signal syscall.Signal) func(context.Context, *house) error {
	return func(ctx context.Context, h *house) error {
		before, err := h.postmaster()
		if err != nil {
			return err
		}
		if err := h.hitDatabase(signal); err != nil {
			return err
		}
		return h.mendDatabase(ctx, before)
	}
}

// both kills the database and the server before it has noticed.
func both(ctx context.Context, h *house) error {
	if err := h.hitDatabase(syscall.SIGKILL); err != nil {
		return err
	}
	if err := h.killLintu(); err != nil {
		return err
	}
	if h.cluster != nil {
		if err := h.mendDatabase(ctx, 0); err != nil {
			return err
		}
	}
	return h.start(ctx)
}

// blows in their turns. Where the database is lintu's own, killing lintu stops it too.
var blows = []blow{
	{"server killed", killServer},
	{"database killed", hit(syscall.SIGKILL)},
	{"server killed", killServer},
	{"database stopped at once", hit(syscall.SIGQUIT)},
	{"both killed", both},
}

// chaos deals so many blows, evenly over the reports that are acknowledged, and
// returns how many of each.
func chaos(ctx context.Context, h *house, n, reports int, acked *atomic.Int64) (map[string]int, error) {
	dealt := map[string]int{}
	for i := range n {
		for int(acked.Load()) < reports*(i+1)/(n+1) {
			select {
			case <-ctx.Done():
				return dealt, ctx.Err()
			case <-time.After(5 * time.Millisecond):
			}
		}
		b := blows[i%len(blows)]
		if err := b.do(ctx, h); err != nil {
			return dealt, fmt.Errorf("%s: %w", b.name, err)
		}
		dealt[b.name]++
	}
	return dealt, nil
}
