package sql

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// answered is a subquery of the handlers, as kind and id, that somebody can answer for
// now: present units and neighbor heads for which an account that can sign in holds a
// role that handles cases, and accounts that can sign in and may take some. A test
// compares it with lintu.Viewer. $1 is the tenant; arg adds a parameter and names it.
func answered(arg func(any) string) string {
	held := func(roles []lintu.Role) string {
		return `role_grant g ON g.tenant_id = $1 AND g.valid @> now() AND g.role = ANY (` + arg(roles) + `::text[])
			JOIN account a ON a.tenant_id = $1 AND a.id = g.account_id AND a.disabled_at IS NULL`
	}
	handles := held(rolesWith(lintu.HandleCases))
	return `SELECT 'unit', u.id FROM unit u JOIN ` + handles + ` AND g.scope_kind = 'unit' AND g.scope_id = u.id
			WHERE u.tenant_id = $1 AND upper_inf(u.valid)
		UNION ALL SELECT 'head', h.id FROM head h JOIN ` + handles + ` AND g.scope_kind = 'head' AND g.scope_id = h.id
			WHERE h.tenant_id = $1 AND upper_inf(h.valid)
		UNION ALL SELECT 'worker', a.id FROM tenant t JOIN ` + held(rolesWith(lintu.HandleCases, lintu.VerifyCases)) + ` WHERE t.id = $1`
}

// rolesWith are the roles that give one of the rights.
func rolesWith(rights ...lintu.Right) []lintu.Role {
	var roles []lintu.Role
	for _, r := range lintu.Roles {
		if slices.ContainsFunc(rights, r.Gives) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

// isUnanswered is the condition that a case r waits for a handler for whom nobody can
// answer.
func isUnanswered(arg func(any) string) string {
	return "r.waits_for = '" + string(lintu.AsHandler) + "' AND (r.handler_kind, r.handler_id) NOT IN (" + answered(arg) + ")"
}

// handlerKey is a handler in maps.
type handlerKey struct {
	kind lintu.HandlerKind
	id   lintu.ID
}

// unanswered says of those of the cases that wait for a handler for whom nobody can
// answer now, why that is so.
func (db *DB) unanswered(ctx context.Context, tenant int32, cases ...*lintu.Case) (map[lintu.ID]lintu.Unanswered, error) {
	var kinds []string
	var ids []lintu.ID
	for _, c := range cases {
		if c.WaitsFor == lintu.AsHandler && c.Handler != nil {
			kinds, ids = append(kinds, string(c.Handler.Kind)), append(ids, c.Handler.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	s := selection{args: []any{tenant, kinds, ids}}
	rows, err := db.pool.Query(ctx, `SELECT x.kind, x.id, CASE WHEN x.kind = 'worker' THEN 'account'
			WHEN EXISTS (SELECT FROM unit WHERE tenant_id = $1 AND id = x.id AND upper_inf(valid))
				OR EXISTS (SELECT FROM head WHERE tenant_id = $1 AND id = x.id AND upper_inf(valid)) THEN 'nobody' ELSE 'gone' END
		FROM (SELECT DISTINCT kind, id FROM unnest($2::text[], $3::uuid[]) h (kind, id)) x
		WHERE (x.kind, x.id) NOT IN (`+answered(s.arg)+`)`, s.args...)
	if err != nil {
		return nil, toError(err)
	}
	whose := map[handlerKey]lintu.Unanswered{}
	var key handlerKey
	var why lintu.Unanswered
	_, err = pgx.ForEachRow(rows, []any{&key.kind, &key.id, &why}, func() error { whose[key] = why; return nil })
	found := map[lintu.ID]lintu.Unanswered{}
	for _, c := range cases {
		if c.WaitsFor == lintu.AsHandler && c.Handler != nil {
			if why := whose[handlerKey{c.Handler.Kind, c.Handler.ID}]; why != "" {
				found[c.ID] = why
			}
		}
	}
	return found, toError(err)
}

// sayUnanswered tells who sees the whole of a case why it waits for the dispatcher.
func (db *DB) sayUnanswered(ctx context.Context, tenant int32, views ...*lintu.CaseView) error {
	var whole []*lintu.Case
	for _, v := range views {
		if v.Sight == lintu.Whole {
			whole = append(whole, &v.Case)
		}
	}
	found, err := db.unanswered(ctx, tenant, whole...)
	for _, v := range views {
		if why, ok := found[v.ID]; ok && v.Sight == lintu.Whole {
			text := why.Text()
			v.Unanswered = &text
		}
	}
	return err
}

// tellAnswered has the cases told anew for which an account answers, answered or could
// take.
func tellAnswered(ctx context.Context, tx pgx.Tx, tenant int32, account lintu.ID) error {
	_, err := tx.Exec(ctx, `SELECT cases_told_anew($1, array_append(ARRAY(SELECT scope_id FROM role_grant
		WHERE tenant_id = $1 AND account_id = $2 AND scope_kind IN ('unit', 'head')), $2::uuid))`, tenant, account)
	return err
}

// tellEnded does so for the units or neighbor heads that the edit has ended or brought
// back.
func (e *edit) tellEnded(ctx context.Context, kind lintu.HandlerKind) error {
	table := string(kind)
	_, err := e.tx.Exec(ctx, `
		INSERT INTO change (tenant_id, kind, id, old_bounds, new_bounds)
		SELECT $1, 'cases', r.id, box2d(r.geom), box2d(r.geom) FROM case_file r JOIN `+table+` h ON h.tenant_id = $1 AND h.id = r.handler_id
		WHERE r.tenant_id = $1 AND `+isOpen("r")+` AND r.waits_for = 'handler' AND r.handler_kind = $3::text AND (upper(h.valid) = $2
			OR lower(h.valid) = $2 AND NOT EXISTS (SELECT FROM `+table+`_history o WHERE o.tenant_id = $1 AND o.id = h.id AND upper(o.valid) = $2))`,
		e.tenant, e.at, string(kind))
	return err
}
