package importer

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// readThrough reads all rows of a dataset.
func readThrough(b *testing.B, d *Dataset) int64 {
	r, err := d.Read(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	n := int64(0)
	for r.Next() {
		n++
	}
	if r.Err() != nil {
		b.Fatal(r.Err())
	}
	return n
}

func benchmarkRead(b *testing.B, path string) {
	s, err := Open(path, filepath.Base(path))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	rows := int64(0)
	for b.Loop() {
		rows += readThrough(b, s.Datasets()[0])
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkReadPolygons(b *testing.B) {
	benchmarkRead(b, sharedData(b, "cambridge/cambridge_polys_96849.zip"))
}

func BenchmarkOpenZip(b *testing.B) {
	path := sharedData(b, "cambridge/cambridge_polys_96849.zip")
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(path, "a.zip")
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadMillionPoints reads households with a code and a Chinese
// address in GBK.
func BenchmarkReadMillionPoints(b *testing.B) {
	const n = 1_000_000
	rnd := rand.New(rand.NewPCG(1, 2))
	f := shpFile{shape: 1}
	address, err := simplifiedchinese.GBK.NewEncoder().String("集里街道神仙坳社区")
	if err != nil {
		b.Fatal(err)
	}
	lines := make([]string, n)
	for i := range n {
		f.records = append(f.records, pointRecord(113+rnd.Float64(), 28+rnd.Float64()))
		lines[i] = fmt.Sprintf(" 430181%010d%s%d", i, address, i%1000)
	}
	dbf := dbfFile(0x4D, []dbfColumn{{"HBM", 'C', 16, 0}, {"DZ", 'C', 60, 0}}, lines...)
	benchmarkRead(b, folder(b, map[string][]byte{"a.shp": f.shp(), "a.shx": f.shx(), "a.dbf": dbf}))
}

func BenchmarkReadGeoJSON(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var text bytes.Buffer
	text.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 50_000 {
		if i > 0 {
			text.WriteByte(',')
		}
		x, y := 113+rnd.Float64(), 28+rnd.Float64()
		fmt.Fprintf(&text, `{"type":"Feature","properties":{"code":"430181%06d","name":"神仙坳社区"},"geometry":{"type":"Polygon","coordinates":[[`, i)
		for k := range 20 {
			fmt.Fprintf(&text, "[%.7f,%.7f],", x+float64(k)/1e4, y+float64(k*k)/1e5)
		}
		fmt.Fprintf(&text, "[%.7f,%.7f]]]}}", x, y)
	}
	text.WriteString("]}")
	path := filepath.Join(b.TempDir(), "a.geojson")
	if err := os.WriteFile(path, text.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	benchmarkRead(b, path)
}
