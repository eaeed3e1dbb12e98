package api

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/lintu-map/lintu"
)

// rememberedFor is how long somebody stays known after the database has last known
// them, while it cannot be asked: as long as a session may rest.
const rememberedFor = time.Hour

// rememberedMost bounds the memory of it; beyond it, anyone is forgotten.
const rememberedMost = 10000

// remembered are the sessions that the database has known lately, for reading tiles,
// styles and what pages begin with while it is away. Nobody can be refused anything then that was not
// refused before: what ends a session or changes a role needs the database. What this
// process has done of that, it forgets everybody for; what others did, it learns when
// it asks anew, and the hub does so for all.
type remembered struct {
	mu    sync.RWMutex
	round int // grows with each forgetting
	known map[[sha256.Size]byte]knownSession
	told  map[lintu.ID]told // of those kept since the last forgetting, by session
}

// told is the last answer that was kept of a session. Requests for tiles share one for a
// moment: it is kept, and who has the session made of it, once.
type told struct {
	session *lintu.Session
	viewer  *lintu.Viewer // never changed
}

type knownSession struct {
	*lintu.Session
	at time.Time
}

// begin is called before the database is asked; keep takes what it returns.
func (r *remembered) begin() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.round
}

// viewer is who has a session that was kept; nil if it is another answer of the database.
func (r *remembered) viewer(s *lintu.Session) *lintu.Viewer {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if t := r.told[s.ID]; t.session == s {
		return t.viewer
	}
	return nil
}

// tell notes who has a session that was kept.
func (r *remembered) tell(round int, t told) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if round != r.round {
		return
	}
	if r.told == nil || len(r.told) >= rememberedMost {
		r.told = map[lintu.ID]told{}
	}
	r.told[t.session.ID] = t
}

// keep notes what the database has said: a session, or nil for none.
func (r *remembered) keep(round int, secret string, s *lintu.Session, now time.Time) {
	key := sha256.Sum256([]byte(secret))
	r.mu.Lock()
	defer r.mu.Unlock()
	if s == nil {
		delete(r.known, key)
		return
	}
	if round != r.round { // it may have ended since
		return
	}
	if r.known == nil {
		r.known = map[[sha256.Size]byte]knownSession{}
	}
	if _, known := r.known[key]; !known && len(r.known) >= rememberedMost {
		for one := range r.known {
			delete(r.known, one)
			break
		}
	}
	r.known[key] = knownSession{s, now}
}

// find returns the session with what it still holds at that time; nil if it is not
// known.
func (r *remembered) find(secret string, now time.Time) *lintu.Session {
	key := sha256.Sum256([]byte(secret))
	r.mu.Lock()
	defer r.mu.Unlock()
	k, ok := r.known[key]
	if !ok || now.Sub(k.at) > rememberedFor || now.After(k.ExpiresAt) {
		return nil
	}
	s := *k.Session
	s.Grants = nil
	for _, g := range k.Grants {
		if g.To == nil || now.Before(*g.To) {
			s.Grants = append(s.Grants, g)
		}
	}
	return &s
}

// forget forgets everybody: a session or what it may do has changed.
func (r *remembered) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.round++
	r.known, r.told = nil, nil
}

// ids are the sessions that are known.
func (r *remembered) ids() []lintu.ID {
	r.mu.Lock()
	defer r.mu.Unlock()
	var ids []lintu.ID
	for _, k := range r.known {
		ids = append(ids, k.ID)
	}
	return ids
}

// hold notes what the database has said of the ids that it was asked for.
func (r *remembered) hold(round int, asked []lintu.ID, hold map[lintu.ID]*lintu.Session, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if round != r.round {
		return
	}
	gone := map[lintu.ID]bool{}
	for _, id := range asked {
		gone[id] = hold[id] == nil
	}
	for key, k := range r.known {
		if gone[k.ID] {
			delete(r.known, key)
		} else if s := hold[k.ID]; s != nil {
			r.known[key] = knownSession{s, now}
		}
	}
}
