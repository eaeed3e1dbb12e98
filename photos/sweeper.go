package photos

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/lintu-map/lintu"
)

// Sweeper deletes pictures that no case took within a day, once an hour.
type Sweeper struct {
	tenant int32
	unused func(ctx context.Context, tenant int32, limit int) ([]lintu.ID, error)
	store  lintu.PhotoStore
	log    *slog.Logger

	mu   sync.Mutex
	stop context.CancelFunc // nil while not running
	done chan struct{}
}

const (
	sweepEach   = time.Hour
	sweepAtOnce = 200
	unusedFor   = 24 * time.Hour
)

// NewSweeper makes a sweeper of what unused, lintu.CaseStore's UnusedPhotos, says.
func NewSweeper(tenant int32, unused func(ctx context.Context, tenant int32, limit int) ([]lintu.ID, error), store lintu.PhotoStore, log *slog.Logger) *Sweeper {
	return &Sweeper{tenant: tenant, unused: unused, store: store, log: log}
}

// Start sweeps now and once an hour until Stop. Starting twice is starting once.
func (s *Sweeper) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop, s.done = stop, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		s.run(ctx)
	}(s.done)
}

// Stop ends the sweeping and waits for it. Stopping twice is safe.
func (s *Sweeper) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
		<-s.done
		s.stop = nil
	}
}

func (s *Sweeper) run(ctx context.Context) {
	tick := time.NewTicker(sweepEach)
	defer tick.Stop()
	for {
		if n, err := s.Sweep(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("unused photos were not all deleted", slog.Int("deleted", n), slog.Any("error", err))
		} else if n > 0 {
			s.log.Info("unused photos were deleted", slog.Int("deleted", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Sweep deletes what is unused, and returns how many pictures that were.
func (s *Sweeper) Sweep(ctx context.Context) (deleted int, err error) {
	for {
		ids, err := s.unused(ctx, s.tenant, sweepAtOnce)
		if err != nil {
			return deleted, err
		}
		// They are forgotten now: each is tried, whatever becomes of the others.
		var failed error
		for _, id := range ids {
			if err := s.store.Delete(context.WithoutCancel(ctx), s.tenant, id, time.Now().Add(-unusedFor)); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			deleted++
		}
		if failed != nil || len(ids) < sweepAtOnce {
			return deleted, failed
		}
	}
}
