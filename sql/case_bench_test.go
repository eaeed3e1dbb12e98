package sql_test

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
)

// benchDesk is a desk on a private cluster as lintu serve runs it, which waits for the
// disk, with a connection for each of 16 clients.
func benchDesk(b *testing.B) caseDesk {
	dir := b.TempDir()
	must(b, os.Chmod(filepath.Dir(dir), 0o711)) // the server's user passes through
	must(b, os.Chmod(dir, 0o711))
	c, err := sql.StartCluster(b.Context(), sql.ClusterConfig{Dir: filepath.Join(dir, "var")})
	must(b, err)
	b.Cleanup(func() { must(b, c.Stop(context.Background())) })
	db, err := sql.Open(b.Context(), c.URL(), sql.Options{Conns: 24, LoginAsApp: true})
	must(b, err)
	b.Cleanup(db.Close)
	must(b, db.Migrate(b.Context()))
	keys, err := sql.OpenKeyFile(filepath.Join(b.TempDir(), "master.key"), true)
	must(b, err)
	must(b, db.UseKeys(b.Context(), 0, keys))
	p := place{db, b, tenant}.open()
	return caseDeskAt(p)
}

// parallel runs work by 16 clients at once and tells how often a second.
func parallel(b *testing.B, work func(i int64) error) {
	var next atomic.Int64
	b.SetParallelism(8) // for each of two processors
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := work(next.Add(1) - 1); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "per-s")
}

func BenchmarkReport(b *testing.B) {
	d := benchDesk(b)
	parallel(b, func(int64) error {
		_, _, err := d.Report(b.Context(), d.tenant, pin(), by(d.worker))
		return err
	})
}

func BenchmarkAct(b *testing.B) {
	d := benchDesk(b)
	ids := make([]lintu.ID, b.N)
	for i := range ids {
		ids[i] = d.report(pin(), by(d.worker)).ID
	}
	parallel(b, func(i int64) error {
		_, err := d.tryAct(ids[i], d.member, lintu.ActAccept)
		return err
	})
}
