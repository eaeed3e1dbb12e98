package sql

import (
	"context"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	lintu "github.com/lintu-map/lintu"
)

// toError turns what PostgreSQL and pgx say into errors of the domain. Every
// error leaves this package through it. The server's own message stays in the
// cause, for the log, less the parts that may quote a row.
//
// A cancelled context stays what it is: its reader has gone.
func toError(err error) error {
	var known *lintu.Error
	var pg *pgconn.PgError
	var refused *pgconn.ConnectError
	var network net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &pg) && pg.Code == "57014" && !strings.Contains(pg.Message, "timeout"):
		// The server did what a context of ours asked for.
		return errors.Join(context.Canceled, quiet(pg))
	case errors.As(err, &pg):
		return serverError(pg).Because(quiet(pg))
	case errors.Is(err, pgx.ErrNoRows):
		return errNotFound.Because(err)
	case errors.As(err, &refused), errors.As(err, &network), pgconn.SafeToRetry(err), brokenConnection(err):
		return errAway.Because(err)
	}
	return lintu.AsError(err)
}

// brokenConnection knows the words for a connection that ended under a statement.
func brokenConnection(err error) bool {
	s := err.Error()
	return strings.Contains(s, "unexpected EOF") || strings.Contains(s, "conn closed") || strings.Contains(s, "broken pipe")
}

// quiet is the part of a server's error that quotes no row: DETAIL and WHERE do,
// and so do the messages of class 22, data exception.
func quiet(pg *pgconn.PgError) error {
	q := &pgconn.PgError{Severity: pg.Severity, Code: pg.Code, Message: pg.Message,
		SchemaName: pg.SchemaName, TableName: pg.TableName, ColumnName: pg.ColumnName,
		ConstraintName: pg.ConstraintName}
	if strings.HasPrefix(pg.Code, "22") {
		q.Message = "data exception"
	}
	return q
}

var (
	errNotFound = lintu.Errorf(lintu.CodeNotFound, "没有找到。", "Not found.")
	errAway     = lintu.Errorf(lintu.CodeUnavailable,
		"暂时连接不上数据库，请稍后再试。", "The database cannot be reached just now; please try again shortly.")
	errBusy = lintu.Errorf(lintu.CodeUnavailable,
		"数据库正忙（另一项更改尚未完成），请稍后再试。", "The database is busy with another change; please try again shortly.")
	errCancelled = lintu.Errorf(lintu.CodeUnavailable,
		"查询时间过长，已被取消；请缩小范围后再试。", "The query took too long and was cancelled; please ask for less at once.")
	errDiskFull = lintu.Errorf(lintu.CodeUnavailable,
		"数据库所在磁盘已满，未保存任何内容；请清理磁盘空间后再试。",
		"The database's disk is full and nothing was stored; please free disk space and try again.")
	errCrowded = lintu.Errorf(lintu.CodeUnavailable,
		"数据库连接已用尽，请稍后再试；若经常如此，请调大服务器的 max_connections。",
		"The database has no connection left; please try again shortly, or raise the server's max_connections if this goes on.")
	errMemory = lintu.Errorf(lintu.CodeUnavailable,
		"数据库服务器内存不足，请稍后再试或减少一次处理的数据量。",
		"The database server ran out of memory; please try again later or with less data at once.")
	errReadOnly = lintu.Errorf(lintu.CodeUnavailable,
		"数据库目前只读，未保存任何内容；请检查它是否为备用服务器。",
		"The database is read-only just now and nothing was stored; please check whether it is a standby.")
	errLogin = lintu.Errorf(lintu.CodeInvalid,
		"数据库拒绝了登录；请检查 LINTU_DATABASE_URL 中的用户、口令和库名。",
		"The database refused the login; please check user, password and database name in LINTU_DATABASE_URL.")
	errNoDatabase = lintu.Errorf(lintu.CodeInvalid,
		"数据库服务器上没有这个库；请先建库（createdb），或检查 LINTU_DATABASE_URL。",
		"The database server has no database of that name; please create it (createdb) or check LINTU_DATABASE_URL.")
	errNoRight = lintu.Errorf(lintu.CodeInvalid,
		"数据库用户的权限不足；请让该用户拥有此库，并由管理员先运行 CREATE EXTENSION postgis。",
		"The database user lacks a right; please make it the owner of the database and let an administrator run CREATE EXTENSION postgis first.")
	errNotMigrated = lintu.Errorf(lintu.CodeUnavailable,
		"数据库结构与本程序不符；请运行 lintu migrate。",
		"The database's schema does not fit this lintu; please run lintu migrate.")
)

// byState maps SQLSTATEs, or their two-character classes, to what a person can
// be told. https://www.postgresql.org/docs/15/errcodes-appendix.html
var byState = map[string]*lintu.Error{
	"08":    errAway, // connection exceptions
	"57P01": errAway, // admin_shutdown
	"57P02": errAway, // crash_shutdown
	"57P03": errAway, // cannot_connect_now: starting up or shutting down
	"58":    errAway, // system_error: I/O
	"53100": errDiskFull,
	"53200": errMemory,
	"53300": errCrowded,
	"53":    errAway,      // insufficient_resources
	"57014": errCancelled, // query_canceled, by statement_timeout
	"40001": errBusy,      // serialization_failure
	"40P01": errBusy,      // deadlock_detected
	"55P03": errBusy,      // lock_not_available, by lock_timeout
	"55006": errBusy,      // object_in_use
	"25006": errReadOnly,  // read_only_sql_transaction
	"28":    errLogin,     // invalid_authorization_specification
	"3D000": errNoDatabase,
	"42501": errNoRight,
	"42P01": errNotMigrated, // undefined_table
	"42703": errNotMigrated, // undefined_column
}

// brokenRule says which constraint was broken; nil for other states.
func brokenRule(state, rule string) *lintu.Error {
	switch state {
	case "23505": // unique_violation
		return lintu.Errorf(lintu.CodeConflict, "已有相同的记录（%s）。", "There is already such a record (%s).", rule)
	case "23P01": // exclusion_violation
		return lintu.Errorf(lintu.CodeConflict, "与同一时段的另一条记录冲突（%s）。", "It contradicts another record of the same time (%s).", rule)
	case "23503": // foreign_key_violation
		return lintu.Errorf(lintu.CodeConflict, "所引用的记录不存在或仍被使用（%s）。", "A record it refers to does not exist, or is still in use (%s).", rule)
	case "23514": // check_violation
		return lintu.Errorf(lintu.CodeInvalid, "数据不符合规则 %s。", "The data breaks the rule %s.", rule)
	case "23502": // not_null_violation
		return lintu.Errorf(lintu.CodeInvalid, "缺少必填的值（%s）。", "A required value is missing (%s).", rule)
	}
	return nil
}

func serverError(pg *pgconn.PgError) *lintu.Error {
	rule := pg.ConstraintName
	if rule == "" {
		rule = pg.ColumnName
	}
	if e := brokenRule(pg.Code, rule); e != nil {
		return e
	}
	if e, ok := byState[pg.Code]; ok {
		return e
	}
	if len(pg.Code) == 5 {
		if e, ok := byState[pg.Code[:2]]; ok {
			return e
		}
	}
	return lintu.AsError(errors.New("unexpected SQLSTATE " + pg.Code))
}
