package tiles

import (
	"context"
	"fmt"
	"sync"
)

// flights lets identical requests that meet share one build. The build is
// cancelled when the last of those who wait for it has gone.
type flights[K comparable, T any] struct {
	mu   sync.Mutex
	open map[K]*flight[T]
}

type flight[T any] struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	built   T
	err     error
}

func (f *flights[K, T]) do(ctx context.Context, key K, build func(context.Context) (T, error)) (built T, err error) {
	fl := f.join(ctx, key, build)
	select {
	case <-fl.done:
		f.leave(key, fl)
		return fl.built, fl.err
	case <-ctx.Done():
		f.leave(key, fl)
		return built, ctx.Err()
	}
}

func (f *flights[K, T]) join(ctx context.Context, key K, build func(context.Context) (T, error)) *flight[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl, ok := f.open[key]; ok {
		fl.waiting++
		return fl
	}
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	fl := &flight[T]{waiting: 1, cancel: cancel, done: make(chan struct{})}
	if f.open == nil {
		f.open = map[K]*flight[T]{}
	}
	f.open[key] = fl
	go func() {
		defer close(fl.done)
		defer func() { // no middleware stands above this goroutine
			if r := recover(); r != nil {
				fl.err = fmt.Errorf("panic while building a tile: %v", r)
			}
		}()
		fl.built, fl.err = build(shared)
	}()
	return fl
}

// leave forgets a flight with its last passenger, so that nobody joins one that
// is cancelled.
func (f *flights[K, T]) leave(key K, fl *flight[T]) {
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
