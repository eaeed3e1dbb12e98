package sql

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/lintu-map/lintu"
)

// finishViews adds to views what the case alone does not tell the viewer, and takes out
// what names cases that the viewer is not shown.
func (db *DB) finishViews(ctx context.Context, v *lintu.Viewer, views ...*lintu.CaseView) error {
	var linked []lintu.ID
	for _, x := range views {
		for _, l := range x.Links {
			linked = append(linked, l.Case)
		}
	}
	shown, err := db.shownOf(ctx, v, linked)
	if err != nil {
		return err
	}
	for _, x := range views {
		x.Links = slices.DeleteFunc(slices.Clone(x.Links), func(l lintu.Link) bool { return !shown[l.Case] })
	}
	return db.sayUnanswered(ctx, v.Tenant, views...)
}

// hideLinks takes links to cases that the viewer is not shown out of a history.
func (db *DB) hideLinks(ctx context.Context, v *lintu.Viewer, events []lintu.Event) error {
	var linked []lintu.ID
	for _, e := range events {
		for _, l := range []*lintu.Link{e.Set.Link, e.Set.Unlink} {
			if l != nil {
				linked = append(linked, l.Case)
			}
		}
	}
	shown, err := db.shownOf(ctx, v, linked)
	for i := range events {
		for _, l := range []**lintu.Link{&events[i].Set.Link, &events[i].Set.Unlink} {
			if *l != nil && !shown[(*l).Case] {
				*l = nil
			}
		}
	}
	return err
}

// shownOf tells which of these cases the viewer is shown something of.
func (db *DB) shownOf(ctx context.Context, v *lintu.Viewer, ids []lintu.ID) (map[lintu.ID]bool, error) {
	shown := map[lintu.ID]bool{}
	if len(ids) == 0 {
		return shown, nil
	}
	s := newCaseSelection(v)
	s.add("r.id = ANY (" + s.arg(ids) + "::uuid[])")
	s.add(s.sight.any())
	rows, err := db.pool.Query(ctx, s.sql("r.id"), s.args...)
	if err != nil {
		return nil, toError(err)
	}
	var id lintu.ID
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error { shown[id] = true; return nil })
	return shown, toError(err)
}
