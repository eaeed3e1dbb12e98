package sql

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// oneTimeLife is how long a one-time password can be used.
const oneTimeLife = 7 * 24 * time.Hour

// AddAccount implements lintu.Registrar. CodeConflict if the login is taken.
func (a *Accounts) AddAccount(ctx context.Context, tenant int32, login string, by lintu.Actor) (*lintu.Account, string, error) {
	x := &lintu.Account{ID: lintu.NewID(), Login: loginOf(login), MustChange: true, CreatedAt: a.now(), Grants: []lintu.Grant{}}
	password := NewPassword(x.Login)
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return nil, "", err
	}
	err = a.change(ctx, tenant, by, func(tx pgx.Tx) error { return a.insert(ctx, tx, tenant, x, hash, by) })
	if err != nil {
		return nil, "", err
	}
	return x, password, nil
}

// insert stores a new account; with no hash, one that only single sign-on opens.
func (a *Accounts) insert(ctx context.Context, tx pgx.Tx, tenant int32, x *lintu.Account, hash string, by lintu.Actor) error {
	if !loginPattern.MatchString(x.Login) {
		return errLoginShape
	}
	var password *string
	var until *time.Time
	if hash != "" {
		end := x.CreatedAt.Add(oneTimeLife)
		password, until = &hash, &end
	}
	done, err := tx.Exec(ctx, `INSERT INTO account (tenant_id, id, login, password_hash, one_time_until, created_at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, login) DO NOTHING`, tenant, x.ID, x.Login, password, until, x.CreatedAt)
	if err != nil {
		return err
	}
	if done.RowsAffected() == 0 {
		return lintu.Errorf(lintu.CodeConflict, "登录名 %s 已被使用，请另选一个。", "The login %s is taken; please choose another.", x.Login)
	}
	return note(ctx, tx, tenant, by, "add_account", "account", &x.ID, nil)
}

// FirstAccount makes the account "admin" with the role of administrator where the
// tenant has no account at all, and returns its one-time password; "" where it has.
func (a *Accounts) FirstAccount(ctx context.Context, tenant int32, by lintu.Actor) (string, error) {
	x := &lintu.Account{ID: lintu.NewID(), Login: "admin", CreatedAt: a.now()}
	password := NewPassword(x.Login)
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = a.change(ctx, tenant, by, func(tx pgx.Tx) error {
		var any bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM account WHERE tenant_id = $1)`, tenant).Scan(&any)
		if err != nil || any {
			password = ""
			return err
		}
		if err := a.insert(ctx, tx, tenant, x, hash, by); err != nil {
			return err
		}
		g := lintu.Grant{ID: lintu.NewID(), Role: lintu.RoleAdministrator, Scope: lintu.Scope{Kind: lintu.Everywhere}, From: x.CreatedAt}
		return insertGrant(ctx, tx, tenant, x.ID, g, by)
	})
	if err != nil {
		return "", err
	}
	return password, nil
}

// ResetPassword implements lintu.Registrar.
func (a *Accounts) ResetPassword(ctx context.Context, tenant int32, login string, by lintu.Actor) (string, error) {
	password := NewPassword(loginOf(login))
	until := a.now().Add(oneTimeLife)
	err := a.give(ctx, tenant, login, password, &until, "reset_password", by)
	if err != nil {
		return "", err
	}
	return password, nil
}

// SetPassword implements lintu.Registrar. CodeInvalid says what is wrong with the
// password. All sessions of the account end.
func (a *Accounts) SetPassword(ctx context.Context, tenant int32, login, password string, by lintu.Actor) error {
	if err := checkPassword(password, append(a.names, loginOf(login))...); err != nil {
		return err
	}
	return a.give(ctx, tenant, login, password, nil, "set_password", by)
}

// give sets a password and forgets failures to guess the one before.
func (a *Accounts) give(ctx context.Context, tenant int32, login, password string, oneTimeUntil *time.Time, act string, by lintu.Actor) error {
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return a.change(ctx, tenant, by, func(tx pgx.Tx) error {
		id, err := idOf(ctx, tx, tenant, login)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE account SET password_hash = $3, one_time_until = $4 WHERE tenant_id = $1 AND id = $2`,
			tenant, id, hash, oneTimeUntil); err != nil {
			return err
		}
		if _, err := endSessions(ctx, tx, tenant, id); err != nil {
			return err
		}
		if err := forgive(ctx, tx, tenant, id); err != nil {
			return err
		}
		return note(ctx, tx, tenant, by, act, "account", &id, nil)
	})
}

// SetDisabled implements lintu.Registrar. The tokens of a disabled account are
// gone for good.
func (a *Accounts) SetDisabled(ctx context.Context, tenant int32, login string, disabled bool, by lintu.Actor) error {
	return a.change(ctx, tenant, by, func(tx pgx.Tx) error {
		id, err := idOf(ctx, tx, tenant, login)
		if err != nil {
			return err
		}
		if !disabled {
			done, err := tx.Exec(ctx, `UPDATE account SET disabled_at = NULL WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NOT NULL`, tenant, id)
			if err != nil || done.RowsAffected() == 0 {
				return err
			}
			if err := tellAnswered(ctx, tx, tenant, id); err != nil {
				return err
			}
			return note(ctx, tx, tenant, by, "enable_account", "account", &id, nil)
		}
		return a.disable(ctx, tx, tenant, id, by)
	})
}

func (a *Accounts) disable(ctx context.Context, tx pgx.Tx, tenant int32, id lintu.ID, by lintu.Actor) error {
	admin, err := a.isAdministrator(ctx, tx, tenant, id)
	if err != nil {
		return err
	}
	done, err := tx.Exec(ctx, `UPDATE account SET disabled_at = $3 WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL`, tenant, id, a.now())
	if err != nil || done.RowsAffected() == 0 {
		return err
	}
	if admin {
		if err := a.administratorLeft(ctx, tx, tenant); err != nil {
			return err
		}
	}
	if err := tellAnswered(ctx, tx, tenant, id); err != nil {
		return err
	}
	sessions, err := endSessions(ctx, tx, tenant, id)
	if err != nil {
		return err
	}
	tokens, err := tx.Exec(ctx, `DELETE FROM token WHERE tenant_id = $1 AND account_id = $2`, tenant, id)
	if err != nil {
		return err
	}
	return note(ctx, tx, tenant, by, "disable_account", "account", &id,
		map[string]int64{"sessions": sessions, "tokens": tokens.RowsAffected()})
}

// isAdministrator reports whether an account counts as one now.
func (a *Accounts) isAdministrator(ctx context.Context, tx pgx.Tx, tenant int32, id lintu.ID) (is bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM role_grant WHERE tenant_id = $1 AND account_id = $2
		AND role = $3 AND valid @> $4::timestamptz)`, tenant, id, lintu.RoleAdministrator, a.now()).Scan(&is)
	return is, err
}

// administratorLeft refuses what leaves no account that is administrator now and
// without an end.
func (a *Accounts) administratorLeft(ctx context.Context, tx pgx.Tx, tenant int32) error {
	var left bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM role_grant g
		JOIN account a ON a.tenant_id = g.tenant_id AND a.id = g.account_id AND a.disabled_at IS NULL
		WHERE g.tenant_id = $1 AND g.role = $2 AND g.valid @> $3::timestamptz AND upper_inf(g.valid))`,
		tenant, lintu.RoleAdministrator, a.now()).Scan(&left)
	if err == nil && !left {
		err = errLastAdministrator
	}
	return err
}

// endSessions ends all sessions of an account and says how many there were.
func endSessions(ctx context.Context, tx pgx.Tx, tenant int32, account lintu.ID) (int64, error) {
	done, err := tx.Exec(ctx, `DELETE FROM session WHERE tenant_id = $1 AND account_id = $2`, tenant, account)
	return done.RowsAffected(), err
}
