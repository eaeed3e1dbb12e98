package sql

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
)

// limits of a session: how long it lasts without use, and at all.
type limits struct{ idle, whole time.Duration }

var (
	deskLimits = limits{idle: time.Hour, whole: 12 * time.Hour}
	wallLimits = limits{idle: 24 * time.Hour, whole: 30 * 24 * time.Hour} // a wall runs day and night
)

// limitsOf are those of an account with these grants: of a wall where all it may
// do is look at one.
func limitsOf(grants []lintu.Grant) limits {
	for _, g := range grants {
		if g.Role != lintu.RoleViewer {
			return deskLimits
		}
	}
	if len(grants) == 0 {
		return deskLimits
	}
	return wallLimits
}

// touchAfter is how old the note of a last use may be: a use is no reason to
// write each time.
const touchAfter = time.Minute

const tokenPrefix = "lintu_"

// newSecret makes 256 random bits. A token's secret is longer by its prefix, so
// that none is taken for the other.
func newSecret(prefix string) string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}

func isToken(secret string) bool {
	return strings.HasPrefix(secret, tokenPrefix) && len(secret) == len(tokenPrefix)+base64.RawURLEncoding.EncodedLen(32)
}

func sumOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

var errNoSession = lintu.Errorf(lintu.CodeUnauthenticated, "尚未登录，或登录已过期；请重新登录。", "Nobody is signed in, or the session has ended; please sign in again.")

// sessionSQL finds what a cookie stands for. $1 tenant, $2 hash, $3 now.
var sessionSQL = `SELECT s.id, a.id, a.login, a.one_time_until IS NOT NULL AND NOT s.sso, s.created_at, s.seen_at, s.expires_at, ` +
	grantsOf(`g.valid @> $3::timestamptz`) + `
	FROM session s JOIN account a ON a.tenant_id = s.tenant_id AND a.id = s.account_id AND a.disabled_at IS NULL
	WHERE s.tenant_id = $1 AND s.hash = $2 AND s.expires_at > $3`

// Session implements lintu.Doorkeeper.
func (a *Accounts) Session(ctx context.Context, tenant int32, secret string) (*lintu.Session, error) {
	if isToken(secret) {
		return a.tokenSession(ctx, tenant, secret)
	}
	now := a.now()
	type found struct {
		*lintu.Session
		seen time.Time
	}
	s, err := reach(ctx, a.db.contact, func(ctx context.Context) (f found, err error) {
		f.Session, f.seen, err = a.findSession(ctx, a.db.pool, tenant, secret, now)
		return f, err
	})
	if err != nil || now.Sub(s.seen) < touchAfter {
		return s.Session, err
	}
	return s.Session, a.touch(ctx, `WITH used AS (UPDATE session SET seen_at = $3 WHERE tenant_id = $1 AND id = $2 AND seen_at < $3 RETURNING account_id)
		UPDATE account SET seen_at = $3 WHERE tenant_id = $1 AND id IN (SELECT account_id FROM used)`, tenant, s.ID, now)
}

// touch notes a use; it may be done twice.
func (a *Accounts) touch(ctx context.Context, statement string, args ...any) error {
	_, err := reach(ctx, a.db.contact, func(ctx context.Context) (pgconn.CommandTag, error) { return a.db.pool.Exec(ctx, statement, args...) })
	return err
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

// findSession returns the session and when it was last seen.
func (a *Accounts) findSession(ctx context.Context, q querier, tenant int32, secret string, now time.Time) (*lintu.Session, time.Time, error) {
	var s lintu.Session
	var created, seen time.Time
	err := q.QueryRow(ctx, sessionSQL, tenant, sumOf(secret), now).
		Scan(&s.ID, &s.Account, &s.Login, &s.MustChange, &created, &seen, &s.ExpiresAt, &s.Grants)
	if err == pgx.ErrNoRows {
		return nil, seen, errNoSession
	}
	if err != nil {
		return nil, seen, toError(err)
	}
	if !limitsOf(s.Grants).hold(&s, created, seen, now) {
		return nil, seen, errNoSession
	}
	return &s, seen, nil
}

// openSession stores a new session of an account and removes those that have
// ended of anybody.
func (a *Accounts) openSession(ctx context.Context, tx pgx.Tx, tenant int32, account lintu.ID, sso bool, address string) (*lintu.Session, string, error) {
	now := a.now()
	if _, err := tx.Exec(ctx, `DELETE FROM session WHERE tenant_id = $1 AND id IN (
		SELECT id FROM session WHERE tenant_id = $1 AND expires_at <= $2 ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED)`,
		tenant, now, sweepRows); err != nil {
		return nil, "", err
	}
	var grants []lintu.Grant
	err := tx.QueryRow(ctx, `SELECT `+grantsOf(`g.valid @> $3::timestamptz`)+` FROM account a WHERE a.tenant_id = $1 AND a.id = $2`,
		tenant, account, now).Scan(&grants)
	if err != nil {
		return nil, "", err
	}
	secret := newSecret("")
	if _, err := tx.Exec(ctx, `INSERT INTO session (tenant_id, id, account_id, hash, sso, address, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)`, tenant, lintu.NewID(), account, sumOf(secret), sso, address, now,
		now.Add(limitsOf(grants).whole)); err != nil {
		return nil, "", err
	}
	if _, err := tx.Exec(ctx, `UPDATE account SET seen_at = $3 WHERE tenant_id = $1 AND id = $2`, tenant, account, now); err != nil {
		return nil, "", err
	}
	s, _, err := a.findSession(ctx, tx, tenant, secret, now)
	return s, secret, err
}

// SignOut implements lintu.Doorkeeper. A session that is gone already is no error.
func (a *Accounts) SignOut(ctx context.Context, tenant int32, session lintu.ID, by lintu.Actor) error {
	return a.tx(ctx, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `DELETE FROM session WHERE tenant_id = $1 AND id = $2`, tenant, session)
		if err != nil || done.RowsAffected() == 0 {
			return err
		}
		return note(ctx, tx, tenant, by, lintu.ActSignOut, "session", &session, nil)
	})
}

// SignOutEverywhere implements lintu.Doorkeeper.
func (a *Accounts) SignOutEverywhere(ctx context.Context, tenant int32, account lintu.ID, by lintu.Actor) error {
	return a.tx(ctx, func(tx pgx.Tx) error {
		n, err := endSessions(ctx, tx, tenant, account)
		if err != nil {
			return err
		}
		return note(ctx, tx, tenant, by, lintu.ActSignOut, "account", &account, map[string]int64{"sessions": n})
	})
}
