package sql

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

var _ lintu.CaseStore = (*DB)(nil)

// viewOf is the case as the asker is shown it. Who has just acted on it, or reported
// it through a door, sees its outline at least.
func viewOf(o *lintu.Office, c *lintu.Case, by lintu.Asker) *lintu.CaseView {
	view := lintu.CaseView{Case: *c, Sight: lintu.Whole, Acts: o.May(c, by)}
	if by.Viewer != nil {
		view.Sight, view.Contact = c.Sight(by.Viewer), c.Reachable && c.MayContact(by.Viewer)
	}
	if by.Resident || view.Sight != lintu.Whole {
		view.Sight, view.Case = lintu.Outline, *c.Outline()
	}
	if view.Acts == nil {
		view.Acts = []lintu.Act{}
	}
	return &view
}

// Case implements lintu.CaseStore.
func (db *DB) Case(ctx context.Context, v *lintu.Viewer, id lintu.ID) (*lintu.CaseView, error) {
	c, err := readCase(ctx, db.pool, v.Tenant, id)
	if err != nil {
		return nil, toError(err)
	}
	if c.Sight(v) == lintu.Nothing {
		return nil, errNoCase
	}
	o, err := db.office(ctx, db.pool, v.Tenant, db.now())
	if err != nil {
		return nil, toError(err)
	}
	view := viewOf(o, c, lintu.Asker{Viewer: v})
	return view, db.finishViews(ctx, v, view)
}

// readCase reads a case, whoever asks; errNoCase if there is none.
func readCase(ctx context.Context, q asker, tenant int32, id lintu.ID) (*lintu.Case, error) {
	var doc []byte
	err := q.QueryRow(ctx, `SELECT doc FROM case_file WHERE tenant_id = $1 AND id = $2`, tenant, id).Scan(&doc)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errNoCase
	}
	if err != nil {
		return nil, err
	}
	c := &lintu.Case{}
	return c, json.Unmarshal(doc, c)
}

// wholeCase reads a case of which the viewer sees the whole; errNoCase otherwise.
func (db *DB) wholeCase(ctx context.Context, v *lintu.Viewer, id lintu.ID) (*lintu.Case, error) {
	c, err := readCase(ctx, db.pool, v.Tenant, id)
	if err == nil && c.Sight(v) != lintu.Whole {
		err = errNoCase
	}
	return c, toError(err)
}

// History implements lintu.CaseStore.
func (db *DB) History(ctx context.Context, v *lintu.Viewer, id lintu.ID) ([]lintu.Event, error) {
	if _, err := db.wholeCase(ctx, v, id); err != nil {
		return nil, err
	}
	events, err := caseEvents(ctx, db.pool, v.Tenant, []lintu.ID{id})
	if err != nil {
		return nil, toError(err)
	}
	return events, db.hideLinks(ctx, v, events)
}

// caseEvents reads the events of cases, by case and then in their order.
func caseEvents(ctx context.Context, q asker, tenant int32, ids []lintu.ID) ([]lintu.Event, error) {
	rows, err := q.Query(ctx, `
		SELECT case_id, seq, id, at, actor, account_id, as_party, act, from_state, to_state, note, photos, patch
		FROM case_event WHERE tenant_id = $1 AND case_id = ANY ($2) ORDER BY case_id, seq`, tenant, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (e lintu.Event, err error) {
		var patch []byte
		if err = row.Scan(&e.Case, &e.Seq, &e.ID, &e.At, &e.By, &e.Account, &e.As, &e.Act, &e.From, &e.To, &e.Note, &e.Photos, &patch); err == nil {
			e.At = e.At.UTC()
			err = json.Unmarshal(patch, &e.Set)
		}
		return e, err
	})
}

// similarClosed is how long a closed case is offered as the same.
const similarClosed = 7 * 24 * time.Hour

// similarMost bounds what is offered as the same.
const similarMost = 10

// SimilarCases implements lintu.CaseStore.
func (db *DB) SimilarCases(ctx context.Context, v *lintu.Viewer, lon, lat float64, category string, but *lintu.ID) ([]lintu.Similar, error) {
	o, err := db.office(ctx, db.pool, v.Tenant, db.now())
	if err != nil {
		return nil, toError(err)
	}
	category = storable(category)
	s := newCaseSelection(v)
	s.add(s.sight.any())
	at := "ST_SetSRID(ST_Point(" + s.arg(lon) + "::float8, " + s.arg(lat) + "::float8), 4326)"
	s.add("r.geom && ST_Expand(" + at + ", " + s.arg(degreesOf(lintu.SimilarMetres)*stretch(lat)) + "::float8, " + s.arg(degreesOf(lintu.SimilarMetres)) + "::float8)")
	s.add("ST_Distance(r.geom::geography, " + at + "::geography) <= " + s.arg(lintu.SimilarMetres) + "::float8")
	s.add("r.category = ANY (" + s.arg(siblings(o.Categories, category)) + "::text[])")
	s.add("(" + isOpen("r") + " OR r.state IN ('closed', 'evaluated') AND r.closed_at > " + s.arg(o.Now.Add(-similarClosed)) + "::timestamptz)")
	if but != nil {
		s.add("r.id <> " + s.arg(*but) + "::uuid")
	}
	metres := "ST_Distance(r.geom::geography, " + at + "::geography)"
	same := "r.category = " + s.arg(category) + "::text"
	rows, err := db.pool.Query(ctx, s.sql("r.doc, "+metres+", "+same)+" ORDER BY "+isOpen("r")+" DESC, "+same+" DESC, "+metres+", r.id LIMIT "+s.arg(similarMost), s.args...)
	if err != nil {
		return nil, toError(err)
	}
	var views []*lintu.CaseView
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (x lintu.Similar, err error) {
		var doc []byte
		if err = row.Scan(&doc, &x.Metres, &x.Category); err != nil {
			return x, err
		}
		c := &lintu.Case{}
		err = json.Unmarshal(doc, c)
		views = append(views, viewOf(o, c, lintu.Asker{Viewer: v}))
		return x, err
	})
	if err != nil {
		return nil, toError(err)
	}
	if err := db.finishViews(ctx, v, views...); err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Case = *views[i]
	}
	return found, nil
}

// siblings are the category and those beside it under the same parent.
func siblings(cs lintu.Categories, code string) []string {
	codes := []string{code}
	at, ok := cs.Find(code)
	for _, c := range cs {
		if ok && at.Parent != "" && c.Parent == at.Parent && c.Code != code {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

// below are the category and all under it.
func below(cs lintu.Categories, code string) []string {
	codes := []string{code}
	for _, c := range cs {
		if c.Code != code && slices.Contains(cs.Path(c.Code), code) {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

// isOpen is the condition to be open, as the partial indexes have it.
func isOpen(alias string) string { return strings.Replace(open, "state", alias+".state", 1) }
