package sql

import (
	"context"
	"time"

	"github.com/lintu-map/lintu"
)

// sessionsSQL finds sessions and tokens by their ids. $1 tenant, $2 ids, $3 now.
var sessionsSQL = `SELECT false, s.id, a.id, a.login, a.one_time_until IS NOT NULL AND NOT s.sso, s.created_at, s.seen_at, s.expires_at, NULL::text[], ` +
	grantsOf(`g.valid @> $3::timestamptz`) + `
	FROM session s JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id AND a.disabled_at IS NULL
	WHERE s.tenant_id = $1 AND s.id = ANY ($2) AND s.expires_at > $3
	UNION ALL
	SELECT true, t.id, a.id, a.login, a.one_time_until IS NOT NULL, t.created_at, t.created_at, t.expires_at, t.rights, ` +
	grantsOf(`g.valid @> $3::timestamptz`) + `
	FROM token t JOIN account a ON a.tenant_id = t.tenant_id AND a.id = t.account_id AND a.disabled_at IS NULL
	WHERE t.tenant_id = $1 AND t.id = ANY ($2) AND t.expires_at > $3`

// Sessions implements lintu.Doorkeeper.
func (a *Accounts) Sessions(ctx context.Context, tenant int32, ids []lintu.ID) (map[lintu.ID]*lintu.Session, error) {
	now := a.now()
	rows, err := a.db.pool.Query(ctx, sessionsSQL, tenant, ids, now)
	if err != nil {
		return nil, toError(err)
	}
	hold := map[lintu.ID]*lintu.Session{}
	for rows.Next() {
		var s lintu.Session
		var created, seen time.Time
		if err := rows.Scan(&s.Token, &s.ID, &s.Account, &s.Login, &s.MustChange, &created, &seen, &s.ExpiresAt, &s.Only, &s.Grants); err != nil {
			rows.Close()
			return nil, toError(err)
		}
		if s.Token || limitsOf(s.Grants).hold(&s, created, seen, now) {
			hold[s.ID] = &s
		}
	}
	return hold, toError(rows.Err())
}

// hold reports whether a session has not ended by age or idleness, and sets until
// when it holds if nobody uses it.
func (l limits) hold(s *lintu.Session, created, seen, now time.Time) bool {
	if now.Sub(seen) >= l.idle || now.Sub(created) >= l.whole {
		return false
	}
	for _, end := range []time.Time{created.Add(l.whole), now.Add(l.idle)} {
		if end.Before(s.ExpiresAt) {
			s.ExpiresAt = end
		}
	}
	return true
}
