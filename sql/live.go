package sql

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
)

var _ lintu.LiveSource = (*Live)(nil)

//go:embed queries/live_changes.sql
var liveChanges string

//go:embed queries/live_cases.sql
var liveCases string

// What one answer of LiveSince tells at most. Beyond it, loading everything anew
// costs the reader less.
const (
	liveRows  = 5000 // of the change log
	liveCount = 500  // cases
)

// livePoll is how long Wake waits without being told of anything: a listening
// connection that is cut misses what is sent meanwhile.
const livePoll = time.Second

// Live follows the change log for a process. It listens from the first Wake on.
//
// A cursor is a snapshot and not a place in the log: what is new is what is visible
// now and was not then. A place could be trusted only below the oldest running
// transaction, and an import of ten minutes would hold every event back.
type Live struct {
	db    *DB
	woken chan struct{} // of one, for one waiter

	begin, end sync.Once
	stop       context.CancelFunc
	stopped    chan struct{}
}

// NewLive follows the change log of db until Close.
func NewLive(db *DB) *Live {
	return &Live{db: db, woken: make(chan struct{}, 1), stopped: make(chan struct{})}
}

// Close ends the listening. A second call does nothing.
func (l *Live) Close() {
	l.end.Do(func() {
		l.begin.Do(func() { close(l.stopped) }) // never began
		if l.stop != nil {
			l.stop()
		}
		<-l.stopped
	})
}

// Wake implements lintu.LiveSource, for one waiter at a time. What is told while
// nobody waits ends the next wait at once.
func (l *Live) Wake(ctx context.Context) {
	l.begin.Do(func() {
		var listening context.Context
		listening, l.stop = context.WithCancel(context.Background())
		go l.listen(listening)
	})
	timer := time.NewTimer(livePoll)
	defer timer.Stop()
	select {
	case <-l.woken:
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (l *Live) wake() {
	select {
	case l.woken <- struct{}{}:
	default: // it will look anyway
	}
}

// How long to wait before listening anew: at first, and at most.
const (
	relistenFirst = 100 * time.Millisecond
	relistenMost  = 5 * time.Second
)

// listen keeps a connection that hears of commits, and begins anew when it is cut.
func (l *Live) listen(ctx context.Context) {
	defer close(l.stopped)
	pause := relistenFirst
	for ctx.Err() == nil {
		heard, err := l.hear(ctx)
		if ctx.Err() != nil {
			return
		}
		l.db.log.Debug("listening ended; it begins anew", slog.Any("error", err))
		if heard {
			pause = relistenFirst
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
		pause = min(2*pause, relistenMost)
	}
}

// hear wakes the waiter at each notification until the connection fails, and reports
// whether there was one.
func (l *Live) hear(ctx context.Context) (listening bool, err error) {
	cfg := l.db.pool.Config().ConnConfig
	cfg.RuntimeParams["application_name"] += " live"
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return false, err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // it is given up
	if _, err := conn.Exec(ctx, `LISTEN lintu`); err != nil {
		return false, err
	}
	for {
		l.db.commits.more()
		l.wake() // at first too: what came before is not told again
		if _, err := conn.WaitForNotification(ctx); err != nil {
			return true, err
		}
	}
}

// LiveNow implements lintu.LiveSource.
func (l *Live) LiveNow(ctx context.Context, _ int32) (cursor string, err error) {
	err = l.db.pool.QueryRow(ctx, `SELECT `+instantSQL).Scan(&cursor)
	return cursor, toError(err)
}

// snapshotText is what PostgreSQL writes; 4,000 characters are some 300 running
// transactions.
var snapshotText = regexp.MustCompile(`^[0-9]{1,19}:[0-9]{1,19}:([0-9]{1,19}(,[0-9]{1,19})*)?$`)

const snapshotMost = 4000

// LiveSince implements lintu.LiveSource.
func (l *Live) LiveSince(ctx context.Context, tenant int32, after, until string) (*lintu.LiveChanges, error) {
	was, life := partsOf(after)
	if _, end := partsOf(until); len(after) > snapshotMost || !snapshotText.MatchString(was) || until != "" && life != end {
		return l.reset(ctx, tenant, until)
	}
	found, ids, err := l.changes(ctx, tenant, after, until)
	switch {
	case isInvalidText(err): // it has the form and is none, such as 9:1:
		return l.reset(ctx, tenant, until)
	case err != nil:
		return nil, toError(err)
	case found.Reset || len(ids) == 0:
		return found, nil
	}
	is, _ := partsOf(found.Cursor)
	found.Cases, err = l.cases(ctx, tenant, ids, was, is)
	return found, toError(err)
}

func (l *Live) reset(ctx context.Context, tenant int32, until string) (r *lintu.LiveChanges, err error) {
	r = &lintu.LiveChanges{Cursor: until, Reset: true}
	if until == "" {
		r.Cursor, err = l.LiveNow(ctx, tenant)
	}
	return r, err
}

// changes reads the change log, and returns the cases apart.
func (l *Live) changes(ctx context.Context, tenant int32, after, until string) (*lintu.LiveChanges, []lintu.ID, error) {
	var found lintu.LiveChanges
	var ahead bool // of the present, or of another life: another database's, or one from before a restore or crash
	var n int64
	var kind *string
	var ids, cases []lintu.ID
	var anywhere *bool
	var edges [4]*float64
	after, life := partsOf(after)
	// The planner knows the two only as values, and would else read the whole log.
	parts := strings.Split(after, ":")
	xmax, running := parts[1], strings.FieldsFunc(parts[2], func(r rune) bool { return r == ',' })
	var text, end *string
	if until != "" {
		snapshot, life := partsOf(until)
		text, end = &snapshot, &life
	}
	rows, err := l.db.pool.Query(ctx, liveChanges, tenant, after, text, liveRows+1, xmax, running, life, end)
	if err != nil {
		return nil, nil, err
	}
	_, err = pgx.ForEachRow(rows, []any{&found.Cursor, &ahead, &n, &kind, &ids, &anywhere, &edges[0], &edges[1], &edges[2], &edges[3]}, func() error {
		switch {
		case kind == nil:
		case lintu.Layer(*kind) == lintu.Cases:
			cases = ids
		default:
			x := lintu.LayerChange{Layer: lintu.Layer(*kind)}
			if !*anywhere {
				x.BBox = box(edges)
			}
			found.Layers = append(found.Layers, x)
		}
		return nil
	})
	if n > 0 {
		l.db.commits.more() // who is told of it must be shown it
	}
	found.Layers = alsoDependants(found.Layers)
	if ahead || n > liveRows || len(cases) > liveCount {
		found.Reset, found.Layers = true, nil
	}
	return &found, cases, err
}

// alsoDependants adds the layers that show something of a changed one, anywhere.
func alsoDependants(changed []lintu.LayerChange) []lintu.LayerChange {
	var names []string
	for _, x := range changed {
		names = append(names, string(x.Layer))
	}
	for _, layer := range withDependants(names) {
		if !slices.Contains(names, string(layer)) {
			changed = append(changed, lintu.LayerChange{Layer: layer})
		}
	}
	return changed
}

// cases adds up the events of each case, as far as they were to be seen at both
// instants.
func (l *Live) cases(ctx context.Context, tenant int32, ids []lintu.ID, after, until string) ([]lintu.LiveCase, error) {
	rows, err := l.db.pool.Query(ctx, liveCases, tenant, ids, after, until)
	if err != nil {
		return nil, err
	}
	var e lintu.Event
	var was bool
	var list []lintu.LiveCase
	_, err = pgx.ForEachRow(rows, []any{&e.Case, &e.Seq, &e.At, &e.Act, &e.To, &e.Set, &was}, func() error {
		if n := len(list); n == 0 || list[n-1].Now.ID != e.Case {
			list = append(list, lintu.LiveCase{})
		}
		x := &list[len(list)-1]
		x.Now, x.Act = lintu.Fold(x.Now, e), e.Act
		if was {
			x.Was = x.Now
		}
		e.Set = lintu.Patch{} // the next is not read into what this one has given away
		return nil
	})
	if err != nil {
		return nil, err
	}
	now := make([]*lintu.Case, len(list))
	for i := range list {
		now[i] = list[i].Now
	}
	found, err := l.db.unanswered(ctx, tenant, now...)
	for i := range list {
		_, list[i].Unanswered = found[list[i].Now.ID]
	}
	return list, err
}

// isInvalidText reports whether the server could not read a parameter.
func isInvalidText(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "22P02"
}
