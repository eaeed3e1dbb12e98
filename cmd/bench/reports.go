package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// trial is a run of many reports through bad networks onto a server that is killed.
type trial struct {
	reports, phones, blows int
	private                bool // the database is lintu's own
}

// reportsTenant is whose cases they are.
const reportsTenant = 1

// run sends all reports, deals the blows, and checks that every report is there
// once. It returns what happened, for people, also where that is not so.
func (t trial) run(ctx context.Context, lintuBin string) (said string, err error) {
	dir, err := os.MkdirTemp("", "lintu-bench-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { // the database's user passes through
		return "", err
	}
	h, err := newHouse(ctx, lintuBin, dir, t.private)
	if err != nil {
		return "", err
	}
	run := &running{trial: t, house: h}
	err = run.prepare(ctx)
	if err == nil {
		err = run.storm(ctx)
	}
	if err == nil {
		run.jumble.drain()
		err = run.verify(ctx)
	}
	err = errors.Join(err, run.close(), h.stop(), run.checkLog())
	return run.said(), err
}

// prepare makes the town, the proxies and the phones.
func (r *running) prepare(ctx context.Context) (err error) {
	if err := plantTown(ctx, r.house); err != nil {
		return err
	}
	if r.toxic, err = startToxic(r.house.addr); err != nil {
		return err
	}
	if r.jumble, err = startJumble(r.toxic.Listen); err != nil {
		return err
	}
	if r.reader, err = enrol(ctx, r.house, "reader", "viewer everywhere"); err != nil {
		return err
	}
	return r.makePhones(ctx)
}

// close ends the proxies.
func (r *running) close() error {
	var err error
	if r.jumble != nil {
		err = r.jumble.stop()
	}
	if r.toxic != nil {
		r.toxic.Stop()
	}
	return err
}

// running is a trial under way.
type running struct {
	trial
	house   *house
	toxic   *toxiproxy.Proxy
	jumble  *jumble
	all     []*phone
	reader  string // cookie of who sees all cases
	acked   atomic.Int64
	retries atomic.Int64
	dealt   map[string]int
	took    time.Duration
}

func (r *running) makePhones(ctx context.Context) error {
	category, err := r.category(ctx)
	if err != nil {
		return err
	}
	for i := range r.phones {
		grid := i % grids
		cookie, err := enrol(ctx, r.house, fmt.Sprintf("worker-%d", i), fmt.Sprintf("grid_worker grids/G%d", grid))
		if err != nil {
			return err
		}
		p := &phone{to: r.jumble.address, cookie: cookie, address: fmt.Sprintf("10.1.%d.%d", i/250, i%250+1), client: &http.Client{},
			acked: &r.acked, retries: &r.retries}
		n := r.reports/r.phones + min(1, max(0, r.reports%r.phones-i))
		if err := p.fill(n, gridWest(grid)+0.003, gridSouth+0.003, category); err != nil {
			return err
		}
		r.all = append(r.all, p)
	}
	return nil
}

// category is a leaf of the class tree whose cases are not restricted.
func (r *running) category(ctx context.Context) (string, error) {
	var said struct{ Categories lintu.Categories }
	if err := r.get(ctx, "/api/v1/categories", &said); err != nil {
		return "", err
	}
	for _, c := range said.Categories {
		if _, err := said.Categories.Leaf(c.Code); err == nil && c.Visibility != lintu.Restricted {
			return c.Code, nil
		}
	}
	return "", errors.New("there is no category to report in")
}

// storm lets all phones send while the blows fall.
func (r *running) storm(ctx context.Context) error {
	began := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for _, p := range r.all {
		group.Go(func() error { return p.send(ctx) })
	}
	group.Go(func() (err error) {
		r.dealt, err = chaos(ctx, r.house, r.blows, r.reports, &r.acked)
		return err
	})
	err := group.Wait()
	r.took = time.Since(began)
	return err
}

// said are the figures of the trial.
func (r *running) said() string {
	if r.jumble == nil {
		return ""
	}
	var b strings.Builder
	photos := 0
	for _, p := range r.all {
		for _, k := range p.outbox {
			photos += len(k.photos)
		}
	}
	c := r.jumble.count
	fmt.Fprintf(&b, "%d of %d reports with %d photos acknowledged to %d phones in %.0f s\n", r.acked.Load(), r.reports, photos, len(r.all), r.took.Seconds())
	for _, name := range slices.Sorted(maps.Keys(r.dealt)) {
		fmt.Fprintf(&b, "  %-26s %d\n", name, r.dealt[name])
	}
	for _, line := range []struct {
		name string
		n    int
	}{{"requests", c.forwarded}, {"cut", c.cut}, {"sent again by a phone", int(r.retries.Load())}, {"sent again later", c.duplicates}, {"sent twice at once", c.twins}, {"overtaken", c.overtaken}} {
		fmt.Fprintf(&b, "  %-26s %d\n", line.name, line.n)
	}
	for _, status := range slices.Sorted(maps.Keys(c.statuses)) {
		fmt.Fprintf(&b, "  answered %-17d %d\n", status, c.statuses[status])
	}
	return b.String()
}

// checkLog looks for panics and for the words of reports in what lintu has logged.
func (r *running) checkLog() error {
	content, err := os.ReadFile(filepath.Join(r.house.dir, "lintu.log"))
	if err != nil {
		return err
	}
	for _, word := range []string{"panic", noteMark} {
		if at := strings.Index(string(content), word); at >= 0 {
			return fmt.Errorf("the log holds %q: %.600s", word, content[at:])
		}
	}
	return nil
}

// enrol makes an account with a role and returns the cookie of its session.
func enrol(ctx context.Context, h *house, login, role string) (string, error) {
	db, err := h.open(ctx)
	if err != nil {
		return "", err
	}
	defer db.Close()
	accounts, by := sql.NewAccounts(db, sql.AccountsConfig{}), lintu.Actor{Name: "cli:bench", Within: lintu.Jurisdiction}
	if _, _, err := accounts.AddAccount(ctx, reportsTenant, login, by); err != nil {
		return "", err
	}
	const password = "weathered stone bridge"
	if err := accounts.SetPassword(ctx, reportsTenant, login, password, by); err != nil {
		return "", err
	}
	name, place, _ := strings.Cut(role, " ")
	scope, err := accounts.FindScope(ctx, reportsTenant, place)
	if err != nil {
		return "", err
	}
	if err := accounts.Grant(ctx, reportsTenant, login, lintu.Grant{ID: lintu.NewID(), Role: lintu.Role(name), Scope: scope, From: time.Now()}, by); err != nil {
		return "", err
	}
	_, secret, err := accounts.SignIn(ctx, reportsTenant, lintu.SignIn{Login: login, Password: password, From: "127.0.0.1"})
	return "lintu=" + secret, err
}

// get reads a JSON answer of the server itself, not through the proxies.
func (r *running) get(ctx context.Context, path string, into any) error {
	content, err := r.fetch(ctx, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}
