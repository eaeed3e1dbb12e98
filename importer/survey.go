package importer

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// Limits of the sample that guesses rest on.
const (
	surveyRows     = 2000
	surveyVertices = 500_000
	surveyBytes    = 32 << 20
)

// survey is what the first rows of a dataset show.
type survey struct {
	rows     int64
	profiles []profile
	bounds   *[4]float64 // minX, minY, maxX, maxY of the coordinates seen; nil if none
	shape    lintu.Shape // of most rows; "" if there was none
	whole    bool        // the sample is all there is
	// placeless says that rows cannot have a geometry.
	placeless bool
	broken    error // why reading ended early, a *lintu.Error
}

// takeSurvey reads the first rows under the given encoding.
func takeSurvey(ctx context.Context, d *Dataset, encoding string) (*survey, error) {
	r, err := d.Read(ctx, encoding)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s := &survey{}
	var values [][]string
	shapes := map[lintu.Shape]int{}
	vertices := 0
	bytes := 0
	for s.rows < surveyRows && vertices < surveyVertices && bytes < surveyBytes {
		if s.whole = !r.Next(); s.whole {
			break
		}
		rec := r.Record()
		s.rows++
		values = append(values, slices.Clone(rec.Values))
		for _, v := range rec.Values {
			bytes += len(v)
		}
		if rec.Geometry != nil {
			shapes[shapeOf(rec.Geometry)]++
			vertices += s.see(rec.Geometry)
		}
	}
	if err := s.end(r.Err()); err != nil {
		return nil, err
	}
	s.shape, s.placeless = mostCommon(shapes), !r.Placed()
	s.profiles = profileColumns(r.Columns(), values)
	return s, nil
}

// end keeps an error that the file caused; any other ends the survey.
func (s *survey) end(err error) error {
	if err == nil {
		return nil
	}
	var mine *lintu.Error
	if !errors.As(err, &mine) {
		return err
	}
	s.broken = mine
	return nil
}

// see widens the bounds by the finite coordinates and counts them.
func (s *survey) see(g orb.Geometry) int {
	n := 0
	eachPoint(g, func(p *orb.Point) {
		n++
		if !finite(p[0]) || !finite(p[1]) {
			return
		}
		if s.bounds == nil {
			s.bounds = &[4]float64{p[0], p[1], p[0], p[1]}
			return
		}
		widen(s.bounds, p[0], p[1])
	})
	return n
}

func widen(b *[4]float64, x, y float64) {
	b[0], b[1] = math.Min(b[0], x), math.Min(b[1], y)
	b[2], b[3] = math.Max(b[2], x), math.Max(b[3], y)
}

// bestBounds is what the header claims, if that holds what was seen, else what
// was seen.
func (s *survey) bestBounds(claimed *[4]float64) *[4]float64 {
	if s.bounds == nil || claimed == nil || s.whole {
		return s.bounds
	}
	if claimed[0] <= s.bounds[0] && claimed[1] <= s.bounds[1] && claimed[2] >= s.bounds[2] && claimed[3] >= s.bounds[3] {
		return claimed
	}
	return s.bounds
}

// shapeOf returns the class of layer that can hold a geometry; "" for none.
func shapeOf(g orb.Geometry) lintu.Shape {
	switch g.(type) {
	case orb.Point, orb.MultiPoint:
		return lintu.Point
	case orb.LineString, orb.MultiLineString:
		return lintu.Line
	case orb.Polygon, orb.MultiPolygon, orb.Ring:
		return lintu.Polygon
	}
	return ""
}

func mostCommon(shapes map[lintu.Shape]int) lintu.Shape {
	best := lintu.Shape("")
	for _, s := range []lintu.Shape{lintu.Polygon, lintu.Line, lintu.Point, ""} {
		if shapes[s] > shapes[best] {
			best = s
		}
	}
	return best
}
