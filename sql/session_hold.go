package sql

import (
	"context"
	"time"

	"github.com/lintu-map/lintu"
)

// sessionsSQL finds sessions and tokens by their ids. What an account may is found once
// for all of its own. $1 tenant, $2 ids, $3 now.
var sessionsSQL = `WITH held AS MATERIALIZED (
		SELECT false AS token, id, account_id, sso, created_at, seen_at, expires_at, NULL::text[] AS rights
		FROM session WHERE tenant_id = $1 AND id = ANY ($2) AND expires_at > $3
		UNION ALL
		SELECT true, id, account_id, false, created_at, created_at, expires_at, rights
		FROM token WHERE tenant_id = $1 AND id = ANY ($2) AND expires_at > $3
	), who AS MATERIALIZED (
		SELECT a.id, a.login, a.one_time_until IS NOT NULL AS one_time, ` + grantsOf(`g.valid @> $3::timestamptz`) + ` AS grants
		FROM account a WHERE a.tenant_id = $1 AND a.id IN (SELECT account_id FROM held) AND a.disabled_at IS NULL
	)
	SELECT h.token, h.id, w.id, w.login, w.one_time AND NOT h.sso, h.created_at, h.seen_at, h.expires_at, h.rights, w.grants
	FROM held h JOIN who w ON w.id = h.account_id`

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
