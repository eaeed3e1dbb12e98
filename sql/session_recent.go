package sql

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/lintu-map/lintu"
)

// recentSessions are sessions as they were found a moment ago. Like what the layers look
// like, they are trusted for lookAgain, and for as long as this process has committed
// nothing.
type recentSessions struct {
	finding singleflight.Group
	early   atomic.Bool // sessions are being found again that are trusted still

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
	alone   time.Time // when it was last found by its secret
}

// renewFor is how long a session that was found by its secret is found again together
// with the others, in one statement. It is short beside touchAfter, since that notes no
// use.
const renewFor = 10 * time.Second

// maxRecent is how many are remembered; with more, all are forgotten.
const maxRecent = 4096

// get returns nil where there is no session that is trusted still. It should be renewed
// if it will not be for long.
func (r *recentSessions) get(key recentKey, commits uint64, now time.Time) (s *lintu.Session, renew bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found := r.bySecret[key]
	age := now.Sub(found.at)
	if found.Session == nil || found.commits != commits || age < 0 || age >= lookAgain || !found.ExpiresAt.After(now) {
		return nil, false
	}
	return found.Session, age >= lookEarly && found.isRenewed(now)
}

func (r *recentSessions) put(key recentKey, found recentSession) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.bySecret == nil || len(r.bySecret) >= maxRecent {
		r.bySecret = map[recentKey]recentSession{}
	}
	r.bySecret[key] = found
}

// toRenew are the sessions of a tenant that are found again together.
func (r *recentSessions) toRenew(tenant int32, now time.Time) map[recentKey]*lintu.Session {
	r.mu.RLock()
	defer r.mu.RUnlock()
	old := map[recentKey]*lintu.Session{}
	for key, s := range r.bySecret {
		if key.tenant == tenant && s.isRenewed(now) {
			old[key] = s.Session
		}
	}
	return old
}

func (s recentSession) isRenewed(now time.Time) bool {
	age := now.Sub(s.alone)
	return s.Session != nil && age >= 0 && age < renewFor
}

// renew notes what was found of old sessions at a time. Those that were found alone
// meanwhile stay as they are.
func (r *recentSessions) renew(old map[recentKey]*lintu.Session, found map[lintu.ID]*lintu.Session, at time.Time, commits uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, before := range old {
		last := r.bySecret[key]
		if last.Session != before {
			continue
		}
		if s := found[before.ID]; s != nil {
			r.bySecret[key] = recentSession{s, at, commits, last.alone}
		} else {
			delete(r.bySecret, key)
		}
	}
}

// renewRecent finds all sessions again that were found a moment ago, if that of the key
// is one of them. Who asks at the same time shares that too. Where it fails, the
// session is to be found alone.
func (a *Accounts) renewRecent(ctx context.Context, key recentKey, commits uint64) {
	a.recent.mu.RLock()
	last := a.recent.bySecret[key]
	a.recent.mu.RUnlock()
	if !last.isRenewed(a.now()) {
		return
	}
	renewed := a.recent.finding.DoChan(fmt.Sprintf("%d %d", key.tenant, commits), func() (any, error) {
		shared, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTimeout)
		defer cancel()
		at := a.now()
		old := a.recent.toRenew(key.tenant, at)
		var ids []lintu.ID
		for _, s := range old {
			ids = append(ids, s.ID)
		}
		found, err := reach(shared, a.db.contact, func(ctx context.Context) (map[lintu.ID]*lintu.Session, error) {
			return a.Sessions(ctx, key.tenant, ids)
		})
		if err == nil {
			a.recent.renew(old, found, at, commits)
		}
		return nil, err
	})
	select {
	case <-renewed:
	case <-ctx.Done():
	}
}

// known returns the session if it was found a moment ago; else nil.
func (a *Accounts) known(key recentKey, commits uint64) *lintu.Session {
	s, renew := a.recent.get(key, commits, a.now())
	if renew && a.recent.early.CompareAndSwap(false, true) {
		go func() {
			defer a.recent.early.Store(false)
			a.renewRecent(context.Background(), key, commits)
		}()
	}
	return s
}

// KnownSession implements lintu.Doorkeeper.
func (a *Accounts) KnownSession(tenant int32, secret string) *lintu.Session {
	return a.known(recentKey{tenant, sha256.Sum256([]byte(secret))}, a.db.commits.count())
}

// RecentSession implements lintu.Doorkeeper. Who asks at the same time shares the
// answer, unless this process has committed something in between.
func (a *Accounts) RecentSession(ctx context.Context, tenant int32, secret string) (*lintu.Session, error) {
	key, commits := recentKey{tenant, sha256.Sum256([]byte(secret))}, a.db.commits.count()
	if s := a.known(key, commits); s != nil {
		return s, nil
	}
	a.renewRecent(ctx, key, commits)
	if s := a.known(key, commits); s != nil {
		return s, nil
	}
	found := a.recent.finding.DoChan(fmt.Sprintf("%d %x %d", tenant, key.sum, commits), func() (any, error) {
		shared, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookTimeout)
		defer cancel()
		at := a.now()
		s, err := a.Session(shared, tenant, secret)
		if err == nil {
			a.recent.put(key, recentSession{s, at, commits, at})
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
