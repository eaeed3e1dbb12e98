package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu"
)

// pen is what all writers have: ground, an eye, and the server that they write through.
type pen struct {
	*eye
	*ground
	name   string
	server string // that acknowledges what is written
	other  string
	n      int // of the present operation
}

func (r *scribbling) newPen(i int, server, other string) *pen {
	return &pen{eye: r.newEye(uint64(i)), ground: newGround(i), name: fmt.Sprint("writer ", i), server: server, other: other}
}

// moved is a thing before and after a change; zero where there was, or is, nothing.
type moved struct{ old, new thing }

// looksMost is at how many places a writer looks after a commit, at most.
const looksMost = 2

// look checks, after a commit is acknowledged, what tiles show where something changed.
func (p *pen) look(ctx context.Context, what string, changes []moved) error {
	for range min(looksMost, len(changes)) {
		m := changes[p.random.IntN(len(changes))]
		at := m.new
		if at.code == "" || m.old.code != "" && p.random.IntN(2) == 0 {
			at = m.old
		}
		if at.code == "" {
			continue
		}
		tile, layers := p.pick(at)
		if err := p.lookAt(ctx, what, layers, tile); err != nil {
			return err
		}
	}
	if p.random.IntN(6) == 0 {
		return p.lookFromAfar(ctx, what)
	}
	return nil
}

// pick draws a tile that shows a thing, and layers to ask for with it.
func (p *pen) pick(at thing) (maptile.Tile, []lintu.Layer) {
	from := speciesOf(at.layer).from
	zoom := maptile.Zoom(from + p.random.IntN(lintu.MaxZoom-from+1))
	layers := []lintu.Layer{at.layer}
	for range p.random.IntN(4) {
		also := allSpecies[p.random.IntN(len(allSpecies))].layer
		if also != at.layer && (len(layers) == 1 || layers[len(layers)-1] != also) {
			layers = append(layers, also)
		}
	}
	return maptile.At(orb.Point{at.lon, at.lat}, zoom), unique(layers)
}

func unique(layers []lintu.Layer) []lintu.Layer {
	var out []lintu.Layer
	seen := map[lintu.Layer]bool{}
	for _, l := range layers {
		if !seen[l] {
			out = append(out, l)
		}
		seen[l] = true
	}
	return out
}

// lookAt checks a tile of the server that acknowledged the last change.
func (p *pen) lookAt(ctx context.Context, what string, layers []lintu.Layer, t maptile.Tile) error {
	wrong, v, err := p.until(ctx, func() (string, view, error) {
		v, err := p.tile(ctx, p.server, layers, t)
		if err != nil {
			return "", v, err
		}
		return p.check(v, layers, t), v, nil
	})
	if wrong != "" {
		p.fault("%s, operation %d, %s: %s: %s", p.name, p.n, what, v.by, wrong)
	}
	p.tally("tiles looked at after a commit", 1)
	return err
}

// lookFromAfar looks whether counts, or tiles of the other server, show the change.
func (p *pen) lookFromAfar(ctx context.Context, what string) error {
	if p.random.IntN(2) == 0 {
		return p.lookElsewhere(ctx, what)
	}
	layer, zoom := lintu.Households, 11+p.random.IntN(4)
	if p.random.IntN(3) == 0 {
		layer, zoom = lintu.Heads, 12
	}
	wrong, v, err := p.until(ctx, func() (string, view, error) {
		var views []view
		tiles := p.tiles(zoom)
		for _, t := range tiles {
			v, err := p.tile(ctx, p.server, []lintu.Layer{layer}, t)
			if err != nil {
				return "", v, err
			}
			views = append(views, v)
		}
		last := views[len(views)-1]
		for _, v := range views {
			if v.lag != "" {
				last = v
			}
		}
		return p.count(views, tiles, layer), last, nil
	})
	if wrong != "" {
		p.fault("%s, operation %d, %s: counted at zoom %d, last %s: %s", p.name, p.n, what, zoom, v.by, wrong)
	}
	p.tally("counts looked at after a commit", 1)
	return err
}

// until looks until what is seen is right, and is not said to lag: once, where the
// server does not lag. It returns what was wrong at last.
func (p *pen) until(ctx context.Context, look func() (string, view, error)) (wrong string, v view, err error) {
	for end := time.Now().Add(2 * shakenFor); time.Now().Before(end); {
		wrong, v, err = look()
		switch {
		case err != nil && !p.excuses(err):
			return "", v, err
		case err == nil && (wrong == "" || v.lag == ""):
			return wrong, v, nil
		case err == nil:
			p.tally("answers that said by how much they lag", 1)
		}
		if err := wait(ctx, 50*time.Millisecond); err != nil {
			return "", v, nil //nolint:nilerr // the trial has ended
		}
	}
	if err != nil {
		return "", v, err
	}
	return "it still lags after a long time; " + wrong, v, nil
}

// soon is within which a server shows what another has committed.
const soon = time.Second

// lookElsewhere asks another server until it shows what was committed, and notes how
// long that took. An answer that was asked for later than soon must show it, or say
// that it lags.
func (p *pen) lookElsewhere(ctx context.Context, what string) error {
	committed := time.Now()
	at, ok := anyThing(p.things, allSpecies[p.random.IntN(3)].layer, false, p.random)
	if !ok {
		return nil
	}
	tile, layers := p.pick(at)
	for {
		v, err := p.tile(ctx, p.other, layers, tile)
		wrong := ""
		if err == nil {
			wrong = p.check(v, layers, tile)
		}
		switch {
		case err != nil && !p.excuses(err):
			return err
		case err == nil && wrong == "":
			p.mu.Lock()
			p.lags = append(p.lags, time.Since(committed))
			p.mu.Unlock()
			return nil
		case err == nil && v.lag != "":
			p.tally("answers that said by how much they lag", 1)
		case err == nil && v.when.Sub(committed) > soon:
			p.fault("%s, operation %d, %s: %v after the commit %s: %s", p.name, p.n, what, v.when.Sub(committed), v.by, wrong)
			return nil
		}
		if time.Since(committed) > 2*shakenFor {
			p.fault("%s, operation %d, %s: another server still lags: %s: %s", p.name, p.n, what, v.by, wrong)
			return nil
		}
		if err := wait(ctx, 20*time.Millisecond); err != nil {
			return nil //nolint:nilerr // the trial has ended
		}
	}
}

// anyThing draws a thing of a layer, present or gone; false where there is none.
func anyThing(things map[spot]thing, layer lintu.Layer, gone bool, r *rand.Rand) (thing, bool) {
	var all []thing
	for _, t := range things {
		if t.layer == layer && t.gone == gone {
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return thing{}, false
	}
	slices.SortFunc(all, func(a, b thing) int { return strings.Compare(a.code, b.code) }) // the same seed draws the same
	return all[r.IntN(len(all))], true
}
