package importer

import (
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
)

// maxVertices bounds the memory that one geometry can ask for.
const maxVertices = maxRecordBytes / 16

// maxNesting is how many arrays stand around a position of a MultiPolygon.
const maxNesting = 3

// coordinates collects the positions of a "coordinates" member, whose type may
// only be told after it. Buffers are used again.
type coordinates struct {
	points []orb.Point
	// lists[n] are the closed arrays inside n others that are no positions.
	lists [maxNesting + 1][]listEnd
	level int // of the positions, -1 until there is one
	sawZ  bool
	lines []orb.LineString
	rings []orb.Ring
	polys []orb.Polygon
}

// listEnd is where a list ended, in points and in the lists one level deeper.
type listEnd struct{ points, lists int }

func (c *coordinates) reset() {
	c.points, c.level = c.points[:0], -1
	for i := range c.lists {
		c.lists[i] = c.lists[i][:0]
	}
}

// read consumes the value of "coordinates". An error is one of the JSON; bad
// says why well-formed JSON is no coordinates.
func (c *coordinates) read(l *jsonLexer) (bad *lintu.Text, err error) {
	c.reset()
	keep := func(why *lintu.Text) {
		if bad == nil {
			bad = why
		}
	}
	depth := 0
	for {
		b, err := l.peek()
		if err != nil {
			return nil, err
		}
		if b != '[' {
			keep(corrupt("坐标数组中有不是数组的内容", "there is something in the coordinates that is no array"))
			if err := l.skip(); err != nil {
				return nil, err
			}
		} else {
			l.pos++
			depth++
			if b, err = l.peek(); err != nil {
				return nil, err
			}
			switch {
			case startsNumber(b):
				why, err := c.position(l, depth-1)
				if err != nil {
					return nil, err
				}
				keep(why)
				depth--
			case b == ']':
				// closed below
			default:
				continue
			}
		}
		for depth > 0 {
			if b, err = l.peek(); err != nil {
				return nil, err
			}
			if b == ']' {
				l.pos++
				depth--
				keep(c.close(depth))
				continue
			}
			if err := l.expect(','); err != nil {
				return nil, err
			}
			break
		}
		if depth == 0 {
			return bad, nil
		}
	}
}

// close ends a list that stands inside level others.
func (c *coordinates) close(level int) *lintu.Text {
	if level > maxNesting {
		return corrupt("坐标嵌套过深", "the coordinates are nested too deep")
	}
	deeper := 0
	if level < maxNesting {
		deeper = len(c.lists[level+1])
	}
	c.lists[level] = append(c.lists[level], listEnd{len(c.points), deeper})
	return nil
}

// position reads a position inside level lists whose bracket is consumed.
func (c *coordinates) position(l *jsonLexer, level int) (bad *lintu.Text, err error) {
	var p orb.Point
	n := 0
	for {
		b, err := l.peek()
		if err != nil {
			return nil, err
		}
		if !startsNumber(b) {
			bad = corrupt("坐标中有不是数的内容", "there is something in a position that is no number")
			err = l.skip()
		} else if err = l.number(); err == nil && n < len(p) {
			if p[n], err = strconv.ParseFloat(string(l.text), 64); err != nil {
				bad = corrupt("坐标 %s 超出可表示的范围", "the coordinate %s is too large to be one", clip(string(l.text), 24))
				err = nil
			}
		}
		if err != nil {
			return nil, err
		}
		n++
		if b, err = l.peek(); err != nil {
			return nil, err
		}
		if b == ']' {
			l.pos++
			break
		}
		if err := l.expect(','); err != nil {
			return nil, err
		}
	}
	c.sawZ = c.sawZ || n > len(p)
	switch {
	case bad != nil:
		return bad, nil
	case n < len(p):
		return corrupt("坐标只有 %d 个数", "a position has only %d number", n), nil
	case level > maxNesting:
		return corrupt("坐标嵌套过深", "the coordinates are nested too deep"), nil
	case c.level >= 0 && c.level != level:
		return corrupt("坐标的嵌套深浅不一", "positions are nested at different depths"), nil
	case len(c.points) >= maxVertices:
		return corrupt("图形超过 %d 个点", "it has more than %d points", maxVertices), nil
	}
	c.level = level
	c.points = append(c.points, p)
	return nil, nil
}

// nesting is how many lists stand around the positions of each type.
var nesting = map[string]int{"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}

// geometry builds what was read as a geometry of type t, which is one of
// nesting. No positions at all make no geometry.
func (c *coordinates) geometry(t string) (orb.Geometry, *lintu.Text) {
	if c.level < 0 {
		return nil, nil
	}
	want := nesting[t]
	if c.level != want {
		return nil, corrupt("%s 的坐标应嵌套 %d 层，实为 %d 层", "positions of a %s stand inside %d arrays, not %d", t, want, c.level)
	}
	if len(c.lists[want]) > 0 || want > 1 && c.emptyList(want-1) || want > 2 && c.emptyPolygon() {
		return nil, corrupt("坐标中有空数组", "there is an empty array in the coordinates")
	}
	switch t {
	case "Point":
		return c.points[0], nil
	case "MultiPoint":
		return orb.MultiPoint(c.points), nil
	case "LineString":
		return orb.LineString(c.points), nil
	case "MultiLineString":
		return c.multiLine(), nil
	}
	return c.polygons(t), nil
}

// emptyList reports whether a list of positions has none.
func (c *coordinates) emptyList(level int) bool {
	from := 0
	for _, end := range c.lists[level] {
		if end.points == from {
			return true
		}
		from = end.points
	}
	return false
}

func (c *coordinates) emptyPolygon() bool {
	from := 0
	for _, end := range c.lists[1] {
		if end.lists == from {
			return true
		}
		from = end.lists
	}
	return false
}

func (c *coordinates) multiLine() orb.Geometry {
	c.lines = c.lines[:0]
	from := 0
	for _, end := range c.lists[1] {
		c.lines = append(c.lines, orb.LineString(c.points[from:end.points:end.points]))
		from = end.points
	}
	return orb.MultiLineString(c.lines)
}

func (c *coordinates) polygons(t string) orb.Geometry {
	level := nesting[t]
	c.rings = slices.Grow(c.rings[:0], len(c.lists[level-1]))
	from := 0
	for _, end := range c.lists[level-1] {
		c.rings = append(c.rings, orb.Ring(c.points[from:end.points:end.points]))
		from = end.points
	}
	if t == "Polygon" {
		return orb.Polygon(c.rings)
	}
	c.polys = c.polys[:0]
	from = 0
	for _, end := range c.lists[1] {
		c.polys = append(c.polys, orb.Polygon(c.rings[from:end.lists:end.lists]))
		from = end.lists
	}
	return orb.MultiPolygon(c.polys)
}
