package sql

import "github.com/lintu-map/lintu"

// TileSQL shows the tests the statement of a layer at a zoom of the present, and
// the bounds that go into it.
func TileSQL(l lintu.LayerInfo, z, x, y int) (string, [4]float64) {
	if z < l.DetailZoom {
		return tileStatements[l.Name].clusters[present], tileBounds(z, x, y, 0)
	}
	return tileStatements[l.Name].detail[present], tileBounds(z, x, y, tileBuffer)
}
