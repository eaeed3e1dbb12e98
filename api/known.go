package api

import (
	"context"
	"sync"
	"time"

	"github.com/lintu-map/lintu"
)

// known is what the database has last said of things that a page begins with, for
// when it is away.
type known struct {
	mu       sync.Mutex
	versions map[lintu.Layer]uint64
	at       time.Time // when the versions were these
	titles   map[lintu.Scope]lintu.Text
}

// layerVersions are those of now; while the database is away the last ones, and how
// old they are.
func (s *Server) layerVersions(ctx context.Context) (versions map[lintu.Layer]uint64, lag time.Duration, err error) {
	begun := time.Now()
	versions, err = s.Versions.LayerVersions(ctx, s.Tenant)
	k := &s.known
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case err == nil && begun.After(k.at):
		k.versions, k.at = versions, begun
	case lintu.CodeOf(err) == lintu.CodeUnavailable && k.versions != nil:
		return k.versions, time.Since(k.at), nil
	}
	return versions, 0, err
}

// titleOf names a scope; while the database is away, as it was last called.
func (s *Server) titleOf(ctx context.Context, scope lintu.Scope) (lintu.Text, error) {
	title, err := s.Registrar.ScopeTitle(ctx, s.Tenant, scope)
	k := &s.known
	k.mu.Lock()
	defer k.mu.Unlock()
	if last, ok := k.titles[scope]; ok && lintu.CodeOf(err) == lintu.CodeUnavailable {
		return last, nil
	}
	if err == nil {
		if k.titles == nil || len(k.titles) >= rememberedMost {
			k.titles = map[lintu.Scope]lintu.Text{}
		}
		k.titles[scope] = title
	}
	return title, err
}
