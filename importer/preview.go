package importer

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// Preview implements lintu.Importer.
func (s *Service) Preview(ctx context.Context, tenant int32, id lintu.ID, maxVertices int, w io.Writer) error {
	b, err := s.draft(ctx, tenant, id)
	if err != nil {
		return err
	}
	source, err := s.openKept(b)
	if err != nil {
		return err
	}
	defer source.Close()
	parts, err := s.prepareAll(ctx, source, answersOf(source, b, nil))
	if err != nil {
		return err
	}
	out := &previewWriter{w: bufio.NewWriter(w), left: maxVertices}
	_, _ = out.w.WriteString(`{"type":"FeatureCollection","features":[`) // Flush reports errors
	for _, p := range parts {
		if err := s.draw(ctx, p, out); err != nil {
			return err
		}
	}
	_, _ = out.w.WriteString("]")
	if out.truncated {
		_, _ = out.w.WriteString(`,"truncated":true`)
	}
	_, _ = out.w.WriteString("}\n")
	return out.w.Flush()
}

// draw writes the features of one part.
func (s *Service) draw(ctx context.Context, p *part, out *previewWriter) error {
	if p.guess == nil || out.truncated {
		return nil
	}
	codes := newLayerCodes(0)
	codes.begin(p.dataset.Name)
	var scratch lintu.Report
	rows, err := startStream(ctx, p.guess, s.geodesy, &scratch, codes, func(int64) {})
	if err != nil {
		return err
	}
	defer rows.Close()
	for !out.truncated && rows.Next(ctx) {
		if err := out.feature(p, rows.Row()); err != nil {
			return fmt.Errorf("preview row %d: %w", rows.Row().Number, err)
		}
	}
	return rows.Err()
}

// previewWriter writes GeoJSON features until it has written enough vertices.
type previewWriter struct {
	w         *bufio.Writer
	left      int
	buf       []byte
	some      bool
	truncated bool
}

// previewProperties are what a page shows of a row before it is stored.
type previewProperties struct {
	Dataset string      `json:"dataset"`
	Layer   lintu.Layer `json:"layer"`
	Row     int64       `json:"row"`
	Code    string      `json:"code,omitempty"`
	Name    string      `json:"name,omitempty"`
	Assumed string      `json:"assumed,omitempty"`
}

func (o *previewWriter) feature(p *part, row *lintu.Row) error {
	if row.Geometry == nil {
		return nil
	}
	g, err := geo.DecodeEWKB(row.Geometry)
	if err != nil {
		return err
	}
	n := 0
	eachPoint(g, func(*orb.Point) { n++ })
	if n > o.left {
		o.truncated = true
		return nil
	}
	o.left -= n
	props := previewProperties{Dataset: p.dataset.Name, Layer: p.guess.layer.Name, Row: row.Number, Assumed: p.assumed}
	for i, f := range p.guess.mapping.fields {
		switch {
		case f.Name == roleCode && p.guess.mapping.column[i] != fromRow:
			props.Code = row.Values[i]
		case f.Name == roleName:
			props.Name = row.Values[i]
		}
	}
	text, err := json.Marshal(props)
	if err != nil {
		return err
	}
	o.buf = o.buf[:0]
	if o.some {
		o.buf = append(o.buf, ',')
	}
	o.some = true
	o.buf = append(o.buf, "\n"+`{"type":"Feature","geometry":`...)
	o.buf = appendGeoJSON(o.buf, g)
	o.buf = append(append(append(o.buf, `,"properties":`...), text...), '}')
	_, err = o.w.Write(o.buf)
	return err
}

// appendGeoJSON appends a point, multilinestring or multipolygon with seven
// decimals.
func appendGeoJSON(b []byte, g orb.Geometry) []byte {
	b = append(b, `{"type":"`+g.GeoJSONType()+`","coordinates":`...)
	switch g := g.(type) {
	case orb.Point:
		b = appendPosition(b, g)
	case orb.MultiLineString:
		b = appendList(b, g, func(b []byte, l orb.LineString) []byte { return appendList(b, l, appendPosition) })
	case orb.MultiPolygon:
		b = appendList(b, g, func(b []byte, p orb.Polygon) []byte {
			return appendList(b, p, func(b []byte, r orb.Ring) []byte { return appendList(b, r, appendPosition) })
		})
	}
	return append(b, '}')
}

func appendList[S ~[]T, T any](b []byte, list S, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

func appendPosition(b []byte, p orb.Point) []byte {
	b = strconv.AppendFloat(append(b, '['), math.Round(p[0]*1e7)/1e7, 'f', -1, 64)
	b = strconv.AppendFloat(append(b, ','), math.Round(p[1]*1e7)/1e7, 'f', -1, 64)
	return append(b, ']')
}
