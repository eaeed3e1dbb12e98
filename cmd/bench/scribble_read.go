package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu"
)

// scene is a piece of ground on which one transaction after the other renames a thing
// of each layer at once: no tile may show two of them.
type scene struct {
	*scrivener
	tile maptile.Tile // that shows all of it
	acts int
}

// staged are the layers of a scene that are drawn from one look at the memory.
var staged = []lintu.Layer{lintu.Households, lintu.Heads, lintu.Units, lintu.Buildings, lintu.Water, lintu.Green, lintu.Grids, lintu.Cells}

// write implements author.
func (s *scene) write(ctx context.Context) error {
	for !s.enough() && ctx.Err() == nil {
		s.n++
		if err := s.act(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			if !s.excuses(err) {
				return fmt.Errorf("%s, operation %d: %w", s.name, s.n, err)
			}
			if err := s.recover(ctx); err != nil {
				return err
			}
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			return nil //nolint:nilerr // the trial has ended
		}
	}
	return nil
}

// act renames all things at once.
func (s *scene) act(ctx context.Context) error {
	s.acts++
	tx, err := s.db.Owner().Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after a commit there is nothing to roll back
	do := func(sql string, args ...any) error {
		_, err := tx.Exec(ctx, sql, args...)
		return err
	}
	d := &draft{next: maps.Clone(s.things)}
	for _, name := range staged {
		sort := speciesOf(name)
		at := spot{name, s.mark + string(name)}
		if old, ok := d.next[at]; ok {
			err = s.renameTo(do, d, sort, old, strconv.Itoa(s.acts))
		} else {
			err = s.insertAt(do, d, sort, at.code, s.centre(), strconv.Itoa(s.acts))
		}
		if err != nil {
			return err
		}
	}
	if err := s.log(do, d); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	s.done.Add(int64(len(staged)))
	s.tally("scenes that changed at once", 1)
	s.things = d.next
	return s.lookAt(ctx, "scene", staged, s.tile)
}

func (s *scene) centre() orb.Point { return s.tile.Bound().Center() }

// read reads tiles until ctx ends: they parse, and show scenes as they are or will be.
func (r *scribbling) read(ctx context.Context, i int) error {
	e := r.newEye(uint64(1000 + i))
	seen := map[string]int{} // the latest act, by server and scene
	for ctx.Err() == nil {
		server := []string{e.near, e.far}[e.random.IntN(2)]
		var err error
		if n := e.random.IntN(4); n > 0 && len(r.scenes) > 0 {
			err = e.watch(ctx, server, r.scenes[e.random.IntN(len(r.scenes))], seen)
		} else {
			err = e.glance(ctx, server)
		}
		if err != nil && ctx.Err() == nil {
			if !r.excuses(err) {
				return fmt.Errorf("reader %d: %w", i, err)
			}
			if err := wait(ctx, 50*time.Millisecond); err != nil {
				return nil //nolint:nilerr // the trial has ended
			}
		}
	}
	return nil
}

// glance reads any tile of any layers.
func (e *eye) glance(ctx context.Context, server string) error {
	zoom := maptile.Zoom(e.random.IntN(lintu.MaxZoom + 1))
	var layers []lintu.Layer
	for _, l := range lintu.Layers {
		if e.random.IntN(4) == 0 {
			layers = append(layers, l.Name)
		}
	}
	if len(layers) == 0 {
		return nil
	}
	at := orb.Point{groundWest + groundStep*groundsInRow*e.random.Float64(), groundSouth + groundStep*3*e.random.Float64()}
	v, err := e.tile(ctx, server, layers, maptile.At(at, zoom))
	if err != nil {
		return err
	}
	_, err = layersOf(v)
	e.tally("tiles read meanwhile", 1)
	return err
}

// watch reads a tile of a scene, and checks that it shows one act of it, and none
// before what that server has shown already.
func (e *eye) watch(ctx context.Context, server string, s *scene, seen map[string]int) error {
	var layers []lintu.Layer
	for _, i := range e.random.Perm(len(staged))[:2+e.random.IntN(len(staged)-1)] {
		layers = append(layers, staged[i])
	}
	v, err := e.tile(ctx, server, layers, s.tile)
	if err != nil {
		return err
	}
	found, err := layersOf(v)
	if err != nil {
		return err
	}
	e.tally("scenes read meanwhile", 1)
	acts := map[string]bool{}
	for _, l := range layers {
		if found[string(l)] == nil {
			continue
		}
		for _, f := range found[string(l)].Features {
			if strings.HasPrefix(codeOf(f.Properties), s.mark) {
				name := fmt.Sprint(f.Properties["name"])
				acts[name[strings.LastIndex(name, " ")+1:]] = true
			}
		}
	}
	if len(acts) > 1 {
		e.fault("%s: it shows several acts of a scene: %v", v.by, slices.Sorted(maps.Keys(acts)))
		return nil
	}
	for act := range acts {
		n, _ := strconv.Atoi(act)
		key := server + s.mark
		if n < seen[key] && v.lag == "" {
			e.fault("%s: it shows act %d of a scene, and act %d was shown before", v.by, n, seen[key])
		}
		seen[key] = max(seen[key], n)
	}
	return nil
}

// stream keeps a stream of events of a server open, as walls do: while there is one,
// the server listens.
func (r *scribbling) stream(ctx context.Context, server string) error {
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/api/v1/events", nil)
		if err != nil {
			return err
		}
		req.Header.Set("Cookie", r.cookies[0])
		if res, err := http.DefaultClient.Do(req); err == nil {
			_, _ = io.Copy(io.Discard, res.Body) // ends with the server
			res.Body.Close()
		}
		if err := wait(ctx, 100*time.Millisecond); err != nil {
			return nil //nolint:nilerr // the trial has ended
		}
	}
	return nil
}
