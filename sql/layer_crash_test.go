package sql_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// crash ends the cluster's server without a word and waits until it is back.
func crash(t *testing.T, c *sql.Cluster, dir string) *sql.Cluster {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "pg", "postmaster.pid"))
	must(t, err)
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	must(t, err)
	must(t, syscall.Kill(pid, syscall.SIGQUIT))
	stopCluster(t, c)
	return startCluster(t, dir)
}

// A database that crashed gives numbers of transactions again that were taken back, or
// that were promised to no disk, shortly before. Who has seen those as over must not
// take the new ones for them.
func TestLayersAreReadAnewAfterACrash(t *testing.T) {
	t.Parallel()
	dir, ctx := clusterDir(t), t.Context()
	c := startCluster(t, dir)
	open := func() (*sql.DB, *sql.Reader) {
		db, err := sql.Open(ctx, c.URL(), sql.Options{LoginAsApp: true})
		must(t, err)
		t.Cleanup(db.Close)
		return db, sql.NewReader(db)
	}
	db, r := open()
	must(t, db.Migrate(ctx))
	must(t, db.EnsureTenant(ctx, tenant, "集里"))
	for range 100 { // which PostgreSQL writes to the disk when it pleases
		tx, err := db.Owner().Begin(ctx)
		must(t, err)
		_, err = tx.Exec(ctx, `INSERT INTO change (tenant_id, kind) VALUES ($1, 'roads')`, tenant)
		must(t, err)
		must(t, tx.Rollback(context.WithoutCancel(ctx)))
	}
	versions, err := r.LayerVersions(ctx, tenant)
	must(t, err)
	cursor, err := r.ReadLayers(ctx, tenant, nil, nil)
	must(t, err)
	c = crash(t, c, dir)
	after, afterwards := open()
	for range 200 { // until no number is from the future
		mustExec(t, after, `INSERT INTO change (tenant_id, kind, old_bounds) VALUES ($1, 'units', 'BOX(113 28,113 28)')`, tenant)
	}
	got := newLines()
	_, err = afterwards.RereadLayers(ctx, tenant, inMemory(), cursor, got.begin, got.take)
	must(t, err)
	if where, begun := got.begun[lintu.Units]; !begun || where != nil {
		t.Errorf("after a crash units are read again at %v (%v)", where, begun)
	}
	// The server went on, and its connections came back.
	again, err := r.LayerVersions(ctx, tenant)
	for err != nil && t.Context().Err() == nil {
		again, err = r.LayerVersions(ctx, tenant)
	}
	if again[lintu.Roads] == versions[lintu.Roads] {
		t.Error("after a crash the layers have the versions of before")
	}
}
