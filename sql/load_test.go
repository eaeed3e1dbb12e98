package sql_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lintu-map/lintu"
)

// many yields n households spread over a county without keeping them: codes in
// ascending order, places in none.
type many struct {
	n, next int64
	row     lintu.Row
	random  *rand.Rand
	geom    []byte
	values  []string
	id      lintu.ID
}

func newMany(n int64) *many {
	return &many{n: n, random: rand.New(rand.NewPCG(1, 2)), geom: point(0, 0), values: make([]string, 4), id: lintu.NewID()}
}

func (m *many) Next(context.Context) bool {
	m.next++
	binary.LittleEndian.PutUint64(m.geom[9:], math.Float64bits(113.2+m.random.Float64()))
	binary.LittleEndian.PutUint64(m.geom[17:], math.Float64bits(27.9+m.random.Float64()*0.6))
	m.values[0] = fmt.Sprintf("4301810010%08d", m.next)
	m.values[1] = fmt.Sprintf("集里街道神仙坳社区%d号", m.next)
	binary.BigEndian.PutUint32(m.id[12:], uint32(m.next))
	m.row = lintu.Row{Number: m.next, ID: m.id, Values: m.values, Geometry: m.geom}
	return m.next <= m.n
}

func (m *many) Row() *lintu.Row { return &m.row }
func (m *many) Err() error      { return nil }

// BenchmarkImport loads a million households into an empty layer, and then the
// same again, of which nothing is new.
func BenchmarkImport(b *testing.B) {
	const n = 1_000_000
	for b.Loop() {
		b.StopTimer()
		p := newPlace(b)
		b.StartTimer()
		for range 2 {
			start := b.Elapsed()
			batch := newBatch(p)
			var staged float64
			err := p.ApplyBatch(b.Context(), p.tenant, batch, func(tx lintu.BatchTx) error {
				if _, err := tx.Stage(b.Context(), layerNamed(lintu.Households), newMany(n)); err != nil {
					return err
				}
				staged = (b.Elapsed() - start).Seconds()
				_, err := tx.Merge(b.Context(), layerNamed(lintu.Households), true)
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			took := (b.Elapsed() - start).Seconds()
			b.Logf("%.1f s staging, %.1f s in all, %.0f features/s", staged, took, n/took)
		}
	}
	b.ReportMetric(0, "ns/op")
}
