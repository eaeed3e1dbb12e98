package sql

import (
	"context"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// Accounts knows who can sign in and what they may do. It is safe for
// concurrent use.
type Accounts struct {
	db     *DB
	hasher *hasher
	names  []string // that passwords must not contain
	clock  func() time.Time
	recent recentSessions
}

var (
	_ lintu.Doorkeeper = (*Accounts)(nil)
	_ lintu.Registrar  = (*Accounts)(nil)
)

// AccountsConfig says how accounts are kept. The zero value will do.
type AccountsConfig struct {
	Place lintu.Text       // the place's name, which no password may contain
	Now   func() time.Time // the clock; nil is time.Now
}

// NewAccounts returns the accounts of db.
func NewAccounts(db *DB, cfg AccountsConfig) *Accounts {
	a := &Accounts{db: db, hasher: newHasher(), names: []string{"lintu", "邻图", cfg.Place.ZH, cfg.Place.EN}, clock: cfg.Now}
	if a.clock == nil {
		a.clock = time.Now
	}
	return a
}

// now is the present as the database can store it.
func (a *Accounts) now() time.Time { return a.clock().UTC().Truncate(time.Microsecond) }

var (
	loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,63}$`)

	errLoginShape = lintu.Errorf(lintu.CodeInvalid,
		"登录名应为 2 到 64 个英文字母、数字或 . _ @ -，以字母或数字开头；请不要用姓名。",
		"A login has 2 to 64 Latin letters, digits or . _ @ - and begins with a letter or digit. Please use no names of persons.")
	errLastAdministrator = lintu.Errorf(lintu.CodeConflict,
		"这是最后一个可用的管理员，不能停用，也不能撤销其角色；请先让另一个账号长期担任管理员。",
		"This is the last active administrator, who can neither be disabled nor lose the role. Please make another account administrator without an end first.")
)

// loginOf is what is typed as it is compared.
func loginOf(text string) string { return strings.ToLower(strings.TrimSpace(storable(text))) }

func noAccount(login string) error {
	return lintu.Errorf(lintu.CodeNotFound, "没有登录名为 %s 的账号。", "There is no account with the login %s.", login)
}

// tx runs work in a transaction and commits it if work returns nil.
func (a *Accounts) tx(ctx context.Context, work func(pgx.Tx) error) error {
	return toError(pgx.BeginFunc(ctx, a.db.pool, work))
}

// change is tx for what only those may do who may act everywhere. Changes of one
// tenant's accounts run one after the other, so that two cannot each take the
// administrator that the other left.
func (a *Accounts) change(ctx context.Context, tenant int32, by lintu.Actor, work func(pgx.Tx) error) error {
	if !by.Within.Everywhere {
		return lintu.Errorf(lintu.CodeForbidden, "只有管理员可以管理账号。", "Only administrators manage accounts.")
	}
	return a.tx(ctx, func(tx pgx.Tx) error {
		if err := lockAccounts(ctx, tx, tenant); err != nil {
			return err
		}
		return work(tx)
	})
}

func lockAccounts(ctx context.Context, tx pgx.Tx, tenant int32) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(3, $1)`, tenant)
	return err
}

// grantsOf is the JSON array of those grants of account a that meet a condition
// over role_grant g.
func grantsOf(condition string) string {
	return `coalesce((SELECT jsonb_agg(jsonb_build_object('id', g.id, 'role', g.role,
			'scope', jsonb_build_object('kind', g.scope_kind, 'id', coalesce(g.scope_id, '00000000-0000-0000-0000-000000000000')),
			'from', lower(g.valid), 'to', upper(g.valid)) ORDER BY g.role, lower(g.valid), g.id)
		FROM role_grant g WHERE g.tenant_id = a.tenant_id AND g.account_id = a.id AND ` + condition + `), '[]')`
}

var accountSQL = `SELECT a.id, a.login, a.disabled_at IS NOT NULL, a.one_time_until IS NOT NULL, a.created_at, a.seen_at, ` +
	grantsOf(`(upper_inf(g.valid) OR upper(g.valid) > $2)`) + ` FROM account a WHERE a.tenant_id = $1`

func scanAccount(row pgx.CollectableRow) (lintu.Account, error) {
	var x lintu.Account
	err := row.Scan(&x.ID, &x.Login, &x.Disabled, &x.MustChange, &x.CreatedAt, &x.SeenAt, &x.Grants)
	return x, err
}

// Accounts implements lintu.Registrar. They come by login.
func (a *Accounts) Accounts(ctx context.Context, tenant int32) ([]lintu.Account, error) {
	rows, err := a.db.pool.Query(ctx, accountSQL+` ORDER BY a.login`, tenant, a.now())
	if err != nil {
		return nil, toError(err)
	}
	list, err := pgx.CollectRows(rows, scanAccount)
	return list, toError(err)
}

// Account implements lintu.Registrar.
func (a *Accounts) Account(ctx context.Context, tenant int32, login string) (*lintu.Account, error) {
	rows, err := a.db.pool.Query(ctx, accountSQL+` AND a.login = $3`, tenant, a.now(), loginOf(login))
	if err != nil {
		return nil, toError(err)
	}
	x, err := pgx.CollectExactlyOneRow(rows, scanAccount)
	if err == pgx.ErrNoRows {
		return nil, noAccount(loginOf(login))
	}
	return &x, toError(err)
}

// idOf finds an account by its login.
func idOf(ctx context.Context, tx pgx.Tx, tenant int32, login string) (id lintu.ID, err error) {
	err = tx.QueryRow(ctx, `SELECT id FROM account WHERE tenant_id = $1 AND login = $2`, tenant, loginOf(login)).Scan(&id)
	if err == pgx.ErrNoRows {
		err = noAccount(loginOf(login))
	}
	return id, err
}

// address is where somebody comes from, as it is counted and remembered: an IPv6
// network of 64 bits counts as one, since its owner has all of it.
func address(from string) string {
	ip, err := netip.ParseAddr(from)
	if err != nil {
		return from
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if network, err := ip.Prefix(64); err == nil {
			return network.String()
		}
	}
	return ip.String()
}
