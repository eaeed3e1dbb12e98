package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu"
)

//go:embed tiles_nginx.conf
var nginxConf string

//go:embed tiles_wrk.lua
var wrkScript string

// Of the comparison with nginx.
const (
	warmTurns  = 5   // of each, where there is time
	warmTiles  = 200 // at most, of all zooms
	warmCycles = 40  // how often the list is written down, each time with other headers
)

var warmConnections = []int{16, 64}

// warmRun is what wrk says of one turn.
type warmRun struct {
	Requests, Errors int
	Micros           float64 // it took
	P50, P99         float64 // microseconds
	cpu              time.Duration
}

func (r warmRun) perSecond() float64 { return float64(r.Requests) / r.Micros * 1e6 }

// warmServer is one of the two that send the same bytes.
type warmServer struct {
	name, address string
	accounts      accounts
	runs          []warmRun
}

// warm lets lintu and nginx send the same compressed tiles in turns.
func (m *tileMeasure) warm(ctx context.Context, b *tileBench) (err error) {
	if err := m.house.start(ctx); err != nil {
		return err
	}
	files := filepath.Join(m.house.dir, "files")
	paths, err := m.keepTiles(ctx, files)
	if err != nil {
		return err
	}
	address, stop, pid, err := startNginx(ctx, m.house.dir, files)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	lintuOne := &warmServer{name: "lintu", address: m.house.addr, accounts: accounts{server: m.house.cmd.Process.Pid}}
	nginx := &warmServer{name: "nginx", address: address, accounts: accounts{server: pid, children: true}}
	for _, s := range []*warmServer{lintuOne, nginx} {
		if s.accounts.postmaster, err = m.house.postmaster(); err != nil {
			return err
		}
		if err := m.sendsThese(ctx, s.address, files, paths); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	list := filepath.Join(m.house.dir, "requests.txt")
	if err := os.WriteFile(list, m.warmRequests(paths), 0o600); err != nil {
		return err
	}
	script := filepath.Join(m.house.dir, "wrk.lua")
	if err := os.WriteFile(script, []byte(wrkScript), 0o600); err != nil {
		return err
	}
	fmt.Printf("\nwarm, %d tiles, gzip, over HTTP\n%-14s %-8s %12s %9s %9s %15s\n", len(paths), "connections", "", "requests/s", "p50 ms", "p99 ms", "CPU µs/request")
	for _, connections := range warmConnections {
		lintuOne.runs, nginx.runs = nil, nil
		for range max(1, min(warmTurns, int(m.each/(time.Second/4)))) {
			for _, s := range []*warmServer{lintuOne, nginx} {
				if err := s.turn(ctx, script, list, connections, 2*m.each); err != nil {
					return err
				}
			}
		}
		for _, s := range []*warmServer{lintuOne, nginx} {
			r := s.median()
			fmt.Printf("%-14d %-8s %12.0f %9.2f %9.2f %15.1f\n", connections, s.name, r.perSecond(), r.P50/1000, r.P99/1000, float64(r.cpu.Nanoseconds())/1000/float64(r.Requests))
		}
		b.aims = append(b.aims, aim{fmt.Sprintf("%d households: warm beside nginx, %d connections", m.households, connections), lintuOne.median().perSecond() / nginx.median().perSecond(), 0.9, false})
	}
	return m.sendsThese(ctx, m.house.addr, files, paths)
}

// keepTiles writes what lintu answers into files, for nginx, and returns the paths of
// the tiles that hold something.
func (m *tileMeasure) keepTiles(ctx context.Context, files string) (paths []string, err error) {
	client := m.client(m.house.addr, "gzip")
	defer client.http.CloseIdleConnections()
	for _, z := range tileZooms {
		for _, layer := range []lintu.Layer{lintu.Households, parcelLayer} {
			for i, c := range m.lists[z.zoom] {
				if i >= warmTiles/len(tileZooms)/2 {
					break
				}
				if paths, err = keepTile(ctx, client, files, layer, c, paths); err != nil {
					return nil, err
				}
			}
		}
	}
	return paths, nil
}

func keepTile(ctx context.Context, client *tileClient, files string, layer lintu.Layer, c maptile.Tile, paths []string) ([]string, error) {
	path := tilePath(layer, c)
	body, err := client.get(ctx, path)
	if err != nil || len(body) == 0 {
		return paths, err
	}
	at := filepath.Join(files, path)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		return nil, err
	}
	return append(paths, path), os.WriteFile(at, body, 0o644)
}

// sendsThese asks a server for all tiles and compares them with the files.
func (m *tileMeasure) sendsThese(ctx context.Context, address, files string, paths []string) error {
	client := m.client(address, "gzip")
	defer client.http.CloseIdleConnections()
	for _, path := range paths {
		body, err := client.get(ctx, path)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(filepath.Join(files, path))
		if err != nil {
			return err
		}
		if !bytes.Equal(body, want) {
			return fmt.Errorf("%s: %d bytes that are not the file's %d", path, len(body), len(want))
		}
	}
	return nil
}

// warmRequests lists what wrk asks: path, token, and for whom it was forwarded. They
// change as if many walls asked, each from its place, because nobody may ask for
// thousands of tiles a second.
func (m *tileMeasure) warmRequests(paths []string) []byte {
	var b bytes.Buffer
	for i := range warmCycles * len(paths) {
		wall := i % len(m.tokens)
		fmt.Fprintf(&b, "%s %s %s\n", paths[i%len(paths)], m.tokens[wall], forwardedFor(wall))
	}
	return b.Bytes()
}

// turn lets wrk ask a server for a while.
func (s *warmServer) turn(ctx context.Context, script, list string, connections int, d time.Duration) error {
	before, err := s.accounts.used()
	if err != nil {
		return err
	}
	// wrk counts in whole seconds.
	cmd := exec.CommandContext(ctx, "wrk", "-t2", "-c", strconv.Itoa(connections), "-d", strconv.Itoa(max(1, int(d.Seconds())))+"s", "-s", script, "http://"+s.address, "--", list)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("wrk: %w: %s", err, out)
	}
	after, err := s.accounts.used()
	if err != nil {
		return err
	}
	r := warmRun{cpu: after.sub(before).server}
	_, told, _ := strings.Cut(string(out), "told:")
	if err := json.Unmarshal([]byte(told), &r); err != nil {
		return fmt.Errorf("wrk: %w: %s", err, out)
	}
	if r.Errors > 0 {
		return fmt.Errorf("%s: %d of %d requests failed: %s", s.name, r.Errors, r.Requests, out)
	}
	s.runs = append(s.runs, r)
	return nil
}

// median is the turn of median rate.
func (s *warmServer) median() warmRun {
	slices.SortFunc(s.runs, func(a, b warmRun) int { return int(a.perSecond() - b.perSecond()) })
	return s.runs[len(s.runs)/2]
}

func freeAddress() (string, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return ln.Addr().String(), ln.Close()
}

// startNginx serves files that are compressed already, as fast as it can.
func startNginx(ctx context.Context, dir, files string) (address string, stop func() error, pid int, err error) {
	if address, err = freeAddress(); err != nil {
		return "", nil, 0, err
	}
	conf, log := filepath.Join(dir, "nginx.conf"), filepath.Join(dir, "nginx.log")
	text := strings.NewReplacer("ADDRESS", address, "DIR", dir, "FILES", files).Replace(nginxConf)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return "", nil, 0, err
	}
	var said bytes.Buffer
	cmd := exec.Command("nginx", "-e", log, "-c", conf)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return "", nil, 0, err
	}
	stop = func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		return cmd.Wait()
	}
	for range 100 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return address, stop, cmd.Process.Pid, conn.Close()
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			break
		}
	}
	_ = stop()
	return "", nil, 0, fmt.Errorf("nginx does not listen: %s", said.Bytes())
}
