package tiles

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/sync/errgroup"

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
	return r.at == nil && r.seen.serial > 0 && !slices.ContainsFunc(r.parts, r.seen.misses)
}

// draw makes all layers of a tile and joins them: MVT messages written one after the
// other are one message.
func (s *Server) draw(ctx context.Context, r *request) (*entry, error) {
	stored, err := s.fetch(ctx, r)
	if err != nil {
		return nil, err
	}
	e := &entry{address: r.address, marks: make([]mark, len(r.parts))}
	var message []byte
	for i, p := range r.parts {
		if held := r.seen.held(p); held != nil {
			e.marks[i].digest = held.digest(r.Coord)
			message = held.appendTile(message, r.Coord, 0)
			continue
		}
		e.marks[i] = mark{xxhash.Sum64(stored[i]), r.seen.version(p)}
		message = append(message, stored[i]...)
	}
	e.tag = tagOf(r.parts, e.marks)
	message = slices.Clip(message)
	e.bodies[lintu.Plain].Store(&message)
	if r.kept() {
		e = s.cache.put(e, r.seen.serial)
	}
	return e, nil
}

// fetch asks the store for the layers that are not in memory, at once.
func (s *Server) fetch(ctx context.Context, r *request) ([][]byte, error) {
	stored := make([][]byte, len(r.parts))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range r.parts {
		if r.seen.held(p) != nil {
			continue
		}
		group.Go(func() (err error) {
			if stored[i], err = s.memory.store.TileLayer(ctx, r.tenant, *p.layer, p.within, r.Z, r.X, r.Y, r.at); err != nil {
				err = fmt.Errorf("tile layer %s %d/%d/%d: %w", p.layer.Name, r.Z, r.X, r.Y, err)
			}
			return err
		})
	}
	return stored, group.Wait()
}
