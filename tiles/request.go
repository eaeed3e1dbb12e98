package tiles

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lintu-map/lintu"
)

// ParseLayers reads layer names joined by commas and returns their declarations
// in the order of lintu.Layers, so that the order asked for does not matter.
func ParseLayers(s string) ([]lintu.LayerInfo, error) {
	names := strings.Split(s, ",")
	if len(names) > len(lintu.Layers) {
		return nil, lintu.Errorf(lintu.CodeInvalid, "图层太多：最多 %d 个。", "Too many layers: there are only %d.", len(lintu.Layers))
	}
	for i, n := range names {
		if _, ok := lintu.LayerByName(lintu.Layer(n)); !ok {
			return nil, lintu.Errorf(lintu.CodeInvalid, "没有名为 %q 的图层；可用的图层：%s。", "There is no layer %q; the layers are %s.", n, layerNames())
		}
		if slices.Contains(names[:i], n) {
			return nil, lintu.Errorf(lintu.CodeInvalid, "图层 %q 出现了两次。", "Layer %q occurs twice.", n)
		}
	}
	var layers []lintu.LayerInfo
	for _, l := range lintu.Layers {
		if slices.Contains(names, string(l.Name)) {
			layers = append(layers, l)
		}
	}
	return layers, nil
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
	var c Coord
	for _, part := range []struct {
		to   *int
		text string
		name string
	}{{&c.Z, z, "z"}, {&c.X, x, "x"}, {&c.Y, y, "y"}} {
		n, err := parseNumber(part.text)
		if err != nil {
			return Coord{}, lintu.Errorf(lintu.CodeInvalid, "瓦片坐标 %s=%q 不是非负整数。", "Tile coordinate %s=%q is not a whole number from 0 up.", part.name, part.text)
		}
		*part.to = n
	}
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
