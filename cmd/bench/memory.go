package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/lintu-map/lintu/sql"
)

// sampleEvery is how often the memory of the server's processes is looked at.
const sampleEvery = 50 * time.Millisecond

// watchServer samples, until stop is called, how much memory the server's
// processes that work for a database have of their own (RssAnon; what they share
// is the server's), and returns the most of their sum in MB. Where there is no
// /proc it returns 0.
func watchServer(ctx context.Context, db *sql.DB, database string) (stop func() float64) {
	ctx, cancel := context.WithCancel(ctx)
	most := make(chan float64, 1)
	go func() {
		peak := 0.0
		tick := time.NewTicker(sampleEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				most <- peak
				return
			case <-tick.C:
				peak = max(peak, ownMB(ctx, db, database))
			}
		}
	}()
	return func() float64 {
		cancel()
		return <-most
	}
}

// ownMB adds up the memory of all processes of a database but the asking one.
func ownMB(ctx context.Context, db *sql.DB, database string) float64 {
	var pids []int32
	err := db.Owner().QueryRow(ctx, `SELECT coalesce(array_agg(pid), '{}') FROM pg_stat_activity
		WHERE datname = $1 AND pid <> pg_backend_pid()`, database).Scan(&pids)
	if err != nil {
		return 0 // it was told to stop
	}
	sum := 0.0
	for _, pid := range pids {
		sum += anonymousMB(fmt.Sprintf("/proc/%d/status", pid))
	}
	return sum
}

func anonymousMB(status string) float64 {
	f, err := os.Open(status)
	if err != nil {
		return 0 // it has ended
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "RssAnon:"); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024
		}
	}
	return 0
}
