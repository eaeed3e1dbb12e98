package sql

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// The bounds of a token.
const (
	tokenLifeMin  = 24 * time.Hour
	tokenLifeMax  = 365 * 24 * time.Hour
	tokenTitleMax = 100 // characters
)

// notForTokens are rights that want a person: reading in full is answered for by
// the one who reads, and a program that grants roles could grant itself more.
var notForTokens = []lintu.Right{lintu.UnmaskPersons, lintu.ManageAccounts}

// CreateToken implements lintu.Doorkeeper. The rights must be ones that the
// account holds now; CodeForbidden for others. They end with the roles that give
// them.
func (a *Accounts) CreateToken(ctx context.Context, tenant int32, account lintu.ID, title string, only []lintu.Right, life time.Duration, by lintu.Actor) (*lintu.Token, string, error) {
	now := a.now()
	t := &lintu.Token{ID: lintu.NewID(), Title: strings.TrimSpace(title), Only: slices.Compact(slices.Sorted(slices.Values(only))), CreatedAt: now, ExpiresAt: now.Add(life)}
	if err := checkToken(t, life); err != nil {
		return nil, "", err
	}
	secret := newSecret(tokenPrefix)
	err := a.tx(ctx, func(tx pgx.Tx) error {
		var v lintu.Viewer
		err := tx.QueryRow(ctx, `SELECT `+grantsOf(`g.valid @> $3::timestamptz`)+` FROM account a
			WHERE a.tenant_id = $1 AND a.id = $2 AND a.disabled_at IS NULL FOR NO KEY UPDATE OF a`, tenant, account, now).Scan(&v.Grants)
		if err == pgx.ErrNoRows {
			return errNoSession
		}
		if err != nil {
			return err
		}
		for _, right := range t.Only {
			if !v.May(right) {
				return lintu.Errorf(lintu.CodeForbidden, "您的角色没有权限 %s，不能给令牌。", "Your roles do not give the right %s, so a token cannot have it.", right)
			}
		}
		if _, err := tx.Exec(ctx, `INSERT INTO token (tenant_id, id, account_id, hash, title, rights, created_at, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, tenant, t.ID, account, sumOf(secret), t.Title, t.Only, t.CreatedAt, t.ExpiresAt); err != nil {
			return err
		}
		return note(ctx, tx, tenant, by, "create_token", "token", &t.ID, map[string]any{"only": t.Only, "expiresAt": t.ExpiresAt})
	})
	if err != nil {
		return nil, "", err
	}
	return t, secret, nil
}

func checkToken(t *lintu.Token, life time.Duration) error {
	if n := utf8.RuneCountInString(t.Title); n < 1 || n > tokenTitleMax || storable(t.Title) != t.Title {
		return lintu.Errorf(lintu.CodeInvalid, "令牌的名称应有 1 到 %d 个字符。", "A token's title has 1 to %d characters.", tokenTitleMax)
	}
	if life < tokenLifeMin || life > tokenLifeMax {
		return lintu.Errorf(lintu.CodeInvalid, "令牌的有效期应为 1 到 365 天。", "A token is valid for 1 to 365 days.")
	}
	if len(t.Only) == 0 {
		return lintu.Errorf(lintu.CodeInvalid, "请至少选择一项令牌可用的权限。", "Please choose at least one right for the token.")
	}
	for _, right := range t.Only {
		known := slices.ContainsFunc(lintu.Rights, func(r lintu.RightInfo) bool { return r.Right == right })
		if !known || slices.Contains(notForTokens, right) {
			return lintu.Errorf(lintu.CodeInvalid, "令牌不能有权限 “%s”。", "A token cannot have the right %q.", right)
		}
	}
	return nil
}

// Tokens implements lintu.Doorkeeper. The newest comes first; those out of date
// are shown too.
func (a *Accounts) Tokens(ctx context.Context, tenant int32, account lintu.ID) ([]lintu.Token, error) {
	rows, err := a.db.pool.Query(ctx, `SELECT id, title, rights, created_at, expires_at, used_at FROM token
		WHERE tenant_id = $1 AND account_id = $2 ORDER BY created_at DESC, id`, tenant, account)
	if err != nil {
		return nil, toError(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t lintu.Token, err error) {
		err = row.Scan(&t.ID, &t.Title, &t.Only, &t.CreatedAt, &t.ExpiresAt, &t.UsedAt)
		return t, err
	})
	return list, toError(err)
}

// RevokeToken implements lintu.Doorkeeper.
func (a *Accounts) RevokeToken(ctx context.Context, tenant int32, account, token lintu.ID, by lintu.Actor) error {
	return a.tx(ctx, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `DELETE FROM token WHERE tenant_id = $1 AND account_id = $2 AND id = $3`, tenant, account, token)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return lintu.Errorf(lintu.CodeNotFound, "没有这个令牌。", "There is no such token.")
		}
		return note(ctx, tx, tenant, by, "revoke_token", "token", &token, nil)
	})
}

var tokenSQL = `SELECT t.id, a.id, a.login, a.one_time_until IS NOT NULL, t.rights, t.used_at, t.expires_at, ` +
	grantsOf(`g.valid @> $3::timestamptz`) + `
	FROM token t JOIN account a ON a.tenant_id = t.tenant_id AND a.id = t.account_id AND a.disabled_at IS NULL
	WHERE t.tenant_id = $1 AND t.hash = $2 AND t.expires_at > $3`

// tokenSession finds what a token stands for.
func (a *Accounts) tokenSession(ctx context.Context, tenant int32, secret string) (*lintu.Session, error) {
	now := a.now()
	type found struct {
		lintu.Session
		used *time.Time
	}
	s, err := reach(ctx, a.db.contact, func(ctx context.Context) (s found, err error) {
		s.Token = true
		err = a.db.pool.QueryRow(ctx, tokenSQL, tenant, sumOf(secret), now).
			Scan(&s.ID, &s.Account, &s.Login, &s.MustChange, &s.Only, &s.used, &s.ExpiresAt, &s.Grants)
		return s, err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, lintu.Errorf(lintu.CodeUnauthenticated, "令牌无效、已过期或已撤销；请在账号页面新建一个。",
			"The token is wrong, out of date or revoked; please make another on the account page.")
	}
	if err != nil {
		return nil, err
	}
	if s.used == nil || now.Sub(*s.used) >= touchAfter {
		err = a.touch(ctx, `WITH used AS (UPDATE token SET used_at = $3 WHERE tenant_id = $1 AND id = $2 RETURNING account_id)
			UPDATE account SET seen_at = $3 WHERE tenant_id = $1 AND id IN (SELECT account_id FROM used)`, tenant, s.ID, now)
	}
	return &s.Session, err
}
