package sql

import (
	"context"
	_ "embed"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lintu-map/lintu"
)

//go:embed queries/changed_layers.sql
var changedLayers string

// watch knows how often each layer of a tenant has changed since it began. It
// holds the snapshot of its last look, so a look finds exactly the changes that
// were not visible then, whatever order their transactions committed in.
type watch struct {
	turn sync.Mutex // held while looking

	mu     sync.Mutex
	queued *look // the look that has not begun

	early    atomic.Bool // a look is under way that nobody needs yet
	last     atomic.Pointer[looked]
	snapshot *string // of the last look
	life     string  // of the server that gave it
	versions map[lintu.Layer]uint64
}

// looked is what the last look found, and when it began.
type looked struct {
	versions map[lintu.Layer]uint64
	at       time.Time
	commits  uint64
}

// lookAgain is how long a look is trusted to have seen what other processes commit.
// Of this process's own commits, the first makes the next look necessary. Who asks
// after lookEarly causes the next look, and does not wait for it.
const (
	lookAgain = 300 * time.Millisecond
	lookEarly = lookAgain * 3 / 4
)

// look is one query, shared by all who asked before it began.
type look struct {
	done     chan struct{}
	versions map[lintu.Layer]uint64
	err      error
}

// lookTimeout ends a look that the database does not answer; it outlives the
// request that caused it, because others wait for it too.
const lookTimeout = 5 * time.Second

// LayerVersions implements lintu.LayerVersions. It costs nothing if this process has
// committed nothing since the last look a moment ago, else one short query, shared by
// those who ask at the same time.
func (r *Reader) LayerVersions(ctx context.Context, tenant int32) (map[lintu.Layer]uint64, error) {
	r.mu.Lock()
	w := r.watches[tenant]
	if w == nil {
		w = &watch{versions: map[lintu.Layer]uint64{}}
		r.watches[tenant] = w
	}
	r.mu.Unlock()
	if last := w.last.Load(); last != nil && last.commits == r.db.commits.count() {
		switch age := time.Since(last.at); {
		case age < lookEarly:
			return last.versions, nil
		case age < lookAgain:
			if w.early.CompareAndSwap(false, true) {
				w.join(r.db, tenant)
			}
			return last.versions, nil
		}
	}
	return reach(ctx, r.db.contact, func(ctx context.Context) (map[lintu.Layer]uint64, error) {
		l := w.join(r.db, tenant)
		select {
		case <-l.done:
			return l.versions, l.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
}

// join returns the look that is about to begin.
func (w *watch) join(db *DB, tenant int32) *look {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.queued == nil {
		w.queued = &look{done: make(chan struct{})}
		go w.run(db, tenant, w.queued)
	}
	return w.queued
}

func (w *watch) run(db *DB, tenant int32, l *look) {
	defer close(l.done)
	defer w.early.Store(false)
	w.turn.Lock()
	defer w.turn.Unlock()
	w.mu.Lock()
	w.queued = nil
	w.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), lookTimeout)
	defer cancel()
	ctx, untie := db.contact.during(ctx)
	defer untie()
	found := looked{at: time.Now(), commits: db.commits.count()}
	var now, life string
	var changed []string
	if err := db.pool.QueryRow(ctx, changedLayers, tenant, w.snapshot).Scan(&now, &life, &changed); err != nil {
		l.err = toError(err)
		return
	}
	if w.snapshot != nil && life != w.life { // the snapshot means nothing any more
		changed = everyLayer()
	}
	w.snapshot, w.life = &now, life
	if len(changed) > 0 {
		w.versions = maps.Clone(w.versions)
		for _, layer := range withDependants(changed) {
			w.versions[layer]++
		}
	}
	l.versions, found.versions = w.versions, w.versions
	w.last.Store(&found)
}

func everyLayer() []string {
	var all []string
	for _, l := range lintu.Layers {
		all = append(all, string(l.Name))
	}
	return all
}

// withDependants adds the layers that show something of a changed one:
// households show the code of their head, heads the number of their households,
// links both ends.
func withDependants(changed []string) []lintu.Layer {
	people := []lintu.Layer{lintu.Households, lintu.Heads, lintu.Links}
	var out []lintu.Layer
	met := false
	for _, name := range changed {
		if layer := lintu.Layer(name); slices.Contains(people, layer) {
			met = true
		} else {
			out = append(out, layer)
		}
	}
	if met {
		out = append(out, people...)
	}
	return out
}
