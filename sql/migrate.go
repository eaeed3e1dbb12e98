package sql

import (
	"context"
	"embed"
	"errors"
	"io/fs"

	"github.com/jackc/pgx/v5"
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
	return db.migrating(ctx, func(m *migrate.Migrator) error { return m.Migrate(ctx) })
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
	cc := db.pool.Config().ConnConfig.Copy()
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
	return migrationError(ctx, m, work(m))
}

func migrationError(ctx context.Context, m *migrate.Migrator, err error) error {
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
