package main

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lintu-map/lintu"
)

// thing is a feature as its writer knows it: a point, a square, or of roads a diagonal.
type thing struct {
	layer    lintu.Layer
	code     string
	id       lintu.ID // zero where it is not known
	lon, lat float64  // of its centre
	half     float64  // of its side, degrees; 0 for a point
	values   map[string]string
	gone     bool
}

// spot names a thing.
type spot struct {
	layer lintu.Layer
	code  string
}

// with returns the thing with another value.
func (t thing) with(name, value string) thing {
	t.values = maps.Clone(t.values)
	if t.values == nil {
		t.values = map[string]string{}
	}
	t.values[name] = value
	return t
}

func (t thing) bound() orb.Bound {
	return orb.Bound{Min: orb.Point{t.lon - t.half, t.lat - t.half}, Max: orb.Point{t.lon + t.half, t.lat + t.half}}
}

// wkt is its geometry, multi where it is no point.
func (t thing) wkt() string {
	b := t.bound()
	w, s, e, n := b.Min[0], b.Min[1], b.Max[0], b.Max[1]
	switch {
	case t.half == 0:
		return fmt.Sprintf("POINT(%.17g %.17g)", t.lon, t.lat)
	case t.layer == lintu.Roads:
		return fmt.Sprintf("MULTILINESTRING((%.17g %.17g,%.17g %.17g))", w, s, e, n)
	}
	return fmt.Sprintf("MULTIPOLYGON(((%.17g %.17g,%.17g %.17g,%.17g %.17g,%.17g %.17g,%[1]g %[2]g)))", w, s, w, n, e, n, e, s)
}

// geoJSON is its geometry in a file.
func (t thing) geoJSON() map[string]any {
	b := t.bound()
	w, s, e, n := b.Min[0], b.Min[1], b.Max[0], b.Max[1]
	switch {
	case t.half == 0:
		return map[string]any{"type": "Point", "coordinates": []float64{t.lon, t.lat}}
	case t.layer == lintu.Roads:
		return map[string]any{"type": "LineString", "coordinates": [][]float64{{w, s}, {e, n}}}
	}
	return map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
}

// species says how things of a layer are kept and made.
type species struct {
	layer        lintu.Layer
	table        string
	scope, value string // the column that tells the layers of a table apart
	half         float64
	from         int // the zoom from which each must be seen
}

var allSpecies = []species{
	{lintu.Households, "household", "", "", 0, 15},
	{lintu.Heads, "head", "", "", 0, 13},
	{lintu.Units, "unit", "", "", 0, 10},
	{lintu.Buildings, "base", "layer", "buildings", 0.0002, 16},
	{lintu.Roads, "base", "layer", "roads", 0.001, 14},
	{lintu.Water, "base", "layer", "water", 0.001, 14},
	{lintu.Green, "base", "layer", "green", 0.0006, 14},
	{lintu.Communities, "area", "level", "community", 0.004, 12},
	{lintu.Grids, "area", "level", "grid", 0.002, 13},
	{lintu.Cells, "area", "level", "cell", 0.0005, 15},
}

func speciesOf(l lintu.Layer) species {
	for _, s := range allSpecies {
		if s.layer == l {
			return s
		}
	}
	return species{layer: l, from: 13} // cases
}

// ground is a piece of land on which only one writer changes anything.
type ground struct {
	mark        string // what all codes on it begin with
	west, south float64
	things      map[spot]thing
}

// The grounds: squares in rows, so far apart that no cell of a low zoom has parts of two.
const (
	groundWest, groundSouth = 113.50, 28.00
	groundSide              = 0.05
	groundStep              = 0.09
	groundsInRow            = 4
)

func newGround(i int) *ground {
	return &ground{mark: fmt.Sprintf("W%d-", i), west: groundWest + groundStep*float64(i%groundsInRow),
		south: groundSouth + groundStep*float64(i/groundsInRow), things: map[spot]thing{}}
}

// place draws a place on it.
func (g *ground) place(r *rand.Rand) (lon, lat float64) {
	return g.west + groundSide*r.Float64(), g.south + groundSide*r.Float64()
}

// households counts what each head looks after.
func (g *ground) households() map[string]int {
	n := map[string]int{}
	for _, t := range g.things {
		if t.layer == lintu.Households && !t.gone && t.values["head"] != "" {
			n[t.values["head"]]++
		}
	}
	return n
}

// inUnits is where bounds are in a tile, in its units, from its north-western corner.
func inUnits(b orb.Bound, t maptile.Tile) orb.Bound {
	at := func(p orb.Point) orb.Point {
		side := math.Exp2(float64(t.Z))
		x := (p[0] + 180) / 360
		y := 0.5 - math.Log(math.Tan(math.Pi/4+p[1]*math.Pi/360))/(2*math.Pi)
		return orb.Point{(x*side - float64(t.X)) * 4096, (y*side - float64(t.Y)) * 4096}
	}
	nw, se := at(orb.Point{b.Min[0], b.Max[1]}), at(orb.Point{b.Max[0], b.Min[1]})
	return orb.Bound{Min: nw, Max: se}
}

// check compares what a view shows of the ground with what is there. It returns what
// is wrong, "" for nothing.
func (g *ground) check(v view, layers []lintu.Layer, t maptile.Tile) string {
	found, err := layersOf(v)
	if err != nil {
		return err.Error()
	}
	heads := g.households()
	for _, name := range layers {
		l, _ := lintu.LayerByName(name)
		if int(t.Z) < max(l.DetailZoom, speciesOf(name).from) {
			continue
		}
		seen := map[string]bool{}
		if layer := found[string(name)]; layer != nil {
			for _, f := range layer.Features {
				code := codeOf(f.Properties)
				if !strings.HasPrefix(code, g.mark) && name != lintu.Cases {
					continue
				}
				x, ok := g.things[spot{name, code}]
				if !ok && name == lintu.Cases { // another's
					continue
				}
				if wrong := x.compare(f.Properties, f.Geometry.Bound(), t, heads); wrong != "" {
					return fmt.Sprintf("%s %s %s", name, code, wrong)
				}
				seen[code] = true
			}
		}
		for _, x := range g.things {
			if x.layer == name && !x.gone && !seen[x.code] && x.within(t) {
				return fmt.Sprintf("%s %s at %v is not shown", name, x.code, inUnits(x.bound(), t))
			}
		}
	}
	return ""
}

// codeOf is the code of a feature. Tiles of the base map carry none: there names begin
// with it.
func codeOf(properties map[string]any) string {
	if code, ok := properties["code"].(string); ok {
		return code
	}
	code, _, _ := strings.Cut(fmt.Sprint(properties["name"]), " ")
	return code
}

// named is the name of a thing after its code.
func (s species) named(code, name string) string {
	if s.table == "base" {
		return code + " " + name
	}
	return name
}

// tolerance is by how many units a place may differ: places are cut to units before and
// after projecting, and shapes simplified.
const tolerance = 3

// within reports whether the thing is surely in the tile.
func (x thing) within(t maptile.Tile) bool {
	b := inUnits(x.bound(), t)
	if x.layer == lintu.Roads { // a diagonal may pass by a corner
		return b.Center()[0] > tolerance && b.Center()[1] > tolerance && b.Center()[0] < 4096-tolerance && b.Center()[1] < 4096-tolerance
	}
	return b.Max[0] > tolerance && b.Max[1] > tolerance && b.Min[0] < 4096-tolerance && b.Min[1] < 4096-tolerance
}

// compare tells how a feature of a tile differs from the thing.
func (x thing) compare(properties map[string]any, shown orb.Bound, t maptile.Tile, heads map[string]int) string {
	if x.code == "" || x.gone {
		return "is shown and not there"
	}
	for name, want := range x.values {
		got := ""
		if p := properties[name]; p != nil {
			got = fmt.Sprint(p)
		}
		if got != want {
			return fmt.Sprintf("has %s %q, want %q", name, got, want)
		}
	}
	if n := fmt.Sprint(properties["households"]); x.layer == lintu.Heads && n != fmt.Sprint(heads[x.code]) {
		return fmt.Sprintf("has %s households, want %d", n, heads[x.code])
	}
	want := inUnits(x.bound(), t)
	if x.layer == lintu.Roads { // cut where it leaves the tile
		if !want.Pad(tolerance).Contains(shown.Min) || !want.Pad(tolerance).Contains(shown.Max) {
			return fmt.Sprintf("is at %v, want %v", shown, want)
		}
		return ""
	}
	const least, most = -64, 4096 + 64
	for i := range 2 {
		if math.Abs(shown.Min[i]-max(least, want.Min[i])) > tolerance || math.Abs(shown.Max[i]-min(most, want.Max[i])) > tolerance {
			return fmt.Sprintf("is at %v, want %v", shown, want)
		}
	}
	return ""
}

// count checks the sums of the clusters of a layer over the tiles of a zoom that show
// the ground.
func (g *ground) count(views []view, tiles []maptile.Tile, layer lintu.Layer) string {
	shown, there := 0, 0
	for i, v := range views {
		found, err := layersOf(v)
		if err != nil {
			return err.Error()
		}
		if found[string(layer)] == nil {
			continue
		}
		mine := inUnits(g.bound(), tiles[i])
		for _, f := range found[string(layer)].Features {
			if n, ok := f.Properties["count"].(float64); ok && mine.Contains(f.Geometry.Bound().Min) {
				shown += int(n)
			}
		}
	}
	for _, t := range g.things {
		if t.layer == layer && !t.gone {
			there++
		}
	}
	if shown != there {
		return fmt.Sprintf("%d %s are counted, and %d are there", shown, layer, there)
	}
	return ""
}

// bound is the ground with a margin of half the way to the next.
func (g *ground) bound() orb.Bound {
	const margin = (groundStep - groundSide) / 2
	return orb.Bound{Min: orb.Point{g.west - margin, g.south - margin}, Max: orb.Point{g.west + groundSide + margin, g.south + groundSide + margin}}
}

// tiles are those of a zoom that show the ground.
func (g *ground) tiles(zoom int) []maptile.Tile {
	b := g.bound()
	nw, se := maptile.At(b.LeftTop(), maptile.Zoom(zoom)), maptile.At(b.RightBottom(), maptile.Zoom(zoom))
	var all []maptile.Tile
	for x := nw.X; x <= se.X; x++ {
		for y := nw.Y; y <= se.Y; y++ {
			all = append(all, maptile.New(x, y, maptile.Zoom(zoom)))
		}
	}
	return all
}
