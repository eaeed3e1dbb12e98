package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// scribble is a trial of the tiles: many writers change the map at once, each on ground
// of its own, and look after each commit whether tiles show exactly what they did, while
// others read, listeners are cut and servers killed. In the end all servers must give
// the same bytes.
type scribble struct {
	operations int // so many changes, and a few more
	writers    int // in SQL and by the stores, through the server of this process
	importers  int // over HTTP, through a server of its own process
	readers    int
	cuts       int  // of the connections that listen
	blows      int  // to the servers and the database
	compareTo  int  // the last zoom of which all tiles are compared in the end
	thorough   bool // each layer of them by itself too
	seed       uint64
}

// scribbleTenant is whose map it is.
const scribbleTenant = reportsTenant

// faultsMost is after how many faults a trial ends.
const faultsMost = 20

// run scribbles and returns what happened, for people; an error tells what was wrong.
func (s scribble) run(ctx context.Context, lintuBin string) (said string, err error) {
	dir, err := os.MkdirTemp("", "lintu-bench-")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { // the database's user passes through
		return "", err
	}
	r := &scribbling{scribble: s, counts: map[string]int{}, tags: map[string]string{}}
	defer func() { err = errors.Join(err, r.close()) }()
	if r.desk, err = openDesk(ctx, lintuBin, dir); err == nil {
		err = r.plant(ctx)
	}
	if err == nil {
		err = r.storm(ctx)
	}
	if err == nil && len(r.faults) == 0 {
		err = r.compare(ctx)
	}
	err = errors.Join(err, r.found())
	return r.said(), errors.Join(err, r.logged(err != nil))
}

// scribbling is a trial under way.
type scribbling struct {
	scribble
	*desk
	authors []author
	scenes  []*scene // that change all at once

	done     atomic.Int64 // changes
	shaken   atomic.Int64 // when the last blow was over, Unix ns; in the future while it falls
	dealt    atomic.Bool  // all cuts and blows
	stop     context.CancelCauseFunc
	took     time.Duration
	compared int // tiles, in the end

	mu     sync.Mutex
	counts map[string]int // what happened, by name
	lags   []time.Duration
	tags   map[string]string // hash of the bytes, by tile and tag
	faults []string
}

// author writes until the trial has enough changes.
type author interface {
	write(ctx context.Context) error
}

func (r *scribbling) close() error {
	if r.desk == nil {
		return nil
	}
	return r.desk.close()
}

// storm lets all write and read while cuts and blows fall.
func (r *scribbling) storm(ctx context.Context) error {
	began := time.Now()
	ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	writing, written := context.WithCancel(ctx)
	defer written()
	var group, beside errgroup.Group
	for _, a := range r.authors {
		group.Go(func() error { return r.fatal(a.write(ctx)) })
	}
	group.Go(func() error {
		defer r.dealt.Store(true)
		return r.fatal(r.deal(ctx))
	})
	for i := range r.readers {
		beside.Go(func() error { return r.fatal(r.read(writing, i)) })
	}
	beside.Go(func() error { return r.fatal(r.linger(writing)) })
	for _, server := range []string{r.near, r.far} {
		beside.Go(func() error { return r.fatal(r.stream(writing, server)) })
	}
	err := group.Wait()
	written()
	err = errors.Join(err, beside.Wait())
	r.took = time.Since(began)
	if errors.Is(context.Cause(ctx), errFaults) {
		return nil // they are told by found
	}
	return err
}

var errFaults = errors.New("too many faults")

// fatal ends the trial with an error.
func (r *scribbling) fatal(err error) error {
	if err != nil {
		r.stop(err)
	}
	return err
}

// enough reports whether all changes are made, and all cuts and blows dealt among them.
func (r *scribbling) enough() bool { return int(r.done.Load()) >= r.operations && r.dealt.Load() }

// shakenFor is how long after a blow answers may still fail.
const shakenFor = 20 * time.Second

// errUnavailable is an answer that says that the server cannot answer now.
var errUnavailable = errors.New("not available")

// excuses reports whether a failure may be that of a blow, or of a server that says
// itself that it cannot answer: neither shows anything wrong.
func (r *scribbling) excuses(err error) bool {
	if errors.Is(err, errUnavailable) || lintu.CodeOf(err) == lintu.CodeUnavailable {
		r.tally("answers that the server cannot answer now", 1)
		return true
	}
	return time.Now().UnixNano() < r.shaken.Load()+int64(shakenFor)
}

// tally counts what has happened.
func (r *scribbling) tally(name string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[name] += n
}

// fault notes something that must not be, and ends the trial where there are many.
func (r *scribbling) fault(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fmt.Sprintf("seed %d: ", r.seed)+fmt.Sprintf(format, args...))
	if len(r.faults) >= faultsMost && r.stop != nil {
		r.stop(errFaults)
	}
}

// found are the faults as an error.
func (r *scribbling) found() error {
	if len(r.faults) == 0 {
		return nil
	}
	return fmt.Errorf("%d faults:\n%s", len(r.faults), strings.Join(r.faults, "\n"))
}

// logged looks for panics in what the servers have logged; where something failed, it
// also returns the last errors there.
func (r *scribbling) logged(failed bool) error {
	if r.desk == nil {
		return nil
	}
	var errs []error
	for _, name := range []string{"lintu.log", "here.log"} {
		content, err := os.ReadFile(filepath.Join(r.house.dir, name))
		if err != nil {
			return err
		}
		for _, word := range []string{"panic", "level=ERROR"} {
			if at := bytes.LastIndex(content, []byte(word)); at >= 0 && (failed || word == "panic") {
				errs = append(errs, fmt.Errorf("%s: %.1000s", name, content[at:]))
			}
		}
	}
	return errors.Join(errs...)
}

// said are the figures of the trial.
func (r *scribbling) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d: %d changes by %d writers in %.0f s, and %d tiles compared in the end\n", r.seed, r.done.Load(), len(r.authors), r.took.Seconds(), r.compared)
	for _, name := range slices.Sorted(maps.Keys(r.counts)) {
		fmt.Fprintf(&b, "  %-44s %d\n", name, r.counts[name])
	}
	fmt.Fprintf(&b, "  milliseconds until another server shows a commit, p50, p95, p99 and most: %s\n", quantiles(r.lags))
	return b.String()
}
