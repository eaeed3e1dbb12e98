package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The statements that a plain tile server would send, with the attributes of lintu's
// tiles. Z, X and Y stand for the tile. A unit more than the buffer is looked through,
// because what lies there may round into it.
const (
	plainHouseholds = `SELECT id, code, name, head, ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(Z, X, Y), 4096, 64, true) AS geom` +
		` FROM bench_household WHERE geom && ST_Transform(ST_TileEnvelope(Z, X, Y, margin => 65.0 / 4096), 4326)`
	plainParcels = `SELECT id::text AS id, name, class, floors, ST_AsMVTGeom(ST_Transform(geom, 3857), ST_TileEnvelope(Z, X, Y), 4096, 64, true) AS geom` +
		` FROM base WHERE layer = 'buildings' AND upper_inf(valid) AND geom && ST_Transform(ST_TileEnvelope(Z, X, Y, margin => 65.0 / 4096), 4326)`
)

// plainSQL is the statement for one tile. shown is what is to be known of it.
func (s subject) plainSQL(shown, z, x, y string) string {
	rows := strings.NewReplacer("Z", z, "X", x, "Y", y).Replace(s.plain)
	return fmt.Sprintf("SELECT "+shown+" FROM (%s) t", fmt.Sprintf("ST_AsMVT(t, '%s', 4096, 'geom')", s.layer.Name), rows)
}

// plainAnswers asks PostGIS for each tile of a list once.
func (m *tileMeasure) plainAnswers(ctx context.Context, s subject, zoom int) (answers, error) {
	var want answers
	for _, c := range m.lists[zoom] {
		var mvt []byte
		statement := s.plainSQL("%s", "$1::int", "$2::int", "$3::int")
		if err := m.db.Owner().QueryRow(ctx, statement, int(c.Z), int(c.X), int(c.Y)).Scan(&mvt); err != nil {
			return nil, err
		}
		n, err := countFeatures(mvt)
		if err != nil {
			return nil, err
		}
		want = append(want, n)
	}
	return want, nil
}

// asMVT measures ST_AsMVT alone by pgbench: two runs over the list, and what the longer
// one cost more, so that beginning a session is not counted. The tile stays in the
// database: only its length is sent.
func (m *tileMeasure) asMVT(ctx context.Context, s subject, zoom int, want answers) (figures, error) {
	script := filepath.Join(m.house.dir, "tile.sql")
	if err := os.WriteFile(script, []byte(m.pgbenchScript(s, zoom)), 0o644); err != nil {
		return figures{}, err
	}
	short, err := m.pgbench(ctx, script, 1, len(want))
	if err != nil {
		return figures{}, err
	}
	rounds := 1 + max(1, int(m.each/max(short.elapsed, time.Millisecond)))
	long, err := m.pgbench(ctx, script, rounds, len(want))
	if err != nil {
		return figures{}, err
	}
	n := float64((rounds - 1) * len(want))
	f := figures{cpu: long.cpu.sub(short.cpu).scaled(1 / n), tiles: len(want), asked: rounds * len(want)}
	f.perSecond = float64(f.asked) / long.elapsed.Seconds()
	f.p50, f.p99 = halfAndMost(long.took)
	var bytes int64
	for _, c := range m.lists[zoom] {
		var n int64
		if err := m.db.Owner().QueryRow(ctx, s.plainSQL("octet_length(%s)", "$1::int", "$2::int", "$3::int"), int(c.Z), int(c.X), int(c.Y)).Scan(&n); err != nil {
			return figures{}, err
		}
		bytes += n
	}
	f.bytes = float64(bytes) / float64(len(want))
	f.features = mean(want)
	return f, nil
}

func mean(n answers) float64 {
	sum := 0
	for _, v := range n {
		sum += v
	}
	return float64(sum) / float64(max(1, len(n)))
}

// pgbenchScript goes through the list of tiles, one at each transaction.
func (m *tileMeasure) pgbenchScript(s subject, zoom int) string {
	var b strings.Builder
	list := m.lists[zoom]
	fmt.Fprintf(&b, "\\set n (:n + 1) %% %d\n", len(list))
	for _, axis := range []string{"x", "y"} {
		fmt.Fprintf(&b, "\\set %s case", axis)
		for i, c := range list {
			v := c.X
			if axis == "y" {
				v = c.Y
			}
			fmt.Fprintf(&b, " when :n = %d then %d", i, v)
		}
		b.WriteString(" end\n")
	}
	b.WriteString(s.plainSQL("octet_length(%s)", strconv.Itoa(zoom), ":x", ":y") + ";\n")
	return b.String()
}

// benched is a run of pgbench.
type benched struct {
	cpu     cpu
	elapsed time.Duration // of the transactions
	took    []time.Duration
}

// pgbench runs a script for so many rounds over the list, by one client.
func (m *tileMeasure) pgbench(ctx context.Context, script string, rounds, list int) (r benched, err error) {
	u, err := url.Parse(m.house.cluster.URL())
	if err != nil {
		return r, err
	}
	postmaster, err := m.house.postmaster()
	if err != nil {
		return r, err
	}
	db, q := accounts{postmaster: postmaster}, u.Query()
	prefix := filepath.Join(m.house.dir, "pgbench")
	cmd := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", "-c", "1", "-D", "n=-1", "-t", strconv.Itoa(rounds*list), "-f", script, "-l", "--log-prefix="+prefix)
	cmd.Env = append(os.Environ(), "PGHOST="+q.Get("host"), "PGPORT="+q.Get("port"), "PGUSER="+q.Get("user"), "PGDATABASE="+strings.TrimPrefix(u.Path, "/"),
		"PGOPTIONS=-c jit=off -c max_parallel_workers_per_gather=0")
	before, err := db.used()
	if err != nil {
		return r, err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return r, fmt.Errorf("pgbench: %w: %s", err, out[max(0, len(out)-1000):])
	}
	after, err := db.used()
	if err != nil {
		return r, err
	}
	r.cpu = after.sub(before)
	if r.took, err = pgbenchLog(prefix); err != nil {
		return r, err
	}
	if len(r.took) != rounds*list {
		return r, fmt.Errorf("pgbench: %d transactions instead of %d", len(r.took), rounds*list)
	}
	for _, t := range r.took {
		r.elapsed += t
	}
	return r, nil
}

// pgbenchLog reads how long each transaction took, and removes the log.
func pgbenchLog(prefix string) (took []time.Duration, err error) {
	logs, err := filepath.Glob(prefix + ".*")
	for _, log := range logs {
		content, readErr := os.ReadFile(log)
		err = errors.Join(err, readErr, os.Remove(log))
		for line := range bytes.Lines(content) {
			if f := bytes.Fields(line); len(f) > 2 {
				us, _ := strconv.Atoi(string(f[2]))
				took = append(took, time.Duration(us)*time.Microsecond)
			}
		}
	}
	return slices.Clip(took), err
}
