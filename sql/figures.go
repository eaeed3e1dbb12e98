package sql

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.FigureStore = (*DB)(nil)

//go:embed queries/figures.sql
var figures string

//go:embed queries/usual.sql
var usual string

//go:embed queries/heat.sql
var heat string

// Spans of the figures.
const (
	figureDays = 30 // back, for what has been closed
	usualWeeks = 8
)

// shownCases are the conditions on a case_file r of what a viewer is shown, with the
// values of their parameters.
type shownCases struct {
	shown, whole string
	args         []any
}

// shownTo makes the conditions for a statement that has other values before theirs.
func shownTo(v *lintu.Viewer, before ...any) shownCases {
	s := selection{args: before}
	sight := sightOf(v.CaseTerritory(), s.arg)
	return shownCases{either(sight.whole, sight.outline), sight.whole, s.args}
}

// Figures implements lintu.FigureStore. All figures are of one snapshot.
func (db *DB) Figures(ctx context.Context, v *lintu.Viewer, now time.Time) (*lintu.Figures, error) {
	c, err := db.choices(ctx, db.pool, v.Tenant)
	if err != nil {
		return nil, toError(err)
	}
	y, m, d := now.In(c.calendar.Zone).Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, c.calendar.Zone)
	f := &lintu.Figures{AsOf: now, ByCategory: map[string]int64{}}
	leaves := map[string]int64{}
	err = pgx.BeginTxFunc(ctx, db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		s := shownTo(v, v.Tenant, now, midnight, now.AddDate(0, 0, -figureDays))
		err := tx.QueryRow(ctx, fmt.Sprintf(figures, s.shown, s.whole, isOpen("r")), s.args...).
			Scan(&f.Open, &f.Late, &f.Today, &f.TodayClosed, &f.Closed, &f.OnTime, &f.Satisfaction, &f.Answers,
				&f.ByState, &f.ByUrgency, &leaves, &f.ByArea)
		if err != nil {
			return err
		}
		since, till := usualSpans(midnight, now)
		s = shownTo(v, v.Tenant, since, till)
		return tx.QueryRow(ctx, fmt.Sprintf(usual, s.shown), s.args...).Scan(&f.Usual)
	})
	if err != nil {
		return nil, toError(err)
	}
	for code, n := range leaves {
		f.ByCategory[rootOf(c.categories, code)] += n
	}
	return f, nil
}

// usualSpans are from midnight to the present time on the same weekday of the weeks
// before.
func usualSpans(midnight, now time.Time) (since, till []time.Time) {
	for week := 1; week <= usualWeeks; week++ {
		since, till = append(since, midnight.AddDate(0, 0, -7*week)), append(till, now.In(midnight.Location()).AddDate(0, 0, -7*week))
	}
	return since, till
}

// rootOf is the code of a category's outermost ancestor; of an unknown one its own.
func rootOf(cs lintu.Categories, code string) string {
	if path := cs.Path(code); len(path) > 0 {
		return path[len(path)-1]
	}
	return code
}

// Heat implements lintu.FigureStore.
func (db *DB) Heat(ctx context.Context, v *lintu.Viewer, since time.Time) ([][3]float64, error) {
	s := shownTo(v, v.Tenant, since, lintu.HeatPerDegree)
	rows, err := db.pool.Query(ctx, fmt.Sprintf(heat, s.shown), s.args...)
	if err != nil {
		return nil, toError(err)
	}
	cells, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x [3]float64, err error) {
		err = row.Scan(&x[0], &x[1], &x[2])
		return x, err
	})
	return cells, toError(err)
}
