package tiles

import (
	"context"
	"fmt"
	"sync"

	"github.com/lintu-map/lintu"
)

// flights lets identical requests that meet share one build. The build is
// cancelled when the last of those who wait for it has gone.
type flights struct {
	mu   sync.Mutex
	open map[string]*flight
}

type flight struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	tile    *lintu.Tile
	err     error
}

func (f *flights) do(ctx context.Context, key string, build func(context.Context) (*lintu.Tile, error)) (*lintu.Tile, error) {
	fl := f.join(ctx, key, build)
	select {
	case <-fl.done:
		f.leave(key, fl)
		return fl.tile, fl.err
	case <-ctx.Done():
		f.leave(key, fl)
		return nil, ctx.Err()
	}
}

func (f *flights) join(ctx context.Context, key string, build func(context.Context) (*lintu.Tile, error)) *flight {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl, ok := f.open[key]; ok {
		fl.waiting++
		return fl
	}
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	fl := &flight{waiting: 1, cancel: cancel, done: make(chan struct{})}
	if f.open == nil {
		f.open = map[string]*flight{}
	}
	f.open[key] = fl
	go func() {
		defer close(fl.done)
		defer func() { // no middleware stands above this goroutine
			if r := recover(); r != nil {
				fl.err = fmt.Errorf("panic while building a tile: %v", r)
			}
		}()
		fl.tile, fl.err = build(shared)
	}()
	return fl
}

// leave forgets a flight with its last passenger, so that nobody joins one that
// is cancelled.
func (f *flights) leave(key string, fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl.waiting--; fl.waiting > 0 {
		return
	}
	fl.cancel()
	if f.open[key] == fl {
		delete(f.open, key)
	}
}
