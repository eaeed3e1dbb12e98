package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"slices"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// plant makes the writers and what must be there before they write.
func (r *scribbling) plant(ctx context.Context) error {
	categories, err := r.db.Categories(ctx, scribbleTenant)
	if err != nil {
		return err
	}
	category := ""
	for _, c := range categories {
		if _, err := categories.Leaf(c.Code); err == nil && c.Visibility != lintu.Restricted {
			category = c.Code
			break
		}
	}
	for i := range r.writers {
		w := &scrivener{pen: r.newPen(i, r.near, r.far)}
		if i < 2 {
			s := &scene{scrivener: w}
			s.tile = maptile.At(s.bound().Center(), 16)
			r.scenes = append(r.scenes, s)
			r.authors = append(r.authors, s)
			continue
		}
		w.cases = caseWriter{pen: w.pen, category: category}
		w.cases.byStores()
		r.authors = append(r.authors, w)
	}
	for i := range r.importers {
		p, err := r.newPlanner(ctx, r.writers+i, category)
		if err != nil {
			return err
		}
		r.authors = append(r.authors, p)
	}
	return nil
}

// newPlanner makes a planner of a street of its own.
func (r *scribbling) newPlanner(ctx context.Context, i int, category string) (*planner, error) {
	p := &planner{pen: r.newPen(i, r.far, r.near)}
	b := p.ground.bound()
	code := fmt.Sprintf("S%d", i)
	_, err := r.db.Owner().Exec(ctx, `WITH done AS (INSERT INTO area (tenant_id, id, version, valid, level, code, name, geom, label, area_m2)
		SELECT $1, $2, 1, tstzrange(clock_timestamp(), NULL), 'street', $3, $3, ST_Multi(g), ST_Centroid(g), ST_Area(g::geography)
		FROM ST_MakeEnvelope($4, $5, $6, $7, 4326) g RETURNING geom)
		INSERT INTO change (tenant_id, kind, new_bounds) SELECT $1, 'streets', box2d(geom) FROM done`,
		scribbleTenant, lintu.NewID(), code, b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	if err != nil {
		return nil, err
	}
	if p.cookie, err = enrol(ctx, r.house, fmt.Sprint("planner-", i), "planner streets/"+code); err != nil {
		return nil, err
	}
	p.cases = caseWriter{pen: p.pen, category: category}
	p.cases.byHTTP(p.post)
	return p, nil
}

// compare checks that the two servers, and one that is started now, give the same
// bytes under the same tags, and that these show what the database says.
func (r *scribbling) compare(ctx context.Context) error {
	fresh, err := r.another(ctx)
	if err != nil {
		return err
	}
	err = r.compareAll(ctx, []string{r.near, r.far, "http://" + fresh.addr})
	if stopped := fresh.killLintu(); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	return r.compareOracle(ctx)
}

// another starts a third server on the same database.
func (r *scribbling) another(ctx context.Context) (*house, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := *r.house
	h.addr, h.url, h.cmd = ln.Addr().String(), h.cluster.URL(), nil
	if err := ln.Close(); err != nil {
		return nil, err
	}
	return &h, h.start(ctx)
}

// comparison is a tile to compare.
type comparison struct {
	layers []lintu.Layer
	tile   maptile.Tile
}

// comparisons are all tiles to compareTo, and beyond it some around what is there.
func (r *scribbling) comparisons() []comparison {
	var all []comparison
	for z := range lintu.MaxZoom + 1 {
		var tiles []maptile.Tile
		whole := &ground{west: groundWest, south: groundSouth}
		b := whole.bound()
		b.Max[0] += groundStep * (groundsInRow - 1)
		b.Max[1] += groundStep * float64((r.writers+r.importers)/groundsInRow)
		if z <= r.compareTo {
			nw, se := maptile.At(b.LeftTop(), maptile.Zoom(z)), maptile.At(b.RightBottom(), maptile.Zoom(z))
			for x := nw.X; x <= se.X; x++ {
				for y := nw.Y; y <= se.Y; y++ {
					tiles = append(tiles, maptile.New(x, y, maptile.Zoom(z)))
				}
			}
		} else {
			tiles = r.sample(z)
		}
		var names []lintu.Layer
		for _, l := range lintu.Layers {
			names = append(names, l.Name)
		}
		for _, t := range tiles {
			all = append(all, comparison{names, t})
			for _, l := range lintu.Layers {
				if r.thorough && z >= l.MinZoom {
					all = append(all, comparison{[]lintu.Layer{l.Name}, t})
				}
			}
		}
	}
	return all
}

// samplesMost is how many things of one ground are looked at closely, at most.
const samplesMost = 20

// sample are tiles of a high zoom, around what is there.
func (r *scribbling) sample(z int) []maptile.Tile {
	seen := map[maptile.Tile]bool{}
	for _, a := range r.authors {
		g := groundOf(a)
		n := 0
		for _, t := range g.things {
			if n++; n > samplesMost {
				break
			}
			seen[maptile.At(t.bound().Center(), maptile.Zoom(z))] = true
		}
	}
	var tiles []maptile.Tile
	for t := range seen {
		tiles = append(tiles, t)
	}
	return tiles
}

func groundOf(a author) *ground {
	switch a := a.(type) {
	case *scene:
		return a.ground
	case *scrivener:
		return a.ground
	case *planner:
		return a.ground
	}
	return nil
}

// compareAll compares the tiles of servers.
func (r *scribbling) compareAll(ctx context.Context, servers []string) error {
	ctx, r.stop = context.WithCancelCause(ctx)
	defer r.stop(nil)
	work := make(chan comparison)
	var group errgroup.Group
	for i := range 4 {
		group.Go(func() error {
			e := r.newEye(uint64(2000 + i))
			for c := range work {
				if err := e.compareOne(ctx, servers, c); err != nil {
					return r.fatal(err)
				}
			}
			return nil
		})
	}
	for _, c := range r.comparisons() {
		select {
		case work <- c:
			r.compared++
		case <-ctx.Done():
		}
	}
	close(work)
	if err := group.Wait(); err != nil && len(r.faults) == 0 {
		return err
	}
	return nil
}

func (e *eye) compareOne(ctx context.Context, servers []string, c comparison) error {
	var views []view
	for _, server := range servers {
		clear(e.kept) // the whole is asked for
		v, err := e.tile(ctx, server, c.layers, c.tile)
		if err != nil {
			return err
		}
		views = append(views, v)
	}
	for _, v := range views[1:] {
		if !bytes.Equal(v.mvt, views[0].mvt) {
			e.fault("in the end %s, and %s: the bytes differ:\n%s", views[0].by, v.by, difference(views[0], v))
		} else if bareTag(v.tag) != bareTag(views[0].tag) {
			e.fault("in the end %s, and %s: the tags differ", views[0].by, v.by)
		}
	}
	return nil
}

// bareTag is a tag without the quotes, and without what tells codings apart.
func bareTag(tag string) string {
	name, _, _ := bytes.Cut(bytes.Trim([]byte(tag), `W/"`), []byte("-"))
	return string(name)
}

// difference tells in what two tiles differ.
func difference(a, b view) string {
	x, errX := layersOf(a)
	y, errY := layersOf(b)
	if errX != nil || errY != nil {
		return fmt.Sprint(errX, errY)
	}
	for name, l := range x {
		other := y[name]
		if other == nil {
			return name + " is in the first only"
		}
		if len(l.Features) != len(other.Features) {
			return fmt.Sprintf("%s has %d and %d features", name, len(l.Features), len(other.Features))
		}
		for i, f := range l.Features {
			if g := other.Features[i]; fmt.Sprint(f.Properties, f.Geometry) != fmt.Sprint(g.Properties, g.Geometry) {
				return fmt.Sprintf("%s, feature %d: %.300s and %.300s", name, i, fmt.Sprint(f.Properties, f.Geometry), fmt.Sprint(g.Properties, g.Geometry))
			}
		}
	}
	return fmt.Sprintf("%d and %d layers, the same features", len(x), len(y))
}

// oracleTiles is how many tiles are drawn to compare with those of the database.
const oracleTiles = 4000

// compareOracle compares tiles with what the database makes: the same features and
// values.
func (r *scribbling) compareOracle(ctx context.Context) error {
	all := r.comparisons()
	e, reader := r.newEye(3000), sql.NewReader(r.db)
	for range min(oracleTiles, len(all)) {
		c := all[e.random.IntN(len(all))]
		l := lintu.Layers[e.random.IntN(len(lintu.Layers))]
		if int(c.tile.Z) < oracleFrom(l.Name) {
			continue
		}
		r.tally("tiles compared with those of the database", 1)
		clear(e.kept)
		v, err := e.tile(ctx, r.near, []lintu.Layer{l.Name}, c.tile)
		if err != nil {
			return err
		}
		want, err := reader.TileLayer(ctx, scribbleTenant, l, lintu.Jurisdiction, int(c.tile.Z), int(c.tile.X), int(c.tile.Y), nil)
		if err != nil {
			return err
		}
		got, has := valuesOf(v.mvt), valuesOf(want)
		if !slices.Equal(got, has) {
			e.fault("in the end %s: it shows %d values and the database %d: %.300q, %.300q", v.by, len(got), len(has), got, has)
		}
	}
	return nil
}

// oracleFrom is the zoom from which nothing of a layer is so small that one draws it and the
// other does not.
func oracleFrom(l lintu.Layer) int {
	if s := speciesOf(l); s.table != "" && s.half > 0 {
		return s.from
	}
	info, _ := lintu.LayerByName(l)
	return info.MinZoom
}

// valuesOf are the properties of a tile's features, in order.
func valuesOf(tile []byte) []string {
	layers, err := mvt.Unmarshal(tile)
	if err != nil {
		return []string{err.Error()}
	}
	var all []string
	for _, l := range layers {
		for _, f := range l.Features {
			all = append(all, l.Name+fmt.Sprint(f.Properties))
		}
	}
	slices.Sort(all)
	return all
}
