package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lintu-map/lintu"
)

// tileBench measures what a tile costs: ST_AsMVT alone, lintu by PostGIS, lintu in
// memory, and a warm lintu beside nginx, over the same tiles of the same town.
type tileBench struct {
	lintu string // the program
	sizes []int  // households
	each  time.Duration
	aims  []aim
	sized map[string][]sized // by subject and zoom, for comparing sizes
}

// sized is what one tile cost in a town of some size.
type sized struct {
	households int
	figures    figures
}

// tileZooms are the zooms measured, and how many different tiles of each at most.
var tileZooms = []struct{ zoom, tiles int }{{10, 4}, {12, 40}, {14, 200}, {16, 600}}

// subject is what the tiles show in a measurement.
type subject struct {
	title   string
	layer   lintu.LayerInfo // as it is drawn
	drawing string          // of the server that draws it so
	plain   string          // the statement that ST_AsMVT is measured by; "" for none
}

// alone reports whether tiles are only made, and not sent.
func (s subject) alone() bool { return s.drawing == plainly }

// The drawings that a server can be told.
const (
	declared = "declared" // all layers as they are declared
	plainly  = "plain"    // one feature per row at every zoom
)

// drawPlainly changes the declarations of this process: households are points and
// parcels are drawn from zoom 10 on, as ST_AsMVT does it.
func drawPlainly() {
	for i := range lintu.Layers {
		if l := &lintu.Layers[i]; l.Name == lintu.Households || l.Name == parcelLayer {
			l.MinZoom, l.DetailZoom = tileZooms[0].zoom, tileZooms[0].zoom
		}
	}
}

func subjects() []subject {
	households, _ := lintu.LayerByName(lintu.Households)
	parcels, _ := lintu.LayerByName(parcelLayer)
	points, polygons := households, parcels
	points.DetailZoom = points.MinZoom
	polygons.MinZoom, polygons.DetailZoom = tileZooms[0].zoom, tileZooms[0].zoom
	return []subject{
		{"households as points, made", points, plainly, plainHouseholds},
		{"parcels, made", polygons, plainly, plainParcels},
		{"households as lintu serves them, over HTTP", households, declared, ""},
		{"parcels as lintu serves them, over HTTP", parcels, declared, ""},
	}
}

// parseSizes reads numbers of households, joined by commas.
func parseSizes(text string) ([]int, error) {
	var sizes []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("-tiles wants numbers of households joined by commas, not %q", part)
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

// run measures all sizes and prints at the end which aims were reached. It fails only
// where an answer was wrong.
func (b *tileBench) run(ctx context.Context) error {
	if err := os.Setenv("PATH", os.Getenv("PATH")+":/usr/sbin"); err != nil { // where Debian has nginx
		return err
	}
	for _, program := range []string{"pgbench", "nginx", "wrk"} {
		if _, err := exec.LookPath(program); err != nil {
			return fmt.Errorf("%s is missing; please run: sudo apt-get install -y postgresql nginx-light wrk", program)
		}
	}
	begin := time.Now()
	b.sized = map[string][]sized{}
	for _, n := range b.sizes {
		if err := b.inTown(ctx, n); err != nil {
			return fmt.Errorf("%d households: %w", n, err)
		}
	}
	b.compareSizes()
	printAims(b.aims)
	fmt.Printf("all in %.0f s\n", time.Since(begin).Seconds())
	return nil
}

// inTown makes the town of one size, measures everything in it, and removes it.
func (b *tileBench) inTown(ctx context.Context, households int) (err error) {
	dir, err := os.MkdirTemp("", "lintu-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o711); err != nil { // the database's user passes through
		return err
	}
	h := &house{lintu: b.lintu, dir: dir}
	if h.log, err = os.Create(filepath.Join(dir, "lintu.log")); err != nil {
		return err
	}
	if h.addr, err = freeAddress(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop()) }()
	if err := h.startCluster(ctx); err != nil {
		return err
	}
	h.url = h.cluster.URL()
	t := &tileTown{house: h}
	if err := t.build(ctx, households); err != nil {
		return err
	}
	defer t.db.Close()
	fmt.Printf("\n== %d households, %d parcels of %d corners\n", t.households, t.parcels, parcelCorners)
	m := &tileMeasure{tileTown: t, each: b.each}
	if err := m.cold(ctx, b); err != nil {
		return err
	}
	return m.warm(ctx, b)
}

// cold measures every way to make a tile anew, subject by subject.
func (m *tileMeasure) cold(ctx context.Context, b *tileBench) error {
	all := subjects()
	wants := map[string]map[int]answers{} // by subject and zoom
	for _, s := range all {
		wants[s.title] = map[int]answers{}
		if s.plain == "" {
			continue
		}
		for _, z := range tileZooms {
			want, err := m.plainAnswers(ctx, s, z.zoom)
			if err != nil {
				return err
			}
			wants[s.title][z.zoom] = want
		}
	}
	found := map[string]results{}
	for _, s := range all {
		found[s.title] = results{}
		for _, z := range tileZooms {
			if s.plain == "" {
				continue
			}
			f, err := m.asMVT(ctx, s, z.zoom, wants[s.title][z.zoom])
			if err != nil {
				return err
			}
			found[s.title].add(z.zoom, wayAsMVT, f)
		}
	}
	for _, source := range []string{fromDatabase, fromMemory} {
		for _, drawing := range []string{plainly, declared} {
			if err := m.drawn(ctx, source, drawing, all, wants, found); err != nil {
				return err
			}
		}
	}
	for _, s := range all {
		printResults(s, found[s.title])
		b.judge(m.households, s, found[s.title])
	}
	return nil
}

// drawn measures a server that makes tiles from one source.
func (m *tileMeasure) drawn(ctx context.Context, source, drawing string, all []subject, wants map[string]map[int]answers, found map[string]results) (err error) {
	d, err := m.startDrawer(ctx, source, drawing)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	for _, s := range all {
		for _, z := range tileZooms {
			if s.drawing != drawing || z.zoom < s.layer.MinZoom {
				continue
			}
			err := m.drawnAt(ctx, d, source, s, z.zoom, wants[s.title], found[s.title])
			if source == fromDatabase && errors.Is(err, errLate) {
				fmt.Printf("%s, z%d, %s: not done in time: %v\n", s.title, z.zoom, wayDatabase, err)
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// drawnAt measures all ways of a source at one zoom.
func (m *tileMeasure) drawnAt(ctx context.Context, d *drawer, source string, s subject, zoom int, wants map[int]answers, found results) error {
	check, measure := m.check, m.ask
	if s.alone() {
		check, measure = m.checkDrawing, m.draw
	}
	holds, err := check(ctx, d, s, zoom, wants[zoom])
	if err != nil {
		return err
	}
	wants[zoom] = holds
	for _, way := range waysOf(source) {
		f, err := measure(ctx, d, s, zoom, way)
		if err != nil {
			return err
		}
		f.features = mean(wants[zoom])
		found.add(zoom, way, f)
	}
	return nil
}
