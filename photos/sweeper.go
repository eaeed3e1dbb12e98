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
	cases  lintu.PhotoSweeping
	store  lintu.PhotoStore
	log    *slog.Logger

	mu   sync.Mutex
	stop context.CancelFunc // nil while not running
	done chan struct{}
}

const (
	sweepEach   = time.Hour
	sweepAtOnce = 200
)

// NewSweeper makes a sweeper of what cases say is unused.
func NewSweeper(tenant int32, cases lintu.PhotoSweeping, store lintu.PhotoStore, log *slog.Logger) *Sweeper {
	return &Sweeper{tenant: tenant, cases: cases, store: store, log: log}
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

// Sweep deletes what is unused, and returns how many pictures that were. Those that
// cannot be deleted are tried again at the next sweep.
func (s *Sweeper) Sweep(ctx context.Context) (deleted int, err error) {
	for {
		ids, err := s.cases.UnusedPhotos(ctx, s.tenant, sweepAtOnce)
		if err != nil {
			return deleted, err
		}
		var failed error
		var gone []lintu.ID
		for _, id := range ids {
			if err := s.store.Delete(ctx, s.tenant, id, time.Now().Add(-lintu.PhotoUnusedFor)); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			gone = append(gone, id)
		}
		if err := s.cases.ForgetPhotos(ctx, s.tenant, gone); err != nil {
			return deleted, errors.Join(failed, err)
		}
		if deleted += len(gone); failed != nil || len(ids) < sweepAtOnce {
			return deleted, failed
		}
	}
}
