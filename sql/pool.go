// Package sql keeps the house in PostgreSQL with PostGIS: the pool, the
// migrations, the stores, and the private cluster that `lintu serve` runs when
// it is given no server. It is the only package that knows SQL.
package sql

import (
	"context"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	lintu "github.com/lintu-map/lintu"
)

// The oldest servers that lintu works with.
const (
	minPostgres   = 15
	minPostGIS    = "3.3"
	minPostGISNum = 303
)

// Options of Open. The zero value is for a server of one machine.
type Options struct {
	AppName string       // what pg_stat_activity shows; "lintu" if empty
	Conns   int32        // the most connections of one pool; 0 is 4 per CPU, at least 8
	Log     *slog.Logger // told about migrations; nil is silence
	// LoginAsApp says that lintu_app itself can log in under the URL, as on the
	// private cluster. Otherwise the URL's user takes that role on.
	LoginAsApp bool
	// UnmaskPerDay is how many persons an account may unmask a day; 0 is the
	// package's UnmaskPerDay.
	UnmaskPerDay int
	// Now is the clock by which cases are decided, for playing a past day; nil is the
	// machine's.
	Now func() time.Time
}

// appRole is the role in which requests are served. It owns nothing and cannot
// bypass row-level security; the migrations say what it may do.
const appRole = "lintu_app"

// ownerConns bounds the connections of the owner: edits of one tenant run one
// after the other, so that more would only wait.
const ownerConns = 8

// DB is the door to one database. It is safe for concurrent use.
//
// Three pools, because requests must not be able to do what migrations can, and
// because tiles are many. The owner's is for what changes the map and its
// schema. Everything else is done in the role lintu_app.
//
// Tiles have a pool of their own for two reasons. A wall that loads asks for
// hundreds of tiles at once, and these must not keep a field worker's report
// waiting for a connection. And tile queries want other planner settings than
// an import: see tileSettings.
type DB struct {
	owner *pgxpool.Pool // as the owner: migrations, edits, statistics for the planner
	pool  *pgxpool.Pool // as lintu_app: everything else but tiles
	tiles *pgxpool.Pool // as lintu_app, read-only
	log   *slog.Logger
	keys  *keeper // of personal data; nil until UseKeys

	chosen chosen // settings about cases

	commits commits  // of the owner's pool and the application's
	contact *contact // with the server

	unmaskPerDay int
	now          func() time.Time // by which cases are decided
}

// sessionSettings hold for every connection. JIT compiles for longer than our
// statements run. lock_timeout turns a deadlock of people (two imports on one
// layer) into a sentence; there is no statement_timeout, because an import may
// take minutes and every request has a context that cancels its statement.
// Notices, which PostGIS sends for each invalid shape, would only cost time.
var sessionSettings = map[string]string{
	"client_min_messages":                 "warning",
	"jit":                                 "off",
	"timezone":                            "UTC",
	"lock_timeout":                        "30s",
	"idle_in_transaction_session_timeout": "10min",
}

// tileSettings hold for the tile pool. Starting parallel workers makes a tile
// several times slower. A plan made once for all envelopes suits neither zoom 6
// nor zoom 18, so each envelope is planned. A tile that takes longer than the
// timeout has lost its reader.
var tileSettings = map[string]string{
	"max_parallel_workers_per_gather": "0",
	"plan_cache_mode":                 "force_custom_plan",
	"default_transaction_read_only":   "on",
	"statement_timeout":               "20s",
}

// Open connects to a server that must be PostgreSQL ≥ 15 with PostGIS ≥ 3.3 at
// hand, and looks at it once. It changes nothing there; Migrate does.
// The errors are CodeInvalid for a URL or a server that will never do and
// CodeUnavailable for one that does not answer.
func Open(ctx context.Context, url string, opts Options) (*DB, error) {
	if opts.AppName == "" {
		opts.AppName = "lintu"
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	cpus := int32(runtime.GOMAXPROCS(0))
	if opts.Conns == 0 {
		opts.Conns = max(8, 4*cpus)
	}
	if opts.UnmaskPerDay == 0 {
		opts.UnmaskPerDay = UnmaskPerDay
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	db := &DB{log: opts.Log, unmaskPerDay: opts.UnmaskPerDay, now: opts.Now}
	for _, p := range []struct {
		pool     **pgxpool.Pool
		name     string
		conns    int32
		role     bool
		settings []map[string]string
	}{
		{&db.owner, opts.AppName + " owner", min(opts.Conns, ownerConns), false, nil},
		{&db.pool, opts.AppName, opts.Conns, true, nil},
		{&db.tiles, opts.AppName + " tiles", min(opts.Conns, max(4, 2*cpus)), true, []map[string]string{tileSettings}},
	} {
		cfg, err := poolConfig(url, p.name, p.conns, append(p.settings, sessionSettings)...)
		if err != nil {
			return nil, err
		}
		if p.role {
			asApp(cfg.ConnConfig, opts.LoginAsApp)
		}
		if p.pool != &db.tiles { // which only reads
			cfg.ConnConfig.Tracer = &db.commits
		}
		if *p.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
			db.Close()
			return nil, toError(err)
		}
	}
	db.contact = newContact(db.pool.Config().ConnConfig, db.log, db.reset)
	if err := db.inspect(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// reset drops the connections to a server that was away.
func (db *DB) reset() {
	for _, p := range []*pgxpool.Pool{db.tiles, db.pool, db.owner} {
		p.Reset()
	}
	db.commits.more()
}

// asApp makes the connections those of the application's role.
func asApp(cc *pgx.ConnConfig, login bool) {
	if login {
		cc.User = appRole
	} else {
		cc.RuntimeParams["role"] = appRole
	}
}

func poolConfig(url, app string, conns int32, settings ...map[string]string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The parser's message may repeat the password, so it is not kept.
		return nil, lintu.Errorf(lintu.CodeInvalid,
			"数据库地址无法解析；应类似 postgres://用户:口令@主机:5432/数据库，请检查 LINTU_DATABASE_URL。",
			"The database URL cannot be read; it should look like postgres://user:password@host:5432/database. Please check LINTU_DATABASE_URL.")
	}
	cfg.MaxConns = conns
	cfg.MinConns = 0
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.MaxConnLifetime = time.Hour
	cfg.MaxConnLifetimeJitter = 10 * time.Minute
	cfg.HealthCheckPeriod = 30 * time.Second
	configure(cfg.ConnConfig, app, settings...)
	return cfg, nil
}

// configure gives a connection its settings and lets a cancelled context cancel
// the statement on the server and keep the connection, where pgx would by
// default close it and leave the server computing.
func configure(cc *pgx.ConnConfig, app string, settings ...map[string]string) {
	cc.RuntimeParams["application_name"] = app
	for _, set := range settings {
		for name, value := range set {
			cc.RuntimeParams[name] = value
		}
	}
	if cc.ConnectTimeout == 0 {
		cc.ConnectTimeout = 10 * time.Second
	}
	cc.DialFunc = (&net.Dialer{Timeout: cc.ConnectTimeout, KeepAlive: time.Minute}).DialContext
	cc.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	cc.StatementCacheCapacity = 512
	cc.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 5 * time.Second}
	}
}

// inspect refuses a server that cannot hold the house, in words.
func (db *DB) inspect(ctx context.Context) error {
	var version int
	var encoding string
	var postgis *string
	err := db.owner.QueryRow(ctx, `
		select current_setting('server_version_num')::int / 10000,
		       current_setting('server_encoding'),
		       (select coalesce(installed_version, default_version)
		          from pg_available_extensions where name = 'postgis')`).
		Scan(&version, &encoding, &postgis)
	switch {
	case err != nil:
		return toError(err)
	case version < minPostgres:
		return lintu.Errorf(lintu.CodeInvalid,
			"数据库服务器是 PostgreSQL %[1]d，至少需要 %[2]d；请升级服务器，或不设 LINTU_DATABASE_URL 而使用自带数据库。",
			"The database server is PostgreSQL %[1]d; at least %[2]d is needed. Please upgrade it, or leave LINTU_DATABASE_URL unset to use the private database.",
			version, minPostgres)
	case encoding != "UTF8":
		return lintu.Errorf(lintu.CodeInvalid,
			"数据库的编码是 %[1]s，应为 UTF8；请用 CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 另建一个库。",
			"The database's encoding is %[1]s but must be UTF8; please make another with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
			encoding)
	case postgis == nil:
		return lintu.Errorf(lintu.CodeInvalid,
			"数据库服务器没有安装 PostGIS；请在服务器上运行 %[1]s。",
			"The database server has no PostGIS; please run on it: %[1]s.",
			aptInstall(version))
	case postgisNum(*postgis) < minPostGISNum:
		return lintu.Errorf(lintu.CodeInvalid,
			"数据库服务器的 PostGIS 是 %[1]s，至少需要 %[2]s；请升级后运行 SELECT postgis_extensions_upgrade()。",
			"The database server's PostGIS is %[1]s; at least %[2]s is needed. Please upgrade it and run SELECT postgis_extensions_upgrade().",
			*postgis, minPostGIS)
	}
	return nil
}

// postgisNum turns "3.3.2" into 303, and what it cannot read into 0.
func postgisNum(version string) int {
	var part [2]int
	i := 0
	for _, r := range version {
		if r == '.' {
			if i++; i == 2 {
				break
			}
			continue
		}
		d, err := strconv.Atoi(string(r))
		if err != nil {
			break
		}
		part[i] = part[i]*10 + d
	}
	return part[0]*100 + part[1]
}

// Pool returns the application's pool, for tests that look behind the stores
// with the rights of a request.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Owner returns the owner's pool, for tests that look behind the stores.
func (db *DB) Owner() *pgxpool.Pool { return db.owner }

// Ping asks the server for a sign of life: what a readiness check needs.
func (db *DB) Ping(ctx context.Context) error {
	_, err := reach(ctx, db.contact, func(ctx context.Context) (struct{}, error) { return struct{}{}, db.pool.Ping(ctx) })
	return err
}

// Close ends all connections, waiting for those in use. Closing twice is safe.
func (db *DB) Close() {
	if db.contact != nil {
		db.contact.stop()
	}
	for _, p := range []*pgxpool.Pool{db.tiles, db.pool, db.owner} {
		if p != nil {
			p.Close()
		}
	}
}
