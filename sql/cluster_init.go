package sql

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	lintu "github.com/lintu-map/lintu"
)

const (
	adminRole    = "postgres"
	roleName     = "lintu"
	databaseName = "lintu"
)

// locales are tried in order. The order of texts must not depend on the machine,
// so it is that of code points; but pg_trgm must know a Chinese character for a
// letter, so plain C is the last resort.
var locales = []string{"C.UTF-8", "C.utf8", "en_US.UTF-8", "C"}

// initdb makes the data directory under another name and renames it when it is
// whole: a half-made one is never mistaken for data.
func initdb(ctx context.Context, inst installation, home layout, throwaway bool) error {
	fresh := home.pg + ".new"
	for _, locale := range locales {
		if err := os.RemoveAll(fresh); err != nil {
			return dirError(fresh, err)
		}
		if err := os.Mkdir(fresh, 0o700); err != nil {
			return dirError(fresh, err)
		}
		if err := home.give(fresh); err != nil {
			return err
		}
		args := []string{"--pgdata=" + fresh, "--username=" + adminRole, "--auth=trust", "--data-checksums",
			"--encoding=UTF8", "--locale=" + locale}
		if throwaway {
			args = append(args, "--no-sync")
		}
		cmd := exec.CommandContext(ctx, filepath.Join(inst.bin, "initdb"), args...)
		home.dress(cmd)
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		err := cmd.Run()
		if err == nil {
			return finishInitdb(fresh, home.pg)
		}
		if strings.Contains(said.String(), "invalid locale name") {
			continue
		}
		if ctx.Err() == nil {
			err = failure(home, said.String(), err) // before the room is given back
		} else {
			err = ctx.Err()
		}
		_ = os.RemoveAll(fresh)
		if log, logErr := openLog(filepath.Join(home.logs, logName)); logErr == nil {
			_, _ = log.Write(said.Bytes())
			_ = log.Close()
		}
		return err
	}
	return lintu.Errorf(lintu.CodeInternal,
		"本机没有可用的 UTF-8 区域设置；请安装 locales 软件包。",
		"This system has no usable UTF-8 locale; please install its locales package.")
}

func finishInitdb(fresh, pg string) error {
	// A directory without PG_VERSION is nobody's data, but Rename wants it empty.
	if err := os.Remove(pg); err != nil && !errors.Is(err, os.ErrNotExist) {
		return lintu.Errorf(lintu.CodeInvalid,
			"%[1]s 里有文件，但不是数据库；请移走它，或用 LINTU_DATA 指定别的目录。",
			"%[1]s holds files but no database; please move it away, or name another directory with LINTU_DATA.", pg).Because(err)
	}
	if err := os.Rename(fresh, pg); err != nil {
		return dirError(pg, err)
	}
	return nil
}

// failure puts into words what a PostgreSQL program said before it failed.
func failure(home layout, said string, err error) error {
	cause := errors.Join(err, errors.New(lastLines(said, 5)))
	switch {
	case strings.Contains(said, "No space left on device"), strings.Contains(said, "Disk quota exceeded"),
		strings.Contains(said, "Check free disk space"):
		return errNoSpace(home.dir).Because(cause)
	case strings.Contains(said, "Permission denied"), strings.Contains(said, "Read-only file system"):
		return dirError(home.dir, errors.Join(os.ErrPermission, cause))
	case strings.Contains(said, "could not create shared memory segment"), strings.Contains(said, "Cannot allocate memory"):
		return lintu.Errorf(lintu.CodeUnavailable,
			"内存不足，数据库无法启动；请释放内存后再试。",
			"There is not enough memory to start the database; please free some and try again.").Because(cause)
	}
	return lintu.Errorf(lintu.CodeInternal,
		"自带的数据库没有启动成功；原因见 %[1]s。",
		"The private database did not start; %[1]s says why.", filepath.Join(home.logs, logName)).Because(cause)
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// furnish makes the roles and the database of lintu where they are missing, and
// the extension that only a superuser may make. Every step can be repeated.
func (c *Cluster) furnish(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.home.url(adminRole, "postgres"))
	if err != nil {
		return toError(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var role, app, database bool
	err = conn.QueryRow(ctx, `select exists (select from pg_roles where rolname = $1),
		exists (select from pg_roles where rolname = $2),
		exists (select from pg_database where datname = $3)`, roleName, appRole, databaseName).Scan(&role, &app, &database)
	if err != nil {
		return toError(err)
	}
	if !role {
		if _, err := conn.Exec(ctx, `create role lintu login nosuperuser nobypassrls`); err != nil {
			return toError(err)
		}
	}
	if !app {
		// The owner is a member for those who come by the URL alone.
		if _, err := conn.Exec(ctx, `create role lintu_app login nosuperuser nobypassrls role lintu`); err != nil {
			return toError(err)
		}
	}
	if !database {
		if _, err := conn.Exec(ctx, `create database lintu owner lintu`); err != nil {
			return toError(err)
		}
	}
	inside, err := pgx.Connect(ctx, c.home.url(adminRole, databaseName))
	if err != nil {
		return toError(err)
	}
	defer inside.Close(context.WithoutCancel(ctx))
	_, err = inside.Exec(ctx, `create extension if not exists postgis`)
	return toError(err)
}
