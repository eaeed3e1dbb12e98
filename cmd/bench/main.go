// Command bench measures how fast files come in: `lintu import`, with its
// validation, versions, change log and indexes, beside ogr2ogr with PG_USE_COPY,
// which copies rows and makes one index. Both write into the same private
// PostgreSQL with production settings, in turns, so that whatever else the
// machine does meets both. With -audit it measures how fast the chain of the
// audit is verified, with -timers how long the timers of cases need to catch up
// after an outage, with -route how fast pins find who must act, each compared with an
// oracle, and with -replay it plays a city's real reports. With -reports it
// sends reports with photos from simulated phones through a bad network, kills lintu
// and its database meanwhile, and checks that each report is stored exactly once.
// With -live it measures how soon walls are told of what happens, and with -streams
// what idle streams cost. With -scribble it changes the map from several sides while
// tiles are read, and checks that none is stale and all servers give the same bytes.
// what idle streams cost. With -tiles it measures what tiles cost, beside ST_AsMVT and
// beside nginx.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/lintu-map/lintu/sql"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	runs := flag.Int("runs", 3, "how often each file is imported by each program")
	n := flag.Int("households", 1_000_000, "how many households to generate")
	lintu := flag.String("lintu", "bin/lintu", "the program to measure")
	audit := flag.Int("audit", 0, "instead, verify an audit of so many entries")
	timers := flag.Int("timers", 0, "instead, fire the timers of so many cases")
	route := flag.Int("route", 0, "instead, route so many pins over the demo town and compare each with an oracle")
	replay := flag.String("replay", "", "instead, play the reports of Boston in this folder")
	reports := flag.Int("reports", 0, "instead, send so many reports through a bad network")
	phones := flag.Int("phones", 64, "with -reports: from so many phones")
	blows := flag.Int("blows", 60, "with -reports: kill the server or its database so often")
	private := flag.Bool("private", false, "with -reports: on lintu's own database instead of one beside it")
	liveOnes := flag.Bool("live", false, "instead, measure how soon walls are told of acts")
	walls := flag.Int("walls", 200, "with -live: so many")
	streams := flag.Int("streams", 0, "instead, measure the memory of so many idle streams")
	scribbles := flag.Int("scribble", 0, "instead, change the map so often from several sides and check every tile")
	cuts := flag.Int("cuts", 0, "with -scribble: cut the connections that listen so often")
	seed := flag.Uint64("seed", 1, "with -scribble: what the changes are drawn from")
	tileSizes := flag.String("tiles", "", "instead, measure tiles of towns of so many households, e.g. 47000,1000000,10000000")
	each := flag.Duration("each", 2*time.Second, "with -tiles: how long each figure is measured at least")
	source := flag.String("serve-tiles", "", "used by -tiles: serve tiles of a database, from there or from memory")
	drawing := flag.String("drawing", declared, "used by -tiles: with -serve-tiles, as the layers are declared, or plain")
	flag.Parse()
	if *source != "" {
		return serveTiles(ctx, *source, *drawing)
	}
	imports := *audit == 0 && *timers == 0 && *route == 0 && *replay == ""
	if *lintu, err = filepath.Abs(*lintu); err != nil {
		return err
	}
	if *reports > 0 {
		said, err := trial{*reports, *phones, *blows, *private}.run(ctx, *lintu)
		fmt.Print(said)
		return err
	}
	if *scribbles > 0 {
		said, err := scribble{operations: *scribbles, writers: 8, importers: 3, readers: 3, cuts: *cuts, blows: min(*blows, 10), compareTo: 15, thorough: true, seed: *seed}.run(ctx, *lintu)
		fmt.Print(said)
		return err
	}
	if *liveOnes || *streams > 0 {
		return live(ctx, *lintu, *walls, *streams)
	}
	if *tileSizes != "" {
		sizes, err := parseSizes(*tileSizes)
		if err != nil {
			return err
		}
		return (&tileBench{lintu: *lintu, sizes: sizes, each: *each}).run(ctx)
	}
	if _, err := exec.LookPath("ogr2ogr"); err != nil && imports {
		return errors.New("ogr2ogr is missing; please run: sudo apt-get install -y gdal-bin")
	}
	dir, err := os.MkdirTemp("", "lintu-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { // the database's user passes through
		return err
	}
	var files []file
	if imports {
		if files, err = prepare(dir, *n); err != nil {
			return err
		}
	}
	cluster, err := sql.StartCluster(ctx, sql.ClusterConfig{Dir: filepath.Join(dir, "var"), BinDir: os.Getenv("LINTU_PG_BIN")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Stop(context.WithoutCancel(ctx))) }()
	b := &bench{cluster: cluster, lintu: *lintu, data: filepath.Join(dir, "data")}
	switch {
	case *audit > 0:
		return b.audit(ctx, *audit, *runs)
	case *timers > 0:
		return b.timers(ctx, *timers)
	case *route > 0:
		return b.route(ctx, dir, *route)
	case *replay != "":
		return b.replay(ctx, *replay)
	}
	for _, f := range files {
		if err := b.compare(ctx, f, *runs); err != nil {
			return err
		}
	}
	return nil
}

// prepare lays out the files to import: generated ones, and real ones where
// the shared data is.
func prepare(dir string, n int) ([]file, error) {
	for name, st := range map[string]style{"planners": planners, "plain": plain} {
		if err := writeHouseholds(filepath.Join(dir, name), n, st); err != nil {
			return nil, err
		}
	}
	households := []string{"--layer", "households", "--map", "code=HH_CODE,name=ADDRESS,building=BUILDING"}
	files := []file{
		{title: "households, EPSG:4547 and GBK", path: filepath.Join(dir, "planners.shp"), table: "household", flags: households},
		{title: "households, EPSG:4326 and UTF-8", path: filepath.Join(dir, "plain.shp"), table: "household", flags: households},
	}

	shared := os.Getenv("LINTU_SHARED_DATA")
	if shared == "" {
		shared = filepath.Join("..", "shared", "data")
	}
	zip, err := filepath.Abs(filepath.Join(shared, "cambridge", "cambridge_polys_96849.zip"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(zip); err != nil {
		if os.Getenv("CI") == "true" {
			return nil, err
		}
		fmt.Println("skipped: the polygons of Cambridge are not here; LINTU_SHARED_DATA says where they are")
		return files, nil
	}
	return append(files, file{title: "Cambridge, polygons, 2.4 % of them invalid", path: zip, table: "base",
		flags: []string{"--layer", "buildings", "--map", "class=layer", "--skip-refused"}}), nil
}
