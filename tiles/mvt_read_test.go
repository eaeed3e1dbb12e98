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
		switch field {
		case layerName:
			l.name = string(bytes)
		case layerFeature:
			features = append(features, bytes)
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
	})
	if err == nil && (l.name == "" || len(features) == 0) {
		err = fmt.Errorf("layer %q of %d features", l.name, len(features))
	}
	for i := 0; i < len(features) && err == nil; i++ {
		var f readFeature
		if f, err = l.readFeature(features[i]); err != nil {
			err = fmt.Errorf("feature %d: %w", i, err)
		}
		l.features = append(l.features, f)
	}
	return l, err
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
	var x, y int32
	take := func(count int) (part []orb.Point, err error) {
		if count < 1 || len(ns) < 2*count {
			return nil, fmt.Errorf("%d points in %d numbers", count, len(ns))
		}
		for i := range count {
			dx, dy := int32(ns[2*i]>>1)^-int32(ns[2*i]&1), int32(ns[2*i+1]>>1)^-int32(ns[2*i+1]&1)
			x, y = x+dx, y+dy
			part = append(part, orb.Point{float64(x), float64(y)})
		}
		ns = ns[2*count:]
		return part, nil
	}
	command := func(id uint32, most int) (int, error) {
		if len(ns) == 0 || ns[0]&7 != id || most > 0 && ns[0]>>3 != uint32(most) {
			return 0, fmt.Errorf("want command %d %d times, got %v", id, most, ns[:min(1, len(ns))])
		}
		count := int(ns[0] >> 3)
		ns = ns[1:]
		return count, nil
	}
	for done := false; !done; done = len(ns) == 0 {
		most := 1
		if kind == pointType {
			most = 0
		}
		count, err := command(moveTo, most)
		if err != nil {
			return nil, err
		}
		part, err := take(count)
		if err != nil {
			return nil, err
		}
		if kind == pointType {
			parts = append(parts, part)
			break
		}
		if count, err = command(lineTo, 0); err != nil {
			return nil, err
		}
		more, err := take(count)
		if err != nil {
			return nil, err
		}
		part = append(part, more...)
		if kind == polygonType {
			if _, err = command(closePath, 1); err != nil {
				return nil, err
			}
			if len(part) < 3 || part[0] == part[len(part)-1] {
				return nil, fmt.Errorf("ring %v", part)
			}
		}
		if len(slices.Compact(slices.Clone(part))) < len(part) {
			return nil, fmt.Errorf("zero-length segment in %v", part)
		}
		parts = append(parts, part)
	}
	if len(ns) > 0 || kind < pointType || kind > polygonType {
		return nil, fmt.Errorf("%d numbers left in a geometry of type %d", len(ns), kind)
	}
	return parts, nil
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
