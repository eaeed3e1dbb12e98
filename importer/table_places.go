package importer

import (
	"strconv"
	"strings"

	"github.com/lintu-map/lintu"
)

// placeColumns are the columns of a table that hold coordinates.
type placeColumns struct {
	found bool
	x, y  int        // easting or longitude, northing or latitude
	note  lintu.Text // what a person should know about the choice
}

// axisWords are headings of coordinates, as foldHeader leaves them, in pairs of
// eastward and northward. 横坐标 is the easting: it runs across the sheet.
var axisWords = [][2][]string{
	{strings.Fields(`经度 LON LNG LONG LONGITUDE JINGDU JD`), strings.Fields(`纬度 LAT LATITUDE WEIDU WD`)},
	{strings.Fields(`横坐标 东坐标 东向坐标 HZB EASTING EAST`), strings.Fields(`纵坐标 北坐标 北向坐标 ZZB NORTHING NORTH`)},
	{strings.Fields(`X X坐标 坐标X XZB POINTX COORDX XCOORD CENTERX`), strings.Fields(`Y Y坐标 坐标Y YZB POINTY COORDY YCOORD CENTERY`)},
}

// findPlaces looks for a pair of columns by their headings and checks that they
// hold numbers.
func findPlaces(columns []SourceColumn, rows [][]string) placeColumns {
	var doubt lintu.Text
	for k, pair := range axisWords {
		x, y := axisColumn(columns, pair[0], k == 0), axisColumn(columns, pair[1], k == 0)
		if x < 0 || y < 0 {
			continue
		}
		xs, okX := axisRange(rows, x)
		ys, okY := axisRange(rows, y)
		if !okX || !okY || k == 0 && (beyondDegrees(xs) || beyondDegrees(ys)) {
			doubt = lintu.Say("列 %s 和 %s 的名称像坐标，但内容不是这样的十进制数，没有采用", "the columns %s and %s are called like coordinates but hold no decimal numbers that can be; they were not used", columns[x].Name, columns[y].Name)
			continue
		}
		p := placeColumns{found: true, x: x, y: y}
		if northFirst(xs, ys) {
			p.x, p.y = y, x
		}
		p.note = lintu.Say("位置取自列 %[1]s（东向）和 %[2]s（北向）", "places come from the columns %[1]s (eastward) and %[2]s (northward)", columns[p.x].Name, columns[p.y].Name)
		return p
	}
	return placeColumns{note: doubt}
}

// axisColumn finds the column of one axis; -1 if there is none, or more than one
// and none of exactly that name. Degrees may have words around them (GPS经度).
func axisColumn(columns []SourceColumn, words []string, around bool) int {
	exact, near, several := -1, -1, false
	for i, c := range columns {
		h := foldHeader(c.Name)
		for n, w := range words {
			if h == w && exact < 0 {
				exact = i
			}
			if around && n == 0 && strings.Contains(h, w) {
				several = several || near >= 0
				near = i
			}
		}
	}
	if exact >= 0 {
		return exact
	}
	if several {
		return -1
	}
	return near
}

// axisRange is between which numbers a column's values lie. ok wants four fifths
// of them to be numbers.
func axisRange(rows [][]string, column int) (between [2]float64, ok bool) {
	filled, numbers := 0, 0
	for _, row := range rows {
		if row[column] == "" {
			continue
		}
		filled++
		v, good := parseCoordinate(row[column])
		if !good {
			continue
		}
		if numbers == 0 {
			between = [2]float64{v, v}
		}
		numbers++
		between[0], between[1] = min(between[0], v), max(between[1], v)
	}
	return between, numbers > 0 && numbers*5 >= filled*4
}

func beyondDegrees(between [2]float64) bool { return between[0] < -180 || between[1] > 180 }

// northFirst reports whether what is called x runs northwards. Surveyors in China
// call the northing x; a projected northing there has seven digits and begins
// with 1 to 5, an easting has six, or eight with its zone. Degrees beyond 90 are
// no latitude.
func northFirst(xs, ys [2]float64) bool {
	within := func(v [2]float64, low, high float64) bool { return v[0] >= low && v[1] <= high }
	northing := within(xs, 1.8e6, 6e6)
	easting := within(ys, 1e5, 9.5e5) || within(ys, 1.3e7, 4.6e7)
	degrees := within(xs, 3, 54) && within(ys, 90, 136)
	return northing && easting || degrees
}

// parseCoordinate reads a finite decimal number.
func parseCoordinate(v string) (float64, bool) {
	f, err := strconv.ParseFloat(v, 64)
	return f, err == nil && finite(f)
}
