package sql_test

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lintu-map/lintu"
	"github.com/lintu-map/lintu/sql"
	"github.com/lintu-map/lintu/sql/sqltest"
	"github.com/lintu-map/lintu/tiles"
)

// fillCounty spreads so many households over 3,227 km² and gives thirteen each to a
// neighbor head, with whatever would only cost time left out.
func fillCounty(b *testing.B, households int) *sql.DB {
	db := sqltest.New(b)
	for _, statement := range []string{
		`INSERT INTO tenant (id, name) VALUES (430181, '浏阳市')`,
		`ALTER TABLE assignment DROP CONSTRAINT assignment_one_head_excl, DROP CONSTRAINT assignment_pkey,
			DROP CONSTRAINT assignment_household_fkey, DROP CONSTRAINT assignment_head_fkey`,
		`ALTER TABLE household DROP CONSTRAINT household_code_key, DROP CONSTRAINT household_pkey CASCADE`,
		`DROP INDEX household_geom_idx, assignment_head_idx, assignment_present_idx`,
		`INSERT INTO head (tenant_id, id, version, valid, code, name, geom)
			SELECT 430181, md5('head' || n)::uuid, 1, '[2026-01-01,)', 'L' || lpad(n::text, 7, '0'), '邻长' || n, ST_Point(113.2 + 0.6 * random(), 27.9 + 0.5 * random(), 4326)
			FROM generate_series(0, $N / 13) n`,
		`INSERT INTO household (tenant_id, id, version, valid, code, name, geom)
			SELECT 430181, md5('household' || n)::uuid, 1, '[2026-01-01,)', '4301810010' || lpad(n::text, 8, '0'),
				'集里街道神仙坳社区' || n / 200 % 5000 || '栋' || n / 50 % 4 || '单元' || lpad((n % 50)::text, 3, '0') || '室', ST_Point(113.2 + 0.6 * random(), 27.9 + 0.5 * random(), 4326)
			FROM generate_series(1, $N) n`,
		`INSERT INTO assignment (tenant_id, household_id, version, head_id, valid)
			SELECT 430181, md5('household' || n)::uuid, 1, md5('head' || n / 13)::uuid, '[2026-01-01,)' FROM generate_series(1, $N) n`,
		`CREATE UNIQUE INDEX ON assignment (tenant_id, household_id) INCLUDE (head_id) WHERE upper_inf(valid)`,
		`VACUUM ANALYZE household`, `VACUUM ANALYZE head`, `VACUUM ANALYZE assignment`,
	} {
		mustExec(b, db, strings.ReplaceAll(statement, "$N", strconv.Itoa(households)))
	}
	return db
}

// memoryOf returns a line of what the kernel knows of this process, in MB.
func memoryOf(b *testing.B, name string) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip(err)
	}
	for line := range bytes.Lines(status) {
		if f := bytes.Fields(line); len(f) > 1 && string(f[0]) == name+":" {
			kb, err := strconv.ParseFloat(string(f[1]), 64)
			if err != nil {
				b.Fatal(err)
			}
			return kb * 1024 / 1e6
		}
	}
	return 0
}

// BenchmarkMemoryLoad reads layers into memory, and says how much the process then
// has and had at most.
func BenchmarkMemoryLoad(b *testing.B) {
	for _, n := range []int{47_000, 1_000_000, 10_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			db := fillCounty(b, n)
			r := sql.NewReader(db)
			debug.FreeOSMemory()
			b.ResetTimer()
			for b.Loop() {
				start := time.Now()
				m := tiles.NewMemory(r, r, r, tenant)
				if err := m.Load(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(start).Seconds(), "s/load")
				b.ReportMetric(memoryOf(b, "VmRSS"), "MB-resident")
				b.ReportMetric(memoryOf(b, "VmHWM"), "MB-peak")
				b.ReportMetric(float64(m.Size())/float64(n), "B/household")
				runtime.KeepAlive(m)
			}
			rows := int64(0)
			start := time.Now()
			_, err := r.ReadLayers(b.Context(), tenant, inMemory(), func(lintu.Layer, *lintu.LayerRow) error { rows++; return nil })
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(time.Since(start).Seconds(), "s/only-read")
			b.ReportMetric(0, "ns/op")
		})
	}
}
