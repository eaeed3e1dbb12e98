package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// Of the measurements of the stream.
const (
	liveAccounts    = 20 // whose walls they are
	liveDispatchers = 10 // who act
	liveCases       = 50 // on so many cases
	liveEvery       = 50 * time.Millisecond
	liveFor         = 30 * time.Second
	liveImport      = 500_000 // households, beside the load
)

// broadcast measures how long after an act each of many walls is told of it.
type broadcast struct {
	house       *house
	walls       []string // cookies
	dispatchers []string
	cases       []lintu.ID
	client      *http.Client
}

// live measures walls under a steady load of acts, and again beside a large import;
// and, with streams, the server's memory while so many are open and idle.
func live(ctx context.Context, lintuBin string, walls, streams int) (err error) {
	dir, err := os.MkdirTemp("", "lintu-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { // the database's user passes through
		return err
	}
	h, err := newHouse(ctx, lintuBin, dir, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	b := &broadcast{house: h, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: liveDispatchers}}}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	if streams > 0 {
		return b.idle(ctx, streams)
	}
	if err := b.notify(ctx); err != nil {
		return err
	}
	return b.measure(ctx, walls)
}

func (b *broadcast) prepare(ctx context.Context) error {
	if err := plantTown(ctx, b.house); err != nil {
		return err
	}
	for i := range liveAccounts {
		cookie, err := enrol(ctx, b.house, fmt.Sprintf("wall-%d", i), "viewer everywhere")
		if err != nil {
			return err
		}
		b.walls = append(b.walls, cookie)
	}
	for i := range liveDispatchers {
		cookie, err := enrol(ctx, b.house, fmt.Sprintf("dispatcher-%d", i), "dispatcher everywhere")
		if err != nil {
			return err
		}
		b.dispatchers = append(b.dispatchers, cookie)
	}
	for i := range liveCases {
		id := lintu.NewID()
		report := map[string]any{"id": id, "category": "B0501", "lon": gridWest(i%grids) + gridSize/2, "lat": gridSouth + gridSize/2, "placed": lintu.ByMap,
			"at": time.Now(), "note": "围墙倾斜", "source": lintu.FromPatrol}
		if _, err := b.post(ctx, i, "/api/v1/cases", report, nil); err != nil {
			return err
		}
		b.cases = append(b.cases, id)
	}
	return nil
}

// post sends a change of the n-th dispatcher and returns when the answer was there.
func (b *broadcast) post(ctx context.Context, n int, path string, body, into any) (time.Time, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return time.Time{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+b.house.addr+path, bytes.NewReader(content))
	if err != nil {
		return time.Time{}, err
	}
	req.Header.Set("Cookie", b.dispatchers[n%len(b.dispatchers)])
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("198.18.0.%d", n%200))
	res, err := b.client.Do(req)
	if err != nil {
		return time.Time{}, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	there := time.Now()
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s: %d %s", path, res.StatusCode, answer)
	}
	if err == nil && into != nil {
		err = json.Unmarshal(answer, into)
	}
	return there, err
}

// acted is an act and when it was sent and acknowledged.
type acted struct {
	id           string // of the case
	seq          int    // of the last event by it
	sent, answer time.Time
}

// measure opens the walls and prints both runs.
func (b *broadcast) measure(ctx context.Context, walls int) error {
	var open []*wall
	defer func() {
		for _, w := range open {
			w.conn.Close()
		}
	}()
	for i := range walls {
		w, err := b.openWall(ctx, i)
		if err != nil {
			return err
		}
		open = append(open, w)
		go w.read()
	}
	fmt.Printf("%d walls of %d accounts; one act each %v\n\n%-22s %6s %9s %8s   %s\n", walls, liveAccounts, liveEvery,
		"", "acts", "told", "missing", "milliseconds p50, p95, p99 and most: from the answer; from the request")
	err := b.load(ctx, "steady", open, func(ctx context.Context) error { return wait(ctx, liveFor) })
	if err != nil {
		return err
	}
	base := filepath.Join(b.house.dir, "many")
	if err := writeHouseholds(base, liveImport, plain); err != nil {
		return err
	}
	return b.load(ctx, fmt.Sprintf("beside an import of %d", liveImport), open, func(ctx context.Context) error {
		_, err := b.house.run(ctx, "import", base+".shp", "--layer", "households", "--map", "code=HH_CODE,name=ADDRESS,building=BUILDING", "--json")
		return err
	})
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// load acts for as long as beside lasts, waits until the walls have been told, and
// prints how long it took.
func (b *broadcast) load(ctx context.Context, title string, walls []*wall, beside func(context.Context) error) error {
	acting, stop := context.WithCancel(ctx)
	defer stop()
	var mu sync.Mutex
	var all []acted
	var group errgroup.Group
	begin := time.Now()
	group.Go(func() error {
		tick := time.NewTicker(liveEvery)
		defer tick.Stop()
		var acts errgroup.Group
		for n := 0; ; n++ {
			select {
			case <-acting.Done():
				return acts.Wait()
			case <-tick.C:
			}
			acts.Go(func() error {
				a, err := b.act(ctx, n)
				mu.Lock()
				defer mu.Unlock()
				all = append(all, a)
				return err
			})
		}
	})
	err := beside(ctx)
	stop()
	if err := errors.Join(err, group.Wait()); err != nil {
		return err
	}
	took := time.Since(begin)
	until := time.Now().Add(10 * time.Second)
	for _, w := range walls {
		for _, a := range all {
			w.await(a, until)
		}
	}
	b.print(title, all, walls)
	fmt.Printf("%-22s in %.0f s\n", "", took.Seconds())
	return nil
}

// act supervises a case: the shortest of acts.
func (b *broadcast) act(ctx context.Context, n int) (acted, error) {
	var said struct{ Case lintu.Case }
	a := acted{id: b.cases[n%len(b.cases)].String(), sent: time.Now()}
	var err error
	a.answer, err = b.post(ctx, n, "/api/v1/cases/"+a.id+"/acts", lintu.Action{ID: lintu.NewID(), Act: lintu.ActSupervise, Note: "请尽快"}, &said)
	a.seq = said.Case.Seq
	return a, err
}

// print prints the quantiles over all acts and walls, and forgets what the walls were
// told.
func (b *broadcast) print(title string, all []acted, walls []*wall) {
	var fromAnswer, fromRequest []time.Duration
	missing := 0
	for _, w := range walls {
		for _, a := range all {
			at, ok := w.toldOf(a)
			if !ok {
				missing++
				continue
			}
			fromAnswer, fromRequest = append(fromAnswer, max(0, at.Sub(a.answer))), append(fromRequest, at.Sub(a.sent))
		}
		w.forget()
	}
	fmt.Printf("%-22s %6d %9d %8d   %s; %s\n", title, len(all), len(fromAnswer), missing, quantiles(fromAnswer), quantiles(fromRequest))
}

func quantiles(d []time.Duration) string {
	if len(d) == 0 {
		return "-"
	}
	slices.Sort(d)
	at := func(share float64) float64 {
		return float64(d[min(len(d)-1, int(share*float64(len(d))))].Microseconds()) / 1000
	}
	return fmt.Sprintf("%.0f, %.0f, %.0f, %.0f", at(0.5), at(0.95), at(0.99), at(1))
}
