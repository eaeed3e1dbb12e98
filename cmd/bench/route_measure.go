package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// routeLot is how many answers are written down at once, outside of what is measured.
const routeLot = 5000

// measure routes pins by so many clients at once, and writes down where they went.
func (r *routing) measure(ctx context.Context, clients, from, to int) error {
	took := make([]time.Duration, to-from)
	busy := make([]time.Duration, clients)
	before, err := r.serverCPU(ctx)
	if err != nil {
		return err
	}
	group, inGroup := errgroup.WithContext(ctx)
	for c := range clients {
		first, last := from+(to-from)*c/clients, from+(to-from)*(c+1)/clients
		group.Go(func() (err error) {
			busy[c], err = r.client(inGroup, first, last, took[first-from:last-from])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	after, err := r.serverCPU(ctx)
	if err != nil {
		return err
	}
	rate := 0.0
	for c := range clients {
		rate += float64(to-from) / float64(clients) / busy[c].Seconds()
	}
	slices.Sort(took)
	share := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	fmt.Printf("%d pins by %d at once: %.0f pins/s, p50 %.2f ms, p99 %.2f ms; %.2f ms of the database's CPU each\n",
		len(took), clients, rate, share(0.5), share(0.99), float64((after-before).Microseconds())/1000/float64(len(took)))
	return nil
}

// tick is the unit in which Linux counts the CPU time of a process.
const tick = 10 * time.Millisecond

// serverCPU is what the server's processes that work for the bench have used: what
// else the machine does is not in it. It is 0 where there is no /proc.
func (r *routing) serverCPU(ctx context.Context) (used time.Duration, err error) {
	var pids []int32
	err = r.db.Owner().QueryRow(ctx, `SELECT coalesce(array_agg(pid), '{}') FROM pg_stat_activity WHERE application_name = 'lintu bench'`).Scan(&pids)
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return 0, nil // it has ended, or this is no Linux
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		for _, field := range strings.Fields(rest)[11:13] { // utime and stime
			n, _ := strconv.ParseInt(field, 10, 64)
			used += time.Duration(n) * tick
		}
	}
	return used, err
}

// client routes pins one after the other and returns how long it waited for answers.
func (r *routing) client(ctx context.Context, first, last int, took []time.Duration) (busy time.Duration, err error) {
	var w wentTo
	for i := first; i < last; i++ {
		p := r.pins[i]
		start := time.Now()
		routed, err := r.db.Route(ctx, routeTenant, p.Place, p.category, p.rung)
		if err != nil {
			return 0, err
		}
		took[i-first] = time.Since(start)
		busy += took[i-first]
		if w.add(i+1, routed); len(w.i) == routeLot || i == last-1 {
			if err := r.write(ctx, &w); err != nil {
				return 0, err
			}
		}
	}
	return busy, nil
}

// wentTo are columns of bench_got.
type wentTo struct {
	i, rule                      []int
	areas, doubt, head, handlers []string
}

func (w *wentTo) add(i int, r *lintu.Routed) {
	var areas, doubt []string
	for _, a := range r.Areas {
		areas = append(areas, a.Code)
	}
	for _, a := range r.Doubt {
		doubt = append(doubt, a.Code)
	}
	head, handler, rule := "", "", 0
	if r.Head != nil {
		head = r.Head.Code
	}
	if r.Handler != nil {
		handler = string(r.Handler.Kind) + " " + r.Handler.Code
	}
	if r.Rule != nil {
		rule = r.Rule.Number
	}
	w.i, w.rule, w.head, w.handlers = append(w.i, i), append(w.rule, rule), append(w.head, head), append(w.handlers, handler)
	w.areas, w.doubt = append(w.areas, strings.Join(areas, ",")), append(w.doubt, strings.Join(doubt, ","))
}

func (r *routing) write(ctx context.Context, w *wentTo) error {
	_, err := r.db.Owner().Exec(ctx, `INSERT INTO bench_got SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])`,
		w.i, w.areas, w.doubt, w.head, w.handlers, w.rule)
	*w = wentTo{}
	return err
}
