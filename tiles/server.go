package tiles

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/errgroup"

	"github.com/lintu-map/lintu"
)

// Server joins layers into tiles. It implements lintu.TileServer.
type Server struct {
	store    lintu.TileStore
	features lintu.FeatureStore
	versions lintu.LayerVersions
	cache    *cache
	flights  flights
}

// New makes a tile server that remembers up to cacheBytes of encoded tiles.
func New(store lintu.TileStore, features lintu.FeatureStore, versions lintu.LayerVersions, cacheBytes int) *Server {
	return &Server{store: store, features: features, versions: versions, cache: newCache(cacheBytes)}
}

// Tile implements lintu.TileServer. Tiles of the present are kept under the
// versions that their layers had before they were built; a change in between
// only makes a tile be built once more. Tiles of the past are not kept.
func (s *Server) Tile(ctx context.Context, tenant int32, names, z, x, y string, at *time.Time) (*lintu.Tile, error) {
	layers, err := ParseLayers(names)
	if err != nil {
		return nil, err
	}
	c, err := ParseCoord(z, x, y)
	if err != nil {
		return nil, err
	}
	layers = drawn(layers, c.Z)
	if at != nil {
		return s.build(ctx, tenant, layers, c, at)
	}
	versions, err := s.versions.LayerVersions(ctx, tenant)
	if err != nil {
		return nil, fmt.Errorf("read layer versions: %w", err)
	}
	place, state := keys(tenant, layers, c, versions)
	if t, ok := s.cache.get(place, state); ok {
		return t, nil
	}
	return s.flights.do(ctx, place+state, func(ctx context.Context) (*lintu.Tile, error) {
		t, err := s.build(ctx, tenant, layers, c, nil)
		if err == nil {
			s.cache.put(place, state, t)
		}
		return t, err
	})
}

// drawn leaves out the layers that tiles of that zoom never carry.
func drawn(layers []lintu.LayerInfo, zoom int) []lintu.LayerInfo {
	var out []lintu.LayerInfo
	for _, l := range layers {
		if zoom >= l.MinZoom {
			out = append(out, l)
		}
	}
	return out
}

// keys names a tile's place, and the state of the layers that it shows.
func keys(tenant int32, layers []lintu.LayerInfo, c Coord, versions map[lintu.Layer]uint64) (place, state string) {
	var p, s strings.Builder
	fmt.Fprintf(&p, "%d/%d/%d/%d", tenant, c.Z, c.X, c.Y)
	for _, l := range layers {
		fmt.Fprintf(&p, "/%s", l.Name)
		fmt.Fprintf(&s, "@%d", versions[l.Name])
	}
	return p.String(), s.String()
}

// build asks the store for all layers at once and joins the answers: MVT
// messages written one after the other are one message.
func (s *Server) build(ctx context.Context, tenant int32, layers []lintu.LayerInfo, c Coord, at *time.Time) (*lintu.Tile, error) {
	parts := make([][]byte, len(layers))
	group, ctx := errgroup.WithContext(ctx)
	for i, l := range layers {
		group.Go(func() (err error) {
			if parts[i], err = s.store.TileLayer(ctx, tenant, l, c.Z, c.X, c.Y, at); err != nil {
				err = fmt.Errorf("tile layer %s %d/%d/%d: %w", l.Name, c.Z, c.X, c.Y, err)
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
