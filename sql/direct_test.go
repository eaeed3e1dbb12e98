package sql_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/lintu-map/lintu"
)

// crowd are more households than are staged first.
func crowd(n int) []lintu.Row {
	list := make([]lintu.Row, n)
	for i := range list {
		list[i] = row(int64(i+1), point(113+float64(i%200)/1000, 28+float64(i/200)/1000), fmt.Sprintf("H%06d", i), "号", "", "")
	}
	return list
}

const crowdSize = 20500

// indexes describes the tables' indexes and constraints.
func (p place) indexes() []string {
	return p.strings(`SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
		UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1`)
}

func TestDirect(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()[:4]...)
	before := p.indexes()
	many := crowd(crowdSize)
	many[crowdSize-1].Values[3] = "N2" // a head after so many without
	b, done := p.apply(part{lintu.Households, false, many},
		part{lintu.Households, true, []lintu.Row{row(1, nil, "H000001", "新号", "", ""), row(2, nil, "Z", "", "", "")}})
	equal(t, "comparisons", done, []lintu.Comparison{{New: crowdSize}, {New: 1, Changed: 1}})
	equal(t, "indexes", p.indexes(), before)
	equal(t, "assigned", p.strings(`SELECT h.code FROM assignment a JOIN household h ON h.tenant_id = a.tenant_id AND h.id = a.household_id`),
		[]string{fmt.Sprintf("H%06d", crowdSize-1)})
	equal(t, "bounds", p.strings(`SELECT new_bounds::text FROM change WHERE kind = 'households' ORDER BY seq LIMIT 1`),
		[]string{"BOX(113 28,113.199 28.102)"})
	equal(t, "counted", p.strings(`SELECT code || ' ' || households FROM area WHERE level = 'street'`),
		p.strings(`SELECT '430181001000 ' || count(*) FROM household h, area a WHERE level = 'street' AND ST_Contains(a.geom, h.geom)`))
	p.sound()
	if err := p.UndoBatch(t.Context(), p.tenant, b.ID, everywhere); err != nil {
		t.Fatal(err)
	}
	equal(t, "left", p.strings(`SELECT code FROM household WHERE upper_inf(valid)`), nil)
	_, done = p.apply(part{lintu.Households, true, crowd(crowdSize)})
	equal(t, "again", done, []lintu.Comparison{{New: crowdSize}})
	p.sound()
}

// Rows that the file numbers with holes are named by their numbers all the same.
func TestDirectTwins(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	before := p.indexes()
	many := crowd(crowdSize)
	for i := range many {
		many[i].Number = int64(i + 10 + i/100)
	}
	many[20400].Values[0] = many[150].Values[0]
	_, _, err := p.try(part{lintu.Households, false, many})
	wantCode(t, err, lintu.CodeInvalid, "H000150", "161", "20614")
	slices.SortFunc(many, func(a, b lintu.Row) int { return int(b.Number - a.Number) })
	_, _, err = p.try(part{lintu.Households, false, many})
	wantCode(t, err, lintu.CodeInvalid, "H000150", "161", "20614")
	equal(t, "indexes", p.indexes(), before)
	equal(t, "left", p.strings(`SELECT code FROM household`), nil)
	_, done := p.apply(part{lintu.Households, false, crowd(crowdSize)}) // the table has been used, and is empty
	equal(t, "comparisons", done, []lintu.Comparison{{New: crowdSize}})
	p.sound()
}

// A server that dies in the middle leaves nothing of a batch, and the batch can
// be applied afterwards.
func TestKilledInTheMiddle(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.apply(town()...)
	b := newBatch(p)
	for _, when := range []string{"stage", "merge", "end"} {
		kill := func(now string) {
			if now != when {
				return
			}
			if _, err := p.Owner().Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
				WHERE datname = current_database() AND state LIKE 'idle in transaction%'`); err != nil {
				t.Error(err)
			}
		}
		before, indexes := p.state("now()"), p.indexes()
		err := p.ApplyBatch(t.Context(), p.tenant, b, everywhere, func(tx lintu.BatchTx) error {
			for _, x := range []part{{lintu.Heads, true, town()[3].rows[:1]}, {lintu.Buildings, true, nil}} {
				if _, err := tx.Stage(t.Context(), layerNamed(x.layer), &rows{list: x.rows}); err != nil {
					return err
				}
				kill("stage")
				if _, err := tx.Merge(t.Context(), layerNamed(x.layer), x.close); err != nil {
					return err
				}
				kill("merge")
			}
			kill("end")
			return nil
		})
		wantCode(t, err, lintu.CodeUnavailable)
		equal(t, "state", p.state("now()"), before)
		equal(t, "indexes", p.indexes(), indexes)
		p.sound()
	}
	if err := p.ApplyBatch(t.Context(), p.tenant, b, everywhere, func(lintu.BatchTx) error { return nil }); err != nil {
		t.Error(err)
	}
}

// Two batches at once follow one another.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	inside, second := make(chan struct{}), make(chan error)
	b1, b2 := newBatch(p), newBatch(p)
	go func() {
		<-inside
		second <- p.ApplyBatch(context.Background(), p.tenant, b2, everywhere, func(tx lintu.BatchTx) error {
			var done []lintu.Comparison
			return load(context.Background(), &done, []part{{lintu.Heads, false, []lintu.Row{row(1, nil, "N1", "乙")}}})(tx)
		})
	}()
	err := p.ApplyBatch(t.Context(), p.tenant, b1, everywhere, func(tx lintu.BatchTx) error {
		var done []lintu.Comparison
		close(inside)
		return load(t.Context(), &done, []part{{lintu.Heads, false, []lintu.Row{row(1, nil, "N1", "甲")}}})(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Fatal(err)
	}
	equal(t, "versions", p.strings(`SELECT name FROM head_version ORDER BY version`), []string{"甲", "乙"})
	if !b1.AppliedAt.Before(*b2.AppliedAt) {
		t.Errorf("applied at %v and %v", b1.AppliedAt, b2.AppliedAt)
	}
	p.sound()
}
