package sql_test

import (
	"context"
	"sync"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

func versionsOf(t testing.TB, r *sql.Reader) map[lintu.Layer]uint64 {
	t.Helper()
	v, err := r.LayerVersions(context.Background(), tenant)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A transaction that began early and commits late is not missed, though others
// with higher numbers were seen before it.
func TestVersionsSeeLateCommits(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 0)
	ctx := context.Background()
	before := versionsOf(t, r)
	slow, err := db.Owner().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slow.Exec(ctx, "INSERT INTO change (tenant_id, kind) VALUES ($1, 'grids')", tenant); err != nil {
		t.Fatal(err)
	}
	mustExec(t, db, "INSERT INTO change (tenant_id, kind) VALUES ($1, 'roads')", tenant)
	between := versionsOf(t, r)
	if between[lintu.Grids] != before[lintu.Grids] || between[lintu.Roads] == before[lintu.Roads] {
		t.Errorf("before the commit: %v, then %v", before, between)
	}
	if err := slow.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	after := versionsOf(t, r)
	if after[lintu.Grids] == between[lintu.Grids] || after[lintu.Roads] != between[lintu.Roads] {
		t.Errorf("after the commit: %v, then %v", between, after)
	}
	if again := versionsOf(t, r); again[lintu.Grids] != after[lintu.Grids] {
		t.Errorf("changes without a change: %v, then %v", after, again)
	}
}

func TestVersionsOfWhatBelongsTogether(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 0)
	before := versionsOf(t, r)
	mustExec(t, db, "INSERT INTO change (tenant_id, kind) VALUES ($1, 'links')", tenant)
	after := versionsOf(t, r)
	for _, l := range []lintu.Layer{lintu.Households, lintu.Heads, lintu.Links} {
		if before[l] == after[l] {
			t.Errorf("%s does not follow a change of links", l)
		}
	}
	if before[lintu.Grids] != after[lintu.Grids] {
		t.Error("grids follow a change of links")
	}
	mustExec(t, db, "INSERT INTO tenant (id, name) VALUES (1, 'other')")
	mustExec(t, db, "INSERT INTO change (tenant_id, kind) VALUES (1, 'grids')")
	if v := versionsOf(t, r); v[lintu.Grids] != after[lintu.Grids] {
		t.Error("another tenant's change counts")
	}
}

// Every writer finds its own change right after its commit.
func TestVersionsAreNeverStale(t *testing.T) {
	t.Parallel()
	db, r := seeded(t, 0)
	var wg sync.WaitGroup
	for _, l := range []lintu.Layer{lintu.Roads, lintu.Water, lintu.Green, lintu.Units} {
		wg.Go(func() {
			for range 25 {
				before := versionsOf(t, r)[l]
				mustExec(t, db, "INSERT INTO change (tenant_id, kind) VALUES ($1, $2)", tenant, l)
				if versionsOf(t, r)[l] <= before {
					t.Errorf("%s is stale after its own commit", l)
				}
			}
		})
	}
	wg.Wait()
}
