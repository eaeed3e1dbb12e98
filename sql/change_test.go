package sql_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// settled waits until no transaction on the server is older than the last change.
func (p place) settled() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), time.Minute)
	defer cancel()
	for done := false; !done; {
		err := p.Owner().QueryRow(ctx, `SELECT (SELECT coalesce(max(xid::text::bigint), 0) FROM change) <
			pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM pg_sleep(0.01)`).Scan(&done)
		if err != nil {
			p.t.Fatal(err)
		}
	}
}

// changes reads the log from the cursor, once what is in it can be seen.
func (p place) changes(after sql.Cursor) ([]string, sql.Cursor) {
	p.t.Helper()
	p.settled()
	return p.visibleChanges(after)
}

func (p place) visibleChanges(after sql.Cursor) ([]string, sql.Cursor) {
	p.t.Helper()
	cs, next, err := p.Changes(p.t.Context(), p.tenant, after)
	if err != nil {
		p.t.Fatal(err)
	}
	var lines []string
	for _, c := range cs {
		line := string(c.Layer)
		for _, b := range []*lintu.BBox{c.Old, c.New} {
			if b != nil {
				line += fmt.Sprintf(" %.2f", *b)
			} else {
				line += " -"
			}
		}
		lines = append(lines, line)
	}
	return lines, next
}

func TestChanges(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.beside(1).apply(town()...)
	b, _ := p.apply(town()[3:5]...)
	got, next := p.changes(sql.Cursor{})
	equal(t, "changes", got, []string{"heads - [113.15 28.15 113.70 28.50]",
		"links [113.15 28.15 113.71 28.50] [113.15 28.15 113.71 28.50]", "households - [113.15 28.15 113.71 28.50]"})
	if err := p.Assign(t.Context(), p.tenant, "H1", "N2", everywhere); err != nil {
		t.Fatal(err)
	}
	got, next = p.changes(next)
	equal(t, "changes", got, []string{"links [113.15 28.15 113.70 28.50] [113.15 28.15 113.70 28.50]"})
	p.apply(part{lintu.Households, true, []lintu.Row{row(1, point(113.15, 28.16), "H1", "1号", "B1", "N2")}})
	got, next = p.changes(next)
	equal(t, "changes", got, []string{"households [113.16 28.15 113.71 28.50] -", "links [113.15 28.15 113.71 28.50] -"})
	got, _ = p.changes(next)
	equal(t, "changes", got, nil)
	list, _, err := p.Changes(t.Context(), p.tenant, sql.Cursor{})
	if err != nil || *list[0].Batch != b.ID {
		t.Errorf("batch of the first change %v, %v", list[0].Batch, err)
	}
}

// A change of a transaction that began earlier and commits later is not passed
// over.
func TestChangesWait(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	slow, err := p.Owner().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Rollback(context.Background())
	if _, err := slow.Exec(t.Context(), `INSERT INTO change (tenant_id, kind) VALUES ($1, 'slow')`, p.tenant); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Owner().Exec(t.Context(), `INSERT INTO change (tenant_id, kind) VALUES ($1, 'quick')`, p.tenant); err != nil {
		t.Fatal(err)
	}
	got, next := p.visibleChanges(sql.Cursor{})
	if slices.Contains(got, "quick - -") {
		t.Errorf("changes %v while an older transaction runs", got)
	}
	if err := slow.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, _ = p.changes(next)
	equal(t, "changes", got, []string{"slow - -", "quick - -"})
}

func TestChangeWakes(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	conn, err := p.Owner().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), `LISTEN lintu`); err != nil {
		t.Fatal(err)
	}
	p.apply(town()...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := conn.Conn().WaitForNotification(ctx); err != nil {
		t.Fatal(err)
	}
}
