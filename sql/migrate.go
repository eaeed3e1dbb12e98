package sql

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/tern/v2/migrate"

	lintu "github.com/lintu-map/lintu"
)

//go:embed migrations
var migrations embed.FS

// versionTable holds the number of the last migration, in one row.
const versionTable = "public.schema_version"

// Migrate brings the database to the newest schema. Each migration is one
// transaction; an advisory lock makes a second server wait for the first.
// CodeConflict if a newer lintu has been here.
func (db *DB) Migrate(ctx context.Context) error {
	err := db.migrating(ctx, func(m *migrate.Migrator) error { return m.Migrate(ctx) })
	if err != nil {
		return err
	}
	return db.checkAppRole(ctx)
}

// checkAppRole refuses to work where the application's role may do more than it
// is meant to: row-level security and the audit rest on that.
func (db *DB) checkAppRole(ctx context.Context) error {
	var role string
	var mighty, owns, creates bool
	err := db.pool.QueryRow(ctx, `
		SELECT current_user, rolsuper OR rolbypassrls OR rolcreaterole,
			EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'USAGE')),
			has_schema_privilege('public', 'CREATE')
		FROM pg_roles WHERE rolname = current_user`).Scan(&role, &mighty, &owns, &creates)
	switch {
	case err != nil:
		return toError(err)
	case mighty || owns || role != appRole:
		return lintu.Errorf(lintu.CodeInvalid,
			"数据库角色 lintu_app 的权限过大：它不能是超级用户、不能绕过行级安全、不能拥有任何表。请管理员运行 ALTER ROLE lintu_app NOSUPERUSER NOBYPASSRLS NOCREATEROLE，并撤销它所属的其他角色。",
			"The database role lintu_app may do too much: it must be no superuser, not bypass row-level security and own no table. Please let an administrator run ALTER ROLE lintu_app NOSUPERUSER NOBYPASSRLS NOCREATEROLE and revoke the other roles it is a member of.")
	case creates:
		return lintu.Errorf(lintu.CodeInvalid,
			"数据库角色 lintu_app 可以在模式 public 中建表；请管理员在此库中运行 REVOKE CREATE ON SCHEMA public FROM PUBLIC。",
			"The database role lintu_app may create things in the schema public; please let an administrator run in this database: REVOKE CREATE ON SCHEMA public FROM PUBLIC.")
	}
	return nil
}

// MigrateTo brings the database forward or back to the schema of that number;
// 0 is the empty database. Going back drops what the newer schema added, with
// the data in it.
func (db *DB) MigrateTo(ctx context.Context, version int32) error {
	return db.migrating(ctx, func(m *migrate.Migrator) error { return m.MigrateTo(ctx, version) })
}

// migrating lends work a migrator on a connection of its own: it waits longer
// for locks than a request may.
func (db *DB) migrating(ctx context.Context, work func(*migrate.Migrator) error) error {
	cc := db.owner.Config().ConnConfig.Copy()
	configure(cc, "lintu migrate", sessionSettings, map[string]string{"lock_timeout": "5min"})
	conn, err := pgx.ConnectConfig(ctx, cc)
	if err != nil {
		return toError(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	m, err := migrate.NewMigrator(ctx, conn, versionTable)
	if err != nil {
		return toError(err)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	if err := m.LoadMigrations(files); err != nil {
		return err
	}
	m.OnStart = func(number int32, name, direction, _ string) {
		db.log.Info("migrating the database", "number", number, "name", name, "direction", direction)
	}
	return migrationError(ctx, m, cc.User, work(m))
}

func migrationError(ctx context.Context, m *migrate.Migrator, user string, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "app_role" {
		return errAppRole(user).Because(quiet(pg))
	}
	var bad migrate.BadVersionError
	if !errors.As(err, &bad) {
		return toError(err)
	}
	has, versionErr := m.GetCurrentVersion(ctx)
	if versionErr != nil {
		return toError(versionErr)
	}
	newest := int32(len(m.Migrations))
	if has > newest {
		return lintu.Errorf(lintu.CodeConflict,
			"数据库的结构版本是 %[1]d，而本程序只认识到 %[2]d：它已被更新版本的 lintu 升级过，请更新 lintu。",
			"The database has schema version %[1]d but this lintu knows only up to %[2]d: a newer lintu has upgraded it. Please update lintu.",
			has, newest).Because(err)
	}
	return lintu.Errorf(lintu.CodeInvalid,
		"没有这个结构版本；可用的是 0 到 %[1]d。",
		"There is no such schema version; 0 to %[1]d exist.", newest).Because(err)
}

func errAppRole(user string) *lintu.Error {
	name := pgx.Identifier{user}.Sanitize()
	return lintu.Errorf(lintu.CodeInvalid,
		"数据库用户无权创建角色 lintu_app；请管理员在数据库服务器上运行：CREATE ROLE lintu_app; GRANT lintu_app TO %[1]s;",
		"The database user may not make the role lintu_app; please let an administrator run on the database server: CREATE ROLE lintu_app; GRANT lintu_app TO %[1]s;",
		name)
}
