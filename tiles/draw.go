package tiles

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/lintu-map/lintu"
)

// format is part of every tag. It is raised whenever equal data give other bytes than
// before.
const format = 1

// tagOf hashes the names and digests of a tile's parts.
func tagOf(parts []part, marks []mark) string {
	b := []byte{format}
	for i, p := range parts {
		b = append(append(b, p.layer.Name...), 0)
		b = binary.LittleEndian.AppendUint64(b, marks[i].digest)
	}
	return hex.EncodeToString(binary.BigEndian.AppendUint64(nil, xxhash.Sum64(b)))
}

// marksAt tells the versions of a tile's parts at a look without drawing. Of what the
// store makes it knows those that an older entry has; ok is false if there is another.
func marksAt(parts []part, c Coord, seen *look, old *entry) (marks []mark, ok bool) {
	marks = make([]mark, len(parts))
	for i, p := range parts {
		if held := seen.held(p); held != nil {
			marks[i].digest = held.digest(c)
			continue
		}
		if old == nil || seen.misses(p) || old.marks[i].version != seen.version(p) {
			return nil, false
		}
		marks[i] = old.marks[i]
	}
	return marks, true
}

// request is a tile that is asked for.
type request struct {
	address
	parts []part
	seen  *look      // of the present; &look{} of the past
	at    *time.Time // nil is now
}

// kept reports whether the tile is kept: those of the past are not, nor those that the
// store makes because the memory is behind, whose bytes are others than from memory.
func (r *request) kept() bool {
	return r.at == nil && r.seen.serial > 0 && (r.seen.lag == 0 || !r.seen.behind) && !slices.ContainsFunc(r.parts, r.seen.misses)
}

// draw makes all layers of a tile and joins them: MVT messages written one after the
// other are one message.
func (s *Server) draw(ctx context.Context, r *request) (*entry, error) {
	s.meters.drawn.Inc()
	stored, err := s.fetch(ctx, r)
	if err != nil {
		return nil, err
	}
	d := drafts.Get().(*draft)
	defer drafts.Put(d)
	message := d.bytes[:0]
	layers := make([]drawnLayer, len(r.parts))
	for i, p := range r.parts {
		l, from := &layers[i], len(message)
		l.layer = p.layer
		if held := stored.held[i]; held != nil {
			l.step = firstStep(held, r.Coord, s.mostBytes)
			message = held.appendTile(message, r.Coord, l.step)
		} else {
			message = append(message, stored.bytes[i]...)
		}
		l.bytes = message[from:]
	}
	d.bytes = message
	message, packed, err := s.together(r.Coord, message, layers, func(i, step int) ([]byte, error) {
		if held := stored.held[i]; held != nil {
			return held.appendTile(nil, r.Coord, step), nil
		}
		return s.store(ctx, r, r.parts[i], step)
	})
	if err != nil {
		return nil, err
	}
	e := &entry{address: r.address, marks: marksOf(r, layers, stored), missing: stored.missing, lags: stored.lags}
	e.tag = tagOf(r.parts, e.marks)
	message = bytes.Clone(message)
	e.bodies[lintu.Plain].Store(&message)
	if packed != nil {
		e.bodies[lintu.Gzip].Store(&packed)
	}
	if r.kept() && !e.lags && e.missing == nil {
		e = s.cache.put(e, r.seen.serial)
	}
	return e, nil
}

// marksOf tells the versions of what was drawn. What the store makes has that of its
// bytes, and of how far each layer is reduced, which no bytes of another tell.
func marksOf(r *request, layers []drawnLayer, stored *fetched) []mark {
	var steps []byte
	for i := range layers {
		steps = append(steps, byte(layers[i].step))
	}
	marks := make([]mark, len(r.parts))
	for i, p := range r.parts {
		if held := stored.held[i]; held != nil {
			marks[i].digest = held.digest(r.Coord)
			continue
		}
		if slices.Contains(stored.missing, p.layer.Name) {
			marks[i].digest = missing
			continue
		}
		marks[i] = mark{markOf(xxhash.Sum64(layers[i].bytes), xxhash.Sum64(steps)), r.seen.version(p)}
	}
	return marks
}

// store asks the store for a layer at a step of its reduction.
func (s *Server) store(ctx context.Context, r *request, p part, step int) ([]byte, error) {
	l, _ := p.layer.Reduced(r.Z, step)
	b, err := s.memory.store.TileLayer(ctx, r.tenant, l, p.within, r.Z, r.X, r.Y, r.at)
	if err != nil {
		return nil, fmt.Errorf("tile layer %s %d/%d/%d: %w", l.Name, r.Z, r.X, r.Y, err)
	}
	return b, nil
}
