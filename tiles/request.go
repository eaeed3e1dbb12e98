package tiles

import (
	"strconv"
	"strings"

	"github.com/lintu-map/lintu"
)

// parseLayers reads layer names joined by commas. The order asked for does not matter.
func parseLayers(s string) (layerSet, error) {
	var set layerSet
	for rest, more := s, true; more; {
		var name string
		name, rest, more = strings.Cut(rest, ",")
		layer, known := layerNamed(name)
		if !known {
			return 0, lintu.Errorf(lintu.CodeInvalid, "没有名为 %q 的图层；可用的图层：%s。", "There is no layer %q; the layers are %s.", name, layerNames())
		}
		if set&layer != 0 {
			return 0, lintu.Errorf(lintu.CodeInvalid, "图层 %q 出现了两次。", "Layer %q occurs twice.", name)
		}
		set |= layer
	}
	return set, nil
}

// layerNamed is the set of the layer of that name.
func layerNamed(name string) (set layerSet, known bool) {
	for i := range lintu.Layers {
		if string(lintu.Layers[i].Name) == name {
			return 1 << i, true
		}
	}
	return 0, false
}

func layerNames() string {
	names := make([]string, len(lintu.Layers))
	for i, l := range lintu.Layers {
		names[i] = string(l.Name)
	}
	return strings.Join(names, ", ")
}

// Coord is the place of a tile in the tile matrix WebMercatorQuad: X grows to
// the east, Y to the south.
type Coord struct{ Z, X, Y int }

// ParseCoord reads zoom, column and row: CodeInvalid if one is not a plain
// decimal number, CodeNotFound outside zoom 0 to lintu.MaxZoom or outside the
// matrix of the zoom.
func ParseCoord(z, x, y string) (Coord, error) {
	var n [3]int // an array, for pointers would cost memory with each request
	for i, text := range [3]string{z, x, y} {
		var err error
		if n[i], err = parseNumber(text); err != nil {
			return Coord{}, lintu.Errorf(lintu.CodeInvalid, "瓦片坐标 %s=%q 不是非负整数。", "Tile coordinate %s=%q is not a whole number from 0 up.", "zxy"[i:i+1], text)
		}
	}
	c := Coord{n[0], n[1], n[2]}
	if c.Z > lintu.MaxZoom {
		return Coord{}, lintu.Errorf(lintu.CodeNotFound, "没有第 %d 级瓦片；最大级别是 %d。", "There are no tiles at zoom %d; the last zoom is %d.", c.Z, lintu.MaxZoom)
	}
	if side := 1 << c.Z; c.X >= side || c.Y >= side {
		return Coord{}, lintu.Errorf(lintu.CodeNotFound, "第 %d 级的行列号只能是 0 到 %d。", "At zoom %d columns and rows go from 0 to %d.", c.Z, side-1)
	}
	return c, nil
}

// parseNumber takes digits only: no sign, no blank, no superfluous zero, so
// that a tile has one address.
func parseNumber(s string) (int, error) {
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, strconv.ErrSyntax
		}
	}
	if len(s) > 1 && s[0] == '0' {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil && len(s) > 0 && len(s) < 40 {
		return 1<<31 - 1, nil // a number, but beyond every matrix
	}
	return int(n), err
}
