package sql

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// Grant implements lintu.Registrar. A grant begins now at the earliest: nobody
// held yesterday what is granted today. CodeConflict if the account holds the
// role for that scope at the time already.
func (a *Accounts) Grant(ctx context.Context, tenant int32, login string, g lintu.Grant, by lintu.Actor) error {
	if g.ID.IsZero() {
		g.ID = lintu.NewID()
	}
	if now := a.now(); g.From.Before(now) {
		g.From = now
	}
	if err := g.Check(); err != nil {
		return err
	}
	if g.To != nil && !g.To.After(g.From) {
		return lintu.Errorf(lintu.CodeInvalid, "角色的结束时间应晚于开始时间，也应晚于现在。", "A role must end after it begins, and after now.")
	}
	return a.change(ctx, tenant, by, func(tx pgx.Tx) error {
		id, err := idOf(ctx, tx, tenant, login)
		if err != nil {
			return err
		}
		if err := scopePresent(ctx, tx, tenant, g.Scope); err != nil {
			return err
		}
		return insertGrant(ctx, tx, tenant, id, g, by)
	})
}

// scopeTable is where a scope's thing is kept.
var scopeTable = map[lintu.ScopeKind]string{lintu.ForArea: "area", lintu.ForUnit: "unit", lintu.ForHead: "head"}

// scopePresent is CodeNotFound if the scope's area, unit or head is not there now.
func scopePresent(ctx context.Context, tx pgx.Tx, tenant int32, s lintu.Scope) error {
	if s.Kind == lintu.Everywhere {
		return nil
	}
	var there bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM `+scopeTable[s.Kind]+` WHERE tenant_id = $1 AND id = $2 AND upper_inf(valid))`,
		tenant, s.ID).Scan(&there)
	if err == nil && !there {
		err = noScope(s.ID.String())
	}
	return err
}

func noScope(what string) error {
	return lintu.Errorf(lintu.CodeNotFound, "没有这个范围：%s。", "There is no such scope: %s.", what)
}

func insertGrant(ctx context.Context, tx pgx.Tx, tenant int32, account lintu.ID, g lintu.Grant, by lintu.Actor) error {
	var scope *lintu.ID
	if g.Scope.Kind != lintu.Everywhere {
		scope = &g.Scope.ID
	}
	_, err := tx.Exec(ctx, `INSERT INTO role_grant (tenant_id, id, account_id, role, scope_kind, scope_id, valid)
		VALUES ($1, $2, $3, $4, $5, $6, tstzrange($7, $8))`, tenant, g.ID, account, g.Role, g.Scope.Kind, scope, g.From, g.To)
	if err = toError(err); lintu.CodeOf(err) == lintu.CodeConflict {
		return lintu.Errorf(lintu.CodeConflict, "该账号在这段时间内已经拥有同一范围的这个角色。",
			"The account already holds this role for this scope within that time.").Because(err)
	}
	if err != nil {
		return err
	}
	if err := tellAnswered(ctx, tx, tenant, account); err != nil {
		return err
	}
	return note(ctx, tx, tenant, by, "grant", "account", &account, g)
}

// Revoke implements lintu.Registrar. A grant that has not begun never will.
// CodeNotFound for one that has ended, or of another account.
func (a *Accounts) Revoke(ctx context.Context, tenant int32, login string, grant lintu.ID, by lintu.Actor) error {
	return a.change(ctx, tenant, by, func(tx pgx.Tx) error {
		id, err := idOf(ctx, tx, tenant, login)
		if err != nil {
			return err
		}
		now := a.now()
		var role lintu.Role
		var from time.Time
		err = tx.QueryRow(ctx, `SELECT role, lower(valid) FROM role_grant WHERE tenant_id = $1 AND account_id = $2 AND id = $3
			AND (upper_inf(valid) OR upper(valid) > $4)`, tenant, id, grant, now).Scan(&role, &from)
		if err == pgx.ErrNoRows {
			return lintu.Errorf(lintu.CodeNotFound, "该账号没有这个角色，或它已经结束。", "The account holds no such role, or it has ended.")
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE role_grant SET valid = CASE WHEN lower(valid) < $3 THEN tstzrange(lower(valid), $3) ELSE 'empty' END
			WHERE tenant_id = $1 AND id = $2`, tenant, grant, now); err != nil {
			return err
		}
		if err := tellAnswered(ctx, tx, tenant, id); err != nil {
			return err
		}
		if role == lintu.RoleAdministrator && !from.After(now) {
			if err := a.administratorLeft(ctx, tx, tenant); err != nil {
				return err
			}
		}
		return note(ctx, tx, tenant, by, "revoke", "account", &id, map[string]any{"grant": grant, "role": role})
	})
}

// FindScope implements lintu.Registrar.
func (a *Accounts) FindScope(ctx context.Context, tenant int32, text string) (lintu.Scope, error) {
	text = strings.TrimSpace(text)
	if text == string(lintu.Everywhere) {
		return lintu.Scope{Kind: lintu.Everywhere}, nil
	}
	layer, code, _ := strings.Cut(text, "/")
	l, _ := lintu.LayerByName(lintu.Layer(layer))
	s := lintu.Scope{Kind: map[lintu.Kind]lintu.ScopeKind{lintu.KindArea: lintu.ForArea, lintu.KindUnit: lintu.ForUnit, lintu.KindHead: lintu.ForHead}[l.Kind]}
	if s.Kind == "" || code == "" {
		return lintu.Scope{}, lintu.Errorf(lintu.CodeInvalid,
			"范围应为 everywhere，或图层加代码，如 communities/430181001009、grids/…、units/…、heads/…。",
			"A scope is everywhere, or a layer and a code, such as communities/430181001009, grids/…, units/… or heads/….")
	}
	err := a.db.pool.QueryRow(ctx, `SELECT t.id FROM `+scopeTable[s.Kind]+` t WHERE t.tenant_id = $1`+tableOf(l).scoped("t", "$2")+
		` AND t.code = $3 AND upper_inf(t.valid)`, tenant, string(l.Level), code).Scan(&s.ID)
	if err == pgx.ErrNoRows {
		return lintu.Scope{}, noScope(text)
	}
	return s, toError(err)
}

// ScopeTitle implements lintu.Registrar. It also names what is gone.
func (a *Accounts) ScopeTitle(ctx context.Context, tenant int32, s lintu.Scope) (lintu.Text, error) {
	if s.Kind == lintu.Everywhere {
		return lintu.Say("全县区", "everywhere"), nil
	}
	table, ok := scopeTable[s.Kind]
	if !ok {
		return lintu.Text{}, noScope(string(s.Kind))
	}
	title, err := reach(ctx, a.db.contact, func(ctx context.Context) (title string, err error) {
		err = a.db.pool.QueryRow(ctx, `SELECT coalesce(nullif(name, ''), code) FROM `+table+` WHERE tenant_id = $1 AND id = $2`, tenant, s.ID).Scan(&title)
		if err == pgx.ErrNoRows {
			return "", noScope(s.ID.String())
		}
		return title, err
	})
	return lintu.Text{ZH: title, EN: title}, err
}
