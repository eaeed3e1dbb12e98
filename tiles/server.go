package tiles

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// Server joins layers into tiles. It implements lintu.TileServer.
type Server struct {
	memory   *Memory
	features lintu.FeatureStore
	cache    *cache
	flights  flights
}

// New makes a tile server that remembers up to cacheBytes of encoded tiles.
func New(memory *Memory, features lintu.FeatureStore, cacheBytes int) *Server {
	return &Server{memory: memory, features: features, cache: newCache(cacheBytes)}
}

// Tile implements lintu.TileServer. All layers of a tile come from one look at the
// present, and the tile is kept under the versions that they had before; a change in
// between only makes a tile be built once more. Tiles of the past are not kept, nor
// those that the store makes because the memory is behind.
func (s *Server) Tile(ctx context.Context, v *lintu.Viewer, names, z, x, y string, at *time.Time) (*lintu.Tile, error) {
	layers, err := ParseLayers(names)
	if err != nil {
		return nil, err
	}
	c, err := ParseCoord(z, x, y)
	if err != nil {
		return nil, err
	}
	parts, err := shown(v, layers)
	if err != nil {
		return nil, err
	}
	parts = drawn(parts, c.Z)
	if at != nil {
		return s.build(ctx, v.Tenant, parts, c, look{}, at)
	}
	seen, err := s.memory.look(ctx, v.Tenant)
	if err != nil {
		return nil, fmt.Errorf("read layer versions: %w", err)
	}
	place, state := keys(v.Tenant, parts, c, seen.versions)
	if t, ok := s.cache.get(place, state); ok {
		return t, nil
	}
	tenant := v.Tenant // the flight may outlive the request of its viewer
	return s.flights.do(ctx, place+state, func(ctx context.Context) (*lintu.Tile, error) {
		t, err := s.build(ctx, tenant, parts, c, seen, nil)
		if err == nil && !slices.ContainsFunc(parts, seen.misses) {
			s.cache.put(place, state, t)
		}
		return t, err
	})
}

// part is what one viewer is shown of a layer.
type part struct {
	layer  lintu.LayerInfo
	within lintu.Territory
}

// shown adds to the layers where the viewer sees them; it fails if one of them
// is not shown at all.
func shown(v *lintu.Viewer, layers []lintu.LayerInfo) ([]part, error) {
	parts := make([]part, len(layers))
	for i, l := range layers {
		within, err := v.Sees(l)
		if err != nil {
			return nil, err
		}
		parts[i] = part{l, within}
	}
	return parts, nil
}

// drawn leaves out the layers that tiles of that zoom never carry.
func drawn(parts []part, zoom int) []part {
	var out []part
	for _, p := range parts {
		if zoom >= p.layer.MinZoom {
			out = append(out, p)
		}
	}
	return out
}

// keys names a tile's place and what is shown of which layers there, and the
// state of what it shows. A territory follows the areas and assignments that
// make it.
func keys(tenant int32, parts []part, c Coord, versions map[lintu.Layer]uint64) (place, state string) {
	var p, s strings.Builder
	fmt.Fprintf(&p, "%d/%d/%d/%d", tenant, c.Z, c.X, c.Y)
	everywhere := true
	for _, x := range parts {
		fmt.Fprintf(&p, "/%s:%s", x.layer.Name, x.within.Key())
		fmt.Fprintf(&s, "@%d", versions[x.layer.Name])
		everywhere = everywhere && x.within.Everywhere
	}
	if !everywhere {
		for _, l := range lintu.Layers {
			if l.Kind == lintu.KindArea || l.Kind == lintu.KindLink {
				fmt.Fprintf(&s, "@%d", versions[l.Name])
			}
		}
	}
	return p.String(), s.String()
}

// build makes all layers at once and joins them: MVT messages written one after the
// other are one message.
func (s *Server) build(ctx context.Context, tenant int32, shown []part, c Coord, seen look, at *time.Time) (*lintu.Tile, error) {
	parts := make([][]byte, len(shown))
	group, ctx := errgroup.WithContext(ctx)
	for i, p := range shown {
		if held := seen.held(p); held != nil {
			parts[i] = held.appendTile(nil, c, 0)
			continue
		}
		group.Go(func() (err error) {
			if parts[i], err = s.memory.store.TileLayer(ctx, tenant, p.layer, p.within, c.Z, c.X, c.Y, at); err != nil {
				err = fmt.Errorf("tile layer %s %d/%d/%d: %w", p.layer.Name, c.Z, c.X, c.Y, err)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return encode(bytes.Join(parts, nil))
}

// encode hashes and compresses a message. The gzip header holds neither name
// nor time, so equal messages give equal bytes.
func encode(mvt []byte) (*lintu.Tile, error) {
	sum := sha256.Sum256(mvt)
	t := &lintu.Tile{MVT: mvt, Hash: hex.EncodeToString(sum[:16])}
	if len(mvt) == 0 {
		return t, nil
	}
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zw.Write(mvt); err != nil {
		return nil, err
	}
	if err := zw.Close(); err != nil {
		return nil, err
	}
	t.Gzip = buf.Bytes()
	return t, nil
}
