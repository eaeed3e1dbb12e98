package tiles

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// fetched is what the parts of a tile are made from.
type fetched struct {
	held    []heldLayer   // from memory; nil for the others
	bytes   [][]byte      // by the store
	missing []lintu.Layer // the store is away, and memory has nothing
	lags    bool          // the store is away, and memory has something older
}

// missing is the digest of what is not there.
const missing = 1

var errAway = lintu.Errorf(lintu.CodeUnavailable, "暂时连接不上数据库，请稍后再试。", "The database cannot be reached just now; please try again shortly.")

// errLoading says that a layer will soon be in memory.
func errLoading(l lintu.Layer) error {
	e := lintu.Errorf(lintu.CodeUnavailable, "图层 %s 正在读入内存，请稍后再试。", "Layer %s is being read into memory; please try again shortly.", l)
	e.RetryAfter = 2 * time.Second
	return e
}

// errParts says that nothing of a tile can be made.
func errParts(parts []part) error {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = string(p.layer.Name)
	}
	return lintu.Errorf(lintu.CodeUnavailable, "暂时连接不上数据库，而这块瓦片（%s）只能由它生成，请稍后再试。",
		"The database cannot be reached just now, and this tile (%s) cannot be made without it; please try again shortly.", strings.Join(names, ", "))
}

// fetch asks the store for the layers that are not in memory: as of one instant. If the
// store is away, those that memory has in an older state come from there, and the others
// are missing; a tile of the past, or of which nothing is left, is an error.
func (s *Server) fetch(ctx context.Context, r *request) (*fetched, error) {
	f := &fetched{held: make([]heldLayer, len(r.parts)), bytes: make([][]byte, len(r.parts))}
	if r.at != nil {
		return f, s.fetchPast(ctx, r, f.bytes)
	}
	var asked []lintu.ShownLayer
	var which []int
	for i, p := range r.parts {
		if f.held[i] = r.seen.held(p); f.held[i] != nil {
			continue
		}
		if r.seen.state == nil && r.seen.misses(p) && s.memory.loading.Load() {
			return nil, errLoading(p.layer.Name)
		}
		s.memory.meters.fallback(r.seen.reason(p))
		l, _ := p.layer.Reduced(r.Z, 0)
		asked, which = append(asked, lintu.ShownLayer{LayerInfo: l, Within: p.within}), append(which, i)
	}
	if len(asked) == 0 {
		return f, nil
	}
	found, err := s.memory.store.TileLayers(ctx, r.tenant, asked, r.Z, r.X, r.Y)
	switch {
	case lintu.CodeOf(err) == lintu.CodeUnavailable:
		return f, f.instead(r, which)
	case err != nil:
		return nil, fmt.Errorf("tile layers %d/%d/%d: %w", r.Z, r.X, r.Y, err)
	}
	for i, b := range found {
		f.bytes[which[i]] = b
	}
	return f, nil
}

// fetchPast asks the store for all layers at once: the past is one instant anyway.
func (s *Server) fetchPast(ctx context.Context, r *request, stored [][]byte) error {
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range r.parts {
		s.memory.meters.fallback("past")
		group.Go(func() (err error) {
			stored[i], err = s.store(ctx, r, p, 0)
			return err
		})
	}
	return group.Wait()
}

// instead finds what can be shown of the parts that the store has not made.
func (f *fetched) instead(r *request, which []int) error {
	for _, i := range which {
		p := r.parts[i]
		if p.within.Everywhere && r.seen.state != nil && r.seen.state.layers[p.layer.Name] != nil {
			f.lags, f.held[i] = true, r.seen.state.layers[p.layer.Name]
			continue
		}
		f.missing = append(f.missing, p.layer.Name)
	}
	if len(f.missing) == len(r.parts) {
		return errParts(r.parts)
	}
	return nil
}
