package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/lintu-map/lintu/sql"
)

// file is one file to import.
type file struct {
	title, path string
	flags       []string // of lintu import
	table       string   // where lintu's rows arrive
}

// result is one import by one program.
type result struct {
	seconds  float64
	rows     int64
	peakMB   float64 // most memory of the program itself
	serverMB float64 // most memory of the server's processes that worked for it, without what all share
}

func (r result) rate() float64 { return float64(r.rows) / r.seconds }

type bench struct {
	cluster *sql.Cluster
	lintu   string // the program
	data    string // where it keeps what it received
	made    int
}

// compare imports f in turns and prints each run and the medians.
func (b *bench) compare(ctx context.Context, f file, runs int) error {
	fmt.Printf("\n%s\n%-10s %10s %10s %12s %10s %10s\n", f.title, "", "features", "seconds", "features/s", "peak MB", "server MB")
	ways := []struct {
		name string
		do   func(context.Context, file) (result, error)
	}{{"ogr2ogr", b.ogr2ogr}, {"lintu", b.importFile}}
	medians := make([]result, len(ways))
	all := make([][]result, len(ways))
	for range runs {
		for w, way := range ways {
			r, err := way.do(ctx, f)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", f.title, way.name, err)
			}
			all[w] = append(all[w], r)
			fmt.Printf("%-10s %10d %10.2f %12.0f %10.0f %10.0f\n", way.name, r.rows, r.seconds, r.rate(), r.peakMB, r.serverMB)
		}
	}
	for w := range ways {
		sort.Slice(all[w], func(i, j int) bool { return all[w][i].rate() < all[w][j].rate() })
		medians[w] = all[w][len(all[w])/2]
	}
	fmt.Printf("median: lintu %.0f features/s, ogr2ogr %.0f: %.2f times as fast, %.2f times the memory, %.2f times with the server's\n",
		medians[1].rate(), medians[0].rate(), medians[1].rate()/medians[0].rate(), medians[1].peakMB/medians[0].peakMB,
		(medians[1].peakMB+medians[1].serverMB)/(medians[0].peakMB+medians[0].serverMB))
	return nil
}

func (b *bench) ogr2ogr(ctx context.Context, f file) (result, error) {
	return b.inDatabase(ctx, false, "imported", func(u *url.URL) *exec.Cmd {
		q := u.Query()
		to := fmt.Sprintf("PG:host=%s port=%s user=%s dbname=%s", q.Get("host"), q.Get("port"), q.Get("user"), strings.TrimPrefix(u.Path, "/"))
		args := []string{"-f", "PostgreSQL", to, strings.TrimSuffix(f.path, ".zip"), "-nln", "imported", "-t_srs", "EPSG:4326"}
		if strings.HasSuffix(f.path, ".zip") {
			args[3] = "/vsizip/" + f.path
			args = append(args, "-nlt", "PROMOTE_TO_MULTI")
		}
		cmd := exec.CommandContext(ctx, "ogr2ogr", args...)
		cmd.Env = append(os.Environ(), "PG_USE_COPY=YES")
		return cmd
	})
}

func (b *bench) importFile(ctx context.Context, f file) (result, error) {
	return b.inDatabase(ctx, true, f.table, func(u *url.URL) *exec.Cmd {
		cmd := exec.CommandContext(ctx, b.lintu, append([]string{"import", f.path, "--json"}, f.flags...)...)
		cmd.Env = append(os.Environ(), "LINTU_LANG=en", "LINTU_DATA="+b.data, "LINTU_DATABASE_URL="+u.String())
		return cmd
	})
}

// inDatabase runs a program on a fresh database, which is migrated beforehand
// for lintu, and counts what has arrived in the table.
func (b *bench) inDatabase(ctx context.Context, migrated bool, table string, program func(*url.URL) *exec.Cmd) (r result, err error) {
	b.made++
	name := fmt.Sprintf("bench_%d", b.made)
	// No checkpoint of the run before shall fall into this one.
	if err := b.admin(ctx, "postgres", "create database "+name+" owner lintu", "checkpoint"); err != nil {
		return r, err
	}
	defer func() {
		if dropErr := b.admin(context.WithoutCancel(ctx), "postgres", "drop database "+name+" with (force)"); err == nil {
			err = dropErr
		}
	}()
	if err := b.admin(ctx, name, "create extension postgis"); err != nil {
		return r, err
	}
	u, err := url.Parse(b.cluster.URL())
	if err != nil {
		return r, err
	}
	u.Path = "/" + name
	db, err := sql.Open(ctx, u.String(), sql.Options{AppName: "lintu bench", Conns: 1})
	if err != nil {
		return r, err
	}
	defer db.Close()
	if migrated {
		if err := db.Migrate(ctx); err != nil {
			return r, err
		}
	}
	stop := watchServer(ctx, db, name)
	r, err = measure(program(u))
	r.serverMB = stop()
	if err != nil {
		return r, err
	}
	return r, db.Owner().QueryRow(ctx, "select count(*) from "+table).Scan(&r.rows)
}

// measure runs the program to its end.
func measure(cmd *exec.Cmd) (result, error) {
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	start := time.Now()
	if err := cmd.Run(); err != nil {
		return result{}, fmt.Errorf("%w: %s", err, said.Bytes()[max(0, said.Len()-2000):])
	}
	r := result{seconds: time.Since(start).Seconds()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.peakMB = float64(usage.Maxrss) / 1024 // kilobytes on Linux
	}
	return r, nil
}

func (b *bench) admin(ctx context.Context, database string, statements ...string) error {
	u, err := b.cluster.AdminURL(database)
	if err != nil {
		return err
	}
	db, err := sql.Open(ctx, u, sql.Options{AppName: "lintu bench", Conns: 1})
	if err != nil {
		return err
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Owner().Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
