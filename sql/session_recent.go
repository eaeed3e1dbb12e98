package sql

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/lintu-map/lintu"
)

// recentSessions are sessions as they were found a moment ago. Like what the layers look
// like, they are trusted for lookAgain, and for as long as this process has committed
// nothing.
type recentSessions struct {
	finding singleflight.Group

	mu       sync.RWMutex
	bySecret map[recentKey]recentSession
}

type recentKey struct {
	tenant int32
	sum    [sha256.Size]byte
}

type recentSession struct {
	*lintu.Session
	at      time.Time
	commits uint64
}

// maxRecent is how many are remembered; with more, all are forgotten.
const maxRecent = 4096

func (r *recentSessions) get(key recentKey, commits uint64, now time.Time) *lintu.Session {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found := r.bySecret[key]
	if age := now.Sub(found.at); found.Session == nil || found.commits != commits || age < 0 || age >= lookAgain || !found.ExpiresAt.After(now) {
		return nil
	}
	return found.Session
}

func (r *recentSessions) put(key recentKey, found recentSession) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bySecret == nil || len(r.bySecret) >= maxRecent {
		r.bySecret = map[recentKey]recentSession{}
	}
	r.bySecret[key] = found
}

// RecentSession implements lintu.Doorkeeper. Who asks at the same time shares the
// answer, unless this process has committed something in between.
func (a *Accounts) RecentSession(ctx context.Context, tenant int32, secret string) (*lintu.Session, error) {
	key, commits := recentKey{tenant, sha256.Sum256([]byte(secret))}, a.db.commits.count()
	if s := a.recent.get(key, commits, a.now()); s != nil {
		return s, nil
	}
	found := a.recent.finding.DoChan(fmt.Sprintf("%d %x %d", tenant, key.sum, commits), func() (any, error) {
		shared, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTimeout)
		defer cancel()
		at := a.now()
		s, err := a.Session(shared, tenant, secret)
		if err == nil {
			a.recent.put(key, recentSession{s, at, commits})
		}
		return s, err
	})
	select {
	case r := <-found:
		s, _ := r.Val.(*lintu.Session)
		return s, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
