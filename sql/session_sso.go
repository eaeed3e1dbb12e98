package sql

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// SignInAs implements lintu.Doorkeeper. An identity belongs to one account for
// good; a proposed login that is taken gets a number, since a name alone proves
// nothing about the account that has it.
func (a *Accounts) SignInAs(ctx context.Context, tenant int32, i lintu.Identity) (s *lintu.Session, secret string, err error) {
	if i.Issuer == "" || i.Subject == "" || storable(i.Issuer+i.Subject) != i.Issuer+i.Subject {
		return nil, "", errRefused // it could be taken for another
	}
	var refused *claim
	err = a.tx(ctx, func(tx pgx.Tx) error {
		account, usable, err := a.accountOf(ctx, tx, tenant, i)
		if err != nil {
			return err
		}
		if !usable {
			refused = &claim{account: account, address: address(i.From), from: i.From}
			return nil
		}
		if s, secret, err = a.openSession(ctx, tx, tenant, account, true, address(i.From)); err != nil {
			return err
		}
		return note(ctx, tx, tenant, lintu.Actor{Name: userName(account), From: i.From}, lintu.ActSignIn, "session", &s.ID, map[string]string{"issuer": i.Issuer})
	})
	switch {
	case err != nil:
		return nil, "", err
	case refused != nil:
		return nil, "", a.refuse(ctx, tenant, refused)
	}
	return s, secret, nil
}

// accountOf finds the account of an identity, or makes one.
func (a *Accounts) accountOf(ctx context.Context, tx pgx.Tx, tenant int32, i lintu.Identity) (id lintu.ID, usable bool, err error) {
	find := func() error {
		return tx.QueryRow(ctx, `SELECT a.id, a.disabled_at IS NULL FROM identity i
			JOIN account a ON a.tenant_id = i.tenant_id AND a.id = i.account_id
			WHERE i.tenant_id = $1 AND i.issuer = $2 AND i.subject = $3 FOR NO KEY UPDATE OF a`, tenant, i.Issuer, i.Subject).Scan(&id, &usable)
	}
	if err = find(); err != pgx.ErrNoRows {
		return id, usable, err
	}
	if err = lockAccounts(ctx, tx, tenant); err != nil {
		return id, false, err
	}
	if err = find(); err != pgx.ErrNoRows { // another sign-in was first
		return id, usable, err
	}
	x := &lintu.Account{ID: lintu.NewID(), CreatedAt: a.now()}
	if x.Login, err = freeLogin(ctx, tx, tenant, i.Login); err != nil {
		return id, false, err
	}
	if err = a.insert(ctx, tx, tenant, x, "", lintu.Actor{Name: userName(x.ID), From: i.From}); err != nil {
		return id, false, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO identity (tenant_id, issuer, subject, account_id) VALUES ($1, $2, $3, $4)`, tenant, i.Issuer, i.Subject, x.ID)
	return x.ID, true, err
}

// freeLogin makes a login that nobody has of a proposed one.
func freeLogin(ctx context.Context, tx pgx.Tx, tenant int32, proposed string) (string, error) {
	stem := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._@-", r) {
			return r
		}
		return -1
	}, loginOf(proposed))
	stem = strings.TrimLeft(stem, "._@-")
	if stem = stem[:min(len(stem), 56)]; len(stem) < 2 {
		stem = "sso"
	}
	for n := 1; ; n++ {
		login := stem
		if n > 1 {
			login += "-" + strconv.Itoa(n)
		}
		var taken bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM account WHERE tenant_id = $1 AND login = $2)`, tenant, login).Scan(&taken)
		if err != nil || !taken {
			return login, err
		}
	}
}
