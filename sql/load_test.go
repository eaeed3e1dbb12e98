package sql_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
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
	heads   bool  // each household has one of five thousand
	persons int64 // from this household on there are persons; 0 for none
	person  lintu.Person
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
	if m.heads {
		m.values[3] = strconv.FormatInt(m.next%5000, 10)
	}
	binary.BigEndian.PutUint32(m.id[12:], uint32(m.next))
	m.row = lintu.Row{Number: m.next, ID: m.id, Values: m.values, Geometry: m.geom}
	if m.persons > 0 && m.next >= m.persons {
		m.person = lintu.Person{Name: fmt.Sprintf("户主%d", m.next), Phone: fmt.Sprintf("138%08d", m.next), Members: int(m.next % 7), Needs: []string{"独居老人"}}
		m.row.Person = &m.person
	}
	return m.next <= m.n
}

func (m *many) Row() *lintu.Row { return &m.row }
func (m *many) Err() error      { return nil }

// BenchmarkImport looks at a million households without storing them, loads them
// into an unused layer, and then the same again, of which nothing is new.
func BenchmarkImport(b *testing.B) { benchmarkImport(b, 1_000_000, false, 0) }

// BenchmarkImportPersons is the same with a person in each household.
func BenchmarkImportPersons(b *testing.B) {
	for _, n := range []int64{47_000, 1_000_000} {
		b.Run(strconv.FormatInt(n, 10), func(b *testing.B) { benchmarkImport(b, n, false, 1) })
	}
}

// BenchmarkImportAssigned is the same with a fifth of the households, each of
// which has a neighbor head.
func BenchmarkImportAssigned(b *testing.B) { benchmarkImport(b, 200_000, true, 0) }

func benchmarkImport(b *testing.B, n int64, heads bool, persons int64) {
	for b.Loop() {
		b.StopTimer()
		p := newPlace(b)
		var leaders []lintu.Row
		for i := range 5000 {
			leaders = append(leaders, row(int64(i+1), nil, strconv.Itoa(i), ""))
		}
		p.apply(part{lintu.Heads, false, leaders})
		b.StartTimer()
		for _, what := range []string{"looking", "loading", "loading again"} {
			start := b.Elapsed()
			var staged float64
			load := func(tx lintu.BatchTx) error {
				source := newMany(n)
				source.heads, source.persons = heads, persons
				if _, err := tx.Stage(b.Context(), layerNamed(lintu.Households), source); err != nil {
					return err
				}
				staged = (b.Elapsed() - start).Seconds()
				_, err := tx.Merge(b.Context(), layerNamed(lintu.Households), true)
				return err
			}
			var err error
			if what == "looking" {
				err = p.TryBatch(b.Context(), p.tenant, everywhere, load)
			} else {
				err = p.ApplyBatch(b.Context(), p.tenant, newBatch(p), everywhere, load)
			}
			if err != nil {
				b.Fatal(err)
			}
			took := (b.Elapsed() - start).Seconds()
			b.Logf("%s: %.1f s staging, %.1f s in all, %.0f features/s", what, staged, took, float64(n)/took)
		}
	}
	b.ReportMetric(0, "ns/op")
}
