package sql

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// errRefused is the answer to every attempt that fails, whatever the reason.
var errRefused = lintu.Errorf(lintu.CodeUnauthenticated,
	"登录名或密码不对，或账号不可用。请检查后再试；忘记密码请找管理员重置。",
	"The login or the password is wrong, or the account cannot be used. Please check and try again; an administrator can reset a forgotten password.")

// claim is what an attempt to sign in is about.
type claim struct {
	account  lintu.ID // zero if unknown
	hash     string   // "" if there is none
	usable   bool     // neither unknown nor disabled
	fresh    bool     // the password is not one-time, or still in time
	subject  string   // under which failures count
	address  string   // "" on the server's own machine
	from     string   // for the audit
	failures int      // of the subject, should this attempt fail
}

// claimSQL finds an account; $2 login or id, $3 address, $4 since when it is known,
// $5 now. It takes as long for one that is not there.
func claimSQL(condition string) string {
	return `SELECT t.login_key, a.id, coalesce(a.password_hash, ''), a.id IS NOT NULL AND a.disabled_at IS NULL, coalesce(a.one_time_until > $5, true),
		EXISTS (SELECT FROM account_address k WHERE k.tenant_id = a.tenant_id AND k.account_id = a.id AND k.address = $3 AND k.seen_at > $4)
		FROM tenant t LEFT JOIN account a ON a.tenant_id = t.id AND ` + condition + ` WHERE t.id = $1`
}

// claimOf looks up the account by a condition on $2.
func (a *Accounts) claimOf(ctx context.Context, tenant int32, condition string, value any, unknown, from string) (claim, error) {
	c := claim{address: address(from), from: from}
	now := a.now()
	var key lintu.ID
	var id *lintu.ID
	var known bool
	err := a.db.pool.QueryRow(ctx, claimSQL(condition), tenant, value, c.address, now.Add(-knownAddressLife), now).
		Scan(&key, &id, &c.hash, &c.usable, &c.fresh, &known)
	if err != nil {
		return c, toError(err)
	}
	if c.subject = subjectOfUnknown(key, unknown); id != nil {
		c.account = *id
		c.subject = subjectOfAccount(c.account, known, c.address)
	}
	return c, nil
}

// prove is the one way a password is asked for: throttled, of equal length for
// every outcome, and noted where it fails.
func (a *Accounts) prove(ctx context.Context, tenant int32, c *claim, password string) error {
	var err error
	if c.failures, err = a.admit(ctx, tenant, c.subject, c.address); err != nil {
		return err
	}
	if len(password) > passwordBytes {
		password = "" // nobody's; its length is no reason to work longer
	}
	fits, err := a.hasher.fits(ctx, c.hash, password)
	if err != nil {
		return toError(err)
	}
	if !fits || !c.usable || !c.fresh {
		return a.refuse(ctx, tenant, c)
	}
	return nil
}

// refuse notes a failed attempt and returns the error to answer it with. Whoever
// hangs up before the answer is counted all the same.
func (a *Accounts) refuse(ctx context.Context, tenant int32, c *claim) error {
	ctx = context.WithoutCancel(ctx)
	err := a.tx(ctx, func(tx pgx.Tx) error {
		n, err := a.failAddress(ctx, tx, tenant, c.address)
		if err != nil {
			return err
		}
		by := lintu.Actor{Name: visitor, From: c.from}
		var id *lintu.ID
		if !c.account.IsZero() {
			id = &c.account
		}
		if err := note(ctx, tx, tenant, by, lintu.ActSignInFailed, "account", id, map[string]int{"failures": c.failures}); err != nil {
			return err
		}
		if c.failures == freeFailures {
			err = note(ctx, tx, tenant, by, lintu.ActAlert, "account", id, map[string]any{"reason": lintu.ActSignInFailed, "failures": c.failures})
		}
		if err == nil && n == freeAddressFailures {
			err = note(ctx, tx, tenant, by, lintu.ActAlert, "address", nil, map[string]any{"reason": lintu.ActSignInFailed, "failures": n})
		}
		return err
	})
	if err != nil {
		return err
	}
	return errRefused
}

// visitor is who acts before anybody has signed in.
const visitor = "visitor"

func userName(account lintu.ID) string { return "user:" + account.String() }

// SignIn implements lintu.Doorkeeper.
func (a *Accounts) SignIn(ctx context.Context, tenant int32, s lintu.SignIn) (*lintu.Session, string, error) {
	login := loginOf(s.Login)
	c, err := a.claimOf(ctx, tenant, "a.login = $2", login, login, s.From)
	if err != nil {
		return nil, "", err
	}
	if err := a.prove(ctx, tenant, &c, s.Password); err != nil {
		return nil, "", err
	}
	hash := c.hash
	if outdated(hash) {
		if hash, err = a.hasher.hash(ctx, s.Password); err != nil {
			return nil, "", toError(err)
		}
	}
	return a.enter(ctx, tenant, &c, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account SET password_hash = $3 WHERE tenant_id = $1 AND id = $2 AND password_hash <> $3`, tenant, c.account, hash)
		return err
	}, lintu.ActSignIn, lintu.Actor{Name: userName(c.account), From: s.From})
}

// enter opens a session for a claim that was proved, after first. If the account
// was disabled or got another password meanwhile, the attempt has failed.
func (a *Accounts) enter(ctx context.Context, tenant int32, c *claim, first func(pgx.Tx) error, act string, by lintu.Actor) (s *lintu.Session, secret string, err error) {
	changed := false
	err = a.tx(ctx, func(tx pgx.Tx) error {
		var id lintu.ID
		err := tx.QueryRow(ctx, `SELECT id FROM account WHERE tenant_id = $1 AND id = $2 AND disabled_at IS NULL AND password_hash = $3 FOR NO KEY UPDATE`,
			tenant, c.account, c.hash).Scan(&id)
		if changed = err == pgx.ErrNoRows; changed {
			return nil
		}
		if err != nil {
			return err
		}
		if err := first(tx); err != nil {
			return err
		}
		if err := a.succeed(ctx, tx, tenant, c.account, c.subject, c.address); err != nil {
			return err
		}
		if s, secret, err = a.openSession(ctx, tx, tenant, c.account, false, c.address); err != nil {
			return err
		}
		return note(ctx, tx, tenant, by, act, "session", &s.ID, nil)
	})
	switch {
	case err != nil:
		return nil, "", err
	case changed:
		return nil, "", a.refuse(ctx, tenant, c)
	}
	return s, secret, nil
}

// ChangePassword implements lintu.Doorkeeper.
func (a *Accounts) ChangePassword(ctx context.Context, tenant int32, account lintu.ID, old, new string, by lintu.Actor) (*lintu.Session, string, error) {
	var login string
	err := a.db.pool.QueryRow(ctx, `SELECT login FROM account WHERE tenant_id = $1 AND id = $2`, tenant, account).Scan(&login)
	if err != nil {
		return nil, "", toError(err)
	}
	if err := checkPassword(new, append(a.names, login)...); err != nil {
		return nil, "", err
	}
	if old == new {
		return nil, "", lintu.Errorf(lintu.CodeInvalid, "新密码与旧密码相同，请换一个。", "The new password is the old one; please take another.")
	}
	c, err := a.claimOf(ctx, tenant, "a.id = $2", account, login, by.From)
	if err != nil {
		return nil, "", err
	}
	if err := a.prove(ctx, tenant, &c, old); err != nil {
		return nil, "", err
	}
	hash, err := a.hasher.hash(ctx, new)
	if err != nil {
		return nil, "", toError(err)
	}
	return a.enter(ctx, tenant, &c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE account SET password_hash = $3, one_time_until = NULL WHERE tenant_id = $1 AND id = $2`, tenant, account, hash); err != nil {
			return err
		}
		_, err := endSessions(ctx, tx, tenant, account)
		return err
	}, "change_password", by)
}
