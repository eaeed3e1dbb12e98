package sql

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lintu-map/lintu"
)

var _ lintu.MeetingStore = (*DB)(nil)

// meetingSeen is the condition under which a viewer is shown a meeting m: the own
// ones, and those in the territory: $2 account, $3 everywhere, $4 areas.
const meetingSeen = `(m.account_id = $2 OR $3 OR m.area_ids && $4::uuid[])`

func noMeeting(id lintu.ID) error {
	return lintu.Errorf(lintu.CodeNotFound, "没有编号为 %s 的议事会。", "There is no meeting %s.", id)
}

// Meetings implements lintu.MeetingStore. Their rows are left out.
func (db *DB) Meetings(ctx context.Context, v *lintu.Viewer, limit int) ([]lintu.Meeting, error) {
	t := v.Territory(lintu.SeeCases)
	rows, err := db.pool.Query(ctx, `SELECT m.doc, m.seq FROM meeting m WHERE m.tenant_id = $1 AND `+meetingSeen+`
		ORDER BY m.starts_at DESC, m.id LIMIT $5`, v.Tenant, v.Account, t.Everywhere, t.Areas, limit)
	if err != nil {
		return nil, toError(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (lintu.Meeting, error) {
		var m lintu.Meeting
		var doc []byte
		if err := row.Scan(&doc, &m.Seq); err != nil {
			return m, err
		}
		seq := m.Seq
		err := json.Unmarshal(doc, &m)
		m.Seq = seq
		return m, err
	})
	return all, toError(err)
}

// Meeting implements lintu.MeetingStore.
func (db *DB) Meeting(ctx context.Context, v *lintu.Viewer, id lintu.ID) (*lintu.Meeting, error) {
	m, err := readMeeting(ctx, db.pool, v, id, lintu.SeeCases, "")
	return m, toError(err)
}

// readMeeting reads a meeting with its rows, for a viewer who has the right where it
// is or has made it. lock may be FOR UPDATE.
func readMeeting(ctx context.Context, q asker, v *lintu.Viewer, id lintu.ID, right lintu.Right, lock string) (*lintu.Meeting, error) {
	t := v.Territory(right)
	var m lintu.Meeting
	var doc []byte
	var seq int
	err := q.QueryRow(ctx, `SELECT m.doc, m.seq FROM meeting m WHERE m.tenant_id = $1 AND `+meetingSeen+` AND m.id = $5 `+lock,
		v.Tenant, v.Account, t.Everywhere, t.Areas, id).Scan(&doc, &seq)
	if err == pgx.ErrNoRows {
		return nil, noMeeting(id)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(doc, &m); err != nil {
		return nil, err
	}
	m.Seq = seq
	m.Rows, err = ledgerRows(ctx, q, v, `r.meeting_id = $2`, `r.number`, id)
	return &m, err
}

// ledgerRows reads rows with the state and number of their cases, or of the cases of the
// rows that they read out. Of a row whose case the viewer is not shown, such as a
// dispute, only that there is one. The condition's parameters begin with $2.
func ledgerRows(ctx context.Context, q asker, v *lintu.Viewer, where, order string, args ...any) ([]lintu.LedgerRow, error) {
	rows, err := q.Query(ctx, `SELECT r.doc, r.number, r.case_id, r.from_id, c.doc
		FROM ledger_row r JOIN meeting m ON m.tenant_id = r.tenant_id AND m.id = r.meeting_id
		LEFT JOIN ledger_row earlier ON earlier.tenant_id = r.tenant_id AND earlier.id = r.from_id
		LEFT JOIN case_file c ON c.tenant_id = r.tenant_id AND c.id = coalesce(r.case_id, earlier.case_id)
		WHERE r.tenant_id = $1 AND `+where+` ORDER BY `+order, append([]any{v.Tenant}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (lintu.LedgerRow, error) {
		var r lintu.LedgerRow
		var doc, file []byte
		var number int
		var of, from *lintu.ID
		if err := row.Scan(&doc, &number, &of, &from, &file); err != nil {
			return r, err
		}
		if err := json.Unmarshal(doc, &r); err != nil {
			return r, err
		}
		r.Number, r.Case, r.From, r.State, r.CaseNo = number, of, from, "", ""
		var c lintu.Case
		if file == nil {
			return r, nil
		}
		if err := json.Unmarshal(file, &c); err != nil {
			return r, err
		}
		if c.Sight(v) == lintu.Nothing {
			return lintu.LedgerRow{ID: r.ID, Number: number, Hidden: true}, nil
		}
		r.State, r.CaseNo = c.State, c.Number
		return r, nil
	})
}

// SaveMeeting implements lintu.MeetingStore.
func (db *DB) SaveMeeting(ctx context.Context, v *lintu.Viewer, m lintu.Meeting) (*lintu.Meeting, error) {
	if err := m.Check(db.now()); err != nil {
		return nil, err
	}
	var saved *lintu.Meeting
	err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		act, old, err := "change_meeting", (*lintu.Meeting)(nil), error(nil)
		if m.Seq == 0 {
			act = "add_meeting"
			err = insertMeeting(ctx, tx, v, &m)
		} else {
			old, err = updateMeeting(ctx, tx, v, &m)
		}
		if err != nil {
			return err
		}
		if err := saveRows(ctx, tx, v, &m, old); err != nil {
			return err
		}
		if saved, err = readMeeting(ctx, tx, v, m.ID, lintu.HoldMeetings, ""); err != nil {
			return err
		}
		return note(ctx, tx, v.Tenant, v.Actor(lintu.HoldMeetings), act, "meeting", &m.ID, map[string]int{"seq": saved.Seq, "rows": len(saved.Rows)})
	})
	return saved, toError(err)
}

// insertMeeting makes a meeting. Made once more with the same id it is a change that
// stands on nothing.
func insertMeeting(ctx context.Context, tx pgx.Tx, v *lintu.Viewer, m *lintu.Meeting) error {
	r, err := route(ctx, tx, v.Tenant, lintu.Place{Lon: m.Lon, Lat: m.Lat}, nil, "", "")
	if err != nil {
		return err
	}
	m.Areas = []lintu.AreaRef{}
	ids := []string{}
	for _, a := range r.Areas {
		m.Areas = append(m.Areas, a.AreaRef)
		ids = append(ids, a.ID)
	}
	done, err := tx.Exec(ctx, `INSERT INTO meeting (tenant_id, id, seq, account_id, starts_at, ended_at, geom, area_ids, doc)
		VALUES ($1, $2, 1, $3, $4, $5, ST_SetSRID(ST_MakePoint($6, $7), 4326), $8::text[]::uuid[], $9) ON CONFLICT (tenant_id, id) DO NOTHING`,
		v.Tenant, m.ID, v.Account, m.StartsAt, m.EndedAt, m.Lon, m.Lat, ids, meetingDoc(m))
	if err == nil && done.RowsAffected() == 0 {
		return errMeetingMoved
	}
	return err
}

var errMeetingMoved = lintu.Errorf(lintu.CodeConflict, "这次议事会刚被别人修改过，请刷新后再保存。", "Somebody else has changed this meeting; please look at it again before you save.")

// updateMeeting changes what may change, and returns the meeting as it was: the place
// and its areas stay.
func updateMeeting(ctx context.Context, tx pgx.Tx, v *lintu.Viewer, m *lintu.Meeting) (*lintu.Meeting, error) {
	old, err := readMeeting(ctx, tx, v, m.ID, lintu.HoldMeetings, "FOR UPDATE OF m")
	if err != nil {
		return nil, err
	}
	if old.Seq != m.Seq {
		return nil, errMeetingMoved
	}
	if old.EndedAt != nil {
		return nil, lintu.Errorf(lintu.CodeConflict, "议事会已结束，台账不能再改。", "The meeting has ended; its ledger cannot be changed any more.")
	}
	for _, r := range old.Rows {
		if !slices.ContainsFunc(m.Rows, func(x lintu.LedgerRow) bool { return x.ID == r.ID }) {
			return nil, lintu.Errorf(lintu.CodeConflict, "台账第 %d 条不能删除。", "Row %d of the ledger cannot be removed.", r.Number)
		}
	}
	m.Lon, m.Lat, m.Areas = old.Lon, old.Lat, old.Areas
	_, err = tx.Exec(ctx, `UPDATE meeting SET seq = seq + 1, starts_at = $3, ended_at = $4, doc = $5 WHERE tenant_id = $1 AND id = $2`,
		v.Tenant, m.ID, m.StartsAt, m.EndedAt, meetingDoc(m))
	return old, err
}

// meetingDoc is what the column doc holds.
func meetingDoc(m *lintu.Meeting) lintu.Meeting {
	x := *m
	x.Rows, x.Seq = []lintu.LedgerRow{}, 0
	return x
}

// saveRows stores the ledger. A row of another meeting is left as it is, and one that is
// hidden from the viewer. old is the meeting as it was, nil for a new one.
func saveRows(ctx context.Context, tx pgx.Tx, v *lintu.Viewer, m, old *lintu.Meeting) error {
	b := &pgx.Batch{}
	for i, r := range m.Rows {
		if old != nil && i < len(old.Rows) && old.Rows[i].Hidden && old.Rows[i].ID == r.ID {
			continue
		}
		if r.Hidden {
			return errMeetingMoved
		}
		r.Case, r.State, r.CaseNo, r.Number = nil, "", "", 0
		if r.From != nil {
			var seen bool
			t := v.Territory(lintu.SeeCases)
			if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM ledger_row r JOIN meeting m ON m.tenant_id = r.tenant_id AND m.id = r.meeting_id
				WHERE r.tenant_id = $1 AND r.id = $5 AND `+meetingSeen+`)`, v.Tenant, v.Account, t.Everywhere, t.Areas, r.From).Scan(&seen); err != nil {
				return err
			}
			if !seen {
				return lintu.Errorf(lintu.CodeNotFound, "台账第 %d 条所指的往次记录不存在。", "The earlier row that row %d names is not there.", i+1)
			}
		}
		b.Queue(`INSERT INTO ledger_row AS old (tenant_id, meeting_id, id, number, answered, from_id, doc) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (tenant_id, id) DO UPDATE SET answered = excluded.answered, doc = excluded.doc
			WHERE old.meeting_id = excluded.meeting_id AND old.number = excluded.number`,
			v.Tenant, m.ID, r.ID, i+1, r.Answer != "" && r.From == nil, r.From, r).
			Exec(func(done pgconn.CommandTag) error {
				if done.RowsAffected() == 0 {
					return errMeetingMoved
				}
				return nil
			})
	}
	return tx.SendBatch(ctx, b).Close()
}

// RowToCase implements lintu.MeetingStore. Reporting and noting the case in the row are
// two transactions: where the second is lost, asking again brings both about, because
// the case has the row's id.
func (db *DB) RowToCase(ctx context.Context, v *lintu.Viewer, meeting, row lintu.ID) (*lintu.CaseView, error) {
	m, err := readMeeting(ctx, db.pool, v, meeting, lintu.HoldMeetings, "")
	if err != nil {
		return nil, toError(err)
	}
	i := slices.IndexFunc(m.Rows, func(r lintu.LedgerRow) bool { return r.ID == row })
	if i < 0 {
		return nil, noMeeting(meeting) // in the words for a meeting that is not the viewer's
	}
	if m.Rows[i].Hidden {
		return nil, errNoCase
	}
	if m.Rows[i].Case != nil {
		return db.Case(ctx, v, *m.Rows[i].Case)
	}
	c, _, err := db.Report(ctx, v.Tenant, m.NewCase(m.Rows[i]), lintu.Asker{Viewer: v})
	if err != nil {
		return nil, err
	}
	_, err = db.pool.Exec(ctx, `UPDATE ledger_row SET case_id = $3 WHERE tenant_id = $1 AND id = $2`, v.Tenant, row, c.ID)
	return c, toError(err)
}

// OpenRows implements lintu.MeetingStore: of earlier meetings in the narrowest common
// area that has a meeting's place, the first raised first.
func (db *DB) OpenRows(ctx context.Context, v *lintu.Viewer, meeting lintu.ID) ([]lintu.LedgerRow, error) {
	m, err := readMeeting(ctx, db.pool, v, meeting, lintu.SeeCases, "")
	if err != nil {
		return nil, toError(err)
	}
	within := communityOf(m.Areas)
	t := v.Territory(lintu.SeeCases)
	rows, err := ledgerRows(ctx, db.pool, v, meetingSeen+` AND m.starts_at < $5 AND m.id <> $6 AND m.area_ids @> ARRAY[$7::uuid]
		AND NOT r.answered AND r.from_id IS NULL AND (c.id IS NULL OR c.state NOT IN ('closed', 'evaluated', 'declined', 'merged'))`,
		`m.starts_at, r.number LIMIT 200`, v.Account, t.Everywhere, t.Areas, m.StartsAt, m.ID, within)
	hidden := func(r lintu.LedgerRow) bool { return r.Hidden } // nothing of it can be read out
	return slices.DeleteFunc(rows, hidden), toError(err)
}

// communityOf is the id of the community around a place, or of the narrowest area that
// there is; nil outside of all.
func communityOf(areas []lintu.AreaRef) *string {
	for _, a := range areas {
		if a.Layer == lintu.Communities {
			return &a.ID
		}
	}
	if len(areas) == 0 {
		return nil
	}
	return &areas[len(areas)-1].ID
}
