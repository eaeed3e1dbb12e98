package sql

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

//go:embed queries/open_pins.sql
var openPins string

// OpenPins implements lintu.LiveSource.
func (l *Live) OpenPins(ctx context.Context, v *lintu.Viewer) (pins []lintu.Pin, cursor string, err error) {
	s := shownTo(v, v.Tenant)
	// One snapshot for both questions.
	err = pgx.BeginTxFunc(ctx, l.db.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT `+instantSQL).Scan(&cursor); err != nil {
			return err
		}
		args := selection{args: s.args}
		orphan := isUnanswered(args.arg)
		rows, err := tx.Query(ctx, fmt.Sprintf(openPins, s.shown, s.whole, isOpen("r"), orphan), args.args...)
		if err != nil {
			return err
		}
		pins, err = pgx.CollectRows(rows, scanPin)
		return err
	})
	return pins, cursor, toError(err)
}

func scanPin(row pgx.CollectableRow) (p lintu.Pin, err error) {
	var whole bool
	err = row.Scan(&p.ID, &p.Number, &p.Seq, &p.Lon, &p.Lat, &p.Category, &p.State, &p.Urgency, &p.Rung, &p.Areas, &p.Unit,
		&p.ReportedAt, &p.Since, &p.Due, &p.Late, &p.Act, &p.At, &p.Unanswered, &whole)
	if !whole {
		p = p.Outline()
	}
	return p.Brief(), err
}
