package tiles

import (
	"slices"

	"github.com/lintu-map/lintu"
)

// mostBytes is how many a tile may have, packed by gzip.
const mostBytes = 200_000

// noticeRoom is more than what the layer that tells of reductions takes of them.
const noticeRoom = 2_000

// What spares packing a tile to learn what is sure: nothing is packed to less than a
// sixteenth, and what a step leaves away is packed at most twice as badly as the rest.
const (
	bestPacking  = 16
	worstOfSteps = 2
)

// leastPacked is less than a row drawn by itself takes when it is packed: half of the
// digits of its id are random.
const leastPacked = 16

// firstStep is the first step of the reduction at which a tile may have the layer: what
// is known to be too large is not drawn.
func firstStep(held heldLayer, c Coord, most int) int {
	p, ok := held.(*points)
	if !ok || c.Z < p.info.DetailZoom {
		return 0
	}
	if _, reducible := p.info.Reduced(c.Z, 1); !reducible {
		return 0
	}
	if tile := c.quad(); (p.rankAfter(tile)-p.rank(tile.first))*leastPacked > most {
		return 1
	}
	return 0
}

// drawnLayer is one layer of a tile, at a step of its reduction.
type drawnLayer struct {
	layer *lintu.LayerInfo // as declared
	step  int
	bytes []byte
}

// redraw draws layer i of a tile at another step.
type redraw func(i, step int) ([]byte, error)

// fit reduces the layers of a message until it has at most so many bytes when it is
// packed, or nothing can give way any more. Each time, of those that can, the one that
// takes most gives way by a step, of two that take the same the first: equal layers come
// out equal. packed is the message by gzip, if that had to be known.
func fit(zoom int, message []byte, layers []drawnLayer, most int, redraw redraw) (fitted, packed []byte, err error) {
	sure := bestPacking * most // what is longer is too large
	for len(message) > most {
		packed = nil
		if len(message) <= sure {
			if packed, err = Compress(message, lintu.Gzip); err != nil || len(packed) <= most {
				return message, packed, err
			}
			sure = worstOfSteps * most * len(message) / len(packed)
		}
		i := largest(zoom, layers)
		if i < 0 {
			return message, packed, nil
		}
		l := &layers[i]
		l.step++
		if l.bytes, err = redraw(i, l.step); err != nil {
			return nil, nil, err
		}
		message = joined(layers)
	}
	return message, nil, nil
}

// largest is the largest layer that can be reduced; -1 if there is none.
func largest(zoom int, layers []drawnLayer) int {
	found := -1
	for i := range layers {
		l := &layers[i]
		_, more := l.layer.Reduced(zoom, l.step+1)
		if more && len(l.bytes) > 0 && (found < 0 || len(l.bytes) > len(layers[found].bytes)) {
			found = i
		}
	}
	return found
}

// joined is the message of several: MVT messages written one after the other are one.
func joined(layers []drawnLayer) []byte {
	var message []byte
	for i := range layers {
		message = append(message, layers[i].bytes...)
	}
	return message
}

// together makes a tile of the layers of a message. If it is too large it is reduced, which
// is told in the tile and counted. packed is the tile by gzip, if that had to be known.
func (s *Server) together(c Coord, message []byte, layers []drawnLayer, redraw redraw) (tile, packed []byte, err error) {
	if !slices.ContainsFunc(layers, func(l drawnLayer) bool { return l.layer.Reduction != "" }) {
		return message, nil, nil
	}
	most := s.mostBytes - noticeRoom
	if message, packed, err = fit(c.Z, message, layers, most, redraw); err != nil {
		return nil, nil, err
	}
	if len(message) > most && (packed == nil || len(packed) > most) {
		s.meters.tooLarge.Inc()
	}
	if tile, err = s.meters.told(message, c, layers); len(tile) != len(message) {
		packed = nil
	}
	return tile, packed, err
}
