package tiles

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/geo"
)

// A box is found if it meets the view, once, and in an order that does not depend on
// the numbers of the rows.
func TestBoxIndexFindsWhatAScanFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	boxes, ids := make([]box, 3000), make([]lintu.ID, 3000)
	for i := range boxes {
		side := uint32(1) << r.IntN(32)
		west, north := r.Uint32(), r.Uint32()
		boxes[i] = box{west, north, west + min(math.MaxUint32-west, r.Uint32N(side)), north + min(math.MaxUint32-north, r.Uint32N(side))}
		ids[i][0], ids[i][1] = byte(i>>8), byte(i)
		if i%7 == 0 && i > 0 {
			boxes[i] = boxes[i-1]
		}
		if i%11 == 0 {
			boxes[i] = nowhere
		}
	}
	order := r.Perm(len(boxes))
	mixed, mixedIDs := make([]box, len(boxes)), make([]lintu.ID, len(boxes))
	for i, k := range order {
		mixed[i], mixedIDs[i] = boxes[k], ids[k]
	}
	x, y := newBoxIndex(boxes, ids), newBoxIndex(mixed, mixedIDs)
	all := nowhere
	for _, b := range boxes {
		all = all.union(b)
	}
	if x.bounds() != all {
		t.Fatalf("%v are the bounds, want %v", x.bounds(), all)
	}
	views := append(slices.Clone(boxes[1:200]), everywhere, box{}, box{math.MaxUint32, math.MaxUint32, math.MaxUint32, math.MaxUint32})
	for _, view := range views {
		if view == nowhere {
			continue
		}
		var got, other, want []uint32
		x.meeting(view, func(row uint32, _ box) { got = append(got, row) })
		y.meeting(view, func(row uint32, _ box) { other = append(other, uint32(order[row])) })
		for row, b := range boxes {
			if b != nowhere && b.meets(view) {
				want = append(want, uint32(row))
			}
		}
		if !slices.Equal(got, other) {
			t.Fatalf("%v: the order of rows changes that of what is found", view)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%v meets %d boxes, want %d", view, len(got), len(want))
		}
	}
}

// plot is a cell of a lattice whose corners its neighbours share.
type plot struct {
	id     lintu.ID
	x, y   int
	name   string
	bent   bool // its middle leans into the next cell
	absent bool
}

const plotSide = 0.001 // degrees

func (f *plot) rings() orb.MultiPolygon {
	corner := func(x, y int) orb.Point {
		r := rand.New(rand.NewPCG(uint64(x), uint64(y)))
		return orb.Point{113.5 + plotSide*(float64(x)+0.3*r.Float64()), 28.1 + plotSide*(float64(y)+0.3*r.Float64())}
	}
	ring := orb.Ring{corner(f.x, f.y), corner(f.x+1, f.y), corner(f.x+1, f.y+1), corner(f.x, f.y+1), corner(f.x, f.y)}
	if f.bent {
		a, b := ring[1], ring[2]
		ring = slices.Insert(ring, 2, orb.Point{(a[0]+b[0])/2 + 0.2*plotSide, (a[1] + b[1]) / 2})
	}
	return orb.MultiPolygon{{ring}}
}

func (f *plot) bounds() box {
	var points []position
	for _, p := range f.rings()[0][0] {
		points = append(points, positionOf(p))
	}
	return boxOf(points)
}

func (f *plot) take(t *testing.T, w layerKeeper) {
	t.Helper()
	shape, err := geo.AppendEWKB(nil, f.rings())
	if err != nil {
		t.Fatal(err)
	}
	label, err := geo.AppendEWKB(nil, orb.Point{113.5 + plotSide*(float64(f.x)+0.5), 28.1 + plotSide*(float64(f.y)+0.5)})
	if err != nil {
		t.Fatal(err)
	}
	values := []lintu.Value{{Text: fmt.Appendf(nil, "G%d-%d", f.x, f.y)}, {Text: []byte(f.name)}, {Null: true}, {Number: int64(f.x)}, {Number: -7}}
	if err := w.take(&lintu.LayerRow{ID: f.id, Geometry: shape, Label: label, Values: values}); err != nil {
		t.Fatal(err)
	}
}

// What a layer of polygons shows does not tell whether it followed edits, few at a
// time or many, or was loaded anew.
func TestPolygonEditsEqualLoadingAnew(t *testing.T) {
	l, _ := lintu.LayerByName(lintu.Grids)
	r := rand.New(rand.NewPCG(1, 6))
	var plots []plot
	for i := range 400 {
		plots = append(plots, plot{id: lintu.NewID(), x: i % 20, y: i / 20, name: "格", absent: r.IntN(9) == 0})
	}
	load := func() heldLayer {
		w := newKeeper(l)
		for _, i := range r.Perm(len(plots)) {
			if !plots[i].absent {
				plots[i].take(t, w)
			}
		}
		return w.load()
	}
	w, held := newKeeper(l), newKeeper(l).load()
	for i := range plots {
		if !plots[i].absent {
			plots[i].take(t, w)
		}
	}
	held = w.replace(held, []box{everywhere})
	for round := range 12 {
		var where []box
		for range []int{1, 5, 150}[round%3] {
			f := &plots[r.IntN(len(plots))]
			where = append(where, f.bounds())
			switch r.IntN(3) {
			case 0:
				f.absent = !f.absent
			case 1:
				f.bent = !f.bent
			case 2:
				f.name = fmt.Sprint("格", r.IntN(9))
			}
			where = append(where, f.bounds())
		}
		view := coordAt(orb.Point{113.51, 28.11}, 15)
		before, was := held, held.appendTile(nil, view, 0)
		for i := range plots {
			if !plots[i].absent {
				plots[i].take(t, w)
			}
		}
		held = w.replace(held, where)
		anew := load()
		for z := l.MinZoom; z <= lintu.MaxZoom; z++ {
			for range 5 {
				c := coordAt(orb.Point{113.5 + 0.02*r.Float64(), 28.1 + 0.02*r.Float64()}, z)
				if _, err := readTile(checkTile(t, held, anew, c)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if len(was) == 0 || !bytes.Equal(was, before.appendTile(nil, view, 0)) {
			t.Fatal("an edit has changed the state before it")
		}
	}
}

// What is left out without a look at its points would not have been drawn.
func TestWhatVanishesIsNotDrawn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 14))
	w := newLayerWriter()
	defer w.release()
	vanished, drawn := map[bool]int{}, map[bool]int{}
	for range 20_000 {
		c := Coord{Z: r.IntN(lintu.MaxZoom + 1)}
		unit := uint32(tileUnit(c.Z))
		s := nastyRings(r, position{5 * unit, 5 * unit}, 2+unit/4)
		f, open := c.frame(), r.IntN(2) == 0
		w.begin(nil, "l", nil, c)
		draw := w.polygon
		if open {
			draw = w.lines
		}
		shown := len(s.points) > 0 && draw(s.points, s.ends)
		p := &shapes{coverage: &coverage{open: open}}
		if len(s.points) == 0 || !p.vanishes(&f, boxOf(s.points)) {
			if shown {
				drawn[open]++
			}
			continue
		}
		if vanished[open]++; shown {
			t.Fatalf("zoom %d shows %v, whose box seems to vanish", c.Z, s)
		}
	}
	if t.Log(vanished, drawn); min(vanished[true], vanished[false], drawn[true], drawn[false]) < 100 {
		t.Error("too few shapes vanished or were drawn")
	}
}

// What has no extent in units is no row, however often it is read, and a row that has
// lost its extent goes.
func TestShapesWithoutExtentAreNoRows(t *testing.T) {
	l, _ := lintu.LayerByName(lintu.Water)
	w := newKeeper(l)
	held := w.load()
	for _, side := range []float64{0, 0.001, 0, 0} {
		shape, err := geo.AppendEWKB(nil, orb.MultiPolygon{{{{113.5, 28.1}, {113.5 + side, 28.1}, {113.5, 28.1 + side}, {113.5, 28.1}}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.take(&lintu.LayerRow{ID: lintu.ID{1}, Geometry: shape, Values: make([]lintu.Value, len(l.TileFields()))}); err != nil {
			t.Fatal(err)
		}
		held = w.replace(held, []box{everywhere})
		c := coordAt(orb.Point{113.5, 28.1}, 16)
		if shown := len(held.appendTile(nil, c, 0)) > 0; shown != (side > 0) || shown != (held.digest(c) != 0) {
			t.Fatalf("of a side of %v degrees a tile shows something: %v", side, shown)
		}
		if rows := held.(*shapes).rows.len(); rows > 1 {
			t.Fatalf("%d rows", rows)
		}
	}
}
