package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/tiles"
)

// order tells a server for measuring to make tiles without sending them: a whole list
// until it is time, at least once.
type order struct {
	Layer  lintu.Layer
	List   maptile.Tiles
	Coding lintu.Coding
	For    time.Duration
	Count  bool // the features, and unpack what is packed
}

// drawOrders does what stands in in, and answers each with a line of JSON.
func drawOrders(ctx context.Context, memory *tiles.Memory, in io.Reader, out io.Writer) error {
	orders := json.NewDecoder(in)
	for ctx.Err() == nil {
		var o order
		if err := orders.Decode(&o); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		done, err := o.do(ctx, memory)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(out).Encode(done); err != nil {
			return err
		}
	}
	return nil
}

func (o *order) do(ctx context.Context, memory *tiles.Memory) (done askedTiles, err error) {
	l, _ := lintu.LayerByName(o.Layer)
	for begin := time.Now(); len(done.Took) == 0 || time.Since(begin) < o.For; {
		for _, c := range o.List {
			start := time.Now()
			mvt, err := memory.TileLayer(ctx, reportsTenant, l, lintu.Territory{Everywhere: true}, int(c.Z), int(c.X), int(c.Y), nil)
			if lintu.CodeOf(err) == lintu.CodeUnavailable {
				return askedTiles{Late: err.Error()}, nil
			}
			if err != nil {
				return done, err
			}
			body, err := tiles.Compress(mvt, o.Coding)
			if err != nil {
				return done, err
			}
			done.Took = append(done.Took, time.Since(start))
			done.Bytes += len(body)
			if o.Count {
				if err := done.count(mvt, body, o.Coding); err != nil {
					return done, err
				}
			}
		}
	}
	return done, nil
}

func (a *askedTiles) count(mvt, body []byte, coding lintu.Coding) error {
	n, err := countFeatures(mvt)
	a.Features = append(a.Features, n)
	if err == nil && coding == lintu.Gzip && len(mvt) > 0 {
		err = unpacksTo(body, mvt)
	}
	return err
}

// order has a server make tiles.
func (d *drawer) order(o order) (done askedTiles, err error) {
	if err := json.NewEncoder(d.in).Encode(o); err != nil {
		return done, err
	}
	answer, err := d.out.ReadBytes('\n')
	if err != nil {
		return done, fmt.Errorf("the server of tiles ended: %w: %s", err, d.last())
	}
	if err := json.Unmarshal(answer, &done); err != nil {
		return done, err
	}
	if done.Late != "" {
		return done, fmt.Errorf("%w: %s", errLate, done.Late)
	}
	return done, nil
}

// checkDrawing is check without HTTP.
func (m *tileMeasure) checkDrawing(_ context.Context, d *drawer, s subject, zoom int, want answers) (answers, error) {
	done, err := d.order(order{Layer: s.layer.Name, List: m.lists[zoom], Coding: lintu.Gzip, Count: true})
	if err != nil {
		return nil, err
	}
	return done.Features, m.compare(s, zoom, done.Features, want)
}

// draw measures a server that makes the tiles of a list without sending them.
func (m *tileMeasure) draw(_ context.Context, d *drawer, s subject, zoom int, way string) (figures, error) {
	o := order{Layer: s.layer.Name, List: m.lists[zoom], For: m.each}
	if way == wayGzip {
		o.Coding = lintu.Gzip
	}
	return d.measure(len(o.List), func() (askedTiles, error) { return d.order(o) })
}
