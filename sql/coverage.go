package sql

import (
	"context"
	_ "embed"
	"strconv"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

//go:embed queries/overlaps.sql
var overlapsSQL string

//go:embed queries/gaps.sql
var gapsSQL string

// Two areas that share a border, each drawn with coordinates rounded its own
// way (the seventh decimal of a degree is a centimetre), overlap or part by
// slivers. They are counted and not listed; what is smaller than a thumbnail is
// arithmetic.
const (
	sliverM2     = 0.5
	sliverWidthM = 0.02
	leastM2      = 0.0001
)

// Coverage implements lintu.BatchTx. The rules are overlap, gap and, for what is
// too small or too thin to be more than noise and therefore only counted,
// overlap-sliver and gap-sliver. The lists begin with the largest.
func (b *batchTx) Coverage(ctx context.Context, layer lintu.LayerInfo) (overlaps, gaps lintu.Findings, err error) {
	all := b.stages[layer.Name]
	if len(all) == 0 {
		return overlaps, gaps, toError(errNothingStaged)
	}
	s := all[len(all)-1]
	for _, query := range []string{
		`CREATE TEMP TABLE stage_coverage ON COMMIT DROP AS SELECT number, code, geom FROM ` + s.name,
		`CREATE INDEX ON stage_coverage USING gist (geom)`,
		`ANALYZE stage_coverage`,
	} {
		if _, err := b.tx.Exec(ctx, query); err != nil {
			return overlaps, gaps, toError(err)
		}
	}
	if overlaps, err = b.overlaps(ctx); err != nil {
		return overlaps, gaps, toError(err)
	}
	if gaps, err = b.gaps(ctx); err != nil {
		return overlaps, gaps, toError(err)
	}
	_, err = b.tx.Exec(ctx, `DROP TABLE stage_coverage`)
	return overlaps, gaps, toError(err)
}

func (b *batchTx) overlaps(ctx context.Context) (lintu.Findings, error) {
	var found lintu.Findings
	rows, err := b.tx.Query(ctx, overlapsSQL, sliverM2, sliverWidthM, leastM2, lintu.FindingsKept)
	if err != nil {
		return found, err
	}
	var rowA, rowB, seen, counted int64
	var listed bool
	var codeA, codeB string
	var m2 float64
	var at [2]float64
	_, err = pgx.ForEachRow(rows, []any{&rowA, &codeA, &rowB, &codeB, &m2, &at[0], &at[1], &listed, &seen, &counted}, func() error {
		place := at
		keep(&found, "overlap", listed, seen, counted, lintu.Finding{Row: rowA, LonLat: &place, AreaM2: m2, Text: lintu.Say(
			"第 %[1]d 行（%[2]s）与第 %[3]d 行（%[4]s）重叠 %[5]s 平方米。",
			"Row %[1]d (%[2]s) and row %[3]d (%[4]s) overlap by %[5]s m².", rowA, codeA, rowB, codeB, squareMetres(m2))})
		return nil
	})
	return found, err
}

func (b *batchTx) gaps(ctx context.Context) (lintu.Findings, error) {
	var found lintu.Findings
	rows, err := b.tx.Query(ctx, gapsSQL, sliverM2, sliverWidthM, leastM2, lintu.FindingsKept)
	if err != nil {
		return found, err
	}
	var seen, counted int64
	var listed bool
	var m2 float64
	var at [2]float64
	_, err = pgx.ForEachRow(rows, []any{&m2, &at[0], &at[1], &listed, &seen, &counted}, func() error {
		place := at
		keep(&found, "gap", listed, seen, counted, lintu.Finding{LonLat: &place, AreaM2: m2, Text: lintu.Say(
			"%[2]s, %[3]s 处有 %[1]s 平方米不属于任何区域。",
			"At %[2]s, %[3]s there are %[1]s m² that no area covers.", squareMetres(m2), degrees(at[0]), degrees(at[1]))})
		return nil
	})
	return found, err
}

// keep lists a finding unless it is a sliver, and sets the totals.
func keep(found *lintu.Findings, rule string, listed bool, seen, counted int64, x lintu.Finding) {
	found.Total, found.ByRule = counted, map[string]int64{}
	if seen > 0 {
		found.ByRule[rule] = seen
	}
	if counted > seen {
		found.ByRule[rule+"-sliver"] = counted - seen
	}
	if listed {
		x.Rule = rule
		found.List = append(found.List, x)
	}
}

func squareMetres(m2 float64) string { return strconv.FormatFloat(m2, 'f', 1, 64) }

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 6, 64) }
