package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// idleFor is how long the streams stay open without an event: four signs of life.
const idleFor = time.Minute

// idle opens so many streams, prints the server's memory while nothing happens, and
// then how long it takes until all have been told of one act.
func (b *broadcast) idle(ctx context.Context, streams int) error {
	before := b.memory()
	begin := time.Now()
	walls := make([]*wall, streams)
	var opening errgroup.Group
	opening.SetLimit(32)
	for i := range walls {
		opening.Go(func() (err error) {
			walls[i], err = b.openWall(ctx, i)
			return err
		})
	}
	if err := opening.Wait(); err != nil {
		return err
	}
	fmt.Printf("%d streams of %d accounts opened in %.1f s\n", streams, liveAccounts, time.Since(begin).Seconds())
	fmt.Printf("%-28s %s\n%-28s %s\n", "memory before:", before, "just opened:", b.memory())
	var reading sync.WaitGroup
	for _, w := range walls {
		reading.Go(w.read)
	}
	if err := wait(ctx, idleFor); err != nil {
		return err
	}
	fmt.Printf("%-28s %s\n", fmt.Sprintf("after %v idle:", idleFor), b.memory())
	a, err := b.act(ctx, 0)
	if err != nil {
		return err
	}
	for _, w := range walls {
		w.await(a, time.Now().Add(10*time.Second))
	}
	fmt.Println("one act, milliseconds p50, p95, p99 and most: from the answer; from the request")
	b.print("", []acted{a}, walls)
	fmt.Printf("%-28s %s\n", "memory afterwards:", b.memory())
	for _, w := range walls {
		w.conn.Close()
	}
	reading.Wait()
	return nil
}

// memory is the server process' resident memory, and the most it ever was.
func (b *broadcast) memory() string {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.house.cmd.Process.Pid))
	if err != nil {
		return err.Error()
	}
	var now, most float64
	for line := range strings.Lines(string(status)) {
		for name, to := range map[string]*float64{"VmRSS:": &now, "VmHWM:": &most} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				if _, err := fmt.Sscan(rest, to); err != nil {
					return err.Error()
				}
			}
		}
	}
	return fmt.Sprintf("%.0f MB (most %.0f MB)", now/1024, most/1024)
}
