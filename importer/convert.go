package importer

import (
	"context"
	"errors"
	"fmt"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// The obfuscated systems that --from names.
const (
	fromGCJ02 = "gcj02"
	fromBD09  = "bd09"
)

// frame says how the coordinates of a dataset become EPSG:4326.
type frame struct {
	crs  *geo.CRS
	srs  string // what PROJ is asked for where crs is not native: EPSG:n or WKT
	from string // gcj02, bd09 or ""
}

// identity reports whether coordinates are right as they stand.
func (f *frame) identity() bool { return f.crs.Identity() && f.from == "" }

// lonLat converts one native coordinate.
func (f *frame) lonLat(x, y float64) (float64, float64) {
	lon, lat := f.crs.Inverse(x, y)
	return f.plain(lon, lat)
}

// plain takes the offset of consumer maps out.
func (f *frame) plain(lon, lat float64) (float64, float64) {
	switch f.from {
	case fromGCJ02:
		return geo.FromGCJ02(lon, lat)
	case fromBD09:
		return geo.FromBD09(lon, lat)
	}
	return lon, lat
}

// box converts the corners of a box, and points on its edges, and returns what
// they span; ok is false if any of them is no place on Earth.
func (f *frame) box(ctx context.Context, g lintu.Geodesy, b [4]float64) (out [4]float64, ok bool, err error) {
	const steps = 4
	var xy []float64
	for i := range steps + 1 {
		for j := range steps + 1 {
			xy = append(xy, b[0]+(b[2]-b[0])*float64(i)/steps, b[1]+(b[3]-b[1])*float64(j)/steps)
		}
	}
	if err := f.convert(ctx, g, xy); err != nil {
		return out, false, err
	}
	out = [4]float64{xy[0], xy[1], xy[0], xy[1]}
	for i := 0; i < len(xy); i += 2 {
		if !onEarth(orb.Point{xy[i], xy[i+1]}) {
			return out, false, nil
		}
		widen(&out, xy[i], xy[i+1])
	}
	return out, true, nil
}

// convert converts x, y pairs in place.
func (f *frame) convert(ctx context.Context, g lintu.Geodesy, xy []float64) error {
	if !f.crs.Native() {
		if err := g.Transform(ctx, f.srs, xy); err != nil {
			return fmt.Errorf("convert %d coordinates: %w", len(xy)/2, err)
		}
		for i := 0; i < len(xy); i += 2 {
			xy[i], xy[i+1] = f.plain(xy[i], xy[i+1])
		}
		return nil
	}
	for i := 0; i < len(xy); i += 2 {
		xy[i], xy[i+1] = f.lonLat(xy[i], xy[i+1])
	}
	return nil
}

// convert brings all geometry of a chunk, and the places of its findings, to
// EPSG:4326. Rows with a coordinate that is no place on Earth are refused.
func (p *plan) convert(ctx context.Context, c *chunk, g lintu.Geodesy) error {
	switch {
	case p.frame.identity():
		for i := range c.items {
			it := &c.items[i]
			it.eachPlace(func(q *orb.Point) { it.mind(*q, *q) })
		}
	case p.frame.crs.Native():
		for i := range c.items {
			it := &c.items[i]
			it.eachPlace(func(q *orb.Point) {
				x, y := q[0], q[1]
				q[0], q[1] = p.frame.lonLat(x, y)
				it.mind(*q, orb.Point{x, y})
			})
		}
	default:
		if err := p.convertByPROJ(ctx, c.items, nil, g); err != nil {
			return err
		}
	}
	for i := range c.items {
		p.refuseOutside(&c.items[i])
	}
	return nil
}

// convertByPROJ asks PROJ for all items at once. It refuses all if one has no
// place on Earth, so the items are halved until that one is alone.
func (p *plan) convertByPROJ(ctx context.Context, items []item, xy []float64, g lintu.Geodesy) error {
	xy = xy[:0]
	for i := range items {
		items[i].eachPlace(func(q *orb.Point) { xy = append(xy, q[0], q[1]) })
	}
	if len(xy) == 0 {
		return nil
	}
	if err := p.frame.convert(ctx, g, xy); err != nil {
		switch {
		case lintu.CodeOf(err) != lintu.CodeInvalid:
			return err
		case len(items) == 1:
			items[0].outside = firstPoint(items[0].geometry)
			items[0].geometry = nil
			return nil
		}
		half := len(items) / 2
		return errors.Join(p.convertByPROJ(ctx, items[:half], xy, g), p.convertByPROJ(ctx, items[half:], xy, g))
	}
	n := 0
	for i := range items {
		it := &items[i]
		it.eachPlace(func(q *orb.Point) {
			source := *q
			q[0], q[1] = xy[n], xy[n+1]
			it.mind(*q, source)
			n += 2
		})
	}
	return nil
}

// eachPlace calls f with every point of the row's geometry and findings.
func (it *item) eachPlace(f func(*orb.Point)) {
	eachPoint(it.geometry, f)
	it.eachFinding(func(found *lintu.Finding) {
		if found.LonLat != nil {
			f((*orb.Point)(found.LonLat))
		}
	})
}

// mind remembers the first source coordinate that came out as no place on Earth.
func (it *item) mind(p, source orb.Point) {
	if it.outside == nil && !onEarth(p) {
		it.outside = &source
	}
}

func (p *plan) refuseOutside(it *item) {
	it.eachFinding(func(f *lintu.Finding) {
		if f.LonLat != nil && !onEarth(*f.LonLat) {
			f.LonLat = nil
		}
	})
	if it.outside == nil {
		return
	}
	it.geometry = nil
	if !it.ok() {
		return
	}
	it.refuse(found(it.number, ruleOutOfRange, nil, "坐标 %g, %g 按坐标系 %s 不是地球上的一个地方",
		"coordinate %g, %g is no place on Earth in %s", it.outside[0], it.outside[1], p.frame.crs.Name))
}
