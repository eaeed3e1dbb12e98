package sql_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// clocked is a town with cases whose timers fire at times of the test's own.
type clocked struct {
	routed
	by    lintu.Asker
	begin time.Time
	ids   []lintu.ID
}

// newClocked has so many cases, reported and dispatched just now, that climb from
// the community to the street when they are late.
func newClocked(t testing.TB, cases int) *clocked {
	t.Helper()
	c := &clocked{routed: newRouted(t), begin: time.Now(), by: lintu.Asker{Viewer: &lintu.Viewer{Tenant: tenant, Account: lintu.NewID(), Name: "user:d",
		Grants: []lintu.Grant{{Role: lintu.RoleDispatcher, Scope: lintu.Scope{Kind: lintu.Everywhere}}}}}}
	c.rule(1, "", "", "", "U2")
	i := slices.IndexFunc(c.cs, func(x lintu.Category) bool {
		_, err := c.cs.Leaf(x.Code)
		return err == nil && x.Rung == lintu.RungCommunity && x.Limit.Unit == lintu.InWorkingDays && x.Limit.N >= 2 && x.Urgency != lintu.Urgent
	})
	for n := range cases {
		id := lintu.NewID()
		_, _, err := c.Report(t.Context(), tenant, lintu.NewCase{ID: id, Category: c.cs[i].Code, Source: lintu.FromPatrol,
			Place: at(113.1+float64(n%800)/1000, 28.5, 0)}, c.by)
		must(t, err)
		c.ids = append(c.ids, id)
	}
	return c
}

func (c *clocked) fire(now time.Time, max int) (int, *time.Time) {
	c.t.Helper()
	fired, next, err := c.FireTimers(c.t.Context(), tenant, now, max)
	must(c.t, err)
	return fired, next
}

// acts are the system's acts on each case since it was dispatched.
func (c *clocked) acts() map[lintu.ID]string {
	c.t.Helper()
	rows, err := c.Owner().Query(c.t.Context(), `SELECT case_id, string_agg(act, ' ' ORDER BY seq) FROM case_event
		WHERE tenant_id = $1 AND seq > 3 AND actor = 'system' GROUP BY case_id`, tenant)
	must(c.t, err)
	acts := map[lintu.ID]string{}
	var id lintu.ID
	var list string
	_, err = pgx.ForEachRow(rows, []any{&id, &list}, func() error { acts[id] = list; return nil })
	must(c.t, err)
	return acts
}

// sound checks that the rows are the sum of the events, with the timers that the
// office says.
func (c *clocked) sound(late time.Time) {
	c.t.Helper()
	_, different, err := c.Rebuild(c.t.Context(), tenant, true, func(lintu.Text, int64, int64) {})
	must(c.t, err)
	var wrong int
	must(c.t, c.Owner().QueryRow(c.t.Context(), `SELECT count(*) FROM case_timer WHERE tenant_id = $1 AND fire_at <= $2`, tenant, late).Scan(&wrong))
	if different != 0 || wrong != 0 {
		c.t.Errorf("%d cases differ from their events, %d timers are due still", different, wrong)
	}
}

const (
	whileAway = "nudge warn late escalate dispatch"
	inTime    = "nudge warn warn late escalate dispatch nudge"
)

// TestTimersFireAtTheirTime steps from one timer to the next, as the server does.
func TestTimersFireAtTheirTime(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 3)
	fired, next := c.fire(c.begin, 100)
	if fired != 0 || next == nil {
		t.Fatalf("fired %d at once, next at %v", fired, next)
	}
	for next != nil {
		before := *next
		if fired, _ := c.fire(before.Add(-time.Microsecond), 100); fired != 0 {
			t.Fatalf("%d fired too early", fired)
		}
		if fired, next = c.fire(before, 100); fired == 0 {
			t.Fatalf("nothing fired at %s", before)
		}
	}
	acts := c.acts()
	for _, id := range c.ids {
		if acts[id] != inTime {
			t.Errorf("the system did %s, want %s", acts[id], inTime)
		}
	}
	c.sound(c.begin.AddDate(10, 0, 0))
	entries := c.entries(lintu.AuditQuery{Act: "case_timers"})
	done := map[string]int{}
	for _, e := range entries {
		detail := map[string]int{}
		must(t, json.Unmarshal(e.Detail, &detail))
		for act, n := range detail {
			done[act] += n
		}
	}
	if e := entries[0]; done["late"] != 3 || done["warn"] != 6 || e.Actor != "system" {
		t.Errorf("the audit says %v, by %s", done, e.Actor)
	}
}

// TestTimersFireOnceFromManyServers has several fire the same timers at once.
func TestTimersFireOnceFromManyServers(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 200)
	now := c.begin.AddDate(0, 1, 0)
	var servers sync.WaitGroup
	looked := make([]int, 4)
	for i := range looked {
		servers.Go(func() {
			for {
				fired, next, err := c.FireTimers(t.Context(), tenant, now, 7)
				if err != nil {
					t.Error(err)
					return
				}
				looked[i] += fired
				if next == nil || next.After(now) {
					return
				}
			}
		})
	}
	servers.Wait()
	acts := c.acts()
	for _, id := range c.ids {
		if acts[id] != whileAway {
			t.Errorf("the system did %s, want %s", acts[id], whileAway)
		}
	}
	c.sound(now)
	t.Logf("cases per server: %v", looked)
}

// Who acts on a case is not waited for; what has changed meanwhile is decided anew.
func TestTimersPassByWhoActs(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 2)
	now := c.begin.AddDate(0, 1, 0)
	tx, err := c.Owner().Begin(t.Context())
	must(t, err)
	defer tx.Rollback(t.Context())
	_, err = tx.Exec(t.Context(), `SELECT FROM case_file WHERE tenant_id = $1 AND id = $2 FOR UPDATE`, tenant, c.ids[0])
	must(t, err)
	fired, next := c.fire(now, 100)
	if fired != 1 || next == nil || next.After(now) {
		t.Errorf("fired %d, next at %v", fired, next)
	}
	must(t, tx.Rollback(t.Context()))
	if fired, _ := c.fire(now, 100); fired != 1 {
		t.Errorf("then %d", fired)
	}
	c.sound(now)
}

// A timer that the tenant's settings no longer know is written anew and does not
// come up for ever.
func TestTimersFollowTheSettings(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 1)
	mustExec(t, c.DB, `UPDATE case_timer SET fire_at = $2 WHERE tenant_id = $1`, tenant, c.begin.Add(-time.Hour))
	fired, next := c.fire(c.begin, 100)
	if fired != 1 || next == nil || !next.After(c.begin) {
		t.Errorf("looked at %d, next at %v", fired, next)
	}
	if acts := c.acts(); len(acts) != 0 {
		t.Errorf("the system did %v", acts)
	}
}

// What cannot be decided is said, put off, and keeps nobody else waiting.
func TestTimersOfABrokenCaseArePutOff(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 3)
	mustExec(t, c.DB, `UPDATE case_file SET doc = doc || '{"state": "nowhere"}' WHERE tenant_id = $1 AND id = $2`, tenant, c.ids[1])
	now := c.begin.AddDate(0, 1, 0)
	fired, next, err := c.FireTimers(t.Context(), tenant, now, 100)
	if fired != 3 || lintu.CodeOf(err) != lintu.CodeConflict || next == nil || !next.Equal(now.Add(time.Hour).Truncate(time.Microsecond)) {
		t.Errorf("fired %d, next at %v: %v", fired, next, err)
	}
	acts := c.acts()
	if acts[c.ids[0]] != whileAway || acts[c.ids[1]] != "" || acts[c.ids[2]] != whileAway {
		t.Errorf("the system did %v", acts)
	}
}

// TestTimersAreAllOrNothing ends the connection between the work and the commit.
func TestTimersAreAllOrNothing(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 20)
	now := c.begin.AddDate(0, 1, 0)
	audit, err := c.Owner().Begin(t.Context())
	must(t, err)
	defer audit.Rollback(t.Context())
	_, err = audit.Exec(t.Context(), `SELECT audit_append($1, 'user:b', '', 'x', 'y', NULL, '', '{}')`, tenant)
	must(t, err)
	ended := make(chan error)
	go func() {
		_, _, err := c.FireTimers(t.Context(), tenant, now, 100)
		ended <- err
	}()
	for pid := 0; pid == 0; { // it waits for the audit, having written all else
		err := c.Owner().QueryRow(t.Context(), `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
			AND wait_event_type = 'Lock' AND query LIKE '%audit_append%'`).Scan(&pid)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
		if pid != 0 {
			mustExec(t, c.DB, `SELECT pg_terminate_backend($1)`, pid)
		}
	}
	if err := <-ended; err == nil {
		t.Fatal("the end of its connection went unnoticed")
	}
	if acts := c.acts(); len(acts) != 0 {
		t.Fatalf("half of it stayed: %v", acts)
	}
	must(t, audit.Rollback(t.Context()))
	c.Pool().Reset()
	if fired, _ := c.fire(now, 100); fired != 20 {
		t.Errorf("then %d", fired)
	}
	c.sound(now)
}

// envFirer makes this test binary a server that fires timers, in place of running
// tests: "<unix time> <url>".
const envFirer = "LINTU_TEST_FIRER"

// fireTimers fires three cases at a time, and says so after each.
func fireTimers(what string) int {
	at, url, _ := strings.Cut(what, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	db, err := sql.Open(context.Background(), url, sql.Options{AppName: "lintu test", Conns: 2})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for {
		fired, _, err := db.FireTimers(context.Background(), tenant, time.Unix(seconds, 0), 3)
		fmt.Println(fired, err)
	}
}

// TestTimersSurviveKill kills a server that fires with SIGKILL, again and again.
func TestTimersSurviveKill(t *testing.T) {
	t.Parallel()
	c := newClocked(t, 120)
	now := time.Unix(c.begin.AddDate(0, 1, 0).Unix(), 0)
	for range 4 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", envFirer, now.Unix(), c.Owner().Config().ConnString()))
		cmd.Stderr = os.Stderr
		pipe, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		lines := bufio.NewScanner(pipe)
		for n := 0; n < 5 && lines.Scan(); n++ {
			if _, says, _ := strings.Cut(lines.Text(), " "); says != "<nil>" {
				t.Error(lines.Text())
			}
		}
		must(t, cmd.Process.Kill()) // in the midst of the next ones
		cmd.Wait()                  //nolint:errcheck // it was killed
	}
	if n := len(c.acts()); n < 60 || n == 120 {
		t.Errorf("%d cases before the last server", n)
	}
	for next := &now; next != nil && !next.After(now); {
		_, next = c.fire(now, 50)
	}
	acts := c.acts()
	for _, id := range c.ids {
		if acts[id] != whileAway {
			t.Errorf("the system did %s, want %s", acts[id], whileAway)
		}
	}
	c.sound(now)
}
