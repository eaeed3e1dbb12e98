package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lintu-map/lintu"
)

// BenchmarkStreamPoints reads, checks and encodes points without storing them:
// what the importer itself takes.
func BenchmarkStreamPoints(b *testing.B) {
	w := newTown(b)
	const rows = 200_000
	f := shpFile{shape: shapePoint}
	var table []string
	for i := range rows {
		f.records = append(f.records, pointRecord(113+float64(i%1000)/1e5, 28+float64(i/1000)/1e5))
		table = append(table, fmt.Sprintf(" H%07dJili Road %d", i, i))
	}
	dir := b.TempDir()
	for name, data := range map[string][]byte{"households.shp": f.shp(), "households.shx": f.shx(), "households.prj": []byte(wktWGS84),
		"households.dbf": dbfFile(0, []dbfColumn{{"CODE", 'C', 8, 0}, {"ADDRESS", 'C', 40, 0}}, table...)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		w.each(b, dir, lintu.Answers{Layer: lintu.Households}, func(*lintu.Row) { n++ })
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
