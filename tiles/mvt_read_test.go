package tiles

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu/geo"
)

// readLayer is what a strict reader of MVT 2.1 finds in a layer.
type readLayer struct {
	name     string
	extent   uint64 // 0 if not said
	keys     []string
	values   []any
	features []readFeature
}

type readFeature struct {
	kind       geometryType
	properties map[string]any
	parts      [][]orb.Point // points: one part with all; rings: not repeating the first
}

// fields calls f for each field of a message, by its number and wire type as they
// stand before it.
func fields(b []byte, f func(field int, n uint64, bytes []byte) error) error {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return fmt.Errorf("a field's number is cut off")
		}
		b = b[n:]
		var v uint64
		var length int // of a field of bytes
		switch tag & 7 {
		case 0:
			v, n = binary.Uvarint(b)
		case 1:
			n = 8
		case 2:
			v, n = binary.Uvarint(b)
			length = int(min(v, math.MaxInt32))
		case 5:
			n = 4
		default:
			return fmt.Errorf("field %d has wire type %d", tag>>3, tag&7)
		}
		if n <= 0 || len(b) < n+length {
			return fmt.Errorf("field %d is cut off", tag>>3)
		}
		if err := f(int(tag), v, b[n:n+length]); err != nil {
			return err
		}
		b = b[n+length:]
	}
	return nil
}

// readTile reads a tile and refuses what MVT 2.1 does, and what it advises
// against.
func readTile(b []byte) ([]readLayer, error) {
	var layers []readLayer
	err := fields(b, func(field int, _ uint64, bytes []byte) error {
		if field != tileLayer {
			return fmt.Errorf("field %d in a tile", field)
		}
		l, err := readOneLayer(bytes)
		if err == nil && slices.ContainsFunc(layers, func(m readLayer) bool { return m.name == l.name }) {
			err = fmt.Errorf("two layers %s", l.name)
		}
		layers = append(layers, l)
		return err
	})
	return layers, err
}

func readOneLayer(b []byte) (l readLayer, err error) {
	var features [][]byte
	place := 0
	err = fields(b, func(field int, n uint64, bytes []byte) error {
		if place++; (place == 1) != (field == layerVersion) {
			return fmt.Errorf("field %d at place %d", field, place)
		}
		if field == layerFeature {
			features = append(features, bytes)
			return nil
		}
		return l.readField(field, n, bytes)
	})
	if err == nil && (l.name == "" || len(features) == 0) {
		err = fmt.Errorf("layer %q of %d features", l.name, len(features))
	}
	for i := 0; i < len(features) && err == nil; i++ { // keys and values may stand behind them
		var f readFeature
		if f, err = l.readFeature(features[i]); err != nil {
			err = fmt.Errorf("feature %d: %w", i, err)
		}
		l.features = append(l.features, f)
	}
	return l, err
}

func (l *readLayer) readField(field int, n uint64, bytes []byte) error {
	switch field {
	case layerName:
		l.name = string(bytes)
	case layerKey:
		if slices.Contains(l.keys, string(bytes)) {
			return fmt.Errorf("two keys %s", bytes)
		}
		l.keys = append(l.keys, string(bytes))
	case layerValue:
		v, err := readValue(bytes)
		l.values = append(l.values, v)
		return err
	case layerExtent:
		l.extent = n
	case layerVersion:
		if n != 2 {
			return fmt.Errorf("version %d", n)
		}
	default:
		return fmt.Errorf("field %d in a layer", field)
	}
	return nil
}

func readValue(b []byte) (v any, err error) {
	err = fields(b, func(field int, n uint64, bytes []byte) error {
		switch {
		case v != nil:
			return fmt.Errorf("two values in one")
		case field == valueString:
			v = string(bytes)
		case field == valueUint:
			v = n
		case field == valueSint:
			v = int64(n>>1) ^ -int64(n&1)
		case slices.Contains([]int{2<<3 | 5, 3<<3 | 1, 4 << 3, 7 << 3}, field): // float, double, int, bool
			v = b
		default:
			return fmt.Errorf("value of type %d", field)
		}
		return nil
	})
	if err == nil && v == nil {
		err = fmt.Errorf("no value in one")
	}
	return v, err
}

func (l *readLayer) readFeature(b []byte) (f readFeature, err error) {
	var geometry []uint32
	f.properties = map[string]any{}
	last := 0
	err = fields(b, func(field int, n uint64, bytes []byte) error {
		if field <= last {
			return fmt.Errorf("field %d after field %d", field, last)
		}
		last = field
		switch field {
		case featureTags:
			tags, err := readNumbers(bytes)
			if err != nil || len(tags)%2 == 1 {
				return fmt.Errorf("%d tags: %v", len(tags), err)
			}
			return l.readTags(tags, f.properties)
		case featureType:
			f.kind = geometryType(n)
		case featureGeometry:
			geometry, err = readNumbers(bytes)
			return err
		case 1 << 3: // id
		default:
			return fmt.Errorf("field %d in a feature", field)
		}
		return nil
	})
	if err == nil {
		f.parts, err = readGeometry(f.kind, geometry)
	}
	return f, err
}

func (l *readLayer) readTags(tags []uint32, to map[string]any) error {
	for i := 0; i < len(tags); i += 2 {
		if int(tags[i]) >= len(l.keys) || int(tags[i+1]) >= len(l.values) {
			return fmt.Errorf("tag %d of %d keys, %d of %d values", tags[i], len(l.keys), tags[i+1], len(l.values))
		}
		if _, twice := to[l.keys[tags[i]]]; twice {
			return fmt.Errorf("two values of %s", l.keys[tags[i]])
		}
		to[l.keys[tags[i]]] = l.values[tags[i+1]]
	}
	return nil
}

func readNumbers(b []byte) (ns []uint32, err error) {
	for len(b) > 0 {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > math.MaxUint32 {
			return nil, fmt.Errorf("a number is cut off or too large")
		}
		ns, b = append(ns, uint32(v)), b[n:]
	}
	return ns, nil
}

// readGeometry follows the commands of section 4.3.
func readGeometry(kind geometryType, ns []uint32) (parts [][]orb.Point, err error) {
	if kind < pointType || kind > polygonType || len(ns) == 0 {
		return nil, fmt.Errorf("%d numbers in a geometry of type %d", len(ns), kind)
	}
	c := commands{left: ns}
	for len(c.left) > 0 && c.err == nil {
		most := 1
		if kind == pointType {
			most = math.MaxInt32
		}
		part := c.points(c.command(moveTo, most))
		if kind != pointType {
			part = append(part, c.points(c.command(lineTo, math.MaxInt32))...)
		} else if len(c.left) > 0 {
			c.fail("more than one command for points")
		}
		if kind == polygonType {
			c.command(closePath, 1)
			if len(part) < 3 || part[0] == part[len(part)-1] {
				c.fail("ring %v", part)
			}
		}
		if kind != pointType && len(slices.Compact(slices.Clone(part))) < len(part) {
			c.fail("zero-length segment in %v", part)
		}
		parts = append(parts, part)
	}
	return parts, c.err
}

// commands are the numbers of a geometry that are still to be read.
type commands struct {
	left []uint32
	x, y int32
	err  error // the first
}

func (c *commands) fail(format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, args...)
	}
}

// command reads a command and returns how often it is to be done.
func (c *commands) command(id uint32, most int) int {
	if len(c.left) == 0 || c.left[0]&7 != id || c.left[0]>>3 > uint32(most) {
		c.fail("want command %d at %v", id, c.left)
		return 0
	}
	count := int(c.left[0] >> 3)
	c.left = c.left[1:]
	if count == 0 {
		c.fail("command %d zero times", id)
	}
	return count
}

// points reads so many points.
func (c *commands) points(count int) (points []orb.Point) {
	if len(c.left) < 2*count {
		c.fail("%d points in %d numbers", count, len(c.left))
		return nil
	}
	unzigzag := func(n uint32) int32 { return int32(n>>1) ^ -int32(n&1) }
	for i := range count {
		c.x, c.y = c.x+unzigzag(c.left[2*i]), c.y+unzigzag(c.left[2*i+1])
		points = append(points, orb.Point{float64(c.x), float64(c.y)})
	}
	c.left = c.left[2*count:]
	return points
}

// multiPolygon puts rings together as MVT tells exteriors from holes.
func (f readFeature) multiPolygon() (orb.MultiPolygon, error) {
	var m orb.MultiPolygon
	for _, part := range f.parts {
		r := append(orb.Ring(slices.Clone(part)), part[0])
		switch area := geo.SignedArea(r); {
		case area > 0:
			m = append(m, orb.Polygon{r})
		case area == 0 || len(m) == 0:
			return nil, fmt.Errorf("ring %v has area %v", part, area)
		default:
			m[len(m)-1] = append(m[len(m)-1], r)
		}
	}
	return m, nil
}

// fault is what is wrong with a polygon in tile units by the rules of OGC, as geo
// judges; "" is nothing.
func fault(m orb.MultiPolygon) string {
	degrees := make(orb.MultiPolygon, len(m))
	for i, p := range m {
		degrees[i] = make(orb.Polygon, len(p))
		for j, r := range p {
			for _, q := range r {
				degrees[i][j] = append(degrees[i][j], orb.Point{q[0] / 64, q[1] / 64}) // exact
			}
		}
	}
	var c geo.Checker
	v, ok := c.Judge(degrees)
	if !ok {
		return "cannot be judged"
	}
	return string(v.Fault)
}

// tester is a test, or a check of rapid.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// writeOne writes a layer with one feature and reads it again; nil if there is none.
func writeOne(t tester, c Coord, geometry func(w *layerWriter) bool) *readFeature {
	t.Helper()
	w := newLayerWriter()
	defer w.release()
	w.begin(nil, "l", nil, c)
	if geometry(w) {
		w.feature()
	}
	b := w.end()
	if len(b) == 0 {
		return nil
	}
	layers, err := readTile(b)
	if err != nil {
		t.Fatal(err)
	}
	return &layers[0].features[0]
}
